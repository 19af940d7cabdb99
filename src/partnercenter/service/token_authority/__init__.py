"""The pretend Entra: signs people and applications of the local directory in, and issues the tokens the API takes."""

from __future__ import annotations

from partnercenter.service.token_authority.accounts import Accounts, UnknownAccountError
from partnercenter.service.token_authority.authority import TokenAuthority
from partnercenter.service.token_authority.directory import (
    Application,
    Directory,
    PublishedRefreshToken,
    Tenant,
    User,
)
from partnercenter.service.token_authority.keys import SigningKeys
from partnercenter.service.token_authority.pem_files import SigningKeyError

__all__ = [
    "Accounts",
    "Application",
    "Directory",
    "PublishedRefreshToken",
    "SigningKeyError",
    "SigningKeys",
    "Tenant",
    "TokenAuthority",
    "UnknownAccountError",
    "User",
]
