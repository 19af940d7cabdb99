"""The words that a client and the token authority must agree on (RFC 6749, RFC 8628, Microsoft identity platform)."""

from __future__ import annotations

from typing import Final

from partnercenter.wire.clouds import Cloud

GRANT_AUTHORIZATION_CODE: Final = "authorization_code"
GRANT_REFRESH_TOKEN: Final = "refresh_token"
GRANT_CLIENT_CREDENTIALS: Final = "client_credentials"
GRANT_DEVICE_CODE: Final = "urn:ietf:params:oauth:grant-type:device_code"

USER_IMPERSONATION: Final = "user_impersonation"
"""The delegated permission (App+User) of the Partner Center API."""

MFA: Final = "mfa"
"""The value in the `amr` claim that says that a second factor was used."""


def default_scope(audience: str) -> str:
    """The v2.0 scope that asks for everything consented of `audience` (`https://…/.default`)."""
    return f"{audience.rstrip('/')}/.default"


def access_token_issuer(authority: str, tenant_id: str, cloud: Cloud) -> str:
    """The `iss` of access tokens that `authority` signs for users and applications of `tenant_id`.

    It names the cloud, for three of the clouds share one audience, and a token of one is none of another.
    """
    return f"{authority.rstrip('/')}/{cloud.value}/{tenant_id}/"
