"""The audit record: who changed what, when (Partner Center auditing resources, "AuditRecord")."""

from __future__ import annotations

from dataclasses import dataclass, field

from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.profiles import ResourceAttributes
from partnercenter.wire.shapes import Shape


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class AuditRecord(Shape):
    """One change, told by the service.

    operation_date: UTC, ISO 8601 with a Z.
    resource_old_value, resource_new_value: the resource as JSON text with PascalCase names, the tax id masked.
    customized_data: further facts as `{"key": …, "value": …}`; here the request id and the precondition.
    """

    partner_id: str | None = None
    user_principal_name: str | None = None
    application_id: str | None = None
    id: str | None = None
    resource_type: str | None = None
    resource_old_value: str | None = field(default=None, repr=False)
    resource_new_value: str | None = field(default=None, repr=False)
    operation_type: str | None = None
    original_correlation_id: str | None = None
    operation_date: str | None = None
    operation_status: str | None = None
    customized_data: list[JsonValue] | None = None
    attributes: ResourceAttributes = field(default_factory=ResourceAttributes)
