"""The pretend Entra: signs people and applications of the local directory in, and issues the tokens the API takes."""

from __future__ import annotations

from partnercenter.service.token_authority.authority import TokenAuthority
from partnercenter.service.token_authority.directory import (
    Application,
    Directory,
    PublishedRefreshToken,
    Tenant,
    User,
)
from partnercenter.service.token_authority.keys import SigningKeyError, SigningKeys

__all__ = [
    "Application",
    "Directory",
    "PublishedRefreshToken",
    "SigningKeyError",
    "SigningKeys",
    "Tenant",
    "TokenAuthority",
    "User",
]
