"""The country as an installation on each database: found where it was made before, else made."""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import flask_migrate
import psycopg
from flask import Flask
from sqlalchemy import select

from benchmarks.country.land import settle_land, survey
from benchmarks.country.lives import FIRST_DAY, LAST_DAY
from benchmarks.country.loading import gather_figures, load_duckdb, load_postgresql, load_sqlite
from benchmarks.country.making import Making, make_parts
from lms.app import create_app
from lms.core.db import db
from lms.coverage.queries import direct, kept
from lms.coverage.queries.facts import CUT_LEVELS
from lms.coverage.rules import Figures
from lms.coverage.rules.keys import CUTS
from lms.coverage.rules.shares import ALL
from lms.coverage.words import CUT_LABELS
from lms.records.queries import requirements
from lms.registry.models import Level, Unit
from lms.settings import PROJECT, Settings
from tests.support.realservers import FAST_AND_FORGETFUL, postgres

SEED: Final = 2018
ENGINES: Final = ("sqlite", "postgresql")
BEGINNING: Final = datetime.combine(FIRST_DAY, datetime.min.time(), tzinfo=UTC)
MEMORY: Final = {"shared_buffers": "1GB", "work_mem": "64MB", "max_wal_size": "4GB"}
HASTY: Final = {**FAST_AND_FORGETFUL, **MEMORY}
DURABLE: Final = {"listen_addresses": "", **MEMORY}
"""As a server for an office of this size is set up; every commit is on the disk before it is confirmed."""
DATABASE: Final = "country"
CHECKED_DAYS: Final = (date(2019, 8, 15), date(2023, 7, 1), date(2025, 6, 30), LAST_DAY)


@dataclass(frozen=True)
class Country:
    """A made country: a folder with an installation and its databases."""

    folder: Path
    people: int

    @property
    def instance(self) -> Path:
        """The installation on SQLite; its keys serve PostgreSQL too."""
        return self.folder / "instance"

    @property
    def sqlite(self) -> Path:
        return self.instance / "lms.sqlite"

    @property
    def postgresql(self) -> Path:
        """The server's data."""
        return self.folder / "postgresql"

    @property
    def duckdb(self) -> Path:
        return self.folder / "facts.duckdb"


def country(people: int, data: Path, seed: int = SEED) -> Country:
    """The country of this size in a folder: made there if it is not there yet, which takes
    minutes for a million."""
    made = Country(data / f"country-{people}-{seed}-{_digest()}", people)
    if not made.folder.exists():
        data.mkdir(parents=True, exist_ok=True)
        unfinished = Country(made.folder.with_suffix(".unfinished"), people)
        shutil.rmtree(unfinished.folder, ignore_errors=True)
        _make(unfinished, seed)
        os.sync()  # PostgreSQL was told not to wait for the disk
        unfinished.folder.rename(made.folder)
    return made


def _digest() -> str:
    """Of everything that decides what is made, but for the rules: those `check` holds it to."""
    told = hashlib.sha256()
    for folder, pattern in (
        ("migrations/versions", "*.py"),
        ("lms/registry/data", "*.csv"),
        ("benchmarks/country", "*.py"),
    ):
        for path in sorted((PROJECT / folder).glob(pattern)):
            told.update(path.read_bytes())
    return told.hexdigest()[:8]


def _make(unmade: Country, seed: int) -> None:
    parts = unmade.folder / "parts"
    parts.mkdir(parents=True)
    say = _Said()
    with _application(unmade, f"sqlite:///{unmade.sqlite}").app_context():
        flask_migrate.upgrade()
        settle_land(BEGINNING)
        db.session.commit()
        land = survey()
        _let_go()
    say("units and requirements")
    for done in make_parts(Making(land, seed, parts, str(unmade.instance)), unmade.people):
        say(f"{done:,} of {unmade.people:,} people")
    gather_figures(parts)
    say("figures added up")
    for table in load_sqlite(unmade.sqlite, parts):
        say(f"SQLite: {table}")
    with postgres(unmade.postgresql, HASTY) as socket_folder:
        with psycopg.connect(host=str(socket_folder), user="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        with _application(unmade, _address(socket_folder)).app_context():
            flask_migrate.upgrade()
            settle_land(BEGINNING)
            db.session.commit()
            if survey() != land:
                raise RuntimeError("the two databases number their units or requirements differently")
            _let_go()
        for table in load_postgresql(f"host={socket_folder} user=postgres dbname={DATABASE}", parts):
            say(f"PostgreSQL: {table}")
    load_duckdb(unmade.duckdb, parts, unmade.sqlite)
    say("DuckDB")
    shutil.rmtree(parts)


class _Said:
    """Tells on the error output how far the making has come."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, what: str) -> None:
        print(f"  making the country, {time.monotonic() - self._began:5.0f} s: {what}", file=sys.stderr, flush=True)


@contextmanager
def running(made: Country, engine: str) -> Iterator[Flask]:
    """The application on one of the country's databases, ready for requests."""
    with ExitStack() as stack:
        address = f"sqlite:///{made.sqlite}"
        if engine == "postgresql":
            address = _address(stack.enter_context(postgres(made.postgresql, DURABLE)))
        app = _application(made, address)
        try:
            yield app
        finally:
            with app.app_context():
                _let_go()


@contextmanager
def opened(made: Country, engine: str) -> Iterator[Flask]:
    """The same, with its session at hand: inside its context. A request made in here would share that session."""
    with running(made, engine) as app, app.app_context():
        yield app
        db.session.remove()


def _application(made: Country, address: str) -> Flask:
    return create_app(
        Settings.from_environ({"LMS_ENVIRONMENT": "test", "LMS_INSTANCE": str(made.instance), "DATABASE_URL": address})
    )


def _address(socket_folder: Path) -> str:
    return f"postgresql+psycopg://postgres@/{DATABASE}?host={socket_folder}"


def _let_go() -> None:
    db.session.remove()
    db.engine.dispose()


def check(units: list[Unit]) -> None:
    """The kept figures must be those counted from the facts, or measuring them means nothing."""
    asked = [one.id for one in requirements()]
    for unit in units:
        has_cuts = unit.level in CUT_LEVELS
        keys = [ALL, *(f"{cut}/{line}" for cut, lines in CUT_LABELS.items() for line in lines if has_cuts)]
        for day in CHECKED_DAYS:
            counted = direct.figures(asked, [unit.id], day, cuts=CUTS if has_cuts else ())
            read: dict[Any, Figures] = kept.figures(asked, [unit.id], keys, day)
            wrong = {
                place: (read.get(place, Figures()), counted.get(place, Figures()))
                for place in read.keys() | counted.keys()
                if read.get(place, Figures()) != counted.get(place, Figures())
            }
            if wrong:
                raise RuntimeError(f"kept and counted differ in {unit.path} on {day}: {wrong}; make the country anew")
    db.session.rollback()


def samples() -> list[Unit]:
    """A unit of every kind: the country, provinces of today and before, communes."""
    units = db.session.scalars(select(Unit).order_by(Unit.id)).all()
    provinces = [unit for unit in units if unit.level is Level.PROVINCE]
    communes = [unit for unit in units if unit.level is Level.COMMUNE and unit.valid_to is None]
    return [*(unit for unit in units if unit.level is Level.CENTRAL), *provinces[::24], *communes[::800]]
