"""The kept figures, read: sums over few buckets, however long the history and however many the people."""

from collections.abc import Collection, Sequence
from datetime import date
from operator import add
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Integer, Select, String, Table, bindparam, func, select, union_all
from sqlalchemy import cast as cast_sql

from lms.core.db import db
from lms.coverage.models import Figure, Mixture
from lms.coverage.rules import Figures
from lms.coverage.rules.buckets import MONTH_BASE, ranges_up_to
from lms.coverage.rules.keys import keys_of, pattern_of

Found = dict[tuple[int, int, str], Figures]
"""Figures by requirement, unit and key."""
MEASURES: Final = ("obliged", "trained", "excused")


_figure: Final[Any] = cast(Table, Figure.__table__).c
_mixture: Final[Any] = cast(Table, Mixture.__table__).c
_SPANS: Final = ("years", "months", "days")
_span: Final = union_all(
    *(
        select(
            bindparam(f"{size}_first", type_=Integer).label("first"),
            bindparam(f"{size}_last", type_=Integer).label("last"),
        )
        for size in _SPANS
    )
).subquery("span")


def _asked(table: Any, *key: ColumnElement[str]) -> Select[Any]:
    """Sums over the buckets up to a day. Built once: every page asks it, some of them several times."""
    places = (table.requirement_id, table.unit_id, *key)
    return (
        select(*places, *(cast_sql(func.sum(table[name]), Integer) for name in MEASURES))
        .select_from(_span)
        .join(table.bucket.table, table.bucket.between(_span.c.first, _span.c.last))
        .where(
            table.requirement_id.in_(bindparam("requirements", expanding=True)),
            table.unit_id.in_(bindparam("units", expanding=True)),
        )
        .group_by(*places)
    )


_BY_KEY: Final = _asked(_figure, _figure.cut_key).where(_figure.cut_key.in_(bindparam("keys", expanding=True)))
_BY_MIX: Final = _asked(_mixture, _mixture.mix)
_OF_KEY: Final = _asked(_mixture).where(_mixture.mix.like(bindparam("pattern", type_=String)))


def _values(requirement_ids: Collection[int], unit_ids: Collection[int], day: date) -> dict[str, Any]:
    values: dict[str, Any] = {"requirements": sorted(requirement_ids), "units": sorted(unit_ids)}
    for size, (first, last) in zip(_SPANS, ranges_up_to(day), strict=True):
        values |= {f"{size}_first": first, f"{size}_last": last}
    return values


def figures(requirement_ids: Collection[int], unit_ids: Collection[int], keys: Collection[str], day: date) -> Found:
    """The figures of a day for every requirement, unit and key asked for; those that are not there count nobody.

    One statement. It reads at most some fifty rows for each of what is asked for.
    """
    if not (requirement_ids and unit_ids and keys):
        return {}
    values = {**_values(requirement_ids, unit_ids, day), "keys": sorted(keys)}
    return {
        (requirement_id, unit_id, key): Figures(obliged, trained, excused)
        for requirement_id, unit_id, key, obliged, trained, excused in db.session.connection().execute(_BY_KEY, values)
    }


def mixed(requirement_ids: Collection[int], unit_ids: Collection[int], day: date, key: str | None = None) -> Found:
    """The same for units whose figures are kept by mixes of keys: by every key there is, or by one.

    One statement. It reads the mixes that changed in some fifty spans, however long the history.
    """
    if not (requirement_ids and unit_ids):
        return {}
    values = _values(requirement_ids, unit_ids, day)
    connection = db.session.connection()
    if key is not None:
        rows = connection.execute(_OF_KEY, {**values, "pattern": pattern_of(key)})
        return {(row[0], row[1], key): Figures(*row[2:]) for row in rows}
    sums: dict[tuple[int, int, str], list[int]] = {}
    for requirement_id, unit_id, mix, *amounts in connection.execute(_BY_MIX, values):
        for one in keys_of(mix):
            had = sums.setdefault((requirement_id, unit_id, one), [0, 0, 0])
            had[:] = map(add, had, amounts)
    return {place: Figures(*amounts) for place, amounts in sums.items()}


def curve(
    requirement_id: int, unit_id: int, key: str, days: Sequence[date], *, is_mixed: bool = False
) -> list[Figures]:
    """The figures of a unit on several days, in their order: one statement over the months, whatever their number.

    days: ascending. Days within a month read that month's days.
    is_mixed: of a unit whose figures are kept by mixes of keys, the mixes that hold the key.
    """
    if not days:
        return []
    table = _mixture if is_mixed else _figure
    changes = (
        select(table.bucket, *(cast_sql(func.sum(table[name]), Integer) for name in MEASURES))
        .where(
            table.requirement_id == requirement_id,
            table.unit_id == unit_id,
            _mixture.mix.like(pattern_of(key)) if is_mixed else _figure.cut_key == key,
        )
        .group_by(table.bucket)
    )
    connection = db.session.connection()
    in_months = connection.execute(changes.where(table.bucket <= days[-1].year * MONTH_BASE + days[-1].month)).all()
    found = []
    for day in days:
        years, months, within = ranges_up_to(day)
        last_month = months[1] + 1 if _ends_month(day) else months[1]
        parts = [row[1:] for row in in_months if row[0] <= years[1] or months[0] <= row[0] <= last_month]
        if not _ends_month(day):
            parts += [row[1:] for row in connection.execute(changes.where(table.bucket.between(*within)))]
        found.append(Figures(*(sum(column) for column in zip((0, 0, 0), *parts, strict=True))))
    return found


def _ends_month(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).day == 1
