"""The figures of a coverage page, beside one bare aggregate over the same rows."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

import flask_migrate
from sqlalchemy import insert, select, text

from benchmarks import Figure, compare
from lms.app import create_app
from lms.core.db import db
from lms.coverage import queries
from lms.coverage.actions import recount
from lms.coverage.rules import Figures
from lms.records.actions import load_requirements, oblige
from lms.records.models import Award, AwardSource, Qualification
from lms.registry.models import Level, Person, Position, PositionKind, Unit, UnitKind, UnitReach
from lms.settings import Settings

NAME: Final = "coverage"
AIM: Final = 4.0
PROVINCES: Final = 34
COMMUNES: Final = 20
PEOPLE: Final = 20_000
SECOND_POSTS: Final = 1_000
NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY: Final = date(2026, 6, 30)
FLOOR: Final = text(
    """
    SELECT duty.requirement_id, count(DISTINCT duty.person_id), count(DISTINCT award.person_id)
    FROM duty
    JOIN requirement_qualification ON requirement_qualification.version_id = duty.version_id
    JOIN position ON position.id = duty.position_id
    JOIN unit ON unit.id = position.unit_id
    LEFT JOIN award ON award.person_id = duty.person_id
        AND award.qualification_id = requirement_qualification.qualification_id
        AND award.awarded_on <= :day AND (award.revoked_on IS NULL OR award.revoked_on > :day)
    WHERE duty.superseded_at IS NULL AND duty.started_on <= :day AND (duty.ended_on IS NULL OR duty.ended_on >= :day)
        AND (unit.path = :path OR unit.path LIKE :below)
    GROUP BY duty.requirement_id
    """
)


def measure() -> Iterator[Figure]:
    """The country and one province: ours gives the total, every unit below and every group; the floor the total."""
    with tempfile.TemporaryDirectory(prefix="bench-coverage-") as folder:
        settings = Settings.from_environ({"LMS_ENVIRONMENT": "test", "LMS_INSTANCE": folder})
        app = create_app(settings)
        with app.app_context():
            fill()
            for code, name in (("vn", f"country, {PEOPLE:,} people"), ("01", "one province")):
                unit = queries.unit_by_code(code)
                assert unit is not None
                check(unit)
                times = compare(ours_of(unit), floor_of(unit), rounds=5, per_round=3)
                yield times.figure(f"coverage, {name}", "one aggregate of the total", AIM)
            db.session.rollback()


def ours_of(unit: Unit) -> Callable[[], object]:
    """What the page, the spreadsheet and the command ask."""
    return lambda: queries.coverage(unit, DAY)


def floor_of(unit: Unit) -> Callable[[], dict[int, Figures]]:
    """The total of each requirement, in plain SQL."""
    values = {"day": DAY.isoformat(), "path": unit.path, "below": f"{unit.path}/%"}
    return lambda: {
        requirement: Figures(obliged, trained)
        for requirement, obliged, trained in db.session.execute(FLOOR, values).tuples()
    }


def check(unit: Unit) -> None:
    """Both sides must tell the same, or the comparison means nothing."""
    parts = queries.coverage(unit, DAY).requirements
    ours = {part.requirement.id: part.total for part in parts if part.total.obliged}
    assert ours == floor_of(unit)(), (ours, floor_of(unit)())


def fill() -> None:
    """Two levels of units; people with one post or two; two thirds of them trained, some too late, some revoked."""
    flask_migrate.upgrade()
    load_requirements(NOW)
    country = add_unit("vn", Level.CENTRAL, UnitKind.COUNTRY, None)
    provinces = [add_unit(f"{number:02}", Level.PROVINCE, UnitKind.TINH, country) for number in range(1, PROVINCES + 1)]
    communes = [
        add_unit(f"{province.code}{number:03}", Level.COMMUNE, UnitKind.XA, province)
        for province in provinces
        for number in range(COMMUNES)
    ]
    names = {
        "full_name": "Nguyễn Thị Hà",
        "sort_key": "ha",
        "search_key": "nguyen thi ha",
        "match_key": "nguyễn thị hà",
    }
    db.session.execute(insert(Person), [{**names, "created_at": NOW} for _ in range(PEOPLE)])
    people = db.session.scalars(select(Person.id).order_by(Person.id)).all()
    places = itertools.cycle(communes)
    db.session.execute(
        insert(Position),
        [
            {
                "person_id": person,
                "kind": PositionKind.OFFICIAL,
                "level": Level.COMMUNE,
                "title": "Cán bộ phụ trách OCOP",
                "workplace": "Phòng Kinh tế",
                "workplace_key": f"{number}",
                "unit_id": next(places).id,
                "started_on": date(2024, 1, 1) + timedelta(number % 1000),
            }
            for number, person in enumerate([*people, *people[:SECOND_POSTS]])
        ],
    )
    oblige(db.session.scalars(select(Position.id)).all(), at=NOW)
    qualification_id = db.session.scalars(
        select(Qualification.id).where(Qualification.code == "programme-management")
    ).one()
    db.session.execute(
        insert(Award),
        [
            {
                "person_id": person,
                "qualification_id": qualification_id,
                "awarded_on": date(2025, 1, 1) + timedelta(person % 700),
                "source": AwardSource.PAPER_RECORD,
                "source_reference": f"bench/{person}",
                "title": "Chu trình OCOP sáu bước",
                "entered_at": NOW,
                "revoked_on": date(2026, 6, 1) if person % 50 == 0 and person % 700 < 500 else None,
                "revoke_reason": "Ghi nhầm" if person % 50 == 0 and person % 700 < 500 else None,
                "revoked_at": NOW if person % 50 == 0 and person % 700 < 500 else None,
            }
            for person in people
            if person % 3
        ],
    )
    # The awards came in past the product: what is kept is brought in line with them.
    recount(is_repairing=True)
    db.session.commit()


def add_unit(code: str, level: Level, kind: UnitKind, parent: Unit | None) -> Unit:
    """A unit of today's tree."""
    unit = Unit(
        code_list="vn-2025",
        code=code,
        level=level,
        kind=kind,
        name=code,
        match_key=code,
        search_key=code,
        parent_id=parent.id if parent is not None else None,
        path=f"{parent.path}/{code}" if parent is not None else code,
        valid_from=date(2025, 7, 1),
    )
    db.session.add(unit)
    db.session.flush()
    above = db.session.scalars(select(UnitReach.within_id).where(UnitReach.unit_id == unit.parent_id)).all()
    db.session.add_all(UnitReach(unit_id=unit.id, within_id=within_id) for within_id in (unit.id, *above))
    db.session.flush()
    return unit
