"""Coverage pages of a whole country, beside the best query by hand over monthly checkpoints plus the sign-in page."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from benchmarks import Figure, Options, compare
from benchmarks.checkpoints import checkpoints, figures
from benchmarks.country.installation import check, country, running, samples
from benchmarks.pages import Visit, administrator, visits
from lms.core.db import db
from lms.coverage import queries
from lms.coverage.rules import Figures
from lms.coverage.rules.shares import ALL
from lms.records.models import Requirement
from lms.registry.models import Level, Unit

NAME: Final = "coverage"
AIM: Final = 2.0
FLOOR: Final = "checkpoint query + sign-in page"
THEN: Final = date(2019, 8, 15)
LATELY: Final = date(2026, 11, 20)
"""As good as today: days have passed in its month."""
PROVINCES: Final = 5
COMMUNES: Final = 20
CASES: Final = (
    ("the country", Level.CENTRAL, LATELY, ALL),
    ("a province", Level.PROVINCE, LATELY, ALL),
    ("a commune", Level.COMMUNE, LATELY, ALL),
    ("the country in 2019", Level.CENTRAL, THEN, ALL),
    ("a province in 2019", Level.PROVINCE, THEN, ALL),
    ("a commune in 2019", Level.COMMUNE, THEN, ALL),
    ("the country, women", Level.CENTRAL, LATELY, "sex/female"),
    ("a province, cooperatives", Level.PROVINCE, LATELY, "group/cooperative"),
    ("a commune, women", Level.COMMUNE, LATELY, "sex/female"),
)
HAS_KEY: Final = "key"


@dataclass(frozen=True)
class Place:
    """A unit that a page is about."""

    id: int
    code: str
    below: Sequence[int]


def measure(options: Options) -> Iterator[Figure]:
    """Each page on each database; pages take turns over several provinces or communes."""
    made = country(options.people, options.data)
    for engine in options.engines:
        with running(made, engine) as app:
            with app.app_context():
                check(samples())
                places = {level: _places(level) for level in (Level.CENTRAL, Level.PROVINCE, Level.COMMUNE)}
                requirement = db.session.scalars(select(Requirement).order_by(Requirement.id).limit(1)).one()
                db.session.remove()
            cookie = administrator(app)
            with checkpoints(app):
                for name, level, day, key in CASES:
                    asked = _Asked(app, requirement, places[level], day, key)
                    asked.check()
                    times = compare(asked.pages(cookie), asked.floor(), rounds=5, per_round=10)
                    yield times.figure_on(engine, name, FLOOR, AIM)


def _places(level: Level) -> list[Place]:
    """Units of today, spread over the country."""
    units = db.session.scalars(
        select(Unit)
        .where(Unit.level == level, Unit.valid_to.is_(None), Unit.extent_of_id.is_(None))
        .order_by(Unit.path)
    ).all()
    wanted = {Level.CENTRAL: 1, Level.PROVINCE: PROVINCES, Level.COMMUNE: COMMUNES}[level]
    return [
        Place(
            unit.id,
            queries.code_of(unit),
            db.session.scalars(select(Unit.id).where(Unit.parent_id == unit.id, Unit.valid_to.is_(None))).all(),
        )
        for unit in units[:: max(len(units) // wanted, 1)][:wanted]
    ]


class _Asked:
    """One question, put to the pages and to the checkpoints."""

    def __init__(self, app: Flask, requirement: Requirement, places: Sequence[Place], day: date, key: str) -> None:
        self._app, self._requirement, self._places, self._day, self._key = app, requirement, places, day, key

    def pages(self, cookie: str) -> Callable[[], bytes]:
        """A call is one page, through WSGI."""
        asked = {"day": self._day.isoformat(), "requirement": self._requirement.code}
        if self._key != ALL:
            asked[HAS_KEY] = self._key
        return visits(
            self._app, [Visit(f"/coverage/units/{place.code}?{urlencode(asked)}", cookie) for place in self._places]
        )

    def floor(self) -> Callable[[], object]:
        """A call is one checkpoint query, and the sign-in page."""
        sign_in = visits(self._app, [Visit("/sign-in")])
        places = itertools.cycle(self._places)

        def ask() -> None:
            with self._app.app_context():
                self._by_hand(next(places))
                db.session.remove()
            sign_in()

        return ask

    def _by_hand(self, place: Place) -> dict[tuple[int, int, str], Figures]:
        db.session.connection(execution_options={"lms_reads_only": True})
        return figures(self._requirement.id, place.id, place.below, self._day, self._key)

    def check(self) -> None:
        """The checkpoints must say what the pages say, or the comparison means nothing."""
        with self._app.app_context():
            for place in self._places[:3]:
                by_hand = self._by_hand(place)
                unit = db.session.get_one(Unit, place.id)
                found = queries.coverage(unit, self._day, of=[self._requirement.code], key=self._key)
                for part in found.requirements:
                    kept = by_hand.get((part.requirement.id, place.id, self._key), Figures())
                    if unit.level is not Level.COMMUNE or self._key == ALL:
                        assert part.total == kept, (unit.path, part.total, kept)
                db.session.remove()
