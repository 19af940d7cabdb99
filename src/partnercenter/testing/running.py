"""The one double of a test process: started when the first test asks, as new for every test."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from partnercenter.service.double import Double
    from partnercenter.service.settings import ServiceSettings
    from partnercenter.service.token_authority import SigningKeys
    from partnercenter.testing.service_loop import ServiceLoop

_KEY_BITS = 2048
"""RFC 7518 §3.3: RS256 allows no smaller one."""


class ServiceMissingError(Exception):
    """The libraries of the service are not installed; the text says how to get them."""


class Running:
    """The doubles of a test process, one for each way in which tests want it set, and the event loop they run on.

    base_url: where clients believe them to be.
    """

    base_url = "https://localhost"

    def __init__(self, keys: SigningKeys) -> None:
        from partnercenter.testing.service_loop import ServiceLoop

        self.keys = keys
        self.loop: ServiceLoop = ServiceLoop()
        self._doubles: dict[ServiceSettings, Double] = {}

    @classmethod
    def start(cls) -> Running:
        """A double with keys of its own. Raises ServiceMissingError."""
        try:
            from cryptography.hazmat.primitives.asymmetric import rsa

            # A key takes about as long to make as everything else to import, and neither waits for the other: no
            # lock of the interpreter is held meanwhile. So no key is kept on the disk for the next time.
            with ThreadPoolExecutor(1, "partnercenter signing key") as making:
                key = making.submit(rsa.generate_private_key, 65537, _KEY_BITS)
                import_module("partnercenter.service.double")
                from partnercenter.service.token_authority import SigningKeys
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("partnercenter"):
                raise
            raise ServiceMissingError(
                f"The fixture partner_center runs the local service, and {error.name} is not installed."
                ' Install it: pip install "partnercenter[service]"'
            ) from None
        return cls(SigningKeys(key.result()))

    def fresh(self, settings: ServiceSettings) -> Double:
        """A double with these settings, as new, with the published seed."""
        double = self._doubles.get(settings)
        if double is None:
            double = self._doubles[settings] = self.loop.call(lambda: self._make(settings))
        else:
            self.loop.call(lambda: _reset(double))
        return double

    def forget(self, double: Double) -> None:
        """Begin with another one next time: this one has been given another seed, to which its resets return."""
        self._doubles = {settings: one for settings, one in self._doubles.items() if one is not double}
        self.loop.call(double.close)

    def stop(self) -> None:
        """Let go of all data."""
        for double in self._doubles.values():
            self.loop.call(double.close)
        self._doubles.clear()

    def _make(self, settings: ServiceSettings) -> Double:
        from partnercenter.service.double import Double
        from partnercenter.testing.sending import pass_time

        async def wait(seconds: float) -> None:
            pass_time(double.clock, seconds)

        double = Double(self.keys, base_url=self.base_url, settings=settings, wait=wait)
        return double


def _reset(double: Double) -> None:
    for row in double.snapshots():
        double.remove_snapshot(row.name)
    double.reset()
