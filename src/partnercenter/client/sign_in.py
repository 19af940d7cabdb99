"""Credentials that sign in with MSAL, the library of the Microsoft identity platform. No other file knows MSAL.

They fetch and the client's token keeper caches: every `get_token` asks the authority for a new access token,
after the first sign-in by the refresh token that came with it. A rotated refresh token takes the place of
the old one.
"""

from __future__ import annotations

import threading
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeVar
from urllib.parse import urlsplit

from partnercenter.client import sign_in_errors
from partnercenter.client.credentials import AccessToken, DeviceCodePrompt, refuse_to_pickle
from partnercenter.client.errors import ConfigurationError
from partnercenter.client.settings import check_address, tenant_authority
from partnercenter.wire.clouds import Cloud

if TYPE_CHECKING:
    from partnercenter.client.authority_http import AuthorityHttp

T = TypeVar("T")
Reply = Mapping[str, object]

GLOBAL_AUTHORITY = Cloud.GLOBAL.addresses.authority
_WELL_KNOWN_HOSTS = frozenset(urlsplit(cloud.addresses.authority).hostname for cloud in Cloud)


class _Application(Protocol):
    """The part of an MSAL application that is used here; MSAL itself has no types."""

    def acquire_token_by_refresh_token(self, refresh_token: str, scopes: list[str]) -> Reply: ...
    def acquire_token_by_authorization_code(
        self, code: str, scopes: list[str], redirect_uri: str, *, data: dict[str, str]
    ) -> Reply: ...
    def initiate_device_flow(self, scopes: list[str]) -> Reply: ...
    def acquire_token_by_device_flow(self, flow: Reply) -> Reply: ...
    def acquire_token_for_client(self, scopes: list[str]) -> Reply: ...


class MsalCredential(ABC):
    """What the credentials below share.

    client_id: the application's id. tenant_id: of the partner, a GUID or a domain.
    client_secret: of a confidential application; None for a public one.
    authority: the login host, with or without the tenant id.
    ca_bundle: path of a PEM file with the authority's certificate authority; None for the usual ones.
    """

    def __init__(
        self, client_id: str, *, tenant_id: str, client_secret: str | None, authority: str, ca_bundle: str | None
    ) -> None:
        check_address("authority", authority)
        if urlsplit(authority).scheme == "http":
            raise ConfigurationError(
                "authority is plain http, and MSAL signs in over https alone.",
                next_step="Serve with TLS, or bring a token of your own with FixedToken.",
            )
        self.client_id = client_id
        self.tenant_id = tenant_id
        self.authority = tenant_authority(authority, tenant_id)
        self._client_secret = client_secret
        self._ca_bundle = ca_bundle
        self._application: _Application | None = None
        self._http: AuthorityHttp | None = None
        # A refresh token that rotates must not be used by two threads at once.
        self._lock = threading.Lock()

    def get_token(self, *scopes: str) -> AccessToken:
        """A new access token for `scopes`. Raises SignInError, ServiceUnreachableError or ConfigurationError."""
        with self._lock:
            if self._application is None:
                self._application = self._asked(self._new_application)
            reply = self._fetch(self._application, list(scopes))
        token, seconds = reply.get("access_token"), reply.get("expires_in")
        if not isinstance(token, str):
            raise sign_in_errors.of_reply(reply, self._secrets(), self.authority)
        return AccessToken(token, int(time.time() + float(str(seconds or 0))))

    def close(self) -> None:
        """Give the connections to the authority up; the next `get_token` makes new ones."""
        if self._http is not None:
            self._http.close()

    @abstractmethod
    def _fetch(self, application: _Application, scopes: list[str]) -> Reply:
        """The authority's reply."""

    def _secrets(self) -> tuple[str | None, ...]:
        """Texts that no error may show."""
        return (self._client_secret,)

    def _asked(self, ask: Callable[[], T]) -> T:
        """What `ask` gets out of MSAL, whose errors end here.

        Ours are raised outside of the handler: those of MSAL's HTTP library keep the request and its secrets.
        """
        try:
            return ask()
        except Exception as error:  # MSAL raises what it likes: ValueError, RuntimeError, requests' own
            failure = sign_in_errors.of_exception(error, self.authority)
        raise failure

    def _new_application(self) -> _Application:
        import msal

        from partnercenter.client.authority_http import AuthorityHttp

        # Our keeper is the cache: an access token in a second one would come back after the service rejected it.
        cache = msal.TokenCache()
        cache.add = _forget
        self._http = self._http or AuthorityHttp(self._ca_bundle)
        kind = msal.PublicClientApplication if self._client_secret is None else msal.ConfidentialClientApplication
        application: _Application = kind(
            self.client_id,
            client_credential=self._client_secret,
            authority=self.authority,
            # Discovery asks Microsoft whether it knows the host; of a host that is not Microsoft's it knows nothing.
            instance_discovery=urlsplit(self.authority).hostname in _WELL_KNOWN_HOSTS,
            http_client=self._http,
            token_cache=cache,
        )
        return application

    def __repr__(self) -> str:
        return f"{type(self).__name__}(client_id={self.client_id!r}, authority={self.authority!r})"

    def __reduce__(self) -> NoReturn:
        refuse_to_pickle(self)


class UserCredential(MsalCredential):
    """A credential of a user (App+User): after the first sign-in it lives on refresh tokens (RFC 6749 §6).

    on_refresh_token: called with every new refresh token, so that it can be kept in a safe place.
    """

    def __init__(
        self,
        client_id: str,
        *,
        tenant_id: str,
        client_secret: str | None = None,
        authority: str = GLOBAL_AUTHORITY,
        ca_bundle: str | None = None,
        on_refresh_token: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(
            client_id, tenant_id=tenant_id, client_secret=client_secret, authority=authority, ca_bundle=ca_bundle
        )
        self._refresh_token: str | None = None
        self._on_refresh_token = on_refresh_token

    @abstractmethod
    def _sign_in(self, application: _Application, scopes: list[str]) -> Reply:
        """The authority's reply to the first sign-in."""

    def _fetch(self, application: _Application, scopes: list[str]) -> Reply:
        held = self._refresh_token
        if held is None:
            reply = self._sign_in(application, scopes)
        else:
            reply = self._asked(lambda: application.acquire_token_by_refresh_token(held, scopes))
        given = reply.get("refresh_token")
        if isinstance(given, str) and given != held:
            self._refresh_token = given
            if self._on_refresh_token is not None:
                self._on_refresh_token(given)
        return reply

    def _secrets(self) -> tuple[str | None, ...]:
        return (*super()._secrets(), self._refresh_token)


class RefreshTokenCredential(UserCredential):
    """A user who has signed in before: the Secure App Model, for jobs without a person.

    refresh_token: the token that an earlier sign-in gave. The other arguments are those of every credential.
    """

    def __init__(
        self,
        client_id: str,
        refresh_token: str,
        *,
        tenant_id: str,
        client_secret: str | None = None,
        authority: str = GLOBAL_AUTHORITY,
        ca_bundle: str | None = None,
        on_refresh_token: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(
            client_id,
            tenant_id=tenant_id,
            client_secret=client_secret,
            authority=authority,
            ca_bundle=ca_bundle,
            on_refresh_token=on_refresh_token,
        )
        self._refresh_token = refresh_token

    def _sign_in(self, application: _Application, scopes: list[str]) -> Reply:
        raise AssertionError("There is a refresh token from the start.")


class DeviceCodeCredential(UserCredential):
    """A user who signs in now, on any device with a browser (RFC 8628). `get_token` waits for them.

    prompt: called once with what to show to the user. The other arguments are those of every credential.
    """

    def __init__(
        self,
        client_id: str,
        *,
        tenant_id: str,
        prompt: Callable[[DeviceCodePrompt], None],
        authority: str = GLOBAL_AUTHORITY,
        ca_bundle: str | None = None,
        on_refresh_token: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(
            client_id,
            tenant_id=tenant_id,
            authority=authority,
            ca_bundle=ca_bundle,
            on_refresh_token=on_refresh_token,
        )
        self._prompt = prompt
        self._waiting: dict[str, object] = {}

    def give_up(self) -> None:
        """End the wait for the user soon, if there is one; its `get_token` raises SignInError."""
        self._waiting["expires_at"] = 0  # MSAL looks at it once a second

    def _sign_in(self, application: _Application, scopes: list[str]) -> Reply:
        flow = self._asked(lambda: application.initiate_device_flow(scopes))
        if "user_code" not in flow:
            return flow
        uri = flow.get("verification_uri") or flow.get("verification_url") or ""
        seconds = int(float(str(flow.get("expires_in", 0))))
        self._prompt(DeviceCodePrompt(str(flow.get("message", "")), str(flow["user_code"]), str(uri), seconds))
        self._waiting = waiting = dict(flow)
        return self._asked(lambda: application.acquire_token_by_device_flow(waiting))


class AuthorizationCodeCredential(UserCredential):
    """A user who has just signed in with a browser (RFC 6749 §4.1); the code works once.

    code: what came back to redirect_uri. code_verifier: of PKCE, if the sign-in used it (RFC 7636 §4.5).
    The other arguments are those of every credential.
    """

    def __init__(
        self,
        client_id: str,
        code: str,
        redirect_uri: str,
        *,
        tenant_id: str,
        code_verifier: str | None = None,
        client_secret: str | None = None,
        authority: str = GLOBAL_AUTHORITY,
        ca_bundle: str | None = None,
        on_refresh_token: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(
            client_id,
            tenant_id=tenant_id,
            client_secret=client_secret,
            authority=authority,
            ca_bundle=ca_bundle,
            on_refresh_token=on_refresh_token,
        )
        self._code = code
        self._redirect_uri = redirect_uri
        self._code_verifier = code_verifier

    def _sign_in(self, application: _Application, scopes: list[str]) -> Reply:
        data = {"code_verifier": self._code_verifier} if self._code_verifier else {}
        with warnings.catch_warnings():
            # MSAL would rather begin the sign-in itself; here the code comes from somebody else's.
            warnings.simplefilter("ignore", DeprecationWarning)
            return self._asked(
                lambda: application.acquire_token_by_authorization_code(
                    self._code, scopes, self._redirect_uri, data=data
                )
            )

    def _secrets(self) -> tuple[str | None, ...]:
        return (*super()._secrets(), self._code, self._code_verifier)


class ClientCredentialsCredential(MsalCredential):
    """An application alone (App-only; RFC 6749 §4.4). Most of Partner Center takes it; the profiles do not."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        tenant_id: str,
        authority: str = GLOBAL_AUTHORITY,
        ca_bundle: str | None = None,
    ) -> None:
        super().__init__(
            client_id, tenant_id=tenant_id, client_secret=client_secret, authority=authority, ca_bundle=ca_bundle
        )

    def _fetch(self, application: _Application, scopes: list[str]) -> Reply:
        return self._asked(lambda: application.acquire_token_for_client(scopes))


def _forget(_event: object) -> None:
    """Keep nothing."""
