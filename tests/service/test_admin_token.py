"""The token of an administration for tests can be named beforehand; a bad one is refused and never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from partnercenter.service.admin_token import FILE_VARIABLE, VARIABLE, named_token
from partnercenter.service.settings import SettingsError

GOOD = "0123456789abcdef"


def test_without_a_name_it_is_another_one_every_time() -> None:
    assert named_token({}) != named_token({VARIABLE: ""})


def test_a_variable_names_it() -> None:
    assert named_token({VARIABLE: GOOD}) == GOOD


def test_a_file_names_it_and_goes_before_the_variable(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{GOOD}\n")
    assert named_token({FILE_VARIABLE: str(file), VARIABLE: "f" * 16}) == GOOD


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=FILE_VARIABLE):
        named_token({FILE_VARIABLE: str(tmp_path / "nothing")})


@pytest.mark.parametrize(
    "token", ["s3cr3t-too-short"[:15], "s3cr3t with blanks in it", "s3cr3t-" + "ä" * 20, "x" * 257]
)
def test_what_is_no_token_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(SettingsError, match=VARIABLE) as refused:
        named_token({VARIABLE: token})
    assert token[:6] not in str(refused.value)
