"""The profiles, the remembered answers and the audit."""

from __future__ import annotations

from partnercenter.service.storage.migrations.alembic_scripts import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Only an empty database is without this revision."""
    run_script(revision)
