"""One HTTP answer in the bytes of a connection, read as cheaply as a load generator must."""

from __future__ import annotations

import re

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_TAG = re.compile(rb'\r\netag: *"([^"]*)"', re.IGNORECASE)


def is_whole(data: bytes) -> bool:
    """Whether `data` is one whole answer. An answer without length or chunks would end with its connection: never."""
    end = data.find(_END_OF_HEAD)
    if end < 0:
        return False
    length = _LENGTH.search(data, 0, end)
    if length is not None:
        return len(data) >= end + 4 + int(length[1])
    return _CHUNKED.search(data, 0, end) is not None and data.endswith(b"0\r\n\r\n")


def is_success(data: bytes) -> bool:
    """Whether it is a 200 or 201."""
    return data[9:12] in (b"200", b"201")


def entity_tag(data: bytes) -> bytes | None:
    """The value of `ETag` without its quotes; None if there is none."""
    found = _TAG.search(data)
    return found[1] if found else None


def body(data: bytes) -> bytes:
    """The body, put together again if it came in chunks."""
    head, _, rest = data.partition(_END_OF_HEAD)
    if not _CHUNKED.search(head):
        return rest
    parts = []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        parts.append(rest[:length])
        rest = rest[length + 2 :] if length else b""
    return b"".join(parts)
