"""Coverage over time: the curve of a unit, the pace of the last months, who is due next, where classes are filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, tuple_, union
from sqlalchemy.orm import aliased, joinedload

from lms.core.db import db
from lms.coverage.queries import kept
from lms.coverage.queries.facts import CUT_LEVELS
from lms.coverage.queries.figures import Coverage
from lms.coverage.queries.identity import Identity
from lms.coverage.queries.people import has_attained, lies_in
from lms.coverage.rules import Figures
from lms.coverage.rules.classes import ClassPlan, Community, class_plan
from lms.coverage.rules.pace import Pace, month_ends, months_before, pace_between
from lms.coverage.rules.shares import ALL
from lms.records.models import Duty, Requirement
from lms.records.queries import duty_stands
from lms.registry.models import Excuse, Level, Person, Position, Unit, UnitReach
from lms.registry.queries import settled_in

SINCE: Final = date(2018, 1, 31)
"""The month with which curves begin: the programme's first year."""
PACES: Final = (3, 12)
"""Over how many months the pace is looked at."""
DUE_PAGE: Final = 50
Point = tuple[date, Figures]


@dataclass(frozen=True)
class Progress:
    """How the figures of a unit came to be what they are."""

    points: Sequence[Point]
    """The ends of months, ascending; the last one is the day asked for."""
    paces: Sequence[Pace]
    """Over the last PACES months."""

    @property
    def now(self) -> Figures:
        """On the day asked for."""
        return self.points[-1][1]


def progress(unit: Unit, requirement: Requirement, key: str, day: date) -> Progress:
    """The curve of one line of a unit since 2018, and its pace. A fixed number of statements."""
    start = max(SINCE, min(version.effective_from for version in requirement.versions))
    first = min(start, day)
    is_mixed = key != ALL and unit.level not in CUT_LEVELS

    def figures_on(days: Sequence[date]) -> list[Figures]:
        return kept.curve(requirement.id, unit.id, key, days, is_mixed=is_mixed)

    days = month_ends(first, day)
    figures = figures_on(days)
    before = [figures_on([months_before(day, months)])[0] for months in PACES]
    paces = [pace_between(then, figures[-1], months) for months, then in zip(PACES, before, strict=True)]
    return Progress(list(zip(days, figures, strict=True)), paces)


# Where classes can be filled


def classes_of(found: Coverage) -> ClassPlan:
    """Where classes can be filled among the communes that a coverage of one requirement has lines of. One statement."""
    lines = [line for part in found.detailed for line in part.by_unit if line.unit is not None]
    districts = _former_districts([line.unit.id for line in lines if line.unit is not None])
    return class_plan(
        Community(line.code, districts.get(line.unit.id), line.figures.outstanding)
        for line in lines
        if line.unit is not None and line.unit.level is Level.COMMUNE
    )


def _former_districts(unit_ids: Sequence[int]) -> dict[int, str]:
    """The district that once held each commune, by its code; none where it was formed of parts of several."""
    district = aliased(Unit)
    rows = db.session.execute(
        select(UnitReach.unit_id, func.min(district.path))
        .join(district, and_(district.id == UnitReach.within_id, district.level == Level.DISTRICT))
        .where(UnitReach.unit_id.in_(unit_ids), district.extent_of_id.is_(None))
        .group_by(UnitReach.unit_id)
    )
    return {row[0]: row[1] for row in rows}


def district_names(plan: ClassPlan) -> dict[str, Unit]:
    """The former districts of the communes that fill classes together, by path. One statement."""
    paths = {one.neighbourhood for group in plan.together for one in group.communities if one.neighbourhood}
    return {unit.path: unit for unit in db.session.scalars(select(Unit).where(Unit.path.in_(paths)))} if paths else {}


# Who is due next


@dataclass(frozen=True)
class Due:
    """Somebody outstanding, with the duty that is due first."""

    person: Person
    duty: Duty


@dataclass(frozen=True)
class DuePage:
    """Some of the outstanding in the order in which they are due, and where the next page begins."""

    people: Sequence[Due]
    after: int | None = None
    """Id of the duty to go on from; None on the last page."""


def due_next(
    unit: Unit, requirement: Requirement, day: date, *, after: int | None = None, limit: int = DUE_PAGE
) -> DuePage:
    """Who in a unit is outstanding, whoever is due first in front, those without a day of their own behind.

    after: id of the duty that the page goes on from. At most four statements, however long the list.
    """
    edge = None
    if after is not None:
        edge = db.session.execute(
            select(Duty.due_on, Duty.started_on, Duty.id).where(
                Duty.id == after, Duty.requirement_id == requirement.id, lies_in(unit, Duty)
            )
        ).one_or_none()
    due = _due_in_country if unit.level is Level.CENTRAL else _due_in_unit
    found = due(unit, requirement, day, edge, limit + 1)
    shown = found[:limit]
    return DuePage(_described(shown), shown[-1] if len(found) > limit else None)


def _due_in_country(unit: Unit, requirement: Requirement, day: date, edge: Any, limit: int) -> list[int]:
    """Duty by duty in the order of an index, so that a page looks at few more than it shows."""
    who = Identity()
    every: Any = select(Duty.id).select_from(Duty)
    owed = who.joined(every).where(
        Duty.requirement_id == requirement.id, *duty_stands(day), *_owes(unit, requirement, day, who)
    )
    found: list[int] = []
    if edge is None or edge.due_on is not None:
        first = owed.where(Duty.due_on.is_not(None))
        if edge is not None:
            place = tuple_(literal(edge.due_on), literal(edge.started_on), literal(edge.id))
            first = first.where(tuple_(Duty.due_on, Duty.started_on, Duty.id) > place)
        found = list(db.session.scalars(first.order_by(Duty.due_on, Duty.started_on, Duty.id).limit(limit)))
    if len(found) < limit:
        rest = owed.where(Duty.due_on.is_(None))
        if edge is not None and edge.due_on is None:
            rest = rest.where(tuple_(Duty.started_on, Duty.id) > tuple_(literal(edge.started_on), literal(edge.id)))
        found += db.session.scalars(rest.order_by(Duty.started_on, Duty.id).limit(limit - len(found)))
    return found


def _due_in_unit(unit: Unit, requirement: Requirement, day: date, edge: Any, limit: int) -> list[int]:
    """From the duties that count in the unit, found by where they lie, whatever the size of the country."""
    who = Identity()
    reach = select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)
    # Nothing more is asked of the second: it is to be found by its posts and by nothing else.
    inside = union(
        select(Duty.id).where(Duty.unit_id.in_(reach), Duty.requirement_id == requirement.id),
        select(Duty.id).where(Duty.position_id.in_(settled_in(unit))),
    ).cte("inside")
    every: Any = select(Duty.id).select_from(inside).join(Duty, Duty.id == inside.c.id)
    due = func.coalesce(Duty.due_on, literal(date.max))
    # Plus nothing: so that no database goes in by the requirement, which has as many duties as the country has people.
    is_asked = Duty.requirement_id + 0 == requirement.id
    owed = who.joined(every).where(is_asked, *duty_stands(day), *_owes(unit, requirement, day, who))
    if edge is not None:
        place = tuple_(literal(edge.due_on or date.max), literal(edge.started_on), literal(edge.id))
        owed = owed.where(tuple_(due, Duty.started_on, Duty.id) > place)
    return list(db.session.scalars(owed.order_by(due, Duty.started_on, Duty.id).limit(limit)))


def _owes(unit: Unit, requirement: Requirement, day: date, who: Identity) -> list[ColumnElement[bool]]:
    """Whether rows of Duty are, of everyone outstanding in a unit, the duty that is due first."""
    return [
        ~who.is_excused(day),
        ~has_attained(requirement, who.one, day),
        ~_has_earlier(unit, requirement, day, who),
    ]


def _has_earlier(unit: Unit, requirement: Requirement, day: date, who: Identity) -> ColumnElement[bool]:
    """Whether the same person has another duty there that is due before: everybody stands in the list once."""
    other = aliased(Duty)
    never = literal(date.max)
    due, other_due = func.coalesce(Duty.due_on, never), func.coalesce(other.due_on, never)
    is_pardoned = (
        exists()
        .where(
            who.holds(Excuse.person_id),
            Excuse.position_id == other.position_id,
            Excuse.withdrawn_at.is_(None),
            Excuse.started_on <= day,
            or_(Excuse.ended_on.is_(None), Excuse.ended_on >= day),
        )
        .correlate_except(Excuse)
    )
    is_earlier = or_(
        other_due < due,
        and_(other_due == due, other.started_on < Duty.started_on),
        and_(other_due == due, other.started_on == Duty.started_on, other.id < Duty.id),
    )
    return (
        exists()
        .where(
            who.holds(other.person_id),
            other.requirement_id == requirement.id,
            other.superseded_at.is_(None),
            other.started_on <= day,
            or_(other.ended_on.is_(None), other.ended_on >= day),
            lies_in(unit, other),
            is_earlier,
            ~is_pardoned,
        )
        .correlate_except(other)
    )


def _described(duty_ids: Sequence[int]) -> list[Due]:
    duties = {
        duty.id: duty
        for duty in db.session.scalars(
            select(Duty)
            .where(Duty.id.in_(duty_ids))
            .options(
                joinedload(Duty.person),
                joinedload(Duty.position).options(joinedload(Position.unit), joinedload(Position.organisation)),
            )
        )
    }
    people = _counting([duty.person for duty in duties.values()])
    return [Due(people[duties[one].person_id], duties[one]) for one in duty_ids]


def _counting(people: Sequence[Person]) -> dict[int, Person]:
    """Those under whose names people count, by the id of whoever holds the duty."""
    merged = {person.merged_into_id for person in people if person.merged_into_id is not None}
    into = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(merged)))} if merged else {}
    return {
        person.id: into[person.merged_into_id] if person.merged_into_id is not None else person for person in people
    }
