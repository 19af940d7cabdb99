"""The token of the administration: another one at every start, unless whoever starts a service for tests names one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from partnercenter.service.settings import SettingsError

VARIABLE = "PARTNERCENTER_ADMIN_TOKEN"
FILE_VARIABLE = f"{VARIABLE}_FILE"
# RFC 6750 §2.1: what a bearer token is made of; so many that nobody guesses it.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,256}=*", re.ASCII)


def random_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def named_token(environ: Mapping[str, str]) -> str:
    """The token that the variable names, or the file that its sister names; a random one if neither is set.

    Raises SettingsError, which never quotes it, for what is no token or is too short, and for a file that cannot be
    read.
    """
    path = environ.get(FILE_VARIABLE)
    if path:
        try:
            token, place = Path(path).read_text("ascii").strip(), f"The file that {FILE_VARIABLE} names"
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"The file that {FILE_VARIABLE} names cannot be read.") from None
    else:
        token, place = environ.get(VARIABLE, ""), VARIABLE
        if not token:
            return random_token()
    if not _TOKEN.fullmatch(token):
        raise SettingsError(
            f"{place} must hold 16 to 256 letters, digits and -._~+/, as `openssl rand -hex 32` makes them."
        )
    return token
