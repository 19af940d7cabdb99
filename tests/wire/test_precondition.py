"""`If-Match`. The row ids are those of the catalogue of bad inputs."""

from __future__ import annotations

import pytest

from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.precondition import MalformedPreconditionError, Precondition, parse_if_match

CURRENT = EntityTag("eyJpZCI6IjEiLCJ2ZXJzaW9uIjoxfQ==")
Q = CURRENT.quoted

HOLDS = {
    "C01-current": [Q],
    "C04-current-without-quotes": [CURRENT.value],
    "C05-one-of-a-list": [f'"old", {Q}'],
    "C05-list-without-blanks": [f'"old",{Q}'],
    "C07-empty-list-members": [f",, {Q} ,"],
    "C08-any": ["*"],
    "C08-any-with-blanks": ["\t* "],
    "C12-second-line": ['"old"', Q],
    "C13-sixteen-tags": [", ".join(['"old"'] * 15 + [Q])],
    "C15-blanks-around": [f"  {Q}\t"],
}

FAILS = {
    "C02-stale": ['"old"'],
    "C03-weak": [f"W/{Q}"],
    "C06-none-of-a-list": ['"a", "b"'],
    "C11-quoted-star": ['"*"'],
    "C14-other-letter-case": [Q.swapcase()],
    "C14-blank-inside": [f'"{CURRENT.value} "'],
    "C14-blank-alone": ['" "'],
    "C14-backslash": ['"a\\b"'],
    "C14-empty-tag": ['""'],
    "C14-not-ascii": ['"\xe9"'],
}

MALFORMED = {
    "C04-single-quotes": ["'abc'"],
    "C04-several-without-quotes": ["abc, def"],
    "C07-malformed-member": [f"{Q}, abc"],
    "C07-empty": [""],
    "C07-blanks": ["  "],
    "C07-commas": [",,"],
    "C10-tag-and-any": ['"a", *'],
    "C10-any-twice": ["*", "*"],
    "C13-seventeen-tags": [", ".join(['"a"'] * 17)],
    "C13-tag-of-257-characters": [f'"{"a" * 257}"'],
    "C13-bare-tag-of-257-characters": ["a" * 257],
    "C14-tab-inside": ['"a\tb"'],
    "control-character": ['"a\x01"'],
    "unclosed": ['"a'],
    "no-comma": ['"a""b"'],
    "lower-case-weak": ['w/"a"'],
}


@pytest.mark.parametrize("lines", HOLDS.values(), ids=HOLDS.keys())
def test_the_precondition_holds(lines: list[str]) -> None:
    precondition = parse_if_match(lines)
    assert precondition is not None
    assert precondition.holds(CURRENT)


@pytest.mark.parametrize("lines", FAILS.values(), ids=FAILS.keys())
def test_the_precondition_does_not_hold(lines: list[str]) -> None:
    precondition = parse_if_match(lines)
    assert precondition is not None
    assert not precondition.holds(CURRENT)


@pytest.mark.parametrize("lines", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_header_that_is_no_list_of_tags_is_malformed(lines: list[str]) -> None:
    with pytest.raises(MalformedPreconditionError):
        parse_if_match(lines)


def test_no_header_is_no_precondition() -> None:
    assert parse_if_match([]) is None


@pytest.mark.parametrize("precondition", [Precondition(any_version=True), Precondition(frozenset({"a"}))])
def test_c09_nothing_holds_where_there_is_no_version(precondition: Precondition) -> None:
    assert not precondition.holds(None)


def test_equal_lists_in_another_order_are_one_precondition() -> None:
    assert str(parse_if_match(['"a", "b"'])) == str(parse_if_match(['"b","a"']))


def test_any_version_and_a_tag_that_is_a_star_are_two_preconditions() -> None:
    assert str(parse_if_match(["*"])) != str(parse_if_match(['"*"']))


@pytest.mark.parametrize("lines", MALFORMED.values(), ids=MALFORMED.keys())
def test_the_reason_quotes_nothing_of_the_header(lines: list[str]) -> None:
    with pytest.raises(MalformedPreconditionError) as refused:
        parse_if_match(["\x02secret", *lines])
    assert "secret" not in str(refused.value)
