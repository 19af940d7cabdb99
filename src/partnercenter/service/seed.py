"""The published seed data: the same at every fresh start, and listed in `docs/seed-data.md`.

Nothing here is secret. The passwords, the second factor and the refresh tokens open a local service alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from partnercenter.service.operations.profile_kinds import BILLING, LEGAL_BUSINESS, MPN, ORGANIZATION, SUPPORT
from partnercenter.service.storage import ProfileKey, StoredProfile, Touches, Transaction
from partnercenter.service.token_authority import Application, Directory, PublishedRefreshToken, Tenant, User
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.roles import Role

PASSWORD = "local-password"
SECOND_FACTOR = "123456"

FIRST_TENANT = Tenant("a0000000-0000-4000-8000-000000000001", "first.partner.example", "TEST_TEST_BugBash1")
SECOND_TENANT = Tenant("a0000000-0000-4000-8000-000000000002", "second.partner.example", "Zweiter Partner GmbH")

APP_USER = Application(
    id="b0000000-0000-4000-8000-000000000001",
    name="Local App+User application",
    secret="local-app-user-secret",
    delegated=True,
    redirect_uris=(
        "http://localhost",
        "https://localhost/consent",
        "https://login.microsoftonline.com/common/oauth2/nativeclient",
    ),
    allows_public_flows=True,
)
APP_ONLY = Application(
    id="b0000000-0000-4000-8000-000000000002",
    name="Local App-only application",
    secret="local-app-only-secret",
    delegated=False,
)


def _user(number: int, tenant: Tenant, name: str, role: Role | None, second_factor: str | None = SECOND_FACTOR) -> User:
    return User(
        id=f"c0000000-0000-4000-8000-{number:012d}",
        tenant_id=tenant.id,
        user_principal_name=f"{name}@{tenant.domain}",
        display_name=f"{role.title if role else 'no role'} ({tenant.name})",
        password=PASSWORD,
        second_factor=second_factor,
        roles=(role.value,) if role else (),
    )


GLOBAL_ADMIN = _user(1, FIRST_TENANT, "admin", Role.GLOBAL_ADMIN)
BILLING_ADMIN = _user(2, FIRST_TENANT, "billing", Role.BILLING_ADMIN)
HELPDESK = _user(3, FIRST_TENANT, "helpdesk", Role.HELPDESK)
WITHOUT_MFA = _user(4, FIRST_TENANT, "nomfa", Role.BILLING_ADMIN, second_factor=None)
SECOND_GLOBAL_ADMIN = _user(5, SECOND_TENANT, "admin", Role.GLOBAL_ADMIN)
SECOND_BILLING_ADMIN = _user(6, SECOND_TENANT, "billing", Role.BILLING_ADMIN)
ADMIN_AGENT = _user(7, FIRST_TENANT, "agent", Role.ADMIN_AGENT)
WITHOUT_ROLE = _user(8, FIRST_TENANT, "norole", None)
SECOND_HELPDESK = _user(9, SECOND_TENANT, "helpdesk", Role.HELPDESK)
SECOND_ADMIN_AGENT = _user(10, SECOND_TENANT, "agent", Role.ADMIN_AGENT)
SECOND_WITHOUT_ROLE = _user(11, SECOND_TENANT, "norole", None)

FIRST_REFRESH_TOKEN = PublishedRefreshToken("local-refresh-token-of-the-first-partner", GLOBAL_ADMIN.id, APP_USER.id)
SECOND_REFRESH_TOKEN = PublishedRefreshToken(
    "local-refresh-token-of-the-second-partner", SECOND_GLOBAL_ADMIN.id, APP_USER.id
)

DIRECTORY = Directory(
    tenants=(FIRST_TENANT, SECOND_TENANT),
    users=(
        GLOBAL_ADMIN,
        BILLING_ADMIN,
        HELPDESK,
        WITHOUT_MFA,
        ADMIN_AGENT,
        WITHOUT_ROLE,
        SECOND_GLOBAL_ADMIN,
        SECOND_BILLING_ADMIN,
        SECOND_HELPDESK,
        SECOND_ADMIN_AGENT,
        SECOND_WITHOUT_ROLE,
    ),
    applications=(APP_USER, APP_ONLY),
    refresh_tokens=(FIRST_REFRESH_TOKEN, SECOND_REFRESH_TOKEN),
)

# The profile of the published page; its tax id is printed there as a placeholder, and as this one on its sister page.
FIRST_BILLING_PROFILE: JsonObject = {
    "companyName": "TEST_TEST_BugBash1",
    "address": {
        "country": "US",
        "region": None,
        "city": "Redmond",
        "state": "WA",
        "addressLine1": "1 Microsoft Way",
        "addressLine2": "",
        "postalCode": "98052",
        "firstName": None,
        "lastName": None,
        "phoneNumber": None,
    },
    "primaryContact": {"firstName": "Test", "lastName": "Customer", "email": None, "phoneNumber": ""},
    "purchaseOrderNumber": "9888",
    "taxId": "12-345678",
    "billingCurrency": "USD",
}
SECOND_BILLING_PROFILE: JsonObject = {
    "companyName": "Zweiter Partner GmbH",
    "address": {"country": "DE", "city": "Berlin", "addressLine1": "Beispielstraße 1", "postalCode": "10115"},
    "primaryContact": {"firstName": "Erika", "lastName": "Mustermann", "email": "erika@second.partner.example"},
    "purchaseOrderNumber": "9000",
    "taxId": "DE123456789",
    "billingDay": 15,
    "billingCurrency": "EUR",
}


# From here on after the examples of the published pages, as far as they print values.
FIRST_LEGAL_BUSINESS_PROFILE: JsonObject = {
    "companyName": "TEST_TEST_BugBash1",
    "address": FIRST_BILLING_PROFILE["address"],
    "primaryContact": {"firstName": "Test", "lastName": "Customer", "email": "test@first.partner.example"},
    "companyApproverAddress": FIRST_BILLING_PROFILE["address"],
    "companyApproverEmail": "approver@first.partner.example",
    "vettingStatus": "authorized",
    "vettingSubStatus": "none",
}
SECOND_LEGAL_BUSINESS_PROFILE: JsonObject = {
    "companyName": "Zweiter Partner GmbH",
    "address": SECOND_BILLING_PROFILE["address"],
    "primaryContact": SECOND_BILLING_PROFILE["primaryContact"],
    "companyApproverAddress": SECOND_BILLING_PROFILE["address"],
    "companyApproverEmail": "erika@second.partner.example",
    "vettingStatus": "pending",
    "vettingSubStatus": "email_ownership",
}
FIRST_MPN_ID, SECOND_MPN_ID = "4391507", "4391508"
MPN_IDS = frozenset({FIRST_MPN_ID, SECOND_MPN_ID})


def _organization(tenant: Tenant, address: JsonValue, language: str, culture: str) -> JsonObject:
    return {
        "id": tenant.id,
        "companyName": tenant.name,
        "defaultAddress": address,
        "tenantId": tenant.id,
        "domain": tenant.domain,
        "email": f"office@{tenant.domain}",
        "language": language,
        "culture": culture,
    }


def _support(tenant: Tenant, telephone: str) -> JsonObject:
    return {"email": f"support@{tenant.domain}", "telephone": telephone, "website": f"www.{tenant.domain}"}


PROFILES: dict[str, dict[str, JsonObject]] = {
    FIRST_TENANT.id: {
        BILLING.name: FIRST_BILLING_PROFILE,
        LEGAL_BUSINESS.name: FIRST_LEGAL_BUSINESS_PROFILE,
        ORGANIZATION.name: _organization(FIRST_TENANT, FIRST_BILLING_PROFILE["address"], "en", "en-US"),
        SUPPORT.name: _support(FIRST_TENANT, "4255550100"),
        MPN.name: {"partnerName": FIRST_TENANT.name, "mpnId": FIRST_MPN_ID},
    },
    SECOND_TENANT.id: {
        BILLING.name: SECOND_BILLING_PROFILE,
        LEGAL_BUSINESS.name: SECOND_LEGAL_BUSINESS_PROFILE,
        ORGANIZATION.name: _organization(SECOND_TENANT, SECOND_BILLING_PROFILE["address"], "de", "de-DE"),
        SUPPORT.name: _support(SECOND_TENANT, "03055550100"),
        MPN.name: {"partnerName": SECOND_TENANT.name, "mpnId": SECOND_MPN_ID},
    },
}


@dataclass(frozen=True)
class Seed:
    """Who and what is there at a fresh start.

    profiles: the documents by tenant id and kind. The first two published refresh tokens of the directory are those
    of the partners whom clients are told of.
    """

    directory: Directory
    profiles: Mapping[str, Mapping[str, JsonObject]]

    @property
    def mpn_ids(self) -> frozenset[str]:
        """Those of all partners."""
        return frozenset(str(kinds[MPN.name]["mpnId"]) for kinds in self.profiles.values() if MPN.name in kinds)


PUBLISHED = Seed(DIRECTORY, PROFILES)
"""The one of the documentation."""


@dataclass(frozen=True, slots=True)
class AddMissingProfiles:
    """The command: the profiles that are to be there, by tenant and kind."""

    profiles: Mapping[str, Mapping[str, JsonObject]] = field(default_factory=lambda: PROFILES)

    @property
    def touches(self) -> Touches:
        """See Command.touches."""
        return Touches(
            tuple(ProfileKey(tenant_id, kind) for tenant_id, kinds in self.profiles.items() for kind in kinds)
        )


def add_missing_profiles(transaction: Transaction, command: AddMissingProfiles) -> None:
    """Give every seeded tenant its profiles; those that are there already stay as they are."""
    for tenant_id, kind in command.touches.profiles:
        if transaction.lock_profile(tenant_id, kind) is None:
            document = command.profiles[tenant_id][kind]
            transaction.add_profile(tenant_id, kind, StoredProfile(document, EntityTag.new(1), 1))
