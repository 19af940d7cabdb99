"""The journal as lines of curl: bash reads them, and says which arguments curl would get."""

from __future__ import annotations

import itertools
import subprocess

import pytest

from partnercenter.cli.local.journal.curl import curl
from partnercenter.cli.local.journal.entries import Entry, Line

ENVIRON = {
    "PARTNERCENTER_BASE_URL": "https://localhost:8443",
    "PARTNERCENTER_CA_BUNDLE": "/ca dir/ca.pem",
    "TOKEN": "t k",
}


def _arguments(entry: Entry) -> list[str]:
    """What bash hands to curl, for which a function stands in that prints its arguments."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{curl(entry)}\n"
    ran = subprocess.run(["bash", "-eu", "-c", script], env=ENVIRON, capture_output=True, text=True, check=True)
    return ran.stdout.split("\0")[:-1]


def _entry(
    method: str = "GET", target: str = "/v1/profiles/billing", *, headers: list[Line] | None = None, body: str = ""
) -> Entry:
    return Entry(7, 1_800_000_000.0, 1.0, method, target, headers=headers or [], body=body, status=200)


def _sent(entry: Entry) -> list[str]:
    """The header lines that curl is told to send."""
    arguments = _arguments(entry)
    return [value for name, value in itertools.pairwise(arguments) if name == "-H"]


def test_a_get_asks_the_service_of_the_environment_and_trusts_its_ca() -> None:
    assert _arguments(_entry()) == ["--cacert", "/ca dir/ca.pem", "https://localhost:8443/v1/profiles/billing"]


@pytest.mark.parametrize("scheme", ["Bearer", "Basic"])
def test_the_token_is_that_of_the_variable(scheme: str) -> None:
    assert _sent(_entry(headers=[("authorization", f"{scheme} [removed]")])) == [f"Authorization: {scheme} t k"]


def test_a_put_sends_its_body_to_the_letter() -> None:
    body = '{"companyName": "O\'Neil & Söhne $HOME `id` \\\\ \n"}'
    arguments = _arguments(_entry("PUT", body=body, headers=[("Content-Type", "application/json")]))
    assert arguments[2:] == [
        *("-X", "PUT", "https://localhost:8443/v1/profiles/billing"),
        *("-H", "Content-Type: application/json", "--data-raw", body),
    ]


def test_a_post_with_a_body_needs_no_method() -> None:
    assert "-X" not in _arguments(_entry("POST", body="{}"))


def test_head_waits_for_no_body() -> None:
    arguments = _arguments(_entry("HEAD"))
    assert ("--head" in arguments, "-X" in arguments) == (True, False)


def test_a_body_without_a_type_gets_none_from_curl() -> None:
    assert _sent(_entry("PUT", body="{}")) == ["Content-Type:"]


def test_lines_of_the_connection_are_left_to_curl() -> None:
    lines = [("Host", "h"), ("Content-Length", "3"), ("Connection", "close"), ("Transfer-Encoding", "chunked")]
    assert _sent(_entry(headers=[*lines, ("Accept", "*/*")])) == ["Accept: */*"]


def test_a_line_without_a_value_is_sent_without_one() -> None:
    assert _sent(_entry(headers=[("If-Match", "")])) == ["If-Match;"]


def test_a_tag_keeps_its_quotes() -> None:
    assert _sent(_entry(headers=[("If-Match", '"tag"')])) == ['If-Match: "tag"']


@pytest.mark.parametrize("target", ["/v1/profiles/mpn?mpnId=1&x='y", "/v1/$(id)", "/v1/a b"])
def test_a_target_is_one_word(target: str) -> None:
    assert _arguments(_entry(target=target))[-1] == f"https://localhost:8443{target}"


def test_brackets_are_no_list_of_urls() -> None:
    assert "--globoff" in _arguments(_entry(target="/v1/[1-3]"))


def test_dots_in_a_path_are_kept() -> None:
    assert "--path-as-is" in _arguments(_entry(target="/v1/../v1/profiles/billing"))


def test_a_comment_says_when_it_was_and_what_was_answered() -> None:
    assert curl(_entry()).splitlines()[0] == "# 7: 2027-01-15T08:00:00.000Z, answered 200"


@pytest.mark.parametrize("body", ['{"taxId":"*******78"}', "client_secret=[removed]", "[9 bytes that are not JSON]"])
def test_a_comment_warns_of_what_the_journal_does_not_keep(body: str) -> None:
    assert "write in what was [removed] or masked" in curl(_entry("PUT", body=body))
