"""What the service answers when something in it breaks: an envelope, and never a value of the request."""

from __future__ import annotations

import dataclasses
import logging
from datetime import datetime
from typing import NoReturn

import pytest

from partnercenter.service.asgi import Service
from partnercenter.service.storage import StorageUnavailableError
from partnercenter.wire.json_text import JsonObject
from tests.service.stage import CORRELATION, GUID, Answer, ask, page_body

IDS = [("MS-RequestId", GUID), ("MS-CorrelationId", CORRELATION)]

SECRET = "98-7654321"


class BrokenStorage:
    """A storage whose every answer is one error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def transact(self, _operation: object, _command: object) -> NoReturn:
        raise self.error

    async def read(self, _operation: object, _command: object) -> NoReturn:
        raise self.error

    async def audit_page(
        self, tenant_id: str, *, since: datetime, until: datetime | None, before: int | None, most: int
    ) -> NoReturn:
        raise self.error

    async def purge_answers(self, *, before: float, most: int) -> NoReturn:
        raise self.error

    async def purge_audit(self, tenant_id: str, *, before: datetime, most: int) -> NoReturn:
        raise self.error

    async def audited_tenants(self, *, after: str, most: int) -> NoReturn:
        raise self.error

    def close(self) -> None:
        """Nothing is open."""


def broken(service: Service, error: Exception, body: JsonObject | None = None) -> Answer:
    changed = dataclasses.replace(service, storage=BrokenStorage(error))
    return ask(changed, "PUT", lines=IDS, body=body or page_body(TaxId=SECRET))


def test_an_unexpected_exception_is_a_500_in_the_envelope(service: Service) -> None:
    answer = broken(service, RuntimeError(SECRET))
    assert (answer.status, answer.code(), answer.headers.get("MS-RequestId")) == (500, 800003, GUID)


def test_p18_an_unexpected_exception_tells_the_client_no_value(service: Service) -> None:
    assert SECRET.encode() not in broken(service, RuntimeError(SECRET)).body


def test_p18_an_unexpected_exception_logs_no_value(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        broken(service, RuntimeError(SECRET))
    assert SECRET not in caplog.text


def test_an_unexpected_exception_is_logged_with_its_place_and_its_request(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    broken(service, RuntimeError(SECRET))
    assert all(word in caplog.text for word in ("RuntimeError", "BrokenStorage.transact", GUID))


def test_p06_a_storage_that_cannot_answer_is_a_503_with_retry_after(service: Service) -> None:
    answer = broken(service, StorageUnavailableError("SQLite: FullError"))
    assert (answer.status, answer.code(), answer.headers.get("Retry-After")) == (503, 800003, "1")


def test_p18_an_accepted_put_logs_no_value(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(service, "PUT", body=page_body(TaxId=SECRET))
    assert SECRET not in caplog.text
