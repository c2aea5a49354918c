"""The kept figures, read: sums over few buckets, however long the history and however many the people."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Subquery, func, literal, select, union_all

from lms.core.db import db
from lms.coverage.models import Figure
from lms.coverage.rules import Figures
from lms.coverage.rules.buckets import ranges_up_to

Found = dict[tuple[int, int, str], Figures]
"""Figures by requirement, unit and key."""


def figures(requirement_ids: Collection[int], unit_ids: Collection[int], keys: Collection[str], day: date) -> Found:
    """The figures of a day for every requirement, unit and key asked for; those that are not there count nobody.

    One statement. It reads at most some fifty rows for each of what is asked for.
    """
    if not (requirement_ids and unit_ids and keys):
        return {}
    ranges = _ranges(day)
    rows = db.session.execute(
        select(
            Figure.requirement_id,
            Figure.unit_id,
            Figure.key,
            func.sum(Figure.obliged),
            func.sum(Figure.trained),
            func.sum(Figure.excused),
        )
        .select_from(ranges)
        .join(Figure, Figure.bucket.between(ranges.c.first, ranges.c.last))
        .where(
            Figure.requirement_id.in_(sorted(requirement_ids)),
            Figure.unit_id.in_(sorted(unit_ids)),
            Figure.key.in_(sorted(keys)),
        )
        .group_by(Figure.requirement_id, Figure.unit_id, Figure.key)
    )
    return {
        (requirement_id, unit_id, key): Figures(int(obliged), int(trained), int(excused))
        for requirement_id, unit_id, key, obliged, trained, excused in rows
    }


def _ranges(day: date) -> Subquery:
    years, months, days = ranges_up_to(day)
    return union_all(
        *(select(literal(first).label("first"), literal(last).label("last")) for first, last in (years, months, days))
    ).subquery("span")


def curve(requirement_id: int, unit_id: int, key: str, days: Sequence[date]) -> list[Figures]:
    """The figures of a unit on several days, in their order: one statement over the months, whatever their number.

    days: ascending. Days within a month read that month's days.
    """
    if not days:
        return []
    changes = db.session.execute(
        select(Figure.bucket, Figure.obliged, Figure.trained, Figure.excused)
        .where(
            Figure.requirement_id == requirement_id,
            Figure.unit_id == unit_id,
            Figure.key == key,
            Figure.bucket.between(0, days[-1].year * 100 + days[-1].month),
        )
        .order_by(Figure.bucket)
    ).all()
    by_bucket = {row.bucket: (row.obliged, row.trained, row.excused) for row in changes}
    within = {day: _days_of_month(requirement_id, unit_id, key, day) for day in days if not _ends_month(day)}
    found = []
    for day in days:
        years, months, _days = ranges_up_to(day)
        last_month = day.year * 100 + day.month if _ends_month(day) else months[1]
        parts = [
            change for bucket, change in by_bucket.items() if bucket <= years[1] or months[0] <= bucket <= last_month
        ]
        found.append(Figures(*(sum(column) for column in zip(*parts, within.get(day, (0, 0, 0)), strict=True))))
    return found


def _ends_month(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).day == 1


def _days_of_month(requirement_id: int, unit_id: int, key: str, day: date) -> tuple[int, int, int]:
    first, last = ranges_up_to(day)[2]
    obliged, trained, excused = db.session.execute(
        select(func.sum(Figure.obliged), func.sum(Figure.trained), func.sum(Figure.excused)).where(
            Figure.requirement_id == requirement_id,
            Figure.unit_id == unit_id,
            Figure.key == key,
            Figure.bucket.between(first, last),
        )
    ).one()
    return int(obliged or 0), int(trained or 0), int(excused or 0)
