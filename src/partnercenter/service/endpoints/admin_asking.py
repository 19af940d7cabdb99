"""How a request of the administration is read, and what a subject of it offers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias, TypeVar
from urllib.parse import parse_qsl

import msgspec

from partnercenter.service.gate.framing import LARGEST_BODY
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject

T = TypeVar("T")


class Ask(NamedTuple):
    """One request: what its path names, its query and its body."""

    names: tuple[str, ...]
    query: str
    body: bytes

    @property
    def name(self) -> str:
        """The one thing that the path names."""
        return self.names[0]

    def read(self, shape: type[T], tell: Callable[[msgspec.ValidationError], str] = str) -> T:
        """The body as `shape`; an empty one is an object without members. tell: what is wrong. Raises Refusal."""
        try:
            return msgspec.convert(self.json(), shape)
        except msgspec.ValidationError as error:
            # Says where and what would be right, and nothing here is secret.
            raise Refusal(Reason.PROPERTY_INVALID, [tell(error)]) from None

    def json(self) -> json_text.JsonValue:
        """The body; an empty one is an object without members. Raises Refusal."""
        try:
            return json_text.read_strict(self.body or b"{}")
        except json_text.JsonTextError as error:
            raise Refusal(Reason.BODY_UNREADABLE, [error]) from None

    def number(self, name: str, default: int, largest: int) -> int:
        """The whole number called `name` in the query. Raises Refusal unless it is 0 to `largest`."""
        text = dict(parse_qsl(self.query)).get(name)
        if text is None:
            return default
        if not re.fullmatch("[0-9]{1,15}", text, re.ASCII) or int(text) > largest:
            raise Refusal(Reason.QUERY_INVALID, [f"{name} can be 0 to {largest}"])
        return int(text)


Handler: TypeAlias = Callable[[Ask], JsonObject]


class Resource(NamedTuple):
    """One address, or many of one pattern. methods: what each of them does. largest: bytes of a body."""

    pattern: str
    methods: Mapping[str, Handler]
    largest: int = LARGEST_BODY

    def names(self, path: str) -> tuple[str, ...] | None:
        """What `path` names, if it is an address of this."""
        found = re.fullmatch(self.pattern, path, re.ASCII)
        return found.groups() if found else None

    def answer(self, method: str, ask: Ask) -> JsonObject:
        """What is answered. Raises Refusal."""
        handler = self.methods.get(method)
        if handler is None:
            raise Refusal(Reason.METHOD_NOT_ALLOWED, lines=[("Allow", ", ".join(sorted(self.methods)))])
        return handler(ask)
