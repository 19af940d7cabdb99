"""Output that nobody reads any more, as after `| head -1`: the command ends in silence, and that is no error."""

from __future__ import annotations

import io
from typing import TextIO

import click

from partnercenter.cli.exit_codes import ExitCode


class _UntilClosed(io.FileIO):
    """Ends the command at the first write that finds the pipe closed; what is written after that goes nowhere.

    So does what is written after another error, as of a full disk: it is told once, and not again by the interpreter.
    """

    has_failed = False

    def write(self, data: io.ReadableBuffer, /) -> int:  # type: ignore[name-defined] # a name of typeshed's
        """As FileIO."""
        size = memoryview(data).nbytes
        if self.has_failed or size == 0:  # click writes nothing to find out what the stream takes
            return size
        try:
            return super().write(data)
        except BrokenPipeError:
            self.has_failed = True
        except BlockingIOError:  # a pipe that is full, of somebody who does not wait
            raise
        except OSError:
            self.has_failed = True
            raise
        raise click.exceptions.Exit(ExitCode.OK)


def until_closed(stream: TextIO) -> TextIO:
    """`stream`, if it is a file or a pipe, in a form that ends the command with 0 when nobody reads it any more.

    Not SIGPIPE, which would also end us when a service closes a connection.
    """
    if not isinstance(stream, io.TextIOWrapper) or stream.isatty():
        return stream
    is_buffered = isinstance(stream.buffer, io.BufferedWriter)  # not so with PYTHONUNBUFFERED
    if not isinstance(stream.buffer.raw if is_buffered else stream.buffer, io.FileIO):
        return stream
    raw = _UntilClosed(stream.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw) if is_buffered else raw,
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
