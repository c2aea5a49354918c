"""Keeping in which units everything at a unit counts, and telling those above when that changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from lms.core.db import db
from lms.registry.models import SuccessionKind, Unit, UnitName, UnitReach, UnitSuccession
from lms.registry.queries import chunks
from lms.registry.rules.reach import Life, Passage, Stay, reach_of_all
from lms.registry.signals import units_changed


def write_reach(*, at: datetime) -> None:
    """Keep in which units everything at a unit counts: from what stood where and what went on as what.

    Only differences are written; whoever counts people by unit hears of the units that they concern.
    """
    db.session.flush()
    kept: dict[int, set[int]] = {}
    for unit_id, within_id in db.session.execute(select(UnitReach.unit_id, UnitReach.within_id)):
        kept.setdefault(unit_id, set()).add(within_id)
    wanted = _reach()
    changed = sorted(unit_id for unit_id, within in wanted.items() if kept.get(unit_id, set()) ^ within)
    if not changed:
        return
    for part in chunks([unit_id for unit_id in changed if unit_id in kept]):
        db.session.execute(delete(UnitReach).where(UnitReach.unit_id.in_(part)))
    db.session.execute(
        insert(UnitReach),
        [{"unit_id": unit_id, "within_id": within_id} for unit_id in changed for within_id in sorted(wanted[unit_id])],
    )
    units_changed.send("registry", unit_ids=changed, at=at)


def _reach() -> dict[int, frozenset[int]]:
    units = db.session.execute(select(Unit.id, Unit.parent_id, Unit.valid_from, Unit.valid_to, Unit.extent_of_id)).all()
    names: list[Any] = list(
        db.session.execute(select(UnitName.unit_id, UnitName.parent_id, UnitName.valid_from, UnitName.valid_to))
    )
    successions = db.session.execute(
        # Where a level of government ended nothing was passed on that does not lie in the unit above anyway.
        select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id, UnitSuccession.on).where(
            UnitSuccession.kind != SuccessionKind.ABOLISH
        )
    )
    own = {unit.id for unit in units if unit.extent_of_id is None}
    return reach_of_all(
        {unit.id: Life(unit.valid_from, unit.valid_to, unit.extent_of_id) for unit in units},
        [
            Stay(name.unit_id, name.parent_id, name.valid_from, name.valid_to)
            for name in names
            if name.unit_id in own and name.parent_id is not None
        ],
        [Passage(row.from_unit_id, row.to_unit_id, row.on) for row in successions],
    )
