"""The driver of PostgreSQL, which is an extra: whoever lacks it is told what to install."""

from __future__ import annotations

from partnercenter.service.storage import StorageUnavailableError

try:
    import psycopg
    from psycopg import pq
except ImportError:
    raise StorageUnavailableError("PostgreSQL needs its driver: pip install 'partnercenter[postgres]'") from None

__all__ = ["pq", "psycopg"]
