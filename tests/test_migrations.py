"""The migrations: they build the whole schema from nothing, can be undone, and say the same as the models."""

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import CheckConstraint, Inspector, inspect

from lms.core.db import Model, db

VERSION_TABLE = "alembic_version"


@pytest.fixture
def migrations(empty_app: Flask) -> ScriptDirectory:
    config = current_app.extensions["migrate"].migrate.get_config()
    return ScriptDirectory.from_config(config)


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {VERSION_TABLE}


def named_constraints(inspector: Inspector, table: str) -> list[str | None]:
    return [
        inspector.get_pk_constraint(table)["name"],
        *(constraint["name"] for constraint in inspector.get_unique_constraints(table)),
        *(constraint["name"] for constraint in inspector.get_foreign_keys(table)),
        *(constraint["name"] for constraint in inspector.get_check_constraints(table)),
    ]


def test_they_build_every_table_from_nothing(empty_app):
    assert tables() == set()

    flask_migrate.upgrade()

    assert tables() == set(Model.metadata.tables)


def test_they_can_be_undone_and_done_again(empty_app):
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")
    assert tables() == set()

    flask_migrate.upgrade()

    assert tables() == set(Model.metadata.tables)


def test_each_of_them_can_be_undone_alone(migrations):
    for script in reversed(list(migrations.walk_revisions())):
        flask_migrate.upgrade(revision=script.revision)
        before = tables()
        flask_migrate.downgrade(revision="-1")
        flask_migrate.upgrade(revision=script.revision)
        assert tables() == before, script.revision


def test_there_is_one_newest_version(migrations):
    assert len(migrations.get_heads()) == 1


def test_they_say_the_same_as_the_models(empty_app):
    flask_migrate.upgrade()

    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata)

    assert differences == []


def test_they_have_the_same_checks_as_the_models(empty_app):
    # Alembic's comparison does not look at check constraints.
    flask_migrate.upgrade()
    inspector = inspect(db.engine)

    for name in tables():
        constraints = Model.metadata.tables[name].constraints
        wanted = {str(item.name) for item in constraints if isinstance(item, CheckConstraint)}
        found = {item["name"] for item in inspector.get_check_constraints(name)}
        assert found == wanted, name


def test_every_constraint_has_a_name(empty_app):
    flask_migrate.upgrade()
    inspector = inspect(db.engine)

    unnamed = [name for name in tables() if None in named_constraints(inspector, name)]

    assert unnamed == []
