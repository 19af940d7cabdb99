"""The tables, and an engine that makes every commit durable."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import JSON, Connection, Engine, LargeBinary, String, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker


class Base(DeclarativeBase):
    """All tables."""


class Profile(Base):
    """The version that stands."""

    __tablename__ = "profile"

    tenant_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    etag: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class Remembered(Base):
    """The answer to a PUT, for whoever repeats it."""

    __tablename__ = "remembered"

    tenant_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    request_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    etag: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[float] = mapped_column(index=True)


class Audit(Base):
    """One update."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    user: Mapped[str]
    at: Mapped[float]
    old_etag: Mapped[str]
    new_etag: Mapped[str]
    old: Mapped[dict[str, Any]] = mapped_column(JSON)
    new: Mapped[dict[str, Any]] = mapped_column(JSON)


def open_engine(path: str) -> Engine:
    """SQLite as its manual and SQLAlchemy's advise for several threads that write."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30}, pool_size=40, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's pages on pysqlite: BEGIN is ours
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    Base.metadata.create_all(engine)
    return engine


def begin_immediate(engine: Engine) -> Engine:
    """The same engine for those who write: they take the lock before they read."""
    writing = engine.execution_options(immediate=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return writing


def sessions(engine: Engine) -> tuple[sessionmaker[Any], sessionmaker[Any]]:
    """Sessions to read and sessions to write with."""
    writing = begin_immediate(engine)
    return sessionmaker(engine, expire_on_commit=False), sessionmaker(writing, expire_on_commit=False)
