"""A real service with many partners, credentials for all of them, and `apply` as it dies at a chosen moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from partnercenter import PartnerCenter
from partnercenter.client.conversation import AnswerLostError
from partnercenter.client.transport import HttpTransport
from partnercenter.fleet.report import AnyLine, BegunLine, EndedLine
from partnercenter.fleet.report_file import ReportFile
from partnercenter.service import seed
from partnercenter.service.seed_defaults import id_of, refresh_token_of
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Request, Response
from tests.cli.in_process import command_line
from tests.running_service import RunningService, running_service

WORDS = ("billing", "support")


@dataclass(frozen=True)
class Fleet:
    """The service, its partners, and a file of credentials for all of them."""

    service: RunningService
    tenants: list[str]
    credentials: Path

    @property
    def environ(self) -> Mapping[str, str]:
        """Where the service is, and nobody who is signed in."""
        kept = ("BASE_URL", "AUTHORITY", "CA_BUNDLE", "ADMIN_TOKEN")
        folder = {"PARTNERCENTER_CONFIG_DIR": str(self.service.folder / "config")}
        return folder | {
            name: value for name, value in self.service.variables.items() if name.removeprefix("PARTNERCENTER_") in kept
        }

    def client(self, tenant: str) -> PartnerCenter:
        exports = {
            "PARTNERCENTER_TENANT_ID": tenant,
            "PARTNERCENTER_CLIENT_ID": seed.APP_USER.id,
            "PARTNERCENTER_CLIENT_SECRET": str(seed.APP_USER.secret),
            "PARTNERCENTER_REFRESH_TOKEN": refresh_token_of(tenant),
        }
        return PartnerCenter.from_env({**self.environ, **exports})

    def write_file(self, place: Path, mark: str) -> Path:
        """A file that wants two profiles of every partner to have `mark`."""
        rows = "".join(f"{tenant},{mark},{mark}@{tenant}\n" for tenant in self.tenants)
        place.write_text("tenant,billing.purchaseOrderNumber,support.email\n" + rows)
        return place

    def updates(self, tenant: str, mark: str) -> int:
        """How many updates with `mark` the audit of a tenant has."""
        with self.client(tenant) as partner:
            values = [record.resource_new_value or "" for record in partner.audit_records.query()]
        return sum(mark in value for value in values)

    def plan(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What `partnercenter plan` exits with and prints."""
        return command_line("plan", *arguments, "--credentials", str(self.credentials), environ=self.environ)

    def apply(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What `partnercenter apply` exits with and prints."""
        return command_line("apply", *arguments, "--credentials", str(self.credentials), environ=self.environ)

    def start_apply(self, *arguments: str) -> subprocess.Popen[str]:
        """`partnercenter apply` in a process of its own."""
        command = [sys.executable, "-m", "partnercenter", "apply", *arguments, "--credentials", str(self.credentials)]
        environ = {**self.service.environ, **self.environ}
        return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def fail(self, operation: str, fault: str, **members: JsonValue) -> None:
        """Let the service fail as planned: the next request for `operation`."""
        plan = json.dumps({"faults": [{"operation": operation, "fault": fault, **members}]})
        assert not command_line("faults", "set", "-", environ=self.environ, given=plan.encode()).returncode


@contextmanager
def running_fleet(folder: Path, size: int) -> Iterator[Fleet]:
    tenants = [f"t{number}.example" for number in range(size)]
    document: JsonObject = {"partners": [{"tenant": tenant, "id": id_of(tenant)} for tenant in tenants]}
    (folder / "seed.json").write_text(json.dumps(document))
    entries = "".join(f"  - {{tenant: {one}, refreshToken: {refresh_token_of(one)}}}\n" for one in tenants)
    head = f"clientId: {seed.APP_USER.id}\nclientSecret: {seed.APP_USER.secret}\n"
    credentials = folder / "credentials.yaml"
    credentials.write_text(f"{head}credentials:\n{entries}")
    credentials.chmod(0o600)
    with running_service(folder / "service", "--test", "--seed", str(folder / "seed.json")) as service:
        yield Fleet(service, tenants, credentials)


def dying_at(moment: int) -> Callable[[], None]:
    """Let this process be killed at its `moment`-th chance: before and after each line of a report is written."""
    chances = 0
    append = ReportFile.append

    def chance() -> None:
        nonlocal chances
        chances += 1
        if chances == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def dying(report: ReportFile, line: AnyLine) -> None:
        if isinstance(line, (BegunLine, EndedLine)):
            chance()
        append(report, line)
        if isinstance(line, (BegunLine, EndedLine)):
            chance()

    def plant() -> None:
        ReportFile.append = dying  # type: ignore[method-assign, assignment]

    return plant


def dying_when_an_answer_is_lost() -> None:
    """Let this process be killed when it learns that an answer does not come, before it can ask again."""
    send = HttpTransport.send

    def dying(transport: HttpTransport, request: Request, timeout: float) -> Response:
        try:
            return send(transport, request, timeout)
        except AnswerLostError:
            os.kill(os.getpid(), signal.SIGKILL)
            raise

    HttpTransport.send = dying  # type: ignore[method-assign, assignment]


def killed_in_a_process_of_its_own(plant: Callable[[], None], work: Callable[[], object]) -> bool:
    """Do `work` in another process, in which `plant` has put the death; whether that came."""
    child = os.fork()
    if child == 0:
        try:
            plant()
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
