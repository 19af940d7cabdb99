"""Who the command line speaks as, and why: the context that was asked for, the environment, the context in use."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from partnercenter import CachedCredential, ClientSettings, ConfigurationError, RefreshTokenCredential, SignInError
from partnercenter.cli.chosen import CHOSEN
from partnercenter.cli.signing_in import context_file, secret_reference
from partnercenter.cli.signing_in.context_file import DEFAULT, ENV_CONTEXT, Context, Contexts
from partnercenter.client.msal_credential import UserCredential, account_of_person
from partnercenter.client.settings import ENV_AUTHORITY, ENV_BASE_URL, ENV_CA_BUNDLE, ENV_CLOUD, required

ENV_TENANT_ID = "PARTNERCENTER_TENANT_ID"
ENV_CLIENT_ID = "PARTNERCENTER_CLIENT_ID"
ENV_CLIENT_SECRET = "PARTNERCENTER_CLIENT_SECRET"
ENV_REFRESH_TOKEN = "PARTNERCENTER_REFRESH_TOKEN"
_ENV_SECOND_TENANT_ID = "PARTNERCENTER_SECOND_TENANT_ID"
_ENV_SECOND_REFRESH_TOKEN = "PARTNERCENTER_SECOND_REFRESH_TOKEN"


@dataclass(frozen=True, slots=True)
class Caller:
    """One user of one service.

    why: where the sign-in came from, in words. context: its name, None for the environment.
    """

    settings: ClientSettings
    tenant: str
    credential: UserCredential
    why: str
    context: str | None = None


def environment() -> Mapping[str, str]:
    """The environment, with the cloud that `--cloud` names in the place of PARTNERCENTER_CLOUD."""
    return {**os.environ, ENV_CLOUD: CHOSEN.cloud} if CHOSEN.cloud else os.environ


def environment_wins() -> bool:
    """Whether the environment names a user, who then goes before a remembered one (decision record 12)."""
    return bool(os.environ.get(ENV_REFRESH_TOKEN))


def find() -> Caller:
    """Who speaks. Raises SignInError if nobody is signed in, ConfigurationError if it cannot be told who is meant."""
    if CHOSEN.context:
        return of_name(CHOSEN.context, "--context names it")
    named = os.environ.get(ENV_CONTEXT)
    if named and environment_wins():
        raise ConfigurationError(
            f"{ENV_REFRESH_TOKEN} and {ENV_CONTEXT} are both set, and each names a user.",
            next_step=f"Unset one of them, or name the context on the command line: --context {named}.",
        )
    if environment_wins():
        return of_exports(environment())
    if named:
        return of_name(named, f"{ENV_CONTEXT} names it")
    return _in_use()


def of_name(name: str, reason: str) -> Caller:
    """The user of the context `name`. reason: why it is this context."""
    context = context_file.read().get(name)
    if CHOSEN.cloud and CHOSEN.cloud != with_data(name, context).settings.cloud.value:
        raise ConfigurationError(f"--cloud is {CHOSEN.cloud}, but the context {name} is of another cloud.")
    return of_context(name, context, reason)


def of_exports(variables: Mapping[str, str], why: str = f"{ENV_REFRESH_TOKEN} is set") -> Caller:
    """The user whom PARTNERCENTER_… variables name."""
    settings = ClientSettings.from_env(variables)
    tenant, client_id, refresh_token = required(variables, ENV_TENANT_ID, ENV_CLIENT_ID, ENV_REFRESH_TOKEN)
    credential = RefreshTokenCredential(
        client_id,
        refresh_token,
        tenant_id=tenant,
        client_secret=variables.get(ENV_CLIENT_SECRET) or None,
        authority=settings.authority_url,
        ca_bundle=settings.ca_bundle,
    )
    return Caller(settings, tenant, credential, why)


def of_context(name: str, context: Context, reason: str) -> Caller:
    """The user of `context`: who logged in, else who is named by its refresh token, else that of its local service."""
    complete = with_data(name, context)
    settings, tenant, client_id = complete.settings, complete.tenant, complete.client_id
    if not tenant or not client_id:
        raise ConfigurationError(
            f"The context {name} names no tenant or no application.",
            next_step=f"partnercenter contexts add {name} --tenant TENANT --client-id ID",
        )
    why = f"the context {name}: {reason}"
    cache = context_file.token_cache(name, context)
    if cache.has(account_of_person(settings.authority_url, tenant, client_id)):
        person = CachedCredential(
            client_id, tenant_id=tenant, cache=cache, authority=settings.authority_url, ca_bundle=settings.ca_bundle
        )
        return Caller(settings, tenant, person, why, name)
    if context.data is not None and cache.holds_any():
        # The user of the service must not take the place of the one who signed in.
        raise SignInError(
            f"The service of the context {name} has another address than when a user signed in to it.",
            next_step=f"Run partnercenter login --context {name}, or partnercenter --context {name} logout",
        )
    if complete.refresh_token is None:
        raise SignInError(
            f"Nobody is signed in to the context {name}.", next_step=f"Run partnercenter login --context {name}"
        )
    secret = complete.client_secret
    job = RefreshTokenCredential(
        client_id,
        secret_reference.read("refresh token", complete.refresh_token),
        tenant_id=tenant,
        client_secret=secret_reference.read("client secret", secret) if secret else None,
        authority=settings.authority_url,
        ca_bundle=settings.ca_bundle,
        cache=None if context.data is not None else cache,  # a local service publishes its tokens
    )
    return Caller(settings, tenant, job, why, name)


def everybody() -> Iterator[Caller]:
    """Everybody who could speak, the likeliest first; those who cannot, for lack of a secret, are left out.

    A context that somebody named speaks alone: another one might be of another service, as of a real cloud.
    """
    if CHOSEN.context or os.environ.get(ENV_CONTEXT):
        yield find()
        return
    yield from _exported()
    contexts = context_file.read()
    for name in sorted(contexts.named, key=lambda name: (name != contexts.current, name)):
        try:
            speaks = of_context(name, contexts.named[name], "it is of that tenant")
            if CHOSEN.cloud in (None, speaks.settings.cloud.value):
                yield speaks
        except (SignInError, ConfigurationError, click.ClickException):  # the last: its local service does not run
            continue


def _exported() -> Iterator[Caller]:
    """The users of the environment: that of a job, and the second partner that a local service exports."""
    found = dict(environment())
    if environment_wins():
        yield of_exports(found)
    if found.get(_ENV_SECOND_REFRESH_TOKEN):
        second = {ENV_TENANT_ID: found[_ENV_SECOND_TENANT_ID], ENV_REFRESH_TOKEN: found[_ENV_SECOND_REFRESH_TOKEN]}
        yield of_exports(found | second, f"{_ENV_SECOND_REFRESH_TOKEN} is set")


def _in_use() -> Caller:
    contexts = context_file.read()
    name = contexts.current or DEFAULT
    if name not in contexts.named:
        raise SignInError(
            f"Nobody is signed in: {ENV_REFRESH_TOKEN} is not set, and {context_file.path()} has no context {name}.",
            next_step=_how_to_begin(contexts),
        )
    _check_agreement(name, with_data(name, contexts.named[name]))
    used = "contexts use named it" if contexts.current else "nothing else names a user"
    return of_context(name, contexts.named[name], used)


def _how_to_begin(contexts: Contexts) -> str:
    if contexts.named:
        return f"Run partnercenter contexts use {min(contexts.named)}, or name another: {', '.join(contexts.named)}."
    return 'Run partnercenter login, or for the local service: eval "$(partnercenter env)"'


def _check_agreement(name: str, context: Context) -> None:
    """Raise ConfigurationError if the environment names another service or user than the context in use.

    Neither may win without a word: an update would go where nobody looked.
    """
    exports = environment()
    members = {
        ENV_CLOUD: context.settings.cloud.value,
        ENV_BASE_URL: context.settings.api_url,
        ENV_AUTHORITY: context.settings.authority_url,
        ENV_TENANT_ID: context.tenant,
        ENV_CLIENT_ID: context.client_id,
        ENV_CA_BUNDLE: context.ca_bundle,
    }
    for variable, remembered in members.items():
        exported = exports.get(variable)
        if remembered and exported and exported.rstrip("/") != remembered:
            raise ConfigurationError(
                f"{variable} is {exported}, but the login remembered in {context_file.path()}, "
                f"context {name}, is for {remembered}.",
                next_step=f"Run partnercenter login again, name the context (--context {name}), or unset {variable}.",
            )


def with_data(name: str, context: Context) -> Context:
    """`context`, called `name`, with what the local service of its folder says now.

    Raises click.ClickException if none runs there, ConfigurationError if the context is also of another service.
    """
    if context.data is None:
        return context
    from partnercenter.cli.local import env
    from partnercenter.cli.signing_in import local_data

    local_data.check_alone(name, context)
    elsewhere = f"name its folder: partnercenter contexts add {name} --from-data FOLDER"
    return local_data.complete(context, env.read(Path(context.data), elsewhere))
