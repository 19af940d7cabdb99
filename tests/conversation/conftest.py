"""The SDK against the real service in one process, blocking and asynchronous, with the same test bodies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

import pytest

from partnercenter import (
    AccessToken,
    AsyncPartnerCenter,
    AuditRecord,
    BillingProfile,
    ClientSettings,
    PartnerCenter,
    RawAnswer,
)
from partnercenter.client.asgi_transport import AsgiTransport, AsyncAsgiTransport, application_loop
from partnercenter.client.conversation import AnswerLostError
from partnercenter.service import seed
from partnercenter.service.app import make_service, open_storage
from partnercenter.service.asgi import Service
from partnercenter.service.token_authority import PublishedRefreshToken, SigningKeys
from partnercenter.wire.messages import Headers, Request, Response
from partnercenter.wire.oauth import GRANT_REFRESH_TOKEN

T = TypeVar("T")

BASE_URL = "https://localhost"


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """What the coroutine gives, on the loop on which the service runs."""
    return asyncio.run_coroutine_threadsafe(coroutine, application_loop()).result(timeout=30)


@dataclass
class Partner:
    """One client, whichever kind, spoken to without await."""

    get: Callable[[], BillingProfile]
    update: Callable[..., BillingProfile]
    audit: Callable[..., list[AuditRecord]]
    edit: Callable[..., BillingProfile]
    """`edit(change)`: the profile after `with billing_profile.edit() as profile: change(profile)`."""
    call: Callable[..., Any]
    """Any other operation, by its name: `call("profiles.mpn_profile.get", "4391507")`."""
    raw: Callable[..., RawAnswer[Any]]
    """The same through `with_raw`."""


@dataclass
class World:
    """The service, and a way to become its client."""

    service: Service
    kind: str
    tapped: list[Request] = field(default_factory=list)
    lose_answers: int = 0
    cut_answers: int = 0

    def partner(self, token: PublishedRefreshToken = seed.FIRST_REFRESH_TOKEN, **settings: Any) -> Partner:
        chosen = ClientSettings(base_url=BASE_URL, authority=BASE_URL, **settings)
        credential = InProcessSignIn(self.service, token)
        if self.kind == "async":
            return _async_partner(AsyncPartnerCenter(credential, settings=chosen, transport=_Tapped(self)))
        return _partner(PartnerCenter(credential, settings=chosen, transport=_TappedBlocking(self)))


@dataclass
class InProcessSignIn:
    """A credential that redeems a published refresh token at the authority of the service, without a socket."""

    service: Service
    token: PublishedRefreshToken

    def get_token(self, *scopes: str) -> AccessToken:
        form = {
            "grant_type": GRANT_REFRESH_TOKEN,
            "client_id": seed.APP_USER.id,
            "client_secret": seed.APP_USER.secret or "",
            "refresh_token": self.token.token,
            "scope": " ".join(scopes),
        }
        tenant = next(user.tenant_id for user in seed.DIRECTORY.users if user.id == self.token.user_id)
        return AccessToken(_redeem(self.service, tenant, form), int(time.time()) + 3600)


def _redeem(service: Service, tenant: str, form: dict[str, str]) -> str:
    import json
    from urllib.parse import urlencode

    request = Request(
        "POST",
        f"/{tenant}/oauth2/v2.0/token",
        Headers({"Content-Type": "application/x-www-form-urlencoded"}),
        urlencode(form).encode(),
    )
    return str(json.loads(service.authority.answer(request).body)["access_token"])


class _Tapped(AsyncAsgiTransport):
    """Notes each request, and loses or cuts as many answers as it is told: after the service has done its work."""

    def __init__(self, world: World) -> None:
        super().__init__(world.service)
        self._world = world

    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - the SDK's protocol
        response = await super().send(request, timeout)
        return _noted(self._world, request, response)


class _TappedBlocking(AsgiTransport):
    def __init__(self, world: World) -> None:
        super().__init__(world.service)
        self._world = world

    def send(self, request: Request, timeout: float) -> Response:
        response = super().send(request, timeout)
        return _noted(self._world, request, response)


def _noted(world: World, request: Request, response: Response) -> Response:
    world.tapped.append(request)
    if request.method == "PUT" and response.status == 200 and world.lose_answers:
        world.lose_answers -= 1
        raise AnswerLostError("the test lost it")
    if request.method == "PUT" and world.cut_answers:
        world.cut_answers -= 1
        return Response(response.status, response.headers, response.body[:-1])
    return response


def _partner(client: PartnerCenter) -> Partner:
    billing = client.profiles.billing_profile

    def edit(change: Callable[[BillingProfile], object], **options: Any) -> BillingProfile:
        with billing.edit(**options) as profile:
            change(profile)
        return profile

    def call(name: str, *args: Any, **kwargs: Any) -> Any:
        return attrgetter(name)(client)(*args, **kwargs)

    def raw(name: str, *args: Any, **kwargs: Any) -> RawAnswer[Any]:
        return client.with_raw(attrgetter(name)(client), *args, **kwargs)

    return Partner(billing.get, billing.update, client.audit_records.query, edit, call, raw)


def _async_partner(client: AsyncPartnerCenter) -> Partner:
    def awaited(method: Callable[..., Coroutine[Any, Any, T]]) -> Callable[..., T]:
        return lambda *args, **kwargs: run(method(*args, **kwargs))

    billing = client.profiles.billing_profile

    async def edit(change: Callable[[BillingProfile], object], **options: Any) -> BillingProfile:
        async with billing.edit(**options) as profile:
            await asyncio.to_thread(change, profile)  # where the test may call the service once more
        return profile

    def call(name: str, *args: Any, **kwargs: Any) -> Any:
        return awaited(attrgetter(name)(client))(*args, **kwargs)

    def raw(name: str, *args: Any, **kwargs: Any) -> RawAnswer[Any]:
        return run(client.with_raw(attrgetter(name)(client), *args, **kwargs))

    queries = awaited(client.audit_records.query)
    return Partner(awaited(billing.get), awaited(billing.update), queries, awaited(edit), call, raw)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    return SigningKeys.load_or_create(tmp_path_factory.mktemp("keys"))


@pytest.fixture(params=["blocking", "async"])
def world(request: pytest.FixtureRequest, tmp_path: Path, keys: SigningKeys) -> Iterator[World]:
    with open_storage(tmp_path) as storage:
        run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
        yield World(make_service(BASE_URL, storage, keys, 24 * 3600), request.param)


@pytest.fixture
def partner(world: World) -> Partner:
    return world.partner()
