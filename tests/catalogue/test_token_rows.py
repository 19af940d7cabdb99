"""The rows A of the catalogue of bad inputs: access tokens. Ids begin with the row's; what has no test says why."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from partnercenter.service import seed
from partnercenter.service.app import make_service, open_storage
from partnercenter.service.asgi import Service
from partnercenter.service.gate.authentication import LEEWAY_SECONDS, LONGEST_LIFE_SECONDS
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.token_authority import Accounts, SigningKeys
from partnercenter.service.token_authority.keys import OVERLAP_SECONDS
from partnercenter.service.token_authority.pem_files import private_text, write_whole
from partnercenter.wire.messages import Headers, Request
from tests.catalogue.token_mutations import good_tokens, mutations
from tests.catalogue.token_rows import ACCEPTED, FORBIDDEN, REFUSED
from tests.service.stage import AUDIENCE, BASE_URL, DAY, FIRST, GUID, NOW, SECOND, Answer, ask, claims, keys, page_body
from tests.service.token_authority.forging import (
    ABSENT,
    forging_keys,
    good,
    secret,
    with_claims,
    with_header,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all rows that change nothing in it."""
    with open_storage(tmp_path_factory.mktemp("tokens")) as storage:
        asyncio.run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
        yield make_service(BASE_URL, storage, forging_keys(), DAY, clock=lambda: NOW)


@pytest.fixture
def accounts() -> Accounts:
    """Accounts that the test may disable."""
    return Accounts(seed.DIRECTORY)


@pytest.fixture
def service(shared: Service, accounts: Accounts) -> Service:
    """The service over `accounts`."""
    return replace(shared, authentication=replace(shared.authentication, accounts=accounts))


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connection that is tried, and refused."""
    tried: list[object] = []

    def refuse(_: socket.socket, address: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


_NOT_ACCEPTED = Reason.TOKEN_NOT_ACCEPTED.value


def _assert_not_accepted(answer: Answer, token: str) -> None:
    assert (answer.status, answer.code(), answer.json()["description"]) == (401, 400, _NOT_ACCEPTED.description)
    assert 'error="invalid_token"' in (answer.headers.get("WWW-Authenticate") or "")
    told = answer.body.decode() + str(list(answer.headers))
    assert not [part for part in token.split(".") if len(part) > 5 and part in told]


@pytest.mark.parametrize("row", REFUSED)
def test_the_token_is_not_accepted_and_asks_nobody(shared: Service, connections: list[object], row: str) -> None:
    token = REFUSED[row]()
    _assert_not_accepted(ask(shared, "GET", bearer=token), token)
    assert connections == []


def test_a07_without_a_kid_no_key_of_several_is_tried(service: Service) -> None:
    several = {**keys().public_keys(NOW), **forging_keys().public_keys(NOW)}
    over = replace(service, authentication=replace(service.authentication, keys=lambda _: several))
    assert ask(over, "GET", bearer=good()).status == 200
    assert ask(over, "GET", bearer=with_header(kid=ABSENT)).status == 401


def _reply(service: Service) -> dict[str, str]:
    """The tokens that the authority gives for the published refresh token."""
    form = {
        "grant_type": "refresh_token",
        "client_id": seed.APP_USER.id,
        "client_secret": seed.APP_USER.secret or "",
        "refresh_token": seed.FIRST_REFRESH_TOKEN.token,
        "scope": f"openid {AUDIENCE}/.default",
    }
    lines = Headers({"Content-Type": "application/x-www-form-urlencoded"})
    request = Request("POST", f"/{FIRST}/oauth2/v2.0/token", lines, urlencode(form).encode())
    reply: dict[str, str] = json.loads(service.authority.answer(request).body)
    return reply


@pytest.mark.parametrize(
    ("kind", "status"), [("access_token", 200), ("id_token", 401), ("refresh_token", 401)], ids=lambda v: f"A25-{v}"
)
def test_only_the_access_token_of_a_reply_is_one(shared: Service, kind: str, status: int) -> None:
    assert ask(shared, "GET", bearer=_reply(shared)[kind]).status == status


@pytest.mark.parametrize("row", ACCEPTED)
def test_the_token_is_accepted(shared: Service, row: str) -> None:
    assert ask(shared, "GET", bearer=with_claims(**ACCEPTED[row])).status == 200


@pytest.mark.parametrize(
    "account_id",
    [
        pytest.param(FIRST, id="A30-tenant"),
        pytest.param(seed.BILLING_ADMIN.id, id="A37-user"),
        pytest.param(seed.APP_USER.id, id="A41-application"),
    ],
)
def test_what_is_disabled_is_refused_at_once_until_it_is_enabled(
    service: Service, accounts: Accounts, account_id: str
) -> None:
    token = good()
    assert ask(service, "GET", bearer=token).status == 200
    accounts.disable(account_id)
    _assert_not_accepted(ask(service, "GET", bearer=token), token)
    accounts.enable(account_id)
    assert ask(service, "GET", bearer=token).status == 200


def test_a30_the_other_tenant_goes_on(service: Service, accounts: Accounts) -> None:
    accounts.disable(SECOND)
    assert ask(service, "GET", bearer=good()).status == 200


def test_a41_an_application_alone_is_refused_once_it_is_disabled(service: Service, accounts: Accounts) -> None:
    accounts.disable(seed.APP_USER.id)
    assert ask(service, "GET", bearer=with_claims(idtyp="app", scp=ABSENT)).status == 401


@pytest.mark.parametrize("row", FORBIDDEN)
def test_the_token_is_good_and_its_caller_may_not(shared: Service, row: str) -> None:
    changes, status, code = FORBIDDEN[row]
    answer = ask(shared, "GET", bearer=with_claims(**changes))
    assert (answer.status, answer.code()) == (status, code)


def _put(service: Service, token: str) -> Answer:
    return ask(service, "PUT", bearer=token, lines=[("MS-RequestId", GUID)], body=page_body())


def test_a35_the_helpdesk_reads_and_does_not_write(shared: Service) -> None:
    token = with_claims(oid=seed.HELPDESK.id, wids=[*seed.HELPDESK.roles])
    put = _put(shared, token)
    assert ask(shared, "GET", bearer=token).status == 200
    assert (put.status, put.code()) == (403, 900150)


def test_a36_a_role_that_the_token_alone_claims_does_not_let_write(shared: Service) -> None:
    answer = _put(shared, with_claims(oid=seed.HELPDESK.id, wids=[*seed.GLOBAL_ADMIN.roles]))
    assert (answer.status, answer.code()) == (403, 900150)


def _rotated_at_now(service: Service, clock: float) -> Service:
    """The service over a key that took the forging key's place at NOW, at another time."""
    rotated = SigningKeys(secret())
    rotated.rotate(NOW)
    later = replace(service.authentication, keys=rotated.public_keys, clock=lambda: clock)
    return replace(service, authentication=later)


@pytest.mark.parametrize(
    ("left", "status"),
    [pytest.param(1, 200, id="A38-in-the-overlap"), pytest.param(0, 401, id="A38-after-it")],
)
def test_what_the_key_before_a_rotation_signs_is_accepted_in_the_overlap(
    service: Service, left: int, status: int
) -> None:
    now = int(NOW) + OVERLAP_SECONDS - left
    # Its claims are fresh, so the key alone decides.
    token = with_claims(iat=now, nbf=now, exp=now + 3600)
    assert ask(_rotated_at_now(service, now), "GET", bearer=token).status == status


def test_a38_a_token_of_the_longest_life_is_accepted_to_its_end(service: Service) -> None:
    token = with_claims(exp=int(NOW) + LONGEST_LIFE_SECONDS)
    last = NOW + LONGEST_LIFE_SECONDS + LEEWAY_SECONDS - 1
    assert ask(_rotated_at_now(service, last), "GET", bearer=token).status == 200


def test_a38_a_token_of_the_new_key_is_accepted_without_a_restart(service: Service) -> None:
    rotating = SigningKeys(secret())
    over = replace(service, authentication=replace(service.authentication, keys=rotating.public_keys))
    rotating.rotate(NOW)
    assert ask(over, "GET", bearer=rotating.sign(claims())).status == 200


def test_a38_after_an_emergency_rotation_the_old_key_is_gone_at_once(service: Service) -> None:
    rotating = SigningKeys(secret())
    over = replace(service, authentication=replace(service.authentication, keys=rotating.public_keys))
    rotating.rotate(NOW, overlap_seconds=0)
    token = good()
    _assert_not_accepted(ask(over, "GET", bearer=token), token)


def _start(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "partnercenter", "serve", "--port", "0", "--data", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(os.name == "nt", reason="no mode bits")
def test_a39_the_service_does_not_start_with_a_key_that_others_can_read(tmp_path: Path) -> None:
    SigningKeys.load_or_create(tmp_path)
    (tmp_path / "signing-key.pem").chmod(0o644)
    ended = _start(tmp_path)
    assert ended.returncode != 0
    assert "Others can read the signing key" in ended.stderr


def test_a39_the_service_does_not_start_with_a_small_key(tmp_path: Path) -> None:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # made to be refused
    write_whole(tmp_path / "signing-key.pem", private_text(small))
    ended = _start(tmp_path)
    assert ended.returncode != 0
    assert "at least 2048 bits" in ended.stderr


def test_a15_all_the_tokens_that_the_mutations_begin_with_are_accepted(shared: Service) -> None:
    tokens = good_tokens()
    callers = [shared.authentication.caller(Headers({"Authorization": f"Bearer {token}"})) for token in tokens]
    assert len(callers) == len(set(tokens)) == 20


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.fuzz)])
def test_a15_no_mutation_of_a_good_token_is_accepted(shared: Service, count: int) -> None:
    accepted = [token for token in mutations(20_260_101 + count, count) if _is_accepted(shared, token)]
    assert accepted == []


def _is_accepted(service: Service, token: str) -> bool:
    try:
        service.authentication.caller(Headers({"Authorization": f"Bearer {token}"}))
    except Refusal as refusal:
        return refusal.reason is not Reason.TOKEN_NOT_ACCEPTED
    return True
