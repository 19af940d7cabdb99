"""The named contexts of a user, in a file for the owner alone: where, as whom, and where the secrets are. No secret."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from platformdirs import user_config_path

from partnercenter import ClientSettings, Cloud, ConfigurationError, TokenCache
from partnercenter.wire.json_text import JsonObject

DEFAULT = "default"
"""The context of a login that names none."""

ENV_FOLDER = "PARTNERCENTER_CONFIG_DIR"
ENV_CONTEXT = "PARTNERCENTER_CONTEXT"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One named context.

    cloud, base_url, authority, ca_bundle: as in ClientSettings. tenant: id or domain. client_id: the application.
    client_secret, refresh_token: where they are, `file:PATH` or `env:NAME`; never the secret itself.
    data: folder of a local service; everything that is None here is read from there while it runs.
    tokens: where `login` keeps the user's tokens: `file` or `keyring`.
    """

    cloud: str | None = None
    base_url: str | None = None
    authority: str | None = None
    ca_bundle: str | None = None
    tenant: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    refresh_token: str | None = None
    data: str | None = None
    tokens: str = "file"

    @property
    def settings(self) -> ClientSettings:
        """Where the service is. Raises ConfigurationError if that cannot work."""
        return ClientSettings(
            cloud=Cloud(self.cloud) if self.cloud else Cloud.GLOBAL,
            base_url=self.base_url,
            authority=self.authority,
            ca_bundle=self.ca_bundle,
        )

    def as_json(self) -> JsonObject:
        """The members that have a value."""
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) is not None}


@dataclass(slots=True)
class Contexts:
    """All contexts by name. current: what `contexts use` named."""

    current: str | None = None
    named: dict[str, Context] = field(default_factory=dict)

    def get(self, name: str) -> Context:
        """The context `name`. Raises ConfigurationError that names those there are."""
        if name in self.named:
            return self.named[name]
        known = ", ".join(sorted(self.named)) or "none yet"
        raise ConfigurationError(
            f"There is no context {name}. There are: {known}.", next_step="partnercenter contexts add --help tells how."
        )


def check_name(name: str) -> str:
    """`name`, if a context can be called so. Raises ConfigurationError."""
    if _NAME.fullmatch(name):
        return name
    raise ConfigurationError(f"A context cannot be called {name!r}: letters, digits, '.', '_' and '-', 64 at most.")


def folder() -> Path:
    """Where the contexts and their tokens are; PARTNERCENTER_CONFIG_DIR names another folder."""
    named = os.environ.get(ENV_FOLDER)
    if not named and os.environ.get("PARTNERCENTER_LOGIN_FILE"):
        raise ConfigurationError(
            "PARTNERCENTER_LOGIN_FILE is no longer read: a login belongs to a context.",
            next_step=f"Name a folder with {ENV_FOLDER} instead, and sign in again.",
        )
    return Path(named) if named else user_config_path("partnercenter", appauthor=False)


def path() -> Path:
    """The file."""
    return folder() / "contexts.json"


def token_cache(name: str, context: Context) -> TokenCache:
    """Where `login` keeps the tokens of the context `name`."""
    if context.tokens == "keyring":
        return TokenCache.keyring(name)
    return TokenCache.file(folder() / "tokens" / f"{name}.json")


def read() -> Contexts:
    """The contexts as they stand. Raises ConfigurationError if the file is not one of ours."""
    from partnercenter.cli.signing_in import remembered_login

    remembered_login.adopt()
    return load()


def load() -> Contexts:
    """As `read`, without a look at what earlier versions left."""
    try:
        content = json.loads(path().read_text("utf-8"))
        named = {check_name(name): _read(members) for name, members in content["contexts"].items()}
        return Contexts(content.get("current"), named)
    except (FileNotFoundError, NotADirectoryError):
        return Contexts()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationError(f"{path()} does not hold contexts.", next_step="Mend or remove it.") from None


@contextmanager
def changing() -> Iterator[Contexts]:
    """The contexts, to be changed; written at the end of the `with`. One process at a time."""
    from filelock import FileLock

    check_place()
    with FileLock(folder() / "contexts.json.lock", timeout=10, mode=0o600):
        contexts = load()
        yield contexts
        _write(contexts)


def check_place() -> None:
    """Make the folder. ConfigurationError if nothing can be written there, before a person signs in."""
    place = folder()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        raise ConfigurationError(
            f"The login cannot be remembered in {place}: {error.strerror}.",
            next_step=f"Name another folder with {ENV_FOLDER}.",
        ) from None


def with_members(context: Context, **members: str | None) -> Context:
    """`context` with those of `members` that are not None."""
    return replace(context, **{name: value for name, value in members.items() if value is not None})


def _read(members: dict[str, str]) -> Context:
    """The context that a file describes, which a person may have edited. TypeError or ValueError if it is none."""
    context = Context(**members)
    if not all(isinstance(value, str) for value in members.values()):
        raise TypeError(members.keys())
    if context.cloud is not None:
        Cloud(context.cloud)
    if context.tokens not in ("file", "keyring"):
        raise ValueError(context.tokens)
    return context


def _write(contexts: Contexts) -> None:
    content = {"current": contexts.current, "contexts": {n: c.as_json() for n, c in contexts.named.items()}}
    descriptor, temporary = tempfile.mkstemp(dir=folder())  # 0600 by definition
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
    Path(temporary).replace(path())
