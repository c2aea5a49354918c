"""What the product keeps of lives: duties, attainments, shares and figures, by the product's own rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from benchmarks.country.land import Land
from benchmarks.country.lives import Life, Post
from lms.coverage.rules.keys import personal_keys, post_keys
from lms.coverage.rules.shares import Excused, Obligation, Share, share_of
from lms.records.queries import VersionInEffect
from lms.records.rules import Attained, Earned, Span, attained_spans, due_day, duty_span
from lms.records.rules import Post as AskedPost
from lms.records.rules.clauses import clause_met

LATE: Final = timedelta(days=30)
"""By so much a post began too late before it was corrected."""


@dataclass(slots=True)
class Duty:
    """A row of `duty`."""

    version: VersionInEffect
    clause: int
    post: Post
    span: Span
    due_on: date | None
    recorded_at: datetime
    superseded_at: datetime | None = None


@dataclass(slots=True)
class Kept:
    """What is kept of one human being."""

    attained: dict[int, list[Attained]] = field(default_factory=dict)
    """By requirement."""
    shares: dict[int, Share] = field(default_factory=dict)


def duties(life: Life, land: Land) -> Iterator[Duty]:
    """Every duty that comes from somebody's posts, and those that were superseded when a post was corrected."""
    for post in life.posts:
        led = post.organisation
        asked = AskedPost(
            "official" if led is None else "leader",
            post.level,
            None if led is None else led.kind,
            None if led is None else led.product_group,
            None if led is None else led.origin,
            frozenset().union(*(land.paths_within[unit_id] for unit_id in _lies_in(post))),
        )
        taking_part = None if led is None or led.left_on is None else Span(date.min, led.left_on)
        for version in land.versions:
            clause = clause_met(version.clauses, asked)
            if clause is None:
                continue
            right = duty_span(Span(post.started_on, post.ended_on), version.span, taking_part)
            if right is None:
                continue
            if post.corrected_at is not None:
                wrong = duty_span(Span(post.started_on + LATE, post.ended_on), version.span, taking_part)
                if wrong is not None and wrong != right:
                    yield _duty(version, clause, post, wrong, post.entered_at, post.corrected_at)
            yield _duty(version, clause, post, right, post.corrected_at or post.entered_at)


def _duty(
    version: VersionInEffect,
    clause: int,
    post: Post,
    span: Span,
    recorded_at: datetime,
    superseded_at: datetime | None = None,
) -> Duty:
    due_on = due_day(span.started_on, version.due_on, version.due_days)
    return Duty(version, clause, post, span, due_on, recorded_at, superseded_at)


def kept_of(one: Life, others: Iterable[Life], owed: Iterable[Duty], land: Land) -> Kept:
    """What is kept of a human being who is known as one person and perhaps as others that were merged into it.

    owed: the duties of all of them.
    """
    obligations: dict[int, list[Obligation]] = {}
    for duty in owed:
        if duty.superseded_at is None:
            obligations.setdefault(duty.version.requirement_id, []).append(_obligation(duty, land))
    all_of_one = (one, *others)
    excuses = [
        Excused(Span(excuse.started_on, excuse.ended_on), excuse.position_id)
        for life in all_of_one
        for excuse in life.excuses
        if excuse.withdrawn_at is None
    ]
    earned = [
        Earned(award.id, award.qualification_id, award.awarded_on, award.revoked_on, award.hours, award.source.value)
        for life in all_of_one
        for award in life.awards
    ]
    kept = Kept()
    for requirement_id, mine in obligations.items():
        attained = attained_spans(land.windows[requirement_id], earned)
        if attained:
            kept.attained[requirement_id] = attained
        kept.shares[requirement_id] = share_of(mine, excuses, attained, personal_keys(one.sex))
    return kept


def _obligation(duty: Duty, land: Land) -> Obligation:
    post, led = duty.post, duty.post.organisation
    return Obligation(
        post.id,
        duty.span,
        frozenset().union(*(land.cut_reach[unit_id] for unit_id in _lies_in(post))),
        frozenset().union(*(land.whole_reach[unit_id] for unit_id in _lies_in(post))),
        post.unit_id if post.unit_id in land.cut_reach[post.unit_id] else None,
        post_keys(
            post.level,
            None if led is None else led.kind,
            None if led is None else led.product_group,
            None if led is None else led.product_group_2019,
            None if led is None else led.origin,
        ),
    )


def _lies_in(post: Post) -> tuple[int, ...]:
    return (post.unit_id,) if post.settled_unit_id is None else (post.unit_id, post.settled_unit_id)
