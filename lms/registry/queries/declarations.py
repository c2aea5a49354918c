"""Reads of declarations: what units declare as of a day, who has not, and the versions of one unit."""

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from lms.accounts.models import User
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.registry.models import Declaration, DeclarationState, DeclaredCount, Level, Unit, UnitName, UnitReach
from lms.registry.rules.declarations import COUNTING, OPEN
from lms.registry.rules.names import place_key

NONE: Final = "none"
"""How a unit stands that has declared nothing yet."""

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
    """Whether a row of Unit is a unit that exists on a day: under some name, whatever its extent."""
    named = exists().where(
        UnitName.unit_id == Unit.id,
        UnitName.valid_from <= day,
        or_(UnitName.valid_to.is_(None), UnitName.valid_to >= day),
    )
    return and_(Unit.extent_of_id.is_(None), named)


def first_day_of(unit: Unit) -> date:
    """The day on which a unit came to be."""
    named = db.session.scalar(select(func.min(UnitName.valid_from)).where(UnitName.unit_id == unit.id))
    return named or unit.valid_from


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


@dataclass(frozen=True)
class Act:
    """Something that was done to a declaration, as the audit trail has it."""

    step: str
    """'draft', 'save', 'submit', 'return', 'lock', 'receive' or 'supersede'."""
    at: datetime
    by: str | None
    """Name of the account; None where the system itself acted."""
    details: dict[str, Any]


def acts_on(versions: Sequence[Declaration]) -> dict[int, list[Act]]:
    """What was done to each of some versions, in order, by id."""
    told: dict[int, list[Act]] = {version.id: [] for version in versions}
    began = {version.id: version.drafted_at for version in versions}
    for version_id, entry, name in db.session.execute(
        select(Declaration.id, AuditEntry, User.display_name)
        .join(AuditEntry, AuditEntry.subject_id == Declaration.id)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(AuditEntry.subject_kind == Declaration.__tablename__, Declaration.id.in_(told.keys()))
        .order_by(AuditEntry.id)
    ):
        # A draft that was thrown away may have had the same id before.
        if entry.at >= began[version_id]:
            step = entry.action.removeprefix("registry.").removesuffix("_declaration")
            told[version_id].append(Act(step, entry.at, name, entry.details))
    return told


# The units of a list


@dataclass(frozen=True)
class Standing:
    """A unit, the version that counts and the one that is on its way, if there are any."""

    unit: Unit
    counting: Declaration | None = None
    opened: Declaration | None = None

    @property
    def shown(self) -> Declaration | None:
        """The version that a list shows: the one on its way, else the one that counts."""
        return self.opened or self.counting

    @property
    def state(self) -> str:
        """The state of the version that is shown; 'none' without one."""
        return self.shown.state.value if self.shown is not None else NONE


def standings(unit: Unit, day: date) -> list[Standing]:
    """How far a unit and those directly below it have come, as of today: itself first, the others by name.

    day: today; units that exist on it. Versions come without their counts: see `with_counts`.
    """
    units = db.session.scalars(
        select(Unit).where(or_(Unit.id == unit.id, Unit.parent_id == unit.id), exists_on(day))
    ).all()
    versions = db.session.scalars(
        select(Declaration)
        .join(Unit, Unit.id == Declaration.unit_id)
        .where(or_(Unit.id == unit.id, Unit.parent_id == unit.id), Declaration.state.in_(OPEN | COUNTING))
    ).all()
    opened = {version.unit_id: version for version in versions if version.state in OPEN}
    counting = {version.unit_id: version for version in versions if version.state in COUNTING}
    return [
        Standing(one, counting.get(one.id), opened.get(one.id))
        for one in sorted(units, key=lambda one: (one.id != unit.id, place_key(one.name), one.id))
    ]


def with_counts(standings: Sequence[Standing]) -> None:
    """Load the counts of the versions of some units. One statement."""
    ids = [version.id for one in standings for version in (one.opened, one.counting) if version is not None]
    db.session.scalars(
        select(Declaration)
        .options(selectinload(Declaration.counts))
        .where(Declaration.id.in_(ids))
        .execution_options(populate_existing=True)
    ).all()


@dataclass(frozen=True)
class Progress:
    """How far the units below one have come."""

    units: int = 0
    counting: int = 0
    """Have a version that counts."""
    submitted: int = 0
    """Wait to be checked."""
    returned: int = 0
    """Have something to mend."""
    received: int = 0
    """The version that counts was taken in by the centre."""

    @property
    def missing(self) -> int:
        """Have nothing that counts yet."""
        return self.units - self.counting


def progress_below(unit: Unit, day: date) -> dict[int, Progress]:
    """How far the units two steps below have come, by the unit between. One statement. day: today."""
    opened, counting, between = aliased(Declaration), aliased(Declaration), aliased(Unit)
    rows = db.session.execute(
        select(
            between.id,
            func.count(Unit.id),
            func.count(counting.id),
            func.count(case((opened.state == DeclarationState.SUBMITTED, 1))),
            func.count(case((opened.state == DeclarationState.RETURNED, 1))),
            func.count(case((counting.state == DeclarationState.RECEIVED, 1))),
        )
        .join(between, between.id == Unit.parent_id)
        .outerjoin(opened, and_(opened.unit_id == Unit.id, opened.state.in_(OPEN)))
        .outerjoin(counting, and_(counting.unit_id == Unit.id, counting.state.in_(COUNTING)))
        .where(between.parent_id == unit.id, exists_on(day))
        .group_by(between.id)
    )
    return {between_id: Progress(*numbers) for between_id, *numbers in rows}


def total_of(parts: Collection[Progress]) -> Progress:
    """All of them together."""
    return Progress(*(sum(numbers) for numbers in zip(*map(astuple, parts), strict=True)))


def locked_within(unit: Unit) -> Sequence[Declaration]:
    """The versions that count in a unit and that the centre has not taken in yet."""
    inside = select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)
    return db.session.scalars(
        select(Declaration)
        .where(Declaration.unit_id.in_(inside), Declaration.state == DeclarationState.LOCKED)
        .order_by(Declaration.unit_id)
    ).all()


def unit_with_parent(unit_id: int) -> Unit | None:
    """A unit with those above it."""
    return db.session.scalar(
        select(Unit).options(joinedload(Unit.parent).joinedload(Unit.parent)).where(Unit.id == unit_id)
    )
