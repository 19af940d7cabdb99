"""The entity tag: an opaque name of one version of a profile (RFC 9110 §8.8.3)."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from partnercenter.wire import guid, json_text


@dataclass(frozen=True, slots=True)
class EntityTag:
    """A strong entity tag. Clients must not look inside; two tags are the same if their characters are.

    value: the bare characters, as `attributes.etag` carries them.
    """

    value: str

    @classmethod
    def new(cls, version: int) -> EntityTag:
        """A tag that was never used before, in the documented form: base64 of `{"id":"<guid>","version":n}`.

        The GUID is random in every tag (122 bits), so no tag can be guessed from another one and none
        comes back, not even after a backup is restored.
        """
        text = json_text.write({"id": guid.new_guid(), "version": version})
        return cls(base64.b64encode(text).decode("ascii"))

    @property
    def quoted(self) -> str:
        """The tag as the `ETag` and `If-Match` headers carry it."""
        return f'"{self.value}"'
