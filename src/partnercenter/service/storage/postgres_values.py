"""Values as PostgreSQL sends and takes them in binary form: arrays, in which a whole batch is one parameter.

The form of an array: its number of dimensions, whether it has nulls, the type of its elements; of each dimension the
size and the lowest index; then each element after its length (array_send in the server's arrayfuncs.c).
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct

_HEADER = Struct("!iiiii")
_LENGTH = Struct("!i")
_INTEGER = Struct("!q")
_REAL = Struct("!d")
# The fixed ids of the types in pg_type.dat.
_BYTES_TYPE, _INTEGER_TYPE, _TEXT_TYPE, _REAL_TYPE = 17, 20, 25, 701


def texts(values: Iterable[str]) -> bytes:
    """A text[]. UnicodeEncodeError for what is no text."""
    return _array(_TEXT_TYPE, [value.encode() for value in values])


def encoded_texts(values: Iterable[bytes]) -> bytes:
    """A text[] of texts in UTF-8."""
    return _array(_TEXT_TYPE, list(values))


def blobs(values: Iterable[bytes]) -> bytes:
    """A bytea[]."""
    return _array(_BYTES_TYPE, list(values))


def integers(values: Iterable[int]) -> bytes:
    """A bigint[]."""
    return _array(_INTEGER_TYPE, [_INTEGER.pack(value) for value in values])


def reals(values: Iterable[float]) -> bytes:
    """A double precision[]."""
    return _array(_REAL_TYPE, [_REAL.pack(value) for value in values])


def integer(value: int) -> bytes:
    """A bigint."""
    return _INTEGER.pack(value)


def real(value: float) -> bytes:
    """A double precision."""
    return _REAL.pack(value)


def read_integer(value: bytes) -> int:
    """What a bigint was sent as."""
    (number,) = _INTEGER.unpack(value)
    return int(number)


def read_real(value: bytes) -> float:
    """What a double precision was sent as."""
    (number,) = _REAL.unpack(value)
    return float(number)


def _array(element_type: int, elements: list[bytes]) -> bytes:
    pack = _LENGTH.pack
    parts = [_HEADER.pack(1, 0, element_type, len(elements), 1)]
    for element in elements:
        parts.append(pack(len(element)))
        parts.append(element)
    return b"".join(parts)
