"""The best that can be done by hand for figures of any day: a checkpoint for every month, and the days since.

The floor that coverage pages are held to. Its tables are made from the kept days of the figures and gone after a run.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Final

from flask import Flask
from sqlalchemy import TextClause, bindparam, text

from benchmarks.country.lives import FIRST_DAY, LAST_DAY
from lms.core.db import db
from lms.coverage.rules import Figures
from lms.coverage.rules.buckets import MONTH_BASE, buckets_of
from lms.coverage.rules.shares import ALL

CHECKPOINT: Final = "bench_checkpoint"
DELTA: Final = "bench_delta"
FIRST_DAY_BUCKET: Final = 10_000_000
"""Buckets from here on are single days."""
MAKING: Final = (
    f"""
    CREATE TABLE {CHECKPOINT} (
        month INTEGER, unit_id INTEGER, cut_key VARCHAR(60), requirement_id INTEGER,
        obliged INTEGER, trained INTEGER, excused INTEGER, PRIMARY KEY (month, unit_id, cut_key, requirement_id)
    )
    """,
    f"""
    CREATE TABLE {DELTA} (
        unit_id INTEGER, day INTEGER, cut_key VARCHAR(60), requirement_id INTEGER,
        obliged INTEGER, trained INTEGER, excused INTEGER, PRIMARY KEY (unit_id, day, cut_key, requirement_id)
    )
    """,
    f"""
    INSERT INTO {DELTA}
    SELECT figure.unit_id, bucket, cut_key, requirement_id, obliged, trained, excused
    FROM coverage_figure figure JOIN unit ON unit.id = figure.unit_id
    WHERE bucket >= {FIRST_DAY_BUCKET} AND (unit.level IN ('central', 'province') OR unit.valid_to IS NULL)
    ORDER BY 1, 2, 3, 4
    """,
    "CREATE TEMPORARY TABLE bench_month (month INTEGER)",
)
CUMULATING: Final = f"""
    INSERT INTO {CHECKPOINT}
    SELECT month, unit_id, cut_key, requirement_id,
        sum(sum(o)) OVER place, sum(sum(t)) OVER place, sum(sum(e)) OVER place
    FROM (
        SELECT month, unit_id, cut_key, requirement_id, 0 AS o, 0 AS t, 0 AS e
        FROM (SELECT DISTINCT unit_id, cut_key, requirement_id FROM {DELTA}) place CROSS JOIN bench_month
        UNION ALL
        SELECT day / {MONTH_BASE}, unit_id, cut_key, requirement_id, obliged, trained, excused
        FROM {DELTA} WHERE day < :end
    ) change
    GROUP BY month, unit_id, cut_key, requirement_id
    WINDOW place AS (PARTITION BY unit_id, cut_key, requirement_id ORDER BY month)
    ORDER BY 1, 2, 3, 4
"""
Found = dict[tuple[int, int, str], Figures]
"""By requirement, unit and key."""


@contextmanager
def checkpoints(app: Flask) -> Iterator[None]:
    """Checkpoints and days of every province and every commune of today, for as long as the block lasts."""
    months = [year * MONTH_BASE + month for year in range(FIRST_DAY.year, LAST_DAY.year + 1) for month in range(1, 13)]
    with app.app_context():
        _drop()
        for statement in MAKING:
            db.session.execute(text(statement))
        db.session.execute(text("INSERT INTO bench_month VALUES (:month)"), [{"month": month} for month in months])
        db.session.execute(text(CUMULATING), {"end": (months[-1] + 1) * MONTH_BASE})
        db.session.execute(text("DROP TABLE bench_month"))
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()
    try:
        yield
    finally:
        with app.app_context():
            _drop()
            db.session.commit()
            db.session.remove()


def _drop() -> None:
    for table in (CHECKPOINT, DELTA):
        db.session.execute(text(f"DROP TABLE IF EXISTS {table}"))


def _asked() -> TextClause:
    sums = "sum(obliged), sum(trained), sum(excused)"
    tables = (
        ("obliged, trained, excused", f"{CHECKPOINT} WHERE month = :before", ""),
        (sums, f"{DELTA} WHERE day BETWEEN :first AND :day", "GROUP BY 1, 2, 3"),
    )
    wanted = (
        "unit_id = :unit AND (cut_key = :key OR requirement_id = :requirement)",
        "unit_id IN :below AND cut_key = :key AND requirement_id = :requirement",
    )
    parts = [
        f"SELECT requirement_id, unit_id, cut_key, {measures} FROM {table} AND {where} {grouped}"
        for measures, table, grouped in tables
        for where in wanted
    ]
    return text(" UNION ALL ".join(parts)).bindparams(bindparam("below", expanding=True))


ASKED: Final = _asked()


def figures(requirement_id: int, unit_id: int, below: Sequence[int], day: date, key: str = ALL) -> Found:
    """What a coverage page shows: of every requirement the total, of one of them all cuts and the units below."""
    month, bucket = buckets_of(day)[1:]
    before = month - 1 if month % MONTH_BASE > 1 else month - MONTH_BASE + 11
    rows = db.session.connection().execute(
        ASKED,
        {
            "requirement": requirement_id,
            "unit": unit_id,
            "below": below,
            "key": key,
            "before": before,
            "first": month * MONTH_BASE,
            "day": bucket,
        },
    )
    found: dict[tuple[int, int, str], tuple[int, int, int]] = {}
    for requirement, unit, cut, obliged, trained, excused in rows:
        had = found.get((requirement, unit, cut), (0, 0, 0))
        found[requirement, unit, cut] = (had[0] + int(obliged), had[1] + int(trained), had[2] + int(excused))
    return {place: Figures(*sums) for place, sums in found.items() if sums != (0, 0, 0)}
