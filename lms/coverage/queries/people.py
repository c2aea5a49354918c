"""Names behind the figures: who in a unit is outstanding, trained or excused as of a day, by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from lms.core.db import db
from lms.coverage.models import Attainment
from lms.coverage.queries.identity import Identity, PersonItself, apart
from lms.coverage.rules.shares import EXCUSED, TRAINED
from lms.records.models import Duty, Requirement
from lms.records.queries import duty_stands
from lms.registry.models import Excuse, Level, Person, Position, Unit, UnitReach
from lms.registry.queries import settled_in

PART: Final = 500
PAGE_SIZE: Final = 50


@dataclass(frozen=True)
class Listed:
    """Somebody of a list: since when they are under the duty, and the posts in the unit that bring it."""

    person: Person
    since: date
    posts: Sequence[Position]
    attainment: Attainment | None = None
    """With which they have what is asked; of the trained alone."""
    excuses: Sequence[Excuse] = ()
    """By which they are excused on the day; of the excused alone."""


@dataclass(frozen=True)
class ListPage:
    """Some people of a list in the order of their names, and where the pages beside it begin."""

    people: Sequence[Listed] = field(default_factory=list)
    before: int | None = None
    """Id of the person to go back from; None on the first page."""
    after: int | None = None
    """Id of the person to go on from; None on the last page."""


def listed(
    unit: Unit,
    requirement: Requirement,
    standing: str,
    day: date,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> ListPage:
    """Who in a unit stands in one way with a requirement on a day, by name.

    standing: of words.STANDINGS: outstanding, trained or excused.
    after, before: id of the person that the page begins after or ends before; a later page costs as the first.
    """
    inside = _Everywhere(requirement, day) if unit.level is Level.CENTRAL else _Inside(unit, requirement, day)
    turns_back = after is None and before is not None
    # Only from somebody of this unit: where a stranger's name would stand in the list is nobody's business here.
    edge = None
    if (after or before) is not None:
        edge = db.session.execute(
            select(Person.sort_key, Person.id).where(Person.id == (before if turns_back else after), inside.has_duty())
        ).one_or_none()
    asked = select(Person).where(*_stands(inside, requirement, standing, day)).limit(limit + 1)
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
    has_earlier = has_more if turns_back else edge is not None
    has_later = edge is not None if turns_back else has_more
    return ListPage(
        _described(people, unit, requirement, standing, day),
        before=people[0].id if people and has_earlier else None,
        after=people[-1].id if people and has_later else None,
    )


def everyone_listed(unit: Unit, requirement: Requirement, standing: str, day: date) -> Iterator[Listed]:
    """The whole list, a part at a time: as long as a province's, it is never in memory at once."""
    after: int | None = None
    while True:
        page = listed(unit, requirement, standing, day, after=after, limit=PART)
        yield from page.people
        if page.after is None:
            return
        after = page.after


class _Inside:
    """The people of one unit as a set: made once from the duties that count there, whatever the size of the country."""

    def __init__(self, unit: Unit, requirement: Requirement, day: date) -> None:
        self._day = day
        self._duties = _duties_in(unit, requirement, day)

    def has_duty(self) -> ColumnElement[bool]:
        """Whether rows of Person have a duty there."""
        return Person.id.in_(select(self._duties.c.person_id))

    def owes(self) -> ColumnElement[bool]:
        """Whether they have one there that no excuse takes away."""
        return Person.id.in_(select(self._duties.c.person_id).where(self._duties.c.is_pardoned == 0))


class _Everywhere:
    """The people of the whole country, one by one in the order of the list: a page looks at few more than it shows."""

    def __init__(self, requirement: Requirement, day: date) -> None:
        self._requirement, self._day, self._who = requirement, day, PersonItself()

    def _duty(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        """A value and not `exists`, of which PostgreSQL would make a join over everybody before it takes a page."""
        found = (
            select(Duty.id)
            .where(
                self._who.holds(Duty.person_id),
                Duty.requirement_id == self._requirement.id,
                *duty_stands(self._day),
                *conditions,
            )
            .limit(1)
            .correlate(Person)
            .scalar_subquery()
        )
        return and_(Person.merged_into_id.is_(None), found.is_not(None))

    def has_duty(self) -> ColumnElement[bool]:
        """Whether rows of Person have a duty."""
        return self._duty()

    def owes(self) -> ColumnElement[bool]:
        """Whether they have one that no excuse takes away."""
        return self._duty(~self._who.is_excused(self._day))


def _stands(
    inside: _Inside | _Everywhere, requirement: Requirement, standing: str, day: date
) -> list[ColumnElement[bool]]:
    if standing == EXCUSED:
        return [Person.id.in_(_holders_of_excuses(day)), inside.has_duty(), ~inside.owes()]
    attained = has_attained(requirement, Person.id, day)
    return [inside.owes(), attained if standing == TRAINED else ~attained]


def has_attained(
    requirement: Requirement, person_id: ColumnElement[int] | InstrumentedAttribute[int], day: date
) -> ColumnElement[bool]:
    """Whether a person has everything that a requirement asks on a day."""
    return exists().where(
        Attainment.requirement_id == requirement.id,
        Attainment.person_id == person_id,
        Attainment.started_on <= day,
        or_(Attainment.ended_on.is_(None), Attainment.ended_on >= day),
    )


def lies_in(unit: Unit, duty: type[Duty]) -> ColumnElement[bool]:
    """Whether rows of Duty count in a unit: the post lies there, or somebody said that it does."""
    if unit.level is Level.CENTRAL:
        return literal(True)
    reach = select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)
    return or_(duty.unit_id.in_(reach), duty.position_id.in_(settled_in(unit)))


def _holders_of_excuses(day: date) -> Select[Any]:
    holder = aliased(Person)
    return (
        select(case((holder.merged_into_id.is_(None), holder.id), else_=holder.merged_into_id))
        .join(Excuse, Excuse.person_id == holder.id)
        .where(_excuse_stands(day))
    )


def _excuse_stands(day: date) -> ColumnElement[bool]:
    return and_(
        Excuse.withdrawn_at.is_(None),
        Excuse.started_on <= day,
        or_(Excuse.ended_on.is_(None), Excuse.ended_on >= day),
    )


def _duties_in(unit: Unit, requirement: Requirement, day: date) -> CTE:
    """The duties that count in a unit on a day: whose they are, and whether an excuse takes them away.

    Two ways in, each by its own index: the post lies there, or somebody said that it does.
    """
    who = Identity()
    reach = select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)
    stands = (Duty.requirement_id == requirement.id, *duty_stands(day))
    placed = apart(
        union_all(
            select(Duty.id).where(Duty.unit_id.in_(reach), *stands),
            select(Duty.id).where(Duty.position_id.in_(settled_in(unit)), *stands),
        ).cte("placed")
    )
    duties = select(
        Duty.id,
        who.one.label("person_id"),
        case((who.is_excused(day), 1), else_=0).label("is_pardoned"),
    )
    return apart(who.joined(duties.select_from(placed).join(Duty, Duty.id == placed.c.id)).cte("duty_inside"))


def _described(
    people: Sequence[Person], unit: Unit, requirement: Requirement, standing: str, day: date
) -> list[Listed]:
    """The people of a page with what brings them there."""
    ids = [person.id for person in people]
    known_as = {
        holder.id: holder.merged_into_id or holder.id
        for holder in db.session.execute(
            select(Person.id, Person.merged_into_id).where(or_(Person.id.in_(ids), Person.merged_into_id.in_(ids)))
        )
    }
    held: dict[int, list[Duty]] = {}
    for duty in db.session.scalars(
        select(Duty)
        .where(
            Duty.person_id.in_(list(known_as)),
            Duty.requirement_id == requirement.id,
            *duty_stands(day),
            lies_in(unit, Duty),
        )
        .options(joinedload(Duty.position).options(joinedload(Position.unit), joinedload(Position.organisation)))
        .order_by(Duty.started_on, Duty.id)
    ):
        held.setdefault(known_as[duty.person_id], []).append(duty)
    attained: dict[int, Attainment] = {}
    if standing == TRAINED:
        attained = {one.person_id: one for one in db.session.scalars(_attained_by(ids, requirement, day))}
    excused: dict[int, list[Excuse]] = {}
    if standing == EXCUSED:
        for excuse in db.session.scalars(
            select(Excuse).where(Excuse.person_id.in_(list(known_as)), _excuse_stands(day)).order_by(Excuse.started_on)
        ):
            excused.setdefault(known_as[excuse.person_id], []).append(excuse)
    return [
        Listed(
            person,
            held[person.id][0].started_on,
            [duty.position for duty in held[person.id]],
            attained.get(person.id),
            excused.get(person.id, ()),
        )
        for person in people
    ]


def _attained_by(person_ids: Sequence[int], requirement: Requirement, day: date) -> Select[Any]:
    return select(Attainment).where(
        Attainment.requirement_id == requirement.id,
        Attainment.person_id.in_(person_ids),
        Attainment.started_on <= day,
        or_(Attainment.ended_on.is_(None), Attainment.ended_on >= day),
    )
