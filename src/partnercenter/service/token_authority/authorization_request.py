"""Reading a request to the authorize endpoint (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1, RFC 7636 §4.3).

In two halves: until client and redirect URI are known to belong together, a refusal is a page; after
that it goes back to the client (RFC 6749 §4.1.2.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.authorization_response import RESPONSE_MODES, WayBack
from partnercenter.service.token_authority.directory import Application
from partnercenter.service.token_authority.forms import Parameters
from partnercenter.service.token_authority.realm import Place, Realm
from partnercenter.service.token_authority.redirect_uris import is_public, is_registered
from partnercenter.service.token_authority.refused import Refused
from partnercenter.service.token_authority.resources import Wanted, read_wanted

RESPONSE_TYPES: Final = (("code",), ("code", "id_token"))

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asker:
    """The application that asks, and where it wants the answer. `sent`: the request named the redirect URI."""

    application: Application
    redirect_uri: str
    sent: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """What it asks for. `challenge`: PKCE S256, None only for web applications (answer D33)."""

    asker: Asker
    wanted: Wanted
    nonce: str | None
    challenge: str | None
    with_id_token: bool


def read_asker(realm: Realm, parameters: Parameters) -> Asker:
    """Who asks. Raises Refused, to be shown as a page: nobody may be redirected yet (RFC 9700 §4.11.2)."""
    application = realm.application_for_users(parameters.require("client_id"))
    sent = parameters.get("redirect_uri")
    if sent is None and len(application.redirect_uris) == 1:
        return Asker(application, application.redirect_uris[0], sent=False)
    redirect_uri = parameters.require("redirect_uri")
    if not is_registered(application, redirect_uri):
        raise Refused(Aadsts.WRONG_REDIRECT_URI)
    return Asker(application, redirect_uri, sent=True)


def read_way_back(realm: Realm, place: Place, asker: Asker, parameters: Parameters) -> WayBack:
    """How the answer travels, refusals included: a mode or state that cannot be used is left out."""
    default = "fragment" if "id_token" in parameters.words("response_type") else "query"
    mode = parameters.get("response_mode")
    usable = mode in RESPONSE_MODES and not (mode == "query" and default == "fragment")
    try:
        state = parameters.get_text("state")
    except Refused:
        state = None
    issuer = realm.issuer(place.version, place.tenant_id) if place.tenant_id else None
    return WayBack(asker.redirect_uri, mode if mode and usable else default, state, issuer)


def read_ask(realm: Realm, place: Place, asker: Asker, parameters: Parameters) -> Ask:
    """What is asked for. Raises Refused, to be sent back to the client."""
    _refuse_what_is_not_offered(parameters)
    parameters.get_text("state")
    with_id_token = _read_response_type(parameters)
    if parameters.get("prompt") == "none":
        raise Refused(Aadsts.LOGIN_REQUIRED)
    nonce = parameters.get_text("nonce")
    if with_id_token and nonce is None:
        # OpenID Connect Core §3.3.2.11: an ID token from this endpoint is bound to the request by it.
        raise Refused(Aadsts.MISSING_PARAMETER, "nonce")
    return Ask(
        asker=asker,
        wanted=read_wanted(realm.audience, place.version, parameters),
        nonce=nonce,
        challenge=_read_challenge(realm, asker, parameters),
        with_id_token=with_id_token,
    )


def _refuse_what_is_not_offered(parameters: Parameters) -> None:
    if "request" in parameters or "request_uri" in parameters:
        raise Refused(Aadsts.REQUEST_OBJECT)


def _read_response_type(parameters: Parameters) -> bool:
    parameters.require("response_type")
    words = tuple(sorted(parameters.words("response_type")))
    if words not in RESPONSE_TYPES:
        raise Refused(Aadsts.UNSUPPORTED_RESPONSE_TYPE)
    mode = parameters.get("response_mode")
    if mode is not None and (mode not in RESPONSE_MODES or (mode == "query" and len(words) > 1)):
        raise Refused(Aadsts.UNSUPPORTED_RESPONSE_MODE)
    return len(words) > 1


def _read_challenge(realm: Realm, asker: Asker, parameters: Parameters) -> str | None:
    challenge = parameters.get("code_challenge")
    optional = not realm.pkce_always and not is_public(asker.redirect_uri)
    if challenge is None and "code_challenge_method" not in parameters and optional:
        return None
    # RFC 7636 §4.3: without a method 'plain' is meant, which protects nothing here (RFC 9700 §2.1.1).
    if parameters.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge or ""):
        raise Refused(Aadsts.BAD_CHALLENGE)
    return challenge
