"""The one question behind page, spreadsheet and command: who must be trained in a unit as of a day, and who is.

Units are those of today's tree: a country, its provinces, their communes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import contains_eager, joinedload

from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.coverage.rules import Figures
from lms.records.models import Award, Duty, Requirement
from lms.records.queries import award_counts, duty_holds, requirements
from lms.registry.models import Level, Organisation, Person, Position, PositionKind, Unit, UnitKind
from lms.registry.policies import within
from lms.registry.rules.names import place_key
from lms.registry.words import COUNTRY, ORGANISATION_KINDS, unit_name

PART: Final = 500
PAGE_SIZE: Final = 50
GROUPS: Final[dict[PositionKind, Mapping[str, str]]] = {
    PositionKind.OFFICIAL: {
        Level.CENTRAL: _l("Cán bộ cấp trung ương"),
        Level.PROVINCE: _l("Cán bộ cấp tỉnh"),
        Level.DISTRICT: _l("Cán bộ cấp huyện (đến 30/06/2025)"),
        Level.COMMUNE: _l("Cán bộ cấp xã"),
    },
    PositionKind.LEADER: {str(kind): label for kind, label in ORGANISATION_KINDS.items()},
}
OWN_LEVEL: Final = "own"
OWN_LABELS: Final[dict[Level, str]] = {
    Level.CENTRAL: _l("Trung ương"),
    Level.PROVINCE: _l("Cấp tỉnh"),
}
"""People whose post is at the unit itself and in none of those below."""
SELDOM: Final = frozenset({Level.CENTRAL, Level.DISTRICT})
"""Groups that have a line only where somebody is in them."""


@dataclass(frozen=True)
class Line:
    """One line of a cut: a unit below, the unit's own level, or a group."""

    code: str
    """The unit's code, or the group's name in the source: the same for every reader."""
    label: str
    figures: Figures
    unit: Unit | None = None
    """The unit to go on to; None for a group and for people at the unit's own level."""


@dataclass(frozen=True)
class RequirementCoverage:
    """The figures of one requirement, in all and by cut. The lines of a cut may add up to more than the total:
    someone with posts in two communes counts once in each, and once in the province."""

    requirement: Requirement
    total: Figures
    by_unit: Sequence[Line]
    by_group: Sequence[Line]


@dataclass(frozen=True)
class Coverage:
    """The figures of a unit as of a day."""

    unit: Unit
    day: date
    requirements: Sequence[RequirementCoverage]


def unit_by_code(code: str) -> Unit | None:
    """The unit that has this code in today's list, with those above it."""
    return db.session.scalar(
        select(Unit)
        .where(Unit.code == code, Unit.valid_to.is_(None))
        .options(joinedload(Unit.parent).joinedload(Unit.parent))
    )


def units_at(paths: Sequence[str]) -> Sequence[Unit]:
    """The units that have these paths, the highest first."""
    return db.session.scalars(select(Unit).where(Unit.path.in_(paths)).order_by(Unit.path)).all()


def full_name(unit: Unit) -> str:
    """What the figures of a unit are headed by: 'Tỉnh Cao Bằng', 'Cả nước'."""
    return str(COUNTRY) if unit.kind is UnitKind.COUNTRY else unit_name(unit)


def is_inside(unit: Unit) -> ColumnElement[bool]:
    """Whether a row of Unit is the unit or lies below it."""
    return within([unit.path])


def is_trained(day: date) -> ColumnElement[bool]:
    """Whether the person of a row of Duty has what its requirement asks, on the day."""
    return exists().where(
        Award.person_id == Duty.person_id,
        Award.qualification_id == Requirement.qualification_id,
        award_counts(day),
    )


def coverage(unit: Unit, day: date) -> Coverage:
    """The figures of every requirement in a unit as of a day: in all, by the units below, by group.

    Three statements, however many people and units: the requirements, the units below, and all figures in one,
    so that a total and its lines are of the same instant even while awards are being entered.
    """
    asked = requirements()
    below = db.session.scalars(select(Unit).where(Unit.parent_id == unit.id)).all()
    found = _figures(unit, day)
    return Coverage(
        unit,
        day,
        [
            RequirementCoverage(
                requirement,
                found.get(("total", requirement.id, ""), Figures()),
                _unit_lines(unit, below, requirement, found),
                _group_lines(unit, requirement, found),
            )
            for requirement in asked
        ],
    )


Found = dict[tuple[str, int, str], Figures]
"""Figures by cut ('total', 'unit', 'group'), requirement id, and the line's unit id or group."""


def _figures(unit: Unit, day: date) -> Found:
    # A person with several posts has several rows here; each cut below keeps one row of each person.
    line = (
        case((Unit.level == Level.COMMUNE, Unit.parent_id), else_=Unit.id) if unit.level is Level.CENTRAL else Unit.id
    )
    counted = (
        select(
            Duty.requirement_id.label("requirement_id"),
            Duty.person_id.label("person_id"),
            line.label("unit"),
            func.coalesce(type_coerce(Organisation.kind, String), type_coerce(Position.level, String)).label("group"),
            case((is_trained(day), 1), else_=0).label("trained"),
        )
        .select_from(Duty)
        .join(Duty.requirement)
        .join(Duty.position)
        .join(Position.unit)
        .outerjoin(Position.organisation)
        .where(duty_holds(day), is_inside(unit))
        .cte("counted")
    )
    cuts = []
    for cut, key in (("total", literal("")), ("unit", counted.c.unit), ("group", counted.c.group)):
        once = (
            select(counted.c.requirement_id, counted.c.person_id, key.label("line"), counted.c.trained)
            .distinct()
            .subquery()
        )
        cuts.append(
            select(
                literal(cut), once.c.requirement_id, cast(once.c.line, String), func.count(), func.sum(once.c.trained)
            ).group_by(once.c.requirement_id, once.c.line)
        )
    return {
        (cut, requirement_id, key): Figures(obliged, int(trained))
        for cut, requirement_id, key, obliged, trained in db.session.execute(union_all(*cuts))
    }


def _unit_lines(unit: Unit, below: Sequence[Unit], requirement: Requirement, found: Found) -> list[Line]:
    if unit.level is Level.COMMUNE:
        return []
    lines = []
    own = found.get(("unit", requirement.id, str(unit.id)))
    if own is not None:
        lines.append(Line(OWN_LEVEL, OWN_LABELS[unit.level], own))
    for lower in sorted(below, key=lambda lower: place_key(lower.name)):
        figures = found.get(("unit", requirement.id, str(lower.id)), Figures())
        if lower.valid_to is None or figures.obliged:
            lines.append(Line(lower.code, full_name(lower), figures, lower))
    return lines


def _group_lines(unit: Unit, requirement: Requirement, found: Found) -> list[Line]:
    lines = []
    for group, label in GROUPS[requirement.position_kind].items():
        figures = found.get(("group", requirement.id, group), Figures())
        if figures.obliged or group not in SELDOM:
            lines.append(Line(str(group), label, figures))
    return lines


@dataclass(frozen=True)
class Row:
    """One line of the whole as a table shows it: a spreadsheet, the command."""

    requirement: Requirement
    cut: str
    """'total', 'unit' or 'group'."""
    line: Line


def rows(found: Coverage) -> Iterator[Row]:
    """Every line of a coverage in a fixed order: for each requirement the total, the units, the groups."""
    for part in found.requirements:
        yield Row(part.requirement, "total", Line(found.unit.code, full_name(found.unit), part.total))
        for line in part.by_unit:
            yield Row(part.requirement, "unit", line)
        for line in part.by_group:
            yield Row(part.requirement, "group", line)


@dataclass(frozen=True)
class Outstanding:
    """Someone who is obliged and not trained, since when, and the posts in the unit that oblige them."""

    person: Person
    since: date
    posts: Sequence[Position]


@dataclass(frozen=True)
class OutstandingPage:
    """Some of the outstanding people in the order of their names, and where the pages beside it begin."""

    people: Sequence[Outstanding]
    before: int | None = None
    """Id of the person to go back from; None on the first page."""
    after: int | None = None
    """Id of the person to go on from; None on the last page."""


def outstanding(
    unit: Unit,
    requirement: Requirement,
    day: date,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> OutstandingPage:
    """Who in a unit is obliged by a requirement on a day and not trained, by name.

    after, before: id of the person that the page begins after or ends before; a later page costs as the first.
    """
    in_unit = and_(Duty.requirement_id == requirement.id, duty_holds(day), is_inside(unit))
    has_award = exists().where(
        Award.person_id == Person.id, Award.qualification_id == requirement.qualification_id, award_counts(day)
    )
    obliged = select(Duty.person_id).join(Duty.position).join(Position.unit).where(in_unit)
    asked = select(Person).where(Person.id.in_(obliged), ~has_award).limit(limit + 1)
    turns_back = after is None and before is not None
    # Only from somebody of this list: where a stranger's name would stand in it is nobody's business here.
    edge = db.session.scalar(
        select(Person).where(Person.id == (before if turns_back else after), Person.id.in_(obliged))
    )
    here = tuple_(Person.sort_key, Person.id)
    if edge is not None:
        place = tuple_(literal(edge.sort_key), literal(edge.id))
        asked = asked.where(here < place if turns_back else here > place)
    if turns_back:
        asked = asked.order_by(Person.sort_key.desc(), Person.id.desc())
    else:
        asked = asked.order_by(Person.sort_key, Person.id)
    people = list(db.session.scalars(asked))
    has_more = len(people) > limit
    people = people[:limit]
    if turns_back:
        people.reverse()
    duties = db.session.scalars(
        select(Duty)
        .join(Duty.position)
        .join(Position.unit)
        .where(in_unit, Duty.person_id.in_([person.id for person in people]))
        .options(
            contains_eager(Duty.position).options(contains_eager(Position.unit), joinedload(Position.organisation))
        )
        .order_by(Duty.started_on, Duty.id)
    )
    held: dict[int, list[Duty]] = {}
    for duty in duties:
        held.setdefault(duty.person_id, []).append(duty)
    has_earlier = has_more if turns_back else edge is not None
    has_later = edge is not None if turns_back else has_more
    return OutstandingPage(
        [
            Outstanding(person, held[person.id][0].started_on, [duty.position for duty in held[person.id]])
            for person in people
            if person.id in held
        ],
        before=people[0].id if people and has_earlier else None,
        after=people[-1].id if people and has_later else None,
    )


def everyone_outstanding(unit: Unit, requirement: Requirement, day: date) -> Iterator[Outstanding]:
    """The whole list, a part at a time: as long as a province's, it is never in memory at once."""
    after: int | None = None
    while True:
        page = outstanding(unit, requirement, day, after=after, limit=PART)
        yield from page.people
        if page.after is None:
            return
        after = page.after
