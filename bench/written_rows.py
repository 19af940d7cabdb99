"""What one durable PUT writes, as plain values: for those that write the same without a service."""

from __future__ import annotations

import json

from partnercenter.service import audit, seed
from partnercenter.service.caller import Caller
from partnercenter.service.operations.profile_document import profile_of
from partnercenter.service.operations.profile_kinds import BILLING
from partnercenter.service.storage import StoredProfile
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.json_text import write

TAG = EntityTag.new(1)
DOCUMENT = write(seed.FIRST_BILLING_PROFILE).decode()
BODY = json.dumps({"profileType": "billing_profile", **seed.FIRST_BILLING_PROFILE}).ljust(568)
HASH = bytes(32)


def audit_record() -> str:
    """The text of the audit entry that an update of the published profile makes."""
    stored = StoredProfile(seed.FIRST_BILLING_PROFILE, TAG, 1)
    old, new = profile_of(BILLING, stored), profile_of(BILLING, stored)
    new.purchase_order_number = "123456"
    user = seed.BILLING_ADMIN
    caller = Caller(
        user.tenant_id, seed.APP_USER.id, user.id, user.user_principal_name,
        delegated=True, application=False, mfa=True, roles=frozenset(user.roles),
    )  # fmt: skip
    facts = {
        "correlationId": user.id,
        "requestId": user.id,
        "precondition": "entity tag",
        "oldEtag": TAG.value,
        "newEtag": TAG.value,
    }
    entry = audit.entry_of_update(BILLING.operation_type, old, new, caller=caller, now=1_800_000_000.0, facts=facts)
    return write(entry.to_wire()).decode()
