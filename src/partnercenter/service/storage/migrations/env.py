"""What Alembic runs to migrate: over the connection that it was given, one transaction for each revision."""

from __future__ import annotations

from collections.abc import Callable

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]
applied: Callable[..., None] = context.config.attributes["applied"]

context.configure(
    connection=connection,
    # Alembic takes SQLite for an engine that cannot; it can, if the driver leaves transactions alone.
    transactional_ddl=True,
    transaction_per_migration=True,
    on_version_apply=applied,
)
with context.begin_transaction():
    context.run_migrations()
