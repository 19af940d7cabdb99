"""Tokens of the real clouds that somebody sent here by mistake: told from other bad ones, so that it is noticed."""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import urlsplit

from partnercenter.wire import json_text

# Issuers of Microsoft Entra: access tokens of version 1.0 and 2.0 and personal accounts, and its national clouds.
_ISSUERS: Final = (
    "sts.windows.net",
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoft.com",
    "login.live.com",
    "login.microsoftonline.us",
    "sts.chinacloudapi.cn",
    "login.chinacloudapi.cn",
    "login.partner.microsoftonline.cn",
    "sts.microsoftonline.de",
    "login.microsoftonline.de",
)


def is_real(token: str) -> bool:
    """Whether `token` says that a real cloud issued it. Nothing of it is verified, and nothing of it is kept."""
    _, _, rest = token.partition(".")
    part, _, _ = rest.partition(".")
    try:
        claims = json_text.read_lenient(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True))
        issuer = claims.get("iss") if isinstance(claims, dict) else None
        host = urlsplit(issuer).hostname if isinstance(issuer, str) else None
    except (ValueError, binascii.Error):
        return False
    return host in _ISSUERS
