"""The description of the API as something that answers can be held against."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache

import jsonschema_rs

from partnercenter.service.endpoints import openapi
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class DescribedOperation:
    """One method of one path. schemas: that of each status; None for an answer without a body."""

    schemas: dict[int, jsonschema_rs.Draft202012Validator | None]

    def check(self, status: int, body: bytes) -> None:
        """Fail unless the description has this answer."""
        assert status in self.schemas, f"{status} is not described"
        schema = self.schemas[status]
        if schema is None:
            assert body == b""
        else:
            schema.validate(json_text.read_strict(body.removeprefix(codecs.BOM_UTF8)))


def described_operation(method: str, path: str) -> DescribedOperation | None:
    """The operation of a request, whichever version its path names; None if none is described."""
    resource = re.sub(r"(?<=^/v1/countryvalidationrules/)[A-Za-z]{2}$", "{iso2}", path.replace("/v1.0/", "/v1/", 1))
    return _operations().get((method, resource))


@cache
def _operations() -> dict[tuple[str, str], DescribedOperation]:
    paths = as_object(openapi.document()["paths"])
    return {
        (method.upper(), path): DescribedOperation(_schemas(as_object(operation)))
        for path, methods in paths.items()
        for method, operation in as_object(methods).items()
    }


def _schemas(operation: JsonObject) -> dict[int, jsonschema_rs.Draft202012Validator | None]:
    answers = {int(status): as_object(answer) for status, answer in as_object(operation["responses"]).items()}
    return {status: _schema(answer) if "content" in answer else None for status, answer in answers.items()}


def _schema(answer: JsonObject) -> jsonschema_rs.Draft202012Validator:
    return validator(as_object(as_object(as_object(answer["content"])["application/json"])["schema"]))


def validator(schema: JsonObject) -> jsonschema_rs.Draft202012Validator:
    """What validates against `schema`, whose references lead into the description."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": openapi.document()["components"]})


def as_object(value: JsonValue) -> JsonObject:
    """`value`, which is an object."""
    assert isinstance(value, dict)
    return value
