"""The table of profiles: where each is asked for, and what every one of them does alike."""

from __future__ import annotations

from typing import Any

import pytest

from partnercenter.client import operations, profile_kinds
from partnercenter.client.errors import AnswerNotUnderstoodError, ConfigurationError
from partnercenter.client.operations import get_profile
from partnercenter.client.profile_kinds import ProfileKind, VettingVersion
from partnercenter.client.settings import ClientSettings, Concurrency
from partnercenter.client.update import update_profile
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Response
from tests.client.scripted import Scripted, header, ok

HOST = "https://api.partnercenter.microsoft.com"
PATHS: list[tuple[ProfileKind[Any], str]] = [
    (profile_kinds.BILLING, "/v1/profiles/billing"),
    (profile_kinds.LEGAL_BUSINESS, "/v1/profiles/legalbusiness"),
    (profile_kinds.ORGANIZATION, "/v1/profiles/organization"),
    (profile_kinds.SUPPORT, "/v1/profiles/support"),
    (profile_kinds.MPN, "/v1/profiles/mpn"),
]
WRITABLE = [kind for kind, _ in PATHS if kind is not profile_kinds.MPN]

# As the published examples print it: no entity tag in the body.
WITHOUT_TAG: JsonObject = {
    "email": None,
    "colour": "green",
    "attributes": {"objectType": "PartnerSupportProfile", "shade": 7},
}


def body_of(house: Scripted, number: int = -1) -> JsonObject:
    value = json_text.read_strict(house.sent[number].body)
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(("kind", "path"), PATHS)
def test_each_is_read_at_its_path(kind: ProfileKind[Any], path: str) -> None:
    house = Scripted(ok())
    assert type(house.run(get_profile(house.session, kind))) is kind.shape
    assert house.sent[0].target == HOST + path


@pytest.mark.parametrize(("kind", "path"), PATHS[:-1])
def test_each_is_replaced_at_its_path(kind: ProfileKind[Any], path: str) -> None:
    house = Scripted(ok())
    house.run(update_profile(house.session, kind, kind.shape.from_wire({"attributes": {"etag": "dGFn"}})))
    assert (house.sent[0].method, house.sent[0].target) == ("PUT", HOST + path)


@pytest.mark.parametrize("kind", WRITABLE)
def test_unknown_members_and_nulls_survive_get_and_update(kind: ProfileKind[Any]) -> None:
    read: JsonObject = {"colour": "green", "profileType": None, "attributes": {"etag": "dGFn", "shade": 7}}
    house = Scripted(ok(read))
    house.run(update_profile(house.session, kind, house.run(get_profile(house.session, kind))))
    assert body_of(house) == read


@pytest.mark.parametrize("kind", WRITABLE)
def test_a_tag_that_stands_in_the_header_alone_is_that_of_the_profile(kind: ProfileKind[Any]) -> None:
    house = Scripted(ok(WITHOUT_TAG, ETag='"dGFn"'))
    assert house.run(get_profile(house.session, kind)).attributes.etag == "dGFn"


@pytest.mark.parametrize("kind", WRITABLE)
def test_a_weak_tag_is_none_because_no_if_match_ever_matches_it(kind: ProfileKind[Any]) -> None:
    house = Scripted(ok(WITHOUT_TAG, ETag='W/"dGFn"'))
    assert house.run(get_profile(house.session, kind)).attributes.etag is None


@pytest.mark.parametrize(
    ("concurrency", "attributes", "if_match"),
    [
        (Concurrency.BOTH, {"etag": "dGFn", "objectType": "PartnerSupportProfile", "shade": 7}, '"dGFn"'),
        (Concurrency.BODY, {"etag": "dGFn", "objectType": "PartnerSupportProfile", "shade": 7}, None),
        (Concurrency.HEADER, {"objectType": "PartnerSupportProfile", "shade": 7}, '"dGFn"'),
        (Concurrency.NONE, {"objectType": "PartnerSupportProfile", "shade": 7}, None),
    ],
)
@pytest.mark.parametrize("kind", WRITABLE)
def test_a_tag_of_the_header_is_sent_where_the_concurrency_wants_it(
    kind: ProfileKind[Any], concurrency: Concurrency, attributes: JsonObject, if_match: str | None
) -> None:
    house = Scripted(ok(WITHOUT_TAG, ETag='"dGFn"'), settings=ClientSettings(concurrency=concurrency))
    house.run(update_profile(house.session, kind, house.run(get_profile(house.session, kind))))
    assert body_of(house)["attributes"] == attributes
    assert header(house.sent[1], "If-Match") == if_match


@pytest.mark.parametrize(("kind", "_"), PATHS)
def test_an_answer_of_another_shape_is_told_by_the_name_of_the_profile(kind: ProfileKind[Any], _: str) -> None:
    house = Scripted(Response(200, body=b"[]"))
    with pytest.raises(AnswerNotUnderstoodError, match=f"It is not a {kind.name}"):
        house.run(get_profile(house.session, kind))


@pytest.mark.parametrize(
    ("version", "query"),
    [
        (None, ""),
        (VettingVersion.NONE, "?vettingVersion=None"),
        (VettingVersion.CURRENT, "?vettingVersion=Current"),
        (VettingVersion.LAST_FINALIZED, "?vettingVersion=LastFinalized"),
    ],
)
def test_the_vetting_version_is_sent_by_its_documented_name(version: VettingVersion | None, query: str) -> None:
    house = Scripted(ok())
    house.run(get_profile(house.session, profile_kinds.LEGAL_BUSINESS, operations.vetting_query(version)))
    assert house.sent[0].target == f"{HOST}/v1/profiles/legalbusiness{query}"


@pytest.mark.parametrize(("mpn_id", "query"), [(None, ""), ("4391507", "?mpnId=4391507")])
def test_the_mpn_id_is_sent_if_there_is_one(mpn_id: str | None, query: str) -> None:
    house = Scripted(ok())
    house.run(get_profile(house.session, profile_kinds.MPN, operations.mpn_query(mpn_id)))
    assert house.sent[0].target == f"{HOST}/v1/profiles/mpn{query}"


@pytest.mark.parametrize("mpn_id", ["", " 1", "1a", "-1", "\uff11", "1&x=2", "1\n"])
def test_an_mpn_id_that_is_not_digits_is_not_sent(mpn_id: str) -> None:
    with pytest.raises(ConfigurationError, match="digits"):
        operations.mpn_query(mpn_id)
