"""The four clouds: where each one's API stands, who signs its users in, and which audience its tokens carry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class CloudAddresses:
    """One row of the table of clouds (Partner Center REST URLs; national clouds of Microsoft Entra).

    base_url: where the API stands, without a path.
    authority: the login host; a tenant id follows it.
    audience: the resource that a token must be for.
    retired: the cloud is closed; it can be named, but nobody answers there.
    """

    base_url: str
    authority: str
    audience: str
    retired: bool = False


_WORLDWIDE_API = "https://api.partnercenter.microsoft.com"
_CHINA_API = "https://partner.partnercenterapi.microsoftonline.cn"


class Cloud(Enum):
    """The clouds that the page names: worldwide, 21Vianet (China), US Government and Germany (retired)."""

    GLOBAL = "global"
    CHINA = "china"
    US_GOVERNMENT = "us-government"
    GERMANY = "germany"

    @property
    def addresses(self) -> CloudAddresses:
        """Base URL, login authority and audience of this cloud."""
        return _ADDRESSES[self]


_ADDRESSES = {
    Cloud.GLOBAL: CloudAddresses(_WORLDWIDE_API, "https://login.microsoftonline.com", _WORLDWIDE_API),
    Cloud.CHINA: CloudAddresses(_CHINA_API, "https://login.partner.microsoftonline.cn", _CHINA_API),
    Cloud.US_GOVERNMENT: CloudAddresses(_WORLDWIDE_API, "https://login.microsoftonline.us", _WORLDWIDE_API),
    Cloud.GERMANY: CloudAddresses(_WORLDWIDE_API, "https://login.microsoftonline.de", _WORLDWIDE_API, retired=True),
}
