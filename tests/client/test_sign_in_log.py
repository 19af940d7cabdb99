"""Whatever a sign-in ends in: no refresh token, secret or access token in the logs of any library, nor in the error."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

import pytest

from partnercenter import ClientSettings, PartnerCenter, PartnerCenterError, RefreshTokenCredential
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Request, Response
from tests.client.listening import plain
from tests.client.scripted import profile_body
from tests.client.tiny_authority import TENANT, aadsts, tiny_authority, tokens

REFRESH, SECRET, ACCESS = "canary-refresh-token-0.AXX", "canary-client-secret", "canary-access-eyJhbGciOi"
ECHO = f"{REFRESH} {SECRET}"  # an authority that refuses has no access token to echo
ANSWERS = [
    tokens(ACCESS, "canary-next-refresh-token"),
    aadsts(7000215, "invalid_client", ECHO),
    aadsts(50076, text=ECHO),
    {"error": "server_error", "error_description": ECHO},
    plain(ECHO.encode(), "503 Service Unavailable"),
    plain(b"", "307 Temporary Redirect", "Location: https://127.0.0.1:1/" + ACCESS),
]


class Service:
    """Answers with the profile; the token comes back in every line that it could."""

    def send(self, request: Request, timeout: float) -> Response:
        return Response(200, request.headers, json_text.write(profile_body()))

    def close(self) -> None: ...


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_secret_is_logged_or_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: JsonObject | bytes
) -> None:
    caplog.set_level(logging.DEBUG)
    told = ""
    with tiny_authority(tmp_path, answer) as authority:
        credential = RefreshTokenCredential(
            "client",
            REFRESH,
            tenant_id=TENANT,
            client_secret=SECRET,
            authority=authority.url,
            ca_bundle=authority.ca_bundle,
        )
        settings = ClientSettings(base_url=authority.url, authority=authority.url)
        with PartnerCenter(credential, settings=settings, transport=Service()) as partner:
            try:
                partner.profiles.billing_profile.get()
            except PartnerCenterError as error:
                told = f"{error!r} {error.__dict__} " + "".join(traceback.format_exception(error))
        credential.close()
    assert authority.asked
    assert caplog.records
    assert "canary" not in caplog.text + told
