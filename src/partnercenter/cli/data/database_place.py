"""Which database a verb is about, and what can be in the way of it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from partnercenter.service.storage import AuditTrail

_SQLITE = "sqlite"


@dataclass(frozen=True, slots=True)
class Place:
    """The SQLite file in the folder `data`, or the PostgreSQL database at `url`, which may hold a password."""

    data: Path
    url: str | None = field(repr=False)

    @property
    def engine(self) -> str:
        """How a person calls the engine."""
        return "SQLite" if self.url is None else "PostgreSQL"

    @property
    def file(self) -> Path:
        """The SQLite file, there or not."""
        from partnercenter.service.app import DATABASE_NAME

        return self.data / DATABASE_NAME

    def existing_file(self) -> Path:
        """The SQLite file. click.ClickException if there is none."""
        if not self.file.exists():
            raise click.ClickException(
                f"There is no database in {self.data}. Name the folder of the service (--data) or its --database."
            )
        return self.file

    def open_audit(self) -> AbstractContextManager[AuditTrail]:
        """The audit, for reading alone. click.ClickException if there is no database."""
        from partnercenter.service.app import open_audit

        if self.url is None:
            self.existing_file()
            return open_audit(self.data)
        return open_audit(self.data, self.url)

    def __str__(self) -> str:
        return f"database in {self.data}" if self.url is None else "database at that URL"


def place_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options `--data` and `--database`, the same for every verb; `function` gets them as `place`."""

    @click.option(
        "--data",
        type=click.Path(path_type=Path),
        default=Path(".partnercenter"),
        show_default=True,
        help="The folder that `partnercenter serve --data` was given.",
    )
    @click.option(
        "--database",
        metavar="sqlite|URL",
        default=_SQLITE,
        show_default=True,
        callback=_url,
        help="sqlite is the file in --data; a postgresql:// URL is a database there. Its password belongs into a "
        "password file (PGPASSFILE).",
    )
    @wraps(function)
    def with_place(*, data: Path, database: str | None, **others: object) -> None:
        function(place=Place(data, database), **others)

    return with_place


def _url(_context: click.Context, _parameter: click.Parameter, typed: str) -> str | None:
    if typed == _SQLITE:
        return None
    require_service()
    from partnercenter.service.settings import SettingsError, require_postgres_url

    try:
        require_postgres_url(typed)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    return typed


@contextmanager
def explained(place: Place) -> Iterator[None]:
    """What the service's rooms raise, as one line for a person."""
    from partnercenter.service.private_files import FolderInUseError
    from partnercenter.service.storage import NewerSchemaError, StorageUnavailableError

    try:
        yield
    except StorageUnavailableError as error:
        raise click.ClickException(f"The {place} cannot be used. {error}") from None
    except (FolderInUseError, NewerSchemaError) as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def nobody_else(place: Place) -> Iterator[None]:
    """Holds the folder of a SQLite file, so that no service runs in it. PostgreSQL has locks of its own."""
    if place.url is not None:
        yield
        return
    from partnercenter.service.private_files import FolderInUseError, private_folder

    try:
        with private_folder(place.data):
            yield
    except FolderInUseError:
        raise click.ClickException(f"A local Partner Center runs in {place.data}. Stop it first.") from None


def require_service() -> None:
    """click.ClickException if the extra is missing that has the service and its storage."""
    try:
        importlib.import_module("partnercenter.service.app")
    except ImportError as error:
        raise click.ClickException(
            f"The service is not installed ({error.name} is missing). Install its extra: pip install '.[service]'"
        ) from None
