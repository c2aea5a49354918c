"""What a spreadsheet holds, whatever kind of file it came in: rows of plain cells, formulas told apart from values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

COLUMNS_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that is computed: `shown` is what the spreadsheet program last showed there, `written` the formula."""

    shown: object = None
    written: str = "="


Cell = str | int | float | bool | date | Formula | None


@dataclass(slots=True)
class RawRow:
    """One row as it stands in the file. `number` is what the spreadsheet program writes beside it."""

    number: int
    cells: Sequence[Cell]
