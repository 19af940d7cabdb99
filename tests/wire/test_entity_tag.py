"""The entity tag."""

from __future__ import annotations

import base64

from partnercenter.wire import json_text
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.guid import read_guid
from partnercenter.wire.json_text import JsonObject


def opened(tag: EntityTag) -> JsonObject:
    document = json_text.read_strict(base64.b64decode(tag.value, validate=True))
    assert isinstance(document, dict)
    return document


def test_a_tag_has_the_documented_form() -> None:
    document = opened(EntityTag.new(7))
    assert list(document) == ["id", "version"]


def test_a_tag_tells_its_version() -> None:
    assert opened(EntityTag.new(7))["version"] == 7


def test_the_id_in_a_tag_is_a_guid() -> None:
    assert read_guid(str(opened(EntityTag.new(1))["id"])) is not None


def test_c27_two_tags_of_one_version_share_no_id() -> None:
    assert len({str(opened(EntityTag.new(1))["id"]) for _ in range(100)}) == 100


def test_a_tag_is_quoted_in_headers_and_bare_elsewhere() -> None:
    assert EntityTag("abc=").quoted == '"abc="'


def test_tags_with_the_same_characters_are_the_same() -> None:
    assert EntityTag("a") == EntityTag("a")


def test_tags_compare_with_case() -> None:
    assert EntityTag("a") != EntityTag("A")
