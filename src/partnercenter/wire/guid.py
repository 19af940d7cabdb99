"""GUIDs as the API writes them: 8-4-4-4-12 hexadecimal digits, and nothing else."""

from __future__ import annotations

import os
import re

# uuid.UUID() also takes braces, `urn:uuid:`, moved hyphens and non-ASCII digits, so that different
# texts become one key. An id that decides about a replay has to have one spelling.
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_NIL = "00000000-0000-0000-0000-000000000000"


def new_guid() -> str:
    """A random GUID in lower case (RFC 9562 §5.4, version 4)."""
    digits = os.urandom(16).hex()
    # The first digit of the fourth group is the variant: 8, 9, a or b.
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def read_guid(text: str) -> str | None:
    """`text` in lower case if it is a GUID that can identify something, else None (the nil GUID cannot)."""
    guid = text.lower()
    return guid if _GUID.fullmatch(text) and guid != _NIL else None
