"""Connecting to PostgreSQL: the settings of a session, and what a server must promise before it is used."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

from partnercenter.service.storage import StorageUnavailableError
from partnercenter.service.storage.postgres_driver import psycopg

OLDEST_VERSION = 15
MOST_CLOCK_DIFFERENCE = 300.0
"""Seconds. A replay is judged by the clock of the node, so the clocks of the nodes must agree; the database tells."""

_CONNECTION = {
    "application_name": "partnercenter",
    "client_encoding": "UTF8",
    "connect_timeout": "3",
    # If the URL lists several servers, the one that writes is found, also after another one was promoted.
    "target_session_attrs": "read-write",
    # A server that is cut off is noticed in seconds.
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
_SESSION = {
    # Below the deadline of a request, so that who waits for a lock hears that, and not nothing.
    "lock_timeout": "4s",
    "statement_timeout": "8s",
    # A node that freezes within a transaction lets go of its locks.
    "idle_in_transaction_session_timeout": "5s",
    # To plan a statement of ours anew takes longer than to execute it. But a plan that was made while a table was
    # small, and is kept, must not read it as a whole when it has grown: each is to have but one plan, by its keys.
    # (A lateral join still is a nested loop, as it cannot be anything else.)
    "enable_seqscan": "off",
    "enable_nestloop": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
}
_STATE = """
SELECT current_setting('server_version_num')::integer / 10000, current_setting('server_encoding'),
    pg_is_in_recovery(), current_setting('fsync', true), current_setting('full_page_writes', true),
    current_setting('synchronous_commit', true), coalesce(current_setting('synchronous_standby_names', true), ''),
    extract(epoch FROM clock_timestamp())::float8
"""


@dataclass(frozen=True)
class ServerState:
    """What a server says of itself; None is what it does not know, as an engine that is only compatible may."""

    version: int
    encoding: str
    is_standby: bool
    fsync: str | None
    full_page_writes: str | None
    synchronous_commit: str | None
    synchronous_standby_names: str
    clock: float


def connect(url: str, **session: str) -> psycopg.Connection:
    """An open connection to a server that keeps what it commits. It blocks, for 3 seconds at most for each host.

    session: settings beside those that every session of ours has.
    Raises StorageUnavailableError: its one line says what to change, and never has the password of the URL.
    """
    try:
        connection = psycopg.connect(_conninfo(url, _SESSION | session), autocommit=True)
    except psycopg.Error as error:
        raise StorageUnavailableError(f"PostgreSQL: {_reason(error, url)}") from None
    try:
        state = ServerState(*_row(connection))
        require_promises(state, now=time.time())
    except psycopg.Error as error:
        connection.close()
        raise StorageUnavailableError(f"PostgreSQL: {type(error).__name__}") from None
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def connected(url: str, **session: str) -> Iterator[psycopg.Connection]:
    """See connect; closed after the `with`. What the driver raises within it becomes StorageUnavailableError."""
    try:
        with connect(url, **session) as connection:
            yield connection
    except psycopg.Error as error:
        # The server's words may quote values; the name says enough.
        raise StorageUnavailableError(f"PostgreSQL: {type(error).__name__}") from None


def require_promises(state: ServerState, *, now: float) -> None:
    """Raises StorageUnavailableError, with what to set, unless a COMMIT of that server is durable.

    now: our clock, in seconds since the epoch.
    """
    for holds, otherwise in (
        (state.version >= OLDEST_VERSION, f"is version {state.version}. Use {OLDEST_VERSION} or newer."),
        (state.encoding == "UTF8", f"has a database in {state.encoding}. Create it with ENCODING 'UTF8'."),
        (not state.is_standby, "is a standby. Name the primary in the URL."),
        (state.fsync != "off", "may lose what it committed. Set fsync = on."),
        (state.full_page_writes != "off", "may tear pages in a power cut. Set full_page_writes = on."),
        (state.synchronous_commit != "off", "answers before it has written. Set synchronous_commit = on."),
        (
            not (state.synchronous_standby_names and state.synchronous_commit in ("local", "remote_write")),
            f"may lose what it committed when a standby takes over: synchronous_commit = {state.synchronous_commit}."
            " Set synchronous_commit = on.",
        ),
        (
            abs(state.clock - now) <= MOST_CLOCK_DIFFERENCE,
            f"and this machine disagree on the time by {abs(state.clock - now):.0f} seconds. Set the clocks.",
        ),
    ):
        if not holds:
            raise StorageUnavailableError(f"PostgreSQL {otherwise}")


def _row(connection: psycopg.Connection) -> tuple[int, str, bool, str | None, str | None, str | None, str, float]:
    row = connection.execute(_STATE.encode()).fetchone()
    if row is None or len(row) != len(fields(ServerState)):
        raise StorageUnavailableError("PostgreSQL does not say which settings it has.")
    return row


def _conninfo(url: str, session: dict[str, str]) -> str:
    try:
        given = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # its text quotes the URL
        raise StorageUnavailableError(
            "PostgreSQL: the URL cannot be read. It is postgresql://user@host/name."
        ) from None
    options = " ".join(f"-c {name}={value}" for name, value in session.items())
    # What the URL says beside stands, but for what a session of ours is.
    ours = {"client_encoding": "UTF8", "options": f"{given.get('options', '')} {options}".strip()}
    return psycopg.conninfo.make_conninfo("", **(_CONNECTION | given | ours))


def _reason(error: psycopg.Error, url: str) -> str:
    """Why no connection came about, in one line without the password."""
    # Before this word stands what was taken for a host or a port, and in a URL with a slip that is the password.
    _, found, reason = str(error).rpartition("failed: ")
    if not found:
        return "no server was found. Is the URL right? It is postgresql://user@host:5432/name."
    reason = reason.strip().partition("\n")[0].rstrip(".") + "."
    if "no password supplied" in reason:
        return "the server wants a password. Put it into ~/.pgpass, or into the file that PGPASSFILE names."
    password = psycopg.conninfo.conninfo_to_dict(url).get("password")
    return reason.replace(str(password), "***") if password else reason
