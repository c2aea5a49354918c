"""Reads of the people whom records are about."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from lms.accounts.models import User
from lms.core.db import db
from lms.registry.models import Person, PersonMerge, Position

WITH_POSTS: Final = selectinload(Person.positions).options(joinedload(Position.unit), joinedload(Position.organisation))


def person_of(user: User) -> Person | None:
    """Who this account is in the registry: the person as whom they count."""
    holder = aliased(Person)
    one = func.coalesce(holder.merged_into_id, holder.id)
    return db.session.scalar(select(Person).join(holder, one == Person.id).where(holder.account_id == user.id))


def person_with_posts(person_id: int) -> Person | None:
    """A person with every post that they hold or held."""
    return db.session.scalar(select(Person).where(Person.id == person_id).options(WITH_POSTS))


def people_of_one(person: Person, known_at: datetime | None = None) -> list[Person]:
    """A human being: the person under whom they count, then those merged into it, all with their posts.

    known_at: as was known at this instant instead of now.
    """
    into: Any = person.merged_into_id
    merged: Any = Person.merged_into_id
    found = select(Person).options(WITH_POSTS).order_by(Person.id)
    if known_at is not None:
        known = (
            PersonMerge.merged_at <= known_at,
            or_(PersonMerge.undone_at.is_(None), PersonMerge.undone_at > known_at),
        )
        into = db.session.scalar(select(PersonMerge.into_id).where(PersonMerge.from_id == person.id, *known))
        merged = PersonMerge.into_id
        found = found.outerjoin(PersonMerge, and_(PersonMerge.from_id == Person.id, *known))
    one_id = into or person.id
    people = db.session.scalars(found.where(or_(Person.id == one_id, merged == one_id))).unique().all()
    return sorted(people, key=lambda one: (one.id != one_id, one.id))
