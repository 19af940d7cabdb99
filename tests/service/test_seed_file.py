"""A folder remembers which partners it was begun with."""

from __future__ import annotations

from pathlib import Path

import pytest

from partnercenter.service import seed
from partnercenter.service.seed_document import read_seed
from partnercenter.service.seed_file import FILE_NAME, seed_of
from partnercenter.service.seed_shapes import SeedError
from partnercenter.service.settings import SettingsError
from partnercenter.wire.json_text import JsonObject

ONE: JsonObject = {"partners": [{"tenant": "one.example"}]}
OTHER: JsonObject = {"partners": [{"tenant": "other.example"}]}


def test_without_a_seed_it_is_the_published_one(tmp_path: Path) -> None:
    assert seed_of(tmp_path, None, has_data=False) is seed.PUBLISHED


def test_a_fresh_folder_takes_a_seed_and_has_it_ever_after(tmp_path: Path) -> None:
    assert seed_of(tmp_path, ONE, has_data=False) == read_seed(ONE)
    assert seed_of(tmp_path, None, has_data=True) == read_seed(ONE)


def test_the_same_seed_may_be_named_again(tmp_path: Path) -> None:
    seed_of(tmp_path, ONE, has_data=False)
    assert seed_of(tmp_path, ONE, has_data=True) == read_seed(ONE)


def test_another_seed_is_refused(tmp_path: Path) -> None:
    seed_of(tmp_path, ONE, has_data=False)
    with pytest.raises(SettingsError, match="--seed"):
        seed_of(tmp_path, OTHER, has_data=False)


def test_a_folder_with_data_takes_no_seed(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--seed"):
        seed_of(tmp_path, ONE, has_data=True)
    assert not (tmp_path / FILE_NAME).exists()


def test_a_seed_with_mistakes_leaves_the_folder_fresh(tmp_path: Path) -> None:
    with pytest.raises(SeedError):
        seed_of(tmp_path, {"partners": []}, has_data=False)
    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize("text", [b"", b"{", b'{"partners": []}', b"\xff"])
def test_a_damaged_seed_is_told_of_and_not_replaced(tmp_path: Path, text: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(text)
    with pytest.raises(SettingsError, match="is damaged"):
        seed_of(tmp_path, None, has_data=True)
    assert (tmp_path / FILE_NAME).read_bytes() == text
