"""`partnercenter login`: sign in as a user, with a device code (RFC 8628) or the browser of this machine (RFC 8252)."""

from __future__ import annotations

from dataclasses import replace

import click

from partnercenter import (
    ClientSettings,
    ConfigurationError,
    DeviceCodeCredential,
    DeviceCodePrompt,
    InteractiveCredential,
    SignInError,
)
from partnercenter.cli.signing_in import access_claims, caller, context_file, context_name
from partnercenter.cli.signing_in.context_file import DEFAULT, Context, Contexts
from partnercenter.cli.signing_in.context_name import IN_USE
from partnercenter.client.msal_credential import account_of_person


@click.command()
@click.option("--tenant", help="Tenant id or domain of the partner, instead of PARTNERCENTER_TENANT_ID.")
@click.option("--client-id", help="Your App+User application, instead of PARTNERCENTER_CLIENT_ID.")
@click.option("--context", "name", metavar="NAME", help=f"The context to remember it in.  {IN_USE}")
@click.option("--browser", is_flag=True, help="Sign in with the browser of this machine instead of a device code.")
@click.option("--keyring", is_flag=True, help="Keep the tokens in the keyring of the system instead of a file.")
def command(tenant: str | None, client_id: str | None, name: str | None, browser: bool, keyring: bool) -> None:
    """Sign in as a user, and remember it for the next commands.

    Where to sign in comes from the context, if it is there already; else from --cloud or the environment
    (PARTNERCENTER_CLOUD, or the exports of `partnercenter env`). The login makes the context.

    \b
    Examples:
      partnercenter --cloud global login --context production --tenant contoso.onmicrosoft.com --client-id <application>
      partnercenter login --context production --browser
      eval "$(partnercenter env)"; unset PARTNERCENTER_REFRESH_TOKEN; partnercenter login
    """
    contexts = context_file.read()
    name, explicit = context_name.chosen(name, contexts)
    context = context_file.with_members(_place(name, contexts, explicit=explicit), tenant=tenant, client_id=client_id)
    if keyring and context.tokens != "keyring":
        context_file.token_cache(name, context).clear()
        context = replace(context, tokens="keyring")
    complete = caller.with_data(name, context)
    if not complete.tenant or not complete.client_id:
        raise ConfigurationError(
            "The tenant and the application are not known.", next_step="Give --tenant and --client-id."
        )
    context_file.check_place()
    user = _sign_in(name, context, complete.settings, complete.tenant, complete.client_id, browser=browser)
    with context_file.changing() as kept:
        kept.named[name] = context
    click.echo(f"Signed in as {user}. Remembered in {context_file.path()}, context {name}. Next: {_next(name, kept)}")
    _warn_of_exports()


def _place(name: str, contexts: Contexts, *, explicit: bool) -> Context:
    """Where to sign in. A context that is asked for says so itself; what it is not asked for, the environment does."""
    there = contexts.named.get(name)
    if there is not None and (explicit or not _environment_names_a_service()):
        return there
    exports = caller.environment()
    settings = ClientSettings.from_env(exports)
    return Context(
        cloud=settings.cloud.value,
        base_url=settings.base_url,
        authority=settings.authority,
        ca_bundle=settings.ca_bundle,
        tenant=exports.get(caller.ENV_TENANT_ID) or None,
        client_id=exports.get(caller.ENV_CLIENT_ID) or None,
        tokens=there.tokens if there else "file",
    )


def _environment_names_a_service() -> bool:
    try:
        ClientSettings.from_env(caller.environment())
    except ConfigurationError:
        return False
    return True


def _sign_in(
    name: str, context: Context, settings: ClientSettings, tenant: str, client_id: str, *, browser: bool
) -> str:
    """Keep the tokens of the person who signs in now in the place of those before; who it is, in words."""
    refresh_tokens: list[str] = []
    authority, ca_bundle, keep = settings.authority_url, settings.ca_bundle, refresh_tokens.append
    by: DeviceCodeCredential | InteractiveCredential
    if browser:
        by = InteractiveCredential(
            client_id, tenant_id=tenant, show=_show, authority=authority, ca_bundle=ca_bundle, on_refresh_token=keep
        )
        click.echo("Opening the browser to sign in ...", err=True)
    else:
        by = DeviceCodeCredential(
            client_id, tenant_id=tenant, prompt=_prompt, authority=authority, ca_bundle=ca_bundle, on_refresh_token=keep
        )
    try:
        token = by.get_token(settings.scope)
    finally:
        by.close()
    if not refresh_tokens:
        raise SignInError("The authority gave no refresh token.", next_step="Allow offline_access to the application.")
    cache = context_file.token_cache(name, context)
    cache.clear()  # whoever was remembered here before is not any more
    with cache.held(account_of_person(settings.authority_url, tenant, client_id)) as kept:
        kept.keep((settings.scope,), token, refresh_tokens[-1])
    return str(access_claims.of(token.token).get("upn") or "a user")


def _prompt(device: DeviceCodePrompt) -> None:
    click.echo(device.message, err=True)


def _show(address: str) -> None:
    click.echo(f"No browser could be opened here. Open this address in one on this machine:\n{address}", err=True)


def _next(name: str, contexts: Contexts) -> str:
    used = name == (contexts.current or DEFAULT)
    return "partnercenter whoami" if used else f"partnercenter --context {name} whoami"


def _warn_of_exports() -> None:
    if caller.environment_wins():
        click.secho(
            "Note: PARTNERCENTER_REFRESH_TOKEN is set and goes before this login. To use it: "
            "unset PARTNERCENTER_REFRESH_TOKEN",
            fg="yellow",
            err=True,
        )
