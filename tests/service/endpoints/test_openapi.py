"""The description of the API: valid, complete, and true to what is answered."""

from __future__ import annotations

import asyncio

import jsonschema_rs
import pytest
import schemathesis

from partnercenter.service import seed
from partnercenter.service.asgi import Service
from partnercenter.service.endpoints import openapi
from partnercenter.service.endpoints.routes import ROUTES, operations
from partnercenter.service.refusals import Reason
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from tests.fuzz.described import as_object, described_operation
from tests.service.stage import GUID, Answer, ask, ask_async, page_body

_TEXT = json_text.write(openapi.document())
_ADDRESS: JsonObject = {"country": "US", "city": "Redmond", "state": "WA", "addressLine1": "1 Microsoft Way"}
_BODIES: dict[str, JsonObject] = {
    "/profiles/billing": page_body(),
    "/profiles/legalbusiness": {"companyName": "Other"},
    "/profiles/organization": {"companyName": "Other"},
    "/profiles/support": {"email": "help@first.partner.example"},
    "/profiles/supportprofile": {"telephone": "4255550101"},
    "/validations/address": {**_ADDRESS, "postalCode": "98052"},
}
_OPERATIONS = [(method, path) for path, methods in ROUTES.items() for method in methods]


def _of(path: str, method: str) -> JsonObject:
    paths = as_object(openapi.document()["paths"])
    return as_object(as_object(paths[f"/v1{path}"])[method.lower()])


def _read(path: str, method: str, service: Service, *lines: tuple[str, str]) -> Answer:
    target = f"/v1{path}".replace("{iso2}", "US")
    return ask(service, method, target, lines=lines, body=_BODIES[path] if method != "GET" else b"")


def _fetch(service: Service, method: str = "GET") -> Answer:
    return asyncio.run(ask_async(service, method, openapi.TARGET))


def test_it_is_open_to_everybody(service: Service) -> None:
    answer = _fetch(service)
    assert (answer.status, answer.headers.get("Content-Type")) == (200, "application/json; charset=utf-8")
    assert answer.json() == openapi.document()


def test_head_has_the_same_head_and_no_body(service: Service) -> None:
    answer = _fetch(service, "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers.get("Content-Length") == str(len(_TEXT))


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "OPTIONS"])
def test_it_can_only_be_read(service: Service, method: str) -> None:
    answer = _fetch(service, method)
    assert (answer.status, answer.headers.get("Allow")) == (405, "GET, HEAD")


def test_it_is_a_valid_description() -> None:
    schemathesis.openapi.from_dict(dict(openapi.document())).validate()


def test_every_schema_is_one() -> None:
    components = as_object(openapi.document()["components"])
    for schema in as_object(components["schemas"]).values():
        jsonschema_rs.meta.validate(as_object(schema))


def test_every_reference_leads_somewhere() -> None:
    named = {part.split('"')[0] for part in _TEXT.decode().split("#/components/schemas/")[1:]}
    assert named <= as_object(as_object(openapi.document()["components"])["schemas"]).keys()


def test_it_has_the_operations_that_there_are_and_no_others() -> None:
    paths = as_object(openapi.document()["paths"])
    found = {(method.upper(), path) for path, methods in paths.items() for method in as_object(methods)}
    assert found == {(method, f"/v1{path}") for method, path in _OPERATIONS}


def test_the_name_of_an_operation_is_that_of_fault_plans_and_stands_once() -> None:
    ids = [str(_of(path, method)["operationId"]) for method, path in _OPERATIONS]
    assert len(ids) == len({*ids})
    assert {name.removesuffix("_again") for name in ids} == {*operations()}


@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_is_described_with_its_sentence(reason: Reason) -> None:
    answer = reason.value
    told = [as_object(_of(path, method)["responses"]).get(str(answer.status)) for method, path in _OPERATIONS]
    assert any(answer.description in str(as_object(response)["description"]) for response in told if response)


# 415, 412 and 428 are refusals of a body or of a condition, and not every operation has one.
@pytest.mark.parametrize(("method", "path"), _OPERATIONS)
def test_what_the_gate_refuses_is_described_for_every_operation(method: str, path: str) -> None:
    at_the_gate = {reason.value.status for reason in Reason} - {412, 415, 428}
    assert {*map(str, at_the_gate)} <= as_object(_of(path, method)["responses"]).keys()


@pytest.mark.parametrize(("method", "path"), _OPERATIONS)
def test_a_success_is_as_it_is_described(service: Service, method: str, path: str) -> None:
    answer = _read(path, method, service)
    assert answer.status == 200
    operation = described_operation(method, f"/v1{path}")
    assert operation is not None
    operation.check(answer.status, answer.body)


@pytest.mark.parametrize(("method", "path"), _OPERATIONS)
def test_a_success_has_no_member_that_is_not_described(service: Service, method: str, path: str) -> None:
    schemas = [as_object(schema) for schema in _schemas().values()]
    known = {name.lower() for schema in schemas for name in as_object(schema.get("properties", {}))}
    assert {name.lower() for name in _read(path, method, service).json()} <= known


@pytest.mark.parametrize(("method", "path"), _OPERATIONS)
def test_the_header_lines_of_a_success_are_as_they_are_described(service: Service, method: str, path: str) -> None:
    responses = as_object(_of(path, method)["responses"])
    lines = as_object(as_object(responses["200"])["headers"])
    required = {name for name, line in lines.items() if as_object(line).get("required")}
    answer = _read(path, method, service, ("ValidateMfa", "true"))
    assert {name for name in required if answer.headers.get(name) is None} == set()
    for name, line in lines.items():
        if (value := answer.headers.get(name)) is not None:
            jsonschema_rs.validate(as_object(as_object(line)["schema"]), value)


def test_a_page_of_audit_records_that_are_there_is_as_it_is_described(service: Service) -> None:
    _read("/profiles/billing", "PUT", service, ("MS-RequestId", GUID))
    answer = _read("/auditrecords", "GET", service)
    assert answer.json()["totalCount"] == 1
    operation = described_operation("GET", "/v1/auditrecords")
    assert operation is not None
    operation.check(200, answer.body)


def test_it_names_no_tenant_and_no_one() -> None:
    text = _TEXT.decode()
    people = [name for user in seed.DIRECTORY.users for name in (user.id, user.user_principal_name)]
    tenants = [name for tenant in seed.DIRECTORY.tenants for name in (tenant.id, tenant.domain, tenant.name)]
    assert [name for name in (*people, *tenants, seed.FIRST_MPN_ID) if name in text] == []


def _schemas() -> JsonObject:
    return as_object(as_object(openapi.document()["components"])["schemas"])
