"""Whether two names are those of one tenant: the authority publishes the id of each domain."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from partnercenter.cli.signing_in.caller import Caller
from partnercenter.wire import json_text
from partnercenter.wire.guid import read_guid


def is_tenant(speaks: Caller, tenant: str) -> bool:
    """Whether `tenant`, a domain or an id, is the tenant of `speaks`; not, if the authority cannot be asked."""
    if read_guid(tenant) and read_guid(speaks.tenant):
        return read_guid(tenant) == read_guid(speaks.tenant)
    root = speaks.settings.authority_url
    root = root.rpartition("/")[0] if root.lower().endswith(f"/{speaks.tenant.lower()}") else root
    ours = _issuer(root, speaks.settings.ca_bundle, speaks.tenant)
    return ours is not None and ours == _issuer(root, speaks.settings.ca_bundle, tenant)


@cache  # the names of a tenant do not change while a command runs, and there may be hundreds of tenants
def _issuer(root: str, ca_bundle: str | None, tenant: str) -> str | None:
    """The issuer of `tenant`, which has the tenant's id in it (OpenID Connect Discovery 1.0 §4)."""
    from partnercenter.client.authority_http import AuthorityHttp

    http = AuthorityHttp(ca_bundle)
    try:
        answer = http.get(f"{root}/{quote(tenant, safe='')}/v2.0/.well-known/openid-configuration")
        document = json_text.read_lenient(answer.content)
    except (OSError, ValueError):
        return None
    finally:
        http.close()
    issuer = document.get("issuer") if isinstance(document, dict) and answer.status_code == 200 else None
    return issuer.casefold() if isinstance(issuer, str) else None
