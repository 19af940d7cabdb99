"""A driver without a network: it answers from a script, and pauses move its clock instead of taking time."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

from partnercenter.client.attempts import Session
from partnercenter.client.conversation import Clock, Exclusive, Flow, GetToken, Pause, Send, Step, keep_result
from partnercenter.client.credentials import AccessToken
from partnercenter.client.settings import ClientSettings
from partnercenter.client.telemetry import SILENCE, Telemetry
from partnercenter.client.token_keeper import TokenKeeper
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Headers, Request, Response
from partnercenter.wire.profiles import BillingProfile

T = TypeVar("T")

TOKEN = "canary-token-eyJhbGciOi"
TAX_ID = "canary-tax-12-345678"
WALL = 1_800_000_000.0


def profile_body(**members: JsonValue) -> JsonObject:
    """The reply of a GET, in the shape of the published page."""
    body: JsonObject = {
        "companyName": "TEST_TEST_BugBash1",
        "address": {"country": "US", "city": "Redmond", "addressLine2": "", "region": None},
        "taxId": TAX_ID,
        "links": {"self": {"uri": "/profiles/billing", "method": "GET", "headers": []}},
        "attributes": {"etag": "dGFn", "objectType": "BillingProfile"},
    }
    return body | members


def profile(**members: JsonValue) -> BillingProfile:
    return BillingProfile.from_wire(profile_body(**members))


def ok(value: JsonValue = None, **headers: str) -> Response:
    return Response(200, Headers(headers), json_text.write(profile_body() if value is None else value))


def refused(status: int, code: int | str = "", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    envelope: JsonObject = {"code": code, "description": "No.", "data": ["why"], "source": "PartnerFD"}
    return Response(status, Headers(named), json_text.write(envelope))


class Tokens:
    """A credential that gives the tokens of a list, the last one for ever."""

    def __init__(self, *tokens: str, expires_on: float = WALL + 3600, takes: float = 0.0) -> None:
        self.left = list(tokens or (TOKEN,))
        self.expires_on = int(expires_on)
        self.asked: list[str] = []
        self.takes = takes

    def get_token(self, *scopes: str) -> AccessToken:
        self.asked += scopes
        return AccessToken(self.left.pop(0) if len(self.left) > 1 else self.left[0], self.expires_on)


class Scripted:
    """Runs flows against a script; `sent`, `timeouts`, `pauses` and `keys` tell what they asked for."""

    def __init__(
        self,
        *script: Response | BaseException,
        settings: ClientSettings | None = None,
        tokens: Tokens | None = None,
        exchange_takes: float = 0.0,
        telemetry: Telemetry = SILENCE,
    ) -> None:
        self.script = list(script)
        self.now = 0.0
        self.exchange_takes = exchange_takes
        self.sent: list[Request] = []
        self.timeouts: list[float] = []
        self.pauses: list[float] = []
        self.keys: list[Hashable] = []
        self.tokens = tokens or Tokens()
        clock = Clock(monotonic=lambda: self.now, wall=lambda: WALL + self.now, sleep=self.pauses.append)
        keeper = TokenKeeper(self.tokens, "scope", clock.wall)
        self.session = Session(settings or ClientSettings(), keeper, clock, jitter=lambda: 1.0, telemetry=telemetry)

    def run(self, flow: Flow[T]) -> T:
        kept: list[T] = []
        self._drive(keep_result(flow, kept))
        return kept[0]

    def _drive(self, flow: Flow[None]) -> None:
        try:
            step = next(flow)
            while True:
                answer = self._take(step)
                step = flow.throw(answer) if isinstance(answer, BaseException) else flow.send(answer)
        except StopIteration:
            return
        finally:
            flow.close()

    def _take(self, step: Step) -> object:
        match step:
            case Send(request, timeout):
                self.sent.append(request)
                self.timeouts.append(timeout)
                self.now += self.exchange_takes
                return self.script.pop(0) if len(self.script) > 1 else self.script[0]
            case GetToken(credential, scope):
                self.now += self.tokens.takes
                return credential.get_token(scope)
            case Pause(seconds):
                self.pauses.append(seconds)
                self.now += seconds
            case Exclusive(key, flow):
                self.keys.append(key)
                self._drive(flow)
        return None


def header(request: Request, name: str) -> str | None:
    return request.headers.get(name)
