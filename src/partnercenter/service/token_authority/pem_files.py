"""Reading and writing key files: for their owner alone, whole at every moment."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SMALLEST_KEY: Final = 2048
"""Bits; RFC 7518 §3.3 allows no smaller RSA key."""


class SigningKeyError(Exception):
    """A key file cannot be used. The text says why and what to do; it never quotes the file."""


def make_key() -> rsa.RSAPrivateKey:
    """A new key of the smallest allowed size; takes a fraction of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=SMALLEST_KEY)


def read_private_key(path: Path) -> rsa.RSAPrivateKey:
    """The private key in `path`. Raises SigningKeyError, OSError."""
    text = _read_own_file(path)
    try:
        key = serialization.load_pem_private_key(text, password=None)
    except (ValueError, TypeError):
        raise SigningKeyError(f"{path} is not a PEM private key. Delete it and start again for a new key.") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SMALLEST_KEY:
        raise SigningKeyError(
            f"{path} is not an RSA key of at least {SMALLEST_KEY} bits. Delete it and start again for a new key."
        )
    return key


def read_public_key(path: Path) -> rsa.RSAPublicKey:
    """The public key in `path`. Raises SigningKeyError, OSError."""
    text = _read_own_file(path)
    try:
        key = serialization.load_pem_public_key(text)
    except ValueError:
        key = None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < SMALLEST_KEY:
        raise SigningKeyError(
            f"{path} is not a public RSA key of at least {SMALLEST_KEY} bits. "
            "Delete it; who holds a token that it signed signs in again."
        )
    return key


def _read_own_file(path: Path) -> bytes:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        # Windows has no such mode bits: there every file looks readable by all.
        if os.name != "nt" and stat.S_IMODE(mode) & 0o077:
            raise SigningKeyError(
                f"Others can read the signing key {path}, so anyone may have signed with it. "
                f"Delete it and start again for a new key, or, if you trust it, run: chmod 600 '{path}'"
            )
        return file.read()


def private_text(key: rsa.RSAPrivateKey) -> bytes:
    """`key` as PEM (PKCS8), not encrypted: the mode of the file protects it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_text(key: rsa.RSAPublicKey) -> bytes:
    """`key` as PEM (SubjectPublicKeyInfo)."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def write_whole(path: Path, text: bytes, *, unless_there: bool = False) -> None:
    """Put `text` at `path`, durably and all at once: a reader, or a start after a crash, never sees a part of it.

    unless_there: a file that another process put there meanwhile stays. Raises OSError.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if unless_there:
            _give_name_once(temporary, path)
        else:
            temporary.replace(path)
        _make_names_durable(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _give_name_once(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links: rename is atomic too, but the later of two makers wins.
        temporary.replace(path)


def _make_names_durable(directory: Path) -> None:
    if os.name == "nt":  # directories cannot be opened there
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
