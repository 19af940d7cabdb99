"""Rows C01 to C34 of the catalogue of bad inputs: `If-Match`, `If-None-Match` and the tag in the body, in process."""

from __future__ import annotations

import asyncio
import base64
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service
from partnercenter.service.asgi import Service
from partnercenter.service.behaviour import Behaviour, Doubtful
from partnercenter.service.gate.throttle import Rate
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from tests.catalogue.refused import CANARY, refuse
from tests.service import conftest as stage_fixtures
from tests.service.stage import (
    BASE_URL,
    DAY,
    NOW,
    SECOND,
    Answer,
    Desk,
    ask,
    ask_async,
    facts_of,
    keys,
    page_body,
    text_of,
    token,
)

desk, service = stage_fixtures.desk, stage_fixtures.service

STALE = f'"{CANARY}"'
STALE_CODE, MALFORMED = 2055, 800002
Lines = list[tuple[str, str]]


def put(
    service: Service, *lines: tuple[str, str], target: str = "/v1/profiles/billing", body: JsonObject | bytes = b""
) -> Answer:
    return ask(service, "PUT", target, lines=lines, body=body or page_body())


def tag_of(service: Service, target: str = "/v1/profiles/billing", bearer: str | None = None) -> str:
    """The current tag, quoted."""
    return ask(service, "GET", target, bearer=bearer).headers.get("ETag") or ""


def over(storage: SqliteStorage, behaviour: Behaviour | None = None) -> Service:
    return make_service(BASE_URL, storage, keys(), DAY, behaviour=behaviour, clock=lambda: NOW)


# {tag} is the current tag, quoted, and {bare} without its quotes.

WRITTEN: dict[str, Lines] = {
    "C01-current": [("If-Match", "{tag}")],
    "C04-without-quotes": [("If-Match", "{bare}")],
    "C05-one-of-a-list": [("If-Match", f"{STALE}, {{tag}}")],
    "C05-list-without-blanks": [("If-Match", f"{STALE},{{tag}}")],
    "C05-weak-beside-it": [("If-Match", f"W/{STALE}, {{tag}}")],
    "C08-any": [("If-Match", "*")],
    "C12-second-line": [("If-Match", STALE), ("If-Match", "{tag}")],
    "C12-first-line": [("If-Match", "{tag}"), ("If-Match", STALE)],
    "C13-16-tags": [("If-Match", ", ".join([STALE] * 15 + ["{tag}"]))],
    "C15-blanks-around": [("If-Match", " \t {tag} \t ")],
    "C22-stale": [("If-None-Match", STALE)],
}


@pytest.mark.parametrize("lines", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_put_whose_conditions_hold_is_carried_out(service: Service, desk: Desk, lines: Lines) -> None:
    bare = desk.tag()
    sent = [(name, value.format(tag=f'"{bare}"', bare=bare)) for name, value in lines]
    assert put(service, *sent).status == 200
    assert (len(desk.audit()), desk.tag() == bare) == (1, False)


NOT_WRITTEN: dict[str, tuple[int, int, Lines]] = {
    "C02-stale": (412, STALE_CODE, [("If-Match", STALE)]),
    "C03-weak": (412, STALE_CODE, [("If-Match", "W/{tag}")]),
    "C03-weak-in-a-list": (412, STALE_CODE, [("If-Match", f"W/{{tag}}, {STALE}")]),
    "C04-single-quotes": (400, MALFORMED, [("If-Match", f"'{CANARY}'")]),
    "C04-several-without-quotes": (400, MALFORMED, [("If-Match", "{bare}, {bare}")]),
    "C06-none-of-a-list": (412, STALE_CODE, [("If-Match", '"a", "b"')]),
    "C07-malformed-member": (400, MALFORMED, [("If-Match", f"{{tag}}, {CANARY}")]),
    "C07-malformed-member-first": (400, MALFORMED, [("If-Match", f"{CANARY} {{tag}}")]),
    "C07-unclosed": (400, MALFORMED, [("If-Match", '"{bare}')]),
    "C07-no-comma": (400, MALFORMED, [("If-Match", "{tag}{tag}")]),
    "C07-empty": (400, MALFORMED, [("If-Match", "")]),
    "C07-blanks": (400, MALFORMED, [("If-Match", " \t ")]),
    "C07-commas": (400, MALFORMED, [("If-Match", ",,")]),
    "C10-tag-and-any": (400, MALFORMED, [("If-Match", "{tag}, *")]),
    "C10-any-and-tag": (400, MALFORMED, [("If-Match", "*, {tag}")]),
    "C10-any-on-a-second-line": (400, MALFORMED, [("If-Match", "{tag}"), ("If-Match", "*")]),
    "C11-quoted-star": (412, STALE_CODE, [("If-Match", '"*"')]),
    "C12-both-lines-stale": (412, STALE_CODE, [("If-Match", STALE), ("If-Match", STALE)]),
    "C13-17-tags": (400, MALFORMED, [("If-Match", ", ".join([STALE] * 16 + ["{tag}"]))]),
    "C13-17-lines": (400, MALFORMED, [("If-Match", "{tag}")] * 17),
    "C13-tag-of-257-characters": (400, MALFORMED, [("If-Match", f'"{CANARY:a<257}"')]),
    "C13-tag-of-256-characters": (412, STALE_CODE, [("If-Match", f'"{CANARY:a<256}"')]),
    "C14-other-letter-case": (412, STALE_CODE, [("If-Match", '"{swapped}"')]),
    "C14-blank-inside": (412, STALE_CODE, [("If-Match", '"{bare} "')]),
    "C14-blank-inside-in-front": (412, STALE_CODE, [("If-Match", '" {bare}"')]),
    "C14-backslash": (412, STALE_CODE, [("If-Match", '"\\{bare}"')]),
    "C14-not-ascii": (412, STALE_CODE, [("If-Match", '"{bare}\xe9"')]),
    "C22-any": (412, STALE_CODE, [("If-None-Match", "*")]),
    "C22-current": (412, STALE_CODE, [("If-None-Match", "{tag}")]),
    "C22-malformed": (400, MALFORMED, [("If-None-Match", f"{CANARY} {CANARY}")]),
    "C25-current-and-none-wanted": (412, STALE_CODE, [("If-Match", "{tag}"), ("If-None-Match", "*")]),
}


@pytest.mark.parametrize(("status", "code", "lines"), NOT_WRITTEN.values(), ids=NOT_WRITTEN.keys())
def test_a_put_whose_conditions_do_not_hold_is_refused(
    service: Service, desk: Desk, status: int, code: int, lines: Lines
) -> None:
    bare = desk.tag()
    parts = {"tag": f'"{bare}"', "bare": bare, "swapped": bare.swapcase()}
    sent = [(name, value.format(**parts)) for name, value in lines]
    refuse(desk, lambda: put(service, *sent), status, code, [bare.encode()])


READ: dict[str, tuple[int, Lines]] = {
    "C23-current": (304, [("If-None-Match", "{tag}")]),
    "C23-weak": (304, [("If-None-Match", "W/{tag}")]),
    "C23-any": (304, [("If-None-Match", "*")]),
    "C23-one-of-a-list": (304, [("If-None-Match", f"{STALE}, {{tag}}")]),
    "C23-stale": (200, [("If-None-Match", STALE)]),
    "C23-malformed": (400, [("If-None-Match", "a b")]),
    "C24-stale": (412, [("If-Match", STALE)]),
    "C24-current": (200, [("If-Match", "{tag}")]),
    "C24-before-the-other": (412, [("If-Match", STALE), ("If-None-Match", "{tag}")]),
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("status", "lines"), READ.values(), ids=READ.keys())
def test_a_get_is_answered_under_its_conditions(service: Service, method: str, status: int, lines: Lines) -> None:
    tag = tag_of(service)
    conditions = [(name, value.format(tag=tag)) for name, value in lines]
    assert ask(service, method, lines=conditions).status == status


def test_c01_the_new_tag_is_one_in_header_body_and_next_get(service: Service) -> None:
    answer = put(service, ("If-Match", tag_of(service)))
    attributes = answer.json()["Attributes"]
    assert isinstance(attributes, dict)
    assert answer.headers.get("ETag") == f'"{attributes["Etag"]}"' == tag_of(service)


def test_c04_a_strict_service_takes_no_tag_without_its_quotes(desk: Desk) -> None:
    strict, sent = over(desk.storage, Behaviour(bare_tags=Doubtful.REFUSE)), ("If-Match", desk.tag())
    refuse(desk, lambda: put(strict, sent), 400, MALFORMED, [desk.tag().encode()])


@pytest.mark.parametrize("lines", [[("If-Match", "*")], []], ids=["C08-any", "C19-no-tag"])
def test_a_change_that_names_no_tag_is_audited_as_unconditional(service: Service, desk: Desk, lines: Lines) -> None:
    assert put(service, *lines).status == 200
    assert facts_of(desk.audit()[0])["precondition"] == "unconditional"


@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_c09_a_profile_that_is_not_there_is_404_before_any_condition(tmp_path: Path, method: str) -> None:
    with closing(SqliteStorage(tmp_path / "empty.sqlite3")) as storage:
        empty = Desk(storage, tmp_path / "empty.sqlite3")
        body = page_body() if method == "PUT" else b""
        refuse(empty, lambda: ask(over(storage), method, lines=[("If-Match", "*")], body=body), 404, 1000)


def test_c16_the_tag_in_the_body_alone_is_enough(service: Service, desk: Desk) -> None:
    assert put(service, body=page_body(etag=desk.tag())).status == 200
    assert facts_of(desk.audit()[0])["precondition"] == "entity tag"


BODY_TAGS = {
    "C17-stale": CANARY,
    "C17-empty": "",
    "C17-any": "*",
    "C17-quoted": '"{tag}"',
    "C17-weak": "W/{tag}",
    "C17-list": "{tag}, {tag}",
    "C17-other-letter-case": "{swapped}",
}


@pytest.mark.parametrize("sent", BODY_TAGS.values(), ids=BODY_TAGS.keys())
def test_a_tag_in_the_body_that_is_not_the_current_one_to_the_letter_is_refused(
    service: Service, desk: Desk, sent: str
) -> None:
    body = page_body(etag=sent.format(tag=desk.tag(), swapped=desk.tag().swapcase()))
    refuse(desk, lambda: put(service, body=body), 400, STALE_CODE, [desk.tag().encode()])


TAGLESS: dict[str, JsonObject] = {
    "C18-billing": {"CompanyName": "x"},
    "C18-organization": {"companyName": "x"},
    "C19-support": {"email": "x@first.partner.example"},
    "C19-legalbusiness": {"companyName": "x"},
}


@pytest.mark.parametrize("row", TAGLESS.keys(), ids=TAGLESS.keys())
def test_a_put_without_any_tag_is_taken(service: Service, desk: Desk, row: str) -> None:
    answer = put(service, target=f"/v1/profiles/{row[4:]}", body=TAGLESS[row])
    assert (answer.status, facts_of(desk.audit()[0])["precondition"]) == (200, "unconditional")


@pytest.mark.parametrize("row", TAGLESS.keys(), ids=TAGLESS.keys())
def test_a_strict_service_takes_no_put_without_a_tag(desk: Desk, row: str) -> None:
    strict = over(desk.storage, Behaviour(missing_tag=Doubtful.REFUSE))
    refuse(desk, lambda: put(strict, target=f"/v1/profiles/{row[4:]}", body=TAGLESS[row]), 428, MALFORMED)


def test_c20_a_stale_header_is_412_though_the_body_has_the_current_tag(service: Service, desk: Desk) -> None:
    body = page_body(etag=desk.tag())
    refuse(desk, lambda: put(service, ("If-Match", STALE), body=body), 412, STALE_CODE)


@pytest.mark.parametrize("header", ["{tag}", "*"], ids=["C20-current", "C21-any"])
def test_a_stale_tag_in_the_body_is_400_though_the_header_holds(service: Service, desk: Desk, header: str) -> None:
    sent = ("If-Match", header.format(tag=tag_of(service)))
    refuse(desk, lambda: put(service, sent, body=page_body(etag=CANARY)), 400, STALE_CODE)


def test_c23_a_304_has_the_tag_and_neither_body_nor_length(service: Service) -> None:
    tag = tag_of(service)
    answer = ask(service, "GET", lines=[("If-None-Match", tag)])
    assert (answer.headers.get("ETag"), answer.body, answer.headers.get("Content-Length")) == (tag, b"", None)


# Tags of something else

PROFILES = ("billing", "legalbusiness", "organization", "support")


@pytest.mark.parametrize("other", [name for name in PROFILES if name != "billing"], ids=lambda name: f"C26-{name}")
def test_the_tag_of_another_profile_does_not_hold(service: Service, desk: Desk, other: str) -> None:
    sent = ("If-Match", tag_of(service, f"/v1/profiles/{other}"))
    refuse(desk, lambda: put(service, sent), 412, STALE_CODE)


def test_c26_the_tag_of_another_tenant_does_not_hold_though_the_version_is_the_same(
    service: Service, desk: Desk
) -> None:
    sent = tag_of(service, bearer=token(tid=SECOND, oid=seed.SECOND_BILLING_ADMIN.id))
    assert desk.stored().version == desk.stored(SECOND).version
    refuse(desk, lambda: put(service, ("If-Match", sent)), 412, STALE_CODE)


def test_c27_the_next_tag_cannot_be_guessed_from_this_one(service: Service, desk: Desk) -> None:
    inside = json_text.read_strict(base64.b64decode(desk.tag()))
    assert isinstance(inside, dict)
    guess = base64.b64encode(json_text.write(inside | {"version": 2})).decode()
    refuse(desk, lambda: put(service, ("If-Match", f'"{guess}"')), 412, STALE_CODE)
    assert put(service).status == 200
    assert desk.stored().version == 2
    refuse(desk, lambda: put(service, ("If-Match", f'"{guess}"')), 412, STALE_CODE)


def restored(desk: Desk, backup: Path) -> SqliteStorage:
    """The storage of a backup, while the desk's own goes on."""
    return SqliteStorage(Path(shutil.copy(backup, backup.with_name("restored.sqlite3"))))


def backup_of(desk: Desk) -> Path:
    """A copy of the database as it is now, in one file."""
    path = desk.path.with_name("backup.sqlite3")
    with closing(apsw.Connection(str(desk.path))) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))
    return path


def test_c28_a_tag_made_after_the_backup_does_not_hold_after_the_restore(service: Service, desk: Desk) -> None:
    backup = backup_of(desk)
    lost = put(service).headers.get("ETag") or ""
    with closing(restored(desk, backup)) as storage:
        after = Desk(storage, backup.with_name("restored.sqlite3"))
        refuse(after, lambda: put(over(storage), ("If-Match", lost)), 412, STALE_CODE)


def test_c28_the_same_version_written_again_after_the_restore_has_another_tag(service: Service, desk: Desk) -> None:
    backup = backup_of(desk)
    lost, lost_version = put(service).headers.get("ETag") or "", desk.stored().version
    with closing(restored(desk, backup)) as storage:
        after = Desk(storage, backup.with_name("restored.sqlite3"))
        assert put(over(storage)).status == 200
        assert after.stored().version == lost_version
        refuse(after, lambda: put(over(storage), ("If-Match", lost)), 412, STALE_CODE)


def test_c33_a_tag_holds_on_the_node_that_takes_over_if_its_version_survived(service: Service, desk: Desk) -> None:
    tag = put(service).headers.get("ETag") or ""
    with closing(restored(desk, backup_of(desk))) as storage:
        assert put(over(storage), ("If-Match", tag)).status == 200


def test_c33_a_tag_does_not_hold_on_the_node_that_takes_over_if_another_one_wrote(service: Service, desk: Desk) -> None:
    tag = tag_of(service)
    put(service)
    with closing(restored(desk, backup_of(desk))) as storage:
        after = Desk(storage, desk.path.with_name("restored.sqlite3"))
        refuse(after, lambda: put(over(storage), ("If-Match", tag)), 412, STALE_CODE)


# What is refused before a tag is looked at

EARLIER: dict[str, tuple[Callable[[Service, Lines], Answer], int]] = {
    "C29-no-token": (lambda s, tag: ask(s, "PUT", bearer=" ", lines=tag, body=page_body()), 401),
    "C29-bad-token": (lambda s, tag: ask(s, "PUT", bearer="x.y.z", lines=tag, body=page_body()), 401),
    "C29-no-mfa": (lambda s, tag: ask(s, "PUT", bearer=token(amr=["pwd"]), lines=tag, body=page_body()), 401),
    "C29-no-role": (lambda s, tag: ask(s, "PUT", bearer=token(wids=[]), lines=tag, body=page_body()), 403),
    "C29-no-path": (lambda s, tag: ask(s, "PUT", "/v1/profiles/other", lines=tag, body=page_body()), 404),
    "C29-no-method": (lambda s, tag: ask(s, "DELETE", lines=tag), 405),
    "C29-not-acceptable": (
        lambda s, tag: ask(s, "PUT", lines=[*tag, ("Accept", "text/html")], body=page_body()),
        406,
    ),
    "C29-media-type": (
        lambda s, tag: ask(s, "PUT", lines=[*tag, ("Content-Type", "text/plain")], body=page_body()),
        415,
    ),
    "C29-too-large": (lambda s, tag: ask(s, "PUT", lines=[*tag, ("Content-Length", "70000")], body=b"x"), 413),
    "C29-request-id": (lambda s, tag: ask(s, "PUT", lines=[*tag, ("MS-RequestId", "x")], body=page_body()), 400),
}


@pytest.mark.parametrize("tag", [STALE, "{tag}", f"'{CANARY}"], ids=["C29-stale", "C29-current", "C29-malformed"])
@pytest.mark.parametrize(("send", "status"), EARLIER.values(), ids=EARLIER.keys())
def test_whoever_is_refused_earlier_learns_nothing_of_the_tag(
    service: Service, desk: Desk, send: Callable[[Service, Lines], Answer], status: int, tag: str
) -> None:
    before, lines = desk.world_hash(), [("If-Match", tag.format(tag=tag_of(service)))]
    answer = send(service, lines)
    assert (answer.status, desk.world_hash()) == (status, before)
    assert answer.headers.get("ETag") is None
    assert CANARY.encode() not in answer.body


def test_c29_a_throttled_caller_learns_nothing_of_the_tag(desk: Desk) -> None:
    rate = Rate("1/h", 1, 3600.0)
    service = make_service(BASE_URL, desk.storage, keys(), DAY, rate=rate, clock=lambda: NOW)
    assert put(service, ("If-Match", STALE)).status == 412
    before = desk.world_hash()
    assert (put(service, ("If-Match", STALE)).status, desk.world_hash()) == (429, before)


BAD_BODIES: dict[str, bytes] = {
    "C30-no-json": b'{"CompanyName": "' + CANARY.encode(),
    "C30-wrong-type": b'{"TaxId": 1}',
    "C30-no-object": b"[]",
    "C30-empty": b"",
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_stale_header_is_told_before_anything_of_the_body(service: Service, desk: Desk, body: bytes) -> None:
    refuse(desk, lambda: ask(service, "PUT", lines=[("If-Match", STALE)], body=body), 412, STALE_CODE)


RACERS = 20


def test_c31_of_twenty_racers_with_one_tag_exactly_one_wins(service: Service, desk: Desk) -> None:
    tag = tag_of(service)

    async def race() -> list[Answer]:
        bodies = [json_text.write(page_body(PurchaseOrderNumber=str(number))) for number in range(RACERS)]
        lines = [("Authorization", f"Bearer {token()}"), ("If-Match", tag)]
        sent = ([*lines, ("Content-Length", str(len(body)))] for body in bodies)
        pairs = zip(bodies, sent, strict=True)
        puts = (ask_async(service, "PUT", "/v1/profiles/billing", own, body=body) for body, own in pairs)
        return await asyncio.gather(*puts)

    answers = asyncio.run(race())
    assert sorted(answer.status for answer in answers) == [200] + [412] * (RACERS - 1)
    winner = next(answer for answer in answers if answer.status == 200)
    assert (len(desk.audit()), winner.headers.get("ETag")) == (1, tag_of(service))
    assert text_of(winner.json(), "PurchaseOrderNumber") == desk.stored().document["purchaseOrderNumber"]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_c34_a_profile_is_for_no_cache(service: Service, method: str) -> None:
    answer = ask(service, method, body=page_body() if method == "PUT" else b"")
    told = (answer.headers.get("Cache-Control"), answer.headers.get("Vary"))
    assert (answer.status, *told) == (200, "private, no-store", "Authorization")
