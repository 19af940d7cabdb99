"""App-only tokens (client credentials)."""

from __future__ import annotations

import pytest

from tests.service.token_authority.people import AUDIENCE, CONTOSO, DAEMON, DEFAULT_SCOPE, DESKTOP, WEB
from tests.service.token_authority.visitor import Visitor, aadsts, members

_V2 = {
    "grant_type": "client_credentials",
    "client_id": DAEMON.id,
    "client_secret": DAEMON.secret or "",
    "scope": DEFAULT_SCOPE,
}
_V1 = {key: value for key, value in _V2.items() if key != "scope"} | {"resource": AUDIENCE}


def test_the_v2_reply_has_numbers_and_no_refresh_token(visitor: Visitor) -> None:
    reply = members(visitor.token(_V2, tenant=CONTOSO.id))
    assert set(reply) == {"token_type", "expires_in", "ext_expires_in", "access_token"}
    assert (reply["token_type"], reply["expires_in"]) == ("Bearer", 3600)


def test_the_v1_reply_has_its_numbers_as_text(visitor: Visitor) -> None:
    reply = members(visitor.token(_V1, tenant=CONTOSO.id, version=""))
    times = {"expires_in": "3600", "ext_expires_in": "3600", "expires_on": "1790003600", "not_before": "1790000000"}
    assert reply == {**times, "token_type": "Bearer", "resource": AUDIENCE, "access_token": reply["access_token"]}


def test_the_token_is_an_applications(visitor: Visitor) -> None:
    claims = visitor.claims(members(visitor.token(_V2, tenant="contoso.example"))["access_token"])
    assert (claims["idtyp"], claims["roles"], claims["tid"]) == ("app", [], CONTOSO.id)
    assert claims["oid"] == claims["sub"]
    assert not {"scp", "upn", "amr", "name", "wids"} & set(claims)


def test_the_service_principal_is_the_same_every_time_and_another_in_every_tenant(visitor: Visitor) -> None:
    tenants = ("contoso.example", CONTOSO.id, "fabrikam.example")
    replies = [members(visitor.token(_V2, tenant=tenant)) for tenant in tenants]
    first, second, third = (visitor.claims(reply["access_token"])["oid"] for reply in replies)
    assert first == second != third


def test_the_retired_graph_resource_is_still_issued(visitor: Visitor) -> None:
    graph = "https://graph.windows.net"
    reply = members(visitor.token({**_V1, "resource": f"{graph}/"}, tenant=CONTOSO.id, version=""))
    assert visitor.claims(reply["access_token"], graph)["aud"] == graph


@pytest.mark.parametrize("scope", [f"{AUDIENCE}/.default", f"{AUDIENCE}//.default"])
def test_the_audience_has_no_trailing_slash(visitor: Visitor, scope: str) -> None:
    reply = members(visitor.token({**_V2, "scope": scope}, tenant=CONTOSO.id))
    assert visitor.claims(reply["access_token"])["aud"] == AUDIENCE


@pytest.mark.parametrize(
    ("change", "tenant", "number"),
    [
        ({}, "common", 50059),
        ({}, "organizations", 50059),
        ({}, "nowhere", 90002),
        ({"scope": f"{AUDIENCE}/user_impersonation"}, CONTOSO.id, 1002012),
        ({"scope": ""}, CONTOSO.id, 1002012),
        ({"scope": f"{DEFAULT_SCOPE} https://graph.windows.net/.default"}, CONTOSO.id, 28000),
        ({"scope": "https://other.example/.default"}, CONTOSO.id, 500011),
        ({"client_secret": ""}, CONTOSO.id, 7000218),
        ({"client_id": DESKTOP.id, "client_secret": ""}, CONTOSO.id, 7000218),
    ],
)
def test_what_an_application_cannot_have_is_refused(
    visitor: Visitor, change: dict[str, str], tenant: str, number: int
) -> None:
    assert aadsts(visitor.token({**_V2, **change}, tenant=tenant)) == number


def test_an_application_for_users_has_application_tokens_too(visitor: Visitor) -> None:
    form = {**_V2, "client_id": WEB.id, "client_secret": WEB.secret or ""}
    assert visitor.token(form, tenant=CONTOSO.id).status == 200
