"""`partnercenter contexts`: named services and users."""

from __future__ import annotations

from pathlib import Path

import click

from partnercenter import Cloud, ConfigurationError
from partnercenter.cli.output import Format, output_option, show, show_table
from partnercenter.cli.signing_in import caller, context_file, secret_reference
from partnercenter.cli.signing_in.context_file import DEFAULT, Context
from partnercenter.client.cloud_guard import is_real_cloud
from partnercenter.wire.json_text import JsonObject, JsonValue

_HELP_NAMES = {"help_option_names": ["-h", "--help"]}


def complete_names(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    """The contexts whose names begin with `typed`, for the completion of a shell."""
    return [name for name in sorted(context_file.read().named) if name.startswith(typed)]


_name_argument = click.argument("name", shell_complete=complete_names)


@click.group(context_settings=_HELP_NAMES)
def command() -> None:
    """Name services and users, so that a command can say `--context production`.

    A context has the cloud (or base URL, authority and CA of another service), the tenant, the application, and where
    its secrets are; never a secret itself. `partnercenter login --context NAME` remembers a user in it.

    \b
    Examples:
      partnercenter contexts add local --from-data .partnercenter
      partnercenter contexts add production --cloud global --tenant contoso.onmicrosoft.com --client-id <application>
      partnercenter contexts use local
    """


@command.command("list")
@output_option
def list_contexts(output: Format) -> None:
    """List the contexts; the one in use is marked.

    \b
    Examples:
      partnercenter contexts list
    """
    contexts = context_file.read()
    used = contexts.current or DEFAULT
    rows = [_row(name, context, used=name == used) for name, context in sorted(contexts.named.items())]
    if output is not Format.TABLE:
        listed: list[JsonValue] = [*rows]
        show(listed, output)
    elif rows:
        titles = ["", "NAME", "SERVICE", "TENANT", "USER"]
        show_table(titles, [["*" if row["inUse"] else "", *map(str, list(row.values())[1:5])] for row in rows])
    else:
        click.echo("There are no contexts. Begin with: partnercenter contexts add --help")


@command.command("show")
@_name_argument
@output_option
def show_context(name: str, output: Format) -> None:
    """Show one context. Secrets are shown as the place where they are.

    \b
    Examples:
      partnercenter contexts show local
    """
    show({"name": name, **context_file.read().get(name).as_json()}, output)


@command.command()
@click.argument("name")
@click.option("--from-data", type=click.Path(path_type=Path), help="That of the local service which runs in a folder.")
@click.option("--cloud", type=click.Choice([cloud.value for cloud in Cloud], case_sensitive=False), help="The cloud.")
@click.option("--base-url", help="Another address of the API.")
@click.option("--authority", help="Another login host.")
@click.option("--ca-bundle", type=click.Path(path_type=Path), help="PEM file; only its authorities are trusted.")
@click.option("--tenant", help="Tenant id or domain of the partner.")
@click.option("--client-id", help="Your App+User application.")
@click.option("--client-secret", metavar="PLACE", help=f"Where its secret is: {secret_reference.FORMS}.")
@click.option("--refresh-token", metavar="PLACE", help=f"Where a job's refresh token is: {secret_reference.FORMS}.")
def add(
    name: str,
    from_data: Path | None,
    client_secret: str | None,
    refresh_token: str | None,
    **members: str | Path | None,
) -> None:
    """Add a context, or change the members that are given of one that is there.

    \b
    Examples:
      partnercenter contexts add local --from-data .partnercenter
      partnercenter contexts add china --cloud china --tenant contoso.partner.onmschina.cn --client-id <application>
      partnercenter contexts add job --cloud global --tenant <tenant> --client-id <application> \\
        --client-secret file:/run/secrets/app --refresh-token env:PARTNER_REFRESH_TOKEN
    """
    context_file.check_name(name)
    given = {member: _text(value) for member, value in members.items()}
    if client_secret:
        given["client_secret"] = secret_reference.checked("--client-secret", client_secret)
    if refresh_token:
        given["refresh_token"] = secret_reference.checked("--refresh-token", refresh_token)
    if from_data:
        given["data"] = str(from_data.absolute())
    context_file.read()
    with context_file.changing() as contexts:
        before = contexts.named.get(name, Context())
        context = context_file.with_members(before, **given)
        _check(name, context)
        _check_secrets(name, before, context, given)
        contexts.named[name] = context
    click.echo(f"Context {name}: {_service(context)}. To use it: partnercenter --context {name} whoami")


@command.command()
@_name_argument
def use(name: str) -> None:
    """Let NAME be the context of commands that name none, unless the environment names a user.

    \b
    Examples:
      partnercenter contexts use local
    """
    context_file.read().get(name)
    with context_file.changing() as contexts:
        contexts.current = name
    click.echo(f"In use: {name}.")


@command.command()
@_name_argument
def remove(name: str) -> None:
    """Remove a context, and the tokens that `login` keeps for it.

    \b
    Examples:
      partnercenter contexts remove local
    """
    context_file.token_cache(name, context_file.read().get(name)).clear()
    with context_file.changing() as contexts:
        contexts.named.pop(name, None)
        contexts.current = None if contexts.current == name else contexts.current
    click.echo(f"Removed: {name}.")


def _text(value: str | Path | None) -> str | None:
    return str(value.absolute()) if isinstance(value, Path) else value or None


def _check(name: str, context: Context) -> None:
    """Raise ConfigurationError unless the context names a service that can be one."""
    if context.data is not None:
        caller.with_data(name, context)
    elif not context.cloud and not (context.base_url and context.authority):
        raise ConfigurationError(
            "No cloud is named.", next_step="Give --cloud, or --base-url and --authority, or --from-data FOLDER."
        )
    _ = context.settings


def _check_secrets(name: str, before: Context, after: Context, given: dict[str, str | None]) -> None:
    """Raise ConfigurationError if a secret that was named for one authority would now go to another one."""
    kept = [one for one in ("client_secret", "refresh_token") if getattr(before, one) and not given.get(one)]
    if kept and before.settings.authority_url != after.settings.authority_url:
        options = " and ".join(f"--{one.replace('_', '-')}" for one in kept)
        raise ConfigurationError(
            f"The context {name} has secrets for {before.settings.authority_url}, which must not be sent to "
            f"{after.settings.authority_url}.",
            next_step=f"Give those of the new authority too ({options}), or choose another name.",
        )


def _row(name: str, context: Context, *, used: bool) -> JsonObject:
    return {
        "inUse": used,
        "name": name,
        "service": _service(context),
        "tenant": context.tenant or ("(that of the service)" if context.data else "(none)"),
        "user": _user(name, context),
        "production": context.data is None and is_real_cloud(context.settings.api_url),
    }


def _service(context: Context) -> str:
    if context.data is not None:
        return f"local service in {context.data}"
    if context.base_url:
        return context.settings.api_url
    return f"cloud {context.settings.cloud.value}"


def _user(name: str, context: Context) -> str:
    if context_file.token_cache(name, context).holds_any():
        return "signed in"
    if context.refresh_token:
        return f"by {context.refresh_token}"
    return "that of the service" if context.data else "nobody"
