"""On which days a person has what a requirement asks, and by which award. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lms.records.rules.spans import Span, months_later

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """What a version of a requirement asks a person to have at the same time."""

    qualification_ids: frozenset[int]
    count: int | None
    """How many of the qualifications; None where hours are counted."""
    hours: int | None
    """How many hours of study, by awards of any of them; None where qualifications are counted."""
    valid_months: int | None = None
    """How long an award counts, in months; None: for ever."""


@dataclass(frozen=True)
class Window:
    """What was asked over a span of days."""

    span: Span
    asked: Asked


@dataclass(frozen=True)
class Earned:
    """An award as the rules know it."""

    id: int
    qualification_id: int
    awarded_on: date
    revoked_on: date | None = None
    """First day on which it no longer counts."""
    hours: int | None = None
    source: str = ""
    is_partial: bool = False
    """Whether its hours count and the qualification itself does not."""


@dataclass(frozen=True)
class Attained:
    """Days on which everything asked was there, and the award that completed it."""

    started_on: date
    ended_on: date | None
    award_id: int
    source: str


def counting_span(earned: Earned, asked: Asked) -> Span | None:
    """The days on which an award counts for what is asked; None if there are none.

    It counts from its own day to the day before its revocation, and to the day before so many months are over.
    """
    if earned.qualification_id not in asked.qualification_ids:
        return None
    ends = [earned.revoked_on] if earned.revoked_on is not None else []
    if asked.valid_months is not None:
        ends.append(months_later(earned.awarded_on, asked.valid_months))
    if not ends:
        return Span(earned.awarded_on, None)
    last = min(ends) - DAY
    return Span(earned.awarded_on, last) if last >= earned.awarded_on else None


def completing(earned: Sequence[Earned], asked: Asked) -> Earned | None:
    """Of awards that count on one day, the one with which everything asked is there; None if it is not.

    earned: in the order in which they were awarded.
    """
    hours = 0
    held: set[int] = set()
    for one in earned:
        hours += one.hours or 0
        if not one.is_partial:
            held.add(one.qualification_id)
        if asked.hours is not None:
            if hours >= asked.hours:
                return one
        elif asked.count is not None and len(held) >= asked.count:
            return one
    return None


def attained_spans(windows: Sequence[Window], earned: Sequence[Earned]) -> list[Attained]:
    """The days on which a person had what a requirement asked, through all its versions, the earliest first.

    windows: what was asked when, in order and without overlap.
    A new span begins where another award becomes the one that completes it.
    """
    found: list[Attained] = []
    in_order = sorted(earned, key=lambda one: (one.awarded_on, one.id))
    for window in windows:
        spans = [(span, one) for one in in_order if (span := counting_span(one, window.asked)) is not None]
        for piece in _pieces(window.span, [span for span, _one in spans]):
            first = piece.started_on
            one = completing([one for span, one in spans if span.holds_on(first)], window.asked)
            if one is not None:
                _append(found, Attained(first, piece.ended_on, one.id, one.source))
    return found


def _pieces(whole: Span, spans: Sequence[Span]) -> list[Span]:
    """The span cut wherever one of the others begins or has ended."""
    cuts = {span.started_on for span in spans} | {span.ended_on + DAY for span in spans if span.ended_on is not None}
    inside = sorted(cut for cut in cuts if cut > whole.started_on and (whole.ended_on is None or cut <= whole.ended_on))
    starts = [whole.started_on, *inside]
    ends: list[date | None] = [start - DAY for start in inside]
    return [Span(start, end) for start, end in zip(starts, [*ends, whole.ended_on], strict=True)]


def _append(found: list[Attained], piece: Attained) -> None:
    last = found[-1] if found else None
    if last is not None and last.award_id == piece.award_id and last.ended_on == piece.started_on - DAY:
        found[-1] = Attained(last.started_on, piece.ended_on, last.award_id, last.source)
    else:
        found.append(piece)


def earliest_counting(day: date, valid_months: int | None) -> date | None:
    """The earliest day of an award that still counts on a day; None where awards count for ever."""
    if valid_months is None:
        return None
    earliest = months_later(day, -valid_months) - 3 * DAY
    while months_later(earliest, valid_months) <= day:
        earliest += DAY
    return earliest
