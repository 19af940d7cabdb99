"""What the lines of a report say together, wherever a crash has cut them off."""

from __future__ import annotations

import msgspec
import pytest

from partnercenter.fleet.report import (
    AgreedLine,
    AnyLine,
    BegunLine,
    ChangedMember,
    EndedLine,
    Key,
    Outcome,
    PlanLine,
    PlannedLine,
    ReadyLine,
    Report,
    ReportError,
    ResumedLine,
    encode,
    lines_of,
    read,
)

T = "2026-01-31T12:00:00.000Z"
KEY = Key("contoso.com", "billing")
PLAN = PlanLine(T, format=1, file="/profiles.yaml", salt="00", fingerprint="ff")
PLANNED = PlannedLine(T, tenant="contoso.com", profile="billing", tag="t", changes=[ChangedMember("taxId", "*", None)])
AGREED = AgreedLine(T)
SAME = PlannedLine(T, tenant="fabrikam.com", profile="billing", tag="t")
BEGUN = BegunLine(
    T,
    tenant="contoso.com",
    profile="billing",
    user="u",
    tag="t",
    request_id="r",
    correlation_id="c",
    body=msgspec.Raw(b'{"a":1}'),
)


def _ended(outcome: Outcome) -> EndedLine:
    return EndedLine(T, tenant="contoso.com", profile="billing", outcome=outcome)


def _report(*lines: AnyLine) -> Report:
    return read([PLAN, PLANNED, SAME, ReadyLine(T, planned=2), AGREED, *lines])


def test_lines_are_read_as_they_were_written() -> None:
    head: list[AnyLine] = [PLAN, PLANNED, SAME, ReadyLine(T, planned=2), AGREED]
    lines = [*head, BEGUN, _ended(Outcome.MOVED), ResumedLine(T)]
    again = lines_of(b"".join(map(encode, lines)))
    assert [encode(line) for line in again] == [encode(line) for line in lines]


def test_what_changes_nothing_is_not_left_to_do() -> None:
    assert [line.key for line in _report().to_change] == [KEY]


def test_what_was_begun_and_did_not_end_is_asked_for_again() -> None:
    again = _report(BEGUN).to_repeat(KEY)
    assert again is not None
    assert (again.request_id, again.document) == ("r", {"a": 1})


@pytest.mark.parametrize("outcome", Outcome)
def test_only_what_may_have_been_carried_out_is_asked_for_again(outcome: Outcome) -> None:
    report = _report(BEGUN, _ended(outcome))
    assert (report.to_repeat(KEY) is not None) == (outcome is Outcome.UNKNOWN)


@pytest.mark.parametrize("outcome", Outcome)
def test_what_has_come_to_its_end_is_not_left_to_do(outcome: Outcome) -> None:
    is_left = bool(_report(BEGUN, _ended(outcome)).to_change)
    assert is_left == (outcome in (Outcome.UNKNOWN, Outcome.FAILED))


def test_another_attempt_takes_the_place_of_one_that_failed() -> None:
    report = _report(BEGUN, _ended(Outcome.FAILED), BEGUN)
    assert report.to_repeat(KEY) is not None


def test_a_last_line_that_was_cut_is_none() -> None:
    text = encode(PLAN) + encode(PLANNED)
    for length in range(len(encode(PLAN)), len(text)):
        assert lines_of(text[:length]) == [PLAN]


def test_a_damaged_line_is_named_and_not_shown() -> None:
    with pytest.raises(ReportError, match="line 2") as refused:
        lines_of(encode(PLAN) + b'{"event":"begun"}\n' + encode(PLANNED))
    assert "begun" not in str(refused.value)


NO_REPORTS: dict[str, list[AnyLine]] = {
    "nothing": [],
    "no plan at its head": [PLANNED],
    "a profile that is planned twice": [PLAN, PLANNED, PLANNED],
    "fewer plans than were made": [PLAN, PLANNED, ReadyLine(T, planned=2)],
    "an update before the plan is whole": [PLAN, PLANNED, BEGUN],
    "an update that is not planned": [PLAN, SAME, ReadyLine(T, planned=1), AGREED, BEGUN],
    "an update that nobody agreed to": [PLAN, PLANNED, ReadyLine(T, planned=1), BEGUN],
    "two reports in one": [PLAN, PLANNED, ReadyLine(T, planned=1), PLAN],
}


@pytest.mark.parametrize("lines", NO_REPORTS.values(), ids=NO_REPORTS.keys())
def test_lines_that_cannot_follow_each_other_are_refused(lines: list[AnyLine]) -> None:
    with pytest.raises(ReportError):
        read(lines)


def test_a_plan_that_is_not_whole_is_not_ready() -> None:
    assert not read([PLAN, PLANNED]).is_ready
