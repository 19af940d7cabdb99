"""The two spellings of member names: camelCase, and the PascalCase of the .NET clients and of the published page."""

from __future__ import annotations

import string
from enum import Enum

_UPPERCASE = frozenset(string.ascii_uppercase)
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class Casing(Enum):
    """How the member names of one body are spelled."""

    CAMEL = "camelCase"
    PASCAL = "PascalCase"


def fold(name: str) -> str:
    """The key under which two spellings of one member name meet.

    ASCII letters only: `str.lower` would make a `k` of the Kelvin sign and let `Lin\u212as` pass for `Links`.
    """
    return name.lower() if name.isascii() else name.translate(_ASCII_LOWER)


def camel(python_name: str) -> str:
    """The camelCase name of the member that Python calls `python_name`: `address_line1` → `addressLine1`."""
    first, *rest = python_name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def pascal(camel_name: str) -> str:
    """The PascalCase spelling of a camelCase name: `taxId` → `TaxId`."""
    return camel_name[:1].upper() + camel_name[1:]


def casing_of(names: list[str]) -> Casing:
    """The casing of a body by the names of its outermost members: PascalCase only if every one of them is."""
    return Casing.PASCAL if names and all(name[:1] in _UPPERCASE for name in names) else Casing.CAMEL
