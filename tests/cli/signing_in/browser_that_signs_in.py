"""A browser of a few lines, for the variable BROWSER: it signs a user in and sends the answer to where it belongs."""

from __future__ import annotations

import os
import ssl
import sys

from tests.browser_by_hand import Browser


class _Trust:
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=os.environ["PARTNERCENTER_CA_BUNDLE"])


if __name__ == "__main__":
    browser = Browser(_Trust())
    browser.submit(browser.sign_in(browser.open(sys.argv[2]), sys.argv[1]))  # the last page posts itself (form_post)
