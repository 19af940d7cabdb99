"""Credentials of users and applications: what to give to a client, in all ways in which one can sign in."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from partnercenter.client.credentials import DeviceCodePrompt
from partnercenter.client.errors import SignInError
from partnercenter.client.msal_credential import GLOBAL_AUTHORITY, Application, MsalCredential, Reply, UserCredential
from partnercenter.client.token_cache import KeptTokens, TokenCache, account_of


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
        cache: TokenCache | None = None,
    ) -> None:
        super().__init__(
            client_id,
            tenant_id=tenant_id,
            client_secret=client_secret,
            authority=authority,
            ca_bundle=ca_bundle,
            on_refresh_token=on_refresh_token,
            cache=cache,
        )
        self._refresh_token = refresh_token
        self._account = account_of(self.authority, client_id, refresh_token)

    def _held(self, kept: KeptTokens) -> str | None:
        return kept.refresh_token or self._refresh_token

    def _sign_in(self, application: Application, scopes: list[str]) -> Reply:
        raise AssertionError("There is a refresh token from the start.")


class DeviceCodeCredential(UserCredential):
    """A user who signs in now, on any device with a browser (RFC 8628). `get_token` waits for them.

    prompt: called with what to show to the user; once, and not if the cache knows the user. The other arguments are
        those of every credential.
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
        cache: TokenCache | None = None,
    ) -> None:
        super().__init__(
            client_id,
            tenant_id=tenant_id,
            authority=authority,
            ca_bundle=ca_bundle,
            on_refresh_token=on_refresh_token,
            cache=cache,
        )
        self._prompt = prompt
        self._waiting: dict[str, object] = {}

    @property
    def _asks_a_person(self) -> bool:
        return True

    def give_up(self) -> None:
        """End the wait for the user soon, if there is one; its `get_token` raises SignInError."""
        self._waiting["expires_at"] = 0  # MSAL looks at it once a second

    def _sign_in(self, application: Application, scopes: list[str]) -> Reply:
        flow = self._asked(lambda: application.initiate_device_flow(scopes))
        if "user_code" not in flow:
            return flow
        uri = flow.get("verification_uri") or flow.get("verification_url") or ""
        seconds = int(float(str(flow.get("expires_in", 0))))
        self._prompt(DeviceCodePrompt(str(flow.get("message", "")), str(flow["user_code"]), str(uri), seconds))
        self._waiting = waiting = dict(flow)
        return self._asked(lambda: application.acquire_token_by_device_flow(waiting))


class InteractiveCredential(UserCredential):
    """A user who signs in now, with the browser of this machine: an authorization code with PKCE that comes back to a
    port of this machine (RFC 8252 §7.3, RFC 7636). `get_token` opens the browser and waits for them.

    show: called with the address of the sign-in page if no browser could be opened.
    timeout: seconds to wait for the user. port: where the code comes back; None: any free one.
    The other arguments are those of every credential. The application's redirect URI must be http://localhost.
    """

    def __init__(
        self,
        client_id: str,
        *,
        tenant_id: str,
        show: Callable[[str], None],
        timeout: float = 300.0,
        port: int | None = None,
        authority: str = GLOBAL_AUTHORITY,
        ca_bundle: str | None = None,
        on_refresh_token: Callable[[str], None] | None = None,
        cache: TokenCache | None = None,
    ) -> None:
        super().__init__(
            client_id,
            tenant_id=tenant_id,
            authority=authority,
            ca_bundle=ca_bundle,
            on_refresh_token=on_refresh_token,
            cache=cache,
        )
        self._show = show
        self._timeout = timeout
        self._port = port

    @property
    def _asks_a_person(self) -> bool:
        return True

    def _sign_in(self, application: Application, scopes: list[str]) -> Reply:
        return self._asked(
            lambda: application.acquire_token_interactive(
                scopes, port=self._port, timeout=self._timeout, auth_uri_callback=self._show
            )
        )


class CachedCredential(UserCredential):
    """A user whom another process has signed in and left in `cache`. Raises SignInError once nobody is there any more.

    cache: the cache of that process. The other arguments are those with which the user signed in.
    """

    def __init__(
        self,
        client_id: str,
        *,
        tenant_id: str,
        cache: TokenCache,
        client_secret: str | None = None,
        authority: str = GLOBAL_AUTHORITY,
        ca_bundle: str | None = None,
    ) -> None:
        super().__init__(
            client_id,
            tenant_id=tenant_id,
            client_secret=client_secret,
            authority=authority,
            ca_bundle=ca_bundle,
            cache=cache,
        )

    def _sign_in(self, application: Application, scopes: list[str]) -> Reply:
        raise SignInError(
            f"Nobody is signed in to {self.client_id} of {self.authority}: the token cache knows no such user.",
            next_step="Sign in with DeviceCodeCredential or InteractiveCredential and the same cache.",
        )


class AuthorizationCodeCredential(UserCredential):
    """A user who has just signed in with a browser (RFC 6749 §4.1); the code works once.

    code: what came back to redirect_uri. code_verifier: of PKCE, if the sign-in used it (RFC 7636 §4.5).
    The other arguments are those of every credential, without `cache`: that knows one person for each application, and
    many may come with a code. Keep the refresh token, for a RefreshTokenCredential with a cache.
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

    def _sign_in(self, application: Application, scopes: list[str]) -> Reply:
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

    def _fetch(self, application: Application, scopes: list[str]) -> Reply:
        return self._asked(lambda: application.acquire_token_for_client(scopes))
