"""Conditional requests as a whole (reliability rows C01-C28): `If-Match`, `If-None-Match` and the tag in the body."""

from __future__ import annotations

import pytest

from partnercenter.service.asgi import Service
from tests.service.stage import Answer, Desk, ask, page_body

STALE = '"c3RhbGU="'


def _tag_of(service: Service) -> str:
    return ask(service, "GET").headers.get("ETag") or ""


def _put(service: Service, *lines: tuple[str, str], **changes: str) -> Answer:
    return ask(service, "PUT", lines=lines, body=page_body(**changes))


# {tag} is the current tag, quoted.
WRITES = {
    "C01": ([("If-Match", "{tag}")], 200),
    "C02": ([("If-Match", STALE)], 412),
    "C03": ([("If-Match", "W/{tag}")], 412),
    "C04-single-quotes": ([("If-Match", "'x y'")], 400),
    "C05": ([("If-Match", f"{STALE}, {{tag}}")], 200),
    "C06": ([("If-Match", '"a", "b"')], 412),
    "C07": ([("If-Match", '"a", b c')], 400),
    "C08": ([("If-Match", "*")], 200),
    "C10": ([("If-Match", '"a", *')], 400),
    "C11": ([("If-Match", '"*"')], 412),
    "C12": ([("If-Match", STALE), ("If-Match", "{tag}")], 200),
    "C15": ([("If-Match", "  {tag}  ")], 200),
    "C22": ([("If-None-Match", "*")], 412),
    "C22-current": ([("If-None-Match", "{tag}")], 412),
    "C22-stale": ([("If-None-Match", STALE)], 200),
    "C25": ([("If-Match", "{tag}"), ("If-None-Match", "*")], 412),
}


@pytest.mark.parametrize(("lines", "status"), WRITES.values(), ids=WRITES.keys())
def test_a_put_is_carried_out_only_under_its_conditions(
    service: Service, lines: list[tuple[str, str]], status: int
) -> None:
    tag = _tag_of(service)
    assert _put(service, *((name, value.format(tag=tag)) for name, value in lines)).status == status


READS = {
    "C23": ([("If-None-Match", "{tag}")], 304),
    "C23-weak": ([("If-None-Match", "W/{tag}")], 304),
    "C23-star": ([("If-None-Match", "*")], 304),
    "C23-list": ([("If-None-Match", f"{STALE}, {{tag}}")], 304),
    "C23-stale": ([("If-None-Match", STALE)], 200),
    "C23-malformed": ([("If-None-Match", "a b")], 400),
    "C24": ([("If-Match", STALE)], 412),
    "C24-current": ([("If-Match", "{tag}")], 200),
    "C24-first": ([("If-Match", STALE), ("If-None-Match", "{tag}")], 412),
}


@pytest.mark.parametrize(("lines", "status"), READS.values(), ids=READS.keys())
def test_a_get_is_answered_under_its_conditions(service: Service, lines: list[tuple[str, str]], status: int) -> None:
    tag = _tag_of(service)
    conditions = [(name, value.format(tag=tag)) for name, value in lines]
    assert ask(service, "GET", lines=conditions).status == status


def test_c23_a_304_has_the_tag_and_neither_body_nor_length(service: Service) -> None:
    tag = _tag_of(service)
    answer = ask(service, "GET", lines=[("If-None-Match", tag)])
    assert (answer.headers.get("ETag"), answer.body, answer.headers.get("Content-Length")) == (tag, b"", None)


def test_c20_header_and_body_tag_must_both_hold(service: Service, desk: Desk) -> None:
    current = desk.tag()
    assert _put(service, ("If-Match", STALE), etag=current).status == 412
    assert _put(service, ("If-Match", f'"{current}"'), etag="stale").status == 400


def test_c21_any_version_in_the_header_does_not_lift_the_tag_in_the_body(service: Service) -> None:
    assert _put(service, ("If-Match", "*"), etag="stale").status == 400


def test_c27_the_next_tag_cannot_be_guessed_from_this_one(service: Service, desk: Desk) -> None:
    import base64
    import json

    inside = json.loads(base64.b64decode(desk.tag()))
    _put(service)
    guess = base64.b64encode(json.dumps(inside | {"version": 2}, separators=(",", ":")).encode()).decode()
    assert _put(service, ("If-Match", f'"{guess}"')).status == 412
