"""The command line: each verb is a module, loaded when it is asked for."""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from partnercenter.cli.chosen import CHOSEN
from partnercenter.cli.closed_pipe import until_closed
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.wire.clouds import Cloud

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class _Verb(NamedTuple):
    """One verb: the module that has it, its line in the help, and what the module calls it."""

    module: str
    help: str
    name: str = "command"


_VERBS = {
    "quickstart": _Verb("local.quickstart", "Update a billing profile end to end, against a local Partner Center."),
    "serve": _Verb("local.serve", "Run a local Partner Center."),
    "env": _Verb("local.env", "Print shell exports for the local Partner Center that is running."),
    "login": _Verb("signing_in.login", "Sign in as a user, with a device code or the browser, and remember it."),
    "logout": _Verb("signing_in.logout", "Forget the user whom login remembered."),
    "whoami": _Verb("signing_in.whoami", "Show who is signed in, with which roles and for how long."),
    "contexts": _Verb("signing_in.contexts", "Name services and users: local, production, china."),
    "doctor": _Verb("doctor", "Check everything that a command needs, and say what mends what does not work."),
    "billing": _Verb("profile.groups", "Read, change and check the partner's billing profile.", "billing"),
    "legal": _Verb("profile.groups", "Read, change and check the partner's legal business profile.", "legal"),
    "organization": _Verb(
        "profile.groups", "Read, change and check the partner's organization profile.", "organization"
    ),
    "support": _Verb("profile.groups", "Read, change and check the partner's support profile.", "support"),
    "mpn": _Verb("profile.groups", "Read and check the partner's partner network profile.", "mpn"),
    "completion": _Verb("completion", "Print a script that makes your shell complete what you type."),
    "plan": _Verb("fleet.plan", "Show what a file of profiles would change, in one or in hundreds of tenants."),
    "apply": _Verb("fleet.apply", "Make profiles what a file wants, and leave a report that can go on."),
    "faults": _Verb("local.faults", "Make a local service fail as planned."),
    "reset": _Verb("local.reset", "Put a local service for tests back to its seed."),
    "seed": _Verb("local.seed", "Show and set the partners of a local service for tests."),
    "snapshot": _Verb("local.snapshot", "Keep the state of a local service for tests, and have it again."),
    "journal": _Verb("local.journal", "Show what a local service was asked and what it answered."),
    "clock": _Verb("local.clock", "Show and set ahead the clock of a local service for tests."),
    "accounts": _Verb("local.accounts", "Disable and enable users, applications and tenants of a local service."),
    "keys": _Verb("local.keys", "Give the token authority of a local service a new signing key."),
    "sample": _Verb("sample", "Run the profile scenarios of the console test app, from a menu."),
    "audit": _Verb("data.audit", "List what changed, and verify that the audit is intact."),
    "database": _Verb("data.database", "Look after the database of a service: its schema, and copies of it."),
}

_COMPLETION = "_PARTNERCENTER_COMPLETE"


class _Verbs(click.Group):
    """A group that imports the module of a verb only when that verb is used, so that `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        verb = _VERBS[cmd_name]
        command = getattr(importlib.import_module(f"partnercenter.cli.{verb.module}"), verb.name)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:  # click looks for its nearest among those that are loaded
            raise click.NoSuchCommand(error.command_name, possibilities=_VERBS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.help) for name, verb in _VERBS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        from click.shell_completion import CompletionItem

        fitting = [(name, verb.help) for name, verb in _VERBS.items() if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=said) for name, said in fitting), *options]


def _context_names(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    from partnercenter.cli.signing_in.contexts import complete_names  # for a shell that completes alone

    return complete_names(context, parameter, typed)


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: " + "; ".join(f"{code.value} {code.meaning}" for code in ExitCode) + ".",
)
@click.version_option(package_name="partnercenter", message="partnercenter %(version)s")
@click.option(
    "--cloud",
    type=click.Choice([cloud.value for cloud in Cloud], case_sensitive=False),
    help="The cloud to speak to (for `serve`: to answer as), instead of PARTNERCENTER_CLOUD.",
)
@click.option(
    "--context",
    "context_name",
    metavar="NAME",
    shell_complete=_context_names,
    help="The service and the user to speak as, instead of PARTNERCENTER_CONTEXT; see `contexts`.",
)
@click.pass_context
def _cli(context: click.Context, cloud: str | None, context_name: str | None) -> None:
    """Partner Center account profiles: an SDK, this command line and a local service.

    \b
    Start here:
      partnercenter quickstart
      partnercenter serve
    \b
    Another cloud than that of the environment:
      partnercenter --cloud china billing get
    \b
    As somebody else than the user of the environment:
      partnercenter --context production billing get
    """
    CHOSEN.cloud, CHOSEN.context = cloud, context_name
    if os.environ.get("NO_COLOR"):  # https://no-color.org; rich obeys it by itself
        context.color = False
    if cloud:
        context.default_map = {"serve": {"cloud": cloud}}  # it has an option of its own, which goes before this one


def main() -> None:
    """Run the command line and exit with a code that means something (see exit_codes)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a narrow encoding cannot write must not turn an update that was made into a failure.
            stream.reconfigure(errors="replace")
    sys.stdout = until_closed(sys.stdout)
    sys.exit(_exit_code())


def _exit_code() -> int:
    """The code that the command ends with, after saying on stderr why it is not 0."""
    if _COMPLETION in os.environ:  # a shell asks what could stand here
        from partnercenter.cli import completion

        completion.register()
    try:
        # Not standalone: click would print a traceback of ours, and it gives the code of an Exit back instead.
        code = _cli(standalone_mode=False)
        if sys.stdout is not None:  # as after `>&-`
            sys.stdout.flush()  # a full disk shows itself here, and not where nobody can catch it
    except click.Abort as error:
        notes = getattr(error.__cause__, "__notes__", [])  # the SDK notes whether something may have been done
        click.echo(" ".join(["Interrupted.", *notes]), err=True)
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        _with_place(error).show()
        return error.exit_code
    except Exception as error:
        # Imported here alone: a command that fails may load what it needs to say why.
        from partnercenter.cli.failures import explain

        told = explain(error)
        if told is None:
            raise
        return told
    return code if isinstance(code, int) else ExitCode.OK


def _with_place(error: click.ClickException) -> click.ClickException:
    """`error`; one of an option that stands before the verb says so."""
    example = {"--cloud": "china", "--context": "production"}.get(getattr(error, "option_name", ""))
    if isinstance(error, click.NoSuchOption) and example:
        written = f"partnercenter {error.option_name} {example} billing get"
        return click.UsageError(f"{error.message} It stands before the command, as in: {written}", error.ctx)
    return error
