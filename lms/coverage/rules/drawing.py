"""Where the lines of a curve lie on a sheet: numbers only, so that a page draws it without any script. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from lms.coverage.rules.figures import Figures

WIDTH: Final = 1000
HEIGHT: Final = 400
STEPS: Final = 4
"""Lines across the sheet, the one at the bottom left out."""
ROUND_STEPS: Final = (1, 2, 5, 10)


@dataclass(frozen=True)
class Drawing:
    """A curve on a sheet of WIDTH by HEIGHT, nought at the bottom."""

    years: Sequence[int]
    """Each takes the same width, whole years from the first to the last."""
    marks: Sequence[int]
    """The numbers at the lines across, from the top down to nought."""
    obliged: str
    """The line of those who must be trained: points as SVG writes them."""
    trained: str
    """The line of the trained."""
    trained_area: str
    """What lies under it."""


def drawing_of(points: Sequence[tuple[date, Figures]]) -> Drawing:
    """The drawing of a curve. points: ascending by day, at least one."""
    first, last = points[0][0].year, points[-1][0].year
    step = _step(max(figures.obliged for _day, figures in points))
    top = step * STEPS

    def place(day: date, count: int) -> str:
        start = date(day.year, 1, 1)
        in_year = ((day - start).days + 1) / ((date(day.year, 12, 31) - start).days + 1)
        across = WIDTH * (day.year - first + in_year) / (last - first + 1)
        return f"{across:.1f},{HEIGHT - HEIGHT * count / top:.1f}"

    trained = [place(day, figures.trained) for day, figures in points]
    base = [place(points[0][0], 0), place(points[-1][0], 0)]
    return Drawing(
        years=range(first, last + 1),
        marks=[top - step * number for number in range(STEPS + 1)],
        obliged=" ".join(place(day, figures.obliged) for day, figures in points),
        trained=" ".join(trained),
        trained_area=" ".join([base[0], *trained, base[1]]),
    )


def _step(most: int) -> int:
    """A round number of which STEPS are enough: 1, 2 or 5 with noughts behind it."""
    size = 1
    while True:
        for lead in ROUND_STEPS:
            if lead * size * STEPS >= most:
                return lead * size
        size *= ROUND_STEPS[-1]
