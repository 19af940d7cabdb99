"""Tokens that are nearly right: a seeded stream of small changes to good ones, none of which may be accepted."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from partnercenter.service import seed
from partnercenter.service.token_authority.directory import service_principal_id
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from tests.service.stage import AUDIENCE, FIRST, NOW, SECOND
from tests.service.token_authority.forging import ABSENT, b64, with_claims

_Mutate: TypeAlias = Callable[[random.Random, list[str]], str]

# Blanks are left out: RFC 9110 §11.4 lets any number of them stand before the token.
_CHARACTERS: Final = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/~,;"\\\x00\x7f\xe9'
_HEADER_CHANGES: Final[Mapping[str, tuple[JsonValue, ...]]] = {
    "alg": ("none", "HS256", "PS256", "RS512", "", None),
    "typ": ("at+jwt", "note+jwt", "jwt", None),
    "kid": ("", "x", "../../dev/null", None),
    "crit": ([], ["exp"]),
    "jku": ("https://evil.example/keys",),
    "jwk": ({"kty": "RSA", "n": "AQAB", "e": "AQAB"},),
}
_CLAIM_CHANGES: Final[Mapping[str, tuple[JsonValue, ...]]] = {
    "tid": (FIRST, SECOND, "", None),
    "oid": (*(user.id for user in seed.DIRECTORY.users), None),
    "appid": (seed.APP_USER.id, seed.APP_ONLY.id, ""),
    "aud": (AUDIENCE, f"{AUDIENCE}/", "https://graph.windows.net"),
    "exp": (int(NOW) + 7200, int(NOW) + 86_400),
    "iat": (int(NOW) - 10, int(NOW) - 20),
    "nbf": (int(NOW) - 10, 0),
    "scp": ("user_impersonation openid", ""),
    "idtyp": ("app", "user"),
    "amr": (["mfa"], ["pwd", "mfa", "rsa"]),
    "wids": ([], [role for user in seed.DIRECTORY.users for role in user.roles]),
}


def good_tokens() -> list[str]:
    """Twenty tokens that are accepted: users of both tenants, an application alone, other times and audiences."""
    users = [user for user in seed.DIRECTORY.users if user.roles][:6]
    alone = service_principal_id(FIRST, seed.APP_ONLY.id)
    return [
        *(
            with_claims(tid=user.tenant_id, oid=user.id, wids=[*user.roles], aud=AUDIENCE + end, exp=int(NOW) + life)
            for user in users
            for end, life in (("", 3600), ("/", 7200), ("", 600))
        ),
        with_claims(idtyp="app", scp=ABSENT, amr=ABSENT, wids=ABSENT, appid=seed.APP_ONLY.id, oid=alone),
        with_claims(scp="openid user_impersonation", iat=int(NOW) - 60),
    ]


def mutations(seed_of_chance: int, count: int) -> Iterator[str]:
    """`count` different tokens, each one small step from a good one and equal to none.

    seed_of_chance: the same steps for the same number.
    """
    chance = random.Random(seed_of_chance)
    tokens = good_tokens()
    known = set(tokens)
    end = len(known) + count
    while len(known) < end:
        changed = chance.choice(_WAYS)(chance, tokens)
        if changed not in known:
            known.add(changed)
            yield changed


def _flip_bit(chance: random.Random, tokens: list[str]) -> str:
    """One bit of what stands behind the base64url, so that the result is spelled rightly."""
    parts = chance.choice(tokens).split(".")
    place = chance.randrange(3)
    content = bytearray(_decoded(parts[place]))
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    parts[place] = b64(bytes(content))
    return ".".join(parts)


def _change_character(chance: random.Random, tokens: list[str]) -> str:
    token = chance.choice(tokens)
    place = chance.randrange(len(token))
    return token[:place] + chance.choice(_CHARACTERS) + token[place + 1 :]


def _insert_character(chance: random.Random, tokens: list[str]) -> str:
    token = chance.choice(tokens)
    place = chance.randrange(len(token) + 1)
    return token[:place] + chance.choice(_CHARACTERS) + token[place:]


def _delete_characters(chance: random.Random, tokens: list[str]) -> str:
    token = chance.choice(tokens)
    place = chance.randrange(len(token))
    return token[:place] + token[place + chance.choice((1, 1, 2, 4)) :]


def _swap_segment(chance: random.Random, tokens: list[str]) -> str:
    parts, other = (token.split(".") for token in chance.sample(tokens, 2))
    place = chance.randrange(1, 3)  # all have the same header
    parts[place] = other[place]
    return ".".join(parts)


def _reorder_segments(chance: random.Random, tokens: list[str]) -> str:
    parts = chance.choice(tokens).split(".")
    chance.shuffle(parts)
    return ".".join(parts)


def _rewrite_header(chance: random.Random, tokens: list[str]) -> str:
    head, body, signature = chance.choice(tokens).split(".")
    return f"{_rewritten(chance, head, _HEADER_CHANGES)}.{body}.{signature}"


def _rewrite_claim(chance: random.Random, tokens: list[str]) -> str:
    head, body, signature = chance.choice(tokens).split(".")
    return f"{head}.{_rewritten(chance, body, _CLAIM_CHANGES)}.{signature}"


def _rewritten(chance: random.Random, part: str, changes: Mapping[str, tuple[JsonValue, ...]]) -> str:
    document = json_text.read_strict(_decoded(part))
    assert isinstance(document, dict)
    names = chance.sample(list(changes), chance.randint(1, 3))
    changed: JsonObject = {**document, **{name: chance.choice(changes[name]) for name in names}}
    return b64(json_text.write(changed))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


_WAYS: Final[tuple[_Mutate, ...]] = (
    _flip_bit,
    _change_character,
    _insert_character,
    _delete_characters,
    _swap_segment,
    _reorder_segments,
    _rewrite_header,
    _rewrite_claim,
)
