"""What each exit code means is a contract: every code has a way to it, and the pages say the same of it."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from partnercenter import ClientSettings, FixedToken, PartnerCenter
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.signing_in import session
from partnercenter.client.asgi_transport import AsgiTransport
from partnercenter.client.conversation import AnswerLostError
from partnercenter.service import seed
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.messages import Request, Response
from partnercenter.wire.oauth import access_token_issuer
from tests.cli.in_process import command_line
from tests.cli.stage import BASE_URL, Stage, keys
from tests.service.stage import claims

DOCS = Path(__file__).parents[2] / "docs"
Ended = subprocess.CompletedProcess[str]


def as_somebody(stage: Stage, patch: pytest.MonkeyPatch, token: str) -> None:
    settings = ClientSettings(base_url=BASE_URL, authority=BASE_URL)
    partner = PartnerCenter(FixedToken(token), settings=settings, transport=AsgiTransport(stage.service))
    patch.setattr(session, "open_partner_center", lambda: partner)


def without_a_role(stage: Stage, patch: pytest.MonkeyPatch) -> Ended:
    user, now = next(user for user in seed.DIRECTORY.users if not user.roles), int(time.time())
    issuer = access_token_issuer(BASE_URL, user.tenant_id, Cloud.GLOBAL)
    life = {"iat": now, "nbf": now, "exp": now + 3600}
    token = keys().sign(claims(iss=issuer, oid=user.id, upn=user.user_principal_name, wids=[], **life))
    as_somebody(stage, patch, token)
    return command_line("billing", "get")


def with_a_token_that_is_none(stage: Stage, patch: pytest.MonkeyPatch) -> Ended:
    as_somebody(stage, patch, "no-token")
    return command_line("billing", "get")


def with_nobody_there(stage: Stage, patch: pytest.MonkeyPatch) -> Ended:
    settings = ClientSettings(base_url="http://localhost:1", deadline=0.1)
    patch.setattr(session, "open_partner_center", lambda: PartnerCenter(FixedToken("token"), settings=settings))
    return command_line("billing", "get")


def with_a_lost_answer(stage: Stage, patch: pytest.MonkeyPatch) -> Ended:
    class Losing(AsgiTransport):
        def send(self, request: Request, timeout: float) -> Response:
            answer = super().send(request, timeout)
            if request.method == "PUT":
                raise AnswerLostError("the test lost it")
            return answer

    with stage.partner() as partner:
        token = partner.access_token()
    settings = ClientSettings(base_url=BASE_URL, deadline=0.1)
    partner = PartnerCenter(FixedToken(token), settings=settings, transport=Losing(stage.service))
    patch.setattr(session, "open_partner_center", lambda: partner)
    return command_line("billing", "set", "purchaseOrderNumber=1")


def interrupted(stage: Stage, patch: pytest.MonkeyPatch) -> Ended:
    def ctrl_c() -> PartnerCenter:
        raise KeyboardInterrupt

    patch.setattr(session, "open_partner_center", ctrl_c)
    return command_line("billing", "get")


WAYS: dict[ExitCode, Callable[[Stage, pytest.MonkeyPatch], Ended]] = {
    ExitCode.OK: lambda _stage, _patch: command_line("billing", "get"),
    ExitCode.UNEXPECTED: lambda _stage, _patch: command_line("billing", "edit", environ={"EDITOR": "no-such-editor"}),
    ExitCode.USAGE: lambda _stage, _patch: command_line("billing", "get", "--colour"),
    ExitCode.NOT_SIGNED_IN: with_a_token_that_is_none,
    ExitCode.NOT_ALLOWED: without_a_role,
    ExitCode.PRECONDITION_FAILED: lambda _stage, _patch: command_line(
        "billing", "set", "address.city=Seattle", "--if-match", "another"
    ),
    ExitCode.REFUSED: lambda _stage, _patch: command_line("billing", "set", "billingDay=40"),
    ExitCode.UNAVAILABLE: with_nobody_there,
    ExitCode.OUTCOME_UNKNOWN: with_a_lost_answer,
    ExitCode.INTERRUPTED: interrupted,
}


@pytest.mark.parametrize("code", ExitCode, ids=lambda code: code.name.lower())
def test_every_exit_code_is_ended_with(stage: Stage, monkeypatch: pytest.MonkeyPatch, code: ExitCode) -> None:
    ended = WAYS[code](stage, monkeypatch)
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("page", ["settings.md", "command-line.md"])
def test_the_pages_say_of_every_exit_code_what_the_help_says(page: str) -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", (DOCS / page).read_text("utf-8"), re.MULTILINE)
    assert rows == [(str(code.value), code.meaning) for code in ExitCode]


def test_the_help_lists_every_exit_code() -> None:
    told = " ".join(command_line("--help").stdout.split())
    assert all(f"{code.value} {code.meaning}" in told for code in ExitCode)
