"""Which application asks, and did it prove it (RFC 6749 §2.3.1)."""

from __future__ import annotations

import pytest

from partnercenter.service.token_authority import Accounts, Application, Directory, TokenAuthority
from tests.service.token_authority.people import AUDIENCE, BASE_URL, CONTOSO, DAEMON, DEFAULT_SCOPE, DESKTOP, WEB
from tests.service.token_authority.visitor import FORM, Clock, Visitor, aadsts, members

_ASKS = {"grant_type": "client_credentials", "scope": DEFAULT_SCOPE}
_SECRET = DAEMON.secret or ""


@pytest.mark.parametrize(
    ("form", "basic"),
    [
        ({"client_id": DAEMON.id, "client_secret": _SECRET}, ""),
        ({"client_id": DAEMON.id.upper(), "client_secret": _SECRET}, ""),
        ({}, f"{DAEMON.id}:{_SECRET}"),
        ({}, f"{DAEMON.id}:daemon%2Dsecret%2D8404"),
        ({"client_id": DAEMON.id}, f"{DAEMON.id}:{_SECRET}"),
    ],
)
def test_the_secret_is_taken_from_the_form_or_by_basic(visitor: Visitor, form: dict[str, str], basic: str) -> None:
    assert visitor.token({**_ASKS, **form}, tenant=CONTOSO.id, basic=basic).status == 200


@pytest.mark.parametrize(
    ("form", "basic", "status", "number"),
    [
        ({"client_id": DAEMON.id, "client_secret": "wrong"}, "", 401, 7000215),
        ({"client_id": DAEMON.id, "client_secret": "\u00e9"}, "", 401, 7000215),
        ({"client_id": DAEMON.id, "client_secret": WEB.secret or ""}, "", 401, 7000215),
        ({"client_id": DAEMON.id}, "", 401, 7000218),
        ({"client_id": DESKTOP.id, "client_secret": "any"}, "", 401, 700025),
        ({"client_id": "nobody", "client_secret": _SECRET}, "", 400, 700016),
        ({"client_secret": _SECRET}, "", 400, 900144),
        ({"client_id": DAEMON.id, "client_secret": _SECRET}, f"{DAEMON.id}:{_SECRET}", 400, 90013),
        ({"client_id": WEB.id}, f"{DAEMON.id}:{_SECRET}", 400, 90013),
        ({}, f"{DAEMON.id}:wrong", 401, 7000215),
        ({}, f"{DAEMON.id}:", 401, 7000215),
        ({}, "no colon", 401, 7000215),
        ({}, f"{DAEMON.id}:%ff", 401, 7000215),
        ({}, f"nobody:{_SECRET}", 400, 700016),
    ],
)
def test_who_does_not_prove_it_is_refused(
    visitor: Visitor, form: dict[str, str], basic: str, status: int, number: int
) -> None:
    response = visitor.token({**_ASKS, **form}, tenant=CONTOSO.id, basic=basic)
    assert (response.status, aadsts(response)) == (status, number)
    assert (response.headers.get("WWW-Authenticate") is not None) == (status == 401)


@pytest.mark.parametrize("line", ["Basic", "Basic ===", "Basic \u00e9", "Basic /////w==", "Bearer x", ""])
def test_an_authorization_header_that_cannot_be_read_is_refused(visitor: Visitor, line: str) -> None:
    headers = {"Content-Type": FORM, "Authorization": line}
    response = visitor.post(f"/{CONTOSO.id}/oauth2/v2.0/token", _ASKS, headers)
    assert (response.status, members(response)["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("name", ["client_secret", "password", "refresh_token", "code", "client_assertion"])
def test_a_secret_in_the_query_is_refused(visitor: Visitor, name: str) -> None:
    form = {**_ASKS, "client_id": DAEMON.id, "client_secret": _SECRET}
    response = visitor.post(f"/{CONTOSO.id}/oauth2/v2.0/token?{name}={_SECRET}", form)
    assert (response.status, aadsts(response)) == (400, 90013)
    assert f"'{name}'" in members(response)["error_description"]


def test_an_api_version_in_the_query_is_nobodys_business(visitor: Visitor) -> None:
    form = {"grant_type": "client_credentials", "resource": AUDIENCE, "client_id": DAEMON.id}
    path = f"/{CONTOSO.id}/oauth2/token?api-version=1.0"
    assert visitor.post(path, {**form, "client_secret": _SECRET}).status == 200


@pytest.mark.parametrize(
    ("delegated", "public", "secret", "number"),
    [
        (True, True, None, 70016),
        (True, True, "right", 70016),
        (True, True, "wrong", 7000215),
        (True, False, None, 7000218),
        (True, False, "right", 70016),
        (True, False, "wrong", 7000215),
        (False, True, None, 650057),
    ],
)
def test_public_flows_make_the_secret_optional_and_never_wrong(
    visitor: Visitor, delegated: bool, public: bool, secret: str | None, number: int
) -> None:
    application = Application("app", "App", "right", delegated, allows_public_flows=public)
    authority = TokenAuthority(
        BASE_URL, Accounts(Directory((CONTOSO,), (), (application,))), visitor.keys, clock=Clock()
    )
    someone = Visitor(authority, visitor.keys, Clock())
    form = {"client_id": "app", **({"client_secret": secret} if secret else {})}
    asked = someone.post("/common/oauth2/v2.0/devicecode", form)
    if asked.status == 200:
        code = members(asked)["device_code"]
        asked = someone.token({**form, "grant_type": "device_code", "device_code": code})
    assert aadsts(asked) == number
