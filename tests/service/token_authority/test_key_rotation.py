"""A new signing key, while the service runs: who has a token of the old one goes on for a day."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import jwt
import msal
import pytest

from partnercenter.service.gate.authentication import LEEWAY_SECONDS, LONGEST_LIFE_SECONDS
from partnercenter.service.token_authority import Accounts, SigningKeyError, SigningKeys, TokenAuthority
from partnercenter.service.token_authority import key_files as key_files_module
from partnercenter.service.token_authority.keys import LONGEST_NOTE_SECONDS, OVERLAP_SECONDS
from partnercenter.service.token_authority.pem_files import make_key, private_text, write_whole
from tests.service.token_authority.forging import secret
from tests.service.token_authority.in_process_http import InProcessHttp
from tests.service.token_authority.people import BASE_URL, CONTOSO, DEFAULT_SCOPE, DESKTOP, DIRECTORY
from tests.service.token_authority.visitor import Clock, Visitor, aadsts, members

NOW = 1_790_000_000
_NOT_ON_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="no mode bits")


@pytest.fixture
def own(tmp_path: Path) -> SigningKeys:
    """Keys that the test may rotate, in the test's own folder."""
    write_whole(tmp_path / "signing-key.pem", private_text(secret()))
    return SigningKeys.load_or_create(tmp_path)


@pytest.fixture
def someone(own: SigningKeys, clock: Clock) -> Visitor:
    accounts = Accounts(DIRECTORY)
    return Visitor(TokenAuthority(BASE_URL, accounts, own, clock=clock), own, clock, accounts)


def _kids(keys: SigningKeys, now: float) -> list[str]:
    return list(keys.public_keys(now))


def test_the_overlap_outlasts_every_token_that_the_api_accepts() -> None:
    assert OVERLAP_SECONDS == LONGEST_LIFE_SECONDS + LEEWAY_SECONDS


def test_the_new_key_signs_at_once(own: SigningKeys) -> None:
    old = own.kid
    own.rotate(NOW)
    assert jwt.get_unverified_header(own.sign({}))["kid"] == own.kid != old


def test_the_old_key_verifies_during_the_overlap_and_not_after(own: SigningKeys) -> None:
    old = own.kid
    own.rotate(NOW)
    assert _kids(own, NOW + OVERLAP_SECONDS - 1) == [own.kid, old]
    assert _kids(own, NOW + OVERLAP_SECONDS) == [own.kid]


def test_the_key_set_publishes_the_same_keys(own: SigningKeys) -> None:
    own.rotate(NOW)
    for now in (NOW, NOW + OVERLAP_SECONDS):
        keys = own.jwks(now)["keys"]
        assert isinstance(keys, list)
        assert [key["kid"] for key in keys if isinstance(key, dict)] == _kids(own, now)


def test_keys_in_memory_rotate_too() -> None:
    keys = SigningKeys(make_key())
    old = keys.kid
    keys.rotate(NOW)
    assert _kids(keys, NOW) == [keys.kid, old]


def test_several_rotations_leave_several_keys(own: SigningKeys) -> None:
    first = own.kid
    own.rotate(NOW)
    second = own.kid
    own.rotate(NOW)
    assert set(_kids(own, NOW)) == {own.kid, second, first}


def test_a_rotation_survives_a_restart(own: SigningKeys, tmp_path: Path) -> None:
    own.rotate(NOW)
    again = SigningKeys.load_or_create(tmp_path)
    assert again.jwks(NOW) == own.jwks(NOW)
    assert _kids(again, NOW + OVERLAP_SECONDS) == [own.kid]


@_NOT_ON_WINDOWS
def test_all_key_files_are_for_their_owner_only_and_no_other_file_stays(own: SigningKeys, tmp_path: Path) -> None:
    own.rotate(NOW)
    assert sorted(path.name.partition("-")[0] for path in tmp_path.iterdir()) == ["previous", "signing"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_the_old_private_key_is_gone(own: SigningKeys, tmp_path: Path) -> None:
    own.rotate(NOW)
    (previous,) = tmp_path.glob("previous-*")
    assert b"PRIVATE" not in previous.read_bytes()


def test_an_emergency_rotation_forgets_every_earlier_key(own: SigningKeys, tmp_path: Path) -> None:
    own.rotate(NOW)
    own.rotate(NOW, overlap_seconds=0)
    assert _kids(own, NOW) == [own.kid]
    assert _kids(SigningKeys.load_or_create(tmp_path), NOW) == [own.kid]


def test_a_shorter_overlap_holds_for_the_keys_before_as_well(own: SigningKeys, tmp_path: Path) -> None:
    own.rotate(NOW)
    own.rotate(NOW, overlap_seconds=10)
    for keys in (own, SigningKeys.load_or_create(tmp_path)):
        assert len(_kids(keys, NOW + 9)) == 3
        assert _kids(keys, NOW + 10) == [own.kid]


def test_files_that_nobody_needs_any_more_are_taken_away(own: SigningKeys, tmp_path: Path) -> None:
    own.rotate(NOW)
    own.rotate(NOW + OVERLAP_SECONDS + LONGEST_NOTE_SECONDS)
    assert len(list(tmp_path.glob("previous-*"))) == 1


@pytest.mark.parametrize("step", [0, 1])
def test_a_crash_at_any_step_leaves_a_folder_that_can_be_used(
    own: SigningKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    done: list[Path] = []

    def crash(path: Path, text: bytes, *, unless_there: bool = False) -> None:
        if len(done) == step:
            raise OSError(28, "No space left on device")
        write_whole(path, text, unless_there=unless_there)
        done.append(path)

    old = own.kid
    monkeypatch.setattr(key_files_module, "write_whole", crash)
    with pytest.raises(SigningKeyError, match="No space left"):
        own.rotate(NOW)
    monkeypatch.undo()
    for keys in (own, SigningKeys.load_or_create(tmp_path)):
        assert _kids(keys, NOW + OVERLAP_SECONDS) == [old]


def test_a_rotation_after_one_that_was_cut_short_counts_from_its_own_time(own: SigningKeys, tmp_path: Path) -> None:
    first_key = (tmp_path / "signing-key.pem").read_bytes()
    old = own.kid
    own.rotate(NOW)
    # As after a crash between the two files: the key that signs is filed among those before it.
    write_whole(tmp_path / "signing-key.pem", first_key)
    keys = SigningKeys.load_or_create(tmp_path)
    keys.rotate(NOW + 100)
    again = SigningKeys.load_or_create(tmp_path)
    assert _kids(again, NOW + 100 + OVERLAP_SECONDS - 1) == [keys.kid, old]
    assert len(list(tmp_path.glob("previous-*"))) == 1


@_NOT_ON_WINDOWS
def test_a_previous_key_that_others_can_read_is_refused(own: SigningKeys, tmp_path: Path) -> None:
    own.rotate(NOW)
    (previous,) = tmp_path.glob("previous-*")
    previous.chmod(0o644)
    with pytest.raises(SigningKeyError, match="chmod 600"):
        SigningKeys.load_or_create(tmp_path)


def test_a_previous_key_that_is_none_is_refused_and_not_quoted(own: SigningKeys, tmp_path: Path) -> None:
    own.rotate(NOW)
    (previous,) = tmp_path.glob("previous-*")
    previous.write_text("surprise")
    with pytest.raises(SigningKeyError, match="not a public RSA key") as raised:
        SigningKeys.load_or_create(tmp_path)
    assert "surprise" not in str(raised.value)


def _refresh(someone: Visitor, token: str) -> int:
    response = someone.token({"grant_type": "refresh_token", "client_id": DESKTOP.id, "refresh_token": token})
    return response.status if response.status == 200 else aadsts(response)


def test_a_refresh_token_from_before_a_rotation_lives_its_ninety_days(someone: Visitor, tmp_path: Path) -> None:
    token = someone.user_reply()["refresh_token"]
    someone.keys.rotate(someone.clock())
    someone.clock.now += LONGEST_NOTE_SECONDS - 10
    someone.keys.rotate(someone.clock())
    restarted = SigningKeys.load_or_create(tmp_path)
    authority = TokenAuthority(BASE_URL, someone.accounts, restarted, clock=someone.clock)
    assert _refresh(Visitor(authority, restarted, someone.clock), token) == 200


def test_a_refresh_token_from_before_an_emergency_rotation_is_worthless(someone: Visitor) -> None:
    token = someone.user_reply()["refresh_token"]
    someone.keys.rotate(someone.clock(), overlap_seconds=0)
    assert _refresh(someone, token) == 70000


def test_the_published_key_set_follows_without_a_restart(someone: Visitor) -> None:
    someone.keys.rotate(someone.clock())
    assert len(members(someone.get("/common/discovery/keys"))["keys"]) == 2


def test_msal_goes_on_over_a_rotation(someone: Visitor) -> None:
    app = msal.PublicClientApplication(
        DESKTOP.id,
        authority=f"{BASE_URL}/{CONTOSO.id}",
        instance_discovery=False,
        http_client=InProcessHttp(someone.authority),
    )
    flow = app.initiate_device_flow([DEFAULT_SCOPE])
    someone.sign_in(someone.post("/devicelogin", {"user_code": flow["user_code"]}))
    app.acquire_token_by_device_flow(flow)
    someone.keys.rotate(someone.clock())
    (account,) = app.get_accounts()
    reply = app.acquire_token_silent_with_error([DEFAULT_SCOPE], account, force_refresh=True)
    assert jwt.get_unverified_header(reply["access_token"])["kid"] == someone.keys.kid
