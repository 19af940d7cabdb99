"""The tables of the token rows: row id to the token, and to the answer where it is not the usual refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jwt

from partnercenter.service import seed
from partnercenter.service.gate.authentication import LEEWAY_SECONDS, LONGEST_LIFE_SECONDS
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonValue
from tests.service.stage import AUDIENCE, BASE_URL, FIRST, NOW, SECOND, claims
from tests.service.token_authority.forging import (
    ABSENT,
    b64,
    forging_keys,
    good,
    header,
    hs256,
    payload,
    public_pem,
    secret,
    signed,
    with_claims,
    with_header,
)

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_ALONE = claims(idtyp="app")["oid"]


def _parts() -> list[str]:
    return good().split(".")


def _with_signature(change: Callable[[str], str]) -> str:
    head, body, signature = _parts()
    return f"{head}.{body}.{change(signature)}"


def _first_bit_flipped(signature: str) -> str:
    return _ALPHABET[_ALPHABET.index(signature[0]) ^ 1] + signature[1:]


def _last_character_not_canonical(signature: str) -> str:
    # 256 bytes end in a character of which two bits count: the next letter stands for the same bytes.
    return signature[:-1] + _ALPHABET[_ALPHABET.index(signature[-1]) + 1]


def _with_claims_text(text: bytes) -> str:
    """A rightly signed token to whose claims `text` was added."""
    return signed(header(), payload()[:-1] + text + b"}")


TEXTS: dict[str, Callable[[], str]] = {
    "A01-alg-none": lambda: f"{b64(header(alg='none'))}.{b64(payload())}.",
    "A02-alg-none-in-odd-case": lambda: f"{b64(header(alg='nOnE'))}.{b64(payload())}.",
    "A05-public-pem": lambda: hs256(public_pem()),
    "A05-key-set": lambda: hs256(json_text.write(forging_keys().jwks(NOW))),
    "A06-ps256": lambda: jwt.encode(claims(), secret(), algorithm="PS256", headers={"kid": forging_keys().kid}),
    "A06-rs512": lambda: jwt.encode(claims(), secret(), algorithm="RS512", headers={"kid": forging_keys().kid}),
    "A14-five-parts": lambda: f"{good()}.x.y",
    "A14-nested": lambda: signed(header(cty="JWT"), good().encode()),
    "A14-json-form": lambda: json_text.write(
        dict(zip(("protected", "payload", "signature"), _parts(), strict=True))
    ).decode(),
    "A15-signature-empty": lambda: _with_signature(lambda _: ""),
    "A15-signature-cut-by-one": lambda: _with_signature(lambda signature: signature[:-1]),
    "A15-signature-with-a-bit-flipped": lambda: _with_signature(_first_bit_flipped),
    "A15-signature-of-another-token": lambda: _with_signature(lambda _: with_claims(sub="other").split(".")[2]),
    "A16-padding": lambda: f"{good()}==",
    "A16-not-canonical": lambda: _with_signature(_last_character_not_canonical),
    "A16-part-added": lambda: f"{good()}.x",
    "A16-part-empty": lambda: f"{good()}.",
    "A16-blank": lambda: f"{good()} ",
    "A16-blank-within": lambda: _with_signature(lambda signature: f" {signature}"),
    "A16-newline": lambda: f"{good()}\n",
    "A16-plus": lambda: _with_signature(lambda signature: f"+{signature[1:]}"),
    "A16-not-ascii": lambda: _with_signature(lambda signature: f"\xe9{signature[1:]}"),
    "A17-claim-twice": lambda: _with_claims_text(b',"tid":"' + FIRST.encode() + b'"'),
    "A17-header-member-twice": lambda: signed(header()[:-1] + b',"alg":"RS256"}', payload()),
    "A18-nan": lambda: _with_claims_text(b',"x":NaN'),
    "A18-infinity": lambda: _with_claims_text(b',"x":-Infinity'),
    "A18-depth-1000": lambda: _with_claims_text(b',"x":' + b"[" * 1000 + b"]" * 1000),
    "A18-depth-in-the-header": lambda: signed(b'{"x":' + b"[" * 3000, payload()),
    "A18-lone-surrogate": lambda: _with_claims_text(b',"x":"\\ud83d"'),
    "A18-byte-order-mark": lambda: signed(header(), b"\xef\xbb\xbf" + payload()),
    "A18-claims-are-an-array": lambda: signed(header(), b"[]"),
    "A18-claims-are-no-json": lambda: signed(header(), b"x"),
    "A18-header-is-an-array": lambda: signed(b"[]", payload()),
}
HEADERS: dict[str, dict[str, JsonValue]] = {
    "A03-alg-missing": {"alg": ABSENT},
    "A04-alg-empty": {"alg": ""},
    "A07-kid-absent": {"kid": ABSENT},
    "A07-kid-unknown": {"kid": "x"},
    "A08-kid-path": {"kid": "../../dev/null"},
    "A08-kid-sql": {"kid": "' OR 1=1--"},
    "A08-kid-url": {"kid": "https://evil.example/key"},
    "A08-kid-of-10-kb": {"kid": "x" * 10_240},
    "A08-kid-nul": {"kid": "\x00"},
    "A08-kid-array": {"kid": ["x"]},
    "A08-kid-null": {"kid": None},
    "A09-jku": {"jku": f"{BASE_URL}/common/discovery/keys"},
    "A10-x5u": {"x5u": "https://evil.example/certificate"},
    "A11-jwk": {"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
    "A12-x5c": {"x5c": ["x"]},
    "A13-crit": {"crit": ["x"]},
    "A13-crit-empty": {"crit": []},
    "A13-b64": {"b64": False},
    "A14-zip": {"zip": "DEF"},
    "A25-typ-missing": {"typ": ABSENT},
    "A25-typ-of-another-kind": {"typ": "at+jwt"},
}
CLAIMS: dict[str, dict[str, JsonValue]] = {
    "A19-longer-than-8-kib": {"x": "y" * 8192},
    "A20-expired-by-61-seconds": {"exp": int(NOW) - 61, "iat": int(NOW) - 3661},
    "A21-exp-missing": {"exp": ABSENT},
    "A21-exp-text": {"exp": str(int(NOW) + 3600)},
    "A21-exp-float": {"exp": NOW + 3600.5},
    "A21-exp-bool": {"exp": True},
    "A21-exp-negative": {"exp": -1},
    "A21-exp-of-31-digits": {"exp": 10**30},
    "A21-exp-null": {"exp": None},
    "A21-life-longer-than-a-day": {"exp": int(NOW) + LONGEST_LIFE_SECONDS + 1},
    "A22-nbf-ten-minutes-ahead": {"nbf": int(NOW) + 600},
    "A22-iat-ten-minutes-ahead": {"iat": int(NOW) + 600},
    "A23-iss-other": {"iss": "https://evil.example/"},
    "A23-iss-list": {"iss": [f"{BASE_URL}/global/{FIRST}/"]},
    "A23-iss-without-slash": {"iss": f"{BASE_URL}/global/{FIRST}"},
    "A23-iss-with-two-slashes": {"iss": f"{BASE_URL}/global/{FIRST}//"},
    "A23-iss-other-case": {"iss": f"{BASE_URL.upper()}/global/{FIRST}/"},
    "A23-iss-of-another-tenant": {"iss": f"{BASE_URL}/global/{SECOND}/"},
    "A23-iss-missing": {"iss": ABSENT},
    "A24-aud-other": {"aud": "https://partner.example"},
    "A24-aud-missing": {"aud": ABSENT},
    "A24-aud-list": {"aud": [AUDIENCE]},
    "A24-aud-list-of-two": {"aud": [AUDIENCE, "x"]},
    "A24-aud-longer": {"aud": f"{AUDIENCE}/x"},
    "A24-aud-many-slashes": {"aud": f"{AUDIENCE}//"},
    "A24-aud-client-id": {"aud": seed.APP_USER.id},
    "A26-another-resource": {"aud": "https://graph.microsoft.com"},
    "A27-sub-missing": {"sub": ABSENT},
    "A27-sub-number": {"sub": 1},
    "A27-sub-empty": {"sub": ""},
    "A27-oid-missing": {"oid": ABSENT},
    "A27-oid-number": {"oid": 1},
    "A27-oid-empty": {"oid": ""},
    "A27-oid-unknown": {"oid": "c0000000-0000-4000-8000-000000000099"},
    "A27-oid-of-another-tenants-user": {"oid": seed.SECOND_BILLING_ADMIN.id},
    "A27-oid-of-no-user": {"oid": _ALONE},
    "A28-tid-missing": {"tid": ABSENT, "iss": f"{BASE_URL}/global/{FIRST}/"},
    "A28-tid-no-guid": {"tid": "x"},
    "A28-tid-list": {"tid": [FIRST], "iss": f"{BASE_URL}/global/{FIRST}/"},
    "A28-tid-unknown": {"tid": "a0000000-0000-4000-8000-000000000099"},
    "A28-tid-other-case": {"tid": FIRST.upper()},
    "A28-tid-of-a-user": {"tid": seed.BILLING_ADMIN.id},
    "A29-tid-of-one-iss-of-another": {"tid": SECOND, "iss": f"{BASE_URL}/global/{FIRST}/"},
    "A31-app-only-with-a-users-oid": {"idtyp": "app", "scp": ABSENT, "oid": seed.BILLING_ADMIN.id},
    "A41-appid-missing": {"appid": ABSENT},
    "A41-appid-unknown": {"appid": "b0000000-0000-4000-8000-000000000099"},
    "A41-appid-of-a-user": {"appid": seed.BILLING_ADMIN.id},
}
REFUSED: dict[str, Callable[[], str]] = (
    TEXTS
    | {row: partial(with_header, **changes) for row, changes in HEADERS.items()}
    | {row: partial(with_claims, **changes) for row, changes in CLAIMS.items()}
)

ACCEPTED: dict[str, dict[str, JsonValue]] = {
    "A20-expired-by-30-seconds": {"exp": int(NOW) - 30, "iat": int(NOW) - 3630},
    "A20-expired-by-a-second-less-than-the-leeway": {"exp": int(NOW) - LEEWAY_SECONDS + 1, "iat": int(NOW) - 3630},
    "A21-life-of-a-day": {"exp": int(NOW) + LONGEST_LIFE_SECONDS},
    "A22-iat-and-nbf-50-seconds-ahead": {"iat": int(NOW) + 50, "nbf": int(NOW) + 50},
    "A24-aud-with-slash": {"aud": f"{AUDIENCE}/"},
    "A32-one-scope-of-several": {"scp": "openid user_impersonation"},
}


FORBIDDEN: dict[str, tuple[dict[str, JsonValue], int, int]] = {
    "A31-app-only": ({"idtyp": "app", "scp": ABSENT, "roles": ["x"]}, 403, 900329),
    "A32-scp-missing": ({"scp": ABSENT}, 403, 900329),
    "A32-scp-empty": ({"scp": ""}, 403, 900329),
    "A32-scp-list": ({"scp": ["user_impersonation"]}, 403, 900329),
    "A32-scp-longer": ({"scp": "user_impersonationX"}, 403, 900329),
    "A33-app-with-scp": ({"idtyp": "app"}, 403, 900329),
    "A33-app-with-scp-as-a-list": ({"idtyp": "app", "scp": []}, 403, 900329),
    "A34-amr-without-mfa": ({"amr": ["pwd"]}, 401, 900421),
    "A34-amr-missing": ({"amr": ABSENT}, 401, 900421),
    "A34-amr-text": ({"amr": "mfa"}, 401, 900421),
    "A34-amr-in-capitals": ({"amr": ["MFA"]}, 401, 900421),
    "A34-amr-longer": ({"amr": ["mfax"]}, 401, 900421),
    "A36-role-of-nobody": (
        {"oid": seed.WITHOUT_ROLE.id, "wids": [*seed.GLOBAL_ADMIN.roles]}, 403, 900150
    ),
}  # fmt: skip
