"""When a course is complete, how far a learner is, and who may join a class. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True)
class Progress:
    """How far a learner is, in whole items of the course."""

    done: int
    total: int

    @property
    def is_complete(self) -> bool:
        """A course without items cannot be completed."""
        return self.total > 0 and self.done == self.total

    @property
    def percent(self) -> int:
        """0 to 100, cut and never rounded up: 100 means complete."""
        return self.done * 100 // self.total if self.total else 0


def progress_of(items: Iterable[int], done: Iterable[int]) -> Progress:
    """Count the items of a course that are done.

    Each item counts once, and what is done elsewhere (an item of another version) does not count,
    so that progress never passes 100 %.

    items, done: ids of course items.
    """
    wanted = set(items)
    return Progress(done=len(wanted & set(done)), total=len(wanted))


class JoinFault(StrEnum):
    """Why a person may not join a class by themselves."""

    CLOSED = "closed"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    ELSEWHERE = "elsewhere"


def join_fault(
    *,
    is_open: bool,
    starts_on: date,
    ends_on: date | None,
    class_path: str,
    position_paths: Iterable[str],
    day: date,
) -> JoinFault | None:
    """Tell why a person may not join a class by themselves; None if they may.

    class_path: path of the class's unit, such as 'vn/75'.
    position_paths: paths of the units in which the person holds a position of the course's audience that day.
    """
    if not is_open:
        return JoinFault.CLOSED
    if day < starts_on:
        return JoinFault.NOT_STARTED
    if ends_on is not None and day > ends_on:
        return JoinFault.ENDED
    if not any(is_inside(path, class_path) for path in position_paths):
        return JoinFault.ELSEWHERE
    return None


def is_inside(path: str, top: str) -> bool:
    """Whether a unit lies in the subtree of another, itself included."""
    return path == top or path.startswith(f"{top}/")


def is_running(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Whether work in a class counts on a day: from its first to its last day, both included."""
    return starts_on <= day and (ends_on is None or day <= ends_on)
