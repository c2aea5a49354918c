"""A worker at the registry's jobs that is killed at a statement. On its own, because every killed process loads it."""

from datetime import UTC, datetime, timedelta

from lms.core import jobs
from lms.registry.actions import imports, rosters
from lms.registry.rules import sheets
from tests.support.killing import die_at_statement

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LONG, PORTION = 4, 3


def short_limits() -> None:
    """A list is long from five rows on, and is done three rows at a time."""
    imports.LONG_ROWS, sheets.LONG_LINES, rosters.PORTION = LONG, LONG, PORTION


def work_and_die(_app: object, number: int, hours: int) -> None:
    """Do what there is to do, some hours after AT; be killed just before the n-th statement."""
    short_limits()
    die_at_statement(number)
    while jobs.work_one(clock=lambda: AT + timedelta(hours=hours)):
        pass
