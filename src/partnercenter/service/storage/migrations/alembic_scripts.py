"""From a revision of Alembic to the statements of its script."""

from __future__ import annotations

from alembic import op

from partnercenter.service.storage.migrations import Engine, statements

_ENGINES = {"sqlite": Engine.SQLITE, "postgresql": Engine.POSTGRES}


def run_script(revision: str) -> None:
    """Execute the script of `revision` for the engine that is being migrated."""
    connection = op.get_bind()
    for statement in statements(_ENGINES[connection.dialect.name], revision):
        # Without parameters, or a driver would take a "%" in it for the place of one.
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
