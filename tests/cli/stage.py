"""A Partner Center in this process behind the command line: real service, real SQLite, no port and no TLS."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import rsa

from partnercenter import AccessToken, BillingProfile, ClientSettings, FixedToken, PartnerCenter
from partnercenter.client.asgi_transport import AsgiTransport
from partnercenter.service import seed
from partnercenter.service.asgi import Service
from partnercenter.service.token_authority import SigningKeys
from partnercenter.wire.messages import Headers, Request, Response
from partnercenter.wire.oauth import GRANT_REFRESH_TOKEN

BASE_URL = "https://localhost"


@cache
def keys() -> SigningKeys:
    return SigningKeys(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@dataclass
class Stage:
    """meanwhile: what somebody else does, each before one of the next updates arrives."""

    service: Service
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)

    def partner(self, *, base_url: str = BASE_URL) -> PartnerCenter:
        """A client for the seeded user."""
        form = {
            "grant_type": GRANT_REFRESH_TOKEN,
            "client_id": seed.APP_USER.id,
            "client_secret": seed.APP_USER.secret or "",
            "refresh_token": seed.FIRST_REFRESH_TOKEN.token,
            "scope": "https://api.partnercenter.microsoft.com/.default",
        }
        lines = Headers({"Content-Type": "application/x-www-form-urlencoded"})
        path = f"/{seed.FIRST_TENANT.id}/oauth2/v2.0/token"
        answer = self.service.authority.answer(Request("POST", path, lines, urlencode(form).encode()))
        token = AccessToken(str(json.loads(answer.body)["access_token"]), int(time.time()) + 3600)
        settings = ClientSettings(base_url=base_url, authority=BASE_URL)
        return PartnerCenter(FixedToken(token.token), settings=settings, transport=_Interrupted(self))

    def billing(self) -> BillingProfile:
        with self.partner() as partner:
            return partner.profiles.billing_profile.get()

    def change(self, **members: str | None) -> BillingProfile:
        """Give members of the billing profile other values: `change(city="Seattle")` is one of the address."""
        with self.partner() as partner, partner.profiles.billing_profile.edit() as profile:
            for name, value in members.items():
                setattr(profile if hasattr(profile, name) else profile.address, name, value)
        return profile

    def updates(self) -> int:
        return sum(request.method == "PUT" for request in self.sent)


class _Interrupted(AsgiTransport):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.service)
        self._stage = stage

    def send(self, request: Request, timeout: float) -> Response:
        if request.method == "PUT" and self._stage.meanwhile:
            self._stage.meanwhile.pop(0)()
        self._stage.sent.append(request)
        return super().send(request, timeout)


def editor(folder: Path, *steps: str) -> dict[str, str]:
    """The variable that names an editor: a script that does one `step`, a command for `sh`, each time it is opened.

    "$1" is the file. What was shown the first time is then in `shown-1` of `folder`, and so on.
    """
    for number, step in enumerate(steps, 1):
        (folder / f"step-{number}").write_text(step)
    script = folder / "editor"
    script.write_text(
        f'#!/bin/sh\ncd "{folder}"\necho >> count\nn=$(($(wc -l < count)))\n'
        'cp "$1" "shown-$n"\n[ ! -e "step-$n" ] || sh "step-$n" "$1"\n'
    )
    script.chmod(0o700)
    return {"EDITOR": str(script), "VISUAL": ""}
