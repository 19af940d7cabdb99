"""Bugs that the checkers must find: each one is a mistake that such services make, put into a node by its launcher.

PARTNERCENTER_SEEDED_BUG names the one that a node has. The product knows nothing of them.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.history import bugs_of_answers, bugs_of_commits

SEEDED_BUG = "PARTNERCENTER_SEEDED_BUG"
"""The environment variable."""

BUGS: dict[str, Callable[[type], None]] = {
    bug.__name__.replace("_", "-"): bug
    for bug in (
        bugs_of_commits.check_outside_the_transaction,
        bugs_of_commits.acknowledged_before_commit,
        bugs_of_commits.cached_read,
        bugs_of_commits.answer_remembered_after_commit,
        bugs_of_commits.audit_after_commit,
        bugs_of_commits.failed_batch_answered,
        bugs_of_commits.purge_of_live_answers,
        bugs_of_commits.stale_working_set,
        bugs_of_answers.no_idempotency,
        bugs_of_answers.replay_looked_up_after_the_precondition,
        bugs_of_answers.tags_begin_anew,
        bugs_of_answers.refused_but_applied,
        bugs_of_answers.refused_for_an_unknown_commit,
        bugs_of_answers.member_of_a_batch_forgotten,
        bugs_of_answers.replay_answers_what_stands,
    )
}
"""By the names that `--bug` takes."""


def install(name: str, backend: type) -> None:
    """Put the bug `name` into this process, whose storage is a `backend`; "" is none."""
    if name:
        BUGS[name](backend)
