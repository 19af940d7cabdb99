"""From an error of the SDK to one line on stderr and an exit code."""

from __future__ import annotations

import os
import re

import click

from partnercenter import (
    ConfigurationError,
    ForbiddenError,
    OutcomeUnknownError,
    PartnerCenterError,
    PreconditionFailedError,
    ServerError,
    ServiceUnreachableError,
    SignInError,
    ThrottledError,
    UnauthorizedError,
)
from partnercenter.cli.exit_codes import ExitCode

# The first row that fits counts; a subclass stands before its base.
_CODES: tuple[tuple[type[PartnerCenterError], ExitCode], ...] = (
    (ConfigurationError, ExitCode.USAGE),
    (SignInError, ExitCode.NOT_SIGNED_IN),
    (UnauthorizedError, ExitCode.NOT_SIGNED_IN),
    (ForbiddenError, ExitCode.NOT_ALLOWED),
    (PreconditionFailedError, ExitCode.PRECONDITION_FAILED),
    (OutcomeUnknownError, ExitCode.OUTCOME_UNKNOWN),
    (ServiceUnreachableError, ExitCode.UNAVAILABLE),
    (ThrottledError, ExitCode.UNAVAILABLE),
    (ServerError, ExitCode.UNAVAILABLE),
    (PartnerCenterError, ExitCode.REFUSED),
)

# A sentence behind another one, up to its end or to the ids in brackets.
_POINTER = re.compile(r"\. See data\b[^.(\n]*(?= \(|\.)")


def explain(error: Exception) -> ExitCode | None:
    """Print what went wrong and what to do; the exit code, or None for an error that is a defect of ours."""
    if isinstance(error, BrokenPipeError):
        return ExitCode.OK  # whoever reads the output has enough of it; see closed_pipe for what is no terminal
    if isinstance(error, OSError):
        _say(f"Error: {_where(error)}: {error.strerror or type(error).__name__}.")
        return ExitCode.UNEXPECTED
    if not isinstance(error, PartnerCenterError):
        return None
    _say(f"Error: {without_pointer(str(error))}")
    return exit_code_of(error)


def without_pointer(said: str) -> str:
    """What a refusal says, without the sentence that leads to `data` in a body that no person sees: it is told, too."""
    return _POINTER.sub("", said, 1)


def exit_code_of(error: PartnerCenterError) -> ExitCode:
    """The exit code that an error of the SDK ends a command with."""
    return next(code for kind, code in _CODES if isinstance(error, kind))


def _say(text: str) -> None:
    # The command is over, and with it the context that knows of NO_COLOR.
    click.secho(text, fg="red", err=True, color=False if os.environ.get("NO_COLOR") else None)


def _where(error: OSError) -> str:
    """The file, or the output: the SDK lets no error of the network out as an OSError."""
    return str(error.filename) if error.filename is not None else "The output cannot be written"
