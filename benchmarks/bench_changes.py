"""One award or one change of a post entered, with every figure right when it is confirmed, beside a bare insert."""

import itertools
import secrets
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from flask import Flask
from sqlalchemy import func, insert, select

from benchmarks import ENGINE_NAMES, Figure, Options, compare
from benchmarks.country.installation import check, country, running, samples
from lms.core.clock import now, today
from lms.core.db import db
from lms.records import actions as records
from lms.records.models import Award, AwardSource, Qualification
from lms.records.queries import qualification_by_code
from lms.registry.actions.positions import end_position
from lms.registry.models import Person, Position

NAME: Final = "changes"
AIM: Final = 2.5
FLOOR: Final = "a bare insert, committed"
ROUNDS: Final = 7
EACH: Final = 20
LONG_AGO: Final = date(2019, 8, 15)
IDLE: Final = "bench"
"""A qualification that nothing asks for: what the floor inserts changes no figure."""


def measure(options: Options) -> Iterator[Figure]:
    """On the clock, with the disk's own time in it: nobody is told that a change is entered before it is safe."""
    made = country(options.people, options.data)
    for engine in options.engines:
        with running(made, engine) as app:
            with app.app_context():
                check(samples())
                db.session.remove()
            floor = _bare_insert(app)
            for name, ours in (
                ("an award of today", _award(app, today())),
                ("an award of 2019", _award(app, LONG_AGO)),
                ("a post ended today", _ended_post(app, today())),
                ("a post ended in 2019", _ended_post(app, LONG_AGO)),
            ):
                times = compare(ours, floor, rounds=ROUNDS, per_round=EACH)
                yield times.on_the_clock(f"{name}, {ENGINE_NAMES[engine]}", FLOOR, AIM)
                yield times.figure(f"{name}, {ENGINE_NAMES[engine]}, this process", FLOOR)
            with app.app_context():
                check(samples())
                db.session.remove()


def _award(app: Flask, day: date) -> Callable[[], None]:
    """A call enters one award, each time of another person."""
    with app.app_context():
        people = itertools.cycle(_spread(Person.id, Person.merged_into_id.is_(None)))
        qualifications = itertools.cycle(("programme-management", "production-business", "food-safety"))
        db.session.remove()

    def enter() -> None:
        with app.app_context():
            qualification = qualification_by_code(next(qualifications))
            assert qualification is not None
            records.award(
                db.session.get_one(Person, next(people)),
                qualification,
                awarded_on=day,
                source=AwardSource.COURSE,
                source_reference=f"bench/{secrets.token_hex(8)}",
                title="Chu trình OCOP sáu bước",
                hours=16,
                by=None,
                at=now(),
            )
            db.session.commit()
            db.session.remove()

    return enter


def _ended_post(app: Flask, day: date) -> Callable[[], None]:
    """A call says of one post that it ended on a day."""
    with app.app_context():
        posts = iter(_spread(Position.id, Position.ended_on.is_(None), Position.started_on < LONG_AGO))
        db.session.remove()

    def enter() -> None:
        with app.app_context():
            end_position(db.session.get_one(Position, next(posts)), day, by=None, at=now())
            db.session.commit()
            db.session.remove()

    return enter


def _spread(ids: Any, *conditions: Any) -> list[int]:
    """Ids from all over a table, enough for all rounds, in no order."""
    wanted = (ROUNDS + 1) * EACH
    count = db.session.scalar(select(func.count(ids)).where(*conditions)) or 0
    found = db.session.scalars(
        select(ids).where(*conditions, ids % max(count // wanted // 2, 1) == 0).limit(wanted * 2)
    )
    return [one for _nothing, one in sorted((secrets.token_hex(4), one) for one in found)]


def _bare_insert(app: Flask) -> Callable[[], None]:
    """A call writes one row into the same table, of a person picked in the same way, and commits."""
    with app.app_context():
        qualification = qualification_by_code(IDLE)
        if qualification is None:
            qualification = Qualification(code=IDLE, name="Đo tốc độ", name_en="Measuring")
            db.session.add(qualification)
            db.session.commit()
        values = {
            "qualification_id": qualification.id,
            "awarded_on": today(),
            "source": AwardSource.COURSE,
            "title": "Chu trình OCOP sáu bước",
            "hours": 16,
            "entered_at": now(),
        }
        people = itertools.cycle(_spread(Person.id, Person.merged_into_id.is_(None)))
        engine = db.engine
        db.session.remove()
    row = insert(Award.__table__)  # type: ignore[arg-type]

    def write() -> None:
        with engine.begin() as connection:
            reference = f"bench/{secrets.token_hex(8)}"
            connection.execute(row, {**values, "person_id": next(people), "source_reference": reference})

    return write
