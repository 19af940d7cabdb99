"""`partnercenter billing edit`, and that of every profile that changes.

open the text ─┬─ unchanged or empty: cancelled
               ├─ it cannot be taken, here or by the service: open it again, with the reasons
               └─ send ─┬─ done
                        └─ the tag moved: merge ─┬─ clean: send again
                                                 └─ both changed a member: open it again, with theirs beside
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic

import click

from partnercenter import BadRequestError, PartnerCenter, PreconditionFailedError
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.failures import without_pointer
from partnercenter.cli.output import Format, console, output_option, show_rows
from partnercenter.cli.profile import assignments, edit_text, editor, profile_update
from partnercenter.cli.profile.differences import difference_rows
from partnercenter.cli.profile.profile_text import ProfileTextError
from partnercenter.cli.profile.profile_update import advice, note, show_change
from partnercenter.cli.profile.profile_verbs import ProfileVerb
from partnercenter.cli.signing_in import session
from partnercenter.cli.signing_in.production import yes_option
from partnercenter.wire.merge import Collision
from partnercenter.wire.profiles import P


@dataclass(slots=True)
class _Draft(Generic[P]):
    """What is being edited.

    before: the profile as it was read last. text: what the editor is to show. typed: what the user wrote last, "" for
    nothing yet. collisions: what somebody else changed, too, as far as the text shows it. code: what the command ends
    with if the user gives up now.
    """

    verb: ProfileVerb[P]
    before: P
    text: str
    typed: str = ""
    collisions: Sequence[Collision] = ()
    code: ExitCode = ExitCode.OK

    @property
    def file_name(self) -> str:
        """Editors tell by its end what they are shown."""
        return f"{self.verb.word}.yaml"

    def keep(self) -> None:
        """Put what was typed into a file, and say where: it is worth more than what became of it."""
        if self.typed:
            note(f"your text is kept in {editor.kept(self.typed, self.file_name)}")


def edit_command(verb: ProfileVerb[P]) -> click.Command:
    """The command of `verb`."""

    @yes_option
    @output_option
    def edit(*, yes: bool, output: Format) -> None:
        editor.require_editor()
        with session.open_partner_center() as partner, advice(verb.word, can_be_repeated=False):
            before = verb.get(partner.profiles, None)
            draft = _Draft(verb, before, edit_text.write(before, before, verb.title, verb.read_only))
            try:
                done = _edit(draft, partner, yes=yes, output=output)
            except BaseException:  # whatever it was, Ctrl+C included, the text must not be lost
                draft.keep()
                raise
        if done is None:
            raise click.exceptions.Exit(draft.code)
        wanted, after = done
        show_change(draft.before, wanted, after, output, seen=True)

    said = f"""Change the {verb.title} in the editor that VISUAL or EDITOR names.

    It shows the members that can be changed, as YAML. A text that cannot be taken is shown again with the reasons;
    and if somebody else changes the profile meanwhile, what you changed goes onto that. Where both of you changed the
    same member, you decide. Nothing that you wrote is lost: if you give up, it is kept in a file.

    \b
    Examples:
      partnercenter {verb.word} edit
      EDITOR="code --wait" partnercenter {verb.word} edit
    """
    return click.command("edit", help=said)(edit)


def _edit(draft: _Draft[P], partner: PartnerCenter, *, yes: bool, output: Format) -> tuple[P, P] | None:
    """The profile as it was wanted, and as the service then has it; None if the user gave up."""
    wanted = _typed(draft)
    while wanted is not None:
        show_rows(difference_rows(draft.before, wanted), err=output is not Format.TABLE)
        try:
            return wanted, profile_update.send(draft.verb, partner, draft.before, wanted, yes=yes)
        except BadRequestError as error:
            _open_again(draft, [without_pointer(error.message), *error.data])
            wanted = _typed(draft)
        except PreconditionFailedError as error:
            wanted = _merged(draft, error) or _typed(draft)
        yes = True  # a real cloud has been agreed to
    return None


def _typed(draft: _Draft[P]) -> P | None:
    """The profile that the user writes, if it can be taken by all that can be told here; None if the user gives up."""
    while True:
        typed = edit_text.without_reasons(_edited(draft))
        if edit_text.is_empty(typed) or typed.strip() == edit_text.without_reasons(draft.text).strip():
            console(err=True).print("Cancelled: nothing was sent.")
            draft.keep()
            return None
        draft.typed = typed
        reasons: Iterable[object]
        try:
            wanted = edit_text.read(typed, draft.before, draft.verb.read_only)
        except ProfileTextError as error:
            reasons = error.violations
        else:
            undecided = edit_text.undecided(typed, wanted, draft.collisions)
            if undecided:
                _open_again(draft, undecided, ExitCode.PRECONDITION_FAILED)
                continue
            # What is wrong with the profile as it stands is not for this edit to mend.
            known = draft.before.validate()
            reasons = [violation for violation in wanted.validate() if violation not in known]
            if not reasons:
                return wanted
        _open_again(draft, reasons)


def _edited(draft: _Draft[P]) -> str:
    try:
        return editor.edited(draft.text, draft.file_name)
    except editor.EditorFailedError as error:
        draft.typed = draft.typed if error.text == draft.text else edit_text.without_reasons(error.text)
        raise


def _open_again(draft: _Draft[P], reasons: Iterable[object], code: ExitCode = ExitCode.REFUSED) -> None:
    """Let the editor show what was typed below the reasons why it cannot be taken."""
    draft.text, draft.code = edit_text.with_reasons(draft.typed, reasons), code


def _merged(draft: _Draft[P], error: PreconditionFailedError) -> P | None:
    """What was wanted on top of what somebody else made of the profile; None if the user has to decide."""
    verb = draft.verb
    if not isinstance(error.theirs, verb.shape):
        raise error
    draft.before, merge = error.theirs, error.merge(verb.shape)
    draft.collisions = merge.collisions
    console(err=True).print("Somebody changed the profile meanwhile. Your changes go onto that.")
    if not merge.collisions:
        # The old text has their members as they were: if it came back after a refusal, it would undo what they did.
        draft.typed = edit_text.write(merge.profile, draft.before, verb.title, verb.read_only)
        return merge.profile
    for collision in merge.collisions:
        assignments.put(merge.profile, collision.member, collision.mine)
    beside = edit_text.beside_collisions(merge.collisions)
    draft.text = edit_text.write(merge.profile, draft.before, verb.title, verb.read_only, beside)
    draft.code = ExitCode.PRECONDITION_FAILED
    return None
