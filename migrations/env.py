"""Alembic's entry: runs migrations on the application's own database, with the models as the truth to compare with."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from lms.core.db import Model, UtcDateTime, db

config = context.config


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Migrations stand on their own: they name SQLAlchemy's types, never ours, which may change later."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


@contextmanager
def tables_made_anew(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by making it anew: meanwhile whatever points at the old one is not held to it.

    That every row still points at one that is there is looked at before the end.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    # Past SQLAlchemy, because inside a transaction SQLite does not listen to this.
    plain = connection.connection.cursor()
    plain.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = plain.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows point at others that are not there: {broken[:10]}")
    finally:
        plain.execute("PRAGMA foreign_keys=ON")
        plain.close()


def run() -> None:
    """Migrate online, in one transaction for each migration, with batch mode so that SQLite can alter tables."""
    with db.engine.connect() as connection, tables_made_anew(connection):
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


assert current_app, "run migrations through the application: flask db upgrade"
run()
