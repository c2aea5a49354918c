"""Alembic's entry: runs migrations on the application's own database, with the models as the truth to compare with."""

from alembic import context
from flask import current_app

from lms.core.db import Model, UtcDateTime, db

config = context.config


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Migrations stand on their own: they name SQLAlchemy's types, never ours, which may change later."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Migrate online, in one transaction for each migration, with batch mode so that SQLite can alter tables."""
    with db.engine.connect() as connection:
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
