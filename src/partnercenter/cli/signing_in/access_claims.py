"""What an access token says of its bearer, for showing only: who decides by it has to verify the signature first."""

from __future__ import annotations

import base64

from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject


def of(token: str) -> JsonObject:
    """The claims of `token`; none of a token that is no JWT, as an opaque one."""
    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json_text.read_lenient(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) or b"{}")
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
