"""Reads of applications for recognition and of the table of equivalences."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core.db import db
from lms.records.models import Application, ApplicationState, Equivalence
from lms.records.rules.equivalence import Offered, Terms, unmet_by
from lms.registry.models import Person
from lms.registry.queries import ids_of_one

PAGE: Final = 50


def application_with_all(application_id: int) -> Application | None:
    """An application with whose it is, its files, and what was decided."""
    return db.session.scalar(
        select(Application)
        .where(Application.id == application_id)
        .options(
            joinedload(Application.person),
            joinedload(Application.entered_by),
            joinedload(Application.decided_by),
            joinedload(Application.qualification),
            joinedload(Application.equivalence),
            joinedload(Application.award),
            selectinload(Application.evidence),
        )
    )


def application_by_key(key: str) -> Application | None:
    """The application that was begun on a page."""
    return db.session.scalar(select(Application).where(Application.key == key))


def application_after(decided: Application) -> Application | None:
    """The one that asks to look at a decided one anew."""
    return db.session.scalar(select(Application).where(Application.follows_id == decided.id))


def application_of_award(award_id: int) -> Application | None:
    """The application on whose decision an award rests."""
    return db.session.scalar(
        select(Application).where(Application.award_id == award_id).options(joinedload(Application.decided_by))
    )


def applications_of(person: Person) -> list[Application]:
    """Everything that a human being asked to have recognised, latest first."""
    return list(
        db.session.scalars(
            select(Application)
            .where(Application.person_id.in_(ids_of_one(person)))
            .options(joinedload(Application.qualification))
            .order_by(Application.id.desc())
        )
    )


def applications_page(
    condition: ColumnElement[bool], state: ApplicationState, *, after: Application | None = None
) -> tuple[list[Application], int | None]:
    """Applications in a state: those that have waited longest first, the others latest first; and where to go on."""
    asked = select(Application).where(condition, Application.state == state).limit(PAGE + 1)
    if state is ApplicationState.SUBMITTED:
        asked = asked.order_by(Application.submitted_at, Application.id)
        if after is not None:
            asked = asked.where(
                or_(
                    Application.submitted_at > after.submitted_at,
                    and_(Application.submitted_at == after.submitted_at, Application.id > after.id),
                )
            )
    else:
        asked = asked.order_by(Application.id.desc())
        if after is not None:
            asked = asked.where(Application.id < after.id)
    found = list(
        db.session.scalars(
            asked.options(
                joinedload(Application.person),
                joinedload(Application.qualification),
                joinedload(Application.decided_by),
            )
        )
    )
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def count_waiting(condition: ColumnElement[bool]) -> int:
    """How many applications wait for a decision."""
    return (
        db.session.scalar(
            select(func.count(Application.id)).where(condition, Application.state == ApplicationState.SUBMITTED)
        )
        or 0
    )


def open_count(person: Person) -> int:
    """How many applications of a human being are not decided yet."""
    undecided = Application.decided_at.is_(None)
    return (
        db.session.scalar(
            select(func.count(Application.id)).where(Application.person_id.in_(ids_of_one(person)), undecided)
        )
        or 0
    )


def equivalences() -> list[Equivalence]:
    """The table as it is in force or will be, by qualification, issuer and course."""
    return list(
        db.session.scalars(
            select(Equivalence)
            .where(Equivalence.ended_at.is_(None))
            .options(joinedload(Equivalence.qualification))
            .order_by(Equivalence.qualification_id, Equivalence.issuer, Equivalence.course, Equivalence.id)
        )
    )


def ended_equivalences() -> list[Equivalence]:
    """What is no longer in the table, latest first."""
    return list(
        db.session.scalars(
            select(Equivalence)
            .where(Equivalence.ended_at.is_not(None))
            .options(joinedload(Equivalence.qualification))
            .order_by(Equivalence.ended_at.desc(), Equivalence.id.desc())
            .limit(PAGE)
        )
    )


def offered_by(application: Application) -> Offered:
    """The training that a whole application is about, as the rules take it."""
    assert application.qualification_id is not None
    assert application.completed_on is not None
    assert application.hours is not None
    return Offered(application.qualification_id, application.completed_on, application.hours)


def terms_of(equivalence: Equivalence) -> Terms:
    """An equivalence as the rules take it."""
    return Terms(
        qualification_id=equivalence.qualification_id,
        least_hours=equivalence.least_hours,
        completed_from=equivalence.completed_from,
        completed_to=equivalence.completed_to,
        valid_from=equivalence.valid_from,
        valid_to=equivalence.valid_to,
        has_ended=equivalence.ended_at is not None,
    )


def fitting(application: Application, day: date) -> Sequence[Equivalence]:
    """The equivalences whose terms the training meets on a day."""
    offered = offered_by(application)
    return [one for one in equivalences() if not unmet_by(offered, terms_of(one), day)]
