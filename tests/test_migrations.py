"""The migrations: they build the whole schema from nothing, can be undone, and say the same as the models."""

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import CheckConstraint, Inspector, inspect, text

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


ROWS = {
    "unit": {
        "id": 1, "code_list": "vn-2025", "code": "vn", "level": "central", "kind": "country", "name": "Việt Nam",
        "match_key": "việt nam", "path": "vn", "valid_from": "1976-07-02",
    },
    "person": {
        "id": 1, "full_name": "Lò Thị Mây", "sort_key": "x", "search_key": "lo thi may", "match_key": "x",
        "created_at": "2026-01-01 00:00:00+00:00",
    },
    "organisation": {
        "id": 1, "name": "HTX", "match_key": "htx", "kind": "cooperative", "legal_form": "Hợp tác xã", "unit_id": 1,
        "search_key": "htx", "sort_key": "htx",
    },
    "position": {
        "id": 1, "person_id": 1, "kind": "leader", "title": "Giám đốc", "workplace": "HTX", "workplace_key": "htx",
        "unit_id": 1, "organisation_id": 1, "started_on": "2026-01-01",
    },
}  # fmt: skip
"""Rows that point at one another, as they stood when organisations were first more than a name."""


def test_an_installation_with_people_in_it_is_brought_up_to_date_and_back(empty_app):
    """A table that is made anew is pointed at by rows of others."""
    flask_migrate.upgrade(revision="0006")
    for table, row in ROWS.items():
        places = ", ".join(f":{name}" for name in row)
        db.session.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"), row)
    db.session.commit()

    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="0006")
    flask_migrate.upgrade()

    led = text("SELECT organisation.name FROM position JOIN organisation ON organisation.id = position.organisation_id")
    assert db.session.scalars(led).all() == ["HTX"]


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
