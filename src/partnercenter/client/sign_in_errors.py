"""What went wrong at the token authority, in words that say what to do next. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from partnercenter.client.errors import PartnerCenterError, ServiceUnreachableError, SignInError
from partnercenter.client.redaction import LONG, hide
from partnercenter.client.settings import NOBODY_ANSWERS_HERE, is_on_this_machine

_AADSTS = re.compile(r"AADSTS([0-9]{4,8})\b", re.ASCII)
_TRACE = re.compile(r"\s*(?:Trace ID|Correlation ID|Timestamp):.*", re.DOTALL)

_SIGN_IN_AGAIN = "Sign in again and use the new refresh token."
_WITH_MFA = "Sign in again with multifactor authentication."

# Microsoft Entra authentication and authorization error codes (the number behind AADSTS), then the words of
# RFC 6749 §5.2 and RFC 8628 §3.5 for authorities that give no number.
_NEXT_STEPS = {
    "7000215": "Check the client secret: it is wrong for this application (the value is needed, not its id).",
    "7000222": "Make a new client secret: this one has expired.",
    "7000218": "Give the client secret: this application is a confidential one.",
    "700016": "Check the client id and the tenant: this tenant does not know the application.",
    "90002": "Check the tenant id: there is no such tenant in this cloud.",
    "65001": "Have a user or an administrator of the tenant consent to the application.",
    "50076": _WITH_MFA,
    "50079": "Register a second factor for the user, then sign in again.",
    "50074": _WITH_MFA,
    "53003": "Ask the tenant's administrator: a Conditional Access policy blocks this sign-in.",
    "50057": "Ask the tenant's administrator to enable the account of the user.",
    "500011": "Check the cloud: the tenant does not know the API that the token is for.",
    "700082": f"The refresh token has expired. {_SIGN_IN_AGAIN}",
    "70043": f"The refresh token has expired. {_SIGN_IN_AGAIN}",
    "50173": f"The refresh token was revoked. {_SIGN_IN_AGAIN}",
    "70008": f"The code or refresh token has expired. {_SIGN_IN_AGAIN}",
    "54005": "Each authorization code works once. Sign in again.",
    "50011": "Use a redirect URI that is registered for the application.",
    "70016": "The sign-in was not finished in time. Start it again.",
    "70020": "The sign-in was not finished in time. Start it again.",
    "authorization_pending": "The sign-in was not finished in time. Start it again.",
    "expired_token": "The sign-in was not finished in time. Start it again.",
    "code_expired": "The sign-in was not finished in time. Start it again.",
    "authorization_declined": "The user declined. Start again to ask once more.",
    "access_denied": "The user or an administrator declined. Start again to ask once more.",
    "invalid_client": "Check the client id and the client secret.",
    "invalid_grant": _SIGN_IN_AGAIN,
}


# What the one who runs the service can do about it, where the authority is one of this machine.
_NEXT_STEPS_HERE = {
    "50057": "Enable the user's account: partnercenter accounts enable.",
    "500011": "The service answers as another cloud than the one named: compare --cloud of both sides.",
}


def of_reply(reply: Mapping[str, object], secrets: tuple[str | None, ...], authority: str) -> SignInError:
    """The error that a reply without a token means; the number of AADSTS, the first line of the description.

    secrets: texts that it must not show. authority: the address that was asked.
    """
    word = str(reply.get("error") or "no_token")
    told = _TRACE.sub("", str(reply.get("error_description") or "")).strip()
    told = hide(told, secrets, anywhere_from=LONG)
    code = _number(reply, told) or word
    correlation = reply.get("correlation_id")
    return SignInError(
        f"The token authority refused: {told or word}",
        code=code,
        description=told,
        next_step=_next_step(code, authority) or _NEXT_STEPS.get(word),
        correlation_id=correlation if isinstance(correlation, str) else None,
    )


def of_exception(error: Exception, authority: str) -> PartnerCenterError:
    """The error that an exception out of MSAL means. Its text is not repeated: it may quote what was sent."""
    host = urlsplit(authority).netloc
    if isinstance(error, OSError):  # every error of requests is one
        return ServiceUnreachableError(
            f"The token authority {host} cannot be reached: {_reason(error)}.",
            next_step=NOBODY_ANSWERS_HERE if is_on_this_machine(authority) else None,
        )
    found = _AADSTS.search(f"{error} {error.__context__}")
    if found:
        said = f"The token authority {host} refused: AADSTS{found[1]}"
        return SignInError(said, code=found[1], next_step=_next_step(found[1], authority))
    if type(error).__name__ == "BrowserInteractionTimeoutError":  # MSAL does not export it
        return SignInError("Nobody finished the sign-in in the browser in time.", next_step="Start it again.")
    status = re.search(r"HTTP Error: ([0-9]{3})", str(error))
    what = f"failed with HTTP {status[1]}" if status else "did not answer as a token authority does"
    return SignInError(
        f"The token authority {host} {what}.", next_step="Check the authority and the tenant id, then try again later."
    )


def _next_step(code: str, authority: str) -> str | None:
    here = _NEXT_STEPS_HERE.get(code) if is_on_this_machine(authority) else None
    return here or _NEXT_STEPS.get(code)


def _number(reply: Mapping[str, object], description: str) -> str:
    codes = reply.get("error_codes")
    if isinstance(codes, list) and codes:
        return str(codes[0])
    found = _AADSTS.search(description)
    return found[1] if found else ""


def _reason(error: OSError) -> str:
    name = type(error).__name__
    if "SSL" in name:
        return "its certificate is not trusted"
    return "it took too long" if "Timeout" in name else "there is no connection"
