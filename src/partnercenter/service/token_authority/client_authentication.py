"""Which application asks, and did it prove it (RFC 6749 §2.3.1)."""

from __future__ import annotations

import hmac
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import unquote_plus

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.directory import Application
from partnercenter.service.token_authority.forms import Parameters
from partnercenter.service.token_authority.realm import Realm
from partnercenter.service.token_authority.refused import Refused
from partnercenter.wire.messages import Headers


@dataclass(frozen=True, slots=True)
class Client:
    """The application that asks. `proven`: it showed its secret."""

    application: Application
    proven: bool

    def require_proof(self) -> None:
        """Raise Refused if the application did not show its secret."""
        if not self.proven:
            raise Refused(Aadsts.MISSING_SECRET)

    def require_proof_unless_public(self) -> None:
        """Raise Refused if it did not, except for an application that may do without (RFC 8252 §8.5)."""
        if not self.application.allows_public_flows:
            self.require_proof()


def identify(realm: Realm, headers: Headers, form: Parameters) -> Client:
    """The client of a request. Raises Refused if it is unknown or disabled, or shows a secret that is not its own."""
    client_id, secret = _credentials(headers, form)
    application = realm.application(client_id)
    if secret is None:
        return Client(application, proven=False)
    if application.secret is None:
        raise Refused(Aadsts.SECRET_OF_PUBLIC_CLIENT)
    if not hmac.compare_digest(secret.encode(), application.secret.encode()):
        raise Refused(Aadsts.WRONG_SECRET)
    return Client(application, proven=True)


def _credentials(headers: Headers, form: Parameters) -> tuple[str, str | None]:
    lines = headers.get_all("Authorization")
    if not lines:
        return form.require("client_id"), form.get("client_secret")
    client_id, secret = _basic(lines)
    if "client_secret" in form or form.get("client_id") not in (None, client_id):
        raise Refused(Aadsts.TWO_AUTHENTICATIONS)
    return client_id, secret


def _basic(lines: list[str]) -> tuple[str, str]:
    scheme, _, encoded = lines[0].partition(" ")
    if len(lines) > 1 or scheme.lower() != "basic":
        raise Refused(Aadsts.TWO_AUTHENTICATIONS if len(lines) > 1 else Aadsts.MISSING_SECRET)
    try:
        text = b64decode(encoded.strip(), validate=True).decode()
        client_id, colon, secret = text.partition(":")
        # Both are form-encoded before they are joined: RFC 6749 §2.3.1.
        pair = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except ValueError:  # not base64, not UTF-8, not ASCII
        raise Refused(Aadsts.WRONG_SECRET) from None
    if not colon or not all(pair):
        raise Refused(Aadsts.WRONG_SECRET)
    return pair
