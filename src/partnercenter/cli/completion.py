"""`partnercenter completion`: what makes a shell complete verbs, options, members and countries."""

from __future__ import annotations

from collections.abc import Sequence

import click
from click import shell_completion
from click.shell_completion import BashComplete, CompletionItem

VARIABLE = "_PARTNERCENTER_COMPLETE"
"""The variable in which a shell says that it wants completions."""

_NAME = "partnercenter"
_SHELLS = ("bash", "zsh", "fish", "powershell")


class _Bash(BashComplete):
    """Bash takes `country=US` apart at the sign; what stands before it has to come off the answer, too."""

    _before_equals = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete = super().get_completion_args()
        words = _joined([*args, incomplete])
        self._before_equals = words[-1].partition("=")[0] + "=" if "=" in words[-1] else ""
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem[str]) -> str:
        return f"{item.type},{item.value.removeprefix(self._before_equals)}"


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print a script that makes a shell complete what you type.

    It completes commands, options and what they take, members of profiles, countries and contexts.

    \b
    Examples:
      partnercenter completion bash >> ~/.bashrc
      partnercenter completion zsh >> ~/.zshrc
      partnercenter completion fish > ~/.config/fish/completions/partnercenter.fish
      partnercenter completion powershell >> $PROFILE
    """
    kind = shell_completion.get_completion_class(shell)
    if kind is None:  # PowerShell came with click 8.5
        raise click.ClickException(f"The click that is installed does not know {shell}. Install a newer one.")
    click.echo(kind(context.find_root().command, {}, _NAME, VARIABLE).source())


def register() -> None:
    """Make the completion of bash ours; called when a shell asks."""
    shell_completion.add_completion_class(_Bash)


def _joined(words: Sequence[str]) -> list[str]:
    """`words` with those together again that bash took apart: `city`, `=`, `Redmond` were one."""
    joined: list[str] = []
    is_open = False
    for word in words:
        if joined and (is_open or word == "="):
            joined[-1] += word
        else:
            joined.append(word)
        is_open = word == "="
    return joined
