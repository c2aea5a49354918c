"""How quickly people become trained, how quickly they would have to, and when everybody would be. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

from lms.coverage.rules.figures import Figures

MONTH_DAYS: Final = Decimal("30.4375")
"""A month on the average of four years."""
SHORT_OF_TARGET: Final = 60
"""A year's end that is nearer than so many days is no target any more: the next one is."""


@dataclass(frozen=True)
class Pace:
    """What happened over the months before a day."""

    months: int
    more_trained: int
    """By how many the trained became more; below zero where more left, or ran out, than were trained."""
    more_obliged: int
    """By how many those who must be trained became more."""

    @property
    def by_month(self) -> Decimal:
        """People a month, in tenths."""
        return (Decimal(self.more_trained) / self.months).quantize(Decimal("0.1"))

    def reached_on(self, outstanding: int, day: date) -> date | None:
        """When those outstanding on a day would all be trained at this pace, if nobody new came; None for never."""
        if outstanding <= 0:
            return day
        if self.more_trained <= 0:
            return None
        days = (Decimal(outstanding) * self.months * MONTH_DAYS / self.more_trained).to_integral_value(ROUND_CEILING)
        return day + timedelta(days=int(days)) if days < (date.max - day).days else None


def pace_between(before: Figures, after: Figures, months: int) -> Pace:
    """The pace from the figures of two days that are so many months apart."""
    return Pace(months, after.trained - before.trained, after.obliged - before.obliged)


def needed_by_month(outstanding: int, day: date, target: date) -> int:
    """How many people have to be trained each month so that none is outstanding on the target day. Rounded up.

    target: after the day. With less than a month to go it is all of them.
    """
    # Multiplied before it is divided, so that what comes out even stays even and is not rounded up.
    by_month = (outstanding * MONTH_DAYS / (target - day).days).to_integral_value(ROUND_CEILING)
    return min(int(by_month), outstanding)


def usual_target(day: date, due_on: date | None) -> date:
    """What people go towards if they do not say: the day that the requirement sets, else the end of a year."""
    if due_on is not None and due_on > day:
        return due_on
    year = day.year if (date(day.year, 12, 31) - day).days >= SHORT_OF_TARGET else day.year + 1
    return date(year, 12, 31)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last of the month where it has no such day."""
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_ends(first: date, last: date) -> list[date]:
    """The last day of each month from that of one day on that comes before another, and that other day."""
    ends = []
    end = date(first.year, first.month, monthrange(first.year, first.month)[1])
    while end < last:
        ends.append(end)
        following = end + timedelta(days=1)
        end = date(following.year, following.month, monthrange(following.year, following.month)[1])
    return [*ends, last]
