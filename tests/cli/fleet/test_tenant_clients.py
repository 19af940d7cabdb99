"""`--credentials`: a file for its owner alone, with a credential for each tenant."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from partnercenter import ConfigurationError, SignInError
from partnercenter.cli.fleet.tenant_clients import opener
from partnercenter.service import seed
from tests.running_service import RunningService

_ID = f"clientId: {seed.APP_USER.id}\n"
_CANARY = "a-secret-that-nobody-may-see"


def _file(folder: Path, text: str) -> Path:
    place = folder / "credentials.yaml"
    place.write_text(text)
    place.chmod(0o600)
    return place


def _exported(service: RunningService, patch: pytest.MonkeyPatch) -> None:
    for name in ("PARTNERCENTER_BASE_URL", "PARTNERCENTER_AUTHORITY", "PARTNERCENTER_CA_BUNDLE"):
        patch.setenv(name, service.variables[name])


@pytest.fixture
def exported(local_service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    _exported(local_service, monkeypatch)


@pytest.mark.usefixtures("exported")
def test_a_secret_stands_in_the_file_in_a_variable_or_in_a_file_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_SECRET", str(seed.APP_USER.secret))
    (tmp_path / "token").write_text(seed.SECOND_REFRESH_TOKEN.token + "\n")
    text = f"""
{_ID}clientSecret: env:THE_SECRET
credentials:
  - {{tenant: first.partner.example, refreshToken: {seed.FIRST_REFRESH_TOKEN.token}}}
  - {{tenant: {seed.SECOND_TENANT.id}, refreshToken: "file:token"}}
"""
    open_for = opener(_file(tmp_path, text))
    with open_for("first.partner.example") as first, open_for(seed.SECOND_TENANT.id) as second:
        assert (first.tenant_id, first.user) == (seed.FIRST_TENANT.id, "admin@first.partner.example")
        assert second.partner.profiles.billing_profile.get().company_name == "Zweiter Partner GmbH"


@pytest.mark.usefixtures("exported")
def test_a_tenant_that_is_not_in_the_file_is_nobody_s(tmp_path: Path) -> None:
    open_for = opener(_file(tmp_path, _ID + "credentials: [{tenant: a.example, refreshToken: x}]"))
    with pytest.raises(SignInError, match=r"no credential for b\.example"), open_for("b.example"):
        pass


@pytest.mark.usefixtures("exported")
def test_a_credential_of_another_tenant_is_found_out(tmp_path: Path) -> None:
    entry = f"{{tenant: {seed.SECOND_TENANT.id}, refreshToken: {seed.FIRST_REFRESH_TOKEN.token}}}"
    text = f"{_ID}clientSecret: {seed.APP_USER.secret}\ncredentials: [{entry}]"
    with pytest.raises(SignInError), opener(_file(tmp_path, text))(seed.SECOND_TENANT.id):
        pass


@pytest.mark.usefixtures("exported")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    place = _file(tmp_path, _ID + "credentials: []")
    place.chmod(mode)
    with pytest.raises(ConfigurationError, match="others than its owner") as refused:
        opener(place)
    assert refused.value.next_step == f"chmod 600 {place}"


MISTAKES = {
    "no list": f"refreshToken: {_CANARY}",
    "an unknown member": f"credentials: [{{tenant: a.example, clientId: x, refreshTokn: {_CANARY}}}]",
    "a number": "credentials: [{tenant: a.example, clientId: x, refreshToken: 123}]",
    "a tenant twice": f"{_ID}credentials: [{{tenant: a.b, refreshToken: {_CANARY}}}, {{tenant: A.b, refreshToken: x}}]",
    "no client": f"credentials: [{{tenant: a.example, refreshToken: {_CANARY}}}]",
    "no object": f"credentials: [{_CANARY}]",
}


@pytest.mark.usefixtures("exported")
@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_and_no_secret_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(click.UsageError) as refused:
        opener(_file(tmp_path, text))
    assert _CANARY not in refused.value.message
