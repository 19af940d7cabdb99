"""What the service itself says of the second factor of a user: it answers a request that asks with `ValidateMfa`."""

from __future__ import annotations

from partnercenter import PartnerCenter
from partnercenter.client.conversation import TransportError
from partnercenter.wire import headers
from partnercenter.wire.messages import Headers, Request, Response

# Every App+User caller may ask for it, and no answer to it tells more than one's own organization.
_PATH = "/v1/profiles/organization"
_SECONDS = 10.0


def ask(partner: PartnerCenter) -> Response | None:
    """The answer to a GET that asks whether the caller's token is compliant (Partner Center: partner security
    requirements, `ValidateMfa`). None if the service cannot be reached. Raises SignInError if there is no token.
    """
    from partnercenter.client.transport import HttpTransport

    lines = {
        headers.AUTHORIZATION: f"Bearer {partner.access_token()}",
        headers.ACCEPT: "application/json",
        headers.VALIDATE_MFA: "true",
    }
    transport = HttpTransport(ca_bundle=partner.settings.ca_bundle)
    try:
        return transport.send(Request("GET", partner.settings.api_url + _PATH, Headers(lines)), _SECONDS)
    except TransportError:
        return None
    finally:
        transport.close()


def verdict(answer: Response | None) -> bool | None:
    """What `answer` says in `isMfaCompliant`; None if it says nothing."""
    said = (answer.headers.get(headers.IS_MFA_COMPLIANT) or "").lower() if answer else ""
    return {"true": True, "false": False}.get(said)
