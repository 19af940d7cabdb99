"""A Partner Center for tests, and what its clients would send it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from urllib.parse import urlencode

from partnercenter.service import seed
from partnercenter.service.double import Double
from partnercenter.service.gate.journal import Entry
from partnercenter.service.token_authority import SigningKeys
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from tests.service.stage import BASE_URL, Answer, ask_async, keys

TOKEN = "a-token-of-the-administration"
THREE: JsonObject = {"partners": [{"tenant": f"{name}.example"} for name in ("one", "two", "three")]}


def make_double(**options: object) -> Double:
    """One with an administration."""
    return Double(SigningKeys(keys()._ring.signing), base_url=BASE_URL, admin_token=TOKEN, **options)  # type: ignore[arg-type]


def send(
    double: Double, method: str, target: str, lines: Iterable[tuple[str, str]] = (), body: bytes | JsonObject = b""
) -> Answer:
    """One request with exactly these header lines and the length."""
    text = body if isinstance(body, bytes) else json_text.write(body)
    length = [("Content-Length", str(len(text)))] if text else []
    return asyncio.run(ask_async(double, method, target, [*lines, *length], body=text))


def form(double: Double, target: str, **fields: str) -> Answer:
    """One form."""
    lines = [("Content-Type", "application/x-www-form-urlencoded")]
    return send(double, "POST", target, lines, urlencode(fields).encode())


def sign_in(double: Double, refresh_token: str = seed.FIRST_REFRESH_TOKEN.token) -> str:
    """The access token for a published refresh token."""
    answer = form(
        double,
        "/common/oauth2/v2.0/token",
        grant_type="refresh_token",
        client_id=seed.APP_USER.id,
        client_secret=seed.APP_USER.secret or "",
        refresh_token=refresh_token,
        scope="https://api.partnercenter.microsoft.com/.default",
    )
    return str(answer.json()["access_token"])


def get(double: Double, bearer: str, target: str = "/v1/profiles/billing") -> Answer:
    """One GET."""
    return send(double, "GET", target, [("Authorization", f"Bearer {bearer}")])


def put(double: Double, bearer: str, number: str = "9999", *, tag: str = "*", **lines: str) -> Answer:
    """One PUT of the published profile with another purchase order number. tag: "" sends none."""
    conditions = [("If-Match", tag)] if tag else []
    sent = [("Authorization", f"Bearer {bearer}"), *conditions, *((k.replace("_", "-"), v) for k, v in lines.items())]
    return send(
        double, "PUT", "/v1/profiles/billing", sent, seed.FIRST_BILLING_PROFILE | {"purchaseOrderNumber": number}
    )


def administer(double: Double, method: str, target: str, document: JsonValue = None) -> tuple[int, JsonObject]:
    """Status and body of the answer to one request of the administration."""
    body = b"" if document is None else json_text.write(document)
    answer = send(double, method, target, [("Authorization", f"Bearer {TOKEN}")], body)
    return answer.status, answer.json()


def number(double: Double) -> JsonValue:
    """The purchase order number that the first partner has now."""
    return get(double, sign_in(double)).json()["purchaseOrderNumber"]


def last(double: Double) -> Entry:
    """The newest entry of the journal."""
    return double.journal.entries()[-1]


def whole(double: Double) -> str:
    """Everything that the journal would tell anybody."""
    return json_text.write([entry.to_wire() for entry in double.journal.entries()]).decode()
