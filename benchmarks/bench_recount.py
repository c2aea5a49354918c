"""Counting everything anew from the facts, beside the plain aggregates of each database, and of DuckDB."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import duckdb
from flask import Flask
from sqlalchemy import text

from benchmarks import ENGINE_NAMES, Figure, Options
from benchmarks.aggregates import every_day
from benchmarks.country.installation import Country, country, running
from lms.core.db import db
from lms.coverage import actions

NAME: Final = "recount"
AIM: Final = 1.5
FLOOR: Final = "plain aggregates, every unit, key and day"


def measure(options: Options) -> Iterator[Figure]:
    """Once each, on the clock: `flask coverage recount`, and one SQL statement that sums the same places and days."""
    made = country(options.people, options.data)
    for engine in options.engines:
        with running(made, engine) as app:
            ours = seconds(partial(_recount, app))
            floor = seconds(partial(_aggregate, app, engine))
        name = f"recount, {ENGINE_NAMES[engine]}"
        yield Figure(name, "s", ours, floor, FLOOR, AIM)
        yield Figure(name, "s", ours, seconds(partial(_duckdb, made)), f"{FLOOR}, DuckDB")


def seconds(job: Callable[[], object]) -> float:
    """How long a job takes, on the clock."""
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def _recount(app: Flask) -> None:
    with app.app_context():
        found = actions.recount(is_repairing=False)
        assert found.is_right, found
        db.session.rollback()
        db.session.remove()


def _aggregate(app: Flask, engine: str) -> None:
    with app.app_context():
        db.session.connection(execution_options={"lms_reads_only": True}).execute(text(every_day(engine))).all()
        db.session.remove()


def _duckdb(made: Country) -> None:
    with duckdb.connect(str(made.duckdb), read_only=True) as connection:
        connection.execute(every_day("duckdb")).fetchall()
