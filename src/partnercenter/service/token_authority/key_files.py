"""The folder in which the keys are kept: files that only their owner may read, whole at every moment.

`signing-key.pem` is the private key that signs. `previous-signing-key-<until>-<kid>.pem` is the public half of an
earlier one; `<until>` is the Unix time from which on tokens that it signed are no longer accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from partnercenter.service.token_authority.json_web_keys import thumbprint
from partnercenter.service.token_authority.pem_files import (
    SigningKeyError,
    make_key,
    private_text,
    public_text,
    read_private_key,
    read_public_key,
    write_whole,
)

KEY_FILE: Final = "signing-key.pem"

_PREVIOUS = re.compile(r"previous-signing-key-([0-9]{1,12})-[A-Za-z0-9_-]{43}\.pem")


@dataclass(frozen=True, slots=True)
class PreviousKey:
    """A key that signs no more. Tokens that it signed are accepted before `until` (Unix seconds)."""

    kid: str
    public_key: rsa.RSAPublicKey
    until: int

    @property
    def file_name(self) -> str:
        """Where it is kept; the kid tells two keys apart that were retired in the same second."""
        return f"previous-signing-key-{self.until}-{self.kid}.pem"

    def at_most_until(self, until: int) -> PreviousKey:
        """The same key, verifying until `until` at most."""
        return replace(self, until=min(self.until, until))


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """The key files of one folder. All methods raise SigningKeyError if they cannot be used."""

    path: Path

    def load_or_create_signing_key(self) -> rsa.RSAPrivateKey:
        """The key in `signing-key.pem`; made if there is none."""
        path = self.path / KEY_FILE
        with _told_as_key_error(path):
            if not path.exists():
                self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(path, private_text(make_key()), unless_there=True)
            return read_private_key(path)

    def load_previous_keys(self) -> list[PreviousKey]:
        """The keys before the signing key, each once, with the latest time that a file gives it."""
        found: dict[str, PreviousKey] = {}
        with _told_as_key_error(self.path):
            for path, until in sorted(self._previous_files(), key=lambda pair: pair[1]):
                key = read_public_key(path)
                kid = thumbprint(key)
                found[kid] = PreviousKey(kid, key, until)
        return list(found.values())

    def replace(self, signing_key: rsa.RSAPrivateKey, previous: Iterable[PreviousKey]) -> None:
        """Make `signing_key` the one that signs, and `previous` the ones before it.

        A crash between the steps leaves either the old signing key or the new one, and a folder that can be used.
        """
        kept = {key.file_name: key for key in previous}
        with _told_as_key_error(self.path):
            for name, key in kept.items():
                write_whole(self.path / name, public_text(key.public_key))
            # Before the new key: a crash between the two must not look like a finished rotation that left them.
            for path, _ in self._previous_files():
                if path.name not in kept:
                    path.unlink(missing_ok=True)
            write_whole(self.path / KEY_FILE, private_text(signing_key))

    def _previous_files(self) -> list[tuple[Path, int]]:
        named = [(path, _PREVIOUS.fullmatch(path.name)) for path in self.path.iterdir()]
        return [(path, int(match[1])) for path, match in named if match]


@contextmanager
def _told_as_key_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SigningKeyError(
            f"The signing key {path} cannot be read or made ({error.strerror}). "
            "Give this account read and write access to the directory, or name another one."
        ) from error
