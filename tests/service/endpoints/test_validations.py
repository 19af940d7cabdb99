"""GET of a country's rules and POST of an address."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from partnercenter.service.endpoints import validations
from partnercenter.service.endpoints.exchange import Exchange
from partnercenter.service.gate.framing import Body
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import json_text
from partnercenter.wire.address_validation import AddressValidation
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Headers, Request, Response
from tests.service.stage import Line

PUBLISHED: JsonObject = {
    "AddressLine1": "1 Microsoft Way",
    "City": "Redmond",
    "State": "WA",
    "PostalCode": "98052",
    "Country": "US",
}
BY_NAME: JsonObject = PUBLISHED | {"State": "Washington"}
OLDER_CLIENTS = {
    "open-net": ("MS-PartnerCenter-Client", "Partner Center Open .NET SDK"),
    "powershell": ("MS-PartnerCenter-Client", "Partner Center PowerShell"),
    "java": ("MS-PartnerCenter-Client", "Partner Center Java SDK"),
    "by-its-user-agent": ("User-Agent", "Partner Center Java SDK/1.15.4"),
    "powershell-by-its-user-agent": (
        "User-Agent",
        "FxVersion/4.6 OSName/Windows Microsoft.Store.PartnerCenter.Network.PartnerServiceClient/1.5",
    ),
}
NEWER_CLIENTS = {
    "nobody": ("Accept", "application/json"),
    "net": ("MS-PartnerCenter-Client", "Partner Center .NET SDK"),
    "browser": ("User-Agent", "Mozilla/5.0"),
}


def exchange(lines: Iterable[tuple[str, str]] = (), body: JsonObject | bytes = b"") -> Exchange:
    """An exchange with a request and a body: whoever asks for anything else of it, such as the storage, fails."""
    text = body if isinstance(body, bytes) else json_text.write(body)
    made: Exchange = object.__new__(Exchange)
    object.__setattr__(made, "request", Request("POST", "/v1/validations/address", Headers(lines)))
    object.__setattr__(made, "body", Body(Line([text]).receive))
    return made


def get(iso2: str, *lines: tuple[str, str]) -> Response:
    return asyncio.run(validations.get_country_rules(iso2, exchange(lines)))


def post(body: JsonObject | bytes, *lines: tuple[str, str]) -> Response:
    return asyncio.run(validations.validate_address(exchange(lines, body)))


@pytest.mark.parametrize("iso2", ["US", "us"])
def test_the_rules_of_a_country_are_answered(iso2: str) -> None:
    rules = json_text.read_strict(get(iso2).body)
    assert isinstance(rules, dict)
    assert (rules["iso2Code"], rules["attributes"]) == ("US", {"objectType": "CountryValidationRules"})


def test_the_rules_have_no_nulls() -> None:
    rules = json_text.read_strict(get("AQ").body)
    assert isinstance(rules, dict)
    assert None not in rules.values()


@pytest.mark.parametrize("iso2", ["UK", "", "USA", "..", "ZZ", "\u0131n", "all", "ss\xdf"], ids=ascii)
def test_a_country_that_is_none_is_not_found(iso2: str) -> None:
    with pytest.raises(Refusal) as refused:
        get(iso2)
    assert refused.value.reason is Reason.COUNTRY_NOT_FOUND


def test_a_client_that_takes_no_json_gets_no_rules() -> None:
    with pytest.raises(Refusal) as refused:
        get("US", ("Accept", "text/html"))
    assert refused.value.reason is Reason.NOT_ACCEPTABLE


@pytest.mark.parametrize("line", NEWER_CLIENTS.values(), ids=NEWER_CLIENTS.keys())
def test_d21_an_address_is_answered_with_a_status_and_suggestions(line: tuple[str, str]) -> None:
    answer = post(BY_NAME, line)
    reply = AddressValidation.from_wire(json_text.read_strict(answer.body))
    assert (answer.status, reply.status) == (200, "InteractionRequired")
    assert [suggestion.state for suggestion in reply.suggestions] == ["WA"]


def test_d1_the_reply_is_in_camel_case_whatever_was_sent() -> None:
    reply = json_text.read_strict(post(PUBLISHED).body)
    assert isinstance(reply, dict)
    assert list(reply) == ["originalAddress", "suggestedAddresses", "status"]


@pytest.mark.parametrize("line", OLDER_CLIENTS.values(), ids=OLDER_CLIENTS.keys())
def test_d21_an_older_client_is_answered_with_true_for_a_verified_address(line: tuple[str, str]) -> None:
    assert post(PUBLISHED, line).body == b"true"


@pytest.mark.parametrize("line", OLDER_CLIENTS.values(), ids=OLDER_CLIENTS.keys())
def test_d21_an_older_client_is_answered_with_false_for_any_other(line: tuple[str, str]) -> None:
    assert post(BY_NAME, line).body == b"false"


def test_members_that_an_address_does_not_have_are_not_sent_back() -> None:
    assert b"secret" not in post(PUBLISHED | {"Password": "secret"}).body


UNREADABLE = {"nothing": b"", "no-json": b"{", "array": b"[]", "text": b'"x"', "two-names": b'{"city":1,"city":2}'}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_is_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        post(body)
    assert refused.value.reason is Reason.BODY_UNREADABLE


@pytest.mark.parametrize("body", [b'{"city":1}', b'{"city":"x","City":"y"}'])
def test_an_address_of_another_shape_has_invalid_members(body: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        post(body)
    assert refused.value.reason is Reason.PROPERTY_INVALID


WRONG_CONTENT = {
    "sent": (("Content-Type", "text/plain"), Reason.MEDIA_TYPE),
    "wanted": (("Accept", "text/html"), Reason.NOT_ACCEPTABLE),
}


@pytest.mark.parametrize(("line", "reason"), WRONG_CONTENT.values(), ids=WRONG_CONTENT.keys())
def test_only_json_is_taken_and_given(line: tuple[str, str], reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        post(PUBLISHED, line)
    assert refused.value.reason is reason
