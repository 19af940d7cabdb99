"""Which redirect URIs are an application's own (RFC 9700 §2.1: exact match; RFC 8252 §7.3: loopback)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from partnercenter.service.token_authority.directory import Application

ANY_LOOPBACK: Final = "http://localhost"
"""Registered, it stands for http://localhost, http://127.0.0.1 and http://[::1] with any port and path."""

# RFC 8252 §7.3 frees the port only. Any path is our choice: MSAL sends none, other libraries send their own.
_LOOPBACK = re.compile(
    r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?"
    r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?",
    re.ASCII,
)


def is_registered(application: Application, redirect_uri: str) -> bool:
    """Whether `application` may be answered at `redirect_uri`."""
    if redirect_uri in application.redirect_uris:
        return True
    return ANY_LOOPBACK in application.redirect_uris and _is_plain_loopback(redirect_uri)


def is_public(redirect_uri: str) -> bool:
    """Whether `redirect_uri` leads to the user's own machine: loopback, or a scheme that an app claimed.

    Whoever is there holds no secret, so PKCE is required (RFC 8252 §8.1; answer D33).
    """
    parts = urlsplit(redirect_uri)
    return parts.scheme not in ("http", "https") or parts.hostname in ("localhost", "127.0.0.1", "::1")


def _is_plain_loopback(redirect_uri: str) -> bool:
    return _LOOPBACK.fullmatch(redirect_uri) is not None and "/.." not in redirect_uri
