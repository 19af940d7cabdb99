"""GUIDs as the API writes them: 8-4-4-4-12 hexadecimal digits, and nothing else."""

from __future__ import annotations

import re
import uuid

# uuid.UUID() also takes braces, `urn:uuid:`, moved hyphens and non-ASCII digits, so that different
# texts become one key. An id that decides about a replay has to have one spelling.
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_NIL = "00000000-0000-0000-0000-000000000000"


def new_guid() -> str:
    """A random GUID in lower case."""
    return str(uuid.uuid4())


def read_guid(text: str) -> str | None:
    """`text` in lower case if it is a GUID that can identify something, else None (the nil GUID cannot)."""
    guid = text.lower()
    return guid if _GUID.fullmatch(text) and guid != _NIL else None
