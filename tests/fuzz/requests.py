"""Requests that a schema cannot describe: any body, any header line, any method and target."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from hypothesis import strategies as st

from partnercenter.service.endpoints import openapi
from partnercenter.service.endpoints.routes import ROUTES
from partnercenter.service.operations.audit_continuation import make_token
from partnercenter.service.seed import FIRST_MPN_ID, FIRST_TENANT, SECOND_MPN_ID
from partnercenter.wire import headers
from tests.fuzz.bodies import OTHER_BODIES, text_of, wrong_bodies
from tests.service.stage import AUDIENCE, GUID, token

_FORGED_TOKENS = [make_token(FIRST_TENANT.id, {}, place) for place in (0, 1, 2**63, 2**64 - 1)]
FORM = "application/x-www-form-urlencoded"


class Sent(NamedTuple):
    """One generated request. chunks: the body, in the pieces in which it comes."""

    method: str
    target: str
    lines: list[tuple[str, str]]
    chunks: list[bytes]

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


def _rarely(draw: st.DrawFn) -> bool:
    """Once in ten times; false is what an example shrinks to."""
    return draw(st.integers(0, 9)) == 6


# What a server lets through in a value (RFC 9110 §5.5): no control characters but the tab, no blanks around it.
_LATIN = st.characters(max_codepoint=255, exclude_categories=["Cc"]) | st.just("\t")
_ANY_VALUE = st.text(_LATIN, max_size=24).map(str.strip)
_VALUES: dict[str, list[str]] = {
    headers.ACCEPT: ["application/json", "*/*", "text/html", "application/*;q=0", ",", "*/*;q=0.000", ";"],
    headers.AUTHORIZATION: ["Bearer", "Bearer x.y.z", "Basic OjE=", "bearer  a", "Bearer " + "a." * 5000],
    headers.CONTENT_ENCODING: ["identity", "gzip", ",", ""],
    headers.CONTENT_LENGTH: ["0", "00", "1", "65537", "-1", "9" * 30, "\xb2"],
    headers.CONTENT_TYPE: ["application/json", "application/json;charset=utf-16", "text/plain", ";", FORM],
    headers.EXPECT: ["100-continue", "200-ok", ""],
    headers.IF_MATCH: ["*", '"x"', "x", 'W/"x"', '"', '"a", "b"', ",", '"\xff"', '*, "a"'],
    headers.IF_NONE_MATCH: ["*", '"x"', 'W/"x", *', ",,"],
    headers.MS_CORRELATION_ID: [GUID, "{" + GUID + "}", "0"],
    headers.MS_REQUEST_ID: [GUID, GUID.upper(), "{" + GUID + "}", "x"],
    headers.MS_CONTINUATION_TOKEN: ["e30", "====", "MQ", "a" * 999, *_FORGED_TOKENS],
    headers.TRANSFER_ENCODING: ["chunked", "gzip", "chunked, chunked", ""],
    headers.VALIDATE_MFA: ["true", "TRUE", "1"],
    headers.X_LOCALE: ["de-DE", "zz", "_", "en-US-x-" + "a" * 99, "../..", "x" * 999],
    "Host": ["localhost", "a b", "[::1]:1", ":", "@"],
    "MS-PartnerCenter-Client": ["Partner Center PowerShell", "Partner Center .NET SDK"],
    "User-Agent": ["Partner Center Java SDK"],
}


def _value_of(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(_VALUES[name]) | _ANY_VALUE


_LINE = st.sampled_from(sorted(_VALUES)).flatmap(lambda name: st.tuples(st.just(name), _value_of(name)))

_PATHS = [f"/v1{path}".replace("{iso2}", "US") for path in ROUTES]
_DATES = [
    "2026-06-01",
    "2026-13-40",
    "06/01/2026 20:00:00",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2027-01-15T08:00:00Z",
]
# Hypothesis likes the ends of the calendar.
_MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | st.just("9999-12-31T23:59:59.9995Z")
_FILTERS = [
    '{"Field":"CustomerId","Value":"x","Operator":"equals"}',
    '{"Field":"CompanyName","Value":"BugBash","Operator":"substring"}',
    '{"Field":1}', "{", "[" * 9999, '{"Field":"CompanyName","Value":null,"Operator":"substring"}',
]  # fmt: skip
_QUERY_VALUES: dict[str, list[str]] = {
    "startDate": _DATES,
    "endDate": _DATES,
    "filter": _FILTERS,
    "size": ["1", "500", "501", "0", "-1", "%EF%BC%99", "1e2", "9" * 5000],
    "vettingVersion": ["none", "Current", "lastFinalized", "last"],
    "mpnId": [FIRST_MPN_ID, SECOND_MPN_ID, "0"],
}
_ANY_TARGET = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=["Cc"]), max_size=20)
_OPERATIONS = [(method, path) for path, methods in zip(_PATHS, ROUTES.values(), strict=True) for method in methods]
_CHANGES = [operation for operation in _OPERATIONS if operation[0] != "GET"]
_ANY_METHOD = st.sampled_from(["HEAD", "OPTIONS", "DELETE", "PATCH", "POST", "PUT"]) | st.text("AGXYZ-", min_size=1)


@st.composite
def _query(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(sorted(_QUERY_VALUES)))
    value = draw(st.sampled_from(_QUERY_VALUES[name]) | _ANY_TARGET | _MOMENTS)
    return f"{name}={quote(value) if draw(st.booleans()) else value}"


@st.composite
def _places(draw: st.DrawFn) -> tuple[str, str]:
    """A method and a target: mostly of an operation, and mostly of one that reads a body."""
    method, path = draw(st.sampled_from([*_OPERATIONS, *_CHANGES * 2]))
    match draw(st.integers(0, 29)):
        case 6:
            path = "/" + draw(_ANY_TARGET)
        case 7:
            path = path.replace("/v1/", draw(st.sampled_from(["/v1.0/", "/v2/", "//", "/v1/../v1/", "/V1/"])))
        case 8:
            path += draw(_ANY_TARGET)
        case 9:
            path = "/v1/countryvalidationrules/" + draw(st.text("abcdeSUZ", min_size=1, max_size=3))
        case 10:
            path = openapi.TARGET
        case 11 | 12:
            method = draw(_ANY_METHOD)
    queries = draw(st.lists(_query(), max_size=2)) if method == "GET" else []
    target = f"{path}?{'&'.join(queries)}" if queries else path
    return method, target.encode("latin-1", "replace").decode("latin-1")


@st.composite
def requests(draw: st.DrawFn) -> list[Sent]:
    """One message to two addresses; most have a token that is accepted, so that they come to what is behind it."""
    lines = draw(st.lists(_LINE, max_size=2)) if draw(st.booleans()) else []
    if not _rarely(draw):
        lines = [*_without(lines, headers.AUTHORIZATION), (headers.AUTHORIZATION, f"Bearer {draw(_tokens())}")]
    body = draw(OTHER_BODIES) if _rarely(draw) else text_of(draw(wrong_bodies()))
    counted = not _rarely(draw)
    middle = draw(st.integers(0, len(body)))
    return [
        _to(method, target, lines, [body[:middle], body[middle:]], counted=counted)
        for method, target in draw(st.lists(_places(), min_size=2, max_size=2))
    ]


def _to(method: str, target: str, lines: list[tuple[str, str]], chunks: list[bytes], *, counted: bool) -> Sent:
    """A message as that method sends it, if it is to be `counted`: with its length, and without a body to read."""
    if not counted:
        return Sent(method, target, lines, chunks)
    sent = [b""] if method in ("GET", "HEAD", "OPTIONS") else chunks
    length = [(headers.CONTENT_LENGTH, str(sum(map(len, sent))))] if any(sent) else []
    return Sent(method, target, [*_without(lines, headers.CONTENT_LENGTH, headers.TRANSFER_ENCODING), *length], sent)


def _without(lines: Iterable[tuple[str, str]], *names: str) -> list[tuple[str, str]]:
    return [line for line in lines if line[0] not in names]


@cache  # signing takes its time
def _tokens() -> st.SearchStrategy[str]:
    good, alone = token(), token(idtyp="app", scp="")
    others = [token(amr=["pwd"]), token(wids=[]), token(aud=f"{AUDIENCE}/x"), token(exp=0), good[:-2], good + "."]
    return st.sampled_from([*[good] * 60, alone, alone, *others])
