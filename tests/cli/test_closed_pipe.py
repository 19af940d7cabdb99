"""`| head -1`: whoever reads the output has enough of it, and that is no error."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.running_service import RunningService


def _read_by_nobody(service: RunningService, *arguments: str, **changes: str) -> tuple[int, bytes]:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "partnercenter", *arguments]
    try:
        ended = subprocess.run(
            command,
            env=service.environ | changes,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("format_", ["table", "json", "tsv"])
def test_output_that_nobody_reads_ends_in_silence_with_0(
    local_service: RunningService, format_: str, unbuffered: str
) -> None:
    ended = _read_by_nobody(local_service, "billing", "get", "-o", format_, PYTHONUNBUFFERED=unbuffered)
    assert ended == (0, b"")


def test_the_code_of_what_was_found_is_not_lost(local_service: RunningService) -> None:
    code, _ = _read_by_nobody(local_service, "billing", "validate", "--file", "-", "-o", "json")
    assert code == 2  # standard input is empty
    refused, _ = _read_by_nobody(local_service, "billing", "set", "--unset", "companyName", "purchaseOrderNumber=3")
    assert refused == 6
