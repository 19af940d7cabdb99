"""What a shell offers where a member is typed: its path, and after `country=` the codes of the countries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import click
from click.shell_completion import CompletionItem

from partnercenter.cli.profile.assignments import paths_of
from partnercenter.wire.casing import fold
from partnercenter.wire.shapes import Shape

Completion: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]


def members_of(shape: type[Shape], read_only: Sequence[str]) -> Completion:
    """Completes the path of a member. read_only: those that are not offered."""
    return lambda _context, _parameter, typed: [
        CompletionItem(path) for path, _ in paths_of(shape, read_only) if _begins(path, typed)
    ]


def assignments_of(shape: type[Shape], read_only: Sequence[str]) -> Completion:
    """Completes `MEMBER=VALUE`: the path, and the values of the members that have a list of them."""

    def complete(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem[str]]:
        path, equals, value = typed.partition("=")
        if not equals:
            return [CompletionItem(f"{each}=") for each, _ in paths_of(shape, read_only) if _begins(each, typed)]
        return [CompletionItem(f"{path}={each}") for each in _values(path) if _begins(each, value)]

    return complete


def _values(path: str) -> Iterator[str]:
    if fold(path).endswith("country"):
        from partnercenter.rules.country_data import countries  # they take a while to read

        yield from countries()


def _begins(text: str, typed: str) -> bool:
    return fold(text).startswith(fold(typed))
