"""`partnercenter billing validate`, and that of every profile."""

from __future__ import annotations

import click

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.output import Format, output_option, show
from partnercenter.cli.profile import profile_text
from partnercenter.cli.profile.profile_verbs import ProfileVerb
from partnercenter.cli.signing_in import session
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.profiles import P
from partnercenter.wire.shapes import Violation


def validate_command(verb: ProfileVerb[P]) -> click.Command:
    """The command of `verb`."""

    @click.option("--file", "-f", metavar="FILE", help="Check this one instead, YAML or JSON; - is standard input.")
    @output_option
    def validate(file: str | None, output: Format) -> None:
        violations = _violations_of_file(verb, file) if file else _violations_of_stored(verb)
        try:
            if output is Format.TABLE:
                click.echo("\n".join(map(str, violations)) or f"The {verb.title} is acceptable.")
            else:
                told: list[JsonValue] = [_document(violation) for violation in violations]
                show({"violations": told}, output)
        finally:  # whoever stops reading still gets the code
            if violations:
                raise click.exceptions.Exit(ExitCode.REFUSED)

    said = f"""Check the {verb.title}, or one in a file, by the service's rules.

    The rules are applied on this machine: the profile is read, and nothing is sent back; for a file there is nothing
    to sign in to. A file has to hold the profile as a whole. Prints every violation, and exits with
    {ExitCode.REFUSED:d} if there is one.

    \b
    Examples:
      partnercenter {verb.word} validate
      partnercenter {verb.word} validate --file {verb.word}.yaml
      partnercenter {verb.word} validate -o json
    """
    return click.command("validate", help=said)(validate)


def _violations_of_stored(verb: ProfileVerb[P]) -> list[Violation]:
    with session.open_partner_center() as partner:
        return verb.get(partner.profiles, None).validate()


def _violations_of_file(verb: ProfileVerb[P], file: str) -> list[Violation]:
    return profile_text.violations_of(verb.shape(), profile_text.read_file(file), verb.read_only)


def _document(violation: Violation) -> JsonValue:
    return {"member": violation.member, "message": str(violation), "byCountry": violation.by_country}
