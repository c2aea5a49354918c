"""Loading the official units from the files that come with the product."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from lms.core import audit
from lms.core.db import db
from lms.registry.models import Level, SuccessionKind, Unit, UnitKind, UnitName, UnitReach, UnitSuccession
from lms.registry.queries import CENTRE, DATA, TODAY_LIST
from lms.registry.rules.reach import reach_of_all
from lms.registry.rules.units import unit_key

REUNIFIED: Final = date(1976, 7, 2)
CENTRE_BASIS: Final = "NQ của Quốc hội khóa VI, 02/07/1976"
UnitCode = tuple[str, str]


@dataclass(frozen=True)
class UnitsLoaded:
    """How many units, names and successions were written."""

    created: int
    changed: int

    @property
    def is_nothing(self) -> bool:
        return not (self.created or self.changed)


def load_units(at: datetime) -> UnitsLoaded:
    """Bring the units in the database to what the files say. Loading them again changes nothing."""
    spans = _spans()
    loaded = _write_units(spans)
    names = _write_names(spans)
    successions = _write_successions()
    write_reach()
    total = UnitsLoaded(
        loaded.created + names.created + successions.created,
        loaded.changed + names.changed + successions.changed,
    )
    if not total.is_nothing:
        db.session.expire_all()
        centre = db.session.scalars(select(Unit).where(Unit.code_list == CENTRE)).one()
        audit.record("registry.load_units", centre, by=None, at=at, created=total.created, changed=total.changed)
    return total


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _spans() -> dict[UnitCode, list[dict[str, str]]]:
    """The rows of units.csv by unit, the oldest first, the country before all."""
    spans: dict[UnitCode, list[dict[str, str]]] = {
        (CENTRE, CENTRE): [
            {
                "level": "central",
                "kind": "country",
                "name": "Việt Nam",
                "parent_code": "",
                "valid_from": REUNIFIED.isoformat(),
                "valid_to": "",
                "legal_basis": CENTRE_BASIS,
            }
        ]
    }
    for row in _read("units.csv"):
        spans.setdefault((row["code_list"], row["code"]), []).append(row)
    return {code: sorted(rows, key=lambda row: row["valid_from"]) for code, rows in spans.items()}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _path(code: UnitCode, level: Level, parent_code: str) -> str:
    if level is Level.CENTRAL:
        return CENTRE
    if level is Level.PROVINCE:
        return f"{CENTRE}/{code[1]}" if code[0] == TODAY_LIST else f"{CENTRE}/{code[0]}:{code[1]}"
    return f"{CENTRE}/{parent_code}/{code[1]}"


def _write_units(spans: dict[UnitCode, list[dict[str, str]]]) -> UnitsLoaded:
    known = {(unit.code_list, unit.code): unit for unit in db.session.scalars(select(Unit))}
    ids: dict[UnitCode, int] = {code: unit.id for code, unit in known.items()}
    created = changed = 0
    for level in (Level.CENTRAL, Level.PROVINCE, Level.COMMUNE):
        fresh = []
        for code, rows in spans.items():
            last = rows[-1]
            if last["level"] != level:
                continue
            parent: UnitCode | None = None
            if level is Level.PROVINCE:
                parent = (CENTRE, CENTRE)
            elif level is Level.COMMUNE:
                parent = (code[0], last["parent_code"])
            values = {
                "level": level,
                "kind": UnitKind(last["kind"]),
                "name": last["name"],
                "match_key": unit_key(last["name"]),
                "parent_id": ids[parent] if parent is not None else None,
                "path": _path(code, level, last["parent_code"]),
                "valid_from": _day(rows[0]["valid_from"]),
                "valid_to": _day(last["valid_to"]),
            }
            unit = known.get(code)
            if unit is None:
                fresh.append({"code_list": code[0], "code": code[1], **values})
            elif differing := {name: value for name, value in values.items() if getattr(unit, name) != value}:
                db.session.execute(update(Unit).where(Unit.id == unit.id).values(**differing))
                changed += 1
        created += len(fresh)
        ids.update(_insert_units(fresh))
    return UnitsLoaded(created, changed)


def _insert_units(fresh: Sequence[dict[str, Any]]) -> dict[UnitCode, int]:
    if not fresh:
        return {}
    rows = db.session.execute(insert(Unit).returning(Unit.id, Unit.code_list, Unit.code), fresh)
    return {(row.code_list, row.code): row.id for row in rows}


def _unit_ids() -> dict[UnitCode, int]:
    return {(row.code_list, row.code): row.id for row in db.session.execute(select(Unit.id, Unit.code_list, Unit.code))}


def _write_names(spans: dict[UnitCode, list[dict[str, str]]]) -> UnitsLoaded:
    ids = _unit_ids()
    known = {(name.unit_id, name.valid_from): name for name in db.session.scalars(select(UnitName))}
    fresh: list[dict[str, Any]] = []
    changed = 0
    for code, rows in spans.items():
        for row in rows:
            valid_from = date.fromisoformat(row["valid_from"])
            values = {
                "kind": UnitKind(row["kind"]),
                "name": row["name"],
                "valid_to": _day(row["valid_to"]),
                "legal_basis": row["legal_basis"],
            }
            name = known.get((ids[code], valid_from))
            if name is None:
                fresh.append({"unit_id": ids[code], "valid_from": valid_from, **values})
            elif differing := {key: value for key, value in values.items() if getattr(name, key) != value}:
                db.session.execute(update(UnitName).where(UnitName.id == name.id).values(**differing))
                changed += 1
    if fresh:
        db.session.execute(insert(UnitName), fresh)
    return UnitsLoaded(len(fresh), changed)


def _write_successions() -> UnitsLoaded:
    ids = _unit_ids()
    known = {
        (row.from_unit_id, row.to_unit_id)
        for row in db.session.execute(select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id))
    }
    fresh = []
    for row in _read("successions.csv"):
        pair = (ids[row["from_code_list"], row["from_code"]], ids[row["to_code_list"], row["to_code"]])
        if pair not in known:
            fresh.append(
                {
                    "from_unit_id": pair[0],
                    "to_unit_id": pair[1],
                    "kind": SuccessionKind(row["kind"]),
                    "on": date.fromisoformat(row["on"]),
                    "legal_basis": row["legal_basis"],
                }
            )
    if fresh:
        db.session.execute(insert(UnitSuccession), fresh)
    return UnitsLoaded(len(fresh), 0)


def write_reach() -> None:
    """Keep in which units everything at a unit counts: from parents and successions."""
    units = db.session.execute(select(Unit.id, Unit.parent_id, Unit.valid_from, Unit.valid_to)).all()
    successions = db.session.execute(
        select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id, UnitSuccession.on)
    ).all()
    formed_on = {unit.id: unit.valid_from for unit in units}
    reach = reach_of_all(
        {unit.id: unit.parent_id for unit in units},
        [(row.from_unit_id, row.to_unit_id) for row in successions],
        standing=[unit.id for unit in units if unit.valid_to is None],
        formed=[(row.from_unit_id, row.to_unit_id) for row in successions if formed_on[row.to_unit_id] == row.on],
    )
    wanted = {(unit_id, within_id) for unit_id, within in reach.items() for within_id in within}
    kept = {(row.unit_id, row.within_id) for row in db.session.execute(select(UnitReach.unit_id, UnitReach.within_id))}
    for unit_id, within_id in kept - wanted:
        db.session.execute(delete(UnitReach).where(UnitReach.unit_id == unit_id, UnitReach.within_id == within_id))
    if wanted - kept:
        rows = [{"unit_id": unit_id, "within_id": within_id} for unit_id, within_id in sorted(wanted - kept)]
        db.session.execute(insert(UnitReach), rows)
