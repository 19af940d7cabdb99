"""kill -9 in the middle of a stream of PUTs: what was answered 200 is there when the service is started again."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from partnercenter.service import seed
from partnercenter.service.app import open_storage
from tests import raw_http
from tests.running_service import RunningService, running_service

WRITERS = 4
ROUNDS = 3


class Writer(threading.Thread):
    """Puts its own numbers, one after another and without a precondition, and notes those that were answered 200."""

    def __init__(self, service: RunningService, token: str, profile: dict[str, object], number: int) -> None:
        super().__init__()
        self._service, self._token, self._profile, self._number = service, token, profile, number
        self.acknowledged: list[str] = []

    def run(self) -> None:
        line = http.client.HTTPSConnection("localhost", self._service.port, context=self._service.tls(), timeout=10)
        with closing(line), suppress(OSError, http.client.HTTPException):
            for count in range(100_000):
                order = f"{self._number}-{count}"
                body = json.dumps(self._profile | {"purchaseOrderNumber": order, "attributes": None})
                line.request("PUT", "/v1/profiles/billing", body, {"Authorization": f"Bearer {self._token}"})
                with line.getresponse() as response:
                    response.read()
                assert response.status == 200
                self.acknowledged.append(order)


def _audited(folder: Path) -> set[str]:
    """The purchase order numbers in the audit: there is one entry for each PUT that happened."""
    with open_storage(folder) as storage:
        page = storage.audit_page(
            seed.FIRST_TENANT.id, since=datetime(2000, 1, 1, tzinfo=UTC), until=None, before=None, most=1_000_000
        )
        records = [record for _, record in asyncio.run(page)]
    return {json.loads(str(record["resourceNewValue"]))["PurchaseOrderNumber"] for record in records}


def _wait_for(writers: list[Writer], most: int) -> None:
    """Let them write, until more than `most` were acknowledged: a kill before that shows nothing."""
    for _ in range(10_000):
        if sum(len(writer.acknowledged) for writer in writers) > most:
            return
        time.sleep(0.002)


@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_p1_no_acknowledged_put_is_lost_by_kill_9(tmp_path: Path, round_number: int) -> None:
    with running_service(tmp_path) as service:
        token = raw_http.access_token(service)
        profile = raw_http.current_profile(service, token)
        writers = [Writer(service, token, profile, number) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        _wait_for(writers, most=WRITERS * (2 + 4 * round_number))
        service.kill()
        for writer in writers:
            writer.join(timeout=20)
    acknowledged = {order for writer in writers for order in writer.acknowledged}
    assert len(acknowledged) > WRITERS, "the kill came too early to show anything"
    with running_service(tmp_path) as restarted:
        assert raw_http.current_profile(restarted, raw_http.access_token(restarted))["companyName"]
    assert acknowledged - _audited(tmp_path) == set()
