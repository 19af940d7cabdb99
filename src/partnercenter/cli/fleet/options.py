"""The options that `plan` and `apply` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., None])

_MOST_PARALLEL = 32


def existing_file(name: str, *more: str, help_text: str, required: bool = False) -> Callable[[F], F]:
    """An option that names a file to read."""
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option(name, *more, type=kind, required=required, help=help_text)


def fleet_options(function: F) -> F:
    """`--credentials`, `--parallel` and `--json`."""
    function = click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object in each line, as soon as it is known."
    )(function)
    function = click.option(
        "--parallel",
        type=click.IntRange(1, _MOST_PARALLEL),
        default=4,
        show_default=True,
        help="How many partners at a time.",
    )(function)
    return existing_file("--credentials", help_text="Credentials of the tenants (YAML, readable for you alone).")(
        function
    )
