"""The portable form of a whole database: a file of JSON lines that is the same for every engine.

A header; the rows, one on each line; and at the end how many they were and the SHA-256 of all lines before, so that
a file that is cut or altered is told from a whole one. The audit comes tenant by tenant: where it begins, where it
ends, its entries. Texts stand as they are stored, since the hashes of the audit are over them.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator
from typing import IO, TypeAlias

import msgspec

from partnercenter.service.storage.migrations import HEAD

FORMAT = 1
# A record of an update has two profiles, each of them smaller than a body may be.
_LONGEST_LINE = 4 * 1024 * 1024


class DamagedFileError(Exception):
    """The file is not, or no longer, what an export wrote. Says where, and never quotes it."""


class NotEmptyError(Exception):
    """The place has data already, which a copy would replace. Says where."""


class _Line(msgspec.Struct, frozen=True, tag_field="row", rename="camel", forbid_unknown_fields=True):
    pass


class Header(_Line, frozen=True, tag="export"):
    """The first line. format: of this file. schema: of the database that it was made from."""

    format: int
    schema: str


class ProfileRow(_Line, frozen=True, tag="profile"):
    """One version of one profile. document: the JSON text."""

    tenant_id: str
    kind: str
    version: int
    entity_tag: str
    document: str


class AnswerRow(_Line, frozen=True, tag="remembered"):
    """One remembered answer. remembered_at: seconds since the epoch."""

    tenant_id: str
    application_id: str
    user_id: str
    request_id: str
    fingerprint: bytes
    entity_tag: str
    body: bytes
    remembered_at: float


class StartRow(_Line, frozen=True, tag="audit_start"):
    """The last entry of a tenant that retention has dropped."""

    tenant_id: str
    sequence: int
    hash: bytes


class HeadRow(_Line, frozen=True, tag="audit_head"):
    """The last entry of a tenant."""

    tenant_id: str
    sequence: int
    hash: bytes


class EntryRow(_Line, frozen=True, tag="audit"):
    """One entry of the audit. record: the exact text."""

    tenant_id: str
    sequence: int
    operation_date: str
    previous_hash: bytes
    hash: bytes
    record: str


class Trailer(_Line, frozen=True, tag="end"):
    """The last line. rows: how many stand between it and the header. sha256: of all lines before, as hex digits."""

    rows: int
    sha256: str


AuditRow: TypeAlias = StartRow | HeadRow | EntryRow
Row: TypeAlias = ProfileRow | AnswerRow | AuditRow
TABLES: dict[type[Row], str] = {
    row: str(row.__struct_config__.tag) for row in (ProfileRow, AnswerRow, StartRow, HeadRow, EntryRow)
}
"""The table of each row; its columns are the fields of the row, in order."""

_RANKS: dict[type[AuditRow], int] = {StartRow: 0, HeadRow: 1, EntryRow: 2}
_DECODER = msgspec.json.Decoder(Header | Row | Trailer)


def columns(row: type[Row]) -> tuple[str, ...]:
    """The columns of the table of a row."""
    return row.__struct_fields__


def by_tenant(starts: Iterable[StartRow], heads: Iterable[HeadRow], entries: Iterable[EntryRow]) -> Iterator[AuditRow]:
    """The audit in the order of the file, from three streams that are in the order of tenants and sequences."""
    return heapq.merge(starts, heads, entries, key=lambda row: (row.tenant_id, _RANKS[type(row)], row.sequence))


def write(rows: Iterable[Row], file: IO[bytes]) -> int:
    """Write all rows; how many they were."""
    digest, count = hashlib.sha256(), 0

    def put(line: Header | Row | Trailer) -> None:
        text = msgspec.json.encode(line) + b"\n"
        digest.update(text)
        file.write(text)

    put(Header(FORMAT, HEAD))
    for row in rows:
        put(row)
        count += 1
    put(Trailer(count, digest.hexdigest()))
    return count


def read(file: IO[bytes]) -> Iterator[Row]:
    """The rows of a file, from its beginning. Only who has read all of them knows that the file is whole.

    Raises DamagedFileError, at the end at the latest.
    """
    file.seek(0)
    digest, count = hashlib.sha256(), 0
    header = _line(file, 1, digest)
    if not isinstance(header, Header):
        raise DamagedFileError("The file is not an export of this program.")
    if header.format != FORMAT or header.schema > HEAD:
        raise DamagedFileError(f"The file was exported by a newer program (format {header.format}). Use that one.")
    while True:
        before = digest.hexdigest()
        line = _line(file, count + 2, digest)
        if isinstance(line, Trailer):
            if line != Trailer(count, before) or file.read(1):
                raise DamagedFileError("The file was altered: it does not have the rows that it says it has.")
            return
        if isinstance(line, Header):
            raise DamagedFileError(f"Line {count + 2} is damaged.")
        count += 1
        yield line


def _line(file: IO[bytes], number: int, digest: hashlib._Hash) -> Header | Row | Trailer:
    text = file.readline(_LONGEST_LINE)
    if not text:
        raise DamagedFileError(f"The file is cut off: it ends before line {number}.")
    if not text.endswith(b"\n"):
        raise DamagedFileError(f"Line {number} is damaged, or the file is cut off in it.")
    digest.update(text)
    try:
        line: Header | Row | Trailer = _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # The decoder's words may quote the line.
        raise DamagedFileError(f"Line {number} is damaged.") from None
    return line
