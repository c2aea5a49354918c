"""Reads of requirements: their versions, which of them is in effect when, and what it asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.core.db import db
from lms.records import rules
from lms.records.models import Needed, Qualification, Requirement, RequirementVersion
from lms.registry.models import Unit


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


def versions_in_effect(known_at: datetime | None = None) -> list[VersionInEffect]:
    """Every version of every requirement that is in effect on some day, by requirement and day.

    known_at: of those that were published by then; a later one may have taken their place since.
    """
    asked = (
        select(RequirementVersion)
        .options(selectinload(RequirementVersion.qualifications))
        .order_by(RequirementVersion.requirement_id, RequirementVersion.number)
    )
    if known_at is not None:
        asked = asked.where(RequirementVersion.published_at <= known_at)
    versions = db.session.scalars(asked).all()
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


def asked_by(version: RequirementVersion) -> rules.Asked:
    """What a version asks, as the rules take it."""
    return rules.Asked(
        frozenset(qualification.id for qualification in version.qualifications),
        count_needed(version.needed, version.needed_count, len(version.qualifications)),
        version.needed_hours,
        version.valid_months,
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


def requirement_by_code(code: str) -> Requirement | None:
    """The requirement with a code, such as 'officials', with its versions."""
    return db.session.scalar(
        select(Requirement)
        .where(Requirement.code == code)
        .options(selectinload(Requirement.versions).selectinload(RequirementVersion.qualifications))
    )


def units_named(versions: Iterable[RequirementVersion]) -> dict[str, Unit]:
    """The units that the clauses of versions name, by path."""
    paths = {path for version in versions for clause in read_clauses(version.clauses) for path in clause.units}
    if not paths:
        return {}
    return {unit.path: unit for unit in db.session.scalars(select(Unit).where(Unit.path.in_(sorted(paths))))}


def version_on(requirement: Requirement, day: date) -> RequirementVersion:
    """The version in effect on a day; before the first one, the first that was ever in effect."""
    spans = rules.effective_spans([version.effective_from for version in requirement.versions])
    in_effect = [(span, version) for span, version in zip(spans, requirement.versions, strict=True) if span is not None]
    in_effect.sort(key=lambda pair: pair[0].started_on)
    return next((version for span, version in reversed(in_effect) if span.started_on <= day), in_effect[0][1])


def qualification_by_code(code: str) -> Qualification | None:
    """The qualification with a code, such as 'programme-management'."""
    return db.session.scalar(select(Qualification).where(Qualification.code == code))
