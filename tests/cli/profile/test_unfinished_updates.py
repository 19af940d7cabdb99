"""An update that ends without its answer: what the command line says, and how the same update is asked for again."""

from __future__ import annotations

import pytest

from partnercenter import ClientSettings, FixedToken, PartnerCenter
from partnercenter.cli.signing_in import session
from partnercenter.client.conversation import AnswerLostError
from partnercenter.wire.messages import Request, Response
from tests.cli.in_process import command_line

GUID = "c0000000-0000-4000-8000-00000000abcd"
UPDATE = ("billing", "update", "--set", "purchaseOrderNumber=9")
_PROFILE = b'{"purchaseOrderNumber":"%s","attributes":{"etag":"tag"}}'


class _Service:
    """Answers every GET, and ends every PUT as it was told."""

    def __init__(self, end: BaseException | None) -> None:
        self.end = end
        self.request_ids: list[str | None] = []

    def send(self, request: Request, timeout: float) -> Response:
        if request.method == "GET":
            return Response(200, body=_PROFILE % b"8")
        self.request_ids.append(request.headers.get("MS-RequestId"))
        if self.end:
            raise self.end
        return Response(200, body=_PROFILE % b"9")

    def close(self) -> None:
        return


def _service(monkeypatch: pytest.MonkeyPatch, end: BaseException | None = None) -> _Service:
    service = _Service(end)
    partner = PartnerCenter(
        FixedToken("token"), settings=ClientSettings(base_url="https://localhost", deadline=0.01), transport=service
    )
    monkeypatch.setattr(session, "open_partner_center", lambda: partner)
    return service


def test_an_unknown_outcome_exits_8_and_says_how_to_repeat_it(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch, AnswerLostError("the line broke"))
    ended = command_line(*UPDATE)
    assert ended.returncode == 8
    assert f"--request-id {service.request_ids[0]}" in ended.stderr


def test_an_unknown_outcome_says_where_to_look_in_commands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    _service(monkeypatch, AnswerLostError("the line broke"))
    said = command_line(*UPDATE).stderr
    assert "partnercenter billing get" in said
    assert "update(profile" not in said


def test_the_request_id_that_is_given_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch)
    assert command_line(*UPDATE, "--request-id", GUID).returncode == 0
    assert service.request_ids == [GUID]


def test_a_request_id_that_is_no_guid_exits_2(monkeypatch: pytest.MonkeyPatch) -> None:
    _service(monkeypatch)
    assert command_line(*UPDATE, "--request-id", "again").returncode == 2


def test_ctrl_c_in_an_update_says_that_it_may_have_been_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(monkeypatch, KeyboardInterrupt())
    ended = command_line(*UPDATE)
    assert ended.returncode == 130
    assert "Interrupted. PUT /v1/profiles/billing may have been carried out" in ended.stderr
    assert str(service.request_ids[0]) in ended.stderr


def test_ctrl_c_says_so_and_no_more_if_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> PartnerCenter:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "open_partner_center", interrupted)
    ended = command_line(*UPDATE)
    assert (ended.returncode, ended.stderr.strip()) == (130, "Interrupted.")
