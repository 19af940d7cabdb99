"""What the fixture `partner_center` costs: its first use in a process, and every further test.

First use: from nothing but the SDK's own start to the first answered call: imports, a signing key, seed, sign-in.
Reset: what the fixture does between two tests. Test: a reset, a new client, its sign-in and one read.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

FIRST_USE_SECONDS = 0.3
RESET_SECONDS = 0.005
"""What the fixture may take (docs/testing.md)."""

_FIRST = """
import time
import pytest
import partnercenter.testing.plugin
began = time.perf_counter()
from partnercenter.testing.double import PartnerCenterDouble
from partnercenter.testing.running import Running
partner_center = PartnerCenterDouble(Running.start())
ready = time.perf_counter()
partner_center.client().profiles.billing_profile.get()
print(ready - began, time.perf_counter() - began)
"""


def first_use(times: int) -> tuple[float, float]:
    """Seconds until the fixture is ready, and until its first call is answered: the least of so many processes."""
    runs = [
        subprocess.run([sys.executable, "-c", _FIRST], check=True, capture_output=True, text=True).stdout.split()
        for _ in range(times)
    ]
    return min(float(run[0]) for run in runs), min(float(run[1]) for run in runs)


def further_use(times: int) -> tuple[float, float]:
    """Seconds of a reset after a test that wrote, and of a whole small test: medians."""
    from partnercenter.testing.double import PartnerCenterDouble
    from partnercenter.testing.running import Running

    running = Running.start()

    def write() -> None:
        partner_center = PartnerCenterDouble(running)
        billing = partner_center.client().profiles.billing_profile
        billing.update(billing.get())

    def read() -> None:
        PartnerCenterDouble(running).client().profiles.billing_profile.get()

    resets, tests = [], []
    for _ in range(times):
        write()
        resets.append(_seconds(lambda: PartnerCenterDouble(running)))
        tests.append(_seconds(read))
    running.stop()
    return statistics.median(resets), statistics.median(tests)


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


if __name__ == "__main__":
    ready, answered = first_use(9)
    reset, test = further_use(200)
    print(f"first use: ready after {ready * 1000:.0f} ms, first call answered after {answered * 1000:.0f} ms")
    print(f"reset: {reset * 1000:.2f} ms; a test that signs in and reads: {test * 1000:.2f} ms")
    sys.exit(ready > FIRST_USE_SECONDS or reset > RESET_SECONDS)
