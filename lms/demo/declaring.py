"""What the units of the demonstration declare: most of them just whom the rosters name, some more, one fewer."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from lms.core.clock import now, today
from lms.core.db import db
from lms.registry import actions as registry
from lms.registry.models import Organisation, Position, Unit
from lms.registry.rules.declarations import Content, groups_of

DAYS_AGO: Final = 20
"""When the units counted, and their declarations were locked."""
EVERY: Final = 4
"""Of so many units that have people, one declares an official more than is known by name."""


def declare(provinces: Sequence[Unit]) -> None:
    """Declare for every unit of these provinces that has people; one commune of each province declares nothing.

    The second commune of the first province declares one leader fewer than are known: something to resolve.
    """
    counted_on = today() - timedelta(days=DAYS_AGO)
    for index, province in enumerate(provinces):
        counts = _people_of(province, counted_on)
        units = sorted(counts, key=lambda unit: unit.path)
        for number, unit in enumerate(unit for unit in units if unit is not units[-1]):
            known = counts[unit]
            if index == 0 and number == 2:
                known[next(group for group in known if group != unit.level)] -= 1
            elif number % EVERY == EVERY - 1:
                known[unit.level] += 1
            _declare(unit, known, counted_on, number)


def _people_of(province: Unit, day: date) -> dict[Unit, Counter[str]]:
    """How many people each unit of a province has in which group, by the posts held on a day."""
    counts: dict[Unit, Counter[str]] = {}
    rows = db.session.execute(
        select(Unit, Position.level, Organisation.kind)
        .join(Position, Position.unit_id == Unit.id)
        .outerjoin(Organisation, Organisation.id == Position.organisation_id)
        .where(
            (Unit.id == province.id) | (Unit.parent_id == province.id),
            Position.started_on <= day,
            Position.ended_on.is_(None),
        )
    )
    for unit, level, kind in rows:
        counts.setdefault(unit, Counter())[(level or kind).value] += 1
    return counts


def _declare(unit: Unit, known: Counter[str], counted_on: date, number: int) -> None:
    at = now() - timedelta(days=DAYS_AGO - 1)
    content = Content(
        counted_on=counted_on,
        document_number=f"{number + 11}/BC-UBND",
        document_on=counted_on,
        counts={group: known[group] for group in groups_of(unit.level)},
    )
    declaration = registry.save_declaration(unit, content, seen=0, by=None, at=at)
    registry.submit_declaration(declaration, seen=declaration.revision, by=None, at=at)
    registry.lock_declaration(declaration, seen=declaration.revision, by=None, at=at)
