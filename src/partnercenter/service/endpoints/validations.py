"""GET of a country's rules and POST of an address, which is judged and never kept."""

from __future__ import annotations

from typing import Final

from partnercenter.rules import address_validation, country_rules
from partnercenter.service.endpoints import content
from partnercenter.service.endpoints.exchange import Exchange
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonTextError, JsonValue
from partnercenter.wire.messages import Headers, Response
from partnercenter.wire.profiles import Address
from partnercenter.wire.shapes import ShapeError

# Clients that read the boolean of before 2021, by the names that they give themselves (answer D21).
_CLIENT_HEADERS: Final = ("MS-PartnerCenter-Client", "User-Agent")
_READS_BOOLEAN: Final = (
    "partner center open .net sdk",
    "partner center powershell",
    "partner center java sdk",
    "microsoft.store.partnercenter.network.partnerserviceclient",
)


async def get_country_rules(iso2: str, exchange: Exchange) -> Response:
    """Answer GET: the rules of the country `iso2`, in whatever case, or 404."""
    content.require_json_accepted(exchange.request.headers)
    rules = country_rules.rules_in_any_case(iso2)
    if rules is None:
        raise Refusal(Reason.COUNTRY_NOT_FOUND)
    return content.json_response(json_text.write(country_rules.published(rules).to_wire()))


async def validate_address(exchange: Exchange) -> Response:
    """Answer POST: the verdict on the address in the body, or only `true` or `false` for a client that reads that."""
    lines = exchange.request.headers
    content.require_json_sent(lines)
    content.require_json_accepted(lines)
    address = _read(await exchange.body.read())
    verdict = address_validation.validate_address(address)
    answer: JsonValue = verdict.status.is_verified
    if not _reads_boolean(lines):
        answer = address_validation.published(address, verdict).to_wire(keep_nulls=False)
    return content.json_response(json_text.write(answer))


def _read(body: bytes) -> Address:
    try:
        return Address.from_wire(_read_object(body), keep_unknown=False)
    except ShapeError as error:
        raise Refusal(Reason.PROPERTY_INVALID, error.violations) from None


def _read_object(body: bytes) -> JsonValue:
    try:
        value = json_text.read_strict(body)
    except JsonTextError as error:
        raise Refusal(Reason.BODY_UNREADABLE, [error]) from None
    if not isinstance(value, dict):
        raise Refusal(Reason.BODY_UNREADABLE, ["The body must be a JSON object."])
    return value


def _reads_boolean(lines: Headers) -> bool:
    names = [value.lower() for header in _CLIENT_HEADERS for value in lines.get_all(header)]
    return any(client in name for name in names for client in _READS_BOOLEAN)
