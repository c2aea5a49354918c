"""Reads of duties and awards, and the SQL twins of the rules that say which of them hold on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core.db import db
from lms.records import rules
from lms.records.models import Award, AwardSource, Duty, Qualification, Requirement
from lms.registry.models import Person, Position


@dataclass(frozen=True)
class Standing:
    """Where a person stands with one requirement that obliges them on a day."""

    requirement: Requirement
    duty_since: date
    award: Award | None
    """The award that fulfils it: the earliest that counts on the day."""


def duty_holds(day: date) -> ColumnElement[bool]:
    """`rules.Span.holds_on` for rows of Duty."""
    return and_(Duty.started_on <= day, or_(Duty.ended_on.is_(None), Duty.ended_on >= day))


def holds_on(duty: Duty, day: date) -> bool:
    """`duty_holds` for one duty at hand."""
    return rules.Span(duty.started_on, duty.ended_on).holds_on(day)


def award_counts(day: date) -> ColumnElement[bool]:
    """`rules.award_counts` for rows of Award."""
    return and_(Award.awarded_on <= day, or_(Award.revoked_on.is_(None), Award.revoked_on > day))


def requirements() -> list[Requirement]:
    """Every requirement with its qualification, in the order in which they were made."""
    return list(
        db.session.scalars(select(Requirement).options(joinedload(Requirement.qualification)).order_by(Requirement.id))
    )


def qualification_by_code(code: str) -> Qualification | None:
    """The qualification with a code, such as 'programme-management'."""
    return db.session.scalar(select(Qualification).where(Qualification.code == code))


def award_by_reference(source: AwardSource, source_reference: str) -> Award | None:
    """The award that was made of one achievement."""
    return db.session.scalar(select(Award).where(Award.source == source, Award.source_reference == source_reference))


def duties_of(person: Person, on: date | None = None) -> list[Duty]:
    """What the person is obliged to and because of which position; earliest first.

    on: only what holds on this day; without it, everything that ever did.
    """
    asked = (
        select(Duty)
        .where(Duty.person_id == person.id)
        .options(
            joinedload(Duty.requirement).joinedload(Requirement.qualification),
            joinedload(Duty.position).options(joinedload(Position.unit), joinedload(Position.organisation)),
        )
        .order_by(Duty.requirement_id, Duty.started_on, Duty.id)
    )
    return list(db.session.scalars(asked if on is None else asked.where(duty_holds(on))))


def person_with_posts(person_id: int) -> Person | None:
    """A person with every post that they hold or held."""
    return db.session.scalar(
        select(Person).where(Person.id == person_id).options(selectinload(Person.positions).joinedload(Position.unit))
    )


def awards_of(person: Person) -> list[Award]:
    """Everything the person was ever awarded, revoked or not; latest first."""
    return list(
        db.session.scalars(
            select(Award)
            .where(Award.person_id == person.id)
            .options(joinedload(Award.qualification))
            .order_by(Award.awarded_on.desc(), Award.id.desc())
        )
    )


def standing_of(person: Person, on: date) -> list[Standing]:
    """Each requirement that obliges the person on a day, since when, and the award that fulfils it."""
    return standings(duties_of(person, on), awards_of(person), on)


def standings(duties: Sequence[Duty], awards: Sequence[Award], on: date) -> list[Standing]:
    """The same from duties that hold on the day and awards that are already at hand, latest first."""
    counting = {
        award.qualification_id: award for award in awards if rules.award_counts(award.awarded_on, award.revoked_on, on)
    }
    by_requirement: dict[int, Standing] = {}
    for duty in duties:
        known = by_requirement.get(duty.requirement_id)
        since = min(known.duty_since, duty.started_on) if known else duty.started_on
        by_requirement[duty.requirement_id] = Standing(
            duty.requirement, since, counting.get(duty.requirement.qualification_id)
        )
    return list(by_requirement.values())
