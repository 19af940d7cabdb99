"""Unmodified MSAL against the token authority, over real TLS: every flow, and what it raises when refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msal
import pytest

from tests import raw_http
from tests.browser_by_hand import Browser
from tests.running_service import SCOPES, RunningService, running_service

ADMIN = "admin@first.partner.example"
REDIRECT = "http://localhost:8400/signed-in"

Reply = Mapping[str, Any]


def _confidential(service: RunningService, which: str = "", secret: str | None = None) -> Any:
    found = service.variables
    return msal.ConfidentialClientApplication(
        found[f"PARTNERCENTER_{which}CLIENT_ID"],
        client_credential=secret or found[f"PARTNERCENTER_{which}CLIENT_SECRET"],
        authority=f"{found['PARTNERCENTER_AUTHORITY']}/{found['PARTNERCENTER_TENANT_ID']}",
        instance_discovery=False,
        http_client=raw_http.trusting_session(service),
    )


def _public(service: RunningService, tenant: str | None = None) -> Any:
    found = service.variables
    return msal.PublicClientApplication(
        found["PARTNERCENTER_CLIENT_ID"],
        authority=f"{found['PARTNERCENTER_AUTHORITY']}/{tenant or found['PARTNERCENTER_TENANT_ID']}",
        instance_discovery=False,
        http_client=raw_http.trusting_session(service),
    )


def _status_of_get(service: RunningService, reply: Reply) -> tuple[int, int | None]:
    answer = raw_http.exchange(service, raw_http.request("GET", "/v1/profiles/billing", reply["access_token"]))
    status, _, body = raw_http.parse(answer)
    return status, json.loads(body).get("code")


def _by_code(service: RunningService, app: Any, user: str = ADMIN, factor: str | None = "123456") -> Reply:
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=REDIRECT, login_hint=user, response_mode="form_post")
    browser = Browser(service)
    landed = browser.sign_in(browser.open(flow["auth_uri"]), user, factor)
    reply: Reply = app.acquire_token_by_auth_code_flow(flow, landed.hidden_fields)
    return reply


def _by_device(service: RunningService, app: Any, user: str = ADMIN) -> Reply:
    flow = app.initiate_device_flow(SCOPES)
    browser = Browser(service)
    page = browser.submit(browser.open(flow["verification_uri"]), user_code=flow["user_code"])
    browser.sign_in(page, user)
    reply: Reply = app.acquire_token_by_device_flow(flow)
    return reply


def test_the_published_refresh_token_gives_a_token_that_the_api_accepts(local_service: RunningService) -> None:
    reply = _confidential(local_service).acquire_token_by_refresh_token(
        local_service.variables["PARTNERCENTER_REFRESH_TOKEN"], scopes=SCOPES
    )
    assert _status_of_get(local_service, reply) == (200, None)


def test_the_refresh_token_of_a_reply_can_be_redeemed_again(local_service: RunningService) -> None:
    app = _confidential(local_service)
    token = local_service.variables["PARTNERCENTER_REFRESH_TOKEN"]
    first = app.acquire_token_by_refresh_token(token, scopes=SCOPES)
    second = app.acquire_token_by_refresh_token(first["refresh_token"], scopes=SCOPES)
    assert _status_of_get(local_service, second) == (200, None)


@pytest.mark.parametrize("app", [_confidential, _public], ids=["with-secret", "public"])
def test_the_authorization_code_flow_with_pkce_signs_a_user_in(local_service: RunningService, app: Any) -> None:
    reply = _by_code(local_service, app(local_service))
    assert reply["id_token_claims"]["preferred_username"] == ADMIN
    assert _status_of_get(local_service, reply) == (200, None)


def test_the_device_code_flow_signs_a_user_in(local_service: RunningService) -> None:
    reply = _by_device(local_service, _public(local_service))
    assert _status_of_get(local_service, reply) == (200, None)


@pytest.mark.parametrize("tenant", ["common", "organizations", "first.partner.example"])
def test_the_tenant_may_be_named_in_each_way_msal_knows(local_service: RunningService, tenant: str) -> None:
    reply = _by_device(local_service, _public(local_service, tenant))
    assert reply["id_token_claims"]["tid"] == local_service.variables["PARTNERCENTER_TENANT_ID"]


def test_msal_renews_silently_from_its_cache(local_service: RunningService) -> None:
    app = _public(local_service)
    _by_device(local_service, app)
    (account,) = app.get_accounts()
    renewed = app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)
    assert _status_of_get(local_service, renewed) == (200, None)


def test_a_token_of_an_application_alone_is_refused_with_900329(local_service: RunningService) -> None:
    reply = _confidential(local_service, "APP_ONLY_").acquire_token_for_client(SCOPES)
    assert _status_of_get(local_service, reply) == (403, 900329)


def test_a_user_without_a_second_factor_is_refused_with_900421(local_service: RunningService) -> None:
    reply = _by_code(local_service, _public(local_service), "nomfa@first.partner.example", None)
    assert _status_of_get(local_service, reply) == (401, 900421)


def test_a_token_for_the_retired_audience_is_refused_with_900420(local_service: RunningService) -> None:
    reply = _confidential(local_service).acquire_token_by_refresh_token(
        local_service.variables["PARTNERCENTER_REFRESH_TOKEN"], scopes=["https://graph.windows.net/.default"]
    )
    assert _status_of_get(local_service, reply) == (401, 900420)


def test_the_helpdesk_may_read_and_not_write(local_service: RunningService) -> None:
    token = _by_device(local_service, _public(local_service), "helpdesk@first.partner.example")["access_token"]
    read = raw_http.parse(raw_http.exchange(local_service, raw_http.request("GET", "/v1/profiles/billing", token)))
    put = raw_http.request("PUT", "/v1/profiles/billing", token, body=b"{}")
    status, _, body = raw_http.parse(raw_http.exchange(local_service, put))
    assert (read[0], status, json.loads(body)["code"]) == (200, 403, 900150)


def test_the_billing_admin_may_write(local_service: RunningService) -> None:
    token = _by_device(local_service, _public(local_service), "billing@first.partner.example")["access_token"]
    body = json.dumps(raw_http.current_profile(local_service, token)).encode()
    answer = raw_http.exchange(local_service, raw_http.request("PUT", "/v1/profiles/billing", token, body=body))
    assert raw_http.parse(answer)[0] == 200


def test_a_wrong_secret_raises_what_entra_raises(local_service: RunningService) -> None:
    reply = _confidential(local_service, secret="wrong").acquire_token_by_refresh_token("x", scopes=SCOPES)
    assert (reply["error"], reply["error_codes"]) == ("invalid_client", [7000215])


def test_a_user_of_one_partner_cannot_sign_in_at_the_other(local_service: RunningService) -> None:
    app = _public(local_service, local_service.variables["PARTNERCENTER_SECOND_TENANT_ID"])
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=REDIRECT, response_mode="form_post")
    browser = Browser(local_service)
    page = browser.submit(browser.open(flow["auth_uri"]), username=ADMIN, password="local-password")
    assert "AADSTS50020" in page.text


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("lenient"), "--mfa", "observe", "--roles", "off") as service:
        yield service


def test_d16_serve_mfa_observe_lets_a_user_without_a_second_factor_in_and_says_so(lenient: RunningService) -> None:
    token = _by_code(lenient, _public(lenient), "nomfa@first.partner.example", None)["access_token"]
    asked = raw_http.request("GET", "/v1/profiles/billing", token, "ValidateMfa: true")
    status, headers, _ = raw_http.parse(raw_http.exchange(lenient, asked))
    assert (status, headers["ismfacompliant"]) == (200, "false")


def test_d18_serve_roles_off_lets_the_helpdesk_write(lenient: RunningService) -> None:
    token = _by_code(lenient, _public(lenient), "helpdesk@first.partner.example")["access_token"]
    body = json.dumps(raw_http.current_profile(lenient, token)).encode()
    put = raw_http.request("PUT", "/v1/profiles/billing", token, body=body)
    assert raw_http.parse(raw_http.exchange(lenient, put))[0] == 200
