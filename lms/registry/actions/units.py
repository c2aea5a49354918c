"""Loading the official units from the files that come with the product."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import insert, select, update

from lms.core import audit
from lms.core.db import db
from lms.registry.actions.unit_reach import write_reach
from lms.registry.models import Level, SuccessionKind, Unit, UnitKind, UnitName, UnitSuccession
from lms.registry.queries import CENTRE, DATA, units_changed_here
from lms.registry.rules.names import search_key
from lms.registry.rules.units import path_of, unit_key

REUNIFIED: Final = date(1976, 7, 2)
CENTRE_BASIS: Final = "NQ của Quốc hội khóa VI, 02/07/1976"
LEVELS: Final = (Level.CENTRAL, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)
UnitCode = tuple[str, str]
"""A code list and a code in it."""
Spans = dict[UnitCode, list[dict[str, str]]]


@dataclass(frozen=True)
class UnitsLoaded:
    """How many units, names and successions were written."""

    created: int
    changed: int

    @property
    def is_nothing(self) -> bool:
        return not (self.created or self.changed)


def load_units(at: datetime) -> UnitsLoaded:
    """Bring the units in the database to what the files say. Loading them again changes nothing.

    Units that a resolution entered here has changed are left alone: the files may not know of it yet.
    """
    left_alone = units_changed_here()
    spans = {code: rows for code, rows in _spans().items() if code not in left_alone}
    loaded = _write_units(spans)
    ids = _unit_ids()
    names = _write_names(spans, ids)
    successions = _write_successions(ids, left_alone)
    write_reach(at=at)
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


def _spans() -> Spans:
    """The rows of units.csv by unit, the oldest first, the country before all."""
    spans: Spans = {
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


def _parent_code(code: UnitCode, row: Mapping[str, str]) -> UnitCode | None:
    """The unit above: the country for provinces, else the one with the parent's code in the same list."""
    if row["level"] == Level.CENTRAL:
        return None
    return (CENTRE, CENTRE) if row["level"] == Level.PROVINCE else (code[0], row["parent_code"])


def _write_units(spans: Spans) -> UnitsLoaded:
    columns = ("level", "kind", "name", "match_key", "parent_id", "path", "valid_from", "valid_to")
    known = {
        (row.code_list, row.code): row
        for row in db.session.execute(
            select(Unit.id, Unit.code_list, Unit.code, *(getattr(Unit, name) for name in columns))
        )
    }
    ids: dict[UnitCode, int] = {code: row.id for code, row in known.items()}
    paths: dict[UnitCode, str] = {code: row.path for code, row in known.items()}
    created, changed = 0, []
    for level in LEVELS:
        fresh = []
        for code, rows in spans.items():
            last = rows[-1]
            if last["level"] != level:
                continue
            parent = _parent_code(code, last)
            paths[code] = path_of(*code, above=paths[parent] if parent is not None else None)
            values = {
                "level": level,
                "kind": UnitKind(last["kind"]),
                "name": last["name"],
                "match_key": unit_key(last["name"]),
                "parent_id": ids[parent] if parent is not None else None,
                "path": paths[code],
                "valid_from": _day(rows[0]["valid_from"]),
                "valid_to": _day(last["valid_to"]),
            }
            if code not in known:
                fresh.append({"code_list": code[0], "code": code[1], **values})
            elif _differs(known[code], values):
                changed.append({"id": known[code].id, **values})
        created += len(fresh)
        if fresh:
            db.session.execute(insert(Unit), fresh)
            ids = _unit_ids()
    if changed:
        db.session.execute(update(Unit), changed)
    return UnitsLoaded(created, len(changed))


def _differs(known: Any, values: Mapping[str, Any]) -> bool:
    """Whether a row that is there says something else than these values."""
    return any(getattr(known, name) != value for name, value in values.items())


def _unit_ids() -> dict[UnitCode, int]:
    return {(row.code_list, row.code): row.id for row in db.session.execute(select(Unit.id, Unit.code_list, Unit.code))}


def _write_names(spans: Spans, ids: Mapping[UnitCode, int]) -> UnitsLoaded:
    columns = ("kind", "name", "match_key", "search_key", "parent_id", "valid_to", "legal_basis")
    known = {
        (row.unit_id, row.valid_from): row
        for row in db.session.execute(
            select(UnitName.id, UnitName.unit_id, UnitName.valid_from, *(getattr(UnitName, name) for name in columns))
        )
    }
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for code, rows in spans.items():
        for row in rows:
            valid_from = date.fromisoformat(row["valid_from"])
            parent = _parent_code(code, row)
            values = {
                "kind": UnitKind(row["kind"]),
                "name": row["name"],
                "match_key": unit_key(row["name"]),
                "search_key": search_key(row["name"]),
                "parent_id": ids[parent] if parent is not None else None,
                "valid_to": _day(row["valid_to"]),
                "legal_basis": row["legal_basis"],
            }
            name = known.get((ids[code], valid_from))
            if name is None:
                fresh.append({"unit_id": ids[code], "valid_from": valid_from, **values})
            elif _differs(name, values):
                changed.append({"id": name.id, **values})
    if fresh:
        db.session.execute(insert(UnitName), fresh)
    if changed:
        db.session.execute(update(UnitName), changed)
    return UnitsLoaded(len(fresh), len(changed))


def _write_successions(ids: Mapping[UnitCode, int], left_alone: frozenset[UnitCode]) -> UnitsLoaded:
    known = {
        (row.from_unit_id, row.to_unit_id, row.on): row
        for row in db.session.execute(
            select(
                UnitSuccession.id,
                UnitSuccession.from_unit_id,
                UnitSuccession.to_unit_id,
                UnitSuccession.on,
                UnitSuccession.kind,
                UnitSuccession.legal_basis,
            )
        )
    }
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for row in _read("successions.csv"):
        earlier, later = (row["from_code_list"], row["from_code"]), (row["to_code_list"], row["to_code"])
        on = date.fromisoformat(row["on"])
        values = {"kind": SuccessionKind(row["kind"]), "legal_basis": row["legal_basis"]}
        succession = known.get((ids[earlier], ids[later], on))
        if succession is not None and _differs(succession, values):
            changed.append({"id": succession.id, **values})
        elif succession is None and earlier not in left_alone:
            fresh.append({"from_unit_id": ids[earlier], "to_unit_id": ids[later], "on": on, **values})
    if fresh:
        db.session.execute(insert(UnitSuccession), fresh)
    if changed:
        db.session.execute(update(UnitSuccession), changed)
    return UnitsLoaded(len(fresh), len(changed))
