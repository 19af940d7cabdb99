"""`partnercenter quickstart`: the published scenario end to end, against a local Partner Center of its own."""

from __future__ import annotations

import copy
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from rich.console import Console
from rich.text import Text

from partnercenter import AuditRecord, BillingProfile, PartnerCenter
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.local import env
from partnercenter.cli.output import Format, console, document_of, show, show_rows
from partnercenter.cli.profile.differences import difference_rows

_STOP_SECONDS = 10

_NEXT = """\
Next
  Keep one running:             {command} serve
  Point your own client at it:  eval "$({command} env)"   # base URL, authority, ids, CA
  Read its profile:             {command} billing get   # after the two above
  The same in Python, with {python}:
    from partnercenter import PartnerCenter
    billing = PartnerCenter.from_env().profiles.billing_profile
    profile = billing.get()
    profile.purchase_order_number = "{number}"
    print(billing.update(profile))
"""


@click.command()
def command() -> None:
    """Update a billing profile end to end, against a local Partner Center.

    Starts one on a free port with fresh data, signs in as a partner user (App+User) through MSAL, reads the
    profile, changes the purchase order number, sends it back, and shows the audit entry which that left.
    Everything is gone again at the end.

    \b
    Example:
      partnercenter quickstart
    """
    progress = Console(stderr=True, highlight=False)
    with (
        tempfile.TemporaryDirectory(prefix="partnercenter-") as folder,
        _local_service(Path(folder), progress) as found,
        PartnerCenter.from_env(found) as partner,
    ):
        number = _update_the_profile(partner, progress)
    folder = _folder_of_commands()
    click.echo(_NEXT.format(command=f"{folder}partnercenter", python=f"{folder}python", number=number), nl=False)


def _update_the_profile(partner: PartnerCenter, progress: Console) -> str:
    billing = partner.profiles.billing_profile
    with _step(progress, "Signing in as a partner user through MSAL"):
        partner.access_token()
    before = billing.get()
    _show_profile("Profile before: GET /v1/profiles/billing", before)

    number = _another_number(before)
    changed = copy.deepcopy(before)
    changed.purchase_order_number = number
    after = billing.update(changed)

    _heading("Changed and sent back: PUT /v1/profiles/billing")
    show_rows([*difference_rows(before, after), ("If-Match", Text(f'"{before.attributes.etag}"'))])
    click.echo()
    _show_profile("Profile after: 200, with a new entity tag", after)
    _show_audit_entry(partner.audit_records.query()[0])
    return number


def _another_number(profile: BillingProfile) -> str:
    """A random purchase order number from 9000 to 9999, as on the published page, but not the one it has."""
    numbers = (str(number) for number in range(9000, 10000))
    return random.choice([n for n in numbers if n != profile.purchase_order_number])  # noqa: S311 - nothing secret


def _show_profile(title: str, profile: BillingProfile) -> None:
    _heading(title)
    show(document_of(profile), Format.TABLE)
    click.echo()


def _show_audit_entry(record: AuditRecord) -> None:
    facts = {str(fact["key"]): str(fact["value"]) for fact in record.customized_data or [] if isinstance(fact, dict)}
    old, new = (json.loads(value or "{}") for value in (record.resource_old_value, record.resource_new_value))
    rows = {
        "operation": record.operation_type,
        "status": record.operation_status,
        "user": record.user_principal_name,
        "date": record.operation_date,
        "request id": facts.get("requestId"),
        "correlation id": record.original_correlation_id,
        "precondition": facts.get("precondition"),
        "old value": f"PurchaseOrderNumber {old.get('PurchaseOrderNumber')}, TaxId {old.get('TaxId')}",
        "new value": f"PurchaseOrderNumber {new.get('PurchaseOrderNumber')}, TaxId {new.get('TaxId')}",
    }
    _heading("Audit entry that it left: GET /v1/auditrecords")
    show_rows((name, Text(str(value))) for name, value in rows.items())
    click.echo()


@contextmanager
def _local_service(folder: Path, progress: Console) -> Iterator[dict[str, str]]:
    """A service of our own in `folder`; gives what `partnercenter env` prints, and stops it at the end."""
    serve = [sys.executable, "-m", "partnercenter", "serve", "--port", "0", "--data", str(folder)]
    # SIGTERM would end us without a word and leave the service behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(ExitCode.INTERRUPTED))
    with (folder / "serve.log").open("w+") as log, _stopped_at_the_end(serve, log) as process:
        with _step(progress, "Starting a local Partner Center (SQLite, HTTPS)"):
            ready = process.stdout.readline() if process.stdout else ""
        if not ready.startswith("Ready: "):
            log.seek(0)
            raise click.ClickException(f"The local Partner Center did not start. It said: {log.read().strip()}")
        yield env.read(folder)


@contextmanager
def _stopped_at_the_end(command: list[str], log: IO[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)  # noqa: S603 - ourselves
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@contextmanager
def _step(progress: Console, title: str) -> Iterator[None]:
    """Show that something goes on (a spinner on a terminal), and how long it took."""
    started = time.perf_counter()
    with progress.status(f"{title} ..."):
        yield
    progress.print(f"{title} ... {time.perf_counter() - started:.1f} s", style="dim")


def _heading(title: str) -> None:
    console().print(title, style="bold")


def _folder_of_commands() -> str:
    """What to write before a command to call it from where the user stands; nothing if it is on the PATH."""
    folder = Path(sys.argv[0]).parent
    return f"{folder}/" if str(folder) == ".venv/bin" else ""
