"""`partnercenter billing`, `legal`, `organization`, `support` and `mpn`: read, update and validate a profile."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from partnercenter import OutcomeUnknownError
from partnercenter.cli import assignments, profile_verbs
from partnercenter.cli.diff import difference_rows, differences
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.output import Format, console, document_of, output_option, show, show_rows
from partnercenter.cli.profile_verbs import ProfileVerb
from partnercenter.cli.session import open_partner_center
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.profiles import P, Profile
from partnercenter.wire.shapes import Violation

_HELP_NAMES = {"help_option_names": ["-h", "--help"]}


def _group(verb: ProfileVerb[P]) -> click.Group:
    """All commands of one profile."""
    commands = [_get(verb), _validate(verb)]
    if verb.update:
        commands.insert(1, _update(verb, verb.update))
    doing = "Read, update and check" if verb.update else "Read and check"
    said = f"""{doing} the partner's {verb.title}.

    \b
    Examples:
      partnercenter {verb.word} get
    """
    if verb.update:
        said += f"  partnercenter {verb.word} update --set {verb.examples[0]}\n"
    group = click.Group(verb.word, help=said, context_settings=_HELP_NAMES)
    for command in commands:
        group.add_command(command)
    return group


def _get(verb: ProfileVerb[P]) -> click.Command:
    def get(output: Format, chosen: str | None = None) -> None:
        with open_partner_center() as partner:
            show(document_of(verb.get(partner.profiles, chosen)), output)

    said = f"""Print the {verb.title}.

    \b
    Examples:
      {f"partnercenter {verb.word} get {verb.example_of_option}".rstrip()}
      partnercenter {verb.word} get -o json | jq -r .attributes.objectType
    """
    with_options = verb.option(output_option(get)) if verb.option else output_option(get)
    return click.command("get", help=said)(with_options)


def _validate(verb: ProfileVerb[P]) -> click.Command:
    def validate(output: Format) -> None:
        with open_partner_center() as partner:
            violations = verb.get(partner.profiles, None).validate()
        if output is Format.TABLE:
            click.echo("\n".join(map(str, violations)) or f"The {verb.title} is acceptable.")
        else:
            told: list[JsonValue] = [_document(violation) for violation in violations]
            show({"violations": told}, output)
        if violations:
            raise click.exceptions.Exit(ExitCode.REFUSED)

    said = f"""Check the {verb.title} by the service's rules, on this machine: it is read, and nothing is sent back.

    Prints every violation, and exits with {ExitCode.REFUSED:d} if there is one.

    \b
    Examples:
      partnercenter {verb.word} validate
      partnercenter {verb.word} validate -o json
    """
    return click.command("validate", help=said)(output_option(validate))


def _document(violation: Violation) -> JsonValue:
    return {"member": violation.member, "message": str(violation), "byCountry": violation.by_country}


def _update(verb: ProfileVerb[P], send: Callable[..., P]) -> click.Command:
    @click.option("--set", "to_set", multiple=True, metavar="MEMBER=VALUE", help="Give a member a value. Repeatable.")
    @click.option("--unset", "to_unset", multiple=True, metavar="MEMBER", help="Clear a member. Repeatable.")
    @click.option(
        "--request-id",
        metavar="GUID",
        help="That of an earlier update whose outcome is unknown: it is carried out once at most.",
    )
    @click.option("--dry-run", is_flag=True, help="Show what would change, and send nothing.")
    @output_option
    def update(
        to_set: tuple[str, ...], to_unset: tuple[str, ...], request_id: str | None, dry_run: bool, output: Format
    ) -> None:
        if not (to_set or to_unset):
            raise click.UsageError("Nothing to change: give --set MEMBER=VALUE or --unset MEMBER.")
        with open_partner_center() as partner, _advice(verb.word):
            before = verb.get(partner.profiles, None)
            wanted = copy.deepcopy(before)
            assignments.apply(wanted, to_set, to_unset)
            after = wanted if dry_run or not differences(before, wanted) else send(partner.profiles, wanted, request_id)
        _show_update(before, wanted, after, output, dry_run=dry_run)

    said = f"""Change members of the {verb.title}, if nobody changed it meanwhile.

    \b
    Examples:
      partnercenter {verb.word} update --set {verb.examples[0]}
      partnercenter {verb.word} update --set {verb.examples[1]} --dry-run
      partnercenter {verb.word} update --unset {verb.examples[0].partition("=")[0]}
    """
    return click.command("update", help=said)(update)


@contextmanager
def _advice(word: str) -> Iterator[None]:
    """Let an error whose outcome is unknown say what can be done with commands; the SDK says it in Python."""
    try:
        yield
    except OutcomeUnknownError as error:
        error.next_step = (
            f"Repeat the command with --request-id {error.request_id}, which is carried out once at most; "
            f"or see whether it happened: partnercenter {word} get, partnercenter audit list"
        )
        raise


def _show_update(before: Profile, wanted: Profile, after: Profile, output: Format, *, dry_run: bool) -> None:
    if output is Format.TABLE:
        show_rows(difference_rows(before, after))
        console().print(_verdict(before, wanted, after, dry_run=dry_run))
    else:
        show(document_of(after), output)
    kept = differences(wanted, after)
    for path, _, value in kept:
        click.secho(f"Note: the service kept {path} at {value}.", fg="yellow", err=True)
    if kept:
        raise click.exceptions.Exit(ExitCode.REFUSED)


def _verdict(before: Profile, wanted: Profile, after: Profile, *, dry_run: bool) -> str:
    if not differences(before, wanted):
        return "Nothing to change: the profile is like that already."
    if dry_run:
        return "Dry run: nothing was sent."
    done = "Updated in part." if differences(wanted, after) else "Updated."
    return f"{done} New entity tag: {after.attributes.etag}"


billing = _group(profile_verbs.BILLING)
legal = _group(profile_verbs.LEGAL)
organization = _group(profile_verbs.ORGANIZATION)
support = _group(profile_verbs.SUPPORT)
mpn = _group(profile_verbs.MPN)
