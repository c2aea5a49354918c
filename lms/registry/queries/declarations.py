"""Reads of declarations: what units declare as of a day, who has not, and the versions of one unit."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Subquery, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core.db import db
from lms.registry.models import Declaration, DeclaredCount, Level, Unit, UnitReach
from lms.registry.rules.declarations import COUNTING, OPEN

# What units declare


def declared(
    unit_ids: Collection[int], day: date, known_at: datetime | None = None, *, is_own: bool = False
) -> dict[tuple[int, str], int]:
    """How many people units declare as of a day, by unit and group. One statement.

    Of each unit that exists on the day the version with the latest count up to it, among those that were locked; summed
    over everything that counts in the units asked for, through mergers as well. What is not there was not declared.
    known_at: among those that were locked at that instant. is_own: what the units declare of themselves alone.
    """
    if not unit_ids:
        return {}
    if is_own:
        counting = _counting(day, known_at, Declaration.unit_id.in_(unit_ids))
        asked = select(counting.c.unit_id, DeclaredCount.group, func.sum(DeclaredCount.count)).group_by(
            counting.c.unit_id, DeclaredCount.group
        )
    else:
        inside = select(UnitReach.unit_id).where(UnitReach.within_id.in_(unit_ids))
        counting = _counting(day, known_at, Declaration.unit_id.in_(inside))
        asked = (
            select(UnitReach.within_id, DeclaredCount.group, func.sum(DeclaredCount.count))
            .join(UnitReach, UnitReach.unit_id == counting.c.unit_id)
            .where(UnitReach.within_id.in_(unit_ids))
            .group_by(UnitReach.within_id, DeclaredCount.group)
        )
    rows = db.session.execute(
        asked.select_from(counting).join(DeclaredCount, DeclaredCount.declaration_id == counting.c.declaration_id)
    )
    return {(unit_id, group): int(count) for unit_id, group, count in rows}


def undeclared(
    unit_ids: Collection[int], day: date, known_at: datetime | None = None
) -> dict[tuple[int, Level], tuple[int, int]]:
    """How many units of each level count in the units asked for on a day, and how many of those have not declared.

    One statement. By unit and level; a level without any unit there is left out. known_at: as for `declared`.
    """
    if not unit_ids:
        return {}
    counting = _counting(day, known_at)
    rows = db.session.execute(
        select(UnitReach.within_id, Unit.level, func.count(Unit.id), func.count(counting.c.unit_id))
        .join(Unit, Unit.id == UnitReach.unit_id)
        .outerjoin(counting, counting.c.unit_id == Unit.id)
        .where(UnitReach.within_id.in_(unit_ids), exists_on(day))
        .group_by(UnitReach.within_id, Unit.level)
    )
    return {(unit_id, level): (units, units - having) for unit_id, level, units, having in rows}


def exists_on(day: date) -> ColumnElement[bool]:
    """Whether a row of Unit exists on a day."""
    return (Unit.valid_from <= day) & or_(Unit.valid_to.is_(None), Unit.valid_to >= day)


def _counting(day: date, known_at: datetime | None, *conditions: ColumnElement[bool]) -> Subquery:
    """The version that counts on a day, of every unit that has one."""
    known = [Declaration.locked_at.is_not(None) if known_at is None else Declaration.locked_at <= known_at]
    latest = (Declaration.counted_on.desc(), Declaration.number.desc())
    ranked = (
        select(
            Declaration.id.label("declaration_id"),
            Declaration.unit_id,
            func.row_number().over(partition_by=Declaration.unit_id, order_by=latest).label("place"),
        )
        .join(Unit, Unit.id == Declaration.unit_id)
        .where(Declaration.counted_on <= day, exists_on(day), *known, *conditions)
        .subquery("ranked")
    )
    return select(ranked.c.declaration_id, ranked.c.unit_id).where(ranked.c.place == 1).subquery("counting")


# The versions of one unit


def open_declaration(unit: Unit) -> Declaration | None:
    """The version that is on its way, as it stands in the database at this moment."""
    return _one_of(unit, OPEN)


def counting_declaration(unit: Unit) -> Declaration | None:
    """The version that counts now."""
    return _one_of(unit, COUNTING)


def _one_of(unit: Unit, states: Collection[str]) -> Declaration | None:
    return db.session.scalar(
        select(Declaration)
        .options(selectinload(Declaration.counts))
        .where(Declaration.unit_id == unit.id, Declaration.state.in_(states))
        .execution_options(populate_existing=True)
    )


def last_number(unit: Unit) -> int:
    """The number of the unit's latest version; 0 if it has none."""
    return db.session.scalar(select(func.max(Declaration.number)).where(Declaration.unit_id == unit.id)) or 0


def versions_of(unit: Unit) -> Sequence[Declaration]:
    """Every version of a unit, the latest first."""
    return db.session.scalars(
        select(Declaration)
        .options(selectinload(Declaration.counts))
        .where(Declaration.unit_id == unit.id)
        .order_by(Declaration.number.desc())
    ).all()


def declaration_with_unit(declaration_id: int) -> Declaration | None:
    """One version with its unit and the unit above."""
    return db.session.scalar(
        select(Declaration)
        .options(joinedload(Declaration.unit).joinedload(Unit.parent), selectinload(Declaration.counts))
        .where(Declaration.id == declaration_id)
    )
