"""A database that takes no audit entry any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from tests.service.stage import Desk


@contextmanager
def broken_audit(desk: Desk) -> Iterator[None]:
    """No audit entry can be written, as on a disk that is full."""
    connection = apsw.Connection(str(desk.path))
    connection.execute("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    try:
        yield
    finally:
        connection.execute("DROP TRIGGER broken")
        connection.close()
