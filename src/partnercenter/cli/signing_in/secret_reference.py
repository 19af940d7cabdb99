"""Secrets of a context: not in its file, but where it says: in a file of their own, or in an environment variable."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from partnercenter import ConfigurationError

FORMS = "file:PATH or env:NAME"


def checked(name: str, reference: str) -> str:
    """`reference`, with a path made absolute. name: what it is for, as in `--client-secret`.

    Raises ConfigurationError, which does not repeat the text: it may be the secret itself.
    """
    kind, _, place = reference.partition(":")
    if kind not in ("file", "env") or not place:
        raise ConfigurationError(f"{name} says where the secret is, {FORMS}; it is not the secret itself.")
    return f"file:{Path(place).expanduser().absolute()}" if kind == "file" else reference


def read(name: str, reference: str) -> str:
    """The secret at `reference`. Raises ConfigurationError if it is not there. name: what it is, for a person.

    Beside the two forms there is `data:FILE#MEMBER`, for what a local service publishes in a JSON file.
    """
    kind, _, place = reference.partition(":")
    try:
        secret = _READERS[kind](place)
    except (OSError, ValueError, KeyError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not in the form that is expected there"
        raise ConfigurationError(f"The {name} cannot be read from {place}: {why}.") from None
    if not secret:
        where = f"The variable {place}" if kind == "env" else f"The file {place}"
        raise ConfigurationError(f"{where}, where the context has its {name}, is empty or not set.")
    return secret


def _member(place: str) -> str:
    file, _, member = place.rpartition("#")
    return str(json.loads(Path(file).read_text("utf-8"))[member])


_READERS: dict[str, Callable[[str], str]] = {
    "env": lambda place: os.environ.get(place, ""),
    "file": lambda place: Path(place).read_text("utf-8").strip(),
    "data": _member,
}
