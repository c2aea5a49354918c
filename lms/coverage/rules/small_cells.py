"""Counts of a sensitive cut as they may be shown: no number small enough to point at somebody, and none to be found by
taking the others from the sum. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lms.coverage.rules.figures import Figures

LEAST: Final = 5
"""Fewer people than this are not told apart."""


@dataclass(frozen=True)
class GuardedLine:
    """One line of the cut."""

    names: Sequence[str]
    """The group; more than one where small groups stand together."""
    obliged: int
    trained: int | None
    """None where it is not told: it, or how many are outstanding, would be fewer than LEAST."""

    @property
    def outstanding(self) -> int | None:
        return None if self.trained is None else self.obliged - self.trained


def guarded(groups: Mapping[str, Figures]) -> list[GuardedLine]:
    """The groups, the largest first, and behind them those that stand together.

    Groups of fewer than LEAST stand together with the next ones up, until they are more than one and enough; the sum
    then tells of none of them. Where a number of one line is not told, neither is that of another.
    """
    ordered = sorted((item for item in groups.items() if item[1].obliged), key=lambda item: (item[1].obliged, item[0]))
    together: list[tuple[str, Figures]] = []
    while ordered and (
        ordered[0][1].obliged < LEAST
        or (together and (len(together) == 1 or sum(figures.obliged for _name, figures in together) < LEAST))
    ):
        together.append(ordered.pop(0))
    lines = [([name], figures.obliged, figures.trained) for name, figures in reversed(ordered)]
    if together:
        names = sorted(name for name, _figures in together)
        every = [figures for _name, figures in together]
        lines.append((names, sum(one.obliged for one in every), sum(one.trained for one in every)))
    hidden = {place for place, (_names, obliged, trained) in enumerate(lines) if _tells(obliged, trained)}
    if len(hidden) == 1 and len(lines) > 1:
        hidden.add(min((place for place in range(len(lines)) if place not in hidden), key=lambda one: lines[one][1]))
    return [
        GuardedLine(names, obliged, None if place in hidden else trained)
        for place, (names, obliged, trained) in enumerate(lines)
        if obliged >= LEAST
    ]


def _tells(obliged: int, trained: int) -> bool:
    """Whether the trained or the outstanding are so few that they point at somebody."""
    return 0 < trained < LEAST or 0 < obliged - trained < LEAST
