"""`partnercenter billing restore`, and that of every profile that changes: earlier values, as a new update."""

from __future__ import annotations

import copy
import sys
from datetime import UTC, datetime

import click

from partnercenter import PartnerCenter
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.output import Format, output_option, show_rows
from partnercenter.cli.profile import assignments, profile_update
from partnercenter.cli.profile.changes import LONGEST_HISTORY, Change, read_changes, with_stored_tax_id
from partnercenter.cli.profile.differences import difference_rows, differences
from partnercenter.cli.profile.profile_update import advice, note, show_change
from partnercenter.cli.profile.profile_verbs import ProfileVerb
from partnercenter.cli.profile.request_id import request_id_option
from partnercenter.cli.signing_in import production, session
from partnercenter.cli.signing_in.production import yes_option
from partnercenter.wire.profiles import P


def restore_command(verb: ProfileVerb[P]) -> click.Command:
    """The command of `verb`."""

    @click.argument("number", type=click.IntRange(1), required=False)
    @request_id_option("The change that was made with this request id.")
    @click.option("--after", is_flag=True, help="The values as that change left them, instead of those before it.")
    @click.option("--dry-run", is_flag=True, help="Show what would change, and send nothing.")
    @yes_option
    @output_option
    def restore(
        *, number: int | None, request_id: str | None, after: bool, dry_run: bool, yes: bool, output: Format
    ) -> None:
        if (number is None) == (request_id is None):
            raise click.UsageError(f"Name one change, by number or --request-id: partnercenter {verb.word} history")
        with session.open_partner_center() as partner, advice(verb.word, can_be_repeated=False):
            change = _find(verb, partner, number, request_id)
            before = verb.get(partner.profiles, None)
            wanted, is_masked = _restored(verb, before, change.after if after else change.before)
            show_rows(difference_rows(before, wanted), err=output is not Format.TABLE)
            done = wanted
            if not dry_run and differences(before, wanted):
                is_agreed = yes or _ask(partner)
                done = profile_update.send(verb, partner, before, wanted, yes=is_agreed)
        if is_masked:
            note("the audit has the tax id masked, so it cannot be restored and stays as it is.")
        try:
            show_change(before, wanted, done, output, dry_run=dry_run, seen=True)
        finally:
            if is_masked:
                raise click.exceptions.Exit(ExitCode.REFUSED)

    said = f"""Put earlier values of the {verb.title} back: those from before a change.

    NUMBER is that of `history`, 1 for the newest, which is undone; it counts anew with every change, so a script
    names the change by its request id. What would change is shown first. It is an update like any other one: members
    that are alike are left alone, and nothing happens if somebody changes the profile meanwhile.

    \b
    Examples:
      partnercenter {verb.word} restore 1
      partnercenter {verb.word} restore 3 --after --dry-run
      partnercenter {verb.word} restore --request-id 5f1c2a7e-1f43-4a36-8a1c-7d5b3b0c9e11 --yes
    """
    return click.command("restore", help=said)(restore)


def _find(verb: ProfileVerb[P], partner: PartnerCenter, number: int | None, request_id: str | None) -> Change[P]:
    """The change that was named. click.UsageError if there is none."""
    changes = read_changes(verb, partner, datetime.now(UTC).date() - LONGEST_HISTORY)
    for change in changes:
        if change.number == number or (request_id and change.facts.get("requestId", "").lower() == request_id):
            return change
    counted = "is 1 change" if len(changes) == 1 else f"are {len(changes)} changes"
    raise click.UsageError(f"There {counted} to choose from, and not that one: partnercenter {verb.word} history")


def _restored(verb: ProfileVerb[P], stored: P, earlier: P) -> tuple[P, bool]:
    """`stored` with the values of `earlier`, and whether a tax id had to stay because the earlier one is masked."""
    earlier = with_stored_tax_id(copy.deepcopy(earlier), stored)
    wanted, is_masked = copy.deepcopy(stored), False
    for path, _ in assignments.paths_of(verb.shape, verb.read_only):
        value = assignments.value_at(earlier, path)
        if path == "taxId" and value is not None and value != assignments.value_at(stored, path):
            is_masked = True
        else:
            assignments.put(wanted, path, value)
    return wanted, is_masked


def _ask(partner: PartnerCenter) -> bool:
    """Whether it is agreed already; production asks by itself, once. click.Abort if the answer is no."""
    if production.is_production(partner.settings):
        return False
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError("There is no terminal to ask on. Give --yes to put these values back.")
    return click.confirm("Put these values back?", abort=True, err=True)
