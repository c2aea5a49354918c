"""Reads of units: by code, below a scope, and all of them for looking up."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from lms.core.db import db
from lms.registry.models import Level, Unit, UnitChange, UnitChangeUnit, UnitName, UnitReach, UnitSuccession
from lms.registry.rules.names import place_key
from lms.registry.rules.units import TODAY_LIST as TODAY_LIST
from lms.registry.rules.units import CommuneReading, Place, Places, places_of, read_commune, unit_key

DATA: Final = Path(__file__).parents[1] / "data"
CENTRE: Final = "vn"


def unit_by_code(code: str, code_list: str = TODAY_LIST) -> Unit | None:
    """The unit that a code means in a list of codes; 'vn' is the whole country."""
    if code == CENTRE:
        return db.session.scalar(select(Unit).where(Unit.level == Level.CENTRAL))
    return db.session.scalar(select(Unit).where(Unit.code_list == code_list, Unit.code == code))


def units_below(tops: Sequence[str]) -> list[Unit]:
    """What a person can choose from: the tops of their scope and the units that exist directly below each."""
    found = db.session.scalars(
        select(Unit).where(
            Unit.valid_to.is_(None),
            or_(Unit.path.in_(tops), Unit.parent_id.in_(select(Unit.id).where(Unit.path.in_(tops)))),
        )
    ).all()
    order = {Level.CENTRAL: 0, Level.PROVINCE: 1, Level.DISTRICT: 2, Level.COMMUNE: 3}
    return sorted(found, key=lambda unit: (order[unit.level], place_key(unit.name)))


def units_on_map(unit: Unit, day: date) -> Sequence[Unit]:
    """The units directly inside one on the map of a day.

    Where the unit itself was there on the day, those that stood under it; where it was not, the largest of that day's
    units that lie in it: a province of today held three provinces in 2024. One statement.
    """
    there = (Unit.valid_from <= day, or_(Unit.valid_to.is_(None), Unit.valid_to >= day))
    named = (UnitName.valid_from <= day, or_(UnitName.valid_to.is_(None), UnitName.valid_to >= day))
    below = select(Unit).join(UnitName, UnitName.unit_id == Unit.id).where(*there, *named)
    if unit.valid_from <= day and (unit.valid_to is None or unit.valid_to >= day):
        return db.session.scalars(below.where(UnitName.parent_id == (unit.extent_of_id or unit.id))).all()
    lies_in_it = select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)
    extent = aliased(Unit)
    earlier_extent_lies_in_it = exists().where(
        extent.extent_of_id == unit.id,
        extent.valid_from <= day,
        extent.valid_to >= day,
        extent.id.in_(lies_in_it),
    )
    return db.session.scalars(
        below.where(
            Unit.id.in_(lies_in_it),
            Unit.id != unit.id,
            or_(
                UnitName.parent_id.not_in(lies_in_it),
                and_(UnitName.parent_id == unit.id, ~earlier_extent_lies_in_it),
            ),
        )
    ).all()


def tops_of(paths: Sequence[str]) -> Sequence[Unit]:
    """The units that have these paths, the highest first."""
    return db.session.scalars(select(Unit).where(Unit.path.in_(paths)).order_by(Unit.path)).all()


def units_changed_here() -> frozenset[tuple[str, str]]:
    """Code list and code of the units that resolutions entered here have changed."""
    return frozenset(
        (row.code_list, row.code)
        for row in db.session.execute(
            select(Unit.code_list, Unit.code)
            .join(UnitChangeUnit, UnitChangeUnit.unit_id == Unit.id)
            .join(UnitChange, UnitChange.id == UnitChangeUnit.change_id)
            .where(UnitChange.withdrawn_at.is_(None))
        )
    )


@lru_cache(maxsize=1)
def _spellings() -> tuple[tuple[str, str, str], ...]:
    with (DATA / "aliases.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["alias"], row["code_list"], row["code"]) for row in csv.DictReader(file))


def places() -> Places:
    """All units that a roster can name, for looking up: of the old list only the provinces."""
    nameable = or_(Unit.code_list == TODAY_LIST, Unit.level.in_((Level.CENTRAL, Level.PROVINCE)))
    kinds: dict[int, set[str]] = defaultdict(set)
    for unit_id, kind in db.session.execute(
        select(UnitName.unit_id, UnitName.kind).join(Unit, Unit.id == UnitName.unit_id).where(nameable)
    ):
        kinds[unit_id].add(kind.value)
    rows = db.session.execute(
        select(
            Unit.id,
            Unit.code_list,
            Unit.code,
            Unit.level,
            Unit.kind,
            Unit.name,
            Unit.match_key,
            Unit.path,
            Unit.valid_to,
        ).where(nameable, Unit.extent_of_id.is_(None))
    ).all()
    by_id: dict[int, Place] = {}
    by_code: dict[tuple[str, str], Place] = {}
    for row in rows:
        place = Place(row.id, row.path, row.match_key, row.name, row.kind.value, frozenset(kinds[row.id]))
        by_id[row.id] = by_code[row.code_list, row.code] = place
    next_of = {
        before: by_id[after]
        for before, after in db.session.execute(
            select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id)
            .join(Unit, Unit.id == UnitSuccession.from_unit_id)
            .where(Unit.level == Level.PROVINCE, Unit.valid_to.is_not(None))
        )
    }
    former, spellings = {}, {}
    for row in rows:
        if row.id in next_of and row.level is Level.PROVINCE:
            former[row.match_key] = next_of[row.id]
    for alias, code_list, code in _spellings():
        meant = by_code.get((code_list, code))
        if meant is not None and code_list == TODAY_LIST:
            spellings[unit_key(alias)] = meant
        elif meant is not None and meant.id in next_of:
            former.setdefault(unit_key(alias), next_of[meant.id])
    today = [row for row in rows if row.code_list == TODAY_LIST]
    communes = [row for row in today if row.level is Level.COMMUNE]
    borne = {(row.path.rpartition("/")[0], row.match_key) for row in communes if row.valid_to is None}
    return places_of(
        next(by_id[row.id] for row in rows if row.level is Level.CENTRAL),
        [by_id[row.id] for row in today if row.level is Level.PROVINCE and row.valid_to is None],
        [
            by_id[row.id]
            for row in communes
            # One that has gone on in another is meant only where no other bears its name now.
            if row.valid_to is None or (row.path.rpartition("/")[0], row.match_key) not in borne
        ],
        former=former,
        spellings=spellings,
    )


def commune_of(province: Unit, name: str) -> Unit | CommuneReading:
    """The commune of a province that a written name means; where none is meant, what was read."""
    communes = {
        unit.id: unit
        for unit in db.session.scalars(select(Unit).where(Unit.parent_id == province.id, Unit.valid_to.is_(None)))
    }
    kinds: dict[int, set[str]] = defaultdict(set)
    for unit_id, kind in db.session.execute(
        select(UnitName.unit_id, UnitName.kind).where(UnitName.unit_id.in_(communes.keys()))
    ):
        kinds[unit_id].add(kind.value)
    above = _place(province, ())
    inside = [_place(unit, kinds[unit.id]) for unit in communes.values()]
    reading = read_commune(name, above, places_of(above, [above], inside, former={}, spellings={}))
    return communes[reading.place.id] if reading.place is not None else reading


def _place(unit: Unit, kinds: Iterable[str]) -> Place:
    return Place(unit.id, unit.path, unit.match_key, unit.name, unit.kind.value, frozenset(kinds))
