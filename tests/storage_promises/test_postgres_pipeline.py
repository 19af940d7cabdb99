"""Many statements go in one round trip, and what the server says of each is told as what it means."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from partnercenter.service.storage import LockedError, NothingWrittenError, StorageUnavailableError
from partnercenter.service.storage.postgres_connection import connect
from partnercenter.service.storage.postgres_errors import LostError, RaceError, meaning
from partnercenter.service.storage.postgres_pipeline import COMMIT, Pipeline, Statement
from partnercenter.service.storage.postgres_values import (
    blobs,
    encoded_texts,
    integers,
    read_integer,
    read_real,
    real,
    reals,
    texts,
)

BEGIN = Statement(b"BEGIN")
ROLLBACK = Statement(b"ROLLBACK")
ONE = Statement(b"SELECT 1::bigint")
TWO = Statement(b"SELECT 2::bigint")
DIVIDE_BY_ZERO = Statement(b"SELECT 1 / (random() * 0)::integer")
WARN = Statement(b"DO $$ BEGIN RAISE WARNING 'x'; END $$")
NOTE = Statement(b"DO $$ BEGIN RAISE NOTICE 'x'; END $$")
DIE = Statement(b"SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.fixture
def pipeline(database: str) -> Iterator[Pipeline]:
    opened = Pipeline(connect(database))
    yield opened
    opened.close()


def numbers(pipeline: Pipeline, *statements: Statement) -> list[int]:
    results = asyncio.run(pipeline.run(statements))
    return [read_integer(result.get_value(0, 0) or b"") for result in results if result.ntuples]


def test_each_statement_has_its_own_result(pipeline: Pipeline) -> None:
    assert numbers(pipeline, ONE, TWO, ONE) == [1, 2, 1]


def test_a_statement_may_come_again_in_another_loop(pipeline: Pipeline) -> None:
    assert [numbers(pipeline, ONE), numbers(pipeline, TWO, ONE)] == [[1], [2, 1]]


def test_no_statement_at_all_is_a_round_trip_too(pipeline: Pipeline) -> None:
    assert numbers(pipeline) == []


@pytest.mark.parametrize("refused", [DIVIDE_BY_ZERO, Statement(b"SELECT nonsense")])
def test_a_statement_that_is_refused_stops_those_after_it(pipeline: Pipeline, refused: Statement) -> None:
    with pytest.raises(StorageUnavailableError):
        numbers(pipeline, BEGIN, Statement(b"CREATE TABLE made ()"), refused, TWO, COMMIT)
    assert pipeline.in_transaction
    numbers(pipeline, ROLLBACK)
    assert numbers(pipeline, Statement(b"SELECT count(*) FROM pg_class WHERE relname = 'made'")) == [0]


def test_after_a_refusal_the_same_statements_can_be_run(pipeline: Pipeline) -> None:
    with pytest.raises(RaceError):
        numbers(pipeline, ONE, DIVIDE_BY_ZERO, TWO)
    assert numbers(pipeline, TWO, ONE) == [2, 1]


def test_a_transaction_is_open_from_begin_to_commit(pipeline: Pipeline) -> None:
    numbers(pipeline, BEGIN)
    begun = pipeline.in_transaction
    numbers(pipeline, COMMIT)
    assert (begun, pipeline.in_transaction) == (True, False)


def test_a_warning_is_as_good_as_a_lost_connection(pipeline: Pipeline) -> None:
    with pytest.raises(LostError):
        numbers(pipeline, WARN, ONE)


def test_a_notice_is_nothing(pipeline: Pipeline) -> None:
    assert numbers(pipeline, NOTE, ONE) == [1]


def test_a_connection_that_ends_is_lost(pipeline: Pipeline) -> None:
    with pytest.raises(LostError):
        numbers(pipeline, ONE, DIE, TWO)


def test_more_than_a_socket_holds_goes_both_ways_at_once(pipeline: Pipeline) -> None:
    echo = Statement(b"SELECT length($1::text)::bigint, $1::text", (b"x" * 2_000_000,))
    assert numbers(pipeline, *[echo] * 8) == [2_000_000] * 8


@pytest.mark.parametrize(
    ("sql", "array", "same"),
    [
        ("SELECT ($1::text[] = ARRAY['', 'a', '\u20ac,\"{}'])::int::bigint", texts(["", "a", '\u20ac,"{}']), 1),
        ("SELECT ($1::text[] = ARRAY['a'])::int::bigint", encoded_texts([b"a"]), 1),
        (r"SELECT ($1::bytea[] = ARRAY['\x00ff'::bytea, ''])::int::bigint", blobs([b"\0\xff", b""]), 1),
        ("SELECT ($1::bigint[] = ARRAY[-1, 9223372036854775807])::int::bigint", integers([-1, 2**63 - 1]), 1),
        ("SELECT ($1::float8[] = ARRAY[0.1, -1e300]::float8[])::int::bigint", reals([0.1, -1e300]), 1),
    ],
    ids=["texts", "encoded texts", "blobs", "integers", "reals"],
)
def test_arrays_arrive_as_they_were(pipeline: Pipeline, sql: str, array: bytes, same: int) -> None:
    assert numbers(pipeline, Statement(sql.encode(), (array,))) == [same]


def test_a_real_comes_back_to_the_last_bit(pipeline: Pipeline) -> None:
    (result,) = asyncio.run(pipeline.run([Statement(b"SELECT $1::float8", (real(0.1 + 0.2),))]))
    assert read_real(result.get_value(0, 0) or b"") == 0.1 + 0.2


@pytest.mark.parametrize(
    ("code", "severity", "meant"),
    [
        ("40001", "ERROR", RaceError),
        ("40P01", "ERROR", RaceError),
        ("23505", "ERROR", RaceError),
        ("55P03", "ERROR", LockedError),
        ("57014", "ERROR", NothingWrittenError),
        ("22021", "ERROR", NothingWrittenError),
        ("54000", "ERROR", NothingWrittenError),
        ("53100", "ERROR", StorageUnavailableError),
        ("42P01", "ERROR", StorageUnavailableError),
        ("25006", "ERROR", LostError),
        ("57P01", "FATAL", LostError),
        ("40001", "FATAL", LostError),
    ],
)
def test_d16_an_error_is_told_as_what_it_means(code: str, severity: str, meant: type[StorageUnavailableError]) -> None:
    assert type(meaning(code, severity)) is meant
