"""What a count of people amounts to: how many are still outstanding, and which share is trained. Pure."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Figures:
    """People, each counted once: obliged on a day, and trained of those."""

    obliged: int = 0
    trained: int = 0

    @property
    def outstanding(self) -> int:
        """How many of the obliged are not trained."""
        return self.obliged - self.trained

    @property
    def percent(self) -> Decimal | None:
        """0 to 100 in tenths, cut and never rounded up: 100 means everybody. None where nobody is obliged."""
        if self.obliged == 0:
            return None
        return Decimal(self.trained * 1000 // self.obliged) / 10
