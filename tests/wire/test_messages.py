"""Header lines."""

from __future__ import annotations

from partnercenter.wire.messages import Headers, Request, Response

LINES = Headers([("If-Match", '"a"'), ("Authorization", "Bearer secret"), ("if-match", '"b"')])


def test_names_compare_without_case() -> None:
    assert LINES.get("AUTHORIZATION") == "Bearer secret"


def test_every_line_of_a_repeated_name_is_found_in_order() -> None:
    assert LINES.get_all("IF-MATCH") == ['"a"', '"b"']


def test_values_that_were_asked_for_are_the_askers_own() -> None:
    LINES.get_all("If-Match").clear()
    assert len(LINES.get_all("If-Match")) == 2


def test_the_first_line_is_the_one_that_get_gives() -> None:
    assert LINES.get("If-Match") == '"a"'


def test_a_name_that_does_not_stand_there_is_none() -> None:
    assert LINES.get("ETag") is None


def test_f29_an_underscore_is_no_hyphen() -> None:
    assert Headers({"If_Match": "x"}).get("If-Match") is None


def test_a_line_replaces_every_line_of_its_name() -> None:
    assert LINES.with_line("IF-MATCH", "*").get_all("If-Match") == ["*"]


def test_replacing_a_line_leaves_the_original_as_it_was() -> None:
    LINES.with_line("If-Match", "*")
    assert len(LINES.get_all("If-Match")) == 2


def test_lines_iterate_as_they_travel() -> None:
    assert [name for name, _ in LINES] == ["If-Match", "Authorization", "if-match"]


def test_a_mapping_makes_one_line_of_each_name() -> None:
    assert list(Headers({"A": "1", "B": "2"})) == [("A", "1"), ("B", "2")]


def test_equal_lines_are_equal_and_hash_alike() -> None:
    assert {Headers({"A": "1"}), Headers([("A", "1")])} == {Headers({"A": "1"})}


def test_the_repr_shows_names_and_no_values() -> None:
    assert "secret" not in repr(LINES)


def test_the_repr_of_a_request_shows_no_body() -> None:
    assert "tax" not in repr(Request("PUT", "/", LINES, b"tax"))


def test_the_repr_of_a_response_shows_no_body() -> None:
    assert "tax" not in repr(Response(200, LINES, b"tax"))
