"""What all credentials of MSAL share, the library of the Microsoft identity platform. No other file makes one of its
applications.

They fetch and the client's token keeper caches: every `get_token` asks the authority for a new access token, after the
first sign-in by the refresh token that came with it. A rotated refresh token takes the place of the old one. With a
`TokenCache`, `get_token` asks the cache first, and never gives an access token out twice: who asks again has no use for
the one it got, for it ends soon or was rejected.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

from partnercenter.client import sign_in_errors
from partnercenter.client.cloud_guard import refuse_real_cloud
from partnercenter.client.credentials import AccessToken, refuse_to_pickle
from partnercenter.client.errors import ConfigurationError, PartnerCenterError
from partnercenter.client.settings import check_address, tenant_authority
from partnercenter.client.token_cache import KeptTokens, TokenCache, account_of
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
    def acquire_token_interactive(
        self, scopes: list[str], *, port: int | None, timeout: float | None, auth_uri_callback: Callable[[str], None]
    ) -> Reply: ...


Application: TypeAlias = _Application


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
        self._application: Application | None = None
        self._http: AuthorityHttp | None = None
        # A refresh token that rotates must not be used by two threads at once.
        self._lock = threading.Lock()

    def get_token(self, *scopes: str) -> AccessToken:
        """A new access token for `scopes`. Raises SignInError, ServiceUnreachableError or ConfigurationError."""
        refuse_real_cloud(self.authority)
        with self._lock:
            return self._token(scopes)

    def close(self) -> None:
        """Give the connections to the authority up; the next `get_token` makes new ones."""
        if self._http is not None:
            self._http.close()

    def _token(self, scopes: tuple[str, ...]) -> AccessToken:
        """What `get_token` gives. Runs alone."""
        return self._read(self._fetch(self._open(), list(scopes)))

    def _open(self) -> Application:
        if self._application is None:
            self._application = self._asked(self._new_application)
        return self._application

    def _read(self, reply: Reply) -> AccessToken:
        """The access token in `reply`. Raises SignInError if there is none."""
        token, seconds = reply.get("access_token"), reply.get("expires_in")
        if not isinstance(token, str):
            raise sign_in_errors.of_reply(reply, self._secrets(), self.authority)
        return AccessToken(token, int(time.time() + float(str(seconds or 0))))

    @abstractmethod
    def _fetch(self, application: Application, scopes: list[str]) -> Reply:
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
        except PartnerCenterError:
            raise  # of our own HTTP client, and safe to show
        except Exception as error:  # MSAL raises what it likes: ValueError, RuntimeError, requests' own
            failure = sign_in_errors.of_exception(error, self.authority)
        raise failure

    def _new_application(self) -> Application:
        import msal

        from partnercenter.client.authority_http import AuthorityHttp

        # Our keeper is the cache: an access token in a second one would come back after the service rejected it.
        cache = msal.TokenCache()
        cache.add = _forget
        self._http = self._http or AuthorityHttp(self._ca_bundle)
        kind = msal.PublicClientApplication if self._client_secret is None else msal.ConfidentialClientApplication
        application: Application = kind(
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
    cache: keeps the tokens between processes; see TokenCache. None: they end with the credential.
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
        cache: TokenCache | None = None,
    ) -> None:
        super().__init__(
            client_id, tenant_id=tenant_id, client_secret=client_secret, authority=authority, ca_bundle=ca_bundle
        )
        self._refresh_token: str | None = None
        self._on_refresh_token = on_refresh_token
        self._cache = cache
        self._account = account_of_person(authority, tenant_id, client_id)
        self._given: dict[tuple[str, ...], AccessToken] = {}

    @abstractmethod
    def _sign_in(self, application: Application, scopes: list[str]) -> Reply:
        """The authority's reply to the first sign-in."""

    def _token(self, scopes: tuple[str, ...]) -> AccessToken:
        token = self._fresh(scopes) if self._cache is None else self._token_by(self._cache, scopes)
        self._given[scopes] = token
        return token

    def _token_by(self, cache: TokenCache, scopes: tuple[str, ...]) -> AccessToken:
        with cache.held(self._account) as kept:
            if scopes in self._given:
                kept.forget(self._given[scopes])
            token = kept.access_token(scopes) or self._refreshed(kept, scopes)
        if token is not None:
            return token
        # Not while the cache is held: a person takes minutes.
        reply = self._sign_in(self._open(), list(scopes))
        with cache.held(self._account) as kept:
            return self._taken(reply, kept, scopes)

    def _refreshed(self, kept: KeptTokens, scopes: tuple[str, ...]) -> AccessToken | None:
        """A token by the refresh token that is held, or None if somebody has to sign in."""
        held = self._held(kept)
        if held is None:
            return None
        first = self._refresh_token is None
        self._refresh_token = held
        reply = self._fetch(self._open(), list(scopes))
        if first and self._asks_a_person and reply.get("error") == "invalid_grant":  # RFC 6749 §5.2
            self._refresh_token = None  # what an earlier process left is no longer good
            return None
        return self._taken(reply, kept, scopes)

    def _held(self, kept: KeptTokens) -> str | None:
        """The refresh token to go on with; who is no longer in the cache has signed out."""
        return kept.refresh_token

    def _taken(self, reply: Reply, kept: KeptTokens, scopes: tuple[str, ...]) -> AccessToken:
        token, given = self._read(reply), reply.get("refresh_token")
        kept.keep(scopes, token, given if isinstance(given, str) else self._refresh_token)
        self._remember(reply)
        return token

    def _fresh(self, scopes: tuple[str, ...]) -> AccessToken:
        reply = self._fetch(self._open(), list(scopes))
        self._remember(reply)
        return self._read(reply)

    def _fetch(self, application: Application, scopes: list[str]) -> Reply:
        held = self._refresh_token
        if held is None:
            return self._sign_in(application, scopes)
        return self._asked(lambda: application.acquire_token_by_refresh_token(held, scopes))

    def _remember(self, reply: Reply) -> None:
        """Let the refresh token in `reply` take the place of the old one."""
        given = reply.get("refresh_token")
        if isinstance(given, str) and given != self._refresh_token:
            self._refresh_token = given
            if self._on_refresh_token is not None:
                self._on_refresh_token(given)

    @property
    def _asks_a_person(self) -> bool:
        """Whether `_sign_in` can be done again, by a person."""
        return False

    def _secrets(self) -> tuple[str | None, ...]:
        return (*super()._secrets(), self._refresh_token)


def account_of_person(authority: str, tenant_id: str, client_id: str) -> str:
    """The name under which a token cache keeps the person who signed in, as by DeviceCodeCredential."""
    return account_of(tenant_authority(authority, tenant_id), client_id)


def _forget(_event: object) -> None:
    """Keep nothing."""
