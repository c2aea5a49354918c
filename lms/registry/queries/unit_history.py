"""Reads of units over time: as resolutions find them, what was entered, and how many people that concerns."""

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.accounts.models import Role, RoleGrant
from lms.core.db import Model, db
from lms.registry.models import (
    Level,
    Organisation,
    Person,
    Position,
    Unit,
    UnitChange,
    UnitChangeUnit,
    UnitName,
    UnitReach,
    UnitSuccession,
)
from lms.registry.queries.parts import chunks
from lms.registry.rules.unit_changes import Known
from lms.registry.rules.units import TODAY_LIST

OF_UNITS: Final = frozenset(
    model.__tablename__ for model in (Unit, UnitName, UnitReach, UnitSuccession, UnitChangeUnit)
)
"""The tables that tell what units are."""


def known_units() -> list[Known]:
    """Every unit of today's list and the country, as a resolution finds them."""
    units = db.session.execute(
        select(
            Unit.id,
            Unit.code,
            Unit.level,
            Unit.kind,
            Unit.name,
            Unit.parent_id,
            Unit.valid_from,
            Unit.valid_to,
        ).where(or_(Unit.code_list == TODAY_LIST, Unit.level == Level.CENTRAL))
    ).all()
    named = {
        row.unit_id: (row.first, row.last)
        for row in db.session.execute(
            select(
                UnitName.unit_id,
                func.min(UnitName.valid_from).label("first"),
                func.max(UnitName.valid_from).label("last"),
            ).group_by(UnitName.unit_id)
        )
    }
    holders = {unit.parent_id for unit in units if unit.valid_to is None}
    return [
        Known(
            id=unit.id,
            code=unit.code,
            level=unit.level.value,
            kind=unit.kind.value,
            name=unit.name,
            above=unit.parent_id,
            born_on=named[unit.id][0] if unit.id in named else unit.valid_from,
            extent_since=unit.valid_from,
            named_since=named[unit.id][1] if unit.id in named else unit.valid_from,
            is_standing=unit.valid_to is None,
            has_units_below=unit.id in holders,
        )
        for unit in units
    ]


def held_at(unit_ids: Collection[int], on: date) -> tuple[int, int]:
    """How many posts are held on a day at some units or what counts in them, and by how many people."""
    there = select(UnitReach.unit_id).where(UnitReach.within_id.in_(unit_ids))
    posts, people = db.session.execute(
        select(func.count(Position.id), func.count(func.coalesce(Person.merged_into_id, Person.id).distinct()))
        .join(Person, Person.id == Position.person_id)
        .where(
            or_(Position.unit_id.in_(there), Position.settled_unit_id.in_(there)),
            Position.started_on <= on,
            or_(Position.ended_on.is_(None), Position.ended_on >= on),
        )
    ).one()
    return posts, people


def organisations_at(unit_ids: Collection[int]) -> int:
    """How many organisations lie at some units or what counts in them."""
    there = select(UnitReach.unit_id).where(UnitReach.within_id.in_(unit_ids))
    return db.session.scalar(select(func.count(Organisation.id)).where(Organisation.lies_in(there))) or 0


def is_used(unit_ids: Collection[int]) -> bool:
    """Whether anything has been written down as being at one of some units, in whichever package.

    What follows from other rows by itself, such as figures, says so in the `info` of its column.
    """
    columns = [
        column
        for table in Model.metadata.sorted_tables
        if table.name not in OF_UNITS
        for column in table.columns
        if any(key.column.table.name == Unit.__tablename__ for key in column.foreign_keys)
        and not column.info.get("follows")
    ]
    return any(db.session.scalar(select(exists().where(column.in_(unit_ids)))) for column in columns)


def leaders_in(unit_ids: Collection[int]) -> list[RoleGrant]:
    """Who leads in some units, with their accounts, by name."""
    found: list[RoleGrant] = []
    for part in chunks(unit_ids):
        found += db.session.scalars(
            select(RoleGrant)
            .join(RoleGrant.user)
            .options(contains_eager(RoleGrant.user))
            .where(RoleGrant.unit_id.in_(part), RoleGrant.role.in_((Role.ADMINISTRATOR, Role.COORDINATOR)))
        )
    return sorted(found, key=lambda grant: (grant.user.display_name, grant.id))


def resolutions(*, most: int = 200) -> list[list[UnitChange]]:
    """The resolutions entered here, the latest first, each with its changes."""
    number = func.coalesce(UnitChange.entered_with_id, UnitChange.id)
    found: dict[int, list[UnitChange]] = {}
    for change in db.session.scalars(
        select(UnitChange)
        .options(joinedload(UnitChange.entered_by), joinedload(UnitChange.withdrawn_by))
        .order_by(number.desc(), UnitChange.id)
        .limit(most)
    ):
        found.setdefault(change.number, []).append(change)
    return list(found.values())


def resolution(number: int) -> list[UnitChange]:
    """The changes of one resolution with the units that they concern; empty where there is no such resolution."""
    return list(
        db.session.scalars(
            select(UnitChange)
            .options(
                selectinload(UnitChange.units).joinedload(Unit.parent),
                joinedload(UnitChange.entered_by),
                joinedload(UnitChange.withdrawn_by),
            )
            .where(or_(UnitChange.entered_with_id == number, UnitChange.id == number))
            .order_by(UnitChange.id)
        )
    )


def resolutions_on(unit: Unit) -> list[UnitChange]:
    """The resolutions entered here that concern a unit, the latest first, each by its first change on it."""
    found: dict[int, UnitChange] = {}
    for change in db.session.scalars(
        select(UnitChange)
        .join(UnitChangeUnit, UnitChangeUnit.change_id == UnitChange.id)
        .where(UnitChangeUnit.unit_id == unit.id)
        .order_by(UnitChange.id)
    ):
        found.setdefault(change.number, change)
    return list(reversed(found.values()))


def entered_together(change: UnitChange) -> list[UnitChange]:
    """All changes of the resolution that one is of, in the order in which they were made."""
    return resolution(change.number)


def changed_after(change: UnitChange) -> UnitChange | None:
    """A later resolution, not taken back, on one of the same units."""
    mine = select(UnitChangeUnit.unit_id).where(UnitChangeUnit.change_id == change.id)
    return db.session.scalar(
        select(UnitChange)
        .join(UnitChangeUnit, UnitChangeUnit.change_id == UnitChange.id)
        .where(UnitChange.id > change.id, UnitChange.withdrawn_at.is_(None), UnitChangeUnit.unit_id.in_(mine))
        .order_by(UnitChange.id)
        .limit(1)
    )


def units_by_ids(unit_ids: Collection[int]) -> dict[int, Unit]:
    """Units by id, with those above them."""
    found: dict[int, Unit] = {}
    for part in chunks(unit_ids):
        for unit in db.session.scalars(select(Unit).options(joinedload(Unit.parent)).where(Unit.id.in_(part))):
            found[unit.id] = unit
    return found
