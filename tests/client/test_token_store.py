"""Where tokens are kept: a file for its owner alone, or the keyring."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import pytest

from partnercenter.client.credentials import AccessToken
from partnercenter.client.errors import ConfigurationError
from partnercenter.client.token_cache import TokenCache
from tests.client.rotating_authority import RotatingAuthority
from tests.client.test_token_cache import SCOPE, credential
from tests.client.tiny_authority import serving


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "tokens.json"


@pytest.fixture
def cache(path: Path) -> TokenCache:
    return TokenCache.file(path)


def test_the_file_and_its_folder_are_for_their_owner_alone(tmp_path: Path, path: Path, cache: TokenCache) -> None:
    with serving(RotatingAuthority(), tmp_path) as authority:
        credential(authority, cache).get_token(SCOPE)
    modes = {found.name: found.stat().st_mode & 0o777 for found in (path.parent, *path.parent.iterdir())}
    assert modes == {"kept": 0o700, "tokens.json": 0o600, "tokens.json.lock": 0o600}


def test_a_link_to_the_file_is_another_name_of_it(tmp_path: Path, path: Path, cache: TokenCache) -> None:
    (link := tmp_path / "link.json").symlink_to(path)
    with TokenCache.file(link).held("anybody") as kept:
        kept.keep_refresh_token("canary")
    assert link.is_symlink()
    assert cache.has("anybody")
    assert not link.with_name("link.json.lock").exists()


def test_a_cache_stays_where_it_was_when_the_process_goes_elsewhere(
    tmp_path: Path, path: Path, cache: TokenCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    relative = TokenCache.file("kept/tokens.json")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with relative.held("anybody") as kept:
        kept.keep_refresh_token("canary")
    assert cache.has("anybody")


def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(path: Path, cache: TokenCache) -> None:
    path.parent.mkdir()
    path.write_text("{}")
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="others can read it") as caught:
        cache.has("anybody")
    assert f"chmod 600 '{path}'" in caught.value.next_step


@pytest.mark.parametrize("text", [b"[]", b"{", b"\xff", b""])
def test_a_file_without_tokens_is_refused(path: Path, cache: TokenCache, text: bytes) -> None:
    path.parent.mkdir()
    path.touch(0o600)
    path.write_bytes(text)
    with pytest.raises(ConfigurationError, match="does not hold tokens"):
        cache.has("anybody")


def test_a_folder_that_cannot_be_written_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ConfigurationError, match="Tokens cannot be kept"),
        TokenCache.file(tmp_path / "file" / "tokens.json").held("anybody"),
    ):
        pass


class InMemory(keyring.backend.KeyringBackend):
    """A backend as the systems have them."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


@pytest.fixture
def entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[tuple[str, str], str]]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    before, ours = keyring.get_keyring(), InMemory()
    keyring.set_keyring(ours)
    yield ours.entries
    keyring.set_keyring(before)


def test_a_keyring_keeps_the_tokens_in_one_entry(tmp_path: Path, entries: dict[tuple[str, str], str]) -> None:
    with serving(RotatingAuthority(), tmp_path) as authority:
        for _ in range(2):
            credential(authority, TokenCache.keyring("work")).get_token(SCOPE)
    assert list(entries) == [("partnercenter", "work")]
    assert len(authority.asked) == 1


def test_a_cleared_keyring_has_no_entry(entries: dict[tuple[str, str], str]) -> None:
    cache = TokenCache.keyring()
    with cache.held("a") as kept:
        kept.keep((SCOPE,), AccessToken("canary-at", 1), "canary-rt")
    cache.clear()
    cache.clear()
    assert entries == {}


def test_a_machine_without_a_keyring_is_told_to_use_a_file(path: Path) -> None:
    code = "from partnercenter import TokenCache; TokenCache.keyring().has('a')"
    environ = os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, timeout=30, check=False
    )
    assert "ConfigurationError" in ended.stderr
    assert "keep the tokens in a file" in ended.stderr
