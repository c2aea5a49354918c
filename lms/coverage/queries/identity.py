"""Which human being a row of Duty is about, and whether they are excused from it: as is known now, or was once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.records.models import Duty
from lms.registry.models import Excuse, Person, PersonMerge


class Identity:
    """The human being of a row of Duty.

    known_at: as was known at that instant; None: as is known now.
    """

    def __init__(self, known_at: datetime | None = None) -> None:
        self.known_at = known_at
        self._holder = aliased(Person, name="holder")
        self._merge = _merges(known_at) if known_at is not None else None
        merged_into = self._holder.merged_into_id if self._merge is None else self._merge.c.into_id
        self.one: ColumnElement[int] = func.coalesce(merged_into, Duty.person_id)
        """The id under which the person counts."""

    def joined(self, rows: Select[Any]) -> Select[Any]:
        """The statement, which reads Duty, with what `one` needs."""
        if self._merge is None:
            return rows.join(self._holder, self._holder.id == Duty.person_id)
        return rows.outerjoin(self._merge, self._merge.c.from_id == Duty.person_id)

    def holds(self, person_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Whether a row that belongs to a person belongs to this human being.

        A set of ids and no `or`: PostgreSQL finds the rows of each of them by the index of `person_id`.
        """
        one, other = aliased(Person), aliased(Person)
        itself = select(one.id).where(one.id == self.one).correlate_except(one)
        if self.known_at is None:
            merged = select(other.id).where(other.merged_into_id == self.one).correlate_except(other)
        else:
            known = _merges(self.known_at)
            merged = select(known.c.from_id).where(known.c.into_id == self.one).correlate_except(known)
        return person_id.in_(union_all(itself, merged))

    def is_excused(self, day: date) -> ColumnElement[bool]:
        """Whether on a day an excuse stands for the post of the duty, or for all posts."""
        stands: ColumnElement[bool] = Excuse.withdrawn_at.is_(None)
        if self.known_at is not None:
            stands = and_(Excuse.entered_at <= self.known_at, or_(stands, Excuse.withdrawn_at > self.known_at))
        return (
            exists()
            .where(
                self.holds(Excuse.person_id),
                or_(Excuse.position_id.is_(None), Excuse.position_id == Duty.position_id),
                Excuse.started_on <= day,
                or_(Excuse.ended_on.is_(None), Excuse.ended_on >= day),
                stands,
            )
            .correlate_except(Excuse)
        )


class PersonItself(Identity):
    """The human being of a row of Person who was not merged into another: as is known now."""

    def __init__(self) -> None:
        super().__init__()
        self.one = Person.id.expression


def apart(rows: CTE) -> CTE:
    """Found by itself, before anything is joined to it: else PostgreSQL looks for excuses of everybody first."""
    return rows.prefix_with("MATERIALIZED", dialect="postgresql")


def _merges(known_at: datetime) -> Subquery:
    return (
        select(PersonMerge.from_id, PersonMerge.into_id)
        .where(
            PersonMerge.merged_at <= known_at,
            or_(PersonMerge.undone_at.is_(None), PersonMerge.undone_at > known_at),
        )
        .subquery()
    )
