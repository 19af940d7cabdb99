"""The chain is followed to its first break, over a real file that was changed by hand (T15, P17)."""

from __future__ import annotations

import asyncio
import random
import re
from pathlib import Path

import apsw
import pytest

from partnercenter.service.audit import entry_hash
from partnercenter.service.operations import verify_audit
from partnercenter.service.operations.verify_audit import Break, Damage, Verdict, verify
from partnercenter.service.storage import StorageUnavailableError, Transaction
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.service.storage.sqlite_audit import open_audit_trail
from partnercenter.wire.audit_records import AuditRecord
from tests.touching import Touching, billing_of

ENTRIES = 9
TENANT = "tenant"
TAMPERINGS = 200


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with the audit of two tenants."""
    path = tmp_path / "partnercenter.sqlite3"
    storage = SqliteStorage(path)

    def fill(transaction: Transaction, _: Touching) -> None:
        for tenant in (TENANT, "other"):
            for number in range(1, ENTRIES + 1):
                transaction.append_audit(tenant, AuditRecord(id=str(number), resource_new_value="x" * 50))

    asyncio.run(storage.transact(fill, billing_of(TENANT, "other")))
    storage.close()
    return path


def tamper(path: Path, *statements: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA ignore_check_constraints=1")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def verdict(path: Path, tenant: str = TENANT) -> Verdict:
    with open_audit_trail(path) as trail:
        return verify(tenant, trail.entries(tenant), trail.head(tenant))


def broken(path: Path) -> tuple[int, Damage] | None:
    found = verdict(path).broken
    return None if found is None else (found.sequence, found.damage)


def row(sequence: int, tenant: str = TENANT) -> str:
    return f"WHERE tenant_id = '{tenant}' AND sequence = {sequence}"


def move(old: int, new: int) -> str:
    return f"UPDATE audit SET sequence = {new} {row(old)}"


INSERT = "INSERT INTO audit (tenant_id, sequence, record, operation_date, previous_hash, hash)"
SHIFT = [move(number, number + 1) for number in range(ENTRIES, 3, -1)]
UP = [move(number, number - 1) for number in range(5, ENTRIES + 1)]


def test_a_chain_that_nobody_touched_is_whole(path: Path) -> None:
    assert verdict(path) == Verdict(ENTRIES, None)


def test_a_tenant_without_entries_has_a_whole_chain(path: Path) -> None:
    assert verdict(path, "nobody") == Verdict(0, None)


ONE_BYTE = {
    "record": 'UPDATE audit SET record = replace(record, \'"id":"4"\', \'"id":"5"\')',
    "hash": "UPDATE audit SET hash = CAST(substr(hash, 1, 31) || x'00' AS BLOB)",
    "date": "UPDATE audit SET operation_date = '2000'",
    "previous-hash": "UPDATE audit SET previous_hash = CAST(x'00' || substr(previous_hash, 2) AS BLOB)",
}


@pytest.mark.parametrize("change", ONE_BYTE.values(), ids=ONE_BYTE.keys())
def test_t15_one_changed_byte_is_found_at_its_entry(path: Path, change: str) -> None:
    tamper(path, f"{change} {row(4)}")
    assert broken(path) == (4, Damage.CHANGED)


def test_t15_one_changed_byte_of_the_file_itself_is_found(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b'"id":"4"') + 6] ^= 1
    path.write_bytes(content)
    found = [verdict(path, tenant).broken for tenant in (TENANT, "other")]
    assert [b.sequence for b in found if b] == [4]


def test_t15_a_tenant_that_was_changed_in_a_row_of_the_file_itself_is_found(path: Path) -> None:
    content = bytearray(path.read_bytes())
    (row_4,) = re.finditer(rb'tenant\x04.{64}{"id":"4"', content, re.DOTALL)
    content[row_4.start() + 5] ^= 0x10
    path.write_bytes(content)
    assert broken(path) == (4, Damage.MISSING)


def test_p21_a_byte_that_is_no_text_is_unavailable_and_not_an_unexpected_error(path: Path) -> None:
    path.write_bytes(re.sub(rb"tenant(?!_)", b"tenan\xff", path.read_bytes()))  # the values, not the column's name
    with pytest.raises(StorageUnavailableError), open_audit_trail(path) as trail:
        trail.tenants()


def test_t15_a_forged_head_does_not_keep_verify_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_audit, "_PLACES_TRIED", 100)
    tamper(path, f"UPDATE audit SET hash = zeroblob(32) {row(4)}", f"UPDATE audit_head SET sequence = {2**62}")
    assert broken(path) == (4, Damage.CHANGED)


MADE_BY_HAND = {
    "head-hash": (["UPDATE audit_head SET hash = zeroblob(32)"], 9, Damage.HEAD),
    "head-raised": (["UPDATE audit_head SET sequence = 10"], 10, Damage.CUT),
    "head-lowered": (["UPDATE audit_head SET sequence = 8"], 9, Damage.ADDED),
    "head-removed": (["DELETE FROM audit_head"], 9, Damage.HEAD),
    "removed": ([f"DELETE FROM audit {row(4)}"], 4, Damage.MISSING),
    "removed-first": ([f"DELETE FROM audit {row(1)}"], 1, Damage.MISSING),
    "removed-last": ([f"DELETE FROM audit {row(9)}"], 9, Damage.CUT),
    "removed-all": (["DELETE FROM audit"], 1, Damage.CUT),
    "removed-and-closed-up": ([f"DELETE FROM audit {row(4)}", *UP], 4, Damage.MOVED),
    "swapped": ([move(4, 99), move(7, 4), move(99, 7)], 4, Damage.MOVED),
    "added-before": ([f"{INSERT} VALUES ('{TENANT}', 0, '', '', x'', x'')"], 0, Damage.ADDED),
    "added-behind": ([f"{INSERT} VALUES ('{TENANT}', 10, '', '', x'', x'')"], 10, Damage.ADDED),
    "added-between": ([*SHIFT, f"{INSERT} VALUES ('{TENANT}', 4, 'x', '', x'', x'')"], 4, Damage.CHANGED),
    "doubled": (
        [*SHIFT, f"{INSERT} SELECT tenant_id, 4, record, operation_date, previous_hash, hash FROM audit {row(3)}"],
        4,
        Damage.MOVED,
    ),
    "from-another-tenant": (
        [f"DELETE FROM audit {row(4)}", f"UPDATE audit SET tenant_id = '{TENANT}' {row(4, 'other')}"],
        4,
        None,
    ),
}


@pytest.mark.parametrize(("statements", "sequence", "damage"), MADE_BY_HAND.values(), ids=MADE_BY_HAND.keys())
def test_t15_what_was_done_by_hand_is_named(
    path: Path, statements: list[str], sequence: int, damage: Damage | None
) -> None:
    tamper(path, *statements)
    found = verdict(path).broken
    assert found is not None
    assert (found.sequence, damage or found.damage) == (sequence, found.damage)


def rehash(path: Path, sequence: int) -> None:
    """Change a record and its own hash with it."""
    connection = apsw.Connection(str(path))
    query = f"SELECT CAST(record AS BLOB), previous_hash FROM audit {row(sequence)}"
    ((record, previous),) = connection.execute(query).fetchall()
    assert isinstance(record, bytes)
    assert isinstance(previous, bytes)
    forged = record.replace(b"xxx", b"yyy")
    digest = entry_hash(previous, TENANT, sequence, forged)
    connection.execute(f"UPDATE audit SET record = ?, hash = ? {row(sequence)}", (forged.decode(), digest))
    connection.close()


@pytest.mark.parametrize(("sequence", "damage"), [(1, Damage.CHANGED), (4, Damage.CHANGED), (ENTRIES, Damage.HEAD)])
def test_t15_an_entry_that_was_hashed_anew_is_named_by_the_one_behind_it(
    path: Path, sequence: int, damage: Damage
) -> None:
    rehash(path, sequence)
    assert verdict(path) == Verdict(sequence - 1, Break(TENANT, sequence, damage))


def test_the_chain_of_another_tenant_stays_whole(path: Path) -> None:
    tamper(path, f"DELETE FROM audit {row(4)}")
    assert verdict(path, "other") == Verdict(ENTRIES, None)


def any_tampering(dice: random.Random) -> tuple[str, ...]:
    """Any byte of any value, any two rows, any row."""
    one, two = dice.sample(range(1, ENTRIES + 1), 2)
    column = dice.choice(["record", "hash", "previous_hash"])
    place, byte = dice.randrange(1, 33), dice.randrange(1, 128)
    flipped = f"CAST(substr({column}, 1, {place - 1}) || char({byte}) || substr({column}, {place + 1}) AS {{}})"
    kind = "TEXT" if column == "record" else "BLOB"
    return dice.choice(
        [
            (f"UPDATE audit SET {column} = {flipped.format(kind)} {row(one)}",),
            (f"DELETE FROM audit {row(one)}",),
            (move(one, 99), move(two, one), move(99, two)),
            (f"UPDATE audit SET record = (SELECT record FROM audit {row(two)}) {row(one)}",),
            (f"DELETE FROM audit {row(one)}", *(move(n, n - 1) for n in range(one + 1, ENTRIES + 1))),
            (f"DELETE FROM audit WHERE tenant_id = '{TENANT}' AND sequence >= {one}",),
            (
                f"{INSERT} SELECT tenant_id, {ENTRIES + one}, record, operation_date, previous_hash, hash"
                f" FROM audit {row(one)}",
            ),
            (f"UPDATE audit_head SET hash = randomblob(32) WHERE tenant_id = '{TENANT}'",),
        ]
    )


def test_p17_of_200_random_tamperings_all_are_found(path: Path, tmp_path: Path) -> None:
    dice, untouched, missed = random.Random(17), path.read_bytes(), []
    before = rows_of(path)
    for number in range(TAMPERINGS):
        statements = any_tampering(dice)
        copy = tmp_path / f"{number}.sqlite3"
        copy.write_bytes(untouched)
        tamper(copy, *statements)
        # A byte may be written over with itself; that changes nothing, and there is nothing to find.
        if verdict(copy).broken is None and rows_of(copy) != before:
            missed.append(statements)
    assert missed == []


def rows_of(path: Path) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(path))
    columns = "tenant_id, sequence, CAST(record AS BLOB), previous_hash, hash"
    try:
        heads = connection.execute("SELECT * FROM audit_head").fetchall()
        return [*connection.execute(f"SELECT {columns} FROM audit").fetchall(), *heads]
    finally:
        connection.close()
