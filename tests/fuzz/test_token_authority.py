"""Whatever is asked of the token authority, it answers: never with a fault, and never with what is secret."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from hypothesis import currently_in_test_context, given, note
from hypothesis import strategies as st

from partnercenter.service import seed
from partnercenter.service.settings import Preset
from partnercenter.wire import json_text
from tests.fuzz.authority_requests import FLOWS, authority_requests, parameters
from tests.fuzz.counted import Counted
from tests.fuzz.generation import generated
from tests.fuzz.requests import FORM, Sent
from tests.service.stage import Answer

FEW = 160
MANY = 25_000
SECRETS = [
    text.encode()
    for text in (seed.APP_USER.secret, seed.APP_ONLY.secret, seed.PASSWORD, seed.FIRST_REFRESH_TOKEN.token)
    if text
]
_AUTHORIZE = "/common/oauth2/v2.0/authorize"


def check(answer: Answer) -> None:
    """What holds of every answer."""
    assert answer.status < 500
    told = [answer.body, *(value.encode("latin-1") for _, value in answer.headers)]
    assert not any(secret in text for secret in SECRETS for text in told)
    if answer.body and (answer.headers.get("Content-Type") or "").startswith("application/json"):
        assert isinstance(json_text.read_strict(answer.body), dict)


def _post(target: str, form: list[tuple[str, str]]) -> Sent:
    body = urlencode(form).encode()
    return Sent("POST", target, [("Content-Type", FORM), ("Content-Length", str(len(body)))], [body])


def _ticket_in(page: Answer) -> str | None:
    found = re.search(rb'name="ticket" value="([^"]*)"', page.body)
    return html.unescape(found[1].decode()) if found else None


def send_many(service: Counted, examples: int, *, derandomize: bool) -> None:
    """Send so many generated requests on one event loop; each is followed by a step of a sign-in that began well."""
    with asyncio.Runner() as runner:

        def ask(sent: Sent) -> Answer:
            answer = runner.run(service.ask(sent.method, sent.target, sent.lines, sent.chunks))
            if currently_in_test_context():
                note(f"{sent} -> {answer}")
            check(answer)
            return answer

        ticket = _ticket_in(ask(Sent("GET", f"{_AUTHORIZE}?{urlencode(FLOWS[4])}", [], [b""])))
        assert ticket is not None

        @generated(examples, derandomize=derandomize)
        @given(authority_requests(), parameters(), st.integers(0, len(ticket)), st.text(max_size=2))
        def send(sent: Sent, form: list[tuple[str, str]], cut: int, put_in: str) -> None:
            page = ask(sent)
            good = _ticket_in(page) or ticket
            step = good if len(put_in) != 1 else good[:cut] + put_in + good[cut + 1 :]
            kept = [(name, value) for name, value in form if name != "ticket"]
            target = sent.path if sent.path == "/devicelogin" else _AUTHORIZE
            ask(_post(target, [*kept, ("ticket", step.encode("utf-8", "replace").decode())]))

        send()


def test_no_request_to_the_token_authority_is_answered_with_a_fault(serve: Callable[[Preset], Counted]) -> None:
    service = serve(Preset.DOCUMENTED)
    send_many(service, FEW, derandomize=True)
    # Otherwise what is generated does not come to the end of any flow.
    assert {200, 303, 400} <= set(service.statuses)


@pytest.mark.fuzz
def test_none_of_fifty_thousand_requests_to_the_token_authority_is_answered_with_a_fault(
    serve: Callable[[Preset], Counted], capsys: pytest.CaptureFixture[str]
) -> None:
    service = serve(Preset.DOCUMENTED)
    send_many(service, MANY, derandomize=False)
    with capsys.disabled():
        print(f"\ntoken authority: {service}")  # noqa: T201 - the figure is what the run is for
    assert service.statuses.total() >= 2 * MANY
