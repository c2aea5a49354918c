"""Reads of merges and of persons who may be one. `visible` is the policy's condition on who may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from lms.core.db import db
from lms.registry.models import DuplicatePair, Person, PersonMerge
from lms.registry.queries.parts import PAGE


@dataclass(frozen=True)
class PairsPage:
    """One page of the queue; `next` is the id to ask for the page after it with."""

    items: Sequence[tuple[DuplicatePair, Person, Person]]
    """Each with the two persons as whom they count."""
    next: int | None = None


def merges_into(person: Person) -> list[PersonMerge]:
    """The merges by which others count as this person."""
    return list(
        db.session.scalars(
            select(PersonMerge)
            .where(PersonMerge.into_id == person.id, PersonMerge.undone_at.is_(None))
            .order_by(PersonMerge.id)
        )
    )


def merge_by_id(merge_id: int) -> PersonMerge | None:
    """One merge, undone or not."""
    return db.session.get(PersonMerge, merge_id)


def pair_by_id(pair_id: int) -> DuplicatePair | None:
    """One pair of the queue, decided or not."""
    return db.session.get(DuplicatePair, pair_id)


def waiting_pairs(visible: ColumnElement[bool], *, after: int = 0) -> PairsPage:
    """Pairs of which both may be seen and nobody has decided yet, the oldest first."""
    first, second = aliased(Person), aliased(Person)
    one, other = aliased(Person), aliased(Person)
    seen = select(Person.id).where(visible)
    rows = db.session.execute(
        _waiting(select(DuplicatePair, one, other), first, second)
        .join(one, one.id == _one_of(first))
        .join(other, other.id == _one_of(second))
        .where(DuplicatePair.id > after, first.id.in_(seen), second.id.in_(seen))
        .order_by(DuplicatePair.id)
        .limit(PAGE + 1)
    ).all()
    shown = [(pair, here, there) for pair, here, there in rows[:PAGE]]
    return PairsPage(shown, shown[-1][0].id if len(rows) > PAGE else None)


def waiting_pairs_of(person: Person, visible: ColumnElement[bool]) -> list[tuple[DuplicatePair, Person]]:
    """The pairs of a human being that wait, each with the other person, as far as they may be seen."""
    one = person.merged_into_id or person.id
    first, second = aliased(Person), aliased(Person)
    pairs = _waiting(select(DuplicatePair, _one_of(first), _one_of(second)), first, second)
    rows = db.session.execute(
        pairs.where(or_(first.id == one, first.merged_into_id == one, second.id == one, second.merged_into_id == one))
    ).all()
    others = {there if here == one else here: pair for pair, here, there in rows}
    found = db.session.scalars(select(Person).where(Person.id.in_(others), visible).order_by(Person.id))
    return [(others[other.id], other) for other in found]


def _waiting(rows: Any, first: Any, second: Any) -> Any:
    return (
        rows.join(first, first.id == DuplicatePair.first_id)
        .join(second, second.id == DuplicatePair.second_id)
        .where(DuplicatePair.decided_at.is_(None), _one_of(first) != _one_of(second))
    )


def _one_of(person: Any) -> ColumnElement[int]:
    return func.coalesce(person.merged_into_id, person.id)
