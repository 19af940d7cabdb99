"""Single use, when two are past the first check already."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from partnercenter.service.token_authority import device_codes
from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.codes import Code, Codes
from partnercenter.service.token_authority.device_codes import Device, DeviceCodes
from partnercenter.service.token_authority.directory import SignedIn
from partnercenter.service.token_authority.refused import Refused
from partnercenter.service.token_authority.resources import Wanted
from tests.service.token_authority.people import ADA, AUDIENCE, DESKTOP, LOOPBACK

_SIGNED_IN = SignedIn(ADA, ADA.methods)
_CODE = Code(DESKTOP.id, LOOPBACK, True, None, None, Wanted(AUDIENCE), _SIGNED_IN)


def _device(expires: int = 900) -> Device:
    return Device(DESKTOP.id, None, Wanted(AUDIENCE), expires)


def _wins(spend: Callable[[str], None], text: str) -> int:
    def won(_: int) -> bool:
        try:
            spend(text)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        return sum(pool.map(won, range(20)))


def test_of_twenty_who_spend_a_code_one_wins() -> None:
    codes = Codes()
    assert _wins(codes.spend, codes.issue(_CODE, now=0)) == 1


def test_of_twenty_who_spend_a_device_code_one_wins() -> None:
    codes = DeviceCodes()
    assert _wins(codes.spend, codes.issue(_device(), now=0)[0]) == 1


def test_a_device_cannot_be_approved_when_its_time_is_over() -> None:
    codes = DeviceCodes()
    _, user_code = codes.issue(_device(), now=0)
    with pytest.raises(Refused) as refused:
        codes.approve(user_code, _SIGNED_IN, now=900)
    assert refused.value.reason is Aadsts.BAD_DEVICE_CODE


def test_when_too_many_wait_the_oldest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_codes, "MOST_WAITING", 2)
    codes = DeviceCodes()
    user_codes = [codes.issue(_device(), now=0)[1] for _ in range(3)]
    with pytest.raises(Refused):
        codes.find_by_user_code(user_codes[0], now=1)
    assert codes.find_by_user_code(user_codes[1], now=1)


def test_what_waits_shows_no_code() -> None:
    codes = Codes()
    text = codes.issue(_CODE, now=0)
    assert text not in repr(codes)
    assert ADA.password not in repr(_CODE)
