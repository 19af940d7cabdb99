"""Signing in without a browser: refresh tokens of any seeded user, redeemed at the double's own token authority."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode

from partnercenter.client.credentials import AccessToken, refuse_to_pickle
from partnercenter.client.errors import SignInError
from partnercenter.service import seed
from partnercenter.service.double import Double
from partnercenter.service.token_authority import SigningKeys, User
from partnercenter.service.token_authority.directory import SignedIn
from partnercenter.service.token_authority.realm import Realm
from partnercenter.service.token_authority.refresh_tokens import RefreshToken, issue_refresh_token
from partnercenter.wire import headers
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.messages import Headers, Request
from partnercenter.wire.oauth import GRANT_REFRESH_TOKEN, default_scope

if TYPE_CHECKING:
    from partnercenter.client.transport import Transport

_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Authority:
    """The token authority of the double: what it signs with, and the way to it.

    base_url: its address, of which issuers are made.
    """

    base_url: str
    double: Double
    keys: SigningKeys
    transport: Transport

    def refresh_token(self, user: User) -> str:
        """A refresh token, as the authority gives out at the end of a sign-in with every method of `user`."""
        realm = Realm(self.base_url, self._cloud, self.double.accounts, self.keys, self.double.clock.now)
        signed_in = SignedIn(user, user.methods)
        return issue_refresh_token(realm, RefreshToken(seed.APP_USER.id, signed_in, True, realm.audience))

    def access_token(self, user: User, *scopes: str) -> AccessToken:
        """What the authority answers to that refresh token. Raises SignInError with its words."""
        wanted = scopes or (default_scope(self._cloud.addresses.audience),)
        answer = self.transport.send(self._request(user, wanted), _PATIENCE_SECONDS)
        found = json.loads(answer.body)
        if answer.status != 200:
            raise SignInError(str(found.get("error_description") or found.get("error")))
        return AccessToken(str(found["access_token"]), int(self.double.clock.now()) + int(found["expires_in"]))

    @property
    def _cloud(self) -> Cloud:
        return self.double.parts.authentication.cloud

    def _request(self, user: User, scopes: tuple[str, ...]) -> Request:
        form = {
            "grant_type": GRANT_REFRESH_TOKEN,
            "client_id": seed.APP_USER.id,
            "client_secret": seed.APP_USER.secret or "",
            "refresh_token": self.refresh_token(user),
            "scope": " ".join(scopes),
        }
        address = f"{self.base_url}/{user.tenant_id}/oauth2/v2.0/token"
        lines = Headers({headers.CONTENT_TYPE: "application/x-www-form-urlencoded"})
        return Request("POST", address, lines, urlencode(form).encode())


@dataclass(frozen=True, slots=True)
class SeededCredential:
    """A credential of one seeded user: every token that it gives was issued by the double's authority."""

    authority: Authority = field(repr=False)
    user: User

    def get_token(self, *scopes: str) -> AccessToken:
        """A new token for `scopes`. Raises SignInError, as for a user who was disabled."""
        return self.authority.access_token(self.user, *scopes)

    def __reduce__(self) -> NoReturn:
        refuse_to_pickle(self)
