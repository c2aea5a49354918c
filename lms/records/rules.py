"""Since when a position obliges, when an award counts, and who is obliged or trained on a day. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, both included; without a last day it goes on."""

    started_on: date
    ended_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in the span."""
        return self.started_on <= day and (self.ended_on is None or self.ended_on >= day)


def duty_span(position: Span, valid_from: date) -> Span | None:
    """The days on which a position puts its holder under a requirement; None if there is no such day.

    valid_from: the requirement's first day. A post left before it never obliged anyone; a post held
    across it obliges from that day on.
    """
    started_on = max(position.started_on, valid_from)
    if position.ended_on is not None and position.ended_on < started_on:
        return None
    return Span(started_on, position.ended_on)


def award_counts(awarded_on: date, revoked_on: date | None, day: date) -> bool:
    """Whether an award counts on a day: from the day it was earned to the day before its revocation.

    revoked_on: the first day on which it no longer counts.
    """
    return awarded_on <= day and (revoked_on is None or revoked_on > day)


def is_obliged(duties: Iterable[Span], day: date) -> bool:
    """Whether any duty of a requirement holds on the day."""
    return any(duty.holds_on(day) for duty in duties)


def is_trained(awards: Iterable[tuple[date, date | None]], day: date) -> bool:
    """Whether any award of the qualification counts on the day. awards: (awarded_on, revoked_on)."""
    return any(award_counts(awarded_on, revoked_on, day) for awarded_on, revoked_on in awards)
