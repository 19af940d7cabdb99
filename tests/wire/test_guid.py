"""GUIDs have one spelling."""

from __future__ import annotations

import uuid

import pytest

from partnercenter.wire.guid import new_guid, read_guid

GUID = "9231559e-ed95-41e4-810b-e754ae32dc2f"

NONE = {
    "H14-not-hex": GUID.replace("9", "g"),
    "H14-braces": f"{{{GUID}}}",
    "H14-urn": f"urn:uuid:{GUID}",
    "H14-no-hyphens": GUID.replace("-", ""),
    "H14-moved-hyphen": "9231559ee-d95-41e4-810b-e754ae32dc2f",
    "H14-underscore": GUID.replace("9231", "92_1"),
    "H14-arabic-digit": GUID.replace("9", "\u0669"),
    "H14-full-width-digit": GUID.replace("9", "\uff19"),
    "H14-one-kilobyte": GUID * 29,
    "H14-nul": GUID[:-1] + "\x00",
    "H14-newline-after": GUID + "\n",
    "H14-blank-before": " " + GUID,
    "H14-empty": "",
    "H16-nil": "00000000-0000-0000-0000-000000000000",
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE.keys())
def test_what_is_no_guid_is_none(text: str) -> None:
    assert read_guid(text) is None


def test_h15_upper_and_lower_case_are_one_guid() -> None:
    assert read_guid(GUID.upper()) == GUID


def test_a_new_guid_reads_as_itself() -> None:
    made = new_guid()
    assert read_guid(made) == made


def test_a_new_guid_is_of_version_4_in_each_of_its_four_variant_digits() -> None:
    made = [uuid.UUID(new_guid()) for _ in range(1000)]
    assert {(guid.version, guid.variant) for guid in made} == {(4, uuid.RFC_4122)}
    assert {str(guid)[19] for guid in made} == set("89ab")


def test_no_two_new_guids_are_the_same() -> None:
    assert len({new_guid() for _ in range(1000)}) == 1000
