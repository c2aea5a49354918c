"""What a count of people amounts to: how many are still outstanding, and which share is trained. Pure."""

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

LETTERS: Final = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES: Final = "\u0300\u0309\u0303\u0301\u0323"
"""Combining marks of huyền, hỏi, ngã, sắc, nặng, in the order of Vietnamese dictionaries."""


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
        """0 to 100 in tenths, cut and never rounded up: 100 means everybody. None where nobody is obliged.

        Source: docs/rules/coverage.md, "The percentage".
        """
        if self.obliged == 0:
            return None
        return Decimal(self.trained * 1000 // self.obliged) / 10


def name_key(name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Orders names of places as a Vietnamese list does: by letters ('Đà Nẵng' after 'Cà Mau'), then by tones."""
    letters: list[int] = []
    tones: list[int] = []
    for mark in unicodedata.normalize("NFD", name.casefold()):
        if tones and mark in TONES:
            tones[-1] = TONES.index(mark) + 1
            continue
        if unicodedata.combining(mark) and letters:
            whole = unicodedata.normalize("NFC", LETTERS[letters[-1]] + mark) if letters[-1] >= 0 else ""
            letters[-1] = LETTERS.find(whole) if len(whole) == 1 else letters[-1]
            continue
        letters.append(LETTERS.find(mark))
        tones.append(0)
    return tuple(letters), tuple(tones)
