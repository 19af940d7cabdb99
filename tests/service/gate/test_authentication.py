"""Bearer token → Caller. What makes a token bad stands in the catalogue (rows A); here is the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from partnercenter.service import seed
from partnercenter.service.caller import Caller
from partnercenter.service.gate.authentication import Authentication
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.token_authority import Accounts
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.messages import Headers
from tests.service.stage import BASE_URL, FIRST, NOW, claims, keys
from tests.service.token_authority.forging import ABSENT, forging_keys, good, with_claims, with_header

ALONE = claims(idtyp="app")["oid"]


def authentication() -> Authentication:
    return Authentication(forging_keys().public_keys, BASE_URL, Cloud.GLOBAL, Accounts(seed.DIRECTORY), lambda: NOW)


def caller_of(value: str) -> Caller:
    return authentication().caller(Headers({"Authorization": value}))


def refusal_of(value: str) -> Refusal:
    with pytest.raises(Refusal) as refused:
        caller_of(value)
    return refused.value


def test_a_good_token_names_its_caller() -> None:
    user = seed.BILLING_ADMIN
    expected = Caller(
        FIRST,
        seed.APP_USER.id,
        user.id,
        user.user_principal_name,
        delegated=True,
        application=False,
        mfa=True,
        roles=frozenset(user.roles),
    )
    assert caller_of(f"Bearer {good()}") == expected


def test_a_token_of_an_application_alone_names_its_service_principal() -> None:
    token = with_claims(idtyp="app", scp=ABSENT, upn=ABSENT, amr=ABSENT)
    expected = Caller(
        FIRST, seed.APP_USER.id, str(ALONE), "", delegated=False, application=True, mfa=False, roles=frozenset()
    )
    assert caller_of(f"Bearer {token}") == expected


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_h09_the_scheme_compares_without_case(scheme: str) -> None:
    assert caller_of(f"{scheme} {good()}").tenant_id == FIRST


def test_several_blanks_after_the_scheme_are_one() -> None:
    assert caller_of(f"Bearer  {good()}").tenant_id == FIRST


@pytest.mark.parametrize("text", ["", ".", "..", "x.y.z"])
def test_what_is_no_token_is_not_accepted(text: str) -> None:
    assert refusal_of(f"Bearer {text}").reason is Reason.TOKEN_NOT_ACCEPTED


@pytest.mark.parametrize("between", [" ", ","])
def test_h10_two_tokens_are_no_token(between: str) -> None:
    assert refusal_of(f"Bearer {good()}{between}{good()}").reason is Reason.TOKEN_NOT_ACCEPTED


MALFORMED: dict[str, dict[str, JsonValue]] = {
    "nbf-missing": {"nbf": ABSENT},
    "iat-missing": {"iat": ABSENT},
    "iat-of-31-digits": {"iat": -(10**30)},
    "idtyp-missing": {"idtyp": ABSENT},
    "idtyp-other": {"idtyp": "device"},
    "wids-text": {"wids": seed.BILLING_ADMIN.roles[0]},
    "upn-number": {"upn": 1},
}


@pytest.mark.parametrize("changes", MALFORMED.values(), ids=MALFORMED.keys())
def test_claims_that_decide_have_one_type(changes: dict[str, JsonValue]) -> None:
    assert refusal_of(f"Bearer {with_claims(**changes)}").reason is Reason.TOKEN_NOT_ACCEPTED


def test_a_token_cut_anywhere_is_refused() -> None:
    text = good()
    assert {refusal_of(f"Bearer {text[:end]}").reason for end in range(0, len(text), 7)} == {Reason.TOKEN_NOT_ACCEPTED}


def test_a_bad_token_gets_the_challenge_with_the_error() -> None:
    challenge = dict(refusal_of("Bearer x").lines)["WWW-Authenticate"]
    assert challenge.startswith("Bearer ")
    assert 'error="invalid_token"' in challenge


@pytest.mark.parametrize("value", ["", "Basic dXNlcjpwdw==", "x.y.z"], ids=["empty", "basic", "no-scheme"])
def test_h10_without_a_bearer_token_the_token_is_missing(value: str) -> None:
    assert refusal_of(value).reason is Reason.TOKEN_MISSING


def test_h12_without_a_token_the_challenge_has_no_error() -> None:
    with pytest.raises(Refusal) as refused:
        authentication().caller(Headers())
    assert "error=" not in dict(refused.value.lines)["WWW-Authenticate"]


@pytest.mark.parametrize("audience", ["https://graph.windows.net", "https://graph.windows.net/"])
def test_d17_the_retired_audience_has_its_own_code(audience: str) -> None:
    assert refusal_of(f"Bearer {with_claims(aud=audience)}").reason.value[:2] == (401, 900420)


def test_d17_an_expired_token_of_the_retired_audience_is_not_accepted() -> None:
    old = with_claims(aud="https://graph.windows.net", exp=int(NOW) - 100, iat=int(NOW) - 200)
    assert refusal_of(f"Bearer {old}").reason is Reason.TOKEN_NOT_ACCEPTED


NEITHER: dict[str, dict[str, JsonValue]] = {
    "a-user-without-scope": {"scp": ABSENT},
    "A33-an-application-with-scope": {"idtyp": "app"},
}


@pytest.mark.parametrize("changes", NEITHER.values(), ids=NEITHER.keys())
def test_a_token_may_be_neither_delegated_nor_an_applications(changes: dict[str, JsonValue]) -> None:
    caller = caller_of(f"Bearer {with_claims(**changes)}")
    assert (caller.delegated, caller.application) == (False, False)


def test_a36_the_roles_are_those_that_token_and_directory_both_name() -> None:
    wids: list[JsonValue] = [*seed.GLOBAL_ADMIN.roles, *seed.BILLING_ADMIN.roles]
    assert caller_of(f"Bearer {with_claims(wids=wids)}").roles == set(seed.BILLING_ADMIN.roles)
    assert caller_of(f"Bearer {with_claims(wids=[])}").roles == set()


def test_a_key_of_the_same_id_that_is_another_key_does_not_verify() -> None:
    (other,) = keys().public_keys(NOW).values()
    foreign = replace(authentication(), keys=lambda _: {forging_keys().kid: other})
    with pytest.raises(Refusal):
        foreign.caller(Headers({"Authorization": f"Bearer {good()}"}))


@pytest.mark.parametrize("bad", ["x.y.z", "cut", "kid"])
def test_a_refusal_keeps_no_error_that_quotes_the_token(bad: str) -> None:
    token = {"cut": good()[:-4], "kid": with_header(kid="x")}.get(bad, bad)
    assert refusal_of(f"Bearer {token}").__suppress_context__
