"""Reads of duties, and the SQL twins of the rules that say which of them stand on a day."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.records.models import Duty, RequirementVersion
from lms.registry.models import Person, Position
from lms.registry.queries import ids_of_one


def duty_holds(day: date) -> ColumnElement[bool]:
    """`rules.Span.holds_on` for rows of Duty."""
    return and_(Duty.started_on <= day, or_(Duty.ended_on.is_(None), Duty.ended_on >= day))


def duty_stands(day: date, known_at: datetime | None = None) -> tuple[ColumnElement[bool], ...]:
    """Whether a row of Duty holds on a day, as is known now.

    known_at: as was known at that instant instead.
    """
    if known_at is None:
        return duty_holds(day), Duty.superseded_at.is_(None)
    return (
        duty_holds(day),
        Duty.recorded_at <= known_at,
        or_(Duty.superseded_at.is_(None), Duty.superseded_at > known_at),
    )


def duties_of(person: Person, on: date | None = None) -> list[Duty]:
    """What the person is obliged to and because of which position; earliest first.

    on: only what holds on this day; without it, everything that ever did.
    """
    asked = (
        select(Duty)
        .where(Duty.person_id.in_(ids_of_one(person)), Duty.superseded_at.is_(None))
        .options(
            joinedload(Duty.requirement),
            joinedload(Duty.version).selectinload(RequirementVersion.qualifications),
            joinedload(Duty.position).options(joinedload(Position.unit), joinedload(Position.organisation)),
        )
        .order_by(Duty.requirement_id, Duty.started_on, Duty.id)
    )
    return list(db.session.scalars(asked if on is None else asked.where(duty_holds(on))))
