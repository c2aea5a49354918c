"""Names behind the figures: who is outstanding in a unit as of a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, tuple_
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.coverage.models import Attainment
from lms.coverage.queries.identity import Identity
from lms.records.models import Duty, Requirement
from lms.records.queries import duty_stands
from lms.registry.models import Person, Position, Unit, UnitReach

PART: Final = 500
PAGE_SIZE: Final = 50


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


def is_inside(unit: Unit) -> ColumnElement[bool]:
    """Whether rows of Duty and their Position count in a unit."""
    inside = select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)
    return or_(Duty.unit_id.in_(inside), Position.settled_unit_id.in_(inside))


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
    who = Identity()
    in_unit = and_(Duty.requirement_id == requirement.id, *duty_stands(day), is_inside(unit), ~who.is_excused(day))
    obliged = (
        who.joined(select(who.one).select_from(Duty)).join(Position, Position.id == Duty.position_id).where(in_unit)
    )
    has_award = exists().where(
        Attainment.requirement_id == requirement.id,
        Attainment.person_id == Person.id,
        Attainment.started_on <= day,
        or_(Attainment.ended_on.is_(None), Attainment.ended_on >= day),
    )
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
    held: dict[int, list[Duty]] = {}
    with_one: Any = select(Duty, who.one)
    for duty, person_id in db.session.execute(
        who.joined(with_one)
        .join(Position, Position.id == Duty.position_id)
        .where(in_unit, who.one.in_([person.id for person in people]))
        .options(
            joinedload(Duty.position).options(joinedload(Position.unit), joinedload(Position.organisation)),
        )
        .order_by(Duty.started_on, Duty.id)
    ):
        held.setdefault(person_id, []).append(duty)
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
