"""The one place that runs Alembic. Importing it takes longer than a start: only for data of an older program."""

from __future__ import annotations

from collections.abc import Callable

import alembic.command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from partnercenter.service.storage import StorageUnavailableError
from partnercenter.service.storage.migrations import HEAD


def upgrade(
    dialect: str,
    connect: Callable[[], object],
    *,
    begin: str | None = None,
    applied: Callable[[Connection, str], None] = lambda _connection, _revision: None,
) -> None:
    """Take all revisions that the database has not taken yet; StorageUnavailableError if one fails, and it is undone.

    dialect: SQLAlchemy's name of engine and driver. connect: opens a connection of that driver.
    begin: the statement that begins a transaction, if the driver does not do it.
    applied: called within the transaction of each revision, after everything else.
    """
    engine = create_engine(f"{dialect}://", creator=connect, poolclass=NullPool)
    if begin is not None:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    config = _config()
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            config.attributes["applied"] = lambda **told: applied(connection, told["step"].up_revision_id)
            alembic.command.upgrade(config, HEAD)
    except DBAPIError as error:
        # The engine's words may quote values; its name says enough.
        raise StorageUnavailableError(f"The migration failed: {type(error.orig).__name__}") from None
    except (SQLAlchemyError, CommandError) as error:
        raise StorageUnavailableError(f"The migration failed: {type(error).__name__}") from None


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "partnercenter.service.storage:migrations")
    config.set_main_option("path_separator", "os")
    return config
