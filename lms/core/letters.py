"""Letters with marks: bounded, because putting thousands of marks on one letter into order takes for ever. Pure."""

import re
import unicodedata
from typing import Final

MARKS_MOST: Final = 8
"""On one letter. Vietnamese has two, no writing has more than a few."""


def _mark_ranges() -> str:
    """Every sign that stands on another one, as the inside of a regular expression's class."""
    marks = [code for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code))]
    known = set(marks)
    starts = [code for code in marks if code - 1 not in known]
    ends = [code for code in marks if code + 1 not in known]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


_MARKS: Final = _mark_ranges()
_TOO_MANY: Final = re.compile(f"([{_MARKS}]{{{MARKS_MOST}}})[{_MARKS}]+")
_SUSPECT: Final = re.compile(f"[\u0300-\u1dff\u1f00-\U0001f000]{{{MARKS_MOST + 1}}}")
"""Where marks could be too many at all, found thirty times as fast: no run of Vietnamese or other Latin letters is."""


def few_marks(text: str) -> str:
    """The text with no more marks on a letter than any writing has."""
    return _TOO_MANY.sub(r"\1", text) if not text.isascii() and _SUSPECT.search(text) else text


def composed(text: str) -> str:
    """Composed letters (NFC), in a time that grows as the text does and no faster."""
    return unicodedata.normalize("NFC", few_marks(text))
