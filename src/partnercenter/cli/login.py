"""`partnercenter login`: sign in as a user with a device code (RFC 8628)."""

from __future__ import annotations

import click

from partnercenter import ClientSettings, ConfigurationError, DeviceCodeCredential, SignInError
from partnercenter.cli import remembered_login
from partnercenter.cli.remembered_login import Login
from partnercenter.cli.session import environment, environment_wins


@click.command()
@click.option(
    "--tenant", envvar="PARTNERCENTER_TENANT_ID", show_envvar=True, help="Tenant id or domain of the partner."
)
@click.option("--client-id", envvar="PARTNERCENTER_CLIENT_ID", show_envvar=True, help="Your App+User application.")
def command(tenant: str | None, client_id: str | None) -> None:
    """Sign in as a user with a device code, and remember it for the next commands.

    Where to sign in comes from --cloud or the environment (PARTNERCENTER_CLOUD, or the exports of `partnercenter
    env`).

    \b
    Examples:
      partnercenter --cloud global login --tenant contoso.onmicrosoft.com --client-id <application id>
      eval "$(partnercenter env)"; unset PARTNERCENTER_REFRESH_TOKEN; partnercenter login
    """
    if not tenant or not client_id:
        raise ConfigurationError(
            "The tenant and the application are not known.", next_step="Give --tenant and --client-id."
        )
    settings = ClientSettings.from_env(environment())
    remembered_login.check_place()
    refresh_tokens: list[str] = []
    credential = DeviceCodeCredential(
        client_id,
        tenant_id=tenant,
        authority=settings.authority_url,
        ca_bundle=settings.ca_bundle,
        prompt=lambda device: click.echo(device.message, err=True),
        on_refresh_token=refresh_tokens.append,
    )
    credential.get_token(settings.scope)
    if not refresh_tokens:
        raise SignInError("The authority gave no refresh token.", next_step="Allow offline_access to the application.")
    variables = {
        "PARTNERCENTER_CLOUD": settings.cloud.value,
        "PARTNERCENTER_BASE_URL": settings.api_url,
        "PARTNERCENTER_AUTHORITY": settings.authority_url,
        "PARTNERCENTER_TENANT_ID": tenant,
        "PARTNERCENTER_CLIENT_ID": client_id,
        "PARTNERCENTER_REFRESH_TOKEN": refresh_tokens[-1],
    }
    if settings.ca_bundle:
        variables["PARTNERCENTER_CA_BUNDLE"] = settings.ca_bundle
    place = remembered_login.save(Login(variables))
    click.echo(f"Signed in. Remembered in {place}. Next: partnercenter whoami")
    if environment_wins():
        click.secho(
            "Note: PARTNERCENTER_REFRESH_TOKEN is set and goes before this login. To use it: "
            "unset PARTNERCENTER_REFRESH_TOKEN",
            fg="yellow",
            err=True,
        )
