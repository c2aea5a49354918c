"""Reads of units for looking them up: by name or code in every list, and one unit through its days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.registry.models import (
    Level,
    Organisation,
    Person,
    Position,
    Unit,
    UnitName,
    UnitReach,
    UnitSuccession,
)
from lms.registry.rules.names import has_marks, place_key, search_key, tidy
from lms.registry.rules.units import bare_name, unit_key

FOUND_MOST: Final = 60
"""So many units are shown of a search; who looks for more says more of the name."""
HEIGHT: Final[dict[Any, int]] = {Level.CENTRAL: 0, Level.PROVINCE: 1, Level.DISTRICT: 2, Level.COMMUNE: 3}
WITHDRAWN: Final = "withdrawn-"
"""How the lists of units begin that a resolution had made and that were taken back."""


@dataclass(frozen=True)
class FoundUnits:
    """What a search found."""

    units: Sequence[Unit]
    names: dict[int, list[str]]
    """Other names, by the id of the unit, under which it was found."""
    is_more: bool = False
    ignores_marks: bool = False
    """None bears the name with the marks as typed: these do without them."""


def find_units(text: str, *, within: Unit | None = None, is_today: bool = False) -> FoundUnits:
    """Units that bear or bore a name, or have a code, in whichever list; those of today first.

    The kind may stand before the name, and after a comma what the unit lies in: 'Xã Tân Lợi, Đồng Nai'. With marks
    they count; where no unit has them so, they are set aside. within: only what counts in this unit.
    """
    plain = tidy(text)
    conditions = [~Unit.code_list.startswith(WITHDRAWN), Unit.extent_of_id.is_(None)]
    if is_today:
        conditions.append(Unit.valid_to.is_(None))
    if within is not None:
        conditions.append(_counts_in(UnitReach.within_id == within.id))
    code_list, colon, code = plain.rpartition(":")
    if code.isascii() and code.isdecimal() and (code_list or not colon):
        of_list = [Unit.code_list == code_list] if colon else []
        return _found([*conditions, Unit.code == code, *of_list], UnitName.id.is_(None))
    name, _comma, above = plain.partition(",")
    if tidy(above):
        conditions.append(_lies_in(tidy(above)))
    attempts = [_named(name, is_marked=True)] if has_marks(name) else []
    attempts.append(_named(name, is_marked=False))
    for attempt in attempts:
        bears = Unit.id.in_(select(UnitName.unit_id).where(attempt))
        found = _found([*conditions, bears], attempt, ignores_marks=attempt is not attempts[0])
        if found.units:
            return found
    return FoundUnits((), {})


def _named(text: str, *, is_marked: bool) -> ColumnElement[bool]:
    """Whether rows of UnitName hold a text as the name; where none is given its kind aside, as a part of it."""
    column, key = (UnitName.match_key, unit_key) if is_marked else (UnitName.search_key, search_key)
    whole, bare = key(text), key(bare_name(text))
    return or_(column.contains(whole, autoescape=True), column.contains(bare, autoescape=True))


def _counts_in(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Unit.id.in_(select(UnitReach.unit_id).where(condition))


def _lies_in(text: str) -> ColumnElement[bool]:
    above = select(UnitName.unit_id).where(_named(text, is_marked=False))
    return _counts_in(and_(UnitReach.within_id.in_(above), UnitReach.unit_id != UnitReach.within_id))


def _found(
    conditions: Sequence[ColumnElement[bool]], by_name: ColumnElement[bool], *, ignores_marks: bool = False
) -> FoundUnits:
    units = db.session.scalars(
        select(Unit)
        .options(joinedload(Unit.parent).joinedload(Unit.parent))
        .where(*conditions)
        .order_by(
            Unit.valid_to.is_not(None),
            case(HEIGHT, value=Unit.level),
            func.length(Unit.name),
            Unit.name,
            Unit.id,
        )
        .limit(FOUND_MOST + 1)
    ).all()
    shown = units[:FOUND_MOST]
    names: dict[int, list[str]] = {}
    present = {unit.id: unit.name for unit in shown}
    for row in db.session.execute(
        select(UnitName.unit_id, UnitName.name).where(UnitName.unit_id.in_(present), by_name).distinct()
    ):
        if row.name != present[row.unit_id]:
            names.setdefault(row.unit_id, []).append(row.name)
    return FoundUnits(shown, names, len(units) > FOUND_MOST, ignores_marks)


# One unit


def unit_at(code: str, code_list: str) -> Unit | None:
    """A unit with those above it, by its code in a list."""
    if code == "vn":
        condition: ColumnElement[bool] = Unit.level == Level.CENTRAL
    else:
        condition = and_(Unit.code_list == code_list, Unit.code == code)
    return db.session.scalar(
        select(Unit)
        .options(joinedload(Unit.parent).joinedload(Unit.parent), joinedload(Unit.extent_of))
        .where(condition)
    )


def names_of(unit: Unit) -> Sequence[UnitName]:
    """What it was called, which kind it was and what it stood under, the latest first."""
    return db.session.scalars(
        select(UnitName).where(UnitName.unit_id == unit.id).order_by(UnitName.valid_from.desc())
    ).all()


def successions_of(unit: Unit) -> tuple[Sequence[UnitSuccession], Sequence[UnitSuccession]]:
    """What it was formed of, and what it went on as."""
    before = db.session.scalars(
        select(UnitSuccession)
        .options(joinedload(UnitSuccession.from_unit).joinedload(Unit.parent).joinedload(Unit.parent))
        .where(UnitSuccession.to_unit_id == unit.id)
    ).all()
    after = db.session.scalars(
        select(UnitSuccession)
        .options(joinedload(UnitSuccession.to_unit).joinedload(Unit.parent).joinedload(Unit.parent))
        .where(UnitSuccession.from_unit_id == unit.id)
    ).all()

    def order(later: Unit, one: UnitSuccession) -> tuple[date, str, int]:
        return one.on, place_key(later.name), one.id

    return (
        sorted(before, key=lambda one: order(one.from_unit, one)),
        sorted(after, key=lambda one: order(one.to_unit, one)),
    )


def same_code(unit: Unit) -> Sequence[Unit]:
    """Units of other lists that have the same code: the same digits may mean another place."""
    return db.session.scalars(
        select(Unit)
        .options(joinedload(Unit.parent).joinedload(Unit.parent))
        .where(
            Unit.code == unit.code,
            Unit.level == unit.level,
            Unit.id != unit.id,
            Unit.extent_of_id.is_(None),
            ~Unit.code_list.startswith(WITHDRAWN),
        )
    ).all()


def earlier_extents(unit: Unit) -> Sequence[Unit]:
    """The land that it had until it gained or lost some, the latest first."""
    return db.session.scalars(select(Unit).where(Unit.extent_of_id == unit.id).order_by(Unit.valid_to.desc())).all()


@dataclass(frozen=True)
class Standing:
    """What stands in a unit on a day, on whichever map it was written down."""

    posts: int
    people: int
    organisations: int


def standing_in(unit: Unit, day: date) -> Standing:
    """How many posts are held in a unit on a day, by how many people, and how many organisations lie there."""
    inside = select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)
    posts, people = db.session.execute(
        select(func.count(Position.id), func.count(func.coalesce(Person.merged_into_id, Person.id).distinct()))
        .join(Person, Person.id == Position.person_id)
        .where(
            or_(Position.unit_id.in_(inside), Position.settled_unit_id.in_(inside)),
            Position.withdrawn_at.is_(None),
            Position.started_on <= day,
            or_(Position.ended_on.is_(None), Position.ended_on >= day),
        )
    ).one()
    organisations = db.session.scalar(
        select(func.count(Organisation.id)).where(
            Organisation.lies_in(inside), or_(Organisation.left_on.is_(None), Organisation.left_on >= day)
        )
    )
    return Standing(posts, people, organisations or 0)


def named_on(unit_ids: Collection[int], day: date) -> dict[int, UnitName]:
    """What units were called on a day, by id."""
    return {
        name.unit_id: name
        for name in db.session.scalars(
            select(UnitName).where(
                UnitName.unit_id.in_(unit_ids),
                UnitName.valid_from <= day,
                or_(UnitName.valid_to.is_(None), UnitName.valid_to >= day),
            )
        )
    }
