"""Many statements in one round trip: PostgreSQL's pipeline mode ("Pipeline Mode" in libpq's manual), for asyncio.

The driver's own asynchronous cursors take four times as long for the same, most of it in Python.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from partnercenter.service.storage.postgres_driver import pq, psycopg
from partnercenter.service.storage.postgres_errors import LostError, meaning

Result = pq.abc.PGresult


class Statement(NamedTuple):
    """What to execute. parameters: in binary form; the results come in it too."""

    sql: bytes
    parameters: tuple[bytes, ...] = ()


COMMIT = Statement(b"COMMIT")
_MISMATCH = "PostgreSQL: the answers do not fit the questions."
_CANCEL_SECONDS = 2.0
# Warns for months that old rows must be vacuumed before the numbers of transactions run out.
_HARMLESS = {"GetNewTransactionId"}


class Pipeline:
    """An open connection, on which nothing else is done. Any event loop may use it, one `run` after the other."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._wire = connection.pgconn
        self._names: dict[bytes, bytes] = {}
        self._named = 0
        self._warned = False
        connection.add_notice_handler(self._notice)
        self._wire.enter_pipeline_mode()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open that BEGIN began."""
        return self._wire.transaction_status in (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR)

    async def run(self, statements: Sequence[Statement]) -> list[Result]:
        """Execute the statements and return the result of each; without BEGIN they are one transaction.

        Raises LostError if the connection broke; what `meaning` says if the server refused a statement: then those
        after it, COMMIT too, were not executed. LostError too if the server warned of anything: it does that, and yet
        says COMMIT, when the wait for the synchronous standby was cut short. (Which statement a warning belongs to,
        the library does not say.)
        """
        self._warned = False
        try:
            new = self._send(statements)
            await self._flush()
            results, refusal = await self._receive(statements, new)
        except psycopg.Error as error:
            # The driver's words may quote values; its name says enough.
            raise LostError(f"PostgreSQL: {type(error).__name__}") from None
        if refusal is not None:
            raise refusal
        self._names |= new
        if self._warned:
            raise LostError("PostgreSQL: a warning, as when a COMMIT is not on the standby.")
        return results

    def close(self) -> None:
        """Let go of the connection; whatever is under way on it fails."""
        self._connection.close()

    def abandon(self) -> None:
        """Let go of the connection, and ask the server to stop what it does for it. Blocks for two seconds at most."""
        try:
            self._connection.cancel_safe(timeout=_CANCEL_SECONDS)
        except psycopg.Error:  # it does not answer at all
            pass
        finally:
            self._connection.close()

    def _send(self, statements: Sequence[Statement]) -> dict[bytes, bytes]:
        """Put the statements into the buffer; returns the names of those that are prepared with it."""
        new: dict[bytes, bytes] = {}
        for sql, parameters in statements:
            name = self._names.get(sql) or new.get(sql)
            if name is None:
                # A name is never used twice: when a pipeline fails, some of its statements are prepared and some not.
                name = new[sql] = b"partnercenter_%d" % self._named
                self._named += 1
                self._wire.send_prepare(name, sql)
            formats = [pq.Format.BINARY] * len(parameters)
            self._wire.send_query_prepared(name, parameters, formats, pq.Format.BINARY)
        self._wire.pipeline_sync()
        return new

    async def _receive(
        self, statements: Sequence[Statement], new: dict[bytes, bytes]
    ) -> tuple[list[Result], Exception | None]:
        unprepared = set(new)
        results: list[Result] = []
        refusal: Exception | None = None
        for statement in statements:
            answers = [await self._result()]
            if statement.sql in unprepared:
                unprepared.remove(statement.sql)
                answers.append(await self._result())
            for answer in answers:
                refusal = refusal or _refusal(answer)
            if isinstance(refusal, LostError):
                raise refusal
            results.append(answers[-1])
        await self._end()
        return results, refusal

    async def _result(self) -> Result:
        """The one result of the next statement, and the nothing that follows it."""
        result = await self._next()
        if result is None:
            raise LostError(_MISMATCH)
        if await self._next() is not None:
            raise LostError(_MISMATCH)
        return result

    async def _end(self) -> None:
        end = await self._next()
        if end is None or end.status != pq.ExecStatus.PIPELINE_SYNC:
            raise LostError(_MISMATCH)

    async def _next(self) -> Result | None:
        while self._wire.is_busy():
            await _ready(self._wire.socket)
            self._wire.consume_input()
        return self._wire.get_result()

    async def _flush(self) -> None:
        while self._wire.flush():
            # It answers the first while the last are being sent: who does not read then waits for ever.
            await _ready(self._wire.socket, to_write=True)
            self._wire.consume_input()

    def _notice(self, notice: psycopg.errors.Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING" and notice.source_function not in _HARMLESS:
            self._warned = True


def _refusal(result: Result) -> Exception | None:
    if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.PIPELINE_ABORTED):
        return None
    code = result.error_field(pq.DiagnosticField.SQLSTATE)
    severity = result.error_field(pq.DiagnosticField.SEVERITY_NONLOCALIZED)
    if code is None or severity is None:  # not the server says so, but the library
        return LostError("PostgreSQL: the connection broke.")
    return meaning(code.decode("ascii"), severity.decode("ascii"))


async def _ready(socket: int, *, to_write: bool = False) -> None:
    """Wait until the socket has something to read (or takes something)."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(socket, wake)
    try:
        if to_write:
            loop.add_writer(socket, wake)
        await ready
    finally:
        loop.remove_reader(socket)
        if to_write:
            loop.remove_writer(socket)
