"""From the rows of a file to what is wanted of each partner, checked against the shapes of the profiles. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from partnercenter.fleet import member_paths
from partnercenter.fleet.kinds import KINDS, Kind
from partnercenter.fleet.member_paths import PathError, Value
from partnercenter.fleet.rows import Cell, FileRefusedError, Row, Written
from partnercenter.wire.shapes import Member

_WHOLE_NUMBER = re.compile("0|[1-9][0-9]*", re.ASCII)
_TENANT = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.ASCII)
_LONGEST_TENANT = 253  # RFC 1035 §2.3.4, without the dot of the root


@dataclass(frozen=True, slots=True)
class WantedMember:
    """One member and what it is to be; None clears it."""

    members: tuple[Member, ...]
    value: Value = field(repr=False)

    @property
    def path(self) -> str:
        """`address.city`."""
        return member_paths.spelled(self.members)


@dataclass(frozen=True, slots=True)
class WantedProfile:
    """What is wanted of one profile; members that are not named are left alone."""

    kind: Kind
    members: tuple[WantedMember, ...]


@dataclass(frozen=True, slots=True)
class WantedPartner:
    """What is wanted of one partner. tenant: its id or domain, in lower case."""

    tenant: str
    profiles: tuple[WantedProfile, ...]


def read_rows(rows: Iterable[Row], problems_before: Iterable[str] = ()) -> list[WantedPartner]:
    """What `rows` want, in their order.

    problems_before: what is wrong with the file beside its rows. Raises FileRefusedError with every reason why they
    cannot be carried out.
    """
    problems = [*problems_before]
    partners: dict[str, WantedPartner] = {}
    lines: dict[str, int] = {}
    for row in rows:
        problems += row.problems
        profiles = _profiles(row, problems)
        if row.tenant is None:
            continue
        tenant = row.tenant.lower()
        if not _TENANT.fullmatch(tenant) or len(tenant) > _LONGEST_TENANT:
            problems.append(f"line {row.line}: a tenant is named by its id or its domain, as in contoso.com.")
        elif tenant in partners:
            problems.append(f"line {row.line}: {tenant} stands in line {lines[tenant]} already. Say it in one place.")
        else:
            lines[tenant] = row.line
            partners[tenant] = WantedPartner(tenant, profiles)
    if not partners and not problems:
        problems.append("There is no partner in it.")
    if problems:
        raise FileRefusedError([*dict.fromkeys(problems)])  # a column is named by each of its cells
    return list(partners.values())


def _profiles(row: Row, problems: list[str]) -> tuple[WantedProfile, ...]:
    found: defaultdict[str, dict[str, WantedMember]] = defaultdict(dict)
    for cell in row.cells:
        try:
            kind, wanted = _wanted(cell)
        except PathError as error:
            problems.append(f"line {cell.line}: {cell.path}: {error}")
            continue
        if wanted.path in found[kind.word]:
            problems.append(f"line {cell.line}: {cell.path} is named twice.")
        found[kind.word][wanted.path] = wanted
    if not row.cells and not row.problems:
        problems.append(f"line {row.line}: nothing is wanted of {row.tenant}.")
    return tuple(
        WantedProfile(kind, tuple(found[kind.word].values())) for kind in KINDS.values() if found.get(kind.word)
    )


def _wanted(cell: Cell) -> tuple[Kind, WantedMember]:
    word, _, path = cell.path.partition(".")
    kind = _kind(word)
    if not path:
        raise PathError("Name its members, as in billing: {purchaseOrderNumber: ...}.")
    members = member_paths.find(kind, path)
    return kind, WantedMember(members, _value(members, cell))


def _kind(word: str) -> Kind:
    kind = KINDS.get(word)
    if kind is None:
        said = "Nobody can change it" if word == "mpn" else "There is no such profile"
        raise PathError(f"{said}; there are {', '.join(KINDS)}.{member_paths.meant(word, list(KINDS))}")
    return kind


def _value(members: tuple[Member, ...], cell: Cell) -> Value:
    """The value of `cell` for the last of `members`. Raises PathError, which shows no tax id."""
    if cell.written is Written.NULL:
        return None
    shown = member_paths.shown(member_paths.spelled(members), cell.text)
    if members[-1].expects is int:
        if cell.written is Written.TEXT or not _WHOLE_NUMBER.fullmatch(cell.text):
            raise PathError(f"It is a whole number, without quotes and zeros before it; here stands {shown!a}.")
        return int(cell.text)
    if cell.written is Written.PLAIN:
        # YAML 1.1 reads 0123 as 83, 1_000 as 1000 and NO as false.
        raise PathError(f'It is a text, and YAML takes {shown} for something else. Put it in quotes: "{shown}".')
    return cell.text


def object_problem(path: str) -> str | None:
    """Why an object without members cannot stand at `path`, as `billing.address`; None if it can."""
    word, _, inside = path.partition(".")
    try:
        kind = _kind(word)
        if inside:
            member_paths.find_any(kind, inside)
    except PathError as error:
        return str(error)
    return None


def path_problem(path: str) -> str | None:
    """Why `path`, as `billing.address.city`, leads to no member that can be changed; None if it does."""
    try:
        _wanted(Cell(path, "", Written.NULL, 0))
    except PathError as error:
        return str(error)
    return None
