"""Rows in the order in which they are written; the audit may begin after its first entry."""

from __future__ import annotations

from partnercenter.service.storage.migrations.alembic_scripts import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Every row is copied once."""
    run_script(revision)
