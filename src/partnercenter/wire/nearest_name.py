"""Which known name somebody meant who mistyped one. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from partnercenter.wire.casing import fold


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `name` nearly is, whatever its casing; None if it is like none of them."""
    folded = {fold(one): one for one in known}
    close = difflib.get_close_matches(fold(name), folded, 1)
    return folded[close[0]] if close else None
