"""A map of squares: where each province of today lies, and how dark its square is. Pure.

Roughly where they lie in the country, one square for each. The two archipelagos belong to their provinces and are drawn
and named: Hoàng Sa belongs to Đà Nẵng, Trường Sa to Khánh Hòa.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

SIDE: Final = 54
GAP: Final = 3
COLUMNS: Final = 6
ROWS: Final = 17
PLACES: Final[Mapping[str, tuple[int, int]]] = {
    "12": (1, 0),
    "15": (2, 0),
    "08": (3, 0),
    "04": (4, 0),
    "11": (0, 1),
    "14": (1, 1),
    "25": (2, 1),
    "19": (3, 1),
    "20": (4, 1),
    "01": (2, 2),
    "24": (3, 2),
    "31": (4, 2),
    "22": (5, 2),
    "37": (2, 3),
    "33": (3, 3),
    "38": (2, 4),
    "40": (2, 5),
    "42": (2, 6),
    "44": (2, 7),
    "46": (3, 8),
    "48": (3, 9),
    "51": (4, 10),
    "52": (4, 11),
    "66": (4, 12),
    "75": (2, 13),
    "68": (3, 13),
    "56": (4, 13),
    "80": (1, 14),
    "79": (2, 14),
    "91": (0, 15),
    "82": (1, 15),
    "86": (2, 15),
    "96": (0, 16),
    "92": (1, 16),
}
"""Column and row of each province, by its code in today's list."""


@dataclass(frozen=True)
class Islands:
    """An archipelago of a province."""

    province: str
    """Its code."""
    name: str
    place: tuple[int, int]


ISLANDS: Final = (Islands("48", "Hoàng Sa", (5, 9)), Islands("56", "Trường Sa", (5, 15)))
SHADES: Final = (Decimal(25), Decimal(50), Decimal(75), Decimal(100))
"""From these shares on a square is darker."""


def corner_of(place: tuple[int, int]) -> tuple[int, int]:
    """The upper left corner of a square."""
    column, row = place
    return column * (SIDE + GAP), row * (SIDE + GAP)


def shade_of(percent: Decimal | None) -> int | None:
    """How dark: 0 for less than a quarter to 4 for everybody; None where nobody has to be trained."""
    return None if percent is None else sum(percent >= bound for bound in SHADES)


def words_of(name: str) -> Sequence[str]:
    """A name in at most two lines: 'Hồ Chí', 'Minh'."""
    *first, last = name.split()
    return [" ".join(first), last] if first else [last]
