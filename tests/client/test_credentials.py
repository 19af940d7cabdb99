"""Credentials: what counts as one, and one fetch however many callers there are."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.core import credentials as azure

from partnercenter.client.conversation import get_token
from partnercenter.client.credentials import AccessToken, AsyncCredential, Credential, FixedToken
from partnercenter.client.drivers import AsyncDriver, BlockingDriver
from partnercenter.client.errors import ConfigurationError
from partnercenter.client.token_keeper import TokenKeeper
from partnercenter.wire.messages import Request, Response
from tests.client.scripted import TOKEN, WALL, Scripted, Tokens


class AzureCredential:
    """A credential written for azure-core."""

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: object,
    ) -> azure.AccessToken:
        return azure.AccessToken(f"for {scopes[0]}".replace(" ", "-"), int(WALL))


class SlowTokens(Tokens):
    """Takes long enough for every other caller to arrive."""

    def get_token(self, *scopes: str) -> AccessToken:
        time.sleep(0.05)
        return super().get_token(*scopes)


class AsyncTokens:
    """A credential in the style of azure.identity.aio."""

    def __init__(self) -> None:
        self.asked = 0

    async def get_token(self, *scopes: str) -> AccessToken:
        self.asked += 1
        await asyncio.sleep(0.02)
        return AccessToken(TOKEN, int(time.time()) + 3600)


class NoTransport:
    """For flows that send nothing."""

    def send(self, request: Request, timeout: float) -> Response:
        raise AssertionError(request)

    def close(self) -> None: ...


class NoAsyncTransport:
    """For flows that send nothing."""

    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - as in the protocol
        raise AssertionError(request)

    async def aclose(self) -> None: ...


def test_a_credential_of_azure_core_is_one_of_ours() -> None:
    theirs: azure.TokenCredential = AzureCredential()
    ours: Credential = theirs
    house = Scripted()
    assert house.run(get_token(ours, "scope")) == AccessToken("for-scope", int(WALL))


def test_our_credentials_are_good_for_azure_core() -> None:
    assert isinstance(FixedToken("x"), azure.TokenCredential)


def test_the_access_token_has_the_order_of_azure_cores() -> None:
    assert AccessToken._fields == azure.AccessToken._fields


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "tökén", "a\n"])
def test_a_token_that_cannot_stand_in_a_header_is_not_sent(token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Scripted().run(get_token(FixedToken(token), "scope"))
    assert token == "" or token not in str(caught.value)


def test_a_credential_that_gives_no_token_is_named() -> None:
    class Wrong:
        def get_token(self, *scopes: str) -> str:
            return "token"

    with pytest.raises(ConfigurationError, match="str"):
        Scripted().run(get_token(Wrong(), "scope"))  # type: ignore[arg-type]


def test_a_token_is_asked_for_with_the_scope_of_the_client() -> None:
    house = Scripted()
    house.run(house.session.tokens.token())
    assert house.tokens.asked == ["scope"]


def test_a_living_token_is_kept() -> None:
    house = Scripted()
    for _ in range(3):
        house.run(house.session.tokens.token())
    assert len(house.tokens.asked) == 1


@pytest.mark.parametrize(("age", "fetches"), [(3479, 1), (3481, 2), (3601, 2)])
def test_a_token_is_renewed_two_minutes_before_its_end(age: float, fetches: int) -> None:
    house = Scripted()
    house.run(house.session.tokens.token())
    house.now += age
    house.run(house.session.tokens.token())
    assert len(house.tokens.asked) == fetches


def test_a_token_of_one_minute_is_used_for_half_of_it() -> None:
    house = Scripted(tokens=Tokens(expires_on=WALL + 60))
    house.run(house.session.tokens.token())
    house.now += 29
    house.run(house.session.tokens.token())
    assert len(house.tokens.asked) == 1


def test_all_who_were_rejected_together_share_one_new_token() -> None:
    house = Scripted(tokens=Tokens("old", "new", "newer"))
    old = house.run(house.session.tokens.token())
    assert [house.run(house.session.tokens.replace(old)).token for _ in range(3)] == ["new", "new", "new"]


def test_a_hundred_threads_fetch_one_token() -> None:
    credential = SlowTokens(expires_on=time.time() + 3600)
    keeper = TokenKeeper(credential, "scope", time.time)
    driver = BlockingDriver(NoTransport())
    together = threading.Barrier(100)

    def one() -> str:
        together.wait()
        return driver.run(keeper.token()).token

    with ThreadPoolExecutor(100) as pool:
        results = [future.result() for future in [pool.submit(one) for _ in range(100)]]
    assert (set(results), len(credential.asked)) == ({TOKEN}, 1)


@pytest.mark.parametrize("kind", ["asynchronous", "blocking"])
def test_a_hundred_tasks_fetch_one_token(kind: str) -> None:
    blocking, asynchronous = SlowTokens(expires_on=time.time() + 3600), AsyncTokens()
    credential: Credential | AsyncCredential = asynchronous if kind == "asynchronous" else blocking
    keeper = TokenKeeper(credential, "scope", time.time)

    async def all_of_them() -> list[AccessToken]:
        driver = AsyncDriver(NoAsyncTransport())
        return await asyncio.gather(*(driver.run(keeper.token()) for _ in range(100)))

    tokens = asyncio.run(all_of_them())
    assert {token.token for token in tokens} == {TOKEN}
    assert len(blocking.asked) + asynchronous.asked == 1


def test_a_blocking_credential_does_not_stop_the_event_loop() -> None:
    async def ticks_while_fetching() -> int:
        driver = AsyncDriver(NoAsyncTransport())
        task = asyncio.ensure_future(driver.run(get_token(SlowTokens(), "scope")))
        ticks = 0
        while not task.done():
            await asyncio.sleep(0.001)
            ticks += 1
        return ticks

    assert asyncio.run(ticks_while_fetching()) > 3
