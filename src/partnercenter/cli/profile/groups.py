"""`partnercenter billing`, `legal`, `organization`, `support` and `mpn`: all that can be done with a profile."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from partnercenter.cli.profile import profile_verbs
from partnercenter.cli.profile.profile_verbs import ProfileVerb
from partnercenter.wire.profiles import P


class _Row(NamedTuple):
    """One command: the module that makes it, its line in the help, and whether it is one of mpn, too."""

    module: str
    help: str
    of_mpn: bool = False


_COMMANDS = {
    "get": _Row("get", "Print the {title}.", of_mpn=True),
    "set": _Row("set_members", "Change members of the {title}."),
    "update": _Row("set_members", "The same, with options: --set MEMBER=VALUE."),
    "edit": _Row("edit", "Change the {title} in your editor."),
    "diff": _Row("diff", "Compare the {title} with a file, or with what it was.", of_mpn=True),
    "history": _Row("history", "List who changed what in the {title}."),
    "restore": _Row("restore", "Put earlier values of the {title} back."),
    "validate": _Row("validate", "Check the {title}, or one in a file, by the service's rules.", of_mpn=True),
}


class _ProfileGroup(click.Group):
    """A group that imports the module of a command only when that command is used."""

    def __init__(self, verb: ProfileVerb[P]) -> None:
        doing = "Read, change and check" if verb.update else "Read and check"
        examples = [f"partnercenter {verb.word} get"]
        if verb.update:
            examples += [f"partnercenter {verb.word} set {verb.examples[0]}", f"partnercenter {verb.word} edit"]
        shown = "".join(f"  {example}\n" for example in examples)
        said = f"{doing} the partner's {verb.title}.\n\n\b\nExamples:\n{shown}"
        super().__init__(verb.word, help=said, context_settings={"help_option_names": ["-h", "--help"]})
        rows = {name: row for name, row in _COMMANDS.items() if verb.update or row.of_mpn}
        self._rows = {name: row._replace(help=row.help.format(title=verb.title)) for name, row in rows.items()}
        self._verb = verb

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._rows:
            return None
        if cmd_name not in self.commands:
            module = importlib.import_module(f"partnercenter.cli.profile.{self._rows[cmd_name].module}")
            self.add_command(getattr(module, f"{cmd_name}_command")(self._verb))
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:  # click looks for its nearest among those that are loaded
            name = error.command_name
            if name in _COMMANDS:  # one of the other profiles
                said = f"Nobody can change the {self._verb.title}, so there is no {name!r}. There is {self._names()}."
                raise click.UsageError(said, ctx) from None
            raise click.NoSuchCommand(name, possibilities=self._rows, ctx=ctx) from None

    def _names(self) -> str:
        *names, last = self._rows
        return f"{', '.join(names)} and {last}"

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.help) for name, row in self._rows.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        fitting = [(name, row.help) for name, row in self._rows.items() if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=said) for name, said in fitting), *options]


billing = _ProfileGroup(profile_verbs.BILLING)
legal = _ProfileGroup(profile_verbs.LEGAL)
organization = _ProfileGroup(profile_verbs.ORGANIZATION)
support = _ProfileGroup(profile_verbs.SUPPORT)
mpn = _ProfileGroup(profile_verbs.MPN)
