"""What only whoever runs the service may ask: faults, disabled accounts, new signing keys. Off unless switched on."""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from partnercenter.service.endpoints import content
from partnercenter.service.endpoints.routes import ROUTES
from partnercenter.service.gate.faults import ANY_OPERATION, FaultPlan, Plan
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.token_authority import Accounts, SigningKeys, UnknownAccountError
from partnercenter.wire import headers, json_text
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Request, Response

PREFIX = "/admin/"
_ACCOUNT = re.compile(r"/admin/accounts/([0-9A-Fa-f-]{36})", re.ASCII)

T = TypeVar("T")


class _AccountState(msgspec.Struct, forbid_unknown_fields=True):
    enabled: bool


class _Rotation(msgspec.Struct, forbid_unknown_fields=True):
    """overlap: whether tokens signed with the old key stay good until the last of them has expired."""

    overlap: bool = True


@dataclass(frozen=True, slots=True)
class Admin:
    """The administration of one running service.

    token: the bearer token that it wants; nothing else opens it. clock: seconds since the epoch.
    """

    token: str
    faults: FaultPlan
    accounts: Accounts
    keys: SigningKeys
    clock: Callable[[], float]

    def answer(self, request: Request, body: bytes, peer: str) -> Response:
        """The response to a request for an address under PREFIX. peer: the address that it comes from.

        Raises Refusal: 404 to everybody but this machine, 401 without the token.
        """
        if not _is_loopback(peer):
            raise Refusal(Reason.NOT_FOUND)
        self._require_token(request)
        path = request.target.partition("?")[0]
        account = _ACCOUNT.fullmatch(path)
        if path == "/admin/faults":
            return _answer(self._faults(request.method, body))
        if account:
            return _answer(self._account(request.method, account[1], body))
        if path == "/admin/keys":
            return _answer(self._keys(request.method, body))
        raise Refusal(Reason.NOT_FOUND)

    def _require_token(self, request: Request) -> None:
        scheme, _, token = (request.headers.get(headers.AUTHORIZATION) or "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refusal(Reason.TOKEN_MISSING, lines=[(headers.WWW_AUTHENTICATE, "Bearer")])
        if not hmac.compare_digest(token.encode("latin-1"), self.token.encode()):
            raise Refusal(Reason.TOKEN_NOT_ACCEPTED, lines=[(headers.WWW_AUTHENTICATE, "Bearer")])

    def _faults(self, method: str, body: bytes) -> JsonObject:
        """GET reports, PUT begins with another plan, DELETE with an empty one."""
        _require_method(method, ("DELETE", "GET", "PUT"))
        if method == "PUT":
            plan = _read(body, Plan)
            _require_known({fault.operation for fault in plan.faults})
            self.faults.replace(plan.faults)
        elif method == "DELETE":
            self.faults.replace(())
        return self.faults.report()

    def _account(self, method: str, account_id: str, body: bytes) -> JsonObject:
        """GET tells whether a user, application or tenant is enabled; PUT decides it."""
        _require_method(method, ("GET", "PUT"))
        try:
            if method == "PUT":
                change = self.accounts.enable if _read(body, _AccountState).enabled else self.accounts.disable
                change(account_id)
            return {"id": account_id.lower(), "enabled": self.accounts.is_enabled(account_id)}
        except UnknownAccountError:
            raise Refusal(Reason.ACCOUNT_NOT_FOUND) from None

    def _keys(self, method: str, body: bytes) -> JsonObject:
        """GET tells which key signs, POST makes another one do so."""
        _require_method(method, ("GET", "POST"))
        if method == "POST":
            overlap = _read(body or b"{}", _Rotation).overlap
            self.keys.rotate(self.clock(), **({} if overlap else {"overlap_seconds": 0}))
        return {"signing": self.keys.kid, "verifying": [*sorted(self.keys.public_keys(self.clock()))]}


def operations() -> list[str]:
    """The names that a plan can use."""
    return sorted({route.operation for methods in ROUTES.values() for route in methods.values()})


def _require_known(named: Iterable[str]) -> None:
    if not set(named) <= {*operations(), ANY_OPERATION}:
        raise Refusal(Reason.WORD_NOT_KNOWN, [f"operation can be {', '.join([ANY_OPERATION, *operations()])}"])


def _require_method(method: str, allowed: tuple[str, ...]) -> None:
    if method not in allowed:
        raise Refusal(Reason.METHOD_NOT_ALLOWED, lines=[("Allow", ", ".join(allowed))])


def _read(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.convert(json_text.read_strict(body), shape)
    except json_text.JsonTextError as error:
        raise Refusal(Reason.BODY_UNREADABLE, [error]) from None
    except msgspec.ValidationError as error:
        # Says where and what would be right, and nothing here is secret.
        raise Refusal(Reason.PROPERTY_INVALID, [error]) from None


def _answer(document: JsonObject) -> Response:
    return content.json_response(json_text.write(document))


def _is_loopback(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False
