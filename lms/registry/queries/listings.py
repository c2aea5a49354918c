"""Reads for listings: everything of one kind that may be seen, some at a time, and what a listing names by its keys."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from lms.core.db import db
from lms.registry.models import (
    Declaration,
    Excuse,
    Level,
    ListingExport,
    Organisation,
    Position,
    Unit,
    UnitChange,
    UnitKind,
    UnitName,
    UnitSuccession,
)
from lms.registry.queries.parts import chunks
from lms.registry.rules.declarations import COUNTING, OPEN
from lms.registry.rules.units import TODAY_LIST

READ_AT_ONCE: Final = 500
EXPORTS_SHOWN: Final = 30
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class UnitSign:
    """How a unit is written in a listing."""

    id: int
    code: str
    """'25993'; of a list of codes of before, with its name: 'vn-2004/660'."""
    level: Level
    kind: UnitKind
    name: str
    above: "UnitSign | None"

    @property
    def line(self) -> tuple["UnitSign", ...]:
        """The unit and those above it, without the country."""
        return (self, *self.above.line) if self.above is not None else ()


@dataclass(frozen=True)
class UnitSigns:
    """Every unit, for looking up."""

    by_id: dict[int, UnitSign]
    by_code: dict[str, UnitSign]


def unit_signs() -> UnitSigns:
    """All units of all days; some thousands, so read once for a whole listing."""
    rows = db.session.execute(
        select(
            Unit.id, Unit.code_list, Unit.code, Unit.level, Unit.kind, Unit.name, Unit.parent_id, Unit.extent_of_id
        ).order_by(Unit.path)
    ).all()
    waiting = {row.id: row for row in rows}
    signs: dict[int, UnitSign] = {}

    def sign(unit_id: int) -> UnitSign:
        if unit_id not in signs:
            row = waiting[unit_id]
            code = row.code if row.code_list == TODAY_LIST or row.parent_id is None else f"{row.code_list}/{row.code}"
            above = sign(row.parent_id) if row.parent_id is not None else None
            signs[unit_id] = UnitSign(row.id, code, row.level, row.kind, row.name, above)
        return signs[unit_id]

    for row in rows:
        sign(row.id)
    return UnitSigns(signs, {signs[row.id].code: signs[row.id] for row in rows if row.extent_of_id is None})


def in_parts(statement: Select[Thing], key: Any) -> Iterator[Thing]:
    """Everything a statement finds, by its key, some rows at a time: a page deep in costs as the first."""
    last = 0
    while found := db.session.scalars(statement.where(key > last).order_by(key).limit(READ_AT_ONCE)).unique().all():
        yield from found
        last = getattr(found[-1], key.key)


def by_keys(statement: Select[Thing], key: Any, keys: Collection[Any]) -> dict[Any, Thing]:
    """What a statement finds of some keys."""
    found: dict[Any, Thing] = {}
    for part in chunks(set(keys)):
        for thing in db.session.scalars(statement.where(key.in_(part))).unique():
            found[getattr(thing, key.key)] = thing
    return found


def organisations(*conditions: ColumnElement[bool]) -> Select[Organisation]:
    """Organisations, each with its unit."""
    return select(Organisation).options(joinedload(Organisation.unit)).where(*conditions)


def posts(*conditions: ColumnElement[bool]) -> Select[Position]:
    """Posts that somebody holds or held, each with the person and the organisation."""
    return (
        select(Position)
        .options(joinedload(Position.person), joinedload(Position.organisation))
        .where(Position.withdrawn_at.is_(None), *conditions)
    )


def excuses(*conditions: ColumnElement[bool]) -> Select[Excuse]:
    """Excuses that have not been taken back, each with the person and the post."""
    return (
        select(Excuse)
        .options(joinedload(Excuse.person), joinedload(Excuse.position))
        .where(Excuse.withdrawn_at.is_(None), *conditions)
    )


def declarations(*conditions: ColumnElement[bool]) -> Select[Declaration]:
    """The version of each unit that is on its way, and the one that counts."""
    return (
        select(Declaration)
        .options(selectinload(Declaration.counts))
        .where(Declaration.state.in_([*OPEN, *COUNTING]), *conditions)
    )


def unit_names(*conditions: ColumnElement[bool]) -> Select[UnitName]:
    """What units were called, under which unit they stood and when."""
    return select(UnitName).where(*conditions)


def successions(*conditions: ColumnElement[bool]) -> Select[UnitSuccession]:
    """How units went on as others."""
    return select(UnitSuccession).where(*conditions)


def unit_changes(*conditions: ColumnElement[bool]) -> Select[UnitChange]:
    """Resolutions that were entered here, with the units that they are about."""
    return select(UnitChange).options(selectinload(UnitChange.units)).where(*conditions)


def is_latest_declaration() -> ColumnElement[bool]:
    """Whether a version is the one on its way, or the one that counts where none is on its way."""
    later = aliased(Declaration)
    on_its_way = exists().where(later.unit_id == Declaration.unit_id, later.state.in_(OPEN))
    return or_(Declaration.state.in_(OPEN), ~on_its_way)


# What left before


def latest_exports(visible: ColumnElement[bool]) -> Sequence[ListingExport]:
    """The latest of those that may be seen."""
    return db.session.scalars(
        select(ListingExport)
        .options(joinedload(ListingExport.file))
        .where(visible)
        .order_by(ListingExport.id.desc())
        .limit(EXPORTS_SHOWN)
    ).all()


def exports_before(instant: datetime) -> Sequence[ListingExport]:
    """Those whose file is still kept though it was made before."""
    return db.session.scalars(
        select(ListingExport)
        .options(joinedload(ListingExport.file))
        .where(ListingExport.file_id.is_not(None), ListingExport.made_at < instant)
    ).all()
