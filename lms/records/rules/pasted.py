"""What the lines of a pasted list of people mean: a personal id, or a name with or without the day of birth. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from lms.registry.rules.dates import read_day
from lms.registry.rules.id_numbers import masked, read_id_number
from lms.registry.rules.names import match_key

NUMBERING: Final = re.compile(r"^\s*\d{1,3}\s*[.)\t;]\s*")
"""'12. ' in front of a name, as lists are numbered."""
PARTS: Final = re.compile(r"\s*[\t;,|]\s*")
LEAST_AGE: Final = 14
DIGITS: Final = re.compile(r"\d(?:[ .\-]?\d){8,}")
"""Long enough for a personal id or a telephone number, however it is set apart; a day is shorter."""


@dataclass(frozen=True)
class Pasted:
    """Whom one line names."""

    shown: str
    """The line as it may be shown again: long numbers masked."""
    id_number: str | None = None
    match_key: str | None = None
    """Of the name; with no number either, the line names nobody."""
    birth_on: date | None = None


def read_pasted(text: str, *, today: date) -> list[Pasted]:
    """Whom the lines name, each line once. Anything else in a line, such as the office, is passed over."""
    return [_read(line, today) for line in dict.fromkeys(line.strip() for line in text.splitlines()) if line]


def _read(line: str, today: date) -> Pasted:
    shown = DIGITS.sub(lambda found: masked("".join(filter(str.isdigit, found[0]))), line)[:120]
    parts = [part for part in PARTS.split(NUMBERING.sub("", line)) if part]
    number = next((found for part in parts if (found := _number(part)) is not None), None)
    name = next((part for part in parts if not any(sign.isdigit() for sign in part)), None)
    birth_on = next((day for part in parts if (day := read_day(part, last=today, least_age=LEAST_AGE))), None)
    return Pasted(shown, number, match_key(name) if name else None, birth_on)


def _number(part: str) -> str | None:
    if not any(sign.isdigit() for sign in part) or "/" in part:
        return None
    return read_id_number(part, sex=None, birth_on=None).number
