"""How a seed document is written, and what is wrong with one: every mistake by its name, and none of its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from partnercenter.rules.country_rules import rules_of
from partnercenter.service import seed_defaults
from partnercenter.wire.casing import fold
from partnercenter.wire.guid import read_guid
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.nearest_name import nearest
from partnercenter.wire.roles import Role
from partnercenter.wire.shapes import Shape, ShapeError, Violation, members_of

MOST_PARTNERS: Final = 10_000
MOST_USERS: Final = 100
"""Of one partner."""
_MOST_TOLD: Final = 100
_LONGEST_TITLE: Final = 100
_LONGEST_NAME: Final = 40
"""Characters that are told of a name that is not known."""
PROFILES: Final = ("billing", "legal", "organization", "support")
"""The members of a partner that are profiles, in the words of the command line."""

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# RFC 1035 §2.3.4 allows 253; the user names before it are to stay within the 320 of an e-mail address.
_DOMAIN = re.compile(rf"(?=.{{4,200}}\Z){_LABEL}(?:\.{_LABEL})+", re.ASCII)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9._-]{16,250}", re.ASCII)
_MPN_ID = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)
_ROLES: Final[dict[str, Role | None]] = {role.title: role for role in Role} | {"none": None}

S = TypeVar("S", bound=Shape)


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class SeedDocument(Shape):
    """The whole document."""

    partners: list[JsonValue] | None = None


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class SeededPartner(Shape):
    """One partner. tenant: its domain. country: of the addresses that are made for it."""

    tenant: str | None = None
    id: str | None = None
    name: str | None = None
    country: str | None = None
    mpn_id: str | None = None
    refresh_token: str | None = None
    users: list[JsonValue] | None = None
    billing: dict[str, JsonValue] | None = None
    legal: dict[str, JsonValue] | None = None
    organization: dict[str, JsonValue] | None = None
    support: dict[str, JsonValue] | None = None


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class SeededUser(Shape):
    """One user. name: what stands before the @. mfa: whether there is a second factor; there is if it is left out."""

    name: str | None = None
    role: str | None = None
    mfa: bool | None = None
    id: str | None = None


class SeedError(ValueError):
    """The document is no seed. mistakes: what is wrong with it, a hundred at most."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)[:_MOST_TOLD]
        super().__init__("The seed cannot be used. " + " ".join(f"{mistake}." for mistake in self.mistakes))

    def __reduce__(self) -> tuple[type[SeedError], tuple[tuple[str, ...]]]:
        return SeedError, (self.mistakes,)


class Mistakes:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def add_texts(self, place: str, reasons: Iterable[str]) -> None:
        """Note sentences about `place`."""
        self._found += [f"{place}: {reason}" if place else reason for reason in reasons]

    def add_all(self, place: str, violations: Iterable[Violation]) -> None:
        """Note violations of what stands at `place`."""
        for violation in violations:
            between = "." if place and violation.member else ": " if place else ""
            self._found.append(f"{place}{between}{violation}")

    def add_unknown(self, place: str, shape: type[Shape], value: JsonValue) -> None:
        """Note, by its name, every member of `value`, at every depth, that `shape` does not have."""
        if not isinstance(value, dict):
            return
        members = members_of(shape)
        known = [member.wire_name for member in members.values()]
        for name, inner in value.items():
            member = members.get(fold(name))
            if member is None:
                close = nearest(name, known)
                meant = f" (is {close} meant?)" if close else ""
                said = f"has a member {name[:_LONGEST_NAME]!a} that is not known{meant}; it can have {', '.join(known)}"
                self.add_texts(place, [said])
            elif member.shape is not None:
                self.add_unknown(f"{place}.{member.wire_name}", member.shape, inner)

    def require_unique(self, values: Sequence[str], reason: str) -> None:
        """Note `reason` if a value stands twice; case does not count."""
        if len({value.casefold() for value in values}) < len(values):
            self._found.append(reason)

    def tell(self) -> None:
        """Raise SeedError if anything is wrong."""
        if self._found:
            raise SeedError(self._found)


def role_of(name: str) -> Role | None:
    """The role that a user has: `billing admin`, `billing-admin`; None for `none` and for what is no role."""
    return _ROLES.get(_words(name))


def read_document(document: JsonValue, mistakes: Mistakes) -> list[tuple[SeededPartner, list[SeededUser]]]:
    """Every partner of the document with its users, who are the usual ones if they are left out."""
    whole = _read(SeedDocument, document, "", mistakes)
    rows = whole.partners or []
    if not 0 < len(rows) <= MOST_PARTNERS:
        mistakes.add_texts("partners", [f"must be a list of 1 to {MOST_PARTNERS}"])
    found = []
    for number, row in enumerate(rows[:MOST_PARTNERS]):
        place = f"partners[{number}]"
        partner = _read(SeededPartner, row, place, mistakes)
        mistakes.add_texts(place, _wrong(partner, _OF_A_PARTNER))
        found.append((partner, _users(partner, place, mistakes)))
    return found


def _users(partner: SeededPartner, place: str, mistakes: Mistakes) -> list[SeededUser]:
    if partner.users is None:
        return [SeededUser(name=name, role=role) for name, role in seed_defaults.USERS]
    if not 0 < len(partner.users) <= MOST_USERS:
        mistakes.add_texts(f"{place}.users", [f"must be a list of 1 to {MOST_USERS}"])
    found = []
    for number, row in enumerate(partner.users[:MOST_USERS]):
        user = _read(SeededUser, row, f"{place}.users[{number}]", mistakes)
        mistakes.add_texts(f"{place}.users[{number}]", _wrong(user, _OF_A_USER))
        found.append(user)
    return found


def _read(shape: type[S], value: JsonValue, place: str, mistakes: Mistakes) -> S:
    read, violations = read_leniently(shape, value)
    mistakes.add_all(place, violations)
    mistakes.add_unknown(place, shape, value)
    return read


def read_leniently(shape: type[S], value: JsonValue) -> tuple[S, tuple[Violation, ...]]:
    """What of `value` is a `shape`, so that one wrong member hides no other mistake, and what of it is none."""
    try:
        return shape.from_wire(value), ()
    except ShapeError as error:
        violations = error.violations
    try:
        return shape.from_wire(value, strict=False), violations
    except ShapeError:  # no object, or two names for one member
        return shape(), violations


def _is_title(text: str) -> bool:
    return text.strip() == text and text.isprintable() and 0 < len(text) <= _LONGEST_TITLE


_Check = tuple[str, bool, Callable[[str], object], str]

# Member, whether it has to be there, what tells a good value, and what it must be.
_OF_A_PARTNER: tuple[_Check, ...] = (
    ("tenant", True, _DOMAIN.fullmatch, "must be a domain name in lower case, as contoso.example"),
    ("id", False, read_guid, "must be a GUID"),
    ("country", False, rules_of, "must be the ISO 3166-1 alpha-2 code of a country"),
    ("name", False, _is_title, "must be 1 to 100 printable characters"),
    ("mpn_id", False, _MPN_ID.fullmatch, "must be 1 to 12 digits in quotes"),
    ("refresh_token", False, _TOKEN.fullmatch, "must be 16 to 250 letters, digits, dots, hyphens and underscores"),
)
_OF_A_USER: tuple[_Check, ...] = (
    ("name", True, _NAME.fullmatch, "must be what stands before the @, in lower case"),
    ("role", True, lambda text: _words(text) in _ROLES, f"must be one of: {', '.join(_ROLES)}"),
    ("id", False, read_guid, "must be a GUID"),
)


def _wrong(shape: Shape, checks: Iterable[_Check]) -> list[str]:
    names = {member.python_name: member.wire_name for member in shape.members()}
    found = []
    for name, required, is_good, reason in checks:
        value = getattr(shape, name)
        if required if value is None else not is_good(value):
            found.append(f"{names[name]} {reason}")
    return found


def _words(name: str) -> str:
    return name.lower().replace("-", " ").replace("_", " ")
