"""Rows T15 to T18 of the catalogue of bad inputs: the audit and the log can neither be changed nor passed by."""

from __future__ import annotations

import logging

import apsw
import pytest

from partnercenter.service.asgi import Service
from partnercenter.service.operations.verify_audit import verify
from partnercenter.service.storage.sqlite_audit import open_audit_trail
from partnercenter.wire import json_text
from tests.catalogue.broken_audit import broken_audit
from tests.service import conftest as stage_fixtures
from tests.service.stage import FIRST, GUID, SECOND, Desk, ask, caller, page_body, token

desk, service = stage_fixtures.desk, stage_fixtures.service


def change_by_hand(desk: Desk, statement: str) -> None:
    connection = apsw.Connection(str(desk.path))
    connection.execute(f"{statement} WHERE tenant_id = '{FIRST}' AND sequence = 2")
    connection.close()


BY_HAND = {
    "T15-changed": "UPDATE audit SET record = replace(record, 'succeeded', 'failed')",
    "T15-removed": "DELETE FROM audit",
    "T15-moved": "UPDATE audit SET sequence = 9",
}


@pytest.mark.parametrize("statement", BY_HAND.values(), ids=BY_HAND.keys())
def test_what_was_done_to_the_audit_by_hand_is_found(desk: Desk, statement: str) -> None:
    for tenant in (FIRST, SECOND):
        for _ in range(3):
            desk.put({"companyName": "x"}, by=caller(tenant))
    change_by_hand(desk, statement)
    with open_audit_trail(desk.path) as trail:
        found = [verify(tenant, trail.entries(tenant), trail.head(tenant)).broken for tenant in (FIRST, SECOND)]
    assert [place and place.sequence for place in found] == [2, None]


def test_t16_a_put_that_cannot_be_audited_is_not_done(service: Service, desk: Desk) -> None:
    before = desk.world_hash()
    with broken_audit(desk):
        answer = ask(service, "PUT", body=page_body(CompanyName="x"), lines=[("MS-RequestId", GUID)])
        assert (answer.status, answer.headers.get("Retry-After"), desk.world_hash()) == (503, "1", before)
    assert ask(service, "PUT", body=page_body(CompanyName="x"), lines=[("MS-RequestId", GUID)]).status == 200


def test_t17_the_audit_has_two_characters_of_the_tax_id_and_no_token(service: Service, desk: Desk) -> None:
    ask(service, "PUT", body=page_body(TaxId="98-7654321"))
    (record,) = desk.audit()
    assert '"TaxId":"********21"' in str(record["resourceNewValue"])
    assert '"TaxId":"*******78"' in str(record["resourceOldValue"])
    text = json_text.write(record).decode()
    assert [part for part in token().split(".") if part in text] == []


BREAKING = {
    "T18-crlf": "x\r\nINFO forged",
    "T18-line-feed": "x\nINFO forged",
    "T18-escape": "x\x1b[2KINFO forged",
    "T18-next-line": "x\x85INFO forged",
}


@pytest.mark.parametrize("name", BREAKING.values(), ids=BREAKING.keys())
def test_a_name_that_would_begin_a_new_line_is_refused_and_not_logged(
    service: Service, desk: Desk, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = desk.world_hash()
    with caplog.at_level(logging.DEBUG):
        answer = ask(service, "PUT", body=page_body(CompanyName=name))
    assert (answer.status, answer.code(), desk.world_hash()) == (400, 3000, before)
    assert "forged" not in caplog.text + answer.body.decode()


def test_t18_a_name_is_not_in_the_log_of_a_failure(
    service: Service, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), broken_audit(desk):
        ask(service, "PUT", body=page_body(CompanyName="INFO forged"))
    assert [record.levelname for record in caplog.records if record.name == "partnercenter.service"] == ["ERROR"]
    assert "forged" not in caplog.text
