"""What the tests of the service stand on: keys, tokens, callers, a database, and an ASGI client without a library."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import apsw
from cryptography.hazmat.primitives.asymmetric import rsa

from partnercenter.service import seed
from partnercenter.service.asgi import Scope, Send
from partnercenter.service.caller import Caller
from partnercenter.service.gate.framing import Receive
from partnercenter.service.operations.get_profile import GetProfile
from partnercenter.service.operations.profile_kinds import BILLING
from partnercenter.service.operations.update_profile import ProfileAnswer, UpdateHead, UpdateProfile, update_profile
from partnercenter.service.storage import Snapshot, StoredProfile
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.service.token_authority import SigningKeys
from partnercenter.service.token_authority.directory import service_principal_id
from partnercenter.wire import json_text
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Headers
from partnercenter.wire.oauth import access_token_issuer
from partnercenter.wire.precondition import parse_if_match
from partnercenter.wire.profiles import BillingProfile

NOW = 1_800_000_000.0
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
DAY = 24 * 60 * 60.0
BASE_URL = "https://localhost:8443"
AUDIENCE = "https://api.partnercenter.microsoft.com"
FIRST, SECOND = seed.FIRST_TENANT.id, seed.SECOND_TENANT.id
GUID = "9231559e-ed95-41e4-810b-e754ae32dc2f"
CORRELATION = "cb9f3209-d020-4bf9-871c-e1f1c75348f8"

App = Callable[[Scope, Receive, Send], Awaitable[None]]


@cache
def keys() -> SigningKeys:
    """One key for the whole run: making one takes long."""
    return SigningKeys(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def claims(**changes: JsonValue) -> JsonObject:
    """The claims of a good App+User token of the first tenant's billing admin."""
    user = seed.BILLING_ADMIN
    tenant = changes.get("tid", user.tenant_id)
    alone = changes.get("idtyp") == "app"
    return {
        "iss": access_token_issuer(BASE_URL, str(tenant), Cloud.GLOBAL),
        "aud": AUDIENCE,
        "tid": user.tenant_id,
        "oid": service_principal_id(user.tenant_id, seed.APP_USER.id) if alone else user.id,
        "sub": "a-subject",
        "appid": seed.APP_USER.id,
        "idtyp": "user",
        "scp": "user_impersonation",
        "upn": user.user_principal_name,
        "amr": ["pwd", "mfa"],
        "wids": [*user.roles],
        "iat": int(NOW),
        "nbf": int(NOW),
        "exp": int(NOW) + 3600,
        **changes,
    }


def token(**changes: JsonValue) -> str:
    """A signed token."""
    return keys().sign(claims(**changes))


def caller(tenant_id: str = FIRST, application_id: str = "app", user_id: str = "user") -> Caller:
    """A caller who may do everything."""
    roles = frozenset(seed.BILLING_ADMIN.roles)
    return Caller(
        tenant_id,
        application_id,
        user_id,
        "billing@first.example",
        delegated=True,
        application=False,
        mfa=True,
        roles=roles,
    )


def page_body(**changes: JsonValue) -> JsonObject:
    """The body of the published page, PascalCase, without a tag unless one is given."""
    tag = changes.pop("etag", None)
    attributes: JsonObject = (
        {"ObjectType": "BillingProfile"}
        if tag is None
        else {
            "Etag": tag,
            "ObjectType": "BillingProfile",
        }
    )
    return {
        "CompanyName": "TEST_TEST_BugBash1",
        "Address": {
            "Country": "US",
            "Region": None,
            "City": "Redmond",
            "State": "WA",
            "AddressLine1": "1 Microsoft Way",
            "AddressLine2": "",
            "PostalCode": "98052",
            "FirstName": None,
            "LastName": None,
            "PhoneNumber": None,
        },
        "PrimaryContact": {"FirstName": "Test", "LastName": "Customer", "Email": None, "PhoneNumber": ""},
        "PurchaseOrderNumber": "9888",
        "TaxId": "12-345678",
        "BillingCurrency": "USD",
        "Links": {"Self": {"Uri": "/profiles/billing", "Method": "GET", "Headers": []}},
        "Attributes": attributes,
        **changes,
    }


@dataclass(frozen=True, slots=True)
class Desk:
    """The operations over a seeded database, without HTTP."""

    storage: SqliteStorage
    path: Path

    def put(
        self,
        body: JsonObject | bytes,
        *,
        by: Caller | None = None,
        request_id: str | None = None,
        if_match: str | None = None,
        now: float = NOW,
    ) -> ProfileAnswer:
        """One PUT."""
        head = UpdateHead(
            kind=BILLING,
            caller=by or caller(),
            request_id=request_id,
            correlation_id=CORRELATION,
            if_match=parse_if_match([] if if_match is None else [if_match]),
            now=now,
            replay_since=now - DAY,
        )
        text = body if isinstance(body, bytes) else json_text.write(body)
        return asyncio.run(self.storage.transact(update_profile, UpdateProfile.read(head, text)))

    def stored(self, tenant_id: str = FIRST) -> StoredProfile:
        """The version that stands."""
        found = asyncio.run(self.storage.read(_stored, GetProfile(BILLING, caller(tenant_id))))
        assert found is not None
        return found

    def tag(self) -> str:
        """The tag of the first tenant's profile, bare."""
        return self.stored().tag.value

    def audit(self, tenant_id: str = FIRST) -> list[JsonObject]:
        """The audit records, newest first."""
        page = self.storage.audit_page(
            tenant_id, since=datetime(2000, 1, 1, tzinfo=UTC), until=None, before=None, most=100
        )
        return [record for _, record in asyncio.run(page)]

    def world_hash(self) -> str:
        """One hash over every row of every table."""
        connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            tables = ("profile", "remembered", "audit")
            rows = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
        finally:
            connection.close()
        return hashlib.sha256(repr(rows).encode()).hexdigest()


def _stored(snapshot: Snapshot, command: GetProfile[BillingProfile]) -> StoredProfile | None:
    return snapshot.profile(command.caller.tenant_id, command.kind.name)


def text_of(record: JsonObject, name: str) -> str:
    """A member that is text."""
    value = record[name]
    assert isinstance(value, str)
    return value


def facts_of(record: JsonObject) -> dict[str, str]:
    """The customized data of an audit record."""
    pairs = record["customizedData"]
    assert isinstance(pairs, list)
    return {str(pair["key"]): str(pair["value"]) for pair in pairs if isinstance(pair, dict)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how often the service asked for the body."""

    status: int
    headers: Headers
    body: bytes
    asked_for_body: int

    def json(self) -> JsonObject:
        """The body as an object."""
        document = json_text.read_strict(self.body)
        assert isinstance(document, dict)
        return document

    def code(self) -> JsonValue:
        """The code of the error envelope."""
        return self.json()["code"]


@dataclass(slots=True)
class Line:
    """One connection's half of ASGI: hands out chunks, keeps what is sent."""

    chunks: list[bytes]
    asked: int = 0
    sent: list[Mapping[str, object]] = field(default_factory=list)

    async def receive(self) -> Mapping[str, object]:
        """The next part of the body, then a disconnect."""
        self.asked += 1
        if not self.chunks:
            return {"type": "http.disconnect"}
        chunk = self.chunks.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(self.chunks)}

    async def send(self, message: dict[str, object]) -> None:
        """Keep the message."""
        self.sent.append(message)


async def ask_async(
    service: App,
    method: str,
    target: str,
    lines: Iterable[tuple[str, str]] = (),
    *,
    body: bytes = b"",
    chunks: list[bytes] | None = None,
) -> Answer:
    """One request with exactly these header lines."""
    path, _, query = target.partition("?")
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in lines]
    scope = {"type": "http", "method": method, "raw_path": path.encode("latin-1")}
    line = Line([body] if chunks is None else list(chunks))
    await service(scope | {"query_string": query.encode(), "headers": encoded}, line.receive, line.send)
    start, *rest = line.sent
    status, raw = start["status"], start["headers"]
    assert isinstance(status, int)
    assert isinstance(raw, list)
    headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
    parts = [part["body"] for part in rest]
    return Answer(status, headers, b"".join(part for part in parts if isinstance(part, bytes)), line.asked)


def ask(
    service: App,
    method: str,
    target: str = "/v1/profiles/billing",
    *,
    bearer: str | None = None,
    lines: Iterable[tuple[str, str]] = (),
    body: bytes | JsonObject = b"",
    chunks: list[bytes] | None = None,
) -> Answer:
    """One request; the token and the length are filled in."""
    text = body if isinstance(body, bytes) else json_text.write(body)
    sent = [("Authorization", f"Bearer {bearer or token()}"), *lines]
    if text and not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in sent):
        sent.append(("Content-Length", str(len(text))))
    return asyncio.run(ask_async(service, method, target, sent, body=text, chunks=chunks))
