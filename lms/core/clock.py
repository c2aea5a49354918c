"""The one place that asks what time it is; everything further in is told."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""Days are days here, whatever the server's own zone."""


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is in Vietnam."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The day in Vietnam on which an aware instant falls."""
    return instant.astimezone(VIETNAM).date()


def end_of(day: date) -> datetime:
    """The last instant of a day in Vietnam, in UTC."""
    return datetime.combine(day, time.max, VIETNAM).astimezone(UTC)
