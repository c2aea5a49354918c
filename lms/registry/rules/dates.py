"""Days as people write them in lists: read in any day-month-year form, or not at all."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

SERIAL_ZERO: Final = date(1899, 12, 30)
SERIAL_LEAST: Final = 7305
"""01/01/1920: a smaller number in a date column is a year or a mistake, not a day that a spreadsheet counted."""
SERIAL_MOST: Final = 73050
DAY_FIRST: Final = re.compile(r"(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4}|\d{2})")
YEAR_FIRST: Final = re.compile(r"(\d{4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})")
IN_WORDS: Final = re.compile(r"(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)
RUN_TOGETHER: Final = re.compile(r"(\d{2})(\d{2})(\d{4})")
TIME_OF_DAY: Final = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")


def read_day(value: object, *, last: date, least_age: int = 0) -> date | None:
    """The day that a cell means; None if it means none.

    last: a year of two digits is taken for the latest century in which the day is not after this.
    least_age: … and at least this many years before it (for birth dates).
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        whole = int(value)
        return SERIAL_ZERO + timedelta(days=whole) if SERIAL_LEAST <= whole <= SERIAL_MOST else None
    return _written_day(str(value), last.year - least_age)


@lru_cache(maxsize=32768)
def _written_day(text: str, newest: int) -> date | None:
    text = TIME_OF_DAY.sub("", " ".join(text.split()))
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := DAY_FIRST.fullmatch(text) or IN_WORDS.fullmatch(text) or RUN_TOGETHER.fullmatch(text):
        day, month, year = found.groups()
    else:
        return None
    try:
        if len(year) == 4:
            return date(int(year), int(month), int(day))
        short = int(year)
        return date(newest - (newest - short) % 100, int(month), int(day))
    except ValueError:
        return None
