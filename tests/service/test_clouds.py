"""The four clouds: the service answers as any of them, and a token of one is none of another."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import jwt
import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service, open_storage
from partnercenter.service.asgi import Service
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.oauth import default_scope
from tests.service.stage import BASE_URL, DAY, NOW, ask, ask_async, keys


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Cloud, Service]]:
    """One service for each cloud, all at one address with one key: only the cloud tells them apart."""
    folder: Path = tmp_path_factory.mktemp("clouds")
    with open_storage(folder) as storage:
        asyncio.run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
        yield {cloud: make_service(BASE_URL, storage, keys(), DAY, cloud=cloud, clock=lambda: NOW) for cloud in Cloud}


def signed_in(service: Service, cloud: Cloud) -> str:
    """The access token that a refresh gives (RFC 6749 §6)."""
    form = {
        "grant_type": "refresh_token",
        "client_id": seed.APP_USER.id,
        "client_secret": seed.APP_USER.secret,
        "refresh_token": seed.FIRST_REFRESH_TOKEN.token,
        "scope": default_scope(cloud.addresses.audience),
    }
    body = urlencode(form).encode()
    lines = [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", str(len(body)))]
    target = f"/{seed.FIRST_TENANT.id}/oauth2/v2.0/token"
    answer = asyncio.run(ask_async(service, "POST", target, lines, body=body))
    assert answer.status == 200, answer.body
    return str(answer.json()["access_token"])


@pytest.mark.parametrize("cloud", Cloud, ids=lambda cloud: cloud.value)
def test_a_service_takes_the_token_that_its_own_authority_gave(services: dict[Cloud, Service], cloud: Cloud) -> None:
    service = services[cloud]
    assert ask(service, "GET", bearer=signed_in(service, cloud)).status == 200


OTHERS = list(itertools.permutations(Cloud, 2))


@pytest.mark.parametrize(("of", "at"), OTHERS, ids=[f"{of.value}-at-{at.value}" for of, at in OTHERS])
def test_d25_a_token_of_one_cloud_is_refused_by_another(services: dict[Cloud, Service], of: Cloud, at: Cloud) -> None:
    answer = ask(services[at], "GET", bearer=signed_in(services[of], of))
    assert (answer.status, answer.code()) == (401, 400)


@pytest.mark.parametrize("cloud", Cloud, ids=lambda cloud: cloud.value)
def test_the_audience_of_a_token_is_that_of_the_cloud(services: dict[Cloud, Service], cloud: Cloud) -> None:
    claims = jwt.decode(signed_in(services[cloud], cloud), options={"verify_signature": False})
    assert claims["aud"] == cloud.addresses.audience
