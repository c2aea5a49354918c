"""Long lists in parts: small enough for one statement, or for one page."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

CHUNK: Final = 500
PAGE: Final = 50
Thing = TypeVar("Thing")


def chunks(things: Collection[Thing], size: int = CHUNK) -> Iterator[list[Thing]]:
    """Parts of a list small enough for one statement."""
    whole = list(things)
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


@dataclass(frozen=True)
class Page:
    """One page of a long list; `next` is the key to ask for the page after it with."""

    items: Sequence[Any]
    next: tuple[str, int] | None = None
    ignores_marks: bool = False
    """Nobody matched with the marks as typed: these match without them."""
