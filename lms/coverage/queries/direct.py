"""The figures counted from the facts themselves, one by one: the truth that the kept figures are held to, the cuts of a
commune, and the only way to tell what was known on a past day."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    distinct,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.core.db import db
from lms.coverage.queries.identity import Identity, apart
from lms.coverage.queries.kept import Found
from lms.coverage.rules import Figures
from lms.coverage.rules.keys import UNKNOWN
from lms.coverage.rules.shares import ALL, OWN
from lms.records.models import Award, Duty
from lms.records.queries import VersionInEffect, award_counts, duty_stands, versions_in_effect
from lms.records.rules import earliest_counting
from lms.registry.models import Organisation, Person, Position, Unit, UnitReach
from lms.registry.queries import lasted_beyond
from lms.registry.rules.products import PRODUCTS, PRODUCTS_2019


def figures(
    requirement_ids: Collection[int],
    unit_ids: Collection[int],
    day: date,
    *,
    cuts: Sequence[str] = (),
    known_at: datetime | None = None,
    is_own: bool = False,
) -> Found:
    """The figures of a day for units, in all and by every line of the cuts asked for. One statement.

    cuts: of `rules.keys.CUTS`. is_own: only posts at the units themselves, not those below them.
    known_at: as was known at that instant instead of now.
    """
    if not (requirement_ids and unit_ids):
        return {}
    counted = _counted(requirement_ids, unit_ids, day, known_at, is_own=is_own)
    statements = [_grouped(counted, literal(OWN if is_own else ALL))]
    statements += [_grouped(counted, counted.c[cut]) for cut in cuts]
    found: Found = {}
    for requirement_id, unit_id, key, obliged, trained, excused in db.session.execute(union_all(*statements)):
        if key is not None:
            found[requirement_id, unit_id, key] = Figures(int(obliged), int(trained), int(excused))
    return found


def standings(requirement_id: int, unit_id: int, day: date, *, known_at: datetime | None = None) -> dict[int, str]:
    """How each person of a unit stands with a requirement on a day: 'trained', 'outstanding', 'excused'; by id."""
    counted = _counted([requirement_id], [unit_id], day, known_at)
    rows = db.session.execute(
        select(
            counted.c.person_id,
            case(
                (func.max(counted.c.is_owed) == 0, "excused"),
                (func.max(counted.c.is_trained) == 1, "trained"),
                else_="outstanding",
            ),
        ).group_by(counted.c.person_id)
    )
    return {row[0]: row[1] for row in rows}


def _grouped(counted: CTE, key: ColumnElement[Any]) -> Select[Any]:
    once = (
        select(
            counted.c.requirement_id,
            counted.c.unit_id,
            counted.c.person_id,
            key.label("key"),
            counted.c.is_owed,
            counted.c.is_trained,
        )
        .distinct()
        .subquery()
    )
    return select(
        once.c.requirement_id,
        once.c.unit_id,
        once.c.key,
        func.sum(once.c.is_owed),
        func.sum(case((and_(once.c.is_owed == 1, once.c.is_trained == 1), 1), else_=0)),
        func.sum(1 - once.c.is_owed),
    ).group_by(once.c.requirement_id, once.c.unit_id, once.c.key)


def _counted(
    requirement_ids: Collection[int],
    unit_ids: Collection[int],
    day: date,
    known_at: datetime | None,
    *,
    is_own: bool = False,
) -> CTE:
    """A row for each duty by which somebody counts in one of the units: who, whether they owe, whether trained."""
    who = Identity(known_at)
    versions = [version for version in versions_in_effect(known_at) if version.requirement_id in requirement_ids]
    placed = _placed(requirement_ids, unit_ids, day, known_at, is_own=is_own)
    every = (
        who.joined(
            select(
                Duty.requirement_id,
                placed.c.within_id.label("unit_id"),
                who.one.label("person_id"),
                case((who.is_excused(day), 1), else_=0).label("is_pardoned"),
                _completing(who, versions, day).label("found_source"),
                *(column.label(cut) for cut, column in _cut_columns().items()),
            )
            .select_from(placed)
            .join(Duty, Duty.id == placed.c.duty_id)
        )
        .join(Position, Position.id == Duty.position_id)
        .outerjoin(Organisation, Organisation.id == Position.organisation_id)
        .join(Person, Person.id == who.one)
        .cte("every_duty")
    )
    one_person = (every.c.requirement_id, every.c.unit_id, every.c.person_id)
    marked = select(every, func.min(every.c.is_pardoned).over(partition_by=one_person).label("is_excused")).cte(
        "marked"
    )
    return (
        select(
            marked.c.requirement_id,
            marked.c.unit_id,
            marked.c.person_id,
            (1 - marked.c.is_excused).label("is_owed"),
            case((marked.c.found_source.is_not(None), 1), else_=0).label("is_trained"),
            *(marked.c[cut] for cut in _cut_columns()),
            case((marked.c.is_excused == 0, literal("source/") + marked.c.found_source)).label("source"),
        )
        # Whoever owes in one post is counted by the posts in which they owe, not by those they are excused from.
        .where(or_(marked.c.is_pardoned == 0, marked.c.is_excused == 1))
        .cte("counted")
    )


def _placed(
    requirement_ids: Collection[int],
    unit_ids: Collection[int],
    day: date,
    known_at: datetime | None,
    *,
    is_own: bool,
) -> CTE:
    """Which duties stand on a day, and in which of the units each counts: once in each.

    Two ways in, each by an index of its own: where the post lies, and where somebody said that it lies today.
    """
    within = UnitReach.within_id.in_(unit_ids)
    stands = and_(Duty.requirement_id.in_(requirement_ids), *duty_stands(day, known_at))
    where_it_lies = (
        select(Duty.id.label("duty_id"), UnitReach.within_id).join(UnitReach, UnitReach.unit_id == Duty.unit_id)
    ).where(within, stands)
    if is_own:
        return apart(where_it_lies.where(Duty.unit_id == UnitReach.within_id).cte("placed"))
    place, divided = aliased(Unit), aliased(Unit)
    where_it_was_settled = (
        select(Duty.id, UnitReach.within_id)
        .join(Position, Position.id == Duty.position_id)
        .join(UnitReach, UnitReach.unit_id == Position.settled_unit_id)
        .join(place, place.id == UnitReach.within_id)
        .join(divided, divided.id == Position.unit_id)
    ).where(within, stands, Position.settled_unit_id.is_not(None), lasted_beyond(place, divided))
    return apart(union(where_it_lies, where_it_was_settled).cte("placed"))


def _cut_columns() -> dict[str, ColumnElement[Any]]:
    """`rules.keys.post_keys` and `personal_keys` for rows of Position, Organisation and Person."""
    kind, level = type_coerce(Organisation.kind, String), type_coerce(Position.level, String)
    is_led = Organisation.id.is_not(None)
    return {
        "group": literal("group/") + func.coalesce(kind, level),
        "sex": literal("sex/") + func.coalesce(type_coerce(Person.sex, String), UNKNOWN),
        "product": case((is_led, _product("product", Organisation.product_group, PRODUCTS))),
        "product-2019": case((is_led, _product("product-2019", Organisation.product_group_2019, PRODUCTS_2019))),
        "origin": case((is_led, literal("origin/") + func.coalesce(type_coerce(Organisation.origin, String), UNKNOWN))),
    }


def _product(cut: str, column: InstrumentedAttribute[Any], names: dict[str, str]) -> ColumnElement[str]:
    return case({name: f"{cut}/{code}" for name, code in names.items()}, value=column, else_=f"{cut}/{UNKNOWN}")


def _completing(who: Identity, versions: Sequence[VersionInEffect], day: date) -> ColumnElement[Any]:
    """Where the award came from with which everything asked is there on the day; nothing if it is not.

    The twin of `records.rules.completing`: of the awards that count, by day, the first up to which there are enough.
    """
    whens = {version.id: _completing_of(who, version, day) for version in versions if version.span.holds_on(day)}
    return case(whens, value=Duty.version_id) if whens else literal(None)


def _completing_of(who: Identity, version: VersionInEffect, day: date) -> ColumnElement[Any]:
    asked = version.asked
    last, earlier = aliased(Award), aliased(Award)

    def counting(award: type[Award]) -> list[ColumnElement[bool]]:
        conditions = [
            who.holds(award.person_id),
            award.qualification_id.in_(sorted(asked.qualification_ids)),
            award_counts(day, who.known_at, of=award),
        ]
        if asked.hours is None:
            conditions.append(award.is_partial.is_(False))
        earliest = earliest_counting(day, asked.valid_months)
        return conditions if earliest is None else [*conditions, award.awarded_on >= earliest]

    enough: list[ColumnElement[bool]] = []
    if asked.hours is not None or asked.count != 1:
        amount = (
            func.sum(func.coalesce(earlier.hours, 0)) if asked.hours else func.count(distinct(earlier.qualification_id))
        )
        up_to_last = tuple_(earlier.awarded_on, earlier.id) <= tuple_(last.awarded_on, last.id)
        sum_up_to = select(amount).where(*counting(earlier), up_to_last).correlate_except(earlier).scalar_subquery()
        enough = [sum_up_to >= (asked.hours or asked.count)]
    return (
        select(type_coerce(last.source, String))
        .where(*counting(last), *enough)
        .order_by(last.awarded_on, last.id)
        .limit(1)
        .correlate_except(last)
        .scalar_subquery()
    )
