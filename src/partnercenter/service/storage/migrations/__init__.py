"""The revisions of the schema: for each one a SQL script per engine, and what a script cannot do beside it.

`versions/` has them in the form in which Alembic takes them, one after the other, on data of an older program. An
empty database gets all scripts in one go, without Alembic, whose import takes longer than everything else at a start.
"""

from __future__ import annotations

from enum import Enum
from importlib import resources

from partnercenter.service.storage import NewerSchemaError, StorageUnavailableError

_SCRIPTS = {
    "0001": "0001_initial.sql",
    "0002": "0002_audit_chain.sql",
    "0003": "0003_rows_in_order.sql",
}
REVISIONS = tuple(_SCRIPTS)
"""All revisions, oldest first. Their numbers count from 1, as `PRAGMA user_version` of a SQLite file does."""
HEAD = REVISIONS[-1]
"""The revision that this program reads and writes."""

# As Alembic makes it ("The Migration Environment": the table alembic_version).
VERSION_TABLE = "alembic_version"
READ_VERSION = "SELECT version_num FROM alembic_version"
_MAKE_VERSION_TABLE = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
    " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


class Engine(Enum):
    """An engine, by the name of the folder that has its scripts."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


def is_known(revision: str) -> bool:
    """Whether this program, or an older one, wrote it."""
    return revision in _SCRIPTS


def require_known(revision: str) -> None:
    """Raises NewerSchemaError for a revision that this program does not know."""
    if not is_known(revision):
        raise NewerSchemaError(f"The data has schema {revision}; this program knows {HEAD}. Use the newer program.")


def require_head(revision: str | None) -> None:
    """For who only reads. Raises NewerSchemaError, or StorageUnavailableError for what is to be migrated first.

    revision: None is that of an empty database.
    """
    if revision is None:
        raise StorageUnavailableError(
            "The database is empty. Start the service once, or run `partnercenter database migrate`, or import a copy."
        )
    require_known(revision)
    if revision != HEAD:
        raise StorageUnavailableError(
            f"The data has schema {revision}; this program reads {HEAD}. Start the service once, or run `partnercenter"
            " database migrate`: it brings it there."
        )


def number_of(revision: str) -> int:
    """The number of a revision that is known: 1 for the first one."""
    return REVISIONS.index(revision) + 1


def statements(engine: Engine, revision: str) -> list[str]:
    """The statements of the script of a revision, in order."""
    folder = resources.files(__name__).joinpath(engine.value)
    script = folder.joinpath(_SCRIPTS[revision]).read_text("utf-8")
    return [statement for part in script.split(";\n") if (statement := part.strip())]


def stamp(revision: str) -> list[str]:
    """The statements that say which revision a database has that Alembic has not seen yet."""
    return [_MAKE_VERSION_TABLE, f"INSERT INTO alembic_version (version_num) VALUES ('{revision}')"]  # noqa: S608


def all_statements(engine: Engine) -> list[str]:
    """What makes an empty database one of this program."""
    return [*(statement for revision in REVISIONS for statement in statements(engine, revision)), *stamp(HEAD)]
