"""Who the command line speaks as: the environment first, else what `partnercenter login` remembered."""

from __future__ import annotations

import logging
import os

from partnercenter import PartnerCenter
from partnercenter.cli import remembered_login


def open_partner_center() -> PartnerCenter:
    """A client for the commands. ConfigurationError if there is neither an environment nor a login."""
    _show_retries()
    login = None if environment_wins() else remembered_login.load()
    if login is None:
        return PartnerCenter.from_env(os.environ)
    # The remembered user signed in without a secret; one of another application must not be sent along.
    return PartnerCenter.from_env({**os.environ, "PARTNERCENTER_CLIENT_SECRET": "", **login.variables})


def environment_wins() -> bool:
    """Whether the environment names a user, who then goes before the remembered one."""
    return bool(os.environ.get("PARTNERCENTER_REFRESH_TOKEN"))


def _show_retries() -> None:
    """Print on stderr why a command takes its time: the SDK logs every wait before another attempt."""
    logger = logging.getLogger("partnercenter")
    logger.setLevel(logging.INFO)
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler())
