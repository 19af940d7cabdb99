"""The clients of the commands. The SDK is loaded by whoever opens one, and not for `--help`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from partnercenter import PartnerCenter
    from partnercenter.cli.signing_in.caller import Caller


def open_partner_center() -> PartnerCenter:
    """A client for the commands. SignInError if nobody is signed in; see also `caller.find`."""
    from partnercenter.cli.signing_in import caller

    return open_for(caller.find())


def open_for_tenant(tenant: str) -> PartnerCenter:
    """A client for a user of `tenant`, an id or a domain: the exported one or that of a context, whoever is of it.

    May be called by many threads. Raises SignInError if nobody is signed in there.
    """
    from partnercenter import SignInError
    from partnercenter.cli.signing_in import caller
    from partnercenter.cli.signing_in.tenants import is_tenant

    everybody = list(caller.everybody())
    wanted = tenant.casefold()
    same = next((one for one in everybody if one.tenant.casefold() == wanted), None)
    found = same or next((one for one in everybody if is_tenant(one, tenant)), None)
    if found is None:
        raise SignInError(
            f"Nobody is signed in to the tenant {tenant}.",
            next_step=f"Run partnercenter login --tenant {tenant} --context NAME, with a name of its own.",
        )
    return open_for(found)


def open_for(speaks: Caller) -> PartnerCenter:
    """A client for `speaks`."""
    from partnercenter.cli.signing_in.closing_client import ClosingClient

    _show_retries()
    return ClosingClient(speaks)


def _show_retries() -> None:
    """Print on stderr why a command takes its time: the SDK logs every wait before another attempt."""
    logger = logging.getLogger("partnercenter")
    logger.setLevel(logging.INFO)
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler())
