"""Organisations as coverage counts them: one is covered when whoever leads it is trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, or_, select

from lms.core.db import db
from lms.coverage.queries.identity import Identity
from lms.coverage.queries.people import has_attained
from lms.coverage.rules.figures import share_percent
from lms.records.models import Duty, Requirement
from lms.records.queries import duty_stands, read_clauses, version_on
from lms.records.rules import Clause
from lms.registry.models import Organisation, OrganisationKind, Position, Unit, UnitReach


@dataclass(frozen=True)
class OrganisationFigures:
    """Organisations of one kind, or all of them: those that take part on a day, and how their leaders stand."""

    kind: OrganisationKind | None
    """None for all kinds together."""
    taking_part: int = 0
    covered: int = 0
    """Everyone who leads it and must be trained is."""
    excused: int = 0
    """Everyone who leads it is excused: outside the share."""
    leaderless: int = 0
    """Nobody is known to lead it: not covered."""

    @property
    def counted(self) -> int:
        """Of how many the share is taken."""
        return self.taking_part - self.excused

    @property
    def open(self) -> int:
        """Led by somebody who must still be trained."""
        return self.counted - self.covered - self.leaderless

    @property
    def percent(self) -> Decimal | None:
        """0 to 100 in tenths, cut and never rounded up. None where no organisation counts."""
        return share_percent(self.covered, self.counted)


def asks_leaders(requirement: Requirement, day: date) -> bool:
    """Whether a requirement obliges leaders of organisations on a day."""
    return any(clause.kind == "leader" for clause in _leader_clauses(requirement, day))


def organisations(unit: Unit, requirement: Requirement, day: date) -> list[OrganisationFigures]:
    """Organisations in a unit whose leaders a requirement obliges, by kind and then in all, as of a day.

    A change of leader reopens it: what counts is who leads it on the day. One statement.
    """
    led = _led(unit, requirement, day)
    counts = db.session.execute(
        select(
            Organisation.kind,
            func.count(),
            func.sum(case((and_(led.c.owing > 0, led.c.owing == led.c.trained), 1), else_=0)),
            func.sum(case((led.c.owing == 0, 1), else_=0)),
            func.sum(case((led.c.owing.is_(None), 1), else_=0)),
        )
        .outerjoin(led, led.c.organisation_id == Organisation.id)
        .where(
            Organisation.lies_in(select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)),
            or_(*map(_is_meant, _leader_clauses(requirement, day))),
            takes_part(day),
        )
        .group_by(Organisation.kind)
    )
    by_kind = {kind: OrganisationFigures(kind, *map(int, numbers)) for kind, *numbers in counts}
    lines = [by_kind.get(kind, OrganisationFigures(kind)) for kind in OrganisationKind]
    return [*lines, _sum_of(lines)]


def _sum_of(lines: Sequence[OrganisationFigures]) -> OrganisationFigures:
    return OrganisationFigures(
        None,
        sum(line.taking_part for line in lines),
        sum(line.covered for line in lines),
        sum(line.excused for line in lines),
        sum(line.leaderless for line in lines),
    )


def _leader_clauses(requirement: Requirement, day: date) -> list[Clause]:
    return [clause for clause in read_clauses(version_on(requirement, day).clauses) if clause.kind == "leader"]


def _led(unit: Unit, requirement: Requirement, day: date) -> Subquery:
    """For each organisation that somebody leads on the day: how many of them owe, and how many of those are trained."""
    who = Identity()
    owes = ~who.is_excused(day)
    counted: Any = select(
        Position.organisation_id,
        func.sum(case((owes, 1), else_=0)).label("owing"),
        func.sum(case((and_(owes, has_attained(requirement, who.one, day)), 1), else_=0)).label("trained"),
    ).select_from(Duty)
    return (
        who.joined(counted)
        .join(Position, Position.id == Duty.position_id)
        .join(Organisation, Organisation.id == Position.organisation_id)
        .where(
            Duty.requirement_id == requirement.id,
            *duty_stands(day),
            Organisation.lies_in(select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)),
        )
        .group_by(Position.organisation_id)
        .subquery("led")
    )


def _is_meant(clause: Clause) -> ColumnElement[bool]:
    """`Clause.is_met_by` for rows of Organisation: whether whoever leads it is obliged."""
    conditions: list[ColumnElement[bool]] = [Organisation.id.is_not(None)]
    if clause.organisation_kinds:
        conditions.append(Organisation.kind.in_(clause.organisation_kinds))
    if clause.product_groups:
        conditions.append(Organisation.product_group.in_(clause.product_groups))
    if clause.origins:
        conditions.append(Organisation.origin.in_(clause.origins))
    if clause.units:
        tops = select(Unit.id).where(Unit.path.in_(clause.units))
        conditions.append(Organisation.lies_in(select(UnitReach.unit_id).where(UnitReach.within_id.in_(tops))))
    return and_(*conditions)


def takes_part(day: date) -> ColumnElement[bool]:
    """Whether rows of Organisation take part in the programme on a day.

    The day it joined is often not known: then it is there from the first day on which somebody led it.
    """
    posts: Any = select(Position.id).where(Position.organisation_id == Organisation.id)
    was_led = exists(posts.where(Position.started_on <= day))
    return and_(
        or_(Organisation.left_on.is_(None), Organisation.left_on >= day),
        or_(Organisation.joined_on <= day, and_(Organisation.joined_on.is_(None), or_(was_led, ~exists(posts)))),
    )
