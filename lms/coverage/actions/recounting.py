"""Counting everything anew from the facts: proves that what is kept is the truth, and repairs it where it is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    delete,
    except_,
    exists,
    func,
    insert,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as cast_sql

from lms.core.db import db
from lms.coverage.actions.settling import Changes, differences, execute, wait_for_turn, write
from lms.coverage.models import Figure, Share
from lms.coverage.queries import facts
from lms.coverage.rules.buckets import MONTH_BASE, YEAR_BASE, buckets_of
from lms.records.models import Duty
from lms.registry.models import Person

CHUNK: Final = 500
HELD: Final = 200_000
"""Changes that are summed in memory before they go to the table of the truth."""
_truth = Table(
    "figure_truth",
    MetaData(),
    Column("requirement_id", Integer),
    Column("unit_id", Integer),
    Column("cut_key", String(60)),
    Column("bucket", Integer),
    Column("obliged", Integer),
    Column("trained", Integer),
    Column("excused", Integer),
    prefixes=["TEMPORARY"],
)
"""Every change of a day as the facts say; more than one row for a place where it did not fit in memory at once."""
_kept: Final = cast(Table, Figure.__table__)
MEASURES: Final = ("obliged", "trained", "excused")
PLACE: Final = ("requirement_id", "unit_id", "cut_key")


@dataclass(frozen=True)
class Recounted:
    """What a recount found."""

    people: int
    """Looked at."""
    wrong_people: int
    """Of whom something was kept that the facts do not say."""
    wrong_figures: int
    """Rows of the figures that were not what they should be."""

    @property
    def is_right(self) -> bool:
        return not (self.wrong_people or self.wrong_figures)


def is_uncounted() -> bool:
    """Whether there are duties and nothing is kept of them: after data came in past the product."""
    has_duties = db.session.scalar(select(exists().where(Duty.superseded_at.is_(None))))
    return bool(has_duties) and not db.session.scalar(select(exists().where(Share.person_id > 0)))


def recount(*, is_repairing: bool) -> Recounted:
    """Count everything from the facts and compare it with what is kept.

    Without repairing it only reads, from one state of the database. Repairing lets nothing else settle meanwhile.
    """
    if is_repairing:
        wait_for_turn()
    connection = db.session.connection()
    _truth.create(connection)
    try:
        people, wrong_people = _count_everyone(is_repairing=is_repairing)
        wrong_figures = _wrong_figures()
        if wrong_figures and is_repairing:
            _replace_figures()
    finally:
        _truth.drop(connection)
    return Recounted(people, wrong_people, wrong_figures)


def _count_everyone(*, is_repairing: bool) -> tuple[int, int]:
    asked = facts.windows()
    people = wrong = 0
    whole: Changes = {}
    for counting in _everyone():
        found = differences(counting, asked, whole)
        people += len(counting)
        wrong += len(found.people)
        if is_repairing:
            write(found)
        if len(whole) > HELD:
            _keep(whole)
            whole = {}
    _keep(whole)
    return people, wrong


def _everyone() -> Iterator[list[int]]:
    """Every id, those who count together with those merged into them, some at a time."""
    last = 0
    while True:
        part = db.session.scalars(
            select(Person.id).where(Person.id > last, Person.merged_into_id.is_(None)).order_by(Person.id).limit(CHUNK)
        ).all()
        if not part:
            return
        last = part[-1]
        yield [*part, *db.session.scalars(select(Person.id).where(Person.merged_into_id.in_(part)))]


def _keep(whole: Changes) -> None:
    rows = [
        {
            **dict(zip(PLACE, place[:3], strict=True)),
            "bucket": buckets_of(date.fromordinal(place[3]))[2],
            **dict(zip(MEASURES, change, strict=True)),
        }
        for place, change in whole.items()
        if change != (0, 0, 0)
    ]
    for start in range(0, len(rows), HELD // 10):
        execute(insert(_truth), rows[start : start + HELD // 10])


def _changes(table: Table, bucket: ColumnElement[int], *conditions: ColumnElement[bool]) -> Select[Any]:
    """What changes in each place and bucket; nothing where nothing does in sum."""
    places = [table.c[name] for name in PLACE]
    sums = [func.sum(table.c[name]) for name in MEASURES]
    return (
        select(*places, bucket.label("bucket"), *(cast_sql(total, Integer) for total in sums))
        .where(*conditions)
        .group_by(*places, bucket)
        .having(or_(*(total != 0 for total in sums)))
    )


def _true_figures() -> list[Select[Any]]:
    """The truth by day, by month and by year."""
    bucket = _truth.c.bucket
    return [_changes(_truth, size) for size in (bucket, bucket // MONTH_BASE, bucket // YEAR_BASE)]


def _wrong_figures() -> int:
    """How many rows are kept that are not true, or true and not kept."""
    truth = union_all(*_true_figures()).subquery()
    kept = _changes(_kept, _kept.c.bucket)
    wrong = 0
    for one, other in ((select(truth), kept), (kept, select(truth))):
        wrong += db.session.execute(select(func.count()).select_from(except_(one, other).subquery())).scalar_one()
    return wrong


def _replace_figures() -> None:
    db.session.execute(delete(_kept))
    columns = [*PLACE, "bucket", *MEASURES]
    for part in _true_figures():
        db.session.execute(insert(_kept).from_select(columns, part))
