"""Reads of rosters and their rows."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, select
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.registry.models import Outcome, RosterImport, RosterRow
from lms.registry.queries.parts import Page

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


def decided_rows(roster_import: RosterImport) -> list[tuple[int, str, str, list[dict[str, Any]]]]:
    """What was decided when the roster was last looked through: number, label, outcome, reasons."""
    return [
        (row.number, row.label, row.outcome.value, row.reasons)
        for row in db.session.execute(
            select(RosterRow.number, RosterRow.label, RosterRow.outcome, RosterRow.reasons)
            .where(RosterRow.roster_import_id == roster_import.id)
            .order_by(RosterRow.number)
        )
    ]


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
