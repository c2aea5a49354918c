"""One award entered and committed, beside a bare insert that keeps two counters up to date in the same transaction."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import flask_migrate
from flask import Flask
from sqlalchemy import create_engine, event, insert, select, text

from benchmarks import Figure, compare
from lms.app import create_app
from lms.core.db import db
from lms.records import actions
from lms.records.models import AwardSource, Qualification
from lms.records.signals import award_made, awards_changed
from lms.registry.models import Person
from lms.settings import Settings

NAME: Final = "award"
AIM: Final = 2.5
PEOPLE: Final = 1000
NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def measure() -> Iterator[Figure]:
    """CPU time, and time on the clock with the disk's own in it: an award is on the disk before anyone is told."""
    with tempfile.TemporaryDirectory(prefix="bench-award-", dir=".") as folder:
        with award_made.muted(), awards_changed.muted():
            times = compare(ours_in(Path(folder)), floor_in(Path(folder)))
        floor_name = "a row and two counters, SQLite FULL"
        yield Figure("one award, on the clock", "ms", times.ours_wall_ms, times.floor_wall_ms, floor_name, AIM)
        yield times.figure("one award, CPU", floor_name)


def ours_in(folder: Path) -> Callable[[], None]:
    """A call is one award with its audit row, on the disk.

    What follows from it, the certificate and the kept figures of coverage, is left out.
    """
    app = create_app(Settings.from_environ({"LMS_ENVIRONMENT": "test", "LMS_INSTANCE": str(folder / "instance")}))
    people, qualification = prepare(app)
    numbers = itertools.count(1)

    def award() -> None:
        number = next(numbers)
        with app.app_context():
            actions.award(
                people[number % PEOPLE],
                qualification,
                awarded_on=date(2026, 11, 20),
                source=AwardSource.COURSE,
                source_reference=f"enrolment/{number}",
                title="Chu trình OCOP sáu bước",
                hours=16,
                by=None,
                at=NOW,
            )
            db.session.commit()

    return award


def prepare(app: Flask) -> tuple[list[Person], Qualification]:
    """The tables, the requirements, and people; whoever enters an award has found the person already."""
    with app.app_context():
        flask_migrate.upgrade()
        actions.load_requirements(NOW)
        names = {
            "full_name": "Nguyễn Thị Hà",
            "sort_key": "ha",
            "search_key": "nguyen thi ha",
            "match_key": "nguyễn thị hà",
        }
        db.session.execute(insert(Person), [{**names, "created_at": NOW} for _ in range(PEOPLE)])
        db.session.commit()
        people = list(db.session.scalars(select(Person)))
        qualification = db.session.scalars(select(Qualification).limit(1)).one()
        db.session.expunge_all()
        return people, qualification


def floor_in(folder: Path) -> Callable[[], None]:
    """The least that does it: one row, one counter of the person's unit and one of the country."""
    engine = create_engine(f"sqlite:///{folder / 'floor.sqlite'}")

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _entry: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE award (id INTEGER PRIMARY KEY, person_id INT, qualification_id INT, awarded_on TEXT, t TEXT)",
            "CREATE INDEX award_person ON award (person_id, qualification_id, awarded_on)",
            "CREATE TABLE counter (unit_id INTEGER PRIMARY KEY, trained INT)",
        ):
            connection.execute(text(statement))
        connection.execute(text("INSERT INTO counter VALUES (:u, 0)"), [{"u": number} for number in range(PEOPLE)])
    row = text("INSERT INTO award (person_id, qualification_id, awarded_on, t) VALUES (:p, 1, '2026-11-20', :t)")
    count = text("UPDATE counter SET trained = trained + 1 WHERE unit_id = :u")
    numbers = itertools.count(1)

    def award() -> None:
        number = next(numbers)
        with engine.begin() as connection:
            connection.execute(row, {"p": number % PEOPLE, "t": "Chu trình OCOP sáu bước"})
            connection.execute(count, {"u": number % PEOPLE})
            connection.execute(count, {"u": 0})

    return award
