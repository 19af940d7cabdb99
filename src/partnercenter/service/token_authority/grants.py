"""The token endpoint: one function per grant, and the table that chooses it (RFC 6749 §4, RFC 8628 §3.4)."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.client_authentication import Client, identify
from partnercenter.service.token_authority.codes import Code
from partnercenter.service.token_authority.forms import Parameters, read_form
from partnercenter.service.token_authority.realm import Place, Realm
from partnercenter.service.token_authority.redirect_uris import is_public
from partnercenter.service.token_authority.refresh_tokens import read_refresh_token
from partnercenter.service.token_authority.refused import Refused
from partnercenter.service.token_authority.replies import UserGrant, answer_application, answer_user
from partnercenter.service.token_authority.resources import (
    Wanted,
    read_wanted,
    require_default_scope,
    require_resource,
)
from partnercenter.wire.messages import Request, Response
from partnercenter.wire.oauth import (
    GRANT_AUTHORIZATION_CODE,
    GRANT_CLIENT_CREDENTIALS,
    GRANT_DEVICE_CODE,
    GRANT_REFRESH_TOKEN,
)

GRANT_DEVICE_CODE_V1: Final = "device_code"
"""The name that the v1 endpoint has for the device code grant; the code comes as `code`."""

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Ask:
    realm: Realm
    place: Place
    client: Client
    form: Parameters
    wanted: Wanted


def answer_token(realm: Realm, place: Place, request: Request) -> Response:
    """Tokens for a grant. Raises Refused for every reason in the table of AADSTS codes that applies."""
    form = read_form(request)
    grant = GRANTS.get(form.require("grant_type"))
    if grant is None:
        raise Refused(Aadsts.UNSUPPORTED_GRANT)
    client = identify(realm, request.headers, form)
    wanted = read_wanted(realm.audience, place.version, form)
    return grant(_Ask(realm, place, client, form, wanted))


def _redeem_code(ask: _Ask) -> Response:
    text = ask.form.require("code")
    code = ask.realm.codes.find(text, ask.realm.now())
    _check_code(code, ask)
    grant = _user_grant(ask, code)
    # Refusals that the client can mend come first: they leave the code as it is.
    response = answer_user(ask.realm, ask.place, grant)
    ask.realm.codes.spend(text)
    return response


def _user_grant(ask: _Ask, code: Code) -> UserGrant:
    wanted = ask.wanted.completed_by(code.wanted)
    return UserGrant(ask.client.application, code.signed_in, wanted, ask.client.proven, code.nonce)


def _check_code(code: Code, ask: _Ask) -> None:
    if code.application_id != ask.client.application.id:
        raise Refused(Aadsts.BAD_GRANT)
    if is_public(code.redirect_uri):
        ask.client.require_proof_unless_public()
    else:
        ask.client.require_proof()
    redirect_uri = ask.form.get("redirect_uri")
    if redirect_uri != code.redirect_uri and (code.redirect_uri_sent or redirect_uri is not None):
        raise Refused(Aadsts.OTHER_REDIRECT_URI)
    if not _fits(code.challenge, ask.form.get("code_verifier")):
        raise Refused(Aadsts.WRONG_VERIFIER)


def _fits(challenge: str | None, verifier: str | None) -> bool:
    """RFC 7636 §4.6. A verifier without a challenge means that somebody took the challenge away (RFC 9700 §4.8.2)."""
    if challenge is None or verifier is None:
        return challenge is verifier
    digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return _VERIFIER.fullmatch(verifier) is not None and hmac.compare_digest(digest, challenge.encode())


def _refresh(ask: _Ask) -> Response:
    token = read_refresh_token(ask.realm, ask.form.require("refresh_token"))
    if token.application_id != ask.client.application.id:
        raise Refused(Aadsts.BAD_GRANT)
    if token.confidential:
        ask.client.require_proof()
    else:
        ask.client.require_proof_unless_public()
    wanted = ask.wanted.completed_by(Wanted(token.resource))
    grant = UserGrant(ask.client.application, token.signed_in, wanted, ask.client.proven)
    return answer_user(ask.realm, ask.place, grant)


def _redeem_device_code(ask: _Ask) -> Response:
    text = ask.form.get("device_code") or ask.form.get("code") or ask.form.require("device_code")
    ask.client.require_proof_unless_public()
    device, signed_in = ask.realm.device_codes.find(text, ask.client.application.id, ask.realm.now())
    wanted = ask.wanted.completed_by(device.wanted)
    grant = UserGrant(ask.client.application, signed_in, wanted, ask.client.proven)
    response = answer_user(ask.realm, ask.place, grant)
    ask.realm.device_codes.spend(text)
    return response


def _client_credentials(ask: _Ask) -> Response:
    ask.client.require_proof()
    if ask.place.tenant is None:
        raise Refused(Aadsts.NO_TENANT)
    require_default_scope(ask.place.version, ask.wanted)
    resource = require_resource(ask.place.version, ask.wanted)
    return answer_application(ask.realm, ask.place.version, ask.place.tenant, ask.client.application, resource)


GRANTS: Final[dict[str, Callable[[_Ask], Response]]] = {
    GRANT_AUTHORIZATION_CODE: _redeem_code,
    GRANT_REFRESH_TOKEN: _refresh,
    GRANT_DEVICE_CODE: _redeem_device_code,
    GRANT_DEVICE_CODE_V1: _redeem_device_code,
    GRANT_CLIENT_CREDENTIALS: _client_credentials,
}
"""The grants that are offered; `password` is not (contract 6.2: it ended when MFA became required)."""
