"""Signing in with the real MSAL, against a small authority over real TLS."""

from __future__ import annotations

import logging
import pickle
import socket
import threading
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import trustme

from partnercenter.client import sign_in_errors
from partnercenter.client.credentials import DeviceCodePrompt
from partnercenter.client.errors import ConfigurationError, PartnerCenterError, ServiceUnreachableError, SignInError
from partnercenter.client.msal_credential import MsalCredential
from partnercenter.client.sign_in import (
    AuthorizationCodeCredential,
    CachedCredential,
    ClientCredentialsCredential,
    DeviceCodeCredential,
    InteractiveCredential,
    RefreshTokenCredential,
)
from partnercenter.client.token_cache import TokenCache
from partnercenter.wire.json_text import JsonObject
from tests.client.listening import plain
from tests.client.tiny_authority import TENANT, TinyAuthority, aadsts, tiny_authority, tokens

SCOPE = "https://api.partnercenter.microsoft.com/.default"
SECRET = "canary-client-secret"
ELSEWHERE = "https://login.example"
HERE = "https://127.0.0.1:8443"
REFRESH = "canary-refresh-0"
DEVICE: JsonObject = {
    "device_code": "canary-device",
    "user_code": "ABCD",
    "verification_uri": "https://login.example/device",
    "expires_in": 900,
    "interval": 1,
    "message": "Open the page and enter ABCD.",
}


def by_refresh_token(authority: TinyAuthority, keep: Callable[[str], None] | None = None) -> RefreshTokenCredential:
    return RefreshTokenCredential(
        "client",
        REFRESH,
        tenant_id=TENANT,
        client_secret=SECRET,
        authority=authority.url,
        ca_bundle=authority.ca_bundle,
        on_refresh_token=keep,
    )


def by_device(authority: TinyAuthority, prompt: Callable[[DeviceCodePrompt], None]) -> DeviceCodeCredential:
    return DeviceCodeCredential(
        "client", tenant_id=TENANT, prompt=prompt, authority=authority.url, ca_bundle=authority.ca_bundle
    )


def failure(folder: Path, *script: JsonObject | bytes, discovery: bytes | None = None) -> PartnerCenterError:
    with tiny_authority(folder, *script) as authority:
        authority.discovery = discovery
        with pytest.raises(PartnerCenterError) as caught:
            by_refresh_token(authority).get_token(SCOPE)
    return caught.value


def test_a_refresh_token_becomes_an_access_token(tmp_path: Path) -> None:
    with tiny_authority(tmp_path, tokens("at-1")) as authority:
        token = by_refresh_token(authority).get_token(SCOPE)
    assert token.token == "at-1"
    assert token.expires_on == pytest.approx(time.time() + 3599, abs=5)
    assert authority.asked[0]["grant_type"] == "refresh_token"
    assert SCOPE in authority.asked[0]["scope"]
    assert authority.asked[0]["client_secret"] == SECRET


def test_every_question_is_put_to_the_authority(tmp_path: Path) -> None:
    with tiny_authority(tmp_path, tokens("at-1"), tokens("at-2")) as authority:
        credential = by_refresh_token(authority)
        assert [credential.get_token(SCOPE).token for _ in range(2)] == ["at-1", "at-2"]


def test_a_rotated_refresh_token_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    with tiny_authority(tmp_path, tokens("at", "rt-1"), tokens("at"), tokens("at", "rt-2")) as authority:
        kept: list[str] = []
        credential = by_refresh_token(authority, kept.append)
        for _ in range(3):
            credential.get_token(SCOPE)
    assert [form["refresh_token"] for form in authority.asked] == [REFRESH, "rt-1", "rt-1"]
    assert kept == ["rt-1", "rt-2"]


def test_a_device_code_is_shown_once_and_then_the_refresh_token_is_used(tmp_path: Path) -> None:
    shown: list[DeviceCodePrompt] = []
    with tiny_authority(tmp_path, DEVICE, tokens("at-1", "rt-1"), tokens("at-2")) as authority:
        credential = by_device(authority, shown.append)
        assert [credential.get_token(SCOPE).token for _ in range(2)] == ["at-1", "at-2"]
    assert shown == [DeviceCodePrompt("Open the page and enter ABCD.", "ABCD", "https://login.example/device", 900)]
    assert authority.asked[2]["grant_type"] == "refresh_token"


def test_an_error_of_the_prompt_is_the_callers_own(tmp_path: Path) -> None:
    def prompt(_: DeviceCodePrompt) -> None:
        raise KeyError("mine")

    with tiny_authority(tmp_path, DEVICE) as authority, pytest.raises(KeyError, match="mine"):
        by_device(authority, prompt).get_token(SCOPE)


def test_a_device_sign_in_that_is_declined_says_so(tmp_path: Path) -> None:
    declined: JsonObject = {"error": "authorization_declined"}
    with tiny_authority(tmp_path, DEVICE, declined) as authority, pytest.raises(SignInError) as caught:
        by_device(authority, lambda _: None).get_token(SCOPE)
    assert caught.value.code == "authorization_declined"
    assert "declined" in caught.value.next_step


def test_an_authorization_code_is_redeemed_with_its_verifier(tmp_path: Path) -> None:
    with tiny_authority(tmp_path, tokens("at-1", "rt-1"), tokens("at-2")) as authority:
        credential = AuthorizationCodeCredential(
            "client",
            "the-code",
            "http://localhost:5000/",
            tenant_id=TENANT,
            code_verifier="the-verifier",
            authority=authority.url,
            ca_bundle=authority.ca_bundle,
        )
        assert [credential.get_token(SCOPE).token for _ in range(2)] == ["at-1", "at-2"]
    first, second = authority.asked
    assert (first["code"], first["code_verifier"]) == ("the-code", "the-verifier")
    assert second["refresh_token"] == "rt-1"


def test_an_application_alone_always_asks_for_a_new_token(tmp_path: Path) -> None:
    with tiny_authority(tmp_path, tokens("at-1"), tokens("at-2")) as authority:
        credential = ClientCredentialsCredential(
            "client", SECRET, tenant_id=TENANT, authority=authority.url, ca_bundle=authority.ca_bundle
        )
        assert [credential.get_token(SCOPE).token for _ in range(2)] == ["at-1", "at-2"]
    assert authority.asked[0]["grant_type"] == "client_credentials"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (7000215, "client secret"),
        (700082, "Sign in again"),
        (50076, "multifactor"),
        (65001, "consent"),
        (700016, "client id"),
        (424242, "Sign in again"),
    ],
)
def test_the_number_of_the_refusal_decides_the_next_step(tmp_path: Path, number: int, words: str) -> None:
    error = failure(tmp_path, aadsts(number))
    assert isinstance(error, SignInError)
    assert error.code == str(number)
    assert words in error.next_step


def test_a_refusal_tells_the_first_line_and_the_correlation_id(tmp_path: Path) -> None:
    error = failure(tmp_path, aadsts(700082))
    assert isinstance(error, SignInError)
    assert error.description == "AADSTS700082: It is so."
    assert error.correlation_id == "0-2"


def test_a_refusal_that_echoes_a_secret_does_not_show_it(tmp_path: Path) -> None:
    error = failure(tmp_path, aadsts(7000215, text=f"Secret {SECRET}, token {REFRESH}"))
    assert "canary" not in f"{error!r} {error} {error.__dict__}"


def test_an_unknown_tenant_is_told_apart(tmp_path: Path) -> None:
    page = plain(b'{"error_description":"AADSTS90002: Tenant not found."}', "400 Bad Request")
    error = failure(tmp_path, discovery=page)
    assert isinstance(error, SignInError)
    assert (error.code, "tenant" in error.next_step) == ("90002", True)


@pytest.mark.parametrize("page", [plain(b"", "503 Service Unavailable"), plain(b"<html>"), plain(b"{}")])
def test_an_authority_that_does_not_work_is_a_sign_in_error(tmp_path: Path, page: bytes) -> None:
    assert type(failure(tmp_path, discovery=page)) is SignInError
    assert type(failure(tmp_path, page)) is SignInError


def test_a_moved_token_endpoint_does_not_get_the_secrets(tmp_path: Path) -> None:
    with tiny_authority(tmp_path) as authority:
        moved = plain(b"", "307 Temporary Redirect", f"Location: {authority.url}/elsewhere")
        authority.script = [moved, tokens("at")]
        with pytest.raises(SignInError):
            by_refresh_token(authority).get_token(SCOPE)
    assert len(authority.asked) == 1


def test_an_authority_that_is_not_there_is_unreachable_and_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    credential = RefreshTokenCredential("client", REFRESH, tenant_id=TENANT, authority=f"https://127.0.0.1:{port}")
    with pytest.raises(ServiceUnreachableError, match=f"127.0.0.1:{port}") as caught:
        credential.get_token(SCOPE)
    assert caught.value.__context__ is None


def test_an_authority_with_a_foreign_certificate_is_not_given_the_secrets(tmp_path: Path) -> None:
    with tiny_authority(tmp_path, tokens("at")) as authority:
        trustme.CA().cert_pem.write_to_path(authority.ca_bundle)
        with pytest.raises(ServiceUnreachableError, match="not trusted"):
            by_refresh_token(authority).get_token(SCOPE)
    assert authority.asked == []


def test_an_authority_over_plain_http_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        RefreshTokenCredential("client", REFRESH, tenant_id=TENANT, authority="http://login.example.com")


def all_credentials() -> list[MsalCredential]:
    return [
        RefreshTokenCredential("client", REFRESH, tenant_id=TENANT, client_secret=SECRET),
        DeviceCodeCredential("client", tenant_id=TENANT, prompt=lambda _: None),
        InteractiveCredential("client", tenant_id=TENANT, show=print),
        CachedCredential("client", tenant_id=TENANT, cache=TokenCache.file("tokens.json")),
        AuthorizationCodeCredential("client", "canary-code", "http://localhost/", tenant_id=TENANT),
        ClientCredentialsCredential("client", SECRET, tenant_id=TENANT),
    ]


@pytest.mark.parametrize("credential", all_credentials(), ids=lambda credential: type(credential).__name__)
def test_a_credential_shows_no_secret_and_is_not_pickled(credential: MsalCredential) -> None:
    assert "canary" not in repr(credential)
    with pytest.raises(TypeError, match="secret"):
        pickle.dumps(credential)


def test_signing_in_logs_no_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with tiny_authority(tmp_path, tokens("canary-at", "canary-rt"), aadsts(700082)) as authority:
        credential = by_refresh_token(authority)
        credential.get_token(SCOPE)
        with pytest.raises(SignInError):
            credential.get_token(SCOPE)
    assert "canary" not in caplog.text


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        ("wrong", "The *** is wrongly wrong1."),
        ("is", "The wrong is wrongly wrong1."),
        ("ong", "The wrong is wrongly wrong1."),
    ],
)
def test_a_short_secret_is_hidden_as_a_whole_word(secret: str, told: str) -> None:
    reply = {"error": "invalid_client", "error_description": "The wrong is wrongly wrong1."}
    assert sign_in_errors.of_reply(reply, (secret, None), ELSEWHERE).description == told


def test_a_long_secret_is_hidden_wherever_it_stands() -> None:
    reply = {"error": "invalid_client", "error_description": f"x{SECRET}y"}
    assert sign_in_errors.of_reply(reply, (SECRET,), ELSEWHERE).description == "x***y"


def test_a_device_sign_in_that_is_given_up_ends_soon(tmp_path: Path) -> None:
    pending: JsonObject = {"error": "authorization_pending"}
    with tiny_authority(tmp_path, DEVICE | {"interval": 60}, pending) as authority:
        credential = by_device(authority, lambda _: threading.Timer(0.2, credential.give_up).start())
        began = time.monotonic()
        with pytest.raises(SignInError, match="authorization_pending"):
            credential.get_token(SCOPE)
    assert time.monotonic() - began < 5.0


def test_a_closed_credential_has_given_its_connections_up_and_can_be_used_again(tmp_path: Path) -> None:
    with tiny_authority(tmp_path, tokens("at-1"), tokens("at-2")) as authority:
        credential = by_refresh_token(authority)
        credential.close()
        credential.get_token(SCOPE)
        assert credential._http is not None
        adapter = credential._http._session.get_adapter("https://")
        assert isinstance(adapter, requests.adapters.HTTPAdapter)
        assert len(adapter.poolmanager.pools) == 1
        credential.close()
        assert len(adapter.poolmanager.pools) == 0
        assert credential.get_token(SCOPE).token == "at-2"


def test_an_authority_on_this_machine_is_not_asked_through_a_proxy(tmp_path: Path, dead_proxy: None) -> None:
    with tiny_authority(tmp_path, tokens("at-1")) as authority:
        assert by_refresh_token(authority).get_token(SCOPE).token == "at-1"


def test_an_authority_elsewhere_is_asked_through_the_proxy(proxy: list[bytes]) -> None:
    credential = RefreshTokenCredential("client", REFRESH, tenant_id=TENANT, authority="https://login.invalid")
    with pytest.raises(PartnerCenterError):
        credential.get_token(SCOPE)
    assert proxy[0].startswith(b"CONNECT login.invalid:443 ")


def test_a_sign_in_over_plain_http_is_refused_with_its_cause() -> None:
    with pytest.raises(ConfigurationError, match="plain http"):
        RefreshTokenCredential("client", "canary", tenant_id="t", authority="http://localhost:8443")


@pytest.mark.parametrize(
    ("number", "authority", "words"),
    [
        (50057, HERE, "partnercenter accounts enable"),
        (50057, ELSEWHERE, "administrator"),
        (500011, HERE, "compare --cloud of both sides"),
        (500011, ELSEWHERE, "Check the cloud"),
    ],
)
def test_what_only_an_administrator_can_do_is_told_as_a_command_for_a_local_authority(
    number: int, authority: str, words: str
) -> None:
    step = sign_in_errors.of_reply(aadsts(number), (), authority).next_step
    assert words in step
    assert "refresh token" not in step


@pytest.mark.parametrize(("authority", "asks"), [(HERE, True), (ELSEWHERE, False)])
def test_a_local_authority_that_is_not_reached_may_not_be_running(authority: str, asks: bool) -> None:
    error = sign_in_errors.of_exception(requests.ConnectionError("refused"), authority)
    assert ("Is `partnercenter serve` running?" in error.next_step) is asks


def test_a_sign_in_by_browser_that_nobody_finishes_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    monkeypatch.setattr("msal.application._preferred_browser", lambda: None)
    shown: list[str] = []
    with tiny_authority(tmp_path) as authority:
        credential = InteractiveCredential(
            "client",
            tenant_id=TENANT,
            show=shown.append,
            timeout=0.1,
            authority=authority.url,
            ca_bundle=authority.ca_bundle,
        )
        with pytest.raises(SignInError, match="Nobody finished the sign-in"):
            credential.get_token(SCOPE)
    assert "code_challenge_method=S256" in shown[0]
    assert "redirect_uri=http%3A%2F%2Flocalhost%3A" in shown[0]
