"""`partnercenter database`: the schema of a service's data."""

from __future__ import annotations

import click
from rich.text import Text

from partnercenter.cli.data import database_copies
from partnercenter.cli.data.database_place import Place, explained, nobody_else, place_options, require_service
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.output import Format, output_option, show, show_rows
from partnercenter.cli.patience import patience


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Look after the database of a service: its schema, and copies of it.

    \b
    Examples:
      partnercenter database check
      partnercenter database migrate --data demo
      partnercenter database check --database postgresql://host/name
      partnercenter database backup monday.sqlite3
      partnercenter database export all.jsonl
    """


for verb in (
    database_copies.backup,
    database_copies.restore,
    database_copies.export_rows,
    database_copies.import_rows,
):
    command.add_command(verb)


@command.command()
@place_options
@output_option
def check(place: Place, output: Format) -> None:
    """Say which schema the data has. Exits with 6 if this program cannot use it as it is.

    A service brings older data to its own schema when it starts; data of a newer program it refuses. The service
    may run or not.

    \b
    Examples:
      partnercenter database check
      partnercenter database check --database postgresql://host/name -o json
    """
    require_service()
    from partnercenter.service.storage.schema import HEAD, is_known

    with explained(place):
        found = _revision(place)
    newer = found is not None and not is_known(found)
    if output is Format.TABLE:
        due = "this program is too old for it" if newer else "a migration is due" if found != HEAD else "up to date"
        rows = {"engine": place.engine, "schema": found or "(empty)", "known": HEAD, "state": due}
        show_rows((name, Text(text)) for name, text in rows.items())
    else:
        state = {"due": found != HEAD and not newer, "newer": newer}
        show({"engine": place.engine.lower(), "schema": found, "known": HEAD, **state}, output)
    if found != HEAD:
        raise click.exceptions.Exit(ExitCode.REFUSED)


@command.command()
@place_options
@output_option
def migrate(place: Place, output: Format) -> None:
    """Bring the data of an older program to the schema of this one; an empty PostgreSQL database gets its tables.

    A service does the same when it starts. It must not run meanwhile; with PostgreSQL, stop all its nodes. A migration
    that is interrupted goes on where it was when it is started again. There is no way back: make a copy first.

    \b
    Examples:
      partnercenter database migrate
      partnercenter database migrate --database postgresql://host/name
    """
    require_service()
    from partnercenter.service.storage.schema import HEAD, prepare_postgres, prepare_sqlite

    if place.url is None:
        place.existing_file()
    with explained(place), nobody_else(place), patience("Migrating"):
        found = _revision(place)
        if place.url is None:
            prepare_sqlite(place.file)
        else:
            prepare_postgres(place.url)
    if output is Format.TABLE:
        click.echo(f"The data has schema {HEAD}" + (" already." if found == HEAD else f"; it had {found or 'none'}."))
    else:
        show({"engine": place.engine.lower(), "schema": HEAD, "before": found}, output)


def _revision(place: Place) -> str | None:
    from partnercenter.service.storage.schema import postgres_revision, sqlite_revision

    return sqlite_revision(place.existing_file()) if place.url is None else postgres_revision(place.url)
