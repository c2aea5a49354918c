"""What a count of people amounts to: how many are still outstanding, and which share is trained. Pure."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Figures:
    """People, each counted once: obliged on a day, trained of those; and beside them those excused."""

    obliged: int = 0
    trained: int = 0
    excused: int = 0
    """Under the duty, but excused on the day: outside numerator and denominator."""

    @property
    def outstanding(self) -> int:
        """How many of the obliged are not trained."""
        return self.obliged - self.trained

    @property
    def percent(self) -> Decimal | None:
        """0 to 100 in tenths, cut and never rounded up: 100 means everybody. None where nobody is obliged."""
        return share_percent(self.trained, self.obliged)


def share_percent(part: int, whole: int) -> Decimal | None:
    """0 to 100 in tenths, cut and never rounded up. None of nothing."""
    return Decimal(part * 1000 // whole) / 10 if whole else None


@dataclass(frozen=True)
class Gap:
    """Three figures of one group: declared by the units, known by name, trained."""

    declared: int | None
    """What the units declare; None where none has declared."""
    known: int
    """Known by name: the obliged and the excused."""
    trained: int

    @property
    def is_overcounted(self) -> bool:
        """More people are known than were declared: an error to resolve, never 100 %."""
        return self.declared is not None and self.known > self.declared

    @property
    def unknown(self) -> int | None:
        """How many of the declared are not known by name yet; None where nothing is declared or too few are."""
        return None if self.declared is None or self.is_overcounted else self.declared - self.known

    @property
    def known_percent(self) -> Decimal | None:
        """Of the declared, how many are known by name; None where nothing is declared or too few are."""
        if self.declared is None or self.is_overcounted:
            return None
        return share_percent(self.known, self.declared)

    @property
    def percent(self) -> Decimal | None:
        """Of the declared, how many are trained; None where nothing is declared or the declaration is too small."""
        if self.declared is None or self.is_overcounted:
            return None
        return share_percent(self.trained, self.declared)
