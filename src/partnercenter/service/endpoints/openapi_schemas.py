"""The shapes and the error envelope as JSON Schema (2020-12), made from the classes that read and write them."""

from __future__ import annotations

from collections.abc import Iterable

from partnercenter.wire.address_validation import AddressValidation
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.country_rules import CountryValidationRules
from partnercenter.wire.error_envelope import LONGEST_DESCRIPTION, ErrorCode
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.profiles import (
    BillingProfile,
    LegalBusinessProfile,
    MpnProfile,
    OrganizationProfile,
    SupportProfile,
)
from partnercenter.wire.shapes import Member, Shape

_ROOTS: tuple[type[Shape], ...] = (
    BillingProfile,
    LegalBusinessProfile,
    OrganizationProfile,
    SupportProfile,
    MpnProfile,
    CountryValidationRules,
    AddressValidation,
    AuditRecord,
)
TEXT: JsonObject = {"type": "string"}
GUID: JsonObject = {"type": "string", "format": "uuid"}
_TYPES = {str: "string", int: "integer", bool: "boolean", list: "array"}


def reference(name: str) -> JsonObject:
    """A reference to the schema `name`."""
    return {"$ref": f"#/components/schemas/{name}"}


def schemas() -> JsonObject:
    """Every schema by its name."""
    shapes: dict[str, JsonValue] = {shape.__name__: _schema(shape) for shape in _with_inner(_ROOTS)}
    return {**shapes, **_ENVELOPES, "AuditRecords": _collection(), "AddressVerdict": _verdict()}


def _with_inner(shapes: Iterable[type[Shape]]) -> list[type[Shape]]:
    found: list[type[Shape]] = []
    for shape in shapes:
        inner = [member.expects for member in shape.members() if issubclass(member.expects, Shape)]
        found += [one for one in (shape, *_with_inner(inner)) if one not in found]
    return found


def _schema(shape: type[Shape]) -> JsonObject:
    # Members that are not known are ignored, or refused by a strict service: either way they are no error of shape.
    members: JsonObject = {member.wire_name: _member(member) for member in shape.members()}
    return {"type": "object", "description": _summary(shape), "properties": members}


def _member(member: Member) -> JsonObject:
    if issubclass(member.expects, Shape):
        # Null and absent mean the same on the wire.
        return {"oneOf": [reference(member.expects.__name__), {"type": "null"}]}
    return {"type": [_TYPES[member.expects], "null"]}


def _summary(shape: type[Shape]) -> str:
    return (shape.__doc__ or "").partition("\n")[0]


def _collection() -> JsonObject:
    return {
        "type": "object",
        "description": "A page of audit records, newest first.",
        "required": ["totalCount", "items", "links", "attributes"],
        "properties": {
            "totalCount": {"type": "integer", "minimum": 0},
            "items": {"type": "array", "items": reference("AuditRecord")},
            "links": reference("ResourceLinks"),
            "attributes": reference("ResourceAttributes"),
            "continuationToken": {"type": "string", "description": "There is a next page, and this opens it."},
        },
    }


def _verdict() -> JsonObject:
    return {
        "description": "The verdict; only true or false for a client that names itself as one of before 2021.",
        "oneOf": [reference("AddressValidation"), {"type": "boolean"}],
    }


_ENVELOPES: JsonObject = {
    "Error": {
        "type": "object",
        "description": "What a refusal says.",
        "required": ["code", "description", "data", "source"],
        "additionalProperties": False,
        "properties": {
            "code": {"type": "integer", "enum": [int(code) for code in ErrorCode]},
            "description": {"type": "string", "minLength": 1, "maxLength": LONGEST_DESCRIPTION},
            "data": {"type": "array", "items": {"type": "string"}},
            "source": {"type": "string"},
        },
    },
    "GatewayError": {
        "type": "object",
        "description": "What the gateway says to a tenant that sent too much.",
        "required": ["statusCode", "message"],
        "additionalProperties": False,
        "properties": {"statusCode": {"const": 429}, "message": {"type": "string"}},
    },
}
