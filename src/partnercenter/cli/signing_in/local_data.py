"""The context of a local service: what its folder publishes while it runs, so that its port may change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from partnercenter import ConfigurationError
from partnercenter.cli.signing_in.context_file import Context, with_members

_FILE = "environment.json"

# Where a service is, and secrets. The folder names the authority anew at every start, so a secret of the user's own
# could be sent to whoever it names then.
_OF_ANOTHER_SERVICE = ("cloud", "base_url", "authority", "ca_bundle", "client_secret", "refresh_token")


def check_alone(name: str, context: Context) -> None:
    """Raise ConfigurationError if `context`, called `name`, has a folder and something of another service too."""
    mixed = [member for member in _OF_ANOTHER_SERVICE if getattr(context, member) is not None]
    if context.data is None or not mixed:
        return
    options = ", ".join(f"--{member.replace('_', '-')}" for member in mixed)
    raise ConfigurationError(
        f"The context {name} would be of the local service in {context.data} (--from-data) and of another one "
        f"({options}): a secret of one could be sent to the other.",
        next_step=f"Choose another name; or run partnercenter contexts remove {name}, then add it as one of the two.",
    )


def complete(context: Context, variables: Mapping[str, str]) -> Context:
    """`context` with everything that it leaves to the service, whose `variables` are those of `partnercenter env`."""
    second = context.tenant is not None and context.tenant == variables.get("PARTNERCENTER_SECOND_TENANT_ID")
    named = Context(
        cloud=variables.get("PARTNERCENTER_CLOUD"),
        base_url=variables.get("PARTNERCENTER_BASE_URL"),
        authority=variables.get("PARTNERCENTER_AUTHORITY"),
        ca_bundle=variables.get("PARTNERCENTER_CA_BUNDLE"),
        tenant=variables.get("PARTNERCENTER_TENANT_ID"),
        client_id=variables.get("PARTNERCENTER_CLIENT_ID"),
        client_secret=_reference(context, "PARTNERCENTER_CLIENT_SECRET"),
        refresh_token=_reference(context, f"PARTNERCENTER_{'SECOND_' if second else ''}REFRESH_TOKEN"),
    )
    return with_members(named, **{name: str(value) for name, value in context.as_json().items()})


def _reference(context: Context, variable: str) -> str:
    return f"data:{Path(str(context.data)) / _FILE}#{variable}"
