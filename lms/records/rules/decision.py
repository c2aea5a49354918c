"""Whether a person counts, on a day, as obliged, excused or trained, and what each award has to do with it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.records.rules.attainment import Asked, Earned, completing, counting_span
from lms.records.rules.spans import award_counts


class Decision(StrEnum):
    """How a person stands with a requirement on a day."""

    NOT_OBLIGED = "not_obliged"
    EXCUSED = "excused"
    """Obliged, but excused from every post that obliges: outside numerator and denominator."""
    TRAINED = "trained"
    OUTSTANDING = "outstanding"


def decide(obliging: Collection[int], excused: Collection[int | None], *, is_attained: bool) -> Decision:
    """The decision of one day.

    obliging: ids of the positions that oblige on the day.
    excused: ids of the positions that the person is excused from on the day; None among them: from all.
    is_attained: whether everything that is asked is there on the day.
    """
    if not obliging:
        return Decision.NOT_OBLIGED
    if None in excused or all(position_id in excused for position_id in obliging):
        return Decision.EXCUSED
    return Decision.TRAINED if is_attained else Decision.OUTSTANDING


class Counting(StrEnum):
    """What an award has to do with a requirement on a day."""

    COUNTS = "counts"
    NOT_YET = "not_yet"
    """Awarded after the day."""
    REVOKED = "revoked"
    EXPIRED = "expired"
    """So long ago that it is to be renewed."""
    PART = "part"
    """A part of what is asked as a whole: its hours would count where hours are."""
    NOT_ASKED = "not_asked"
    """Of a qualification that the requirement does not ask for."""


def counting_on(earned: Earned, asked: Asked, day: date) -> Counting:
    """What an award has to do with what is asked on a day."""
    if earned.qualification_id not in asked.qualification_ids:
        return Counting.NOT_ASKED
    if earned.awarded_on > day:
        return Counting.NOT_YET
    if not award_counts(earned.awarded_on, earned.revoked_on, day):
        return Counting.REVOKED
    span = counting_span(earned, asked)
    if span is None or not span.holds_on(day):
        return Counting.EXPIRED
    return Counting.PART if earned.is_partial and asked.hours is None else Counting.COUNTS


@dataclass(frozen=True)
class Lack:
    """What is not there of what is asked on a day."""

    qualification_ids: frozenset[int]
    """Qualifications that are asked and not held; where hours are counted, all that hours may come from."""
    count: int = 0
    """How many more of them are needed; 0 where hours are counted."""
    hours: int = 0
    """How many more hours are needed; 0 where qualifications are counted."""


def lack_on(earned: Sequence[Earned], asked: Asked, day: date) -> Lack | None:
    """What a person lacks on a day; None if everything asked is there."""
    counting = [one for one in earned if counting_on(one, asked, day) is Counting.COUNTS]
    counting.sort(key=lambda one: (one.awarded_on, one.id))
    if completing(counting, asked) is not None:
        return None
    if asked.hours is not None:
        return Lack(asked.qualification_ids, hours=asked.hours - sum(one.hours or 0 for one in counting))
    held = {one.qualification_id for one in counting}
    return Lack(asked.qualification_ids - held, count=(asked.count or len(asked.qualification_ids)) - len(held))
