"""What the doctor finds about the user: who it is, the authority, the token, the second factor, the roles, the API."""

from __future__ import annotations

import time
from collections.abc import Iterator

import click

from partnercenter import ClientSettings, ConfigurationError, PartnerCenter, PartnerCenterError
from partnercenter.cli.doctor.finding import Finding, ok, problem, skipped, warning
from partnercenter.cli.signing_in import access_claims, caller, mfa_question
from partnercenter.cli.signing_in.caller import Caller
from partnercenter.cli.signing_in.session import open_for
from partnercenter.cli.signing_in.whoami import roles_of
from partnercenter.client.settings import is_on_this_machine, tenant_authority
from partnercenter.wire import error_envelope, json_text
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Response
from partnercenter.wire.oauth import MFA

_LOGIN = "partnercenter login"
_SHORT_SECONDS = 60


def who() -> tuple[Caller | None, Finding]:
    """Who the commands speak as, if that can be told."""
    try:
        found = caller.find()
    except PartnerCenterError as error:
        return None, problem("sign-in", error.message, error.next_step)
    except click.ClickException as error:
        return None, problem("sign-in", error.message, "partnercenter serve")
    return found, ok("sign-in", f"tenant {found.tenant}, because {found.why}")


def authority(speaks: Caller) -> Iterator[Finding]:
    """Whether the token authority says how to sign in to the tenant (OpenID Connect Discovery 1.0 §4)."""
    from partnercenter.client import sign_in_errors
    from partnercenter.client.authority_http import AuthorityHttp

    root = tenant_authority(speaks.settings.authority_url, speaks.tenant)
    http = AuthorityHttp(speaks.settings.ca_bundle)
    try:
        answer = http.get(f"{root}/v2.0/.well-known/openid-configuration")
        document = json_text.read_lenient(answer.content)
        status = answer.status_code
    except ConfigurationError as error:
        yield problem("authority", error.message, error.next_step)
        return
    except (OSError, ValueError) as error:
        told = sign_in_errors.of_exception(error, root)
        yield problem("authority", told.message, told.next_step or "partnercenter contexts list")
        return
    finally:
        http.close()
    if status == 200 and isinstance(document, dict) and document.get("token_endpoint"):
        yield ok("authority", f"{root} answers")
    else:
        refused = sign_in_errors.of_reply(document if isinstance(document, dict) else {}, (), root)
        mend = refused.next_step or "Check the tenant: partnercenter contexts list"
        yield problem("authority", f"{root} knows no such tenant (HTTP {status}).", mend)


def user(speaks: Caller) -> Iterator[Finding]:
    """The token, and what the service says to it."""
    with open_for(speaks) as partner:
        try:
            claims = access_claims.of(partner.access_token())
        except PartnerCenterError as error:
            yield problem("token", error.message, error.next_step or _login(speaks))
            yield from (skipped(subject, "there is no token") for subject in ("mfa", "roles", "api"))
            return
        yield _token(claims)
        answer = _asked(partner)
    yield _mfa(claims, mfa_question.verdict(answer), speaks)
    yield _roles(claims, speaks)
    yield _api(answer, speaks)


def _asked(partner: PartnerCenter) -> Response | None:
    try:
        return mfa_question.ask(partner)
    except PartnerCenterError:
        return None


def _token(claims: JsonObject) -> Finding:
    ends = claims.get("exp")
    if not isinstance(ends, (int, float)):
        return warning("token", "it does not say when it ends", _LOGIN)
    left = int(ends - time.time())
    who = claims.get("upn") or claims.get("appid")
    if left < _SHORT_SECONDS:
        return warning("token", f"that of {who} ends in {left} s", "Look at the clock: partnercenter doctor")
    return ok("token", f"that of {who} is good for {left} s more")


def _mfa(claims: JsonObject, by_service: bool | None, speaks: Caller) -> Finding:
    methods = claims.get("amr")
    in_token = isinstance(methods, list) and MFA in methods
    if by_service is False or (by_service is None and not in_token):
        told = "the service says that the token is not compliant" if by_service is False else "the token has none"
        mend = f"{_login(speaks)}, with a second factor (https://aka.ms/mfasetup registers one)"
        return problem("mfa", told, mend)
    says = "the service agrees" if by_service else "the service did not say"
    return ok("mfa", f"a second factor was used; {says}")


def _roles(claims: JsonObject, speaks: Caller) -> Finding:
    roles = roles_of(claims)
    if roles:
        return ok("roles", ", ".join(map(str, roles)))
    if not claims.get("scp"):
        return problem("roles", "an application alone: the profiles want a user", _login(speaks))
    return warning(
        "roles",
        "the token names none that this program knows; agents have theirs by groups of Partner Center",
        "Have an administrator give a role: https://partner.microsoft.com/dashboard/account/usermanagement",
    )


def _api(answer: Response | None, speaks: Caller) -> Finding:
    if answer is None:
        mend = "partnercenter serve" if is_on_this_machine(speaks.settings.api_url) else "Look at the findings above."
        return problem("api", f"{speaks.settings.api_url} gave no answer.", mend)
    if answer.status < 300:
        return ok("api", f"{speaks.settings.api_url} answers this user")
    envelope = error_envelope.read_error(answer.body)
    told = f"HTTP {answer.status}, code {envelope.code or 'none'}: {envelope.description or 'no reason given'}"
    if answer.status == 429 or answer.status >= 500:
        return warning("api", told, "Try again later.")
    return problem("api", told, _login(speaks))


def _login(speaks: Caller) -> str:
    return f"{_LOGIN} --context {speaks.context}" if speaks.context else _LOGIN


def settings_of(speaks: Caller | None) -> ClientSettings | None:
    """Where the service is: of the user, or what the environment alone says."""
    if speaks is not None:
        return speaks.settings
    try:
        return ClientSettings.from_env(caller.environment())
    except ConfigurationError:
        return None
