"""`partnercenter clock`: what time a local service for tests takes it for, and let time pass there at once."""

from __future__ import annotations

import re
from pathlib import Path

import click
from rich.text import Text

from partnercenter.cli.local.administration import TEST_MODE, ask, data_option
from partnercenter.cli.output import Format, output_option, show, show_rows
from partnercenter.wire.json_text import JsonObject

_PATH = "/admin/clock"
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_WORDS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
_SPAN = re.compile(r"(?:\d+(?:\.\d+)?[smhd])+|\d+(?:\.\d+)?", re.ASCII)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Show and set ahead the clock of a local service. It must run with `--test`.

    Tokens expire by that clock, windows of the throttle end, answers to PUTs are forgotten, and the audit is dated.
    `partnercenter reset` puts it right again.

    \b
    Examples:
      partnercenter clock show
      partnercenter clock advance 1h
    """


@command.command("show")
@data_option
@output_option
def show_clock(data: Path | None, output: Format) -> None:
    """Show what time it is there, and how far ahead that is.

    \b
    Examples:
      partnercenter clock show
      partnercenter clock show -o json
    """
    _show(ask(data, "GET", _PATH, mode=TEST_MODE), output)


def _span(_context: click.Context, _parameter: click.Parameter, typed: str) -> float:
    """Seconds. typed: a number of them, or numbers with s, m, h and d."""
    text = typed.strip().lower()
    if not _SPAN.fullmatch(text):
        raise click.BadParameter(f"{typed[:40]!a} is no span of time. Write it as in 90s, 15m, 1h30m or 2d.")
    if text[-1].isdigit():
        return float(text)
    return sum(float(number) * _SECONDS[unit] for number, unit in re.findall(r"([\d.]+)([smhd])", text))


@command.command("advance")
@click.argument("span", callback=_span)
@data_option
@output_option
def advance(span: float, data: Path | None, output: Format) -> None:
    """Let SPAN pass at once: 90s, 15m, 1h30m, 2d.

    \b
    Examples:
      partnercenter clock advance 1h
      partnercenter clock advance 24h30m
    """
    _show(ask(data, "POST", _PATH, {"advance": span}, mode=TEST_MODE), output)


def _show(answer: JsonObject, output: Format) -> None:
    if output is not Format.TABLE:
        show(answer, output)
        return
    ahead = answer.get("ahead")
    seconds = ahead if isinstance(ahead, (int, float)) else 0
    show_rows([("date", Text(str(answer.get("date")))), ("ahead", Text(_readable(seconds)))])


def _readable(seconds: float) -> str:
    """A span of time for people, of whole seconds: `1 h 30 min`."""
    left, parts = int(seconds), []
    for word, length in _WORDS.items():
        count, left = divmod(left, length)
        parts += [f"{count} {word}"] if count else []
    return " ".join(parts) or "0 s"
