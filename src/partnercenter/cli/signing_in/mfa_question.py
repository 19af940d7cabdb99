"""What the service itself says of the second factor of a user: it answers a request that asks with `ValidateMfa`."""

from __future__ import annotations

from partnercenter import PartnerCenter
from partnercenter.cli.signing_in import single_request
from partnercenter.client.conversation import TransportError
from partnercenter.wire import headers
from partnercenter.wire.messages import Response

# Every App+User caller may ask for it, and no answer to it tells more than one's own organization.
_PATH = "/v1/profiles/organization"
_SECONDS = 10.0


def ask(partner: PartnerCenter) -> Response | None:
    """The answer to a GET that asks whether the caller's token is compliant (Partner Center: partner security
    requirements, `ValidateMfa`). None if the service cannot be reached. Raises SignInError if there is no token.
    """
    lines = {headers.AUTHORIZATION: f"Bearer {partner.access_token()}", headers.VALIDATE_MFA: "true"}
    try:
        return single_request.get(partner.settings, _PATH, _SECONDS, lines)
    except TransportError:
        return None


def verdict(answer: Response | None) -> bool | None:
    """What `answer` says in `isMfaCompliant`; None if it says nothing."""
    said = (answer.headers.get(headers.IS_MFA_COMPLIANT) or "").lower() if answer else ""
    return {"true": True, "false": False}.get(said)
