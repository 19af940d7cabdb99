"""`partnercenter billing set MEMBER=VALUE`, and `update --set MEMBER=VALUE`: one command in two spellings."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeAlias

import click

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.output import Format, output_option
from partnercenter.cli.profile import assignments, member_completion, profile_update
from partnercenter.cli.profile.differences import differences
from partnercenter.cli.profile.profile_update import advice, other_version, show_change
from partnercenter.cli.profile.profile_verbs import ProfileVerb
from partnercenter.cli.profile.request_id import request_id_option
from partnercenter.cli.signing_in import session
from partnercenter.cli.signing_in.production import yes_option
from partnercenter.wire.profiles import P, Profile

_Function: TypeAlias = Callable[..., None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What was typed."""

    to_set: Sequence[str]
    to_unset: Sequence[str]
    if_match: str | None
    request_id: str | None
    dry_run: bool
    yes: bool


def set_command(verb: ProfileVerb[P]) -> click.Command:
    """`set`, whose arguments are the changes."""
    typed = click.argument(
        "to_set",
        nargs=-1,
        metavar="[MEMBER=VALUE]...",
        shell_complete=member_completion.assignments_of(verb.shape, verb.read_only),
    )
    said = f"""Change members of the {verb.title}, if nobody changed it meanwhile.

    A change is written as MEMBER=VALUE, where a member inside an object has its path: {verb.examples[1]}

    \b
    Examples:
      partnercenter {verb.word} set {verb.examples[0]}
      partnercenter {verb.word} set {" ".join(verb.examples)} --dry-run
      partnercenter {verb.word} set --unset {verb.examples[0].partition("=")[0]}
    """
    return _command("set", verb, typed, said)


def update_command(verb: ProfileVerb[P]) -> click.Command:
    """`update`, which has them as options."""
    typed = click.option(
        "--set",
        "to_set",
        multiple=True,
        metavar="MEMBER=VALUE",
        help="Give a member a value. Repeatable.",
        shell_complete=member_completion.assignments_of(verb.shape, verb.read_only),
    )
    said = f"""Change members of the {verb.title}, if nobody changed it meanwhile.

    `set` does the same and is shorter.

    \b
    Examples:
      partnercenter {verb.word} update --set {verb.examples[0]}
      partnercenter {verb.word} update --set {verb.examples[1]} --dry-run
      partnercenter {verb.word} update --unset {verb.examples[0].partition("=")[0]}
    """
    return _command("update", verb, typed, said)


def _command(name: str, verb: ProfileVerb[P], typed: Callable[[_Function], _Function], said: str) -> click.Command:
    @typed
    @click.option(
        "--unset",
        "to_unset",
        multiple=True,
        metavar="MEMBER",
        help="Clear a member. Repeatable.",
        shell_complete=member_completion.members_of(verb.shape, verb.read_only),
    )
    @click.option("--if-match", metavar="TAG", help="Only if the profile is still the version with this entity tag.")
    @request_id_option("That of an earlier update whose outcome is unknown: it is carried out once at most.")
    @click.option("--dry-run", is_flag=True, help="Show what would change, and send nothing.")
    @yes_option
    @output_option
    def run(
        *,
        to_set: tuple[str, ...],
        to_unset: tuple[str, ...],
        if_match: str | None,
        request_id: str | None,
        dry_run: bool,
        yes: bool,
        output: Format,
    ) -> None:
        change = _Change(
            to_set=to_set, to_unset=to_unset, if_match=if_match, request_id=request_id, dry_run=dry_run, yes=yes
        )
        _carry_out(verb, change, output)

    return click.command(name, help=said)(run)


def _carry_out(verb: ProfileVerb[P], change: _Change, output: Format) -> None:
    if not (change.to_set or change.to_unset):
        raise click.UsageError("Nothing to change: give MEMBER=VALUE, or --unset MEMBER.")
    with session.open_partner_center() as partner, _advice(verb, change):
        before = verb.get(partner.profiles, None)
        wanted = copy.deepcopy(before)
        assignments.apply(wanted, change.to_set, change.to_unset)
        _require_version(before, wanted, change)
        after = wanted
        if not change.dry_run:
            after = profile_update.send(verb, partner, before, wanted, yes=change.yes, request_id=change.request_id)
    show_change(before, wanted, after, output, dry_run=change.dry_run)


def _advice(verb: ProfileVerb[P], change: _Change) -> AbstractContextManager[None]:
    return advice(verb.word, can_be_repeated=True, if_match=change.if_match is not None)


def _require_version(before: Profile, wanted: Profile, change: _Change) -> None:
    """Give `wanted` the tag that was typed, for the service to decide; where nothing is sent, decide here.

    A request that is repeated always goes to the service: it knows whether it carried it out.
    """
    if change.if_match is None:
        return
    wanted.attributes.etag = change.if_match.strip().strip('"')
    is_sent = not change.dry_run and bool(differences(before, wanted))
    if not is_sent and wanted.attributes.etag != before.attributes.etag:
        click.echo(f"Error: the profile is another version. {other_version(before.attributes.etag)}", err=True)
        raise click.exceptions.Exit(ExitCode.PRECONDITION_FAILED)
