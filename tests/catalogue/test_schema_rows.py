"""Rows S01 to S20 of the catalogue of bad inputs: members that are missing, wrong, unknown or the service's own."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterator

import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service
from partnercenter.service.asgi import Service
from partnercenter.service.behaviour import Behaviour, Doubtful
from partnercenter.wire.json_text import JsonObject, JsonValue
from tests.service import conftest as stage_fixtures
from tests.service.stage import BASE_URL, DAY, FIRST, NOW, SECOND, Answer, Desk, ask, keys, page_body, token

desk, service = stage_fixtures.desk, stage_fixtures.service

BILLING, LEGAL, ORGANIZATION, SUPPORT = (
    f"/v1/profiles/{name}" for name in ("billing", "legalbusiness", "organization", "support")
)


@pytest.fixture
def strict(desk: Desk) -> Service:
    """A service over the same database that refuses members which are missing or cannot be written."""
    behaviour = Behaviour(absent_members=Doubtful.REFUSE, unwritable_members=Doubtful.REFUSE)
    return make_service(BASE_URL, desk.storage, keys(), DAY, behaviour=behaviour, clock=lambda: NOW)


def second() -> str:
    return token(tid=SECOND, oid=seed.SECOND_BILLING_ADMIN.id)


def read(service: Service, path: str, bearer: str | None = None) -> JsonObject:
    """The profile as it stands, without its tag and type: they are no values of the partner."""
    return without_tag(ask(service, "GET", path, bearer=bearer))


def without_tag(answer: Answer) -> JsonObject:
    assert answer.status == 200
    document = answer.json()
    attributes = document["attributes"]
    assert isinstance(attributes, dict)
    attributes.pop("etag", None)
    return document


def changed(document: JsonObject, changes: JsonObject) -> JsonObject:
    """The document with these members; an object among them changes the members that it has."""
    merged = dict(document)
    for name, value in changes.items():
        inner = document.get(name)
        merged[name] = changed(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged


def put(service: Service, path: str, changes: JsonObject, bearer: str | None = None) -> Answer:
    """A PUT of the profile as it stands, but for these changes."""
    return ask(service, "PUT", path, body=changed(read(service, path, bearer), changes), bearer=bearer)


def assert_refused(answer: Answer, code: int, *members: str) -> None:
    """A refusal that names these members in its data, be it more than once, and no others."""
    assert (answer.status, answer.code()) == (400, code)
    data = answer.json()["data"]
    assert isinstance(data, list)
    assert tuple(dict.fromkeys(str(line).partition(":")[0] for line in data)) == members


# What a PUT cannot write: ignored, and refused by a strict service (answer D07)

EVIL: JsonObject = {"uri": "http://evil"}
UNWRITABLE: dict[str, tuple[str, JsonObject]] = {
    "S01-links-changed": (BILLING, {"links": {"self": EVIL}}),
    "S01-links-to-more": (BILLING, {"links": {"next": EVIL}}),
    "S02-other-object-type": (BILLING, {"attributes": {"objectType": "MpnProfile"}}),
    "S03-more-attributes": (BILLING, {"attributes": {"owner": "x"}}),
    "S05-id": (ORGANIZATION, {"id": FIRST}),
    "S05-tenant-id": (ORGANIZATION, {"tenantId": FIRST}),
    "S05-domain": (ORGANIZATION, {"domain": "evil.example"}),
    "S06-vetting-status": (LEGAL, {"vettingStatus": "authorized"}),
    "S06-vetting-sub-status": (LEGAL, {"vettingSubStatus": "none"}),
    "S07-profile-type": (BILLING, {"profileType": "MpnProfile"}),
    "S07-mpn-id": (BILLING, {"mpnId": "1"}),
    "S07-mpn-id-of-a-supporter": (SUPPORT, {"mpnId": "1"}),
    "S08-tenant-id": (BILLING, {"tenantId": FIRST}),
    "S08-partner-id": (BILLING, {"partnerId": FIRST}),
    "S08-owner": (BILLING, {"owner": "x"}),
    "S08-role": (BILLING, {"role": "global admin"}),
    "S08-version": (BILLING, {"version": 9}),
    "S09-unknown": (BILLING, {"nickname": "x"}),
    "S09-unknown-object": (LEGAL, {"nicknames": {"x": [None]}}),
    "S09-unknown-inside": (ORGANIZATION, {"defaultAddress": {"planet": "Mars"}}),
}


@pytest.mark.parametrize(("path", "changes"), UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_cannot_be_written_is_ignored(service: Service, path: str, changes: JsonObject) -> None:
    before = read(service, path, second())
    assert without_tag(put(service, path, changes, second())) == before
    assert read(service, path, second()) == before


@pytest.mark.parametrize(("path", "changes"), UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_cannot_be_written_is_refused_by_a_strict_service(
    strict: Service, desk: Desk, path: str, changes: JsonObject
) -> None:
    before = desk.world_hash()
    answer = put(strict, path, changes, second())
    assert (answer.status, answer.code(), desk.world_hash()) == (400, 3000, before)


@pytest.mark.parametrize(
    "path", [BILLING, LEGAL, ORGANIZATION, SUPPORT], ids=["S05-billing", "S05-legal", "S05-equal", "S05-support"]
)
def test_what_was_read_is_taken_back_by_a_strict_service(strict: Service, path: str) -> None:
    assert ask(strict, "PUT", path, body=ask(strict, "GET", path).body).status == 200


@pytest.mark.parametrize("links", [None, {}], ids=["S01-null", "S01-empty"])
def test_links_may_be_left_out_and_come_back(strict: Service, links: JsonValue) -> None:
    before = read(strict, BILLING)
    assert without_tag(ask(strict, "PUT", body=before | {"links": links})) == before


def test_s01_the_links_that_come_back_are_the_services_own(service: Service) -> None:
    answer = put(service, BILLING, {"links": {"self": EVIL, "next": EVIL}})
    own: JsonObject = {"self": {"uri": "/profiles/billing", "method": "GET", "headers": []}}
    assert [each.json()["links"] for each in (answer, ask(service, "GET"))] == [own, own]


def test_s04_a_tag_that_is_no_text_is_refused(service: Service, strict: Service) -> None:
    wrong: list[JsonValue] = [1, True, ["x"], {"x": 1}]
    for each in (service, strict):
        for etag in wrong:
            assert_refused(put(each, BILLING, {"attributes": {"etag": etag}}), 3000, "attributes.etag")


# What a PUT leaves out (answer D04)

REQUIRED = ("companyName", "address", "primaryContact", "billingCurrency")


@pytest.mark.parametrize("member", REQUIRED, ids=[f"S10-{name}" for name in REQUIRED])
@pytest.mark.parametrize("null", [True, False], ids=["null", "absent"])
def test_a_required_member_that_is_missing_keeps_its_value(service: Service, member: str, null: bool) -> None:
    before = read(service, BILLING)
    body = before | {member: None} if null else {name: value for name, value in before.items() if name != member}
    assert without_tag(ask(service, "PUT", body=body)) == before


def test_s10_a_strict_service_names_all_that_are_missing_at_once(strict: Service, desk: Desk) -> None:
    before = desk.world_hash()
    assert_refused(ask(strict, "PUT", body={"taxId": None}), 3000, *REQUIRED)
    assert desk.world_hash() == before


def test_s10_all_faults_of_one_body_are_told_at_once(service: Service) -> None:
    changes: JsonObject = {"companyName": "", "address": {"country": "XX"}, "billingDay": 32, "billingCurrency": "ZZZ"}
    members = ("companyName", "address.country", "billingDay", "billingCurrency")
    assert_refused(put(service, BILLING, changes), 3000, *members)


def test_s11_one_member_alone_replaces_all_that_can_be_cleared(service: Service) -> None:
    before = read(service, BILLING)
    after = without_tag(ask(service, "PUT", body={"companyName": "x"}))
    kept = {name: value for name, value in before.items() if name not in ("purchaseOrderNumber", "taxId")}
    assert after == kept | {"companyName": "x"}


def test_s11_one_member_alone_is_refused_by_a_strict_service(strict: Service) -> None:
    assert_refused(ask(strict, "PUT", body={"companyName": "x"}), 3000, *REQUIRED[1:])


# Values

BACK_DOOR = "a@first.example\r\nBcc: b@first.example"
WRONG: dict[str, tuple[str, JsonObject, tuple[int, str]]] = {
    "S12-no-currency": (BILLING, {"billingCurrency": "ZZZ"}, (3000, "billingCurrency")),
    "S12-lower-case": (BILLING, {"billingCurrency": "usd"}, (3000, "billingCurrency")),
    "S12-sign": (BILLING, {"billingCurrency": "US$"}, (3000, "billingCurrency")),
    "S12-four-letters": (BILLING, {"billingCurrency": "USDD"}, (3000, "billingCurrency")),
    "S13-no-country": (BILLING, {"address": {"country": "XX"}}, (3000, "address.country")),
    "S13-three-letters": (BILLING, {"address": {"country": "USA"}}, (3000, "address.country")),
    "S13-lower-case": (ORGANIZATION, {"defaultAddress": {"country": "us"}}, (3000, "defaultAddress.country")),
    "S14-wrong-for-the-country": (BILLING, {"taxId": "1234-1234"}, (27002, "taxId")),
    "S14-letters": (BILLING, {"taxId": "canary-tax-id"}, (27002, "taxId")),
    "S14-1-KiB": (BILLING, {"taxId": "7" * 1024}, (3000, "taxId")),
    "S14-blanks-alone": (BILLING, {"taxId": "         "}, (3000, "taxId")),
    "S14-blanks": (BILLING, {"taxId": "12 345678"}, (27002, "taxId")),
    "S14-line-feed": (BILLING, {"taxId": "12-345678\n"}, (3000, "taxId")),
    "S15-no-at": (SUPPORT, {"email": "canary.first.example"}, (3000, "email")),
    "S15-second-line": (SUPPORT, {"email": BACK_DOOR}, (3000, "email")),
    "S15-second-line-of-a-contact": (BILLING, {"primaryContact": {"email": BACK_DOOR}}, (3000, "primaryContact.email")),
    "S15-321-characters": (ORGANIZATION, {"email": "a" * 307 + "@first.example"}, (3000, "email")),
    "S15-quoted": (LEGAL, {"companyApproverEmail": '"a b"@first.example'}, (3000, "companyApproverEmail")),
    "S16-letters": (BILLING, {"address": {"phoneNumber": "1-800-CANARY"}}, (3000, "address.phoneNumber")),
    "S16-65-digits": (
        LEGAL,
        {"primaryContact": {"phoneNumber": "5" * 65}},
        (3000, "primaryContact.phoneNumber"),
    ),
    "S17-javascript": (SUPPORT, {"website": "javascript:alert(1)"}, (3000, "website")),
    "S17-data": (SUPPORT, {"website": "data:text/html,x"}, (3000, "website")),
    "S17-user": (SUPPORT, {"website": "http://user:pw@first.example"}, (3000, "website")),
    "S17-no-scheme": (SUPPORT, {"website": "//first.example"}, (3000, "website")),
}


@pytest.mark.parametrize(("path", "changes", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_value_is_refused_by_name(
    service: Service, desk: Desk, path: str, changes: JsonObject, told: tuple[int, str]
) -> None:
    before = desk.world_hash()
    assert_refused(put(service, path, changes), *told)
    assert desk.world_hash() == before


@pytest.mark.parametrize("currency", ["ZZZ", "usd", "US$", "USDD"], ids="S12-told-of-{}".format)
def test_what_is_no_currency_is_told_beside_that_it_is_another_one(service: Service, currency: str) -> None:
    """Answer D06 refuses every change; a currency that exists is refused for that reason alone."""
    told = [put(service, BILLING, {"billingCurrency": value}).json()["data"] for value in (currency, "EUR")]
    assert [len(data) for data in told if isinstance(data, list)] == [2, 1]


TAX_IDS = {name: str(row[1]["taxId"]) for name, row in WRONG.items() if str(row[1].get("taxId", "")).strip()}


@pytest.mark.parametrize("tax_id", TAX_IDS.values(), ids=TAX_IDS.keys())
def test_a_refused_tax_id_is_neither_told_nor_logged(
    service: Service, tax_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = put(service, BILLING, {"taxId": tax_id})
    told = f"{answer.json()['description']} {answer.json()['data']}"
    assert tax_id.strip() not in told
    assert tax_id.strip() not in caplog.text


def test_s14_blanks_are_taken_where_people_write_them(service: Service) -> None:
    assert put(service, BILLING, {"taxId": "DE 123 456 789"}, second()).json()["taxId"] == "DE 123 456 789"


def test_s16_the_support_telephone_is_any_text(service: Service) -> None:
    """Answer D20: the published samples write numbers that exist nowhere."""
    assert put(service, SUPPORT, {"telephone": "1-800-CONTOSO"}).json()["telephone"] == "1-800-CONTOSO"


# Nothing is fetched

OUTBOUND = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
_listeners: list[list[str]] = []


def _hook(event: str, _: tuple[object, ...]) -> None:
    for listener in _listeners:
        if event in OUTBOUND:
            listener.append(event)


@pytest.fixture(scope="module")
def _audit_hook() -> None:
    """An audit hook cannot be taken out again; without a listener it does nothing."""
    sys.addaudithook(_hook)


@pytest.fixture
def outbound(_audit_hook: None) -> Iterator[list[str]]:
    """What tries to leave this process."""
    found: list[str] = []
    _listeners.append(found)
    yield found
    _listeners.clear()


PRIVATE = {
    "S18-metadata": "http://169.254.169.254/",
    "S18-loopback": "http://localhost:22",
    "S18-name": "http://first.partner.example/canary",
}


@pytest.mark.parametrize("website", PRIVATE.values(), ids=PRIVATE.keys())
def test_a_website_is_stored_and_never_fetched(service: Service, outbound: list[str], website: str) -> None:
    assert put(service, SUPPORT, {"website": website}).status == 200
    assert read(service, SUPPORT)["website"] == website
    assert outbound == []


def test_s18_a_connection_would_be_noticed(outbound: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        assert "socket.connect" in outbound


# What is as it should be


@pytest.mark.parametrize(
    "path", [BILLING, LEGAL, ORGANIZATION, SUPPORT], ids=["S19-billing", "S19-legal", "S19-organization", "S19-support"]
)
def test_an_unchanged_body_is_a_new_version_with_one_audit_entry(service: Service, desk: Desk, path: str) -> None:
    old = ask(service, "GET", path)
    new = ask(service, "PUT", path, body=old.body)
    assert (new.status, new.headers.get("ETag") != old.headers.get("ETag")) == (200, True)
    assert len(desk.audit(FIRST)) == 1


def camel(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: camel(inner) for name, inner in value.items()}
    return value


MIXED = page_body() | {"companyName": page_body()["CompanyName"]}
MIXED.pop("CompanyName")
CASINGS: dict[str, tuple[JsonValue, str]] = {
    "S20-camel": (camel(page_body()), "companyName"),
    "S20-pascal": (page_body(), "CompanyName"),
    "S20-mixed": (MIXED, "companyName"),
}


@pytest.mark.parametrize(("body", "answered"), CASINGS.values(), ids=CASINGS.keys())
def test_a_body_in_any_casing_stores_the_same_and_is_answered_in_its_own(
    service: Service, body: JsonValue, answered: str
) -> None:
    before = read(service, BILLING)
    assert isinstance(body, dict)
    assert next(iter(ask(service, "PUT", body=body).json())) == answered
    assert read(service, BILLING) == before
