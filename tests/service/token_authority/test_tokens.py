"""What stands in the tokens."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode

import jwt

from tests.service.token_authority.people import ADA, AUDIENCE, BASE_URL, CONTOSO, DEFAULT_SCOPE, DESKTOP, GLOBAL_ADMIN
from tests.service.token_authority.visitor import Visitor


def test_a_users_access_token_has_these_claims(visitor: Visitor) -> None:
    claims = visitor.claims(visitor.user_reply()["access_token"])
    assert len(claims.pop("uti")) >= 16
    assert claims.pop("sub") != ADA.id
    assert claims == {
        "aud": AUDIENCE,
        "iss": f"{BASE_URL}/global/{CONTOSO.id}/",
        "iat": 1_790_000_000,
        "nbf": 1_790_000_000,
        "exp": 1_790_003_600,
        "tid": CONTOSO.id,
        "oid": ADA.id,
        "appid": DESKTOP.id,
        "ver": "1.0",
        "idtyp": "user",
        "scp": "user_impersonation",
        "upn": "ada@contoso.example",
        "unique_name": "ada@contoso.example",
        "name": "Ada",
        "amr": ["pwd", "mfa"],
        "wids": [GLOBAL_ADMIN],
    }


def test_the_header_names_algorithm_type_and_key(visitor: Visitor) -> None:
    header = jwt.get_unverified_header(visitor.user_reply()["access_token"])
    assert header == {"alg": "RS256", "typ": "JWT", "kid": visitor.keys.kid}


def test_an_id_token_is_for_the_application(visitor: Visitor) -> None:
    claims = visitor.claims(visitor.user_reply()["id_token"], DESKTOP.id)
    assert claims["iss"] == f"{BASE_URL}/{CONTOSO.id}/v2.0"
    assert (claims["oid"], claims["tid"], claims["ver"]) == (ADA.id, CONTOSO.id, "2.0")
    assert (claims["preferred_username"], claims["name"]) == ("ada@contoso.example", "Ada")
    assert (claims["iat"], claims["exp"]) == (1_790_000_000, 1_790_003_600)


def test_the_subject_is_the_same_in_both_tokens(visitor: Visitor) -> None:
    reply = visitor.user_reply()
    assert visitor.claims(reply["id_token"], DESKTOP.id)["sub"] == visitor.claims(reply["access_token"])["sub"]


def test_the_client_info_is_what_msal_names_accounts_by(visitor: Visitor) -> None:
    info = json.loads(urlsafe_b64decode(visitor.user_reply()["client_info"] + "=="))
    assert info == {"uid": ADA.id, "utid": CONTOSO.id}


def test_the_scope_keeps_the_clients_spelling_so_that_its_cache_finds_it(visitor: Visitor) -> None:
    scope = visitor.user_reply()["scope"].split()
    assert scope == ["openid", "profile", DEFAULT_SCOPE, f"{AUDIENCE}/user_impersonation"]


def test_a_v2_reply_has_its_numbers_as_numbers(visitor: Visitor) -> None:
    reply = visitor.user_reply()
    assert (reply["token_type"], reply["expires_in"], reply["ext_expires_in"]) == ("Bearer", 3600, 3600)
    assert "resource" not in reply
