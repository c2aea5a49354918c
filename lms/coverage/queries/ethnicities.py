"""The figures by ethnic group, counted from the facts: nothing of it is kept. And who read them, what for."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lms.accounts.models import User
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.coverage.models import Counted
from lms.coverage.queries.reports import counting_now
from lms.coverage.rules import Figures
from lms.records.models import Requirement
from lms.registry.models import Ethnicity, Person, Unit

LOG_MOST: Final = 50


def figures_by_ethnicity(unit: Unit, requirement: Requirement, day: date) -> dict[str, Figures]:
    """Obliged, trained and excused people of a unit by ethnic group; '' where it is not kept. One statement.

    To be asked by actions that write down that it was read.
    """
    counting = counting_now(unit, requirement, day).order_by(None).subquery("counting")
    own, other, merged = aliased(Ethnicity), aliased(Ethnicity), aliased(Person)
    of_merged = (
        select(func.min(other.name))
        .join(merged, merged.id == other.person_id)
        .where(merged.merged_into_id == counting.c.person_id)
        .correlate(counting)
        .scalar_subquery()
    )
    name = func.coalesce(own.name, of_merged, "").label("name")
    told = (
        select(name, counting.c.standing).select_from(counting).outerjoin(own, own.person_id == counting.c.person_id)
    ).subquery("told")
    counts: dict[str, dict[str, int]] = {}
    rows = db.session.execute(select(told.c.name, told.c.standing, func.count()).group_by(told.c.name, told.c.standing))
    for group, standing, count in rows:
        counts.setdefault(group, {})[standing] = count
    return {group: _figures(by_standing) for group, by_standing in counts.items()}


def _figures(counts: dict[str, int]) -> Figures:
    outstanding, trained, excused = (counts.get(standing.value, 0) for standing in Counted)
    return Figures(outstanding + trained, trained, excused)


def readings_of(unit: Unit, action: str) -> Sequence[Any]:
    """Who read the figures of a unit by ethnic group, when and what for; the latest first."""
    return db.session.execute(
        select(AuditEntry, User.display_name)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(
            AuditEntry.subject_kind == Unit.__tablename__, AuditEntry.subject_id == unit.id, AuditEntry.action == action
        )
        .order_by(AuditEntry.id.desc())
        .limit(LOG_MOST)
    ).all()
