"""Whom a version would oblige on a day, asked of the database at once: however many people, none is held in memory."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from lms.core.db import db
from lms.records.models import Duty
from lms.records.queries.duties import duty_stands
from lms.records.rules import Clause
from lms.registry.models import Organisation, Person, Position, Unit, UnitReach

PAGE: Final = 50
PART: Final = 1000


def clause_meets(clause: Clause) -> ColumnElement[bool]:
    """`rules.Clause.is_met_by`, for statements that read Position and the Organisation that is led."""
    inside = (
        select(UnitReach.unit_id)
        .join(Unit, Unit.id == UnitReach.within_id)
        .where(Unit.path.in_(sorted(clause.units)))
        .scalar_subquery()
    )
    conditions: list[ColumnElement[bool]] = [Position.kind == clause.kind]
    if clause.levels:
        conditions.append(Position.level.in_(sorted(clause.levels)))
    if clause.organisation_kinds:
        conditions.append(Organisation.kind.in_(sorted(clause.organisation_kinds)))
    if clause.product_groups:
        conditions.append(Organisation.product_group.in_(sorted(clause.product_groups)))
    if clause.origins:
        conditions.append(Organisation.origin.in_(sorted(clause.origins)))
    if clause.units:
        conditions.append(or_(Position.unit_id.in_(inside), Position.settled_unit_id.in_(inside)))
    return and_(*conditions)


def would_be_obliged(clauses: Sequence[Clause], day: date) -> Select[Any]:
    """Ids of the people under whom those count whom the clauses oblige on a day."""
    return (
        select(func.coalesce(Person.merged_into_id, Person.id))
        .select_from(Position)
        .join(Person, Person.id == Position.person_id)
        .outerjoin(Organisation, Organisation.id == Position.organisation_id)
        .where(
            Position.started_on <= day,
            or_(Position.ended_on.is_(None), Position.ended_on >= day),
            or_(Organisation.left_on.is_(None), Organisation.left_on >= day),
            or_(*(clause_meets(clause) for clause in clauses)),
        )
    )


def are_obliged(requirement_id: int | None, day: date) -> Select[Any]:
    """Ids of the people under whom those count whom a requirement obliges on a day."""
    return (
        select(func.coalesce(Person.merged_into_id, Person.id))
        .select_from(Duty)
        .join(Person, Person.id == Duty.person_id)
        .where(Duty.requirement_id == requirement_id, *duty_stands(day))
    )


def people_in_one_only(one: Select[Any], other: Select[Any]) -> ColumnElement[bool]:
    """Whether a row of Person is among the ones and not among the others."""
    return and_(Person.id.in_(one), Person.id.not_in(other))


def count_people(condition: ColumnElement[bool]) -> int:
    """How many people meet a condition."""
    return db.session.scalar(select(func.count(Person.id)).where(condition)) or 0


def ids_of_people(condition: ColumnElement[bool]) -> Iterator[int]:
    """The ids of everyone who meets a condition, in order, a part at a time."""
    last = 0
    while True:
        part = db.session.scalars(
            select(Person.id).where(condition, Person.id > last).order_by(Person.id).limit(PART)
        ).all()
        if not part:
            return
        yield from part
        last = part[-1]


def names_page(condition: ColumnElement[bool], after: int | None = None) -> tuple[list[Person], int | None]:
    """Some of the people who meet a condition, by name, and the id to go on from.

    after: id of the last person of the page before.
    """
    asked = select(Person).where(condition).order_by(Person.sort_key, Person.id).limit(PAGE + 1)
    edge = db.session.scalar(select(Person).where(Person.id == after, condition)) if after is not None else None
    if edge is not None:
        asked = asked.where(tuple_(Person.sort_key, Person.id) > tuple_(edge.sort_key, edge.id))
    people = list(db.session.scalars(asked))
    return people[:PAGE], people[PAGE - 1].id if len(people) > PAGE else None
