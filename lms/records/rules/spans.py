"""Spans of days: since when a position obliges, when an award counts, when a version is in effect. Pure."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, both included; without a last day it goes on."""

    started_on: date
    ended_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in the span."""
        return self.started_on <= day and (self.ended_on is None or self.ended_on >= day)

    def cut_to(self, other: "Span") -> "Span | None":
        """The days that lie in both; None if there are none."""
        started_on = max(self.started_on, other.started_on)
        ends = [span.ended_on for span in (self, other) if span.ended_on is not None]
        if ends and min(ends) < started_on:
            return None
        return Span(started_on, min(ends) if ends else None)


def duty_span(position: Span, version: Span, taking_part: Span | None = None) -> Span | None:
    """The days on which a position puts its holder under a version of a requirement; None if there is no such day.

    version: the days on which it is in effect. A post left before it never obliged anyone; a post held across
    its first day obliges from that day on.
    taking_part: the days on which the organisation that is led takes part in the programme.
    """
    span = position.cut_to(version)
    return span.cut_to(taking_part) if span is not None and taking_part is not None else span


def effective_spans(first_days: Sequence[date]) -> list[Span | None]:
    """On which days each version of a requirement is in effect: until the next one begins.

    first_days: of the versions by number. A version whose days a later one takes altogether has none.
    """
    spans: list[Span | None] = []
    for number, first in enumerate(first_days):
        later = first_days[number + 1 :]
        if not later:
            spans.append(Span(first, None))
        elif min(later) <= first:
            spans.append(None)
        else:
            spans.append(Span(first, min(later) - timedelta(days=1)))
    return spans


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months on (or back); the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due_day(started_on: date, due_on: date | None, due_days: int | None) -> date | None:
    """By when a duty is to be met: a fixed day, or so many days after it begins; None where nothing is set.

    Who comes under the duty after the fixed day is due at once.
    """
    if due_days is not None:
        return started_on + timedelta(days=due_days)
    return max(due_on, started_on) if due_on is not None else None


def award_counts(awarded_on: date, revoked_on: date | None, day: date) -> bool:
    """Whether an award counts on a day: from the day it was earned to the day before its revocation.

    revoked_on: the first day on which it no longer counts.
    """
    return awarded_on <= day and (revoked_on is None or revoked_on > day)
