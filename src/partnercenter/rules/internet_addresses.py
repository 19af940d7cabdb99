"""Addresses of mail and of pages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

# RFC 5321 §4.5.3.1: 64 + 1 + 255. Nothing longer is even looked at.
_LONGEST_EMAIL: Final = 320
# RFC 3986 §3.2, less than it allows: a host, perhaps a port, and never who signs in (`user:password@`). Without a
# scheme only a dot tells a host from a word.
_WEBSITE: Final = re.compile(
    r"(?:https?://[\w\-]+(?:\.[\w\-]+)*|[\w\-]+(?:\.[\w\-]+)+)\.?(?::[0-9]{1,5})?(?:[/?#][^\s\\<>\"]*)?", re.IGNORECASE
)


def is_email(text: str) -> bool:
    """Whether `text` is an e-mail address as it is written on a card (RFC 5321 §4.1.2, without quoted local parts).

    Nobody is asked whether it exists. Names for examples and tests (RFC 2606 §2) are taken.
    """
    return len(text) <= _LONGEST_EMAIL and _is_valid(text)


def is_website(text: str) -> bool:
    """Whether `text` is the address of a page: http, https or no scheme, as in `www.microsoft.com`."""
    return bool(_WEBSITE.fullmatch(text))


# The library is slow, and a profile that is changed keeps its e-mail address nearly every time.
@lru_cache(maxsize=1024)
def _is_valid(text: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
