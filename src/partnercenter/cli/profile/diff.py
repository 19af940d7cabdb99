"""`partnercenter billing diff`, and that of every profile: against a file, or against what it was."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from partnercenter import PartnerCenter
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.output import Format, output_option, show, show_rows
from partnercenter.cli.profile import profile_text
from partnercenter.cli.profile.changes import LONGEST_HISTORY, read_changes, with_stored_tax_id
from partnercenter.cli.profile.differences import changes, difference_rows
from partnercenter.cli.profile.profile_text import ProfileTextError
from partnercenter.cli.profile.profile_verbs import Decorator, ProfileVerb
from partnercenter.cli.signing_in import session
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.profiles import P


def diff_command(verb: ProfileVerb[P]) -> click.Command:
    """The command of `verb`."""

    def diff(*, file: str | None, exit_code: bool, output: Format, since: str | None = None) -> None:
        if file and since:
            raise click.UsageError("Give --file or --since, and not both.")
        if not (file or since):
            raise click.UsageError(
                "Say what to compare with: --file FILE" + (", or --since" if verb.update else "") + "."
            )
        before, after = _of_file(verb, file) if file else _of_history(verb, since or "")
        found = changes(before, after)
        try:
            if output is Format.TABLE:
                show_rows(difference_rows(before, after))
            else:
                told: list[JsonValue] = [difference.as_document() for difference in found]
                show({"differences": told}, output)
        finally:  # whoever stops reading still gets the code
            if found and exit_code:
                raise click.exceptions.Exit(ExitCode.PRECONDITION_FAILED)

    further = """
    With --since the difference leads from what it was, at a moment in UTC or with an entity tag, to what it is now.
    """
    said = f"""Compare the {verb.title} with a file, or with what it was.

    With --file the difference leads from the profile as it stands to the file, YAML or JSON. Members that the file
    does not name are not compared, unless it is a whole profile as `get -o` prints it. Prints nothing if there is no
    difference.
    {further if verb.update else ""}
    \b
    Examples:
      partnercenter {verb.word} diff --file {verb.word}.yaml
      partnercenter {verb.word} get -o json | partnercenter {verb.word} diff --file -
      {_example_of_since(verb)}
    """
    for option in reversed(_options(verb)):
        diff = option(diff)
    return click.command("diff", help=said)(diff)


def _options(verb: ProfileVerb[P]) -> list[Decorator]:
    said = f"Exit with {ExitCode.PRECONDITION_FAILED:d} if there is a difference."
    since = click.option("--since", metavar="TAG|DATE", help="What it was with this entity tag, or at that date.")
    return [
        click.option("--file", "-f", metavar="FILE", help="What to compare with; - is standard input."),
        *([since] if verb.update else []),
        click.option("--exit-code", is_flag=True, help=said),
        output_option,
    ]


def _example_of_since(verb: ProfileVerb[P]) -> str:
    """The last example; another one where nothing changes."""
    way = "--since 2026-11-01" if verb.update else f"--file {verb.word}.yaml"
    return f"partnercenter {verb.word} diff {way} --exit-code"


def _of_file(verb: ProfileVerb[P], file: str) -> tuple[P, P]:
    document = profile_text.read_file(file)  # first: who mistyped its name need not wait for the service
    with session.open_partner_center() as partner:
        stored = verb.get(partner.profiles, None)
    try:
        whole = profile_text.is_whole(document)
        return stored, profile_text.put_onto(stored, document, verb.read_only, whole=whole)
    except ProfileTextError as error:
        raise click.UsageError(f"{file}: {error}") from None


def _of_history(verb: ProfileVerb[P], since: str) -> tuple[P, P]:
    with session.open_partner_center() as partner:
        stored = verb.get(partner.profiles, None)
        moment = _moment(since)
        then = _at_moment(verb, partner, moment, stored) if moment else _with_tag(verb, partner, since, stored)
    return with_stored_tax_id(then, stored), stored


def _at_moment(verb: ProfileVerb[P], partner: PartnerCenter, moment: datetime, stored: P) -> P:
    """What it was then: what the oldest change since then found."""
    later = [change for change in read_changes(verb, partner, moment.date()) if change.moment >= moment]
    return later[-1].before if later else stored


def _with_tag(verb: ProfileVerb[P], partner: PartnerCenter, tag: str, stored: P) -> P:
    tag = tag.strip().strip('"')
    if tag == stored.attributes.etag:
        return stored
    for change in read_changes(verb, partner, datetime.now(UTC).date() - LONGEST_HISTORY):
        if change.facts.get("newEtag") == tag:
            return change.after
        if change.facts.get("oldEtag") == tag:
            return change.before
    raise click.UsageError(
        f"--since takes a date, as in 2026-11-01 or 2026-11-01T08:00:00Z, or an entity tag that the {verb.title} had "
        f"in the last {LONGEST_HISTORY.days} days."
    )


def _moment(text: str) -> datetime | None:
    """The moment that `text` is, in UTC unless it says otherwise (ISO 8601); None if it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
