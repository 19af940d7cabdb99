"""Every change of a profile goes this way: `set`, `update`, `edit` and `restore` differ in what they want."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.output import Format, console, document_of, show, show_rows
from partnercenter.cli.profile.differences import difference_rows, differences
from partnercenter.cli.profile.profile_verbs import ProfileVerb
from partnercenter.cli.signing_in import production
from partnercenter.wire.profiles import P, Profile

if TYPE_CHECKING:
    from partnercenter import PartnerCenter


def send(
    verb: ProfileVerb[P], partner: PartnerCenter, before: P, wanted: P, *, yes: bool, request_id: str | None = None
) -> P:
    """Send `wanted`, unless it is what the profile is like already; gives the profile as the service then has it.

    before: the profile as it was read. yes: do not ask, not even in a real cloud.
    """
    if not differences(before, wanted):
        return wanted
    production.confirm(partner, f"update the {verb.title}", yes)
    return verb.send(partner.profiles, wanted, request_id)


def show_change(
    before: Profile, wanted: Profile, after: Profile, output: Format, *, dry_run: bool = False, seen: bool = False
) -> None:
    """Print what became of a change; click's Exit with REFUSED if the service kept a member.

    seen: the difference was shown before.
    """
    try:
        if output is not Format.TABLE:
            show(document_of(after), output)
        else:
            if not seen:
                show_rows(difference_rows(before, after))
            console().print(_verdict(before, wanted, after, dry_run=dry_run), markup=False)
    finally:  # whoever stops reading the result still gets the code of the update
        kept = differences(wanted, after)
        for path, _, value in kept:
            note(f"the service kept {path} at {value}.")
        if kept:
            raise click.exceptions.Exit(ExitCode.REFUSED)


def other_version(tag: str | None) -> str:
    """What to do where --if-match does not name the current version. tag: of that; None if it is not known."""
    return "Leave --if-match out, or give it the entity tag of the profile as it is now" + (f": {tag}" if tag else ".")


def note(said: str) -> None:
    """Print what is worth knowing beside the result."""
    console(err=True).print(f"Note: {said}", style="yellow", markup=False)


@contextmanager
def advice(word: str, *, can_be_repeated: bool, if_match: bool = False) -> Iterator[None]:
    """Let an error say what can be done with commands; the SDK says it in Python.

    can_be_repeated: whether the command takes the request id of an earlier update.
    if_match: whether the user named the version; the same command fails again then.
    """
    from partnercenter import OutcomeUnknownError, PreconditionFailedError

    try:
        yield
    except PreconditionFailedError as error:
        again = "Run the command again: it reads the profile anew."
        error.next_step = other_version(error.theirs.attributes.etag if error.theirs else None) if if_match else again
        raise
    except OutcomeUnknownError as error:
        again = f"Repeat the command with --request-id {error.request_id}, which is carried out once at most; or see"
        see = again if can_be_repeated else "See"
        error.next_step = f"{see} whether it happened: partnercenter {word} get, partnercenter {word} history"
        raise


def _verdict(before: Profile, wanted: Profile, after: Profile, *, dry_run: bool) -> str:
    if not differences(before, wanted):
        return "Nothing to change: the profile is like that already."
    if dry_run:
        return "Dry run: nothing was sent."
    done = "Updated in part." if differences(wanted, after) else "Updated."
    return f"{done} New entity tag: {after.attributes.etag}"
