"""A keyring for processes of a test: entries in a file that KEYRING_OF_THE_TEST names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import keyring.backend


class Keyring(keyring.backend.KeyringBackend):
    """As a system has one; named to the library by PYTHON_KEYRING_BACKEND."""

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        found = self._entries().get(f"{service}/{username}")
        return found if isinstance(found, str) else None

    def set_password(self, service: str, username: str, password: str) -> None:
        self._place().write_text(json.dumps(self._entries() | {f"{service}/{username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        del entries[f"{service}/{username}"]
        self._place().write_text(json.dumps(entries))

    def _entries(self) -> dict[str, object]:
        place = self._place()
        return dict(json.loads(place.read_text())) if place.exists() else {}

    def _place(self) -> Path:
        return Path(os.environ["KEYRING_OF_THE_TEST"])
