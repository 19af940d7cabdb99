"""How MSAL reaches the token authority: requests, with the rules that secrets in a body ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from partnercenter.client.cloud_guard import refuse_real_cloud
from partnercenter.client.settings import is_loopback

if TYPE_CHECKING:
    import requests

TIMEOUT = 30.0


class AuthorityHttp:
    """The HTTP client that MSAL is given. Follows no redirect: a moved POST would carry the secrets along.

    Proxies are those of the environment, but for this machine.

    ca_bundle: path of a PEM file; it wins over REQUESTS_CA_BUNDLE. None: that variable, or requests' own list.
    """

    def __init__(self, ca_bundle: str | None) -> None:
        import requests

        self._session = requests.Session()
        self._ca_bundle = ca_bundle

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One POST, as MSAL asks for it."""
        refuse_real_cloud(url)
        return self._session.post(
            url,
            params=params,
            data=data,
            headers=headers,
            verify=self._ca_bundle,
            timeout=TIMEOUT,
            proxies=_proxies(url),
            allow_redirects=False,
        )

    def get(
        self, url: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """One GET, as MSAL asks for it."""
        refuse_real_cloud(url)
        return self._session.get(
            url,
            params=params,
            headers=headers,
            verify=self._ca_bundle,
            timeout=TIMEOUT,
            proxies=_proxies(url),
            allow_redirects=False,
        )

    def close(self) -> None:
        """Close every connection."""
        self._session.close()


def _proxies(url: str) -> dict[str, str]:
    host = urlsplit(url).hostname or ""
    return {"no_proxy": host} if is_loopback(host) else {}
