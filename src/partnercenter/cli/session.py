"""Who the command line speaks as: the environment first, else what `partnercenter login` remembered."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping

import click

from partnercenter import ConfigurationError, PartnerCenter, SignInError
from partnercenter.cli import remembered_login
from partnercenter.client.settings import ENV_CLOUD


def open_partner_center() -> PartnerCenter:
    """A client for the commands. SignInError if nobody is signed in; see also _agreed."""
    _show_retries()
    if environment_wins():
        return PartnerCenter.from_env(environment())
    login = remembered_login.load()
    if login is None:
        raise SignInError(
            f"Nobody is signed in: PARTNERCENTER_REFRESH_TOKEN is not set, and {remembered_login.path()} "
            "remembers no login.",
            next_step='Run partnercenter login, or for the local service: eval "$(partnercenter env)"',
        )
    return PartnerCenter.from_env(_agreed(login.variables))


def environment() -> Mapping[str, str]:
    """The environment, with the cloud that `--cloud` names in the place of PARTNERCENTER_CLOUD."""
    context = click.get_current_context(silent=True)
    cloud = context.find_root().obj if context else None
    return {**os.environ, ENV_CLOUD: cloud} if isinstance(cloud, str) else os.environ


def _agreed(login: dict[str, str]) -> dict[str, str]:
    """The variables of the remembered login. ConfigurationError if the environment names another service or user.

    Neither may win without a word: an update would go where nobody looked.
    """
    exports = environment()
    for name, remembered in login.items():
        exported = exports.get(name)
        if exported and exported != remembered:
            raise ConfigurationError(
                f"{name} is {exported}, but the login remembered in {remembered_login.path()} is for {remembered}.",
                next_step=f"Run partnercenter login again, or unset {name}.",
            )
    return login


def environment_wins() -> bool:
    """Whether the environment names a user, who then goes before the remembered one."""
    return bool(os.environ.get("PARTNERCENTER_REFRESH_TOKEN"))


def _show_retries() -> None:
    """Print on stderr why a command takes its time: the SDK logs every wait before another attempt."""
    logger = logging.getLogger("partnercenter")
    logger.setLevel(logging.INFO)
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler())
