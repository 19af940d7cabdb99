"""What `partnercenter login` remembers: where, as whom, and a refresh token, in a file for the owner alone."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_config_path

from partnercenter import ConfigurationError


@dataclass(frozen=True, slots=True)
class Login:
    """A remembered sign-in, as the environment variables that it stands for."""

    variables: dict[str, str] = field(repr=False)


def path() -> Path:
    """Where the sign-in is kept; PARTNERCENTER_LOGIN_FILE names another place."""
    override = os.environ.get("PARTNERCENTER_LOGIN_FILE")
    return Path(override) if override else user_config_path("partnercenter", appauthor=False) / "login.json"


def load() -> Login | None:
    """The sign-in that was remembered, or None."""
    try:
        content = json.loads(path().read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return Login({str(name): str(value) for name, value in content.items()}) if isinstance(content, dict) else None


def check_place() -> None:
    """Make the folder of the file. ConfigurationError if nothing can be written there, before a person signs in."""
    place = path()
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place.parent).close()
    except OSError as error:
        raise ConfigurationError(
            f"The login cannot be remembered in {place}: {error.strerror}.",
            next_step="Name another file with PARTNERCENTER_LOGIN_FILE.",
        ) from None


def save(login: Login) -> Path:
    """Remember `login` in the place of an earlier one; a reader sees the old file or the new one whole."""
    place = path()
    descriptor, temporary = tempfile.mkstemp(dir=place.parent)  # 0600 by definition
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(login.variables, file)
    Path(temporary).replace(place)
    return place
