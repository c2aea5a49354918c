"""Counting everything anew from the facts: proves that what is kept is the truth, and repairs it where it is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as cast_sql

from lms.core.bulk import write_rows
from lms.core.db import db
from lms.coverage.actions.settling import differences, wait_for_turn, write
from lms.coverage.models import Figure, Mixture, Share
from lms.coverage.queries import facts
from lms.coverage.rules.buckets import MONTH_BASE, YEAR_BASE, buckets_of
from lms.coverage.rules.keys import MIX
from lms.coverage.rules.shares import Changes
from lms.records.models import Duty
from lms.registry.models import Person

CHUNK: Final = 500
HELD: Final = 400_000
"""Changes that are summed in memory before they go to the table of the truth."""
NOTHING: Final = [0, 0, 0]
_truth = Table(
    "figure_truth",
    MetaData(),
    Column("requirement_id", Integer),
    Column("unit_id", Integer),
    Column("cut_key", String(500)),
    Column("bucket", Integer),
    Column("obliged", Integer),
    Column("trained", Integer),
    Column("excused", Integer),
    prefixes=["TEMPORARY"],
)
"""Every change of a day as the facts say; more than one row for a place where it did not fit in memory at once."""
MEASURES: Final = ("obliged", "trained", "excused")
PLACE: Final = ("requirement_id", "unit_id", "cut_key", "bucket")


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
    kept = (exists().where(Share.person_id > 0), exists().where(Mixture.unit_id > 0))
    return bool(has_duties) and not db.session.scalar(select(and_(*kept)))


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
    asked, reach, changes = facts.windows(), facts.Reach(), Changes()
    people = wrong = 0
    for counting in _everyone():
        found = differences(counting, asked, reach, changes, is_whole=True)
        people += len(counting)
        wrong += len(found.people)
        if is_repairing:
            write(found)
        if len(changes) > HELD:
            _keep(changes)
            changes.clear()
    _keep(changes)
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


def _keep(changes: Changes) -> None:
    write_rows(
        _truth,
        list(_truth.c),
        (
            (requirement_id, unit_id, key, _day_bucket(day), *amounts)
            for (requirement_id, unit_id, key, day), amounts in changes.items()
            if amounts != NOTHING
        ),
    )


@lru_cache(maxsize=20_000)
def _day_bucket(day: int) -> int:
    return buckets_of(date.fromordinal(day))[2]


@dataclass(frozen=True)
class _Kept:
    """A table of kept figures, and which rows of the truth belong in it."""

    table: Table
    key: Column[str]
    is_meant: ColumnElement[bool]


_is_mix: Final = _truth.c.cut_key.startswith(MIX)
_figures: Final = cast(Table, Figure.__table__)
_mixtures: Final = cast(Table, Mixture.__table__)
KEPT: Final = (_Kept(_figures, _figures.c.cut_key, ~_is_mix), _Kept(_mixtures, _mixtures.c.mix, _is_mix))
FIRST_MONTH: Final = YEAR_BASE
FIRST_DAY: Final = YEAR_BASE * MONTH_BASE
"""Buckets below this one are years and months: see rules.buckets."""


def _wrong_figures() -> int:
    """How many rows are kept that are not true, or true and not kept.

    Days are held to the truth, months to the kept days, years to the kept months: each kept row is looked at once.
    """
    wrong = 0
    for kept in KEPT:
        table = kept.table.c
        is_day, is_month = table.bucket >= FIRST_DAY, table.bucket.between(FIRST_MONTH, FIRST_DAY - 1)
        days, months = _rows(kept, is_day), _rows(kept, is_month)
        years = _rows(kept, table.bucket < FIRST_MONTH)
        wrong += _disagreeing(_true_rows(kept), days)
        wrong += _disagreeing(_rows(kept, is_day, table.bucket // MONTH_BASE), months)
        wrong += _disagreeing(_rows(kept, is_month, table.bucket // MONTH_BASE), years)
    return wrong


def _rows(kept: _Kept, condition: ColumnElement[bool], bucket: ColumnElement[int] | None = None) -> Select[Any]:
    table = kept.table.c
    return _changed(table, kept.key, table.bucket if bucket is None else bucket).where(condition)


def _true_rows(kept: _Kept, bucket: ColumnElement[int] | None = None) -> Select[Any]:
    return _changed(_truth.c, _truth.c.cut_key, _truth.c.bucket if bucket is None else bucket).where(kept.is_meant)


def _changed(table: Any, key: ColumnElement[str], bucket: ColumnElement[int]) -> Select[Any]:
    return select(
        table.requirement_id,
        table.unit_id,
        key.label("cut_key"),
        bucket.label("bucket"),
        *(table[name] for name in MEASURES),
    )


def _disagreeing(true: Select[Any], kept: Select[Any]) -> int:
    """In how many places two sums of changes differ."""
    one = true.subquery()
    other = kept.subquery()
    both = union_all(
        select(*(one.c[name] for name in (*PLACE, *MEASURES))),
        select(*(other.c[name] for name in PLACE), *(-other.c[name] for name in MEASURES)),
    ).subquery()
    differing = _summed(both.c).subquery()
    return db.session.execute(select(func.count()).select_from(differing)).scalar_one()


def _summed(rows: Any) -> Select[Any]:
    """What changes in each place and bucket in the end; nothing where nothing does."""
    places = [rows[name] for name in PLACE]
    sums = [func.sum(rows[name]) for name in MEASURES]
    return (
        select(*places, *(cast_sql(total, Integer) for total in sums))
        .group_by(*places)
        .having(or_(*(total != 0 for total in sums)))
    )


def _replace_figures() -> None:
    for kept in KEPT:
        db.session.execute(delete(kept.table))
        columns = ["requirement_id", "unit_id", kept.key.key, "bucket", *MEASURES]
        for size in (1, MONTH_BASE, YEAR_BASE):
            true = _summed(_true_rows(kept, _truth.c.bucket // size).subquery().c)
            db.session.execute(insert(kept.table).from_select(columns, true))
