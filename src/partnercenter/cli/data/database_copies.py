"""The verbs of `partnercenter database` that copy a service's data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from partnercenter.cli.data.database_place import Place, explained, nobody_else, place_options, require_service
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.patience import patience

if TYPE_CHECKING:
    from partnercenter.service.database_copies import Database

_new_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_old_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command()
@_new_file
@place_options
def backup(file: Path, place: Place) -> None:
    """Copy the database of a SQLite service to FILE. The service may run or not.

    FILE holds tax ids: only its owner can read it, and it is best encrypted before it goes elsewhere. The keys and
    certificates of the service are files beside its database, and are not in it. Never copy the database file itself
    while a service runs: what stands in its log alone would be missing.

    \b
    Examples:
      partnercenter database backup monday.sqlite3
      partnercenter database backup monday.sqlite3 --data demo
    """
    require_service()
    from partnercenter.service import database_copies

    if place.url is not None:
        raise click.UsageError(
            "PostgreSQL makes its own backups: use pg_dump or pg_basebackup. For a copy that either engine takes:"
            " partnercenter database export FILE --database URL"
        )
    source = place.existing_file()
    with _told(place), patience("Copying pages") as watch:
        database_copies.backup(source, file, watch)
    click.echo(f"The database is in {file}. It holds tax ids: keep it safe.")


@click.command()
@_old_file
@place_options
def restore(file: Path, place: Place) -> None:
    """Make the database of a SQLite service from the backup FILE. --data must not have one yet.

    The backup is refused if it or its audit is damaged. Every profile gets a new entity tag, so that whoever read it
    before must read it again before an update. Requests that are sent again still get their remembered answers.

    \b
    Examples:
      partnercenter database restore monday.sqlite3 --data restored
    """
    require_service()
    from partnercenter.service import database_copies

    if place.url is not None:
        raise click.UsageError(
            "PostgreSQL restores its own backups: use pg_restore. What `export` wrote: partnercenter database import"
        )
    with _told(place), nobody_else(place), patience("Copying pages") as watch:
        database_copies.restore(file, place.file, watch)
    click.echo(f"The database in {place.data} is that of {file}, with new entity tags.")


@click.command("export")
@_new_file
@place_options
def export_rows(file: Path, place: Place) -> None:
    """Write all data to FILE, in a form that SQLite and PostgreSQL services import. Services may run or not.

    It is one state of the database: JSON lines with the profiles, the remembered answers and the audit, and a
    checksum. FILE holds tax ids: only its owner can read it.

    \b
    Examples:
      partnercenter database export all.jsonl
      partnercenter database export all.jsonl --database postgresql://host/name
    """
    require_service()
    from partnercenter.service import database_copies

    source = _database(place, place.existing_file)
    with _told(place), patience("Writing rows") as watch:
        count = database_copies.export_rows(source, file, watch)
    click.echo(f"{count:,} rows are in {file}. It holds tax ids: keep it safe.")


@click.command("import")
@_old_file
@place_options
def import_rows(file: Path, place: Place) -> None:
    """Put the data of the export FILE into an empty database: a --data without one, or a PostgreSQL without rows.

    A file that is cut off or altered, or whose audit is broken, is refused before anything is written. Every profile
    gets a new entity tag, so that whoever read it before must read it again before an update.

    \b
    Examples:
      partnercenter database import all.jsonl --data new
      partnercenter database import all.jsonl --database postgresql://host/name
    """
    require_service()
    from partnercenter.service import database_copies

    target = _database(place, lambda: place.file)
    with _told(place), nobody_else(place), patience("Reading and writing rows") as watch:
        count = database_copies.import_rows(file, target, watch)
    click.echo(f"{count:,} rows are in the {place}, with new entity tags.")


def _database(place: Place, file: Callable[[], Path]) -> Database:
    return place.url or file()


@contextmanager
def _told(place: Place) -> Iterator[None]:
    """What copying raises beside what every verb may: REFUSED if the copy is no good, else the machine's fault."""
    from partnercenter.service.operations.verify_copy import BrokenAuditError
    from partnercenter.service.storage.transfer import DamagedFileError, NotEmptyError

    with explained(place):
        try:
            yield
        except NotEmptyError as error:
            raise click.ClickException(f"{error} Nothing is replaced: name a place without data.") from None
        except (DamagedFileError, BrokenAuditError) as error:
            click.secho(f"Error: {error} Nothing was written.", fg="red", err=True)
            raise click.exceptions.Exit(ExitCode.REFUSED) from None
