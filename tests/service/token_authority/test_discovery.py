"""What a client reads first."""

from __future__ import annotations

import pytest

from partnercenter.wire.messages import Headers, Request
from tests.service.token_authority.people import AUDIENCE, BASE_URL, CONTOSO
from tests.service.token_authority.visitor import Visitor, members, text

_DOCUMENT = ".well-known/openid-configuration"


@pytest.mark.parametrize(
    ("path", "issuer"),
    [
        (f"/{CONTOSO.id}/v2.0/{_DOCUMENT}", f"{BASE_URL}/{CONTOSO.id}/v2.0"),
        (f"/Contoso.Example/v2.0/{_DOCUMENT}", f"{BASE_URL}/{CONTOSO.id}/v2.0"),
        (f"/{CONTOSO.id}/{_DOCUMENT}", f"{BASE_URL}/global/{CONTOSO.id}/"),
        (f"/common/v2.0/{_DOCUMENT}", f"{BASE_URL}/{{tenantid}}/v2.0"),
        (f"/organizations/{_DOCUMENT}", f"{BASE_URL}/global/{{tenantid}}/"),
    ],
)
def test_the_issuer_is_the_tenants(visitor: Visitor, path: str, issuer: str) -> None:
    assert members(visitor.get(path))["issuer"] == issuer


@pytest.mark.parametrize(("prefix", "version"), [("", ""), ("/v2.0", "/v2.0")])
def test_the_endpoints_stand_at_the_same_place(visitor: Visitor, prefix: str, version: str) -> None:
    document = members(visitor.get(f"/contoso.example{prefix}/{_DOCUMENT}"))
    base = f"{BASE_URL}/{CONTOSO.id}"
    assert document["token_endpoint"] == f"{base}/oauth2{version}/token"
    assert document["authorization_endpoint"] == f"{base}/oauth2{version}/authorize"
    assert document["device_authorization_endpoint"] == f"{base}/oauth2{version}/devicecode"
    assert document["jwks_uri"] == f"{base}/discovery{version}/keys"


def test_the_document_tells_what_is_offered(visitor: Visitor) -> None:
    document = members(visitor.get(f"/common/v2.0/{_DOCUMENT}"))
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["response_types_supported"] == ["code", "code id_token"]
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert set(document["response_modes_supported"]) == {"query", "fragment", "form_post"}
    assert "none" in document["token_endpoint_auth_methods_supported"]


def test_the_host_header_changes_nothing(visitor: Visitor) -> None:
    path = f"/common/v2.0/{_DOCUMENT}"
    request = Request("GET", path, Headers({"Host": "evil.example", "X-Forwarded-Host": "evil.example"}))
    assert visitor.authority.answer(request) == visitor.get(path)


@pytest.mark.parametrize("path", ["/common/discovery/v2.0/keys", "/contoso.example/discovery/keys"])
def test_the_key_set_is_published(visitor: Visitor, path: str) -> None:
    (key,) = members(visitor.get(path))["keys"]
    assert key["kid"] == visitor.keys.kid


def test_the_index_page_says_what_this_is(visitor: Visitor) -> None:
    page = text(visitor.get("/"))
    assert "<strong>local</strong> Partner Center, not Microsoft's" in page
    assert AUDIENCE in page
    assert f"/{CONTOSO.id}/v2.0/{_DOCUMENT}" in page
