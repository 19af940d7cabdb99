"""What a person does in a browser at the sign-in pages, without one: fills in each form and sends it."""

from __future__ import annotations

import html
import re
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode, urljoin

PASSWORD = "local-password"
SECOND_FACTOR = "123456"


class Trusting(Protocol):
    """Who knows whom to trust; a RunningService does."""

    def tls(self) -> ssl.SSLContext: ...


@dataclass
class Page:
    """A page, or the redirect that was answered instead of one."""

    url: str
    status: int
    text: str
    location: str

    @property
    def hidden_fields(self) -> dict[str, str]:
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', self.text)
        return {name: html.unescape(value) for name, value in found}


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return


class Browser:
    def __init__(self, service: Trusting) -> None:
        context: ssl.SSLContext = service.tls()
        self._opener = urllib.request.build_opener(_Stay, urllib.request.HTTPSHandler(context=context))

    def open(self, url: str, form: dict[str, str] | None = None) -> Page:
        data = None if form is None else urlencode(form).encode()
        try:
            answer = self._opener.open(url, data)
        except urllib.error.HTTPError as other:
            answer = other
        with answer:
            return Page(url, answer.status, answer.read().decode(), answer.headers.get("Location", ""))

    def submit(self, page: Page, **typed: str) -> Page:
        """Send the page's first form: its hidden fields, and what was typed."""
        action = re.search(r'<form[^>]*action="([^"]*)"', page.text)
        form = page.hidden_fields | typed
        return self.open(urljoin(page.url, html.unescape(action.group(1)) if action else ""), form)

    def sign_in(self, page: Page, user_name: str, second_factor: str | None = SECOND_FACTOR) -> Page:
        """Password, and the second factor if there is one."""
        page = self.submit(page, username=user_name, password=PASSWORD)
        return page if second_factor is None else self.submit(page, code=second_factor)
