"""The database: one base class, one session, and the settings that keep a confirmed write through a power cut."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from flask import Flask, has_request_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, TypeDecorator, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WRITE_LOCK_SECONDS: Final = 15
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Must be aware when stored; comes back aware, in UTC, from both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """Base of every table: named constraints, aware instants."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime()}


def one_of(kind: type[StrEnum], name: str | None = None) -> Enum:
    """A column that holds one of an enum's values, as text, held to it by a check constraint.

    name: of the constraint, where one table has two columns of the kind.
    """
    name = name or "".join("_" + letter.lower() if letter.isupper() else letter for letter in kind.__name__).strip("_")
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


db = SQLAlchemy(metadata=Model.metadata, disable_autonaming=True)
migrate = Migrate()


def init_app(app: Flask) -> None:
    """Attach the database to the application."""
    db.init_app(app)
    migrate.init_app(app, db, directory=os.path.join(app.root_path, "..", "migrations"))
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)


@contextmanager
def reading() -> Iterator[None]:
    """Read the database as it stands at one instant, without keeping anyone from writing; nothing can be written.

    For long reading outside a GET, which reads like this anyway. No transaction may be open when the block begins.
    """
    options: dict[str, Any] = {"lms_reads_only": True}
    if db.engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    db.session.connection(execution_options=options)
    try:
        yield
    finally:
        db.session.rollback()


def _prepare_sqlite(engine: Engine) -> None:
    """WAL with full syncing, enforced foreign keys, and one writer at a time over all threads and processes.

    SQLite before 3.51.3 can corrupt a WAL database when one connection writes while another checkpoints.
    A checkpoint runs inside the commit of a writer, so holding a file lock from BEGIN until the connection
    goes back to the pool keeps the two apart, for the server and for commands run beside it.
    """
    _make_private(engine.url.database)

    @event.listens_for(engine, "connect")
    def on_connect(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={WRITE_LOCK_SECONDS * 1000}",
            "mmap_size=0",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if _only_reads(connection):
            connection.exec_driver_sql("BEGIN")
            return
        _lock_writes(connection)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def on_checkin(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        lock = entry.info.pop("write_lock", None)
        if lock is not None:
            os.close(lock)


def _make_private(path: str | None) -> None:
    """Make a new database file readable for nobody else; SQLite gives what it puts beside it the same mode."""
    if path and path != ":memory:" and os.path.isdir(os.path.dirname(path)):
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _only_reads(connection: Connection) -> bool:
    if connection.get_execution_options().get("lms_reads_only"):
        return True
    return has_request_context() and request.method in SAFE_METHODS


def _lock_writes(connection: Connection) -> None:
    path = connection.engine.url.database
    pooled = connection.connection
    if not path or path == ":memory:" or "write_lock" in pooled.info:
        return
    lock = os.open(f"{path}.write-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + WRITE_LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(lock)
                raise OperationalError("BEGIN IMMEDIATE", {}, TimeoutError("another write takes too long")) from None
            time.sleep(0.005)
        else:
            pooled.info["write_lock"] = lock
            return


Json = dict[str, Any]
