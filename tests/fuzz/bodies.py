"""Bodies that a schema cannot describe: any bytes, any JSON, and good bodies gone wrong."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from partnercenter.service.gate.framing import LARGEST_BODY
from partnercenter.service.seed import FIRST_TENANT, PROFILES
from partnercenter.wire.json_text import JsonObject, JsonValue
from tests.service.stage import GUID

TAX_ID = "98-7654321"
"""Of every generated profile that has one, so that a test can look for it where it must not be."""

_GOOD_BODIES: list[JsonObject] = [
    {**profile, **({"taxId": TAX_ID} if "taxId" in profile else {})} for profile in PROFILES[FIRST_TENANT.id].values()
] + [{"country": "US", "city": "Redmond", "state": "WA", "addressLine1": "1 Microsoft Way", "postalCode": "98052"}]
# What is unknown to a profile is ignored there: this body is a good one for all of them.
_GOOD_FOR_ALL: JsonObject = {name: value for body in _GOOD_BODIES for name, value in body.items()}
_MEMBERS = sorted({name for body in _GOOD_BODIES for name in body} | {"attributes", "etag", "links", "profileType"})

# Lone surrogates too: `json.dumps` writes them as escapes, which is how they come in a body that is UTF-8.
_TEXT: st.SearchStrategy[str] = st.text(st.characters(exclude_categories=()), max_size=12)
_ODD_TEXT = st.sampled_from(["", " ", "\x00", "\ud800", "﷽" * 40, "A" * 300, "US", "USD", "a@b", "*", GUID, "1e999"])
_LEAVES: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.integers(-1, 40), _TEXT, _ODD_TEXT
)
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_MEMBERS) | _TEXT, inner, max_size=4),
    max_leaves=10,
)


@st.composite
def wrong_bodies(draw: st.DrawFn) -> JsonObject:
    """A good body with up to three members of it, at any depth, set to anything, left out or spelled otherwise."""
    body: JsonObject = json.loads(json.dumps(draw(st.sampled_from([*_GOOD_BODIES, *[_GOOD_FOR_ALL] * 4]))))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from(_objects(body)))
        name = draw(st.sampled_from([*[*place] * 5, *_MEMBERS]))
        match draw(st.sampled_from(["set", "leave out", "respell"])):
            case "set":
                place[name] = draw(_ODD_TEXT | JSON)
            case "leave out":
                place.pop(name, None)
            case _ if name in place:
                place[draw(st.sampled_from([name.upper(), name.lower(), name.title()]))] = place[name]
    return body


def _objects(value: JsonObject) -> list[JsonObject]:
    return [value, *(found for inner in value.values() if isinstance(inner, dict) for found in _objects(inner))]


def text_of(value: JsonValue) -> bytes:
    return json.dumps(value).encode()


@st.composite
def _cut(draw: st.DrawFn) -> bytes:
    """A good body with a piece of it replaced by any bytes."""
    whole = text_of(draw(st.sampled_from(_GOOD_BODIES)))
    begin, length = draw(st.integers(0, len(whole))), draw(st.integers(0, 20))
    return whole[:begin] + draw(st.binary(max_size=8)) + whole[begin + length :]


_NESTED = st.sampled_from([b"[", b'{"a":']).map(lambda opening: opening * 20_000)
_LARGE = st.integers(LARGEST_BODY - 1, LARGEST_BODY + 2).map(lambda size: b" " * size)
OTHER_BODIES = st.one_of(JSON.map(text_of), _cut(), st.binary(max_size=64), _NESTED, _LARGE)
