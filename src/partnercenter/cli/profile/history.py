"""`partnercenter billing history`, and that of every profile that changes."""

from __future__ import annotations

from datetime import datetime

import click
from rich.text import Text

from partnercenter.cli import query
from partnercenter.cli.output import Format, console, output_option, show, show_rows
from partnercenter.cli.profile.changes import Change, read_changes
from partnercenter.cli.profile.differences import difference_rows, differences
from partnercenter.cli.profile.profile_verbs import ProfileVerb
from partnercenter.cli.signing_in import session
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.profiles import P


def history_command(verb: ProfileVerb[P]) -> click.Command:
    """The command of `verb`."""

    @click.option(
        "--since",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        help="The first day, in UTC, at most 90 days ago. [default: 30 days ago]",
    )
    @output_option
    def history(since: datetime | None, output: Format) -> None:
        with session.open_partner_center() as partner:
            changes = read_changes(verb, partner, since.date() if since else None)
        if output is Format.TSV and not query.is_given():
            show([_row(change) for change in changes], output)
        elif output is not Format.TABLE:
            items: list[JsonValue] = [change.as_document() for change in changes]
            show({"totalCount": len(items), "items": items}, output)
        elif changes:
            _show(changes)
        else:
            click.echo("No changes.", err=True)

    said = f"""List who changed what in the {verb.title}, the newest first.

    It is read from the audit, which has tax ids masked. The numbers are those that `restore` takes. TSV has a line
    for each change: number, date, user, request id, and the members with commas between them.

    \b
    Examples:
      partnercenter {verb.word} history
      partnercenter {verb.word} history --since 2026-11-01 -o json
      partnercenter {verb.word} history --query 'items[].[date, user, requestId]' -o tsv
    """
    return click.command("history", help=said)(history)


def _row(change: Change[P]) -> list[JsonValue]:
    """A change as plain values; the document has an array of objects in it, which is no cell."""
    members = ",".join(path for path, _, _ in differences(change.before, change.after))
    return [change.number, change.record.operation_date, change.who, change.facts.get("requestId"), members]


def _show(changes: list[Change[P]]) -> None:
    width = len(str(len(changes)))
    for change in changes:
        head = f"{change.number:>{width}}  {change.record.operation_date}  {change.who}"
        console().print(Text.assemble((head, "bold"), (f"  request id {change.facts.get('requestId')}", "dim")))
        rows = difference_rows(change.before, change.after) or [("(nothing that can be seen)", Text())]
        show_rows((f"{'':{width}}  {path}", difference) for path, difference in rows)
