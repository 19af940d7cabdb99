"""One HTTP request and one HTTP response, as values: both houses speak in these and in nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonValue


class Headers:
    """Header lines in the order in which they travel; names compare without case (RFC 9110 §5.1).

    A name may stand on several lines, and a reader that takes the first one only is how a second
    `If-Match` gets lost, so there are two questions: `get_all`, and `get` for a name that may stand once.
    """

    __slots__ = ("_lines", "_values")

    def __init__(self, lines: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = lines.items() if isinstance(lines, Mapping) else lines
        self._lines: tuple[tuple[str, str], ...] = tuple(pairs)
        # By names in lower case; made when it is first asked for, as most answers are only ever written.
        self._values: dict[str, list[str]] | None = None

    def get(self, name: str) -> str | None:
        """The value of the first line called `name`, or None."""
        values = self._by_name().get(name.lower())
        return values[0] if values else None

    def get_all(self, name: str) -> list[str]:
        """The values of every line called `name`, in order."""
        return [*self._by_name().get(name.lower(), ())]

    def with_line(self, name: str, value: str) -> Headers:
        """These lines, with `name: value` in the place of any line called `name`."""
        kept = (line for line in self._lines if line[0].lower() != name.lower())
        return Headers((*kept, (name, value)))

    def _by_name(self) -> dict[str, list[str]]:
        if self._values is None:
            self._values = {}
            for name, value in self._lines:
                self._values.setdefault(name.lower(), []).append(value)
        return self._values

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._lines == other._lines

    def __hash__(self) -> int:
        return hash(self._lines)

    def __repr__(self) -> str:
        # Values may be tokens: only the names are safe to show.
        return f"Headers({[name for name, _ in self._lines]})"


@dataclass(frozen=True, slots=True)
class Request:
    """A request: `target` is the path with its query (`/v1/profiles/billing?x=1`), or a whole URL."""

    method: str
    target: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """A response: status, header lines and the whole body."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> JsonValue:
        """What the body says, with or without a byte order mark. Raises json_text.JsonTextError, a ValueError."""
        return json_text.read_lenient(self.body)

    def with_lines(self, lines: Iterable[tuple[str, str]]) -> Response:
        """This response with further header lines."""
        return Response(self.status, Headers([*self.headers, *lines]), self.body)
