"""The option `--request-id`, which names an update by the GUID that it was sent with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from partnercenter.wire.guid import read_guid

_EXAMPLE = "5f1c2a7e-1f43-4a36-8a1c-7d5b3b0c9e11"

F = TypeVar("F", bound=Callable[..., None])


def request_id_option(said: str) -> Callable[[F], F]:
    """The option; its `request_id` is a GUID in lower case, or None. said: its line in the help."""
    return click.option("--request-id", metavar="GUID", callback=_guid, help=said)


def _guid(_context: click.Context, _parameter: click.Parameter, typed: str | None) -> str | None:
    if typed is None:
        return None
    read = read_guid(typed.strip())
    if read is None:
        raise click.BadParameter(f"{typed[:40]!a} is no GUID. Write it as in {_EXAMPLE}")
    return read
