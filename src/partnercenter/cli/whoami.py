"""`partnercenter whoami`: what the token says of its bearer."""

from __future__ import annotations

import base64
import time

import click

from partnercenter import ClientSettings
from partnercenter.cli.output import Format, output_option, show
from partnercenter.cli.session import open_partner_center
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.oauth import MFA
from partnercenter.wire.roles import Role


@click.command()
@output_option
def command(output: Format) -> None:
    """Show who is signed in: cloud, user, application, tenant, roles, MFA, and when the token ends.

    \b
    Examples:
      partnercenter whoami
      partnercenter whoami -o json
    """
    with open_partner_center() as partner:
        show(_facts(_claims(partner.access_token()), partner.settings), output)


def _claims(token: str) -> JsonObject:
    """The claims, for showing only: who decides by them has to verify the signature first."""
    part = token.split(".")[1] if token.count(".") == 2 else ""
    claims = json_text.read_lenient(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) or b"{}")
    return claims if isinstance(claims, dict) else {}


def _facts(claims: JsonObject, settings: ClientSettings) -> JsonObject:
    roles, methods, ends = claims.get("wids"), claims.get("amr"), claims.get("exp")
    return {
        "cloud": settings.cloud.value,
        "baseUrl": settings.api_url,
        "tenant": claims.get("tid"),
        "user": claims.get("upn") or "(none: an application alone)",
        "application": claims.get("appid"),
        "permissions": "App+User" if claims.get("scp") else "App-only",
        "roles": [_title(role) for role in roles] if isinstance(roles, list) else [],
        "mfa": MFA in methods if isinstance(methods, list) else False,
        "expiresInSeconds": int(ends - time.time()) if isinstance(ends, (int, float)) else None,
    }


def _title(role: JsonValue) -> str:
    known = {known.value: known.title for known in Role}
    return known.get(str(role), str(role))
