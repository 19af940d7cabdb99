"""Tokens between processes: real ones, a real file, the real MSAL, and an authority that takes a refresh token once."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from partnercenter.client import token_cache
from partnercenter.client.credentials import AccessToken, DeviceCodePrompt
from partnercenter.client.errors import SignInError
from partnercenter.client.sign_in import CachedCredential, DeviceCodeCredential, RefreshTokenCredential
from partnercenter.client.token_cache import TokenCache
from tests.client.rotating_authority import FIRST, RotatingAuthority
from tests.client.test_sign_in import DEVICE
from tests.client.tiny_authority import TENANT, TinyAuthority, aadsts, serving, tiny_authority, tokens
from tests.running_service import SCOPES, RunningService

SCOPE = SCOPES[0]

WORKER = """
import json, sys
from partnercenter import RefreshTokenCredential, TokenCache
given = json.loads(sys.argv[1])
times, scope, path = given.pop("times"), given.pop("scope"), given.pop("path")
renewed = []
credential = RefreshTokenCredential(**given, cache=TokenCache.file(path), on_refresh_token=renewed.append)
print("ready", flush=True)
sys.stdin.readline()
tokens = [credential.get_token(scope).token for _ in range(times)]
credential.close()
print(json.dumps({"tokens": tokens, "renewed": len(renewed)}))
"""


def processes(count: int, times: int, path: Path, **credential: str | None) -> list[dict[str, list[str]]]:
    """What `count` processes got who asked `times` times for a token, all at the same moment."""
    given = json.dumps({"times": times, "path": str(path), "scope": SCOPE, **credential})
    command = [sys.executable, "-c", WORKER, given]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    ended = []
    for one in started:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    for one in started:
        out, err = one.communicate(timeout=60)
        assert one.returncode == 0, err
        ended.append(json.loads(out))
    return ended


def of(authority: TinyAuthority) -> dict[str, str | None]:
    return {
        "client_id": "client",
        "refresh_token": FIRST,
        "tenant_id": TENANT,
        "authority": authority.url,
        "ca_bundle": authority.ca_bundle,
    }


def credential(authority: TinyAuthority, cache: TokenCache, refresh_token: str = FIRST) -> RefreshTokenCredential:
    return RefreshTokenCredential(
        "client",
        refresh_token,
        tenant_id=TENANT,
        authority=authority.url,
        ca_bundle=authority.ca_bundle,
        cache=cache,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "tokens.json"


@pytest.fixture
def cache(path: Path) -> TokenCache:
    return TokenCache.file(path)


def test_processes_that_start_at_once_ask_the_authority_once(tmp_path: Path, path: Path) -> None:
    with serving(RotatingAuthority(), tmp_path) as authority:
        ended = processes(4, 1, path, **of(authority))
    assert len(authority.asked) == 1
    assert [one["tokens"] for one in ended] == [["canary-at-1"]] * 4


def test_no_process_loses_the_newest_refresh_token(tmp_path: Path, path: Path) -> None:
    with serving(RotatingAuthority(), tmp_path) as authority:
        processes(4, 3, path, **of(authority))
    assert authority.refused == 0
    assert len(authority.asked) > 1


def test_processes_that_start_at_once_refresh_once_at_a_local_service(
    local_service: RunningService, path: Path
) -> None:
    found = local_service.variables
    ended = processes(
        3,
        1,
        path,
        client_id=found["PARTNERCENTER_CLIENT_ID"],
        client_secret=found["PARTNERCENTER_CLIENT_SECRET"],
        refresh_token=found["PARTNERCENTER_REFRESH_TOKEN"],
        tenant_id=found["PARTNERCENTER_TENANT_ID"],
        authority=found["PARTNERCENTER_AUTHORITY"],
        ca_bundle=found["PARTNERCENTER_CA_BUNDLE"],
    )
    assert sum(int(str(one["renewed"])) for one in ended) == 1
    assert len({one["tokens"][0] for one in ended}) == 1


def test_a_later_process_begins_with_the_access_token_of_an_earlier_one(
    tmp_path: Path, path: Path, cache: TokenCache
) -> None:
    with serving(RotatingAuthority(), tmp_path) as authority:
        first = credential(authority, cache).get_token(SCOPE)
        assert credential(authority, TokenCache.file(path)).get_token(SCOPE) == first
    assert len(authority.asked) == 1


def test_an_access_token_that_is_about_to_end_is_renewed(tmp_path: Path, cache: TokenCache) -> None:
    with serving(RotatingAuthority(lives=0), tmp_path) as authority:
        for number in (1, 2):
            assert credential(authority, cache).get_token(SCOPE).token == f"canary-at-{number}"


def test_a_token_is_kept_for_its_scope(tmp_path: Path, cache: TokenCache) -> None:
    with serving(RotatingAuthority(), tmp_path) as authority:
        credential(authority, cache).get_token(SCOPE)
        assert credential(authority, cache).get_token("https://other/.default").token == "canary-at-2"


def test_a_rejected_token_does_not_come_back_out_of_the_file(tmp_path: Path, path: Path, cache: TokenCache) -> None:
    with serving(RotatingAuthority(), tmp_path) as authority:
        mine = credential(authority, cache)
        assert mine.get_token(SCOPE).token == "canary-at-1"
        assert mine.get_token(SCOPE).token == "canary-at-2"  # who asks again had the first one rejected
    assert "canary-at-1" not in path.read_text()


def test_a_rejected_token_is_gone_even_if_there_is_no_new_one(tmp_path: Path, path: Path, cache: TokenCache) -> None:
    with tiny_authority(tmp_path, tokens("canary-at", "canary-rt"), aadsts(700082)) as authority:
        mine = credential(authority, cache)
        mine.get_token(SCOPE)
        with pytest.raises(SignInError):
            mine.get_token(SCOPE)
    assert "canary-at" not in path.read_text()
    assert "canary-rt" in path.read_text()


def test_who_was_rejected_gets_the_token_that_another_one_has_renewed(tmp_path: Path, cache: TokenCache) -> None:
    with serving(RotatingAuthority(), tmp_path) as authority:
        first, second = credential(authority, cache), credential(authority, cache)
        assert first.get_token(SCOPE) == second.get_token(SCOPE)
        assert first.get_token(SCOPE) == second.get_token(SCOPE)
    assert len(authority.asked) == 2


def test_threads_that_share_a_cache_ask_once(tmp_path: Path, cache: TokenCache) -> None:
    with serving(RotatingAuthority(), tmp_path) as authority:
        mine = [credential(authority, cache) for _ in range(4)]
        threads = [threading.Thread(target=one.get_token, args=(SCOPE,)) for one in mine]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(authority.asked) == 1


def test_another_user_does_not_get_the_tokens_of_the_first_one(tmp_path: Path, cache: TokenCache) -> None:
    with tiny_authority(tmp_path, tokens("at-1", "rt-1"), tokens("at-2", "rt-2")) as authority:
        credential(authority, cache).get_token(SCOPE)
        assert credential(authority, cache, "canary-other-user").get_token(SCOPE).token == "at-2"
    assert authority.asked[1]["refresh_token"] == "canary-other-user"


def by_device(authority: TinyAuthority, cache: TokenCache, shown: list[DeviceCodePrompt]) -> DeviceCodeCredential:
    return DeviceCodeCredential(
        "client",
        tenant_id=TENANT,
        prompt=shown.append,
        authority=authority.url,
        ca_bundle=authority.ca_bundle,
        cache=cache,
    )


def test_a_user_whom_the_cache_knows_is_not_asked_again(tmp_path: Path, cache: TokenCache) -> None:
    shown: list[DeviceCodePrompt] = []
    with tiny_authority(tmp_path, DEVICE, tokens("at-1", "rt-1")) as authority:
        for _ in range(2):
            assert by_device(authority, cache, shown).get_token(SCOPE).token == "at-1"
    assert len(shown) == 1


def test_a_user_whose_kept_refresh_token_is_refused_signs_in_anew(tmp_path: Path, cache: TokenCache) -> None:
    shown: list[DeviceCodePrompt] = []
    script = (DEVICE, tokens("at-1", "rt-1", expires_in=0), aadsts(700082), DEVICE, tokens("at-2", "rt-2"))
    with tiny_authority(tmp_path, *script) as authority:
        for number in (1, 2):
            assert by_device(authority, cache, shown).get_token(SCOPE).token == f"at-{number}"
    assert len(shown) == 2


def test_a_cached_credential_is_the_user_whom_another_one_signed_in(tmp_path: Path, cache: TokenCache) -> None:
    with tiny_authority(tmp_path, DEVICE, tokens("at-1", "rt-1"), tokens("at-2", "rt-2")) as authority:
        by_device(authority, cache, []).get_token(SCOPE)
        later = CachedCredential(
            "client", tenant_id=TENANT, authority=authority.url, ca_bundle=authority.ca_bundle, cache=cache
        )
        assert [later.get_token(SCOPE).token for _ in range(2)] == ["at-1", "at-2"]
    assert authority.asked[2]["refresh_token"] == "rt-1"


def test_a_cached_credential_without_a_user_says_that_nobody_is_signed_in(tmp_path: Path, cache: TokenCache) -> None:
    with (
        tiny_authority(tmp_path) as authority,
        pytest.raises(SignInError, match="Nobody is signed in"),
    ):
        CachedCredential(
            "client", tenant_id=TENANT, authority=authority.url, ca_bundle=authority.ca_bundle, cache=cache
        ).get_token(SCOPE)


def test_a_user_who_signed_out_is_out_in_the_processes_that_run_too(tmp_path: Path, cache: TokenCache) -> None:
    with tiny_authority(tmp_path, DEVICE, tokens("at-1", "rt-1")) as authority:
        by_device(authority, cache, []).get_token(SCOPE)
        running = CachedCredential(
            "client", tenant_id=TENANT, authority=authority.url, ca_bundle=authority.ca_bundle, cache=cache
        )
        running.get_token(SCOPE)
        cache.clear()
        with pytest.raises(SignInError, match="Nobody is signed in"):
            running.get_token(SCOPE)


def test_a_job_whose_cache_was_cleared_goes_on_with_its_newest_refresh_token(tmp_path: Path, cache: TokenCache) -> None:
    with serving(RotatingAuthority(), tmp_path) as authority:
        job = credential(authority, cache)
        job.get_token(SCOPE)
        cache.clear()
        assert job.get_token(SCOPE).token == "canary-at-2"


def test_a_refresh_token_is_kept_even_if_whoever_is_told_of_it_fails(tmp_path: Path, path: Path) -> None:
    def told(_: str) -> None:
        raise KeyError("mine")

    with serving(RotatingAuthority(), tmp_path) as authority:
        failing = RefreshTokenCredential(
            **of(authority),  # type: ignore[arg-type]
            cache=TokenCache.file(path),
            on_refresh_token=told,
        )
        with pytest.raises(KeyError, match="mine"):
            failing.get_token(SCOPE)
    assert "canary-refresh-1" in path.read_text()


def test_a_process_that_is_killed_leaves_no_lock_behind(path: Path, cache: TokenCache) -> None:
    holding = "import os, sys; from partnercenter import TokenCache\n"
    holding += "with TokenCache.file(sys.argv[1]).held('a'): os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", holding, str(path)], check=False, timeout=30).returncode == -9
    with cache.held("a"):
        pass


def test_a_cache_that_another_one_holds_for_long_is_a_sign_in_error(
    path: Path, cache: TokenCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_cache, "LONGEST_WAIT", 0.1)
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            with TokenCache.file(path).held("a"):
                pass
        except SignInError as error:
            raised.append(error)

    with cache.held("a"):
        other = threading.Thread(target=wait)
        other.start()
        other.join()
    assert "Another process" in str(raised[0])


def test_a_cleared_cache_knows_nobody(path: Path, cache: TokenCache) -> None:
    with cache.held("a") as kept:
        kept.keep((SCOPE,), AccessToken("canary-at", 1), "canary-rt")
    assert cache.has("a")
    cache.clear()
    assert not cache.has("a")
    assert not path.exists()


def test_a_cache_shows_no_token_and_is_not_pickled(cache: TokenCache) -> None:
    with cache.held("a") as kept:
        kept.keep((SCOPE,), AccessToken("canary-at", 1), "canary-rt")
        assert "canary" not in f"{cache!r} {cache} {kept!r}"
        with pytest.raises(TypeError, match="secret"):
            pickle.dumps(kept)
    with pytest.raises(TypeError, match="secret"):
        pickle.dumps(cache)
