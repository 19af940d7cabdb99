"""The two clients: same names, same arguments, one conversation."""

from __future__ import annotations

import asyncio
import inspect
import pickle

import pytest

from partnercenter.client import async_resources, facade, resources
from partnercenter.client.credentials import FixedToken
from partnercenter.client.errors import ConfigurationError
from partnercenter.client.facade import AsyncPartnerCenter, PartnerCenter
from partnercenter.client.msal_credential import MsalCredential
from partnercenter.client.settings import ClientSettings
from partnercenter.client.sign_in import RefreshTokenCredential
from partnercenter.wire import json_text
from partnercenter.wire.messages import Headers, Request, Response
from tests.client.scripted import TOKEN, profile_body

# Every class that a client offers, found by its name: a new one without a twin is noticed.
PAIRS = [
    (facade.PartnerCenter, facade.AsyncPartnerCenter),
    *(
        (kind, getattr(async_resources, f"Async{name}"))
        for name, kind in vars(resources).items()
        if isinstance(kind, type) and kind.__module__ == resources.__name__
    ),
]
TWINS = {"close": "aclose"}


class InProcess:
    """A service of a few lines, as both kinds of transport."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.closed = False

    def answer(self, request: Request) -> Response:
        self.requests.append(request)
        if request.target.endswith("/v1/auditrecords"):
            return Response(200, body=b'{"totalCount":1,"items":[{"id":"7"}]}')
        if request.method == "PUT":
            return Response(200, Headers({"ETag": '"new"'}), request.body.replace(b"dGFn", b"new"))
        return Response(200, body=json_text.write(profile_body()))


class Blocking(InProcess):
    def send(self, request: Request, timeout: float) -> Response:
        return self.answer(request)

    def close(self) -> None:
        self.closed = True


class Asynchronous(InProcess):
    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - as in the protocol
        return self.answer(request)

    async def aclose(self) -> None:
        self.closed = True


def public_methods(kind: type) -> dict[str, inspect.Signature]:
    return {
        name: inspect.signature(member)
        for name, member in inspect.getmembers(kind, inspect.isroutine)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(("blocking", "asynchronous"), PAIRS)
def test_the_asynchronous_twin_has_the_same_methods_with_the_same_arguments(blocking: type, asynchronous: type) -> None:
    ours = {TWINS.get(name, name): signature for name, signature in public_methods(blocking).items()}
    assert {name: _told(signature) for name, signature in ours.items()} == {
        name: _told(signature) for name, signature in public_methods(asynchronous).items()
    }


def _told(signature: inspect.Signature) -> str:
    """A signature, the asynchronous iterator of a context manager, and what is awaited, being twins of the others."""
    return str(signature).replace("AsyncIterator", "Iterator").replace("Awaitable[T]", "T")


@pytest.mark.parametrize(("blocking", "asynchronous"), PAIRS)
def test_every_method_that_asks_the_service_is_awaited_in_the_twin(blocking: type, asynchronous: type) -> None:
    for name in public_methods(blocking).keys() - {"from_env"}:
        method = inspect.unwrap(getattr(asynchronous, TWINS.get(name, name)))
        assert inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)


def test_the_constructors_take_the_same_arguments() -> None:
    blocking, asynchronous = (inspect.signature(kind).parameters for kind in PAIRS[0])
    assert list(blocking) == list(asynchronous)


def test_the_clients_offer_the_same_resources() -> None:
    blocking = PartnerCenter(FixedToken(TOKEN), transport=Blocking())
    asynchronous = AsyncPartnerCenter(FixedToken(TOKEN), transport=Asynchronous())
    assert vars(blocking).keys() == vars(asynchronous).keys()
    assert vars(blocking.profiles).keys() == vars(asynchronous.profiles).keys()


def test_the_scenario_of_the_page_runs_blocking() -> None:
    service = Blocking()
    with PartnerCenter(FixedToken(TOKEN), transport=service) as partner:
        profile = partner.profiles.billing_profile.get()
        profile.purchase_order_number = "9888"
        updated = partner.profiles.billing_profile.update(profile)
        (record,) = partner.audit_records.query()
    assert (updated.purchase_order_number, updated.attributes.etag, record.id) == ("9888", "new", "7")
    assert service.closed


def test_the_scenario_of_the_page_runs_on_asyncio() -> None:
    service = Asynchronous()

    async def scenario() -> tuple[str | None, str | None, str | None]:
        async with AsyncPartnerCenter(FixedToken(TOKEN), transport=service) as partner:
            profile = await partner.profiles.billing_profile.get()
            profile.purchase_order_number = "9888"
            updated = await partner.profiles.billing_profile.update(profile)
            (record,) = await partner.audit_records.query()
        return updated.purchase_order_number, updated.attributes.etag, record.id

    assert asyncio.run(scenario()) == ("9888", "new", "7")
    assert service.closed


def test_a_client_names_itself_with_its_version() -> None:
    service = Blocking()
    PartnerCenter(FixedToken(TOKEN), transport=service).profiles.billing_profile.get()
    assert (service.requests[0].headers.get("User-Agent") or "").startswith("partnercenter-python/0.")


def test_a_client_shows_its_address_and_no_secret() -> None:
    settings = ClientSettings(base_url="https://localhost:8443")
    partner = PartnerCenter(FixedToken(TOKEN), settings=settings, transport=Blocking())
    assert repr(partner) == "PartnerCenter('https://localhost:8443')"


def test_a_client_cannot_be_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(PartnerCenter(FixedToken(TOKEN), transport=Blocking()))


def test_without_a_transport_it_is_http() -> None:
    with PartnerCenter(FixedToken(TOKEN)) as partner:
        assert type(partner._transport).__name__ == "HttpTransport"


ENVIRON = {
    "PARTNERCENTER_CLOUD": "global",
    "PARTNERCENTER_TENANT_ID": "11111111-2222-4333-8444-555555555555",
    "PARTNERCENTER_CLIENT_ID": "client",
    "PARTNERCENTER_REFRESH_TOKEN": "canary",
}


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The credentials that were closed."""
    credentials: list[object] = []

    def close(credential: MsalCredential) -> None:
        credentials.append(credential)

    monkeypatch.setattr(MsalCredential, "close", close)
    return credentials


def test_a_credential_that_the_client_made_is_closed_with_it(closed: list[object]) -> None:
    async def scene() -> None:
        async with AsyncPartnerCenter.from_env(ENVIRON):
            assert closed == []

    asyncio.run(scene())
    with PartnerCenter.from_env(ENVIRON):
        assert len(closed) == 1
    assert len(closed) == 2


def test_a_credential_of_somebody_else_stays_open(closed: list[object]) -> None:
    mine = RefreshTokenCredential("client", "canary", tenant_id=ENVIRON["PARTNERCENTER_TENANT_ID"])
    PartnerCenter(mine, transport=Blocking()).close()
    asyncio.run(AsyncPartnerCenter(mine, transport=Asynchronous()).aclose())
    assert closed == []


def test_a_closed_client_says_so_before_anything_is_sent() -> None:
    service = Blocking()
    partner = PartnerCenter(FixedToken(TOKEN), transport=service)
    partner.close()
    for call in (partner.profiles.billing_profile.get, partner.access_token):
        with pytest.raises(ConfigurationError, match="The client is closed"):
            call()
    assert service.requests == []


def test_a_closed_asynchronous_client_says_so_before_anything_is_sent() -> None:
    service = Asynchronous()

    async def scene() -> None:
        partner = AsyncPartnerCenter(FixedToken(TOKEN), transport=service)
        await partner.aclose()
        with pytest.raises(ConfigurationError, match="The client is closed"):
            await partner.profiles.billing_profile.get()

    asyncio.run(scene())
    assert service.requests == []
