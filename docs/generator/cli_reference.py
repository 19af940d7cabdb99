"""The directive `command-line`: every command, with the help that it prints itself."""

from __future__ import annotations

from collections.abc import Iterator

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from partnercenter import cli

_WIDTH = 100


class CommandLine(SphinxDirective):
    """A section for each command, in the order of `--help`, and the text of its own `--help` in it."""

    def run(self) -> list[nodes.Node]:
        """The sections."""
        return [self._section(context) for context in _contexts(cli._cli, None, "partnercenter")]

    def _section(self, context: click.Context) -> nodes.section:
        path = context.command_path
        section = nodes.section(ids=[nodes.make_id(path)], names=[path])
        section += nodes.title("", "", nodes.literal(text=path))
        section += nodes.literal_block(text=context.get_help(), language="text")
        self.state.document.note_explicit_target(section)
        return section


def _contexts(command: click.Command, parent: click.Context | None, name: str) -> Iterator[click.Context]:
    """The command and all below it, as click sees them when they are called."""
    context = click.Context(command, parent=parent, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH)
    yield context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from _contexts(found, context, below)


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True}
