"""Duties follow the positions that oblige: written once, superseded where the truth turns out otherwise."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import Row, insert, select, update

from lms.core.db import db
from lms.records import queries
from lms.records.models import Duty, DutyCause
from lms.records.queries import VersionInEffect
from lms.records.rules import Post, Span, due_day, duty_span
from lms.records.rules.clauses import clause_met
from lms.records.signals import duties_changed
from lms.registry.models import Position
from lms.registry.signals import organisations_changed, positions_changed, units_changed

CHUNK: Final = 500
"""Positions looked at in one statement: well below the number of parameters that either database takes."""
LONG_AGO: Final = date.min
TOLD: Final = ("version_id", "clause", "person_id", "unit_id", "started_on", "ended_on", "due_on")
"""What of a duty must be as it should, or it is superseded."""


@dataclass
class DutyChanges:
    """What would make the duties of some positions what they should be."""

    new: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[Row[Any]] = field(default_factory=list)
    """Kept duties that should not be there, or not like this."""
    person_ids: set[int] = field(default_factory=set)
    """Everyone whose positions were looked at, changed or not."""


def oblige(position_ids: Iterable[int], *, at: datetime, cause: DutyCause = DutyCause.POSITION) -> None:
    """Bring the duties of positions in line with the positions and the requirements.

    Looks at them in chunks; the number of statements for a chunk does not depend on what is in it.
    """
    db.session.flush()
    versions = queries.versions_in_effect()
    for chunk in _chunks(position_ids):
        changes = plan_duties(chunk, versions)
        if changes.wrong:
            db.session.execute(
                update(Duty)
                .where(Duty.id.in_([duty.id for duty in changes.wrong]))
                .values(superseded_at=at, superseded_cause=cause)
            )
        if changes.new:
            db.session.execute(insert(Duty), [{**duty, "cause": cause, "recorded_at": at} for duty in changes.new])
        if changes.person_ids:
            duties_changed.send("records", person_ids=sorted(changes.person_ids), at=at)


def plan_duties(position_ids: Sequence[int], versions: Sequence[VersionInEffect]) -> DutyChanges:
    """What the duties of these positions should be under these versions, against what they are."""
    positions = queries.posts_where(Position.id.in_(position_ids))
    paths = queries.paths_within(positions) if _asks_for_units(versions) else {}
    kept = {
        (duty.version_id, duty.position_id): duty
        for duty in db.session.execute(
            select(Duty.id, Duty.requirement_id, Duty.position_id, *(getattr(Duty, name) for name in TOLD)).where(
                Duty.position_id.in_(position_ids), Duty.superseded_at.is_(None)
            )
        )
    }
    changes = DutyChanges(person_ids={position.person_id for position in positions})
    for position in positions:
        for duty in _duties_of(position, versions, queries.post_of(position, paths)):
            known = kept.pop((duty["version_id"], position.id), None)
            if known is not None and all(getattr(known, name) == duty[name] for name in TOLD):
                continue
            changes.new.append(duty)
            if known is not None:
                changes.wrong.append(known)
    changes.wrong.extend(kept.values())
    changes.person_ids.update(duty.person_id for duty in changes.wrong)
    return changes


def _chunks(position_ids: Iterable[int]) -> Iterator[list[int]]:
    waiting = iter(dict.fromkeys(position_ids))
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


def _asks_for_units(versions: Sequence[VersionInEffect]) -> bool:
    return any(clause.units for version in versions for clause in version.clauses)


def _duties_of(position: Row[Any], versions: Sequence[VersionInEffect], post: Post) -> Iterator[dict[str, Any]]:
    held = Span(position.started_on, position.ended_on)
    # The day it joined is often known too late; nobody led it before it was there.
    taking_part = Span(LONG_AGO, position.left_on) if position.left_on is not None else None
    for version in versions:
        clause = clause_met(version.clauses, post)
        if clause is None:
            continue
        span = duty_span(held, version.span, taking_part)
        if span is None:
            continue
        yield {
            "requirement_id": version.requirement_id,
            "version_id": version.id,
            "clause": clause,
            "person_id": position.person_id,
            "position_id": position.id,
            "unit_id": position.unit_id,
            "started_on": span.started_on,
            "ended_on": span.ended_on,
            "due_on": due_day(span.started_on, version.due_on, version.due_days),
        }


def connect() -> None:
    """Follow the registry: whenever positions or their organisations change, so do the duties that come from them."""
    positions_changed.connect(_follow_positions)
    organisations_changed.connect(_follow_organisations)
    units_changed.connect(_follow_units)


def _follow_positions(_sender: object, *, position_ids: Sequence[int], at: datetime, **_more: object) -> None:
    oblige(position_ids, at=at)


def _follow_organisations(_sender: object, *, organisation_ids: Sequence[int], at: datetime, **_more: object) -> None:
    for chunk in _chunks(organisation_ids):
        led = db.session.scalars(select(Position.id).where(Position.organisation_id.in_(chunk))).all()
        oblige(led, at=at, cause=DutyCause.ORGANISATION)


def _follow_units(_sender: object, *, unit_ids: Sequence[int], at: datetime, **_more: object) -> None:
    """Only a requirement that asks where a post lies cares; where people count, coverage follows by itself."""
    if not _asks_for_units(queries.versions_in_effect()):
        return
    for chunk in _chunks(unit_ids):
        there = Position.unit_id.in_(chunk) | Position.settled_unit_id.in_(chunk)
        oblige(db.session.scalars(select(Position.id).where(there)).all(), at=at, cause=DutyCause.PLACE)
