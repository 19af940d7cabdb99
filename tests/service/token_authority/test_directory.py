"""Looking people and applications up."""

from __future__ import annotations

import pytest

from tests.service.token_authority.people import ADA, CONTOSO, DIRECTORY, SECRETS, WEB


@pytest.mark.parametrize("name", [CONTOSO.id, CONTOSO.id.upper(), "contoso.example", "Contoso.Example"])
def test_a_tenant_is_found_by_id_or_domain_without_case(name: str) -> None:
    assert DIRECTORY.find_tenant(name) is CONTOSO


@pytest.mark.parametrize("name", ["ada@contoso.example", "ADA@Contoso.example", " ada@contoso.example "])
def test_a_user_is_found_by_name_without_case(name: str) -> None:
    assert DIRECTORY.find_user_by_name(name) is ADA


def test_an_application_is_found_by_id() -> None:
    assert DIRECTORY.find_application(WEB.id.upper()) is WEB


def test_who_is_not_there_is_not_found() -> None:
    found = (
        DIRECTORY.find_tenant(""),
        DIRECTORY.find_user("nobody"),
        DIRECTORY.find_user_by_name(""),
        DIRECTORY.find_application(""),
        DIRECTORY.find_refresh_token("é"),
    )
    assert not any(found)


@pytest.mark.parametrize("secret", SECRETS)
def test_the_representation_of_the_directory_shows_no_secret(secret: str) -> None:
    assert secret not in repr(DIRECTORY)
