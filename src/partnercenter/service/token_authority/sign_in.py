"""Signing in: user name and password, then the second factor for users who have one.

Between the steps nothing is kept here and no cookie is set: a signed ticket in a hidden field carries
what was asked and, after the first step, who the user is.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.directory import SignedIn, User
from partnercenter.service.token_authority.forms import Parameters
from partnercenter.service.token_authority.pages import render
from partnercenter.service.token_authority.realm import Realm
from partnercenter.service.token_authority.refused import Refused
from partnercenter.service.token_authority.sealed import Purpose, seal, unseal
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Response


@dataclass(frozen=True, slots=True)
class Ticket:
    """How far a sign-in is. `parameters`: the request that began it; `user`: who passed the first step."""

    purpose: Purpose
    parameters: Mapping[str, str]
    user: User | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page must know: where its form goes, for which application, which name to fill in.

    leaves: what follows the last step may be a redirect to another origin.
    """

    action: str
    application_name: str
    login_hint: str = ""
    leaves: bool = False


def read_ticket(realm: Realm, purpose: Purpose, form: Parameters) -> Ticket:
    """The ticket in `form`. Raises Refused if it was changed, is of another purpose or older than 10 minutes."""
    claims = unseal(realm, purpose, form.require("ticket"))
    parameters, user_id = claims.get("parameters"), claims.get("user")
    if not isinstance(parameters, dict):
        raise Refused(Aadsts.FLOW_EXPIRED)
    user = realm.directory.find_user(user_id) if isinstance(user_id, str) else None
    return Ticket(purpose, {name: str(value) for name, value in parameters.items()}, user)


def take_step(realm: Realm, ticket: Ticket, form: Parameters, tenant_id: str | None) -> SignedIn | Ticket:
    """The user, or the ticket for the next step. Raises Refused for a wrong answer or a user who may not come in.

    Which step it is stands in the ticket, so the second cannot be taken before the first.
    """
    if ticket.user is not None:
        realm.admit(ticket.user, tenant_id)
        return _second_step(ticket.user, form)
    user = _check_password(realm, form)
    realm.admit(user, tenant_id)
    return SignedIn(user, user.methods) if user.second_factor is None else replace(ticket, user=user)


def show_sign_in(realm: Realm, desk: Desk, ticket: Ticket, refused: Refused | None = None) -> Response:
    """The page of the step that `ticket` is at, with what was wrong in the last try."""
    claims: JsonObject = {"parameters": dict(ticket.parameters), "user": ticket.user.id if ticket.user else None}
    return render(
        "sign_in.html",
        refused.status if refused else 200,
        leaves=desk.leaves,
        action=desk.action,
        application=desk.application_name,
        login_hint=desk.login_hint,
        ticket=seal(realm, ticket.purpose, claims),
        user=ticket.user,
        problem=refused.sentence if refused else None,
    )


def _check_password(realm: Realm, form: Parameters) -> User:
    user = realm.directory.find_user_by_name(form.get("username") or "")
    right = user.password if user else ""
    given = form.get("password") or ""
    # One text and one comparison for both: the page does not tell who exists.
    if not hmac.compare_digest(right.encode(), given.encode()) or user is None or not given:
        raise Refused(Aadsts.WRONG_PASSWORD)
    return user


def _second_step(user: User, form: Parameters) -> SignedIn:
    given = (form.get("code") or "").strip()
    if user.second_factor is None or not hmac.compare_digest(user.second_factor.encode(), given.encode()):
        raise Refused(Aadsts.WRONG_SECOND_FACTOR)
    return SignedIn(user, user.methods)
