"""Which context a verb about contexts is for."""

from __future__ import annotations

import os

import click

from partnercenter.cli.chosen import CHOSEN
from partnercenter.cli.signing_in.context_file import DEFAULT, ENV_CONTEXT, Contexts, check_name

IN_USE = f"[default: the context in use, else {DEFAULT}]"
"""What the help of `--context NAME` behind such a verb says."""


def chosen(behind: str | None, contexts: Contexts) -> tuple[str, bool]:
    """The name, and whether somebody asked for it. behind: what `--context` behind the verb says.

    Raises click.UsageError if another one is named before the verb, ConfigurationError if a name cannot be so.
    """
    before = CHOSEN.context
    if behind and before and behind != before:
        raise click.UsageError(f"--context is {before} before the command and {behind} behind it.")
    asked = behind or before or os.environ.get(ENV_CONTEXT) or contexts.current
    return check_name(asked or DEFAULT), asked is not None
