"""The context of a local service: what its folder publishes while it runs, so that its port may change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from partnercenter.cli.signing_in.context_file import Context, with_members

_FILE = "environment.json"


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
