"""Where a token cache keeps its text: a file for its owner alone, or the keyring of the system."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from partnercenter.client.errors import ConfigurationError

if TYPE_CHECKING:
    from types import ModuleType

_OF_OTHERS = 0o077


class TokenStore(Protocol):
    """One text that outlives the process. `str()` of it names the place for a person."""

    def load(self) -> str | None:
        """The text, or None if there is none yet."""

    def save(self, text: str) -> None:
        """Put `text` in the place of the old one, whole or not at all."""

    def remove(self) -> None:
        """Have no text any more."""

    def lock_place(self) -> Path:
        """The file by whose lock processes wait for each other; its folder is there."""


class FileStore:
    """A file, 0600. Raises ConfigurationError if it cannot be used, or if anybody but its owner could read it."""

    def __init__(self, path: Path) -> None:
        # One file has one lock, however it is named; and a link to it must not be what is replaced.
        self._path = path.expanduser().resolve()

    def load(self) -> str | None:
        """The text of the file, or None."""
        try:
            with self._path.open(encoding="utf-8") as file:
                self._check_owner(os.fstat(file.fileno()))
                return file.read()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            return ""  # no tokens: the cache says what to do about it
        except OSError as error:
            raise self._unusable(error) from None

    def save(self, text: str) -> None:
        """Write a new file for the owner alone, and put it in the place of the old one."""
        try:
            self._make_folder()
            descriptor, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")  # 0600
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(self._path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise self._unusable(error) from None

    def remove(self) -> None:
        """Delete the file."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable(error) from None

    def lock_place(self) -> Path:
        """A file beside the file, which is never deleted: who deletes a locked file lets two in."""
        try:
            self._make_folder()
        except OSError as error:
            raise self._unusable(error) from None
        return self._path.with_name(f"{self._path.name}.lock")

    def _make_folder(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _check_owner(self, found: os.stat_result) -> None:
        if os.name == "nt":
            return  # there the folder of the user says who may read
        if found.st_uid != os.getuid():
            raise ConfigurationError(f"{self} belongs to another user.", next_step="Name a file of your own.")
        if found.st_mode & _OF_OTHERS:
            raise ConfigurationError(
                f"{self} holds tokens, and others can read it ({stat.filemode(found.st_mode)}).",
                next_step=f"Run: chmod 600 '{self}'; if somebody may have read it, sign in again.",
            )

    def _unusable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(
            f"Tokens cannot be kept in {self}: {error.strerror or type(error).__name__}.",
            next_step="Name another file.",
        )

    def __str__(self) -> str:
        return str(self._path)


class KeyringStore:
    """An entry in the keyring of the system. Raises ConfigurationError if there is none that can be used."""

    def __init__(self, service: str, name: str) -> None:
        self._service = service
        self._name = name
        self._keyring = _keyring()

    def load(self) -> str | None:
        """The text of the entry, or None."""
        return self._asked("get_password", self._service, self._name)

    def save(self, text: str) -> None:
        """Set the entry."""
        self._asked("set_password", self._service, self._name, text)

    def remove(self) -> None:
        """Delete the entry, if it is there."""
        if self.load() is not None:
            self._asked("delete_password", self._service, self._name)

    def lock_place(self) -> Path:
        """A file in the user's own folder: a keyring has no lock between processes."""
        from platformdirs import user_state_path

        folder = user_state_path("partnercenter", appauthor=False)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        safe = "".join(sign if sign.isalnum() else "-" for sign in f"{self._service}-{self._name}")
        return folder / f"{safe}.lock"

    def _asked(self, function: str, *arguments: str) -> str | None:
        errors = self._keyring.errors
        try:
            answer = getattr(self._keyring, function)(*arguments)
        except errors.NoKeyringError:
            why = "there is none on this machine"
        except errors.KeyringError as error:
            why = type(error).__name__  # its text may quote what was to be kept
        else:
            return answer if isinstance(answer, str) else None
        raise ConfigurationError(
            f"The keyring of the system cannot be used: {why}.", next_step="Unlock it, or keep the tokens in a file."
        )

    def __str__(self) -> str:
        return f"the entry {self._service}/{self._name} of the keyring"


def _keyring() -> ModuleType:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise ConfigurationError(
            "Tokens in the keyring need the library keyring.", next_step="pip install 'partnercenter[keyring]'"
        ) from None
    return keyring
