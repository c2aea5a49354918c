"""Reads of rosters and their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.registry.models import Outcome, RosterImport, RosterRow
from lms.registry.queries.parts import CHUNK, Page, chunks

ROWS_PAGE: Final = 100


def latest_imports(visible: ColumnElement[bool], *, most: int = 50) -> Sequence[RosterImport]:
    """The latest rosters that may be seen."""
    return db.session.scalars(
        select(RosterImport)
        .options(joinedload(RosterImport.file))
        .where(visible)
        .order_by(RosterImport.id.desc())
        .limit(most)
    ).all()


def rows_page(roster_import: RosterImport, *, show: str = "", after: int = 0) -> Page:
    """Rows of a roster, by number.

    show: an outcome, 'warned', or nothing for all.
    """
    conditions: list[ColumnElement[bool]] = [
        RosterRow.roster_import_id == roster_import.id,
        RosterRow.number > after,
    ]
    if show == "warned":
        conditions.append(cast(RosterRow.reasons, Text).contains('"severity": "warning"'))
    elif show:
        conditions.append(RosterRow.outcome == Outcome(show))
    rows = db.session.scalars(
        select(RosterRow).where(*conditions).order_by(RosterRow.number).limit(ROWS_PAGE + 1)
    ).all()
    shown = rows[:ROWS_PAGE]
    return Page(shown, ("", shown[-1].number) if len(rows) > ROWS_PAGE else None)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """What was decided of a row when it was last looked through, for comparing."""

    label: str
    outcome: str
    reasons: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    is_applied: bool


def shown_rows(roster_import: RosterImport, numbers: Sequence[int]) -> dict[int, ShownRow]:
    """What was decided of these rows, by number."""
    found: dict[int, ShownRow] = {}
    for part in chunks(numbers):
        for row in db.session.execute(
            select(
                RosterRow.number,
                RosterRow.label,
                RosterRow.outcome,
                RosterRow.reasons,
                RosterRow.changes,
                RosterRow.is_applied,
            ).where(RosterRow.roster_import_id == roster_import.id, RosterRow.number.in_(part))
        ):
            found[row.number] = ShownRow(row.label, row.outcome.value, row.reasons, row.changes, row.is_applied)
    return found


def counted_rows(roster_import: RosterImport) -> dict[str, int]:
    """How many rows came to what, and how many of them bring a warning."""
    warned = cast(RosterRow.reasons, Text).contains('"severity": "warning"')
    counts = dict.fromkeys((outcome.value for outcome in Outcome), 0)
    counts["warned"] = 0
    for outcome, is_warned, count in db.session.execute(
        select(RosterRow.outcome, warned, func.count())
        .where(RosterRow.roster_import_id == roster_import.id)
        .group_by(RosterRow.outcome, warned)
    ):
        counts[outcome.value] += count
        counts["warned"] += count if is_warned else 0
    return counts


def applied_count(roster_import: RosterImport) -> int:
    """How many rows have been done."""
    counted = select(func.count()).where(RosterRow.roster_import_id == roster_import.id, RosterRow.is_applied)
    return db.session.scalar(counted) or 0


def refused_rows(roster_import: RosterImport) -> dict[int, list[dict[str, Any]]]:
    """Reasons of the refused rows, by number."""
    return {
        row.number: row.reasons
        for row in db.session.execute(
            select(RosterRow.number, RosterRow.reasons)
            .where(RosterRow.roster_import_id == roster_import.id, RosterRow.outcome == Outcome.REFUSED)
            .order_by(RosterRow.number)
        )
    }


def people_made_by(roster_import: RosterImport, *, after: int = 0, most: int = CHUNK) -> dict[int, int]:
    """Ids of people whom a list has made, by the number of their row, of the rows after one."""
    found = db.session.execute(
        select(RosterRow.number, RosterRow.person_id)
        .where(
            RosterRow.roster_import_id == roster_import.id,
            RosterRow.number > after,
            RosterRow.outcome == Outcome.CREATED,
            RosterRow.is_applied,
            RosterRow.person_id.is_not(None),
        )
        .order_by(RosterRow.number)
        .limit(most)
    )
    return {number: person_id for number, person_id in found if person_id is not None}
