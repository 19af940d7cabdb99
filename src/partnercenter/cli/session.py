"""Who the command line speaks as: the environment first, else what `partnercenter login` remembered."""

from __future__ import annotations

import os

from partnercenter import PartnerCenter
from partnercenter.cli import remembered_login


def open_partner_center() -> PartnerCenter:
    """A client for the commands. ConfigurationError if there is neither an environment nor a login."""
    login = None if os.environ.get("PARTNERCENTER_REFRESH_TOKEN") else remembered_login.load()
    return PartnerCenter.from_env(os.environ if login is None else {**os.environ, **login.variables})
