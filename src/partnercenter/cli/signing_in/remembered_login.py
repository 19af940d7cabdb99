"""The login of earlier versions, one file with a refresh token: taken over once, as the context `default`."""

from __future__ import annotations

import json

from partnercenter import ConfigurationError
from partnercenter.cli.signing_in import context_file
from partnercenter.cli.signing_in.context_file import DEFAULT, Context
from partnercenter.client.msal_credential import account_of_person

_NAMES = {
    "cloud": "PARTNERCENTER_CLOUD",
    "base_url": "PARTNERCENTER_BASE_URL",
    "authority": "PARTNERCENTER_AUTHORITY",
    "ca_bundle": "PARTNERCENTER_CA_BUNDLE",
    "tenant": "PARTNERCENTER_TENANT_ID",
    "client_id": "PARTNERCENTER_CLIENT_ID",
}


def adopt() -> None:
    """Make a context of the file that an earlier version left, and delete it. ConfigurationError if it is damaged."""
    place = context_file.folder() / "login.json"
    try:
        variables = json.loads(place.read_text("utf-8"))
        context = Context(**{member: variables.get(name) for member, name in _NAMES.items()})
        refresh_token = variables["PARTNERCENTER_REFRESH_TOKEN"]
        account = account_of_person(context.settings.authority_url, str(context.tenant), str(context.client_id))
    except (FileNotFoundError, NotADirectoryError):
        return
    except (ValueError, KeyError, AttributeError):
        raise ConfigurationError(
            f"{place} is the login of an earlier version, and damaged.",
            next_step="Remove it, and run partnercenter login.",
        ) from None
    with context_file.changing() as contexts:
        if DEFAULT not in contexts.named:  # a newer login goes before
            with context_file.token_cache(DEFAULT, context).held(account) as kept:
                kept.keep_refresh_token(refresh_token)
            contexts.named[DEFAULT] = context
        place.unlink(missing_ok=True)
