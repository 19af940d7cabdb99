"""Every refusal of the table is reached, says what to do, and gives nothing away."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from partnercenter.service.token_authority import TokenAuthority
from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.wire.messages import Request, Response
from tests.service.token_authority.people import (
    ADA,
    AUDIENCE,
    BASE_URL,
    CONTOSO,
    DAEMON,
    DEFAULT_SCOPE,
    DESKTOP,
    DIRECTORY,
    EVE,
    PUBLISHED,
    SECRETS,
    WEB,
)
from tests.service.token_authority.visitor import (
    DESKTOP_ASKS,
    DESKTOP_REDEEMS,
    WEB_ASKS,
    Visitor,
    aadsts,
    fields_of,
    members,
)

_AUTHORIZE = "/common/oauth2/v2.0/authorize"
_DEVICE = {"grant_type": "device_code", "client_id": DESKTOP.id}
_DAEMON = {"grant_type": "client_credentials", "client_id": DAEMON.id, "client_secret": DAEMON.secret or ""}
_PUBLISHED = {
    "grant_type": "refresh_token",
    "refresh_token": PUBLISHED.token,
    "client_id": WEB.id,
    "client_secret": WEB.secret or "",
}


def _later(visitor: Visitor, seconds: int, form: dict[str, str]) -> Response:
    visitor.clock.now += seconds
    return visitor.token(form)


def _device_code(visitor: Visitor) -> str:
    reply = members(visitor.post("/common/oauth2/v2.0/devicecode", {"client_id": DESKTOP.id, "scope": DEFAULT_SCOPE}))
    return str(reply["device_code"])


def _twice(visitor: Visitor) -> Response:
    form = {**DESKTOP_REDEEMS, "code": visitor.code()}
    visitor.token(form)
    return visitor.token(form)


def _refreshed_too_late(visitor: Visitor) -> Response:
    token = visitor.user_reply()["refresh_token"]
    return _later(visitor, 91 * 86400, {"grant_type": "refresh_token", "client_id": DESKTOP.id, "refresh_token": token})


def _broken(visitor: Visitor) -> Response:
    authority = TokenAuthority(BASE_URL, None, visitor.keys)  # type: ignore[arg-type]  # on purpose
    return authority.answer(Request("GET", "/x/discovery/keys"))


def _disabled(visitor: Visitor, account_id: str) -> Response:
    visitor.accounts.disable(account_id)
    return visitor.token(_PUBLISHED)


def _ask(visitor: Visitor, **change: str) -> Response:
    return visitor.get(_AUTHORIZE, DESKTOP_ASKS | change)


_WAYS: dict[Aadsts, Callable[[Visitor], Response]] = {
    Aadsts.SEVERAL_RESOURCES: lambda v: _ask(v, scope=f"{DEFAULT_SCOPE} https://graph.windows.net/.default"),
    Aadsts.WRONG_REDIRECT_URI: lambda v: _ask(v, redirect_uri="https://evil.example/"),
    Aadsts.USER_OF_OTHER_TENANT: lambda v: v.token(_PUBLISHED, tenant="fabrikam.example"),
    Aadsts.USER_DISABLED: lambda v: _disabled(v, ADA.id),
    Aadsts.LOGIN_REQUIRED: lambda v: _ask(v, prompt="none"),
    Aadsts.NO_TENANT: lambda v: v.token(_DAEMON),
    Aadsts.FLOW_EXPIRED: lambda v: v.post(_AUTHORIZE, {"ticket": "x", "password": ADA.password}),
    Aadsts.WRONG_PASSWORD: lambda v: v.submit(_ask(v), {"username": ADA.id, "password": ADA.password}),
    Aadsts.CODE_USED: _twice,
    Aadsts.BAD_GRANT: lambda v: v.token({**DESKTOP_REDEEMS, "code": PUBLISHED.token}),
    Aadsts.UNSUPPORTED_GRANT: lambda v: v.token(
        {
            "grant_type": "password",
            "client_id": DESKTOP.id,
            "username": ADA.user_principal_name,
            "password": ADA.password,
        }
    ),
    Aadsts.UNSUPPORTED_RESPONSE_TYPE: lambda v: _ask(v, response_type="token"),
    Aadsts.UNSUPPORTED_RESPONSE_MODE: lambda v: _ask(v, response_mode="pigeon"),
    Aadsts.CODE_EXPIRED: lambda v: _later(v, 61, {**DESKTOP_REDEEMS, "code": v.code()}),
    Aadsts.BAD_SCOPE: lambda v: v.token({**_PUBLISHED, "scope": "User.Read"}),
    Aadsts.AUTHORIZATION_PENDING: lambda v: v.token({**_DEVICE, "device_code": _device_code(v)}),
    Aadsts.BAD_DEVICE_CODE: lambda v: v.token({**_DEVICE, "device_code": PUBLISHED.token}),
    Aadsts.DEVICE_CODE_EXPIRED: lambda v: _later(v, 901, {**_DEVICE, "device_code": _device_code(v)}),
    Aadsts.UNKNOWN_TENANT: lambda v: v.token(_PUBLISHED, tenant="nowhere.example"),
    Aadsts.BAD_PARAMETER: lambda v: _ask(v, nonce="x" * 1025),
    Aadsts.REQUEST_OBJECT: lambda v: _ask(v, request_uri="http://169.254.169.254/"),
    Aadsts.SECRET_IN_QUERY: lambda v: v.post(f"/common/oauth2/token?password={ADA.password}", _PUBLISHED),
    Aadsts.TWO_AUTHENTICATIONS: lambda v: v.token(_PUBLISHED, basic=f"{WEB.id}:{WEB.secret}"),
    Aadsts.UNEXPECTED: _broken,
    Aadsts.MISSING_PARAMETER: lambda v: v.token({"client_secret": WEB.secret or ""}),
    Aadsts.WRONG_METHOD: lambda v: v.get(f"/common/oauth2/token?client_secret={WEB.secret}"),
    Aadsts.RESOURCE_NOT_SUPPORTED: lambda v: v.token({**_PUBLISHED, "resource": AUDIENCE}),
    Aadsts.UNKNOWN_RESOURCE: lambda v: v.token({**_PUBLISHED, "resource": PUBLISHED.token}, version=""),
    Aadsts.OTHER_REDIRECT_URI: lambda v: v.token(
        {
            **DESKTOP_REDEEMS,
            "code": v.code(),
            "redirect_uri": "http://localhost",
        }
    ),
    Aadsts.WRONG_SECOND_FACTOR: lambda v: v.sign_in(_ask(v), code="1"),
    Aadsts.WRONG_VERIFIER: lambda v: v.token({**DESKTOP_REDEEMS, "code": v.code(), "code_verifier": "x" * 43}),
    Aadsts.BAD_CHALLENGE: lambda v: _ask(v, code_challenge=""),
    Aadsts.NO_DELEGATED_PERMISSIONS: lambda v: v.post("/common/oauth2/devicecode", {"client_id": DAEMON.id}),
    Aadsts.UNKNOWN_APPLICATION: lambda v: v.token({**_PUBLISHED, "client_id": WEB.secret or ""}),
    Aadsts.SECRET_OF_PUBLIC_CLIENT: lambda v: v.token({**_PUBLISHED, "client_id": DESKTOP.id}),
    Aadsts.REFRESH_TOKEN_EXPIRED: _refreshed_too_late,
    Aadsts.CLIENT_CREDENTIALS_SCOPE: lambda v: v.token(_DAEMON, tenant=CONTOSO.id),
    Aadsts.APPLICATION_DISABLED: lambda v: _disabled(v, WEB.id),
    Aadsts.WRONG_SECRET: lambda v: v.token({**_PUBLISHED, "client_secret": DAEMON.secret or ""}),
    Aadsts.MISSING_SECRET: lambda v: v.token({**_PUBLISHED, "client_secret": ""}),
    Aadsts.DUPLICATE_PARAMETER: lambda v: v.get(f"{_AUTHORIZE}?{PUBLISHED.token}&{PUBLISHED.token}"),
    Aadsts.MALFORMED: lambda v: v.post(_AUTHORIZE, _PUBLISHED, {"Content-Type": "application/json"}),
}


def test_the_table_is_closed() -> None:
    assert set(_WAYS) == set(Aadsts)


@pytest.mark.parametrize("reason", _WAYS)
def test_every_refusal_can_be_reached(visitor: Visitor, reason: Aadsts) -> None:
    response = _WAYS[reason](visitor)
    assert aadsts(response) == reason.value.number
    assert response.status in (reason.value.status, 303)


@pytest.mark.parametrize("reason", _WAYS)
def test_no_refusal_repeats_a_secret(visitor: Visitor, reason: Aadsts, caplog: pytest.LogCaptureFixture) -> None:
    response = _WAYS[reason](visitor)
    shown = response.body.decode() + str(list(response.headers)) + repr(response) + caplog.text
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize("reason", Aadsts)
def test_every_text_ends_with_what_to_do_next(reason: Aadsts) -> None:
    what, _, then = reason.value.text.partition(". ")
    assert what
    assert then.endswith(".")


def test_a_refusal_has_the_members_that_entra_sends(visitor: Visitor) -> None:
    reply = members(visitor.token({"grant_type": "password"}))
    assert set(reply) == {
        *("error", "error_description", "error_codes"),
        *("timestamp", "trace_id", "correlation_id"),
    }
    assert reply["error_codes"] == [70003]
    assert reply["timestamp"] == "2026-09-21 14:13:20Z"
    end = f"Trace ID: {reply['trace_id']} Correlation ID: {reply['correlation_id']} Timestamp: {reply['timestamp']}"
    assert reply["error_description"].endswith(end)


def test_the_correlation_id_is_the_callers_if_it_is_a_guid(visitor: Visitor) -> None:
    guid = "c0ffee00-1111-4222-8333-444444444444"
    path, form = "/common/oauth2/token", {"grant_type": "x"}
    assert members(visitor.post(path, form, {"client-request-id": guid}))["correlation_id"] == guid
    other = members(visitor.post(path, form, {"client-request-id": "<script>"}))["correlation_id"]
    assert re.fullmatch(r"[0-9a-f-]{36}", other)


def test_a_missing_parameter_is_named(visitor: Visitor) -> None:
    assert "'grant_type'" in members(visitor.token({"client_id": WEB.id}))["error_description"]


def test_a_refusal_by_redirect_has_the_same_words(visitor: Visitor) -> None:
    fields = fields_of(visitor.get(_AUTHORIZE, WEB_ASKS | {"response_type": "token"}))
    assert re.search(r"AADSTS70005: .+ Trace ID: \S+ Correlation ID: \S+ Timestamp: ", fields["error_description"])


def test_a_user_of_another_tenant_is_refused_at_the_token_endpoint_too(visitor: Visitor) -> None:
    form = {**DESKTOP_REDEEMS, "code": visitor.code(user=EVE)}
    assert members(visitor.token(form, tenant=DIRECTORY.tenants[0].id))["error"] == "invalid_grant"
