"""The presets and what each switch does to a request."""

from __future__ import annotations

from pathlib import Path

import pytest

from partnercenter.service.app import make_service, open_storage
from partnercenter.service.asgi import Service
from partnercenter.service.behaviour import Behaviour, Doubtful, ReplyCasing, Switch
from partnercenter.service.seed import AddMissingProfiles, add_missing_profiles
from partnercenter.service.settings import PRESETS, Preset, ServiceSettings, SettingsError, read_settings
from partnercenter.wire.json_text import JsonObject
from tests.service.stage import BASE_URL, DAY, GUID, NOW, Answer, ask, keys, page_body


def _behaviour(preset: Preset) -> Behaviour:
    return read_settings({"preset": preset.value}).behaviour


def _put(folder: Path, behaviour: Behaviour, body: JsonObject, *lines: tuple[str, str], tag: bool = True) -> Answer:
    """A PUT to a fresh service that behaves like that; with the current tag unless it is left out."""
    import asyncio

    with open_storage(folder) as storage:
        asyncio.run(storage.transact(add_missing_profiles, AddMissingProfiles()))
        service = make_service(BASE_URL, storage, keys(), DAY, behaviour=behaviour, clock=lambda: NOW)
        if_match = [("If-Match", _tag(service))] if tag else []
        return ask(service, "PUT", lines=[*if_match, *lines], body=body)


def _tag(service: Service) -> str:
    return ask(service, "GET").headers.get("ETag") or ""


def test_documented_is_the_default() -> None:
    assert read_settings({}) == ServiceSettings() == read_settings({"preset": "documented"})


def test_a_switch_that_is_named_stays_as_named() -> None:
    assert read_settings({"preset": "recorded", "bom": "off"}).behaviour == Behaviour(casing=ReplyCasing.CAMEL)


def test_every_switch_of_a_preset_is_one() -> None:
    names = {name for chosen in PRESETS.values() for name in chosen}
    assert names <= set(Behaviour.__dataclass_fields__)


@pytest.mark.parametrize("typed", ["5", "0/s", "often"])
def test_a_rate_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(SettingsError, match="--throttle must be"):
        read_settings({"throttle": typed})


@pytest.mark.parametrize("preset", Preset)
def test_the_published_request_is_accepted_with_its_ids_and_tag_whatever_the_preset(
    tmp_path: Path, preset: Preset
) -> None:
    assert _put(tmp_path, _behaviour(preset), page_body(), ("MS-RequestId", GUID)).status == 200


# switch → (what differs from the published request, the status then)
STRICT: dict[str, tuple[JsonObject, list[tuple[str, str]], bool, int, int]] = {
    "d04-no-address": ({"CompanyName": "x"}, [], True, 400, 3000),
    "s01-other-links": (page_body(Links={"Self": {"Uri": "http://evil"}}), [], True, 400, 3000),
    "s02-other-type": (page_body(Attributes={"ObjectType": "MpnProfile"}), [], True, 400, 3000),
    "s07-other-profile-type": (page_body(ProfileType="MpnProfile"), [], True, 400, 3000),
    "s08-tenant": (page_body(TenantId="x"), [], True, 400, 3000),
    "s09-unknown-inside": (page_body(PrimaryContact={"Nickname": "x"}), [], True, 400, 3000),
    "c18-no-tag": (page_body(), [], False, 428, 800002),
    "c04-bare-tag": (page_body(), [("If-Match", "abc")], False, 400, 800002),
}


@pytest.mark.parametrize("row", STRICT.values(), ids=STRICT.keys())
def test_strict_refuses_what_is_doubtful(
    tmp_path: Path, row: tuple[JsonObject, list[tuple[str, str]], bool, int, int]
) -> None:
    body, lines, tag, status, code = row
    answer = _put(tmp_path, _behaviour(Preset.STRICT), body, ("MS-RequestId", GUID), *lines, tag=tag)
    assert (answer.status, answer.code()) == (status, code)


@pytest.mark.parametrize("row", STRICT.values(), ids=STRICT.keys())
def test_documented_takes_the_same_requests_as_far_as_their_tags_hold(
    tmp_path: Path, row: tuple[JsonObject, list[tuple[str, str]], bool, int, int]
) -> None:
    body, lines, tag, _, _ = row
    answer = _put(tmp_path, Behaviour(), body, ("MS-RequestId", GUID), *lines, tag=tag)
    assert answer.status == (412 if ("If-Match", "abc") in lines else 200)


def test_h13_strict_wants_a_request_id(tmp_path: Path) -> None:
    assert _put(tmp_path, _behaviour(Preset.STRICT), page_body()).code() == 800002


def test_strict_takes_the_class_name_of_the_dotnet_client_for_the_object_type(tmp_path: Path) -> None:
    strict = Behaviour(unwritable_members=Doubtful.REFUSE)
    assert _put(tmp_path, strict, page_body(Attributes={"ObjectType": "BillingProfile"})).status == 200


def test_recorded_marks_a_success_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert _put(tmp_path, Behaviour(bom=Switch.ON), page_body()).body.startswith(b"\xef\xbb\xbf{")


def test_recorded_never_marks_a_refusal(tmp_path: Path) -> None:
    assert _put(tmp_path, Behaviour(bom=Switch.ON), {}, ("If-Match", '"x"'), tag=False).body.startswith(b"{")


def test_recorded_answers_in_camel_case_always(tmp_path: Path) -> None:
    assert _put(tmp_path, _behaviour(Preset.RECORDED), page_body()).body.startswith(b'\xef\xbb\xbf{"companyName"')
