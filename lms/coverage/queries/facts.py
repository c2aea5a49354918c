"""What the shares of people are made from: their duties with everything they are cut by, excuses and awards."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from lms.core.db import db
from lms.coverage.rules.keys import personal_keys, post_keys
from lms.coverage.rules.shares import Excused, Obligation
from lms.records.models import Award, Duty
from lms.records.queries import VersionInEffect, versions_in_effect
from lms.records.rules import Earned, Span, Window
from lms.registry.models import Excuse, Level, Organisation, Person, Position, Unit, UnitReach

CUT_LEVELS = (Level.CENTRAL, Level.PROVINCE)
"""Of units of these levels the figures are kept by every cut; of communes only everyone's, for there are many."""


@dataclass
class Facts:
    """Everything that one human being's shares are made from."""

    keys: tuple[str, ...] = ()
    obligations: dict[int, list[Obligation]] = field(default_factory=dict)
    """By requirement."""
    excuses: list[Excused] = field(default_factory=list)
    earned: list[Earned] = field(default_factory=list)


def counting_ids(person_ids: Collection[int]) -> set[int]:
    """The ids under which these people count: their own, or the one they were merged into."""
    return set(
        db.session.scalars(select(func.coalesce(Person.merged_into_id, Person.id)).where(Person.id.in_(person_ids)))
    )


def facts_of(counting: Collection[int], cut_units: frozenset[int]) -> dict[int, Facts]:
    """The facts of people by the id under which they count; a number of statements that does not depend on theirs."""
    people = db.session.execute(
        select(Person.id, Person.merged_into_id, Person.sex)
        .where(Person.id.in_(counting) | Person.merged_into_id.in_(counting))
        .order_by(Person.id)
    ).all()
    one_of = {person.id: person.merged_into_id or person.id for person in people}
    facts = {person.id: Facts(personal_keys(person.sex)) for person in people if person.merged_into_id is None}
    rows = _duties(one_of.keys())
    reach = reach_of({row.unit_id for row in rows} | {row.settled_unit_id for row in rows if row.settled_unit_id})
    for row in rows:
        unit_ids = reach[row.unit_id] | (reach[row.settled_unit_id] if row.settled_unit_id else frozenset())
        facts[one_of[row.person_id]].obligations.setdefault(row.requirement_id, []).append(
            Obligation(
                row.position_id,
                Span(row.started_on, row.ended_on),
                unit_ids,
                post_keys(row.level, row.kind, row.product_group, row.product_group_2019, row.origin),
                row.unit_id if row.unit_id in cut_units else None,
            )
        )
    for excuse in db.session.execute(
        select(Excuse.person_id, Excuse.position_id, Excuse.started_on, Excuse.ended_on).where(
            Excuse.person_id.in_(one_of.keys()), Excuse.withdrawn_at.is_(None)
        )
    ):
        facts[one_of[excuse.person_id]].excuses.append(
            Excused(Span(excuse.started_on, excuse.ended_on), excuse.position_id)
        )
    for award in db.session.execute(
        select(
            Award.person_id,
            Award.id,
            Award.qualification_id,
            Award.awarded_on,
            Award.revoked_on,
            Award.hours,
            Award.source,
        ).where(Award.person_id.in_(one_of.keys()))
    ):
        facts[one_of[award.person_id]].earned.append(
            Earned(
                award.id, award.qualification_id, award.awarded_on, award.revoked_on, award.hours, award.source.value
            )
        )
    return facts


def _duties(person_ids: Collection[int]) -> list[Any]:
    found = db.session.execute(
        select(
            Duty.requirement_id,
            Duty.person_id,
            Duty.position_id,
            Duty.unit_id,
            Duty.started_on,
            Duty.ended_on,
            Position.level,
            Position.settled_unit_id,
            Organisation.kind,
            Organisation.product_group,
            Organisation.product_group_2019,
            Organisation.origin,
        )
        .join(Position, Position.id == Duty.position_id)
        .outerjoin(Organisation, Organisation.id == Position.organisation_id)
        .where(Duty.person_id.in_(person_ids), Duty.superseded_at.is_(None))
        .order_by(Duty.id)
    )
    return list(found)


def reach_of(unit_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each unit all the units in which it counts, itself among them."""
    found: dict[int, set[int]] = {unit_id: {unit_id} for unit_id in unit_ids}
    for unit_id, within_id in db.session.execute(
        select(UnitReach.unit_id, UnitReach.within_id).where(UnitReach.unit_id.in_(found.keys()))
    ):
        found[unit_id].add(within_id)
    return {unit_id: frozenset(within) for unit_id, within in found.items()}


def cut_units() -> frozenset[int]:
    """The units whose figures are kept by every cut."""
    return frozenset(db.session.scalars(select(Unit.id).where(Unit.level.in_(CUT_LEVELS))))


def windows() -> dict[int, list[Window]]:
    """For each requirement what it asked when, in order."""
    found: dict[int, list[VersionInEffect]] = {}
    for version in versions_in_effect():
        found.setdefault(version.requirement_id, []).append(version)
    return {
        requirement_id: [
            Window(version.span, version.asked) for version in sorted(mine, key=lambda one: one.span.started_on)
        ]
        for requirement_id, mine in found.items()
    }
