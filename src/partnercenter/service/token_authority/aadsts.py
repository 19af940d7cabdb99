"""Every "no" of the token authority: one closed table of AADSTS codes.

The numbers and their meaning are those of Microsoft's page "Microsoft Entra authentication and
authorization error codes"; the sentences are ours and end with what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    error: str
    text: str
    status: int = 400


class Aadsts(Enum):
    """One member per refusal. `{0}` in a text is a word of ours (a parameter's name), never a sent value."""

    # fmt: off
    SEVERAL_RESOURCES = _Row(
        28000, "invalid_scope", "The scope names more than one resource. Ask for one resource at a time."
    )
    WRONG_REDIRECT_URI = _Row(
        50011, "invalid_request",
        "The redirect URI is not one that the application registered. "
        "Send a registered one, character by character, or add yours to the application.",
    )
    USER_OF_OTHER_TENANT = _Row(
        50020, "invalid_grant",
        "The user does not belong to the tenant of this address. "
        "Sign in with a user of that tenant, or use the address of the user's own tenant.",
        403,
    )
    USER_DISABLED = _Row(
        50057, "invalid_grant",
        "The user account is disabled. Have it enabled, or sign in as another user.",
    )
    LOGIN_REQUIRED = _Row(
        50058, "login_required", "prompt=none was asked, but nobody is ever signed in here. Repeat without prompt=none."
    )
    NO_TENANT = _Row(
        50059, "invalid_request",
        "An application signs in to one tenant, and this address names none. "
        "Put the tenant's id or domain in the place of 'common' or 'organizations'.",
    )
    FLOW_EXPIRED = _Row(
        50089, "invalid_request",
        "This sign-in is too old, or its form was changed. Start again from your application.",
    )
    WRONG_PASSWORD = _Row(
        50126, "invalid_grant",
        "The user name or the password is wrong. The documentation lists the users and their passwords.",
        403,
    )
    CODE_USED = _Row(
        54005, "invalid_grant",
        "The authorization code was redeemed already. Keep the refresh token of the first time, or sign in again.",
    )
    BAD_GRANT = _Row(
        70000, "invalid_grant",
        "The code or refresh token is unknown, was changed, or belongs to another application. Sign in again.",
    )
    UNSUPPORTED_GRANT = _Row(
        70003, "unsupported_grant_type",
        "This grant type is not offered; 'password' cannot carry a second factor. "
        "Use authorization_code, refresh_token, device_code or client_credentials.",
    )
    UNSUPPORTED_RESPONSE_TYPE = _Row(
        70005,
        "unsupported_response_type",
        "Only the response types 'code' and 'code id_token' are offered. Use 'code'.",
    )
    UNSUPPORTED_RESPONSE_MODE = _Row(
        70007, "invalid_request",
        "The response mode is unknown, or is 'query' together with an ID token. Use form_post or fragment.",
    )
    CODE_EXPIRED = _Row(
        70008, "invalid_grant",
        "The authorization code has expired: it lives 60 seconds. Sign in again and redeem it at once.",
    )
    BAD_SCOPE = _Row(
        70011, "invalid_scope",
        "The scope is not valid. Ask for '<resource>/.default' or '<resource>/user_impersonation', "
        "and beside it openid, profile, email or offline_access.",
    )
    AUTHORIZATION_PENDING = _Row(
        70016, "authorization_pending", "The user has not finished signing in. Ask again after the interval."
    )
    BAD_DEVICE_CODE = _Row(
        70018, "invalid_grant", "There is no such device code or user code. Check the spelling, or ask for a new code."
    )
    DEVICE_CODE_EXPIRED = _Row(
        70020, "expired_token", "The device code has expired: it lives 15 minutes. Ask for a new code."
    )
    UNKNOWN_TENANT = _Row(
        90002, "invalid_request",
        "There is no such tenant. Use a tenant's id or domain from the documentation, 'common' or 'organizations'.",
    )
    BAD_PARAMETER = _Row(
        90013, "invalid_request", "The parameter '{0}' has a value that is not allowed. Correct it and repeat."
    )
    REQUEST_OBJECT = _Row(
        90013, "request_not_supported",
        "The parameters 'request' and 'request_uri' are not offered. Send every parameter by itself.",
    )
    SECRET_IN_QUERY = _Row(
        90013, "invalid_request",
        "The parameter '{0}' stands in the query, where logs keep it. Send it in the form; take it as disclosed.",
    )
    TWO_AUTHENTICATIONS = _Row(
        90013, "invalid_request",
        "The client authenticates twice or under two ids. Send the secret in the form or by HTTP Basic, not both.",
    )
    UNEXPECTED = _Row(
        90033, "server_error", "The token authority failed. Report it with the trace id and the log around it.", 500
    )
    MISSING_PARAMETER = _Row(900144, "invalid_request", "The request must have the parameter '{0}'. Add it and repeat.")
    WRONG_METHOD = _Row(900561, "invalid_request", "This address does not take the method. Use {0}.", 405)
    RESOURCE_NOT_SUPPORTED = _Row(
        901002, "invalid_request",
        "v2.0 does not take 'resource'. Send scope=<resource>/.default, or use the address without v2.0.",
    )
    UNKNOWN_RESOURCE = _Row(
        500011, "invalid_resource",
        "There is no such resource in this tenant. Ask for the Partner Center API; GET / of this service names it.",
    )
    OTHER_REDIRECT_URI = _Row(
        500112, "invalid_grant",
        "The redirect URI is not the one that the code was asked with. Send the same one again.",
    )
    WRONG_SECOND_FACTOR = _Row(
        500121, "invalid_grant",
        "The second factor is wrong. The documentation lists the code of every user that has one.",
        403,
    )
    WRONG_VERIFIER = _Row(
        501481, "invalid_grant",
        "The code verifier is missing, does not fit the code challenge, or comes without one (RFC 7636 §4.6). "
        "Send the verifier of the same sign-in.",
    )
    BAD_CHALLENGE = _Row(
        501491, "invalid_request",
        "PKCE needs a code_challenge of 43 base64url characters with code_challenge_method=S256. "
        "Public clients cannot do without.",
    )
    NO_DELEGATED_PERMISSIONS = _Row(
        650057, "unauthorized_client",
        "The application has no delegated permissions, so nobody can sign in to it. "
        "Use client_credentials, or an application that users sign in to.",
    )
    UNKNOWN_APPLICATION = _Row(
        700016, "unauthorized_client", "There is no such application. Use a client id from the documentation."
    )
    SECRET_OF_PUBLIC_CLIENT = _Row(
        700025, "invalid_client", "The application is public and has no secret. Repeat without client_secret.", 401
    )
    REFRESH_TOKEN_EXPIRED = _Row(
        700082, "invalid_grant", "The refresh token has expired: it lives 90 days. Sign in again."
    )
    CLIENT_CREDENTIALS_SCOPE = _Row(
        1002012, "invalid_scope", "client_credentials takes one scope, '<resource>/.default'. Ask for that."
    )
    APPLICATION_DISABLED = _Row(
        7000112, "unauthorized_client",
        "The application is disabled. Have it enabled, or use another application.",
    )
    WRONG_SECRET = _Row(
        7000215, "invalid_client",
        "The client secret is wrong. Send the secret's value, not its id; the documentation lists it.",
        401,
    )
    MISSING_SECRET = _Row(
        7000218, "invalid_client",
        "The request must have the parameter 'client_secret' (assertions are not offered). Add it, "
        "or use an application that allows public flows.",
        401,
    )
    DUPLICATE_PARAMETER = _Row(9000411, "invalid_request", "{0} stands more than once. Send every parameter once.")
    MALFORMED = _Row(
        9002313, "invalid_request",
        "The request cannot be read. Send UTF-8 text as application/x-www-form-urlencoded, at most 64 parameters.",
    )
    # fmt: on
