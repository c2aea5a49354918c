"""Reads of duties and awards, and the SQL twins of the rules that say which of them hold on a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core.db import db
from lms.records import rules
from lms.records.models import (
    Award,
    AwardSource,
    Duty,
    Needed,
    Qualification,
    Requirement,
    RequirementVersion,
)
from lms.registry.models import Person, Position
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


@dataclass(frozen=True)
class VersionInEffect:
    """A version of a requirement with the days on which it is in effect."""

    id: int
    requirement_id: int
    span: rules.Span
    clauses: tuple[rules.Clause, ...]
    asked: rules.Asked
    due_on: date | None
    due_days: int | None

    def within(self, span: rules.Span) -> "VersionInEffect":
        """The same version over other days."""
        return replace(self, span=span)


def read_clauses(stored: Sequence[dict[str, Any]]) -> tuple[rules.Clause, ...]:
    """`rules.read_clauses`, for those above who hold a stored version."""
    return rules.read_clauses(stored)


def count_needed(needed: Needed, needed_count: int | None, most: int) -> int | None:
    """How many of `most` qualifications are needed; None where hours are counted instead."""
    return {Needed.ALL: most, Needed.SOME: needed_count, Needed.HOURS: None}[needed]


def versions_in_effect() -> list[VersionInEffect]:
    """Every version of every requirement that is in effect on some day, by requirement and day."""
    versions = db.session.scalars(
        select(RequirementVersion)
        .options(selectinload(RequirementVersion.qualifications))
        .order_by(RequirementVersion.requirement_id, RequirementVersion.number)
    ).all()
    found = []
    for _requirement_id, mine in groupby(versions, key=lambda version: version.requirement_id):
        of_one = list(mine)
        spans = rules.effective_spans([version.effective_from for version in of_one])
        found += [_in_effect(version, span) for version, span in zip(of_one, spans, strict=True) if span is not None]
    return found


def _in_effect(version: RequirementVersion, span: rules.Span) -> VersionInEffect:
    return VersionInEffect(
        id=version.id,
        requirement_id=version.requirement_id,
        span=span,
        clauses=read_clauses(version.clauses),
        asked=asked_by(version),
        due_on=version.due_on,
        due_days=version.due_days,
    )


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


def holds_on(duty: Duty, day: date) -> bool:
    """`duty_holds` for one duty at hand."""
    return rules.Span(duty.started_on, duty.ended_on).holds_on(day)


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


def requirements() -> list[Requirement]:
    """Every requirement with its versions, in the order in which they were made."""
    return list(
        db.session.scalars(
            select(Requirement)
            .options(selectinload(Requirement.versions).selectinload(RequirementVersion.qualifications))
            .order_by(Requirement.id)
        )
    )


def version_on(requirement: Requirement, day: date) -> RequirementVersion:
    """The version in effect on a day; before the first one, the first that was ever in effect."""
    spans = rules.effective_spans([version.effective_from for version in requirement.versions])
    in_effect = [(span, version) for span, version in zip(spans, requirement.versions, strict=True) if span is not None]
    in_effect.sort(key=lambda pair: pair[0].started_on)
    return next((version for span, version in reversed(in_effect) if span.started_on <= day), in_effect[0][1])


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
        .where(Duty.person_id.in_(ids_of_one(person)), Duty.superseded_at.is_(None))
        .options(
            joinedload(Duty.requirement),
            joinedload(Duty.version).selectinload(RequirementVersion.qualifications),
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


def asked_by(version: RequirementVersion) -> rules.Asked:
    """What a version asks, as the rules take it."""
    return rules.Asked(
        frozenset(qualification.id for qualification in version.qualifications),
        count_needed(version.needed, version.needed_count, len(version.qualifications)),
        version.needed_hours,
        version.valid_months,
    )


def earned_by(award: Award) -> rules.Earned:
    """An award as the rules take it."""
    return rules.Earned(
        award.id, award.qualification_id, award.awarded_on, award.revoked_on, award.hours, award.source.value
    )
