"""Days gathered in months and years, so that sums over long spans read few rows. Pure.

A change on a day is kept three times: in its year, its month and its day. All changes up to a day are then those of the
years before, of the months of its year before, and of the days of its month: at most some tens of numbers, and a
change of a day long past is written as quickly as one of today.
"""

from datetime import date
from typing import Final

MONTH_BASE: Final = 100
YEAR_BASE: Final = 10_000
Range = tuple[int, int]


def buckets_of(day: date) -> tuple[int, int, int]:
    """The year, the month and the day in which a change of a day is kept: 2026, 202611, 20261124."""
    month = day.year * MONTH_BASE + day.month
    return day.year, month, month * MONTH_BASE + day.day


def ranges_up_to(day: date) -> tuple[Range, Range, Range]:
    """The buckets, first to last of each size, whose sum is everything up to a day, that day included."""
    year, month, whole_day = buckets_of(day)
    return (0, year - 1), (year * MONTH_BASE, month - 1), (month * MONTH_BASE, whole_day)
