"""The filter of an audit query: one field, one value, and the operator that belongs to the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonTextError

_MEMBERS = ("field", "value", "operator")


class _Field(NamedTuple):
    """One row of the published table: the operator of a field, and where a record has what it is compared with."""

    operator: str
    holds: Callable[[str, str], bool]
    texts: Callable[[JsonObject], Iterator[object]]


def _company_names(record: JsonObject) -> Iterator[object]:
    """The customer's name; of a change to the partner's own profile, which has no customer, the company's in it."""
    yield record.get("customerName")
    if record.get("customerName") is None:
        for name in ("resourceOldValue", "resourceNewValue"):
            yield _company_name(record.get(name))


def _company_name(value: object) -> object:
    try:
        resource = json_text.read_lenient(value.encode()) if isinstance(value, str) else None
    except JsonTextError:
        return None
    return resource.get("CompanyName") if isinstance(resource, dict) else None


def _is_in(wanted: str, text: str) -> bool:
    return wanted in text


def _is(wanted: str, text: str) -> bool:
    return wanted == text


# Partner Center "Get a record of Partner Center activity by user", filter syntax.
_FIELDS = {
    "companyname": _Field("substring", _is_in, _company_names),
    "customerid": _Field("equals", _is, lambda record: iter([record.get("customerId")])),
    "resourcetype": _Field("equals", _is, lambda record: iter([record.get("resourceType")])),
}


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """A filter that was understood. field: a key of the table. value: what is wanted, without case."""

    field: str
    value: str

    def matches(self, record: JsonObject) -> bool:
        """Whether `record` is one of those asked for; upper and lower case are the same."""
        row = _FIELDS[self.field]
        return any(isinstance(text, str) and row.holds(self.value, text.casefold()) for text in row.texts(record))


def read_filter(text: str) -> AuditFilter | None:
    """The filter that the JSON `text` is: `{"Field":"CompanyName","Value":"bri","Operator":"substring"}`.

    None if it is no such object, or its field or its operator is not in the published table. Names and words
    may be in any case; members beside the three are ignored.
    """
    try:
        found = json_text.read_strict(text.encode())
    except (JsonTextError, UnicodeEncodeError):
        return None
    if not isinstance(found, dict):
        return None
    members = [(name.lower(), value) for name, value in found.items() if name.lower() in _MEMBERS]
    texts = {name: value.casefold() for name, value in members if isinstance(value, str)}
    if len(members) != len(_MEMBERS) or len(texts) != len(_MEMBERS):
        return None
    row = _FIELDS.get(texts["field"])
    return AuditFilter(texts["field"], texts["value"]) if row and row.operator == texts["operator"] else None
