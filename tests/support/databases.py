"""A fresh, migrated database for each test: migrated once, then copied."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

import flask_migrate
import psycopg
from flask import Flask
from psycopg import sql

from lms.core.db import db
from lms.settings import Settings
from tests.support.realservers import scratch_folder

DEFAULTS: Final[dict[str, Any]] = {
    "environment": "test",
    "base_url": "http://localhost",
    "host": "127.0.0.1",
    "port": 8000,
    "threads": 4,
    "works_jobs": False,
    "trusted_proxies": 0,
    "max_upload_bytes": 20 * 1024 * 1024,
    "issuer_name": "Văn phòng Điều phối nông thôn mới Trung ương",
    "secret_key": b"a key that only the tests use, 32+",
    "identity_key": b"another key that only tests use 32",
}


def settings(database_url: str, instance_path: Path, **changes: Any) -> Settings:
    """Settings for a test; `changes` names those that the test is about."""
    values = {**DEFAULTS, "database_url": database_url, "instance_path": instance_path, **changes}
    known = {field.name for field in fields(Settings)}
    if unknown := values.keys() - known:
        raise TypeError(f"Settings has no {', '.join(sorted(unknown))}")
    return Settings(**values)


def application(database_url: str, instance_path: Path, **changes: Any) -> Flask:
    """The application on a database, with a test's settings."""
    # Imported late: a test of pure rules starts without the whole application.
    from lms.app import create_app

    return create_app(settings(database_url, instance_path, **changes))


def migrate(database_url: str, instance_path: Path) -> None:
    """Give a database every table, by the migrations alone."""
    with _at_work(database_url, instance_path):
        flask_migrate.upgrade()


def load_official_units(database_url: str, instance_path: Path) -> None:
    """Give a migrated database the official units and their history."""
    with _at_work(database_url, instance_path):
        # Imported late, as above.
        from lms.registry.actions import load_units

        load_units(datetime(2026, 11, 23, tzinfo=UTC))
        db.session.commit()


@contextmanager
def _at_work(database_url: str, instance_path: Path) -> Iterator[None]:
    with application(database_url, instance_path).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


class Engine(Protocol):
    """A kind of database that hands out fresh copies."""

    def fresh(self, *, empty: bool = False, with_units: bool = False) -> Any:
        """A context manager that gives the address of a new database and removes it afterwards.

        empty: without tables, for tests of the migrations themselves. with_units: with the official units, which are
        loaded once for all tests.
        """


class Sqlite:
    """SQLite files, copied from one that was migrated."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite"
        self._numbers = itertools.count(1)
        migrate(f"sqlite:///{self._template}", folder / "instance")

    @cached_property
    def _template_with_units(self) -> Path:
        path = self._folder / "units.sqlite"
        shutil.copyfile(self._template, path)
        load_official_units(f"sqlite:///{path}", self._folder / "instance")
        return path

    @contextmanager
    def fresh(self, *, empty: bool = False, with_units: bool = False) -> Iterator[str]:
        """See Engine.fresh."""
        path = self._folder / f"test{next(self._numbers)}.sqlite"
        if not empty:
            shutil.copyfile(self._template_with_units if with_units else self._template, path)
        try:
            yield f"sqlite:///{path}"
        finally:
            for leftover in self._folder.glob(f"{path.name}*"):
                leftover.unlink()


class Postgres:
    """Databases of one PostgreSQL server, cloned from one that was migrated."""

    def __init__(self, socket_folder: Path, instance_path: Path) -> None:
        self._socket_folder = socket_folder
        self._instance_path = instance_path
        self._numbers = itertools.count(1)
        self._run("CREATE DATABASE {}", "lms_template")
        migrate(self._address("lms_template"), instance_path)

    @cached_property
    def _template_with_units(self) -> str:
        self._run("CREATE DATABASE {} TEMPLATE {}", "lms_units", "lms_template")
        load_official_units(self._address("lms_units"), self._instance_path)
        return "lms_units"

    @contextmanager
    def fresh(self, *, empty: bool = False, with_units: bool = False) -> Iterator[str]:
        """See Engine.fresh."""
        name = f"lms_test{next(self._numbers)}"
        template = self._template_with_units if with_units else "lms_template"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, "template0" if empty else template)
        try:
            yield self._address(name)
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _address(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._socket_folder}"

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(
            host=os.fspath(self._socket_folder), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """A folder for as long as the block lasts, in memory where there is room: every commit syncs."""
    folder = scratch_folder(prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
