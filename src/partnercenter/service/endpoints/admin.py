"""What only whoever runs the service may ask. Off unless switched on; the modules `admin_…` have the subjects."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass

from partnercenter.service.endpoints import admin_journal, admin_test_mode, content
from partnercenter.service.endpoints.admin_asking import Ask, Resource
from partnercenter.service.endpoints.admin_controls import Controls
from partnercenter.service.endpoints.admin_test_mode import Resettable
from partnercenter.service.gate import framing
from partnercenter.service.gate.framing import LARGEST_BODY, Body
from partnercenter.service.gate.journal import Journal
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers, json_text
from partnercenter.wire.messages import Request, Response

PREFIX = "/admin/"


@dataclass(frozen=True, slots=True)
class Admin:
    """The administration of one running service.

    token: the bearer token that it wants; nothing else opens it. test_mode: None for a service that is not for tests.
    """

    token: str
    controls: Controls
    journal: Journal
    test_mode: Resettable | None = None

    async def answer(self, request: Request, body: Body, peer: str) -> Response:
        """The response to a request for an address under PREFIX. peer: the address that it comes from.

        Raises Refusal: 404 to everybody but this machine, 401 without the token. In test mode whoever has the token
        may come from anywhere, as from another container (decision record 34).
        """
        path, _, query = request.target.partition("?")
        found = next(((found, names) for found in self._resources() if (names := found.names(path)) is not None), None)
        framing.check_head(request, LARGEST_BODY if found is None else found[0].largest)
        if self.test_mode is None and not _is_loopback(peer):
            raise Refusal(Reason.NOT_FOUND)
        self._require_token(request)
        if found is None:
            raise Refusal(Reason.NOT_FOUND)
        resource, names = found
        ask = Ask(names, query, await body.read(resource.largest))
        return content.json_response(json_text.write(resource.answer(request.method, ask)))

    def _resources(self) -> list[Resource]:
        of_tests = admin_test_mode.resources(self.test_mode) if self.test_mode else []
        return [*self.controls.resources(), *admin_journal.resources(self.journal), *of_tests]

    def _require_token(self, request: Request) -> None:
        scheme, _, token = (request.headers.get(headers.AUTHORIZATION) or "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refusal(Reason.TOKEN_MISSING, lines=[(headers.WWW_AUTHENTICATE, "Bearer")])
        if not hmac.compare_digest(token.encode("latin-1"), self.token.encode()):
            raise Refusal(Reason.TOKEN_NOT_ACCEPTED, lines=[(headers.WWW_AUTHENTICATE, "Bearer")])


def _is_loopback(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False
