"""`partnercenter whoami`: what the token says of its bearer, what the service says, and why it is this one."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click

from partnercenter.cli.output import Format, output_option, show
from partnercenter.cli.signing_in import access_claims, caller, mfa_question
from partnercenter.cli.signing_in.caller import Caller
from partnercenter.cli.signing_in.production import is_production
from partnercenter.cli.signing_in.session import open_for
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.oauth import MFA
from partnercenter.wire.roles import Role


@click.command()
@output_option
def command(output: Format) -> None:
    """Show who is signed in: cloud, context, user, application, tenant, roles, MFA, and when the token ends.

    `mfa` is what the token says, `mfaByService` what the service answers to ValidateMfa.

    \b
    Examples:
      partnercenter whoami
      partnercenter --context production whoami
      partnercenter whoami -o json
    """
    speaks = caller.find()
    with open_for(speaks) as partner:
        claims = access_claims.of(partner.access_token())
        by_service = mfa_question.verdict(mfa_question.ask(partner))
    facts = _facts(claims, speaks, by_service)
    show(facts if output is not Format.TABLE else _for_people(facts), output)


def _facts(claims: JsonObject, speaks: Caller, by_service: bool | None) -> JsonObject:
    methods, ends = claims.get("amr"), claims.get("exp")
    seconds = int(ends) if isinstance(ends, (int, float)) else None
    return {
        "cloud": speaks.settings.cloud.value,
        "baseUrl": speaks.settings.api_url,
        "production": is_production(speaks.settings),
        "context": speaks.context,
        "signedInBy": speaks.why,
        "tenant": claims.get("tid") or speaks.tenant,
        "user": claims.get("upn") or "(none: an application alone)",
        "application": claims.get("appid"),
        "permissions": "App+User" if claims.get("scp") else "App-only",
        "roles": roles_of(claims),
        "mfa": MFA in methods if isinstance(methods, list) else False,
        "mfaByService": by_service,
        "expiresInSeconds": seconds - int(time.time()) if seconds is not None else None,
        "expiresAt": datetime.fromtimestamp(seconds, UTC).isoformat() if seconds is not None else None,
    }


def _for_people(facts: JsonObject) -> JsonObject:
    """`facts`, with words where a table would leave a gap, and roles in a row."""
    roles = facts["roles"]
    facts = {**facts, "roles": ", ".join(map(str, roles)) if isinstance(roles, list) and roles else "(none)"}
    words = {"context": "(none: the environment)", "mfaByService": "(the service did not say)"}
    return {name: words[name] if value is None and name in words else value for name, value in facts.items()}


def roles_of(claims: JsonObject) -> list[JsonValue]:
    """The roles of a token's bearer by the names of a person; one that has no name here, by its id."""
    roles = claims.get("wids")
    known = {known.value: known.title for known in Role}
    return [known.get(str(role), str(role)) for role in roles] if isinstance(roles, list) else []
