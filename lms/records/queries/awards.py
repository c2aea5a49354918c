"""Reads of awards, and the SQL twins of the rules that say which of them count on a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.accounts.models import User
from lms.core.db import db
from lms.core.storage import StoredFile
from lms.records import rules
from lms.records.models import Award, AwardSource, Duty, PaperClass, Qualification, Requirement, RequirementVersion
from lms.records.queries.duties import duties_of
from lms.records.queries.requirements import asked_by
from lms.registry.models import Person
from lms.registry.queries import ids_of_one


@dataclass(frozen=True)
class Standing:
    """Where a person stands with one requirement that obliges them on a day."""

    requirement: Requirement
    version: RequirementVersion
    duty_since: date
    due_on: date | None
    """By when it is to be met: the earliest day of all duties."""
    award: Award | None
    """The award with which everything asked is there on the day."""


def award_counts(day: date, known_at: datetime | None = None, *, of: type[Award] = Award) -> ColumnElement[bool]:
    """`rules.award_counts` for rows of Award.

    known_at: as was known at that instant instead of now. of: Award under another name in the statement.
    """
    if known_at is None:
        return and_(of.awarded_on <= day, or_(of.revoked_on.is_(None), of.revoked_on > day))
    return and_(
        of.awarded_on <= day,
        of.entered_at <= known_at,
        or_(of.revoked_on.is_(None), of.revoked_on > day, of.revoked_at > known_at),
    )


def award_by_reference(source: AwardSource, source_reference: str) -> Award | None:
    """The award that was made of one achievement."""
    return db.session.scalar(select(Award).where(Award.source == source, Award.source_reference == source_reference))


def standing_award(person: Person, qualification: Qualification, awarded_on: date) -> Award | None:
    """What a human being was awarded for a whole qualification on a day, if it was not revoked."""
    return db.session.scalar(
        select(Award)
        .where(
            Award.person_id.in_(ids_of_one(person)),
            Award.qualification_id == qualification.id,
            Award.awarded_on == awarded_on,
            Award.revoked_on.is_(None),
            Award.is_partial.is_(False),
        )
        .limit(1)
    )


def award_with_evidence(award_id: int) -> Award | None:
    """An award with whose it is and what shows it to be right."""
    return db.session.scalar(
        select(Award)
        .where(Award.id == award_id)
        .options(
            joinedload(Award.person),
            joinedload(Award.qualification),
            joinedload(Award.paper_class).joinedload(PaperClass.unit),
            selectinload(Award.evidence),
        )
    )


def correction_of(award: Award) -> Award | None:
    """The award that took the place of a wrong one."""
    return db.session.scalar(select(Award).where(Award.corrects_id == award.id))


def files_kept_by(user: User, ids: Sequence[int]) -> list[StoredFile]:
    """Those of these files that an account sent itself."""
    return list(
        db.session.scalars(
            select(StoredFile).where(StoredFile.id.in_(ids), StoredFile.stored_by_id == user.id).order_by(StoredFile.id)
        )
    )


def qualifications() -> list[Qualification]:
    """Every qualification there is, in the order in which they were made."""
    return list(db.session.scalars(select(Qualification).order_by(Qualification.id)))


def awards_of(person: Person) -> list[Award]:
    """Everything the person was ever awarded, revoked or not; latest first."""
    return list(
        db.session.scalars(
            select(Award)
            .where(Award.person_id.in_(ids_of_one(person)))
            .options(joinedload(Award.qualification))
            .order_by(Award.awarded_on.desc(), Award.id.desc())
        )
    )


def standing_of(person: Person, on: date) -> list[Standing]:
    """Each requirement that obliges the person on a day, since when, and the award that fulfils it."""
    return standings(duties_of(person, on), awards_of(person), on)


def standings(duties: Sequence[Duty], awards: Sequence[Award], on: date) -> list[Standing]:
    """The same from duties that hold on the day and awards that are already at hand."""
    by_requirement: dict[int, Standing] = {}
    for duty in duties:
        known = by_requirement.get(duty.requirement_id)
        if known is None:
            by_requirement[duty.requirement_id] = Standing(
                duty.requirement, duty.version, duty.started_on, duty.due_on, fulfilling(duty.version, awards, on)
            )
        else:
            due = [day for day in (known.due_on, duty.due_on) if day is not None]
            by_requirement[duty.requirement_id] = replace(
                known, duty_since=min(known.duty_since, duty.started_on), due_on=min(due) if due else None
            )
    return list(by_requirement.values())


def fulfilling(version: RequirementVersion, awards: Sequence[Award], on: date) -> Award | None:
    """Of a person's awards the one with which everything that a version asks is there on a day."""
    asked = asked_by(version)
    earned = sorted((earned_by(award) for award in awards), key=lambda one: (one.awarded_on, one.id))
    spans = [(rules.counting_span(one, asked), one) for one in earned]
    found = rules.completing([one for span, one in spans if span is not None and span.holds_on(on)], asked)
    return next((award for award in awards if found is not None and award.id == found.id), None)


def earned_by(award: Award) -> rules.Earned:
    """An award as the rules take it."""
    return rules.Earned(
        award.id,
        award.qualification_id,
        award.awarded_on,
        award.revoked_on,
        award.hours,
        award.source.value,
        award.is_partial,
    )
