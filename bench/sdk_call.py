"""A call of the SDK beside the same request by a bare call of its HTTP library, in turns, on connections kept alive."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping

import httpx2

from bench.processes import LOAD_CORE, Target, output, pinned
from bench.requests import BILLING, PutBody, RequestIds
from partnercenter import BillingProfile, ClientSettings, FixedToken, PartnerCenter

_BLOCK = 10


def measure(target: Target, seconds: float) -> dict[str, dict[str, float]]:
    """Median seconds of GET and PUT, by who calls: `sdk` or `bare`. Raises LoadError."""
    job = json.dumps({"port": target.port, "words": [word for _, word in target.callers[:2]], "seconds": seconds})
    found: dict[str, dict[str, float]] = json.loads(
        output(pinned(LOAD_CORE, [sys.executable, "-m", "bench.sdk_call"]), job)
    )
    return found


def run(port: int, words: tuple[str, str], seconds: float) -> dict[str, dict[str, float]]:
    """Blocks of calls in turns. words: `Authorization` of two partners, so that neither caller changes the other's."""
    url = f"http://localhost:{port}"
    settings = ClientSettings(base_url=url, authority=url)
    with (
        PartnerCenter(FixedToken(words[0].removeprefix("Bearer ")), settings=settings) as partner,
        httpx2.Client() as client,
    ):
        sdk, bare = SdkCaller(partner), BareCaller(client, url + BILLING, words[1])
        ways = {"GET": {"sdk": sdk.get, "bare": bare.get}, "PUT": {"sdk": sdk.put, "bare": bare.put}}
        _turns(ways, min(1.0, seconds / 4))
        return {
            method: {who: statistics.median(times) for who, times in both.items()}
            for method, both in _turns(ways, seconds).items()
        }


class SdkCaller:
    """What a user of the SDK writes."""

    def __init__(self, partner: PartnerCenter) -> None:
        self._profiles = partner.profiles.billing_profile
        self._profile: BillingProfile = self._profiles.get()
        self._sent = 0

    def get(self) -> None:
        """Read the profile."""
        self._profile = self._profiles.get()

    def put(self) -> None:
        """Change a member and write the profile back."""
        self._sent += 1
        self._profile.purchase_order_number = f"{self._sent:06d}"
        self._profile = self._profiles.update(self._profile)


class BareCaller:
    """The same requests, by hand: nothing is parsed, and the bodies are ready but for the tag and a number."""

    def __init__(self, client: httpx2.Client, url: str, authorization: str) -> None:
        self._client, self._url, self._ids, self._sent = client, url, RequestIds(), 0
        self._lines = {"Authorization": authorization, "Accept": "application/json"}
        first = client.get(url, headers=self._lines)
        self._tag, self._body = first.headers["ETag"], PutBody.of(json.loads(first.content))

    def get(self) -> None:
        """Read the bytes of the profile."""
        self._keep(self._client.get(self._url, headers=self._lines))

    def put(self) -> None:
        """Write the next bytes."""
        self._sent += 1
        lines = {"If-Match": self._tag, "MS-RequestId": self._ids.next().decode(), "Content-Type": "application/json"}
        body = self._body.filled(self._tag.strip('"').encode(), self._sent)
        self._keep(self._client.put(self._url, headers={**self._lines, **lines}, content=body))

    def _keep(self, answer: httpx2.Response) -> None:
        answer.raise_for_status()
        self._tag = answer.headers["ETag"]


def _turns(ways: Mapping[str, Mapping[str, Callable[[], None]]], seconds: float) -> dict[str, dict[str, list[float]]]:
    took: dict[str, dict[str, list[float]]] = {method: {who: [] for who in both} for method, both in ways.items()}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for method, both in ways.items():
            for who, call in both.items():
                for _ in range(_BLOCK):
                    began = time.perf_counter()
                    call()
                    took[method][who].append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    told = json.load(sys.stdin)
    print(json.dumps(run(told["port"], tuple(told["words"]), told["seconds"])))
