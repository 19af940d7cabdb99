"""One module for each revision, as Alembic reads them. There is no way back but a backup."""
