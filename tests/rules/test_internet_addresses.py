"""Addresses of mail and of pages. Row ids are those of the catalogue of bad inputs."""

from __future__ import annotations

import pytest

from partnercenter.rules.internet_addresses import is_email, is_website

WEBSITES = {
    "S18-address-of-a-machine": "http://169.254.169.254/",
    "S18-name-without-a-dot": "http://localhost:22",
    "scheme-in-capitals": "HTTPS://CONTOSO.COM",
    "no-scheme": "www.microsoft.com",
    "no-scheme-with-port": "contoso.com:8443/help",
    "looks-like-a-scheme": "javascript.com",
    "international": "https://b\u00fccher.example",
}


@pytest.mark.parametrize("website", WEBSITES.values(), ids=WEBSITES.keys())
def test_a_page_is_taken_with_or_without_a_scheme_and_nobody_asks_for_it(website: str) -> None:
    assert is_website(website)


NO_WEBSITES = {
    "S17-script": "javascript:alert(1)",
    "S17-data": "data:text/html,x",
    "S17-who-signs-in": "http://user:password@contoso.com",
    "S17-who-signs-in-without-scheme": "user@contoso.com",
    "S17-no-scheme-but-slashes": "//contoso.com",
    "another-scheme": "ftp://contoso.com",
    "no-host": "http:///help",
    "a-word": "help",
    "blank-inside": "http://contoso.com/a b",
    "backslash-that-browsers-read-as-slash": "http://contoso.com/\\evil.example",
    "mark-up": "http://contoso.com/<script>",
    "port-of-six-digits": "http://contoso.com:123456",
}


@pytest.mark.parametrize("website", NO_WEBSITES.values(), ids=NO_WEBSITES.keys())
def test_s17_what_is_no_page_is_refused(website: str) -> None:
    assert not is_website(website)


@pytest.mark.parametrize("domain", ["contoso.com", "first.partner.example", "contoso.test", "contoso.onmicrosoft.com"])
def test_mail_is_taken_for_every_domain_that_may_exist_or_stands_in_examples(domain: str) -> None:
    assert is_email(f"erika@{domain}")


NO_EMAILS = ["erika", "erika@", "@contoso.com", "erika@contoso", "Erika <erika@contoso.com>", "erika@[192.0.2.1]"]


@pytest.mark.parametrize("email", [*NO_EMAILS, '"erika m"@contoso.com', "erika@contoso.com\r\nBcc: x@contoso.com"])
def test_s15_what_is_no_address_of_mail_is_refused(email: str) -> None:
    assert not is_email(email)
