"""The witness reads what stands in the database, and sees that its chain of hashes was broken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from partnercenter.service import seed
from partnercenter.service.storage.sqlite import SqliteStorage
from tests.history.tenants import KINDS
from tests.history.witness import SQLITE, Witness, read_witness
from tests.service.stage import FIRST, Desk, page_body

IDS = [f"9231559e-ed95-41e4-810b-e754ae32dc2{digit}" for digit in "abc"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A database with three updates."""
    path = tmp_path / "partnercenter.sqlite3"
    with closing(SqliteStorage(path)) as storage:
        asyncio.run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
        desk = Desk(storage, path)
        for request_id in IDS:
            desk.put(page_body(), request_id=request_id)
        yield desk


def _witness(desk: Desk) -> Witness:
    return read_witness(f"{SQLITE}{desk.path}", FIRST, KINDS)


def _change(desk: Desk, statement: str) -> None:
    with closing(apsw.Connection(str(desk.path))) as connection:
        connection.execute(statement)


def test_the_changes_are_those_of_the_audit_in_its_order(desk: Desk) -> None:
    changes = _witness(desk).changes["billing"]
    assert [change.request_id for change in changes] == IDS
    assert [change.old for change in changes[1:]] == [change.new for change in changes[:-1]]


def test_the_final_tag_and_version_are_those_of_the_profile(desk: Desk) -> None:
    assert _witness(desk).final["billing"] == (desk.tag(), 4)


def test_p17_the_chain_of_an_untouched_audit_is_whole(desk: Desk) -> None:
    assert _witness(desk).broken == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit WHERE sequence = 2",
        "DELETE FROM audit WHERE sequence = 3",
        "UPDATE audit SET record = replace(record, '9888', '9889') WHERE sequence = 2",
        "UPDATE audit SET hash = zeroblob(32) WHERE sequence = 3",
        "UPDATE audit_head SET sequence = 2",
        "DELETE FROM audit_head",
    ],
)
def test_p17_an_audit_that_was_changed_is_seen(desk: Desk, statement: str) -> None:
    _change(desk, statement)
    assert len(_witness(desk).broken) == 1
