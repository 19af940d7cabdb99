"""What `plan` and `apply` print, a difference for each partner and a summary, and what they exit with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

import click
from rich.text import Text

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.failures import exit_code_of, without_pointer
from partnercenter.cli.output import console, show_rows
from partnercenter.fleet.changes import Change
from partnercenter.fleet.look import PartnerPlan
from partnercenter.fleet.member_paths import Value
from partnercenter.fleet.report import (
    AnyLine,
    ChangedMember,
    EndedLine,
    Outcome,
    PlannedLine,
    ProblemLine,
    Report,
    encode,
)
from partnercenter.wire.json_text import JsonObject, JsonValue

_WORDS: dict[Value, str] = {None: "(none)", "": "(empty)"}
# The worst first: what a script must not overlook.
_ORDER = (
    ExitCode.INTERRUPTED,
    ExitCode.OUTCOME_UNKNOWN,
    ExitCode.PRECONDITION_FAILED,
    ExitCode.REFUSED,
    ExitCode.NOT_ALLOWED,
    ExitCode.NOT_SIGNED_IN,
    ExitCode.USAGE,
    ExitCode.UNAVAILABLE,
    ExitCode.UNEXPECTED,
    ExitCode.OK,
)
_CODES = {
    Outcome.APPLIED: ExitCode.OK,
    Outcome.MOVED: ExitCode.PRECONDITION_FAILED,
    Outcome.REFUSED: ExitCode.REFUSED,
    Outcome.UNKNOWN: ExitCode.OUTCOME_UNKNOWN,
    Outcome.FAILED: ExitCode.UNAVAILABLE,
}


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The one that a run of many exits with."""
    return min(codes, key=_ORDER.index, default=ExitCode.OK)


def code_of_plan(plan: PartnerPlan) -> ExitCode:
    """What one partner alone would exit with."""
    if plan.error is not None:
        return exit_code_of(plan.error)
    return ExitCode.REFUSED if plan.messages else ExitCode.OK


def code_of_end(ended: EndedLine) -> ExitCode:
    """Likewise, after the update."""
    return ExitCode.REFUSED if ended.kept else _CODES[ended.outcome]


def status(plan: PartnerPlan) -> str:
    """`change`, `same` or `problem`."""
    if plan.messages:
        return "problem"
    return "change" if plan.changes_something else "same"


def document_of_plan(plan: PartnerPlan) -> JsonObject:
    """The plan of one partner for programs; tax ids masked."""
    profiles: list[JsonValue] = [
        {"profile": one.kind.word, "tag": one.tag, "changes": [change.to_json() for change in one.changes]}
        for one in plan.profiles
    ]
    return {
        "tenant": plan.wanted.tenant,
        "tenantId": plan.tenant_id,
        "user": plan.user,
        "status": status(plan),
        "profiles": profiles,
        "problems": list(plan.messages),
    }


def summary_of_plans(plans: Sequence[PartnerPlan]) -> JsonObject:
    """How many partners are to change, are as wanted, and have problems."""
    counted = Counter(map(status, plans))
    return {"toChange": counted["change"], "same": counted["same"], "problems": counted["problem"]}


def show_plans(plans: Sequence[PartnerPlan]) -> None:
    """For people: what changes and what is in the way; partners who are as wanted are only counted."""
    for plan in plans:
        if plan.messages:
            show_tenant(plan.wanted.tenant, plan.tenant_id)
            for message in plan.messages:
                console().print(Text(f"  {_indented(message)}", "red"))
        elif plan.changes_something:
            show_tenant(plan.wanted.tenant, plan.tenant_id)
            show_changes((one.kind.word, change) for one in plan.profiles for change in one.changes)
    counted = summary_of_plans(plans)
    to_change = _numbered(counted["toChange"], "partner")
    click.echo(f"{to_change} to change, {counted['same']} already so, {counted['problems']} with problems.")


def show_planned(lines: Iterable[PlannedLine]) -> None:
    """The same from the lines of a plan or of a report."""
    for (tenant, tenant_id), same in groupby(lines, key=lambda line: (line.tenant, line.tenant_id)):
        changes = [(line.profile, change) for line in same for change in line.changes]
        if changes:
            show_tenant(tenant, tenant_id)
            show_changes(changes)


def show_problem_lines(lines: Iterable[AnyLine]) -> None:
    """For programs: what is in the way, as the report has it."""
    for line in lines:
        if isinstance(line, ProblemLine):
            click.echo(encode(line).decode(), nl=False)


def show_tenant(tenant: str, tenant_id: str) -> None:
    """The head of the lines of one partner."""
    other = f"  {tenant_id}" if tenant_id not in ("", tenant) else ""
    console().print(Text.assemble((tenant, "bold"), (other, "dim")))


def show_changes(changes: Iterable[tuple[str, Change | ChangedMember]]) -> None:
    """`billing.purchaseOrderNumber  9888 → 9321`, red and green on a terminal."""
    show_rows(
        (
            f"  {word}.{change.member}",
            Text.assemble((_readable(change.old), "red"), " → ", (_readable(change.new), "green")),
        )
        for word, change in changes
    )


def show_end(ended: EndedLine) -> None:
    """What a person has to know of one update; nothing if it was carried out as it was wanted."""
    name = f"{ended.tenant} {ended.profile}"
    if ended.outcome is not Outcome.APPLIED:
        click.secho(f"{name}: {ended.outcome.value}. {_indented(without_pointer(ended.message))}", fg="red", err=True)
    for member in ended.kept:
        click.secho(f"{name}: the service kept {member} as it was.", fg="yellow", err=True)


def summary_of_run(report: Report) -> JsonObject:
    """How many profiles came to which end; `notBegun`: how many did not come that far."""
    counted = Counter(ended.outcome.value for ended in report.ended.values())
    to_change = [line for line in report.planned.values() if line.changes]
    ends: JsonObject = {outcome.value: counted[outcome.value] for outcome in Outcome}
    return ends | {"notBegun": len(to_change) - len(report.ended)}


def summary_line(report: Report) -> str:
    """The same in one line for people."""
    counted = summary_of_run(report)
    said = [f"{_numbered(counted['applied'], 'update')} applied"]
    said += [f"{count} {name}" for name, count in counted.items() if count and name not in ("applied", "notBegun")]
    said += [f"{counted['notBegun']} not begun"] if counted["notBegun"] else []
    return ", ".join(said) + "."


def _numbered(count: JsonValue, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")


def _readable(value: Value) -> str:
    return _WORDS.get(value) or str(value)


def _indented(message: str) -> str:
    return message.replace("\n", "\n  ")
