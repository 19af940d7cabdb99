"""`partnercenter audit`: list what changed, and verify that nobody changed the list."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click
from rich.text import Text

from partnercenter.cli import query
from partnercenter.cli.data.database_place import Place, explained, place_options, require_service
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.output import Format, document_of, output_option, show, show_rows
from partnercenter.wire.json_text import JsonObject, JsonValue

if TYPE_CHECKING:
    from partnercenter.service.operations.verify_audit import Verdict
    from partnercenter.service.storage import AuditEntry
    from partnercenter.wire.audit_records import AuditRecord

_DAY = click.DateTime(["%Y-%m-%d"])
_PATIENCE_SECONDS = 1.0
_ENTRIES_AT_ONCE = 1_000


@click.group()
def command() -> None:
    """List what changed, and verify that the audit is intact.

    \b
    Examples:
      partnercenter audit list
      partnercenter audit verify --data .partnercenter
    """


@command.command("list")
@click.option("--start", type=_DAY, metavar="YYYY-MM-DD", help="The first day, in UTC. [default: 30 days ago]")
@click.option(
    "--end", type=_DAY, metavar="YYYY-MM-DD", help="The last day, in UTC; 30 days after the first one at most."
)
@click.option("--resource-type", help="Only changes of this one, as in partner_billing_profile.")
@output_option
def list_records(start: datetime | None, end: datetime | None, resource_type: str | None, output: Format) -> None:
    """List who changed what, the newest first. TSV has a line for each record: date, operation, status, who.

    \b
    Examples:
      partnercenter audit list
      partnercenter audit list --start 2026-11-01 --end 2026-11-15 -o json
    """
    from partnercenter.cli.signing_in.session import open_partner_center

    with open_partner_center() as partner:
        days = (start.date() if start else None, end.date() if end else None)
        records = partner.audit_records.query(*days, resource_type=resource_type)
    if output is Format.TABLE:
        show_rows((record.operation_date or "", Text(_line(record))) for record in records)
        _say_if_empty(records, "No records.")
    elif output is Format.TSV and not query.is_given():
        show([[record.operation_date, *_told(record)] for record in records], output)
    else:
        items: list[JsonValue] = [document_of(record) for record in records]
        show({"totalCount": len(items), "items": items}, output)


@command.command("verify")
@place_options
@output_option
def verify_chain(place: Place, output: Format) -> None:
    """Verify that no entry of the audit was changed, removed, added or moved. The service may run or not.

    Every entry has the hash of the one before it, so a change breaks the chain at its place. Exits with 6 if a
    chain is broken. Who can write the file can also hash the whole chain anew; to find that too, write down the
    heads (-o json) somewhere else, and compare.

    \b
    Examples:
      partnercenter audit verify
      partnercenter audit verify --data demo -o json
      partnercenter audit verify --database postgresql://host/name
    """
    found = _verified(place)
    if output is Format.TABLE:
        show_rows((tenant_id, Text(_intact(verdict))) for tenant_id, (verdict, _) in found.items())
        _say_if_empty(found, "No entries: nothing was changed yet.")
    else:
        tenants: list[JsonValue] = [_document(tenant_id, *told) for tenant_id, told in found.items()]
        show({"intact": all(verdict.broken is None for verdict, _ in found.values()), "tenants": tenants}, output)
    breaks = [verdict.broken for verdict, _ in found.values() if verdict.broken]
    for broken in breaks:
        where = f"tenant {broken.tenant_id}, entry {broken.sequence}"
        click.echo(f"Error: the audit is broken at {where}: {broken.damage.value}.", err=True)
    if breaks:
        raise click.exceptions.Exit(ExitCode.REFUSED)


def _say_if_empty(found: Collection[object], said: str) -> None:
    """On stderr, so that a program that reads the table gets no line that is none of it."""
    if not found:
        click.echo(said, err=True)


def _verified(place: Place) -> dict[str, tuple[Verdict, JsonObject | None]]:
    """The verdict on the chain of each tenant, and its head. click.ClickException if the data cannot be read."""
    require_service()
    from partnercenter.service.operations.verify_audit import verify

    found = {}
    with explained(place), place.open_audit() as trail, _progress() as watched:
        for tenant_id in trail.tenants():
            head, start = trail.head(tenant_id), trail.start(tenant_id)
            told: JsonObject | None = {"sequence": head.sequence, "hash": head.hash.hex()} if head else None
            found[tenant_id] = verify(tenant_id, watched(trail.entries(tenant_id)), head, start), told
    return found


@contextmanager
def _progress() -> Iterator[Callable[[Iterable[AuditEntry]], Iterator[AuditEntry]]]:
    """A function that hands entries on and counts them on a terminal's stderr, once that has taken a while."""
    from rich.console import Console

    begun, count = time.monotonic(), 0
    status = Console(stderr=True).status("Verifying")

    def watched(entries: Iterable[AuditEntry]) -> Iterator[AuditEntry]:
        nonlocal count
        for entry in entries:
            count += 1
            if count % _ENTRIES_AT_ONCE == 0 and time.monotonic() - begun > _PATIENCE_SECONDS:
                status.update(f"Verifying: {count:,} entries")
                status.start()
            yield entry

    if not sys.stderr.isatty():
        yield iter
        return
    try:
        yield watched
    finally:
        status.stop()


def _intact(verdict: Verdict) -> str:
    entries = "1 entry" if verdict.intact == 1 else f"{verdict.intact} entries"
    return f"{entries} intact" + (f", broken at {verdict.broken.sequence}" if verdict.broken else "")


def _document(tenant_id: str, verdict: Verdict, head: JsonObject | None) -> JsonObject:
    broken = verdict.broken
    return {
        "tenantId": tenant_id,
        "intact": verdict.intact,
        "head": head,
        "broken": {"sequence": broken.sequence, "damage": broken.damage.name.lower()} if broken else None,
    }


def _line(record: AuditRecord) -> str:
    return "  ".join(_told(record))


def _told(record: AuditRecord) -> list[str]:
    who = record.user_principal_name or record.application_id
    return [record.operation_type or "", record.operation_status or "", who or ""]
