"""Bearer token → Caller. Row ids are those of the catalogue of bad inputs; a bad token is 401 and never a 500."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
from dataclasses import replace

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from partnercenter.service import seed
from partnercenter.service.caller import Caller
from partnercenter.service.gate.authentication import Authentication
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.token_authority import SigningKeys
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Headers
from tests.service.stage import AUDIENCE, BASE_URL, FIRST, NOW, SECOND, claims, keys, token

SECRET = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS = SigningKeys(SECRET)
AUTHENTICATION = Authentication(KEYS.public_keys(), BASE_URL, AUDIENCE, frozenset({FIRST, SECOND}), lambda: NOW)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: bytes, payload: bytes) -> str:
    """A token of exactly these bytes, rightly signed."""
    head = f"{b64(header)}.{b64(payload)}"
    return f"{head}.{b64(SECRET.sign(head.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def header(**changes: JsonValue) -> bytes:
    members: JsonObject = {"alg": "RS256", "typ": "JWT", "kid": KEYS.kid, **changes}
    return json_text.write({name: value for name, value in members.items() if value != "absent"})


def payload(**changes: JsonValue) -> bytes:
    members = claims(**changes)
    return json_text.write({name: value for name, value in members.items() if value != "absent"})


def good() -> str:
    return signed(header(), payload())


def caller_of(value: str) -> Caller:
    return AUTHENTICATION.caller(Headers({"Authorization": value}))


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
        mfa=True,
        roles=frozenset(user.roles),
    )
    assert caller_of(f"Bearer {good()}") == expected


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_h09_the_scheme_compares_without_case(scheme: str) -> None:
    assert caller_of(f"{scheme} {good()}").tenant_id == FIRST


def test_several_blanks_after_the_scheme_are_one() -> None:
    assert caller_of(f"Bearer  {good()}").tenant_id == FIRST


def hs256(key: bytes) -> str:
    head = f"{b64(header(alg='HS256'))}.{b64(payload())}"
    return f"{head}.{b64(hmac.new(key, head.encode(), hashlib.sha256).digest())}"


PEM = SECRET.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
HEAD, CLAIMS, SIGNATURE = good().split(".")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

BAD_TOKENS = {
    "A01-alg-none": f"{b64(header(alg='none'))}.{CLAIMS}.",
    "A02-alg-none-in-odd-case": f"{b64(header(alg='nOnE'))}.{CLAIMS}.",
    "A03-alg-missing": signed(header(alg="absent"), payload()),
    "A04-alg-empty": signed(header(alg=""), payload()),
    "A05-hs256-with-our-pem": hs256(PEM),
    "A05-hs256-with-our-jwks": hs256(json_text.write(KEYS.jwks())),
    "A06-ps256": jwt.encode(claims(), SECRET, algorithm="PS256", headers={"kid": KEYS.kid}),
    "A06-rs512": jwt.encode(claims(), SECRET, algorithm="RS512", headers={"kid": KEYS.kid}),
    "A07-kid-absent": signed(header(kid="absent"), payload()),
    "A07-kid-unknown": signed(header(kid="x"), payload()),
    "A08-kid-path": signed(header(kid="../../dev/null"), payload()),
    "A08-kid-sql": signed(header(kid="' OR 1=1--"), payload()),
    "A08-kid-array": signed(header(kid=[KEYS.kid]), payload()),
    "A08-kid-null": signed(header(kid=None), payload()),
    "A08-kid-nul": signed(header(kid="\x00"), payload()),
    "A09-jku": signed(header(jku="https://evil"), payload()),
    "A10-x5u": signed(header(x5u="https://evil"), payload()),
    "A11-jwk": signed(header(jwk={"kty": "RSA"}), payload()),
    "A12-x5c": signed(header(x5c=["x"]), payload()),
    "A13-crit": signed(header(crit=["x"]), payload()),
    "A13-crit-empty": signed(header(crit=[]), payload()),
    "A13-b64": signed(header(b64=False), payload()),
    "A14-zip": signed(header(zip="DEF"), payload()),
    "A14-five-parts": f"{good()}.x.y",
    "A14-nested": signed(header(cty="JWT"), good().encode()),
    "A14-json-form": '{"payload":"x","signatures":[]}',
    "A15-signature-empty": f"{HEAD}.{CLAIMS}.",
    "A15-signature-cut": f"{HEAD}.{CLAIMS}.{SIGNATURE[:-2]}",
    "A15-signature-of-another-token": f"{HEAD}.{b64(payload(sub='other'))}.{SIGNATURE}",
    "A15-signed-with-another-key": token(),
    "A16-padding": f"{HEAD}.{CLAIMS}.{SIGNATURE}==",
    "A16-not-canonical": f"{HEAD}.{CLAIMS}.{SIGNATURE[:-1]}{ALPHABET[ALPHABET.index(SIGNATURE[-1]) + 1]}",
    "A16-part-added": f"{good()}.x",
    "A16-part-empty": f"{good()}.",
    "A16-blank": f"{good()} ",
    "A16-newline": f"{good()}\n",
    "A16-plus-and-slash": f"{HEAD}.{CLAIMS}.{'+' + SIGNATURE[1:]}",
    "A16-not-ascii": f"{HEAD}.{CLAIMS}.\xe9{SIGNATURE[1:]}",
    "A17-claim-twice": signed(header(), payload()[:-1] + b',"tid":"x"}'),
    "A17-header-member-twice": signed(header()[:-1] + b',"alg":"RS256"}', payload()),
    "A18-nan": signed(header(), payload()[:-1] + b',"x":NaN}'),
    "A18-depth-1000": signed(header(), payload()[:-1] + b',"x":' + b"[" * 1000 + b"]" * 1000 + b"}"),
    "A18-depth-in-the-header": signed(b'{"x":' + b"[" * 3000, payload()),
    "A18-lone-surrogate": signed(header(), payload()[:-1] + b',"x":"\\ud83d"}'),
    "A18-byte-order-mark": signed(header(), b"\xef\xbb\xbf" + payload()),
    "A18-claims-are-an-array": signed(header(), b"[]"),
    "A18-claims-are-no-json": signed(header(), b"x"),
    "A18-header-is-an-array": signed(b"[]", payload()),
    "A19-longer-than-8-kib": signed(header(), payload(x="y" * 8192)),
    "A25-typ-missing": signed(header(typ="absent"), payload()),
    "A25-typ-of-another-kind": signed(header(typ="at+jwt"), payload()),
    "empty": "",
    "one-dot": ".",
    "two-dots": "..",
    "H10-two-tokens": f"{good()} {good()}",
    "H10-comma": f"{good()},x",
}

BAD_CLAIMS: dict[str, dict[str, JsonValue]] = {
    "A20-expired-by-61-seconds": {"exp": int(NOW) - 61, "iat": int(NOW) - 3661},
    "A21-exp-missing": {"exp": "absent"},
    "A21-exp-text": {"exp": str(int(NOW) + 3600)},
    "A21-exp-float": {"exp": NOW + 3600.5},
    "A21-exp-bool": {"exp": True},
    "A21-exp-negative": {"exp": -1},
    "A21-exp-of-31-digits": {"exp": 10**30},
    "A21-exp-null": {"exp": None},
    "A21-life-longer-than-a-day": {"exp": int(NOW) + 86_401},
    "A22-nbf-ahead": {"nbf": int(NOW) + 600},
    "A22-iat-ahead": {"iat": int(NOW) + 600},
    "A22-nbf-missing": {"nbf": "absent"},
    "A22-iat-missing": {"iat": "absent"},
    "A22-iat-negative": {"iat": -(10**30)},
    "A23-iss-other": {"iss": "https://evil/"},
    "A23-iss-list": {"iss": [f"{BASE_URL}/{FIRST}/"]},
    "A23-iss-without-slash": {"iss": f"{BASE_URL}/{FIRST}"},
    "A23-iss-other-case": {"iss": f"{BASE_URL.upper()}/{FIRST}/"},
    "A23-iss-missing": {"iss": "absent"},
    "A24-aud-other": {"aud": "https://graph.microsoft.com"},
    "A24-aud-missing": {"aud": "absent"},
    "A24-aud-list": {"aud": [AUDIENCE]},
    "A24-aud-list-of-two": {"aud": [AUDIENCE, "x"]},
    "A24-aud-longer": {"aud": f"{AUDIENCE}/x"},
    "A24-aud-many-slashes": {"aud": f"{AUDIENCE}//"},
    "A24-aud-client-id": {"aud": seed.APP_USER.id},
    "A27-sub-missing": {"sub": "absent"},
    "A27-sub-number": {"sub": 1},
    "A27-sub-empty": {"sub": ""},
    "A27-oid-missing": {"oid": "absent"},
    "A27-oid-empty": {"oid": ""},
    "A27-oid-no-guid": {"oid": "me"},
    "A28-tid-missing": {"tid": "absent", "iss": f"{BASE_URL}/{FIRST}/"},
    "A28-tid-no-guid": {"tid": "x"},
    "A28-tid-list": {"tid": [FIRST]},
    "A28-tid-unknown": {"tid": "a0000000-0000-4000-8000-000000000099"},
    "A28-tid-other-case": {"tid": FIRST.upper()},
    "A29-tid-of-one-iss-of-another": {"tid": SECOND, "iss": f"{BASE_URL}/{FIRST}/"},
    "A32-scp-list": {"scp": ["user_impersonation"]},
    "A34-amr-text": {"amr": "mfa"},
    "A41-appid-missing": {"appid": "absent"},
    "A41-appid-no-guid": {"appid": "x"},
    "idtyp-missing": {"idtyp": "absent"},
    "idtyp-other": {"idtyp": "device"},
    "wids-text": {"wids": seed.BILLING_ADMIN.roles[0]},
}
BAD = BAD_TOKENS | {row: signed(header(), payload(**changes)) for row, changes in BAD_CLAIMS.items()}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_the_token_is_not_accepted(bad: str) -> None:
    assert refusal_of(f"Bearer {bad}").reason is Reason.TOKEN_NOT_ACCEPTED


def test_every_bad_token_is_told_the_same() -> None:
    assert len({refusal_of(f"Bearer {bad}").to_response().body for bad in BAD_TOKENS.values()}) == 1


def test_a15_a_token_with_any_one_character_changed_is_refused() -> None:
    chance = random.Random(7)
    text = good()
    for _ in range(300):
        place, letter = chance.randrange(len(text)), chance.choice(ALPHABET + ".=")
        changed = text[:place] + letter + text[place + 1 :]
        assert changed == text or refusal_of(f"Bearer {changed}").reason is Reason.TOKEN_NOT_ACCEPTED


def test_a15_a_token_cut_anywhere_is_refused() -> None:
    text = good()
    assert {refusal_of(f"Bearer {text[:end]}").reason for end in range(0, len(text), 7)} == {Reason.TOKEN_NOT_ACCEPTED}


def test_a_bad_token_gets_the_challenge_with_the_error() -> None:
    challenge = dict(refusal_of("Bearer x").lines)["WWW-Authenticate"]
    assert challenge.startswith("Bearer ")
    assert 'error="invalid_token"' in challenge


@pytest.mark.parametrize("value", ["", "Basic dXNlcjpwdw==", good()], ids=["empty", "basic", "no-scheme"])
def test_h10_without_a_bearer_token_the_token_is_missing(value: str) -> None:
    assert refusal_of(value).reason is Reason.TOKEN_MISSING


def test_h12_without_a_token_the_challenge_has_no_error() -> None:
    with pytest.raises(Refusal) as refused:
        AUTHENTICATION.caller(Headers())
    assert "error=" not in dict(refused.value.lines)["WWW-Authenticate"]


@pytest.mark.parametrize("audience", [AUDIENCE, f"{AUDIENCE}/"], ids=["bare", "with-slash"])
def test_d17_our_audience_is_accepted_with_or_without_a_slash(audience: str) -> None:
    assert caller_of(f"Bearer {signed(header(), payload(aud=audience))}").tenant_id == FIRST


@pytest.mark.parametrize("audience", ["https://graph.windows.net", "https://graph.windows.net/"])
def test_d17_the_retired_audience_has_its_own_code(audience: str) -> None:
    refusal = refusal_of(f"Bearer {signed(header(), payload(aud=audience))}")
    assert refusal.reason.value[:2] == (401, 900420)


def test_d17_an_expired_token_of_the_retired_audience_is_not_accepted() -> None:
    old = payload(aud="https://graph.windows.net", exp=int(NOW) - 100, iat=int(NOW) - 200)
    assert refusal_of(f"Bearer {signed(header(), old)}").reason is Reason.TOKEN_NOT_ACCEPTED


LEEWAY: dict[str, dict[str, JsonValue]] = {
    "A20-expired-by-30-seconds": {"exp": int(NOW) - 30, "iat": int(NOW) - 3630},
    "K03-authority-50-seconds-ahead": {"iat": int(NOW) + 50, "nbf": int(NOW) + 50},
    "life-of-a-day": {"exp": int(NOW) + 86_400},
}


@pytest.mark.parametrize("changes", LEEWAY.values(), ids=LEEWAY.keys())
def test_clocks_may_differ_by_a_minute(changes: dict[str, JsonValue]) -> None:
    assert caller_of(f"Bearer {signed(header(), payload(**changes))}").tenant_id == FIRST


APPLICATION: dict[str, dict[str, JsonValue]] = {
    "A31-app-only": {"idtyp": "app", "scp": "absent"},
    "A32-scp-missing": {"scp": "absent"},
    "A32-scp-empty": {"scp": ""},
    "A32-scp-longer": {"scp": "user_impersonationX"},
    "A33-app-with-scp": {"idtyp": "app"},
}


@pytest.mark.parametrize("changes", APPLICATION.values(), ids=APPLICATION.keys())
def test_the_caller_is_no_signed_in_user(changes: dict[str, JsonValue]) -> None:
    assert not caller_of(f"Bearer {signed(header(), payload(**changes))}").delegated


def test_one_scope_of_several_is_enough() -> None:
    assert caller_of(f"Bearer {signed(header(), payload(scp='openid user_impersonation'))}").delegated


@pytest.mark.parametrize("amr", ["absent", [], ["pwd"], ["MFA"], ["mfax"]], ids=str)
def test_a34_the_caller_has_no_second_factor(amr: JsonValue) -> None:
    assert not caller_of(f"Bearer {signed(header(), payload(amr=amr))}").mfa


def test_a38_the_key_of_another_service_is_not_ours() -> None:
    foreign = replace(AUTHENTICATION, keys=keys().public_keys())
    with pytest.raises(Refusal):
        foreign.caller(Headers({"Authorization": f"Bearer {good()}"}))


@pytest.mark.parametrize("bad", ["x.y.z", good()[:-4]], ids=["garbage", "cut"])
def test_a_refusal_keeps_no_error_that_quotes_the_token(bad: str) -> None:
    refusal = refusal_of(f"Bearer {bad}")
    assert refusal.__suppress_context__
