"""The four clouds of the page."""

from __future__ import annotations

import pytest

from partnercenter.wire.clouds import Cloud

API = "https://api.partnercenter.microsoft.com"


@pytest.mark.parametrize("cloud", Cloud)
def test_every_cloud_has_addresses_over_tls_without_a_trailing_slash(cloud: Cloud) -> None:
    found = cloud.addresses
    assert all(u.startswith("https://") and u[-1] != "/" for u in (found.base_url, found.authority, found.audience))


@pytest.mark.parametrize("cloud", [Cloud.GLOBAL, Cloud.US_GOVERNMENT, Cloud.GERMANY])
def test_these_clouds_share_the_address_of_the_api(cloud: Cloud) -> None:
    assert cloud.addresses.base_url == API


def test_21vianet_has_its_own_api() -> None:
    assert Cloud.CHINA.addresses.base_url == "https://partner.partnercenterapi.microsoftonline.cn"


def test_no_two_clouds_share_an_authority() -> None:
    assert len({cloud.addresses.authority for cloud in Cloud}) == len(Cloud)


def test_germany_alone_is_retired() -> None:
    assert [cloud for cloud in Cloud if cloud.addresses.retired] == [Cloud.GERMANY]


@pytest.mark.parametrize("cloud", Cloud)
def test_a_cloud_is_found_by_the_word_of_the_settings(cloud: Cloud) -> None:
    assert Cloud(cloud.value) is cloud
