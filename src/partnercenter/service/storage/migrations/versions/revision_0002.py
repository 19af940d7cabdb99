"""The audit of each tenant becomes a chain of hashes."""

from __future__ import annotations

from alembic import op

from partnercenter.service.storage.migrations.alembic_scripts import run_script
from partnercenter.service.storage.migrations.chain_hashes import chain_all

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """The entries that are there get their hashes in the same transaction as the columns for them."""
    run_script(revision)
    chain_all(op.get_bind())
