"""Who may ask what: every caller on every path with every method; and none of it ever tells of another tenant (T01)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service, open_storage
from partnercenter.service.asgi import Service
from partnercenter.service.endpoints.routes import ROUTES
from partnercenter.service.token_authority import Tenant, User
from partnercenter.service.token_authority.directory import service_principal_id
from partnercenter.wire.json_text import JsonObject
from tests.service.stage import BASE_URL, DAY, GUID, NOW, Answer, ask, keys, token

# The one table (Partner Center, pages of each operation and "Assign roles"; answers D15 and D18).

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS")


class Path(NamedTuple):
    """What a path offers. methods: method → what a role must be allowed. application: those open to App-only."""

    methods: dict[str, str]
    application: frozenset[str] = frozenset()


READ = {"GET": "read", "HEAD": "read"}
READ_AND_WRITE = READ | {"PUT": "write"}
PATHS: dict[str, Path] = {
    "/profiles/billing": Path(READ_AND_WRITE),
    "/profiles/legalbusiness": Path(READ_AND_WRITE, frozenset(READ)),
    "/profiles/organization": Path(READ_AND_WRITE),
    "/profiles/support": Path(READ_AND_WRITE),
    "/profiles/supportprofile": Path(READ_AND_WRITE),
    "/profiles/mpn": Path(READ),
    "/profiles/partnernetworkprofile": Path(READ),
    "/auditrecords": Path(READ, frozenset(READ)),
    "/countryvalidationrules/{iso2}": Path(READ, frozenset(READ)),
    "/validations/address": Path({"POST": "read"}, frozenset({"POST"})),
}
ROLES: dict[str, frozenset[str]] = {
    "global-admin": frozenset({"read", "write"}),
    "billing-admin": frozenset({"read", "write"}),
    "admin-agent": frozenset({"read", "write"}),
    "helpdesk": frozenset({"read"}),
    "nobody": frozenset(),
}
APPLICATION = "application"


def expected(role: str, path: Path, method: str) -> tuple[int, int | None]:
    """The status and the code of a refusal that a caller with this role gets."""
    if method == "OPTIONS":
        return 204, None
    if method not in path.methods:
        return 405, 900127
    if role == APPLICATION:
        return (200, None) if method in path.application else (403, 900329)
    return (200, None) if path.methods[method] in ROLES[role] else (403, 900150)


# The callers

FIRST, SECOND = seed.FIRST_TENANT, seed.SECOND_TENANT
USERS: dict[str, dict[str, User]] = {
    FIRST.id: {
        "global-admin": seed.GLOBAL_ADMIN,
        "billing-admin": seed.BILLING_ADMIN,
        "admin-agent": seed.ADMIN_AGENT,
        "helpdesk": seed.HELPDESK,
        "nobody": seed.WITHOUT_ROLE,
    },
    SECOND.id: {
        "global-admin": seed.SECOND_GLOBAL_ADMIN,
        "billing-admin": seed.SECOND_BILLING_ADMIN,
        "admin-agent": seed.SECOND_ADMIN_AGENT,
        "helpdesk": seed.SECOND_HELPDESK,
        "nobody": seed.SECOND_WITHOUT_ROLE,
    },
}
CALLERS = [(tenant, role) for tenant in (FIRST, SECOND) for role in (*ROLES, APPLICATION)]
NAMES = ["first" if tenant is FIRST else "second" for tenant, _ in CALLERS]
IDS = [f"T01-{name}-{role}" for name, (_, role) in zip(NAMES, CALLERS, strict=True)]


def bearer(tenant: Tenant, role: str) -> str:
    if role == APPLICATION:
        alone = service_principal_id(tenant.id, seed.APP_ONLY.id)
        return token(tid=tenant.id, oid=alone, appid=seed.APP_ONLY.id, idtyp="app", scp="", upn="", amr=[], wids=[])
    user = USERS[tenant.id][role]
    return token(tid=tenant.id, oid=user.id, upn=user.user_principal_name, wids=[*user.roles])


# The stage: both tenants have texts that belong to nobody else

WRITABLE = {
    "/profiles/billing": "purchaseOrderNumber",
    "/profiles/legalbusiness": "companyName",
    "/profiles/organization": "companyName",
    "/profiles/support": "website",
}


def canary(tenant: Tenant) -> str:
    return f"canary-{tenant.domain}"


@dataclass(frozen=True)
class Stage:
    """A service whose tenants have their canaries.

    bodies: what a tenant puts to a path, its own profile. secrets: what nobody but a tenant may see, in small letters.
    """

    service: Service
    bodies: dict[tuple[str, str], JsonObject]
    secrets: dict[str, list[str]]

    def found_in(self, text: str, of: Tenant) -> list[str]:
        """What `text` tells of the tenant."""
        return [secret for secret in self.secrets[of.id] if secret in text.lower()]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_storage(tmp_path_factory.mktemp("matrix")) as storage:
        asyncio.run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
        service = make_service(BASE_URL, storage, keys(), DAY, clock=lambda: NOW)
        bodies = {(t.id, path): with_canary(service, t, path) for t in (FIRST, SECOND) for path in WRITABLE}
        bodies |= {(t.id, "/profiles/supportprofile"): bodies[t.id, "/profiles/support"] for t in (FIRST, SECOND)}
        yield Stage(service, bodies, {tenant.id: secrets_of(service, tenant) for tenant in (FIRST, SECOND)})


def with_canary(service: Service, tenant: Tenant, path: str) -> JsonObject:
    """The body that puts the tenant's canary into its profile, which is done once."""
    who = bearer(tenant, "billing-admin")
    body = ask(service, "GET", f"/v1{path}", bearer=who).json() | {WRITABLE[path]: canary(tenant)}
    body.pop("attributes")
    assert ask(service, "PUT", f"/v1{path}", bearer=who, body=body).status == 200
    return body


def secrets_of(service: Service, tenant: Tenant) -> list[str]:
    """The canary, the names and ids, the tags and the ids of the audit records of a tenant."""
    who = bearer(tenant, "billing-admin")
    tags = [(ask(service, "GET", f"/v1{path}", bearer=who).headers.get("ETag") or "").strip('"') for path in WRITABLE]
    items = ask(service, "GET", "/v1/auditrecords", bearer=who).json()["items"]
    assert isinstance(items, list)
    records = [str(item["id"]) for item in items if isinstance(item, dict)]
    users = [name for user in USERS[tenant.id].values() for name in (user.id, user.user_principal_name)]
    alone = service_principal_id(tenant.id, seed.APP_ONLY.id)
    found = [canary(tenant), tenant.id, tenant.domain, tenant.name, alone, *users, *tags, *records]
    assert all(found)
    return [secret.lower() for secret in found]


def told_by(answer: Answer) -> str:
    """Status line, header lines and body."""
    return f"{answer.status}\n" + "".join(f"{n}: {v}\n" for n, v in answer.headers) + answer.body.decode()


def other_than(tenant: Tenant) -> Tenant:
    return SECOND if tenant is FIRST else FIRST


# The cells

CELLS = [(version, path, method) for version in ("/v1", "/v1.0") for path in PATHS for method in METHODS]
ADDRESS: JsonObject = {
    "country": "US",
    "city": "Redmond",
    "state": "WA",
    "postalCode": "98052",
    "addressLine1": "1 Way",
}


def ask_cell(stage: Stage, who: str, tenant: Tenant, cell: tuple[str, str, str]) -> Answer:
    version, path, method = cell
    bodies = {"PUT": stage.bodies.get((tenant.id, path), {}), "POST": ADDRESS}
    target = (version + path).replace("{iso2}", "US")
    return ask(stage.service, method, target, bearer=who, body=bodies.get(method, b""))


def test_every_path_of_the_service_has_a_row() -> None:
    assert PATHS.keys() == ROUTES.keys()


@pytest.mark.parametrize(("tenant", "role"), CALLERS, ids=IDS)
def test_every_cell_has_the_status_of_the_table(stage: Stage, tenant: Tenant, role: str) -> None:
    who, wrong = bearer(tenant, role), []
    for cell in CELLS:
        answer = ask_cell(stage, who, tenant, cell)
        code = answer.json()["code"] if answer.status >= 400 and answer.body else None
        status, expected_code = expected(role, PATHS[cell[1]], cell[2])
        if (answer.status, code) != (status, None if cell[2] == "HEAD" else expected_code):
            wrong.append((*cell, answer.status, code))
    assert wrong == []


@pytest.mark.parametrize(("tenant", "role"), CALLERS, ids=IDS)
def test_no_cell_and_no_log_line_tells_of_the_other_tenant(
    stage: Stage, tenant: Tenant, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    who, other = bearer(tenant, role), other_than(tenant)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        answers = {cell: ask_cell(stage, who, tenant, cell) for cell in CELLS}
    assert {cell: found for cell, answer in answers.items() if (found := stage.found_in(told_by(answer), other))} == {}
    assert stage.found_in(caplog.text, other) == []


@pytest.mark.parametrize("tenant", [FIRST, SECOND], ids=["T12-first", "T12-second"])
def test_its_own_canaries_are_seen_by_a_tenant(stage: Stage, tenant: Tenant) -> None:
    """Else nothing above would be shown."""
    who = bearer(tenant, "helpdesk")
    for path in (*WRITABLE, "/auditrecords"):
        assert canary(tenant) in ask(stage.service, "GET", f"/v1{path}", bearer=who).body.decode()


# The same with the ids of the other tenant in hand

Hint = tuple[str, list[tuple[str, str]]]


def hints(stage: Stage, other: Tenant, method: str, path: str) -> list[Hint]:
    """What a caller may add to a request that names the other tenant: query and header lines."""
    who = bearer(other, "billing-admin")
    tag = ask(stage.service, "GET", f"/v1{path}", bearer=who).headers.get("ETag") or ""
    condition = "If-Match" if method == "PUT" else "If-None-Match"
    return [
        (f"?tenantId={other.id}", []),
        (f"?partnerId={other.id}&tid={other.id}&domain={other.domain}", []),
        ("", [("X-Tenant-Id", other.id), ("MS-Tenant-Id", other.id), ("MS-PartnerCenter-Application", other.domain)]),
        ("", [(condition, tag)]),
        ("", [("MS-RequestId", GUID)]),
        ("?size=1", [("MS-ContinuationToken", continuation(stage, other))]),
    ]


def continuation(stage: Stage, tenant: Tenant) -> str:
    answer = ask(stage.service, "GET", "/v1/auditrecords?size=1", bearer=bearer(tenant, "billing-admin"))
    return str(answer.json()["continuationToken"])


@pytest.mark.parametrize(("tenant", "role"), CALLERS, ids=[name.replace("T01", "T02") for name in IDS])
def test_no_hint_opens_the_other_tenant(
    stage: Stage, tenant: Tenant, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    who, other, wrong = bearer(tenant, role), other_than(tenant), []
    used = stage.bodies[other.id, "/profiles/billing"]
    ask(stage.service, "PUT", bearer=bearer(other, role), lines=[("MS-RequestId", GUID)], body=used)
    with caplog.at_level(logging.DEBUG):
        for path in (*WRITABLE, "/profiles/mpn", "/auditrecords"):
            for method in PATHS[path].methods:
                for query, lines in hints(stage, other, method, path):
                    body = stage.bodies[tenant.id, path] if method == "PUT" else b""
                    answer = ask(stage.service, method, f"/v1{path}{query}", bearer=who, lines=lines, body=body)
                    if stage.found_in(told_by(answer).replace(query, ""), other):
                        wrong.append((method, path, query, lines))
    assert wrong == []
    assert stage.found_in(caplog.text, other) == []


@pytest.mark.parametrize("tenant", [FIRST, SECOND], ids=["T01-first", "T01-second"])
def test_of_another_partner_in_the_network_only_the_id_is_told(stage: Stage, tenant: Tenant) -> None:
    other = other_than(tenant)
    mpn_id = {FIRST.id: seed.FIRST_MPN_ID, SECOND.id: seed.SECOND_MPN_ID}[other.id]
    for version in ("/v1", "/v1.0"):
        target = f"{version}/profiles/mpn?mpnId={mpn_id}"
        answer = ask(stage.service, "GET", target, bearer=bearer(tenant, "helpdesk"))
        document = answer.json()
        assert (answer.status, document["mpnId"]) == (200, mpn_id)
        assert document.keys() == {"mpnId", "profileType", "links", "attributes"}
        assert stage.found_in(told_by(answer), other) == []
