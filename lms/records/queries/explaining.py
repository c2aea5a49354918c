"""Why somebody is, or is not, counted: for a person, a requirement and a day, as is known now or was known once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.records import rules
from lms.records.models import Award, Duty, Requirement, RequirementVersion
from lms.records.queries.people import people_of_one
from lms.records.queries.posts import paths_within, post_of, posts_where
from lms.records.queries.requirements import asked_by, read_clauses, requirements
from lms.registry.models import Excuse, Person, Position, Unit, UnitReach


@dataclass(frozen=True)
class Obligation:
    """A duty that holds on the day."""

    duty: Duty
    is_excused: bool
    """Whether the person is excused on the day from the post that it comes from."""


@dataclass(frozen=True)
class Evidence:
    """An award and what it has to do with the requirement on the day."""

    award: Award
    counting: rules.Counting
    until: date | None
    """Last day on which it counts; empty where it counts for ever, or never did."""
    revoked_on: date | None
    """First day on which it no longer counts because it was revoked, as far as was known."""


@dataclass(frozen=True)
class OtherPost:
    """A post held on the day that does not oblige."""

    position: Position
    unmet: Sequence[Sequence[str]]
    """For each clause of the version the names of the conditions that it does not meet."""
    has_left: bool
    """Whether the organisation had left the programme by then."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Everything that a decision rests on."""

    person: Person
    """Under whom the human being counts."""
    merged: Sequence[Person]
    """Others that were found to be the same human being."""
    requirement: Requirement
    day: date
    known_at: datetime | None
    """As was known at this instant; None: as is known now."""
    decision: rules.Decision
    version: RequirementVersion | None
    """In effect on the day; None before the first."""
    obligations: Sequence[Obligation]
    history: Sequence[Duty]
    """Every duty that was ever written down for this requirement, those superseded too, in the order of writing."""
    excuses: Sequence[Excuse]
    """Those that stand, on whatever days."""
    evidence: Sequence[Evidence]
    attained: Sequence[rules.Attained]
    award: Award | None
    """With which everything asked is there on the day."""
    lack: rules.Lack | None
    """What is not there; None where everything is, or nothing was asked."""
    other_posts: Sequence[OtherPost]
    """Posts held on the day, where none of them obliges."""

    @property
    def excuses_on_the_day(self) -> list[Excuse]:
        """The excuses that hold on the day."""
        return [excuse for excuse in self.excuses if _covers(excuse, self.day)]

    @property
    def posts(self) -> list[Position]:
        """Every post that it tells of, each once."""
        told = [duty.position for duty in self.history] + [post.position for post in self.other_posts]
        told += [excuse.position for excuse in self.excuses if excuse.position is not None]
        return list({post.id: post for post in told}.values())

    @property
    def duty_since(self) -> date | None:
        """Since when without the duty of the day having begun anew."""
        return min((one.duty.started_on for one in self.obligations), default=None)

    @property
    def due_on(self) -> date | None:
        """By when it is to be met: the earliest day of all its duties."""
        return min((one.duty.due_on for one in self.obligations if one.duty.due_on is not None), default=None)

    @property
    def attained_until(self) -> date | None:
        """Last day of the span in which everything asked is there; empty if it goes on."""
        return next((span.ended_on for span in self.attained if _covers(span, self.day)), None)


@dataclass(frozen=True)
class _Facts:
    """What is known of one human being, for any requirement and day."""

    person: Person
    merged: Sequence[Person]
    duties: Sequence[Duty]
    excuses: Sequence[Excuse]
    awards: Sequence[Award]
    posts: Sequence[Row[Any]]
    positions: Mapping[int, Position]
    paths: Mapping[int, frozenset[str]]


def explain(
    person: Person, requirement: Requirement, day: date, known_at: datetime | None = None, *, unit: Unit | None = None
) -> Explanation:
    """Why a person is, or is not, counted for a requirement on a day.

    known_at: as was known at this instant instead of now; posts and organisations are those of now.
    unit: by the posts that count in this unit alone, as its figures count.
    """
    facts = _facts(person, known_at)
    inside = _counting_in(unit, facts) if unit is not None else None
    return _explanation(facts, requirement, day, known_at, inside)


def explain_all(person: Person, day: date, known_at: datetime | None = None) -> list[Explanation]:
    """The same for every requirement there is; the number of statements does not depend on how many there are."""
    facts = _facts(person, known_at)
    return [_explanation(facts, requirement, day, known_at, None) for requirement in requirements()]


def _facts(person: Person, known_at: datetime | None) -> _Facts:
    one, *merged = people_of_one(person, known_at)
    ids = [one.id, *(other.id for other in merged)]
    with_post = joinedload(Duty.position).options(joinedload(Position.unit), joinedload(Position.organisation))
    duties = db.session.scalars(
        select(Duty)
        .where(Duty.person_id.in_(ids), *([] if known_at is None else [Duty.recorded_at <= known_at]))
        .options(with_post)
        .order_by(Duty.recorded_at, Duty.started_on, Duty.id)
    ).all()
    stands: Any = Excuse.withdrawn_at.is_(None)
    if known_at is not None:
        stands = and_(Excuse.entered_at <= known_at, or_(stands, Excuse.withdrawn_at > known_at))
    excuses = db.session.scalars(
        select(Excuse)
        .where(Excuse.person_id.in_(ids), stands)
        .options(joinedload(Excuse.position))
        .order_by(Excuse.started_on, Excuse.id)
    ).all()
    awards = db.session.scalars(
        select(Award)
        .where(Award.person_id.in_(ids), *([] if known_at is None else [Award.entered_at <= known_at]))
        .options(joinedload(Award.qualification))
        .order_by(Award.awarded_on.desc(), Award.id.desc())
    ).all()
    posts = posts_where(Position.person_id.in_(ids))
    positions = db.session.scalars(
        select(Position)
        .where(Position.person_id.in_(ids))
        .options(joinedload(Position.unit), joinedload(Position.organisation))
    )
    by_id = {position.id: position for position in positions}
    return _Facts(one, merged, duties, excuses, awards, posts, by_id, paths_within(posts))


def _counting_in(unit: Unit, facts: _Facts) -> frozenset[int]:
    """Ids of the positions that count in a unit."""
    inside = set(db.session.scalars(select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)))
    return frozenset(post.id for post in facts.posts if inside & {post.unit_id, post.settled_unit_id})


def _explanation(
    facts: _Facts,
    requirement: Requirement,
    day: date,
    known_at: datetime | None,
    inside: Collection[int] | None,
) -> Explanation:
    in_effect = _versions_known(requirement, known_at)
    version = next((version for span, version in in_effect if span.holds_on(day)), None)
    history = [duty for duty in facts.duties if duty.requirement_id == requirement.id]
    holding = [
        duty
        for duty in history
        if _covers(duty, day)
        and (duty.superseded_at is None or (known_at is not None and duty.superseded_at > known_at))
        and (inside is None or duty.position_id in inside)
    ]
    excused = {excuse.position_id for excuse in facts.excuses if _covers(excuse, day)}
    earned = {award.id: _earned_as_known(award, known_at) for award in facts.awards}
    attained = rules.attained_spans(
        [rules.Window(span, asked_by(version)) for span, version in in_effect], list(earned.values())
    )
    completing = next((span.award_id for span in attained if _covers(span, day)), None)
    asked = asked_by(version) if version is not None else None
    return Explanation(
        person=facts.person,
        merged=facts.merged,
        requirement=requirement,
        day=day,
        known_at=known_at,
        decision=rules.decide([duty.position_id for duty in holding], excused, is_attained=completing is not None),
        version=version,
        obligations=[Obligation(duty, bool(excused & {None, duty.position_id})) for duty in holding],
        history=history,
        excuses=facts.excuses,
        evidence=[_evidence(award, earned[award.id], asked, day) for award in facts.awards] if asked else [],
        attained=attained,
        award=next((award for award in facts.awards if award.id == completing), None),
        lack=rules.lack_on(list(earned.values()), asked, day) if asked else None,
        other_posts=[] if holding or version is None else _other_posts(facts, version, day),
    )


def _versions_known(requirement: Requirement, known_at: datetime | None) -> list[tuple[rules.Span, RequirementVersion]]:
    known = [version for version in requirement.versions if known_at is None or version.published_at <= known_at]
    spans = rules.effective_spans([version.effective_from for version in known])
    found = [(span, version) for span, version in zip(spans, known, strict=True) if span is not None]
    return sorted(found, key=lambda pair: pair[0].started_on)


def _earned_as_known(award: Award, known_at: datetime | None) -> rules.Earned:
    is_known = known_at is None or (award.revoked_at is not None and award.revoked_at <= known_at)
    return rules.Earned(
        award.id,
        award.qualification_id,
        award.awarded_on,
        award.revoked_on if is_known else None,
        award.hours,
        award.source.value,
        award.is_partial,
    )


def _evidence(award: Award, earned: rules.Earned, asked: rules.Asked, day: date) -> Evidence:
    span = rules.counting_span(earned, asked)
    return Evidence(
        award, rules.counting_on(earned, asked, day), span.ended_on if span is not None else None, earned.revoked_on
    )


def _other_posts(facts: _Facts, version: RequirementVersion, day: date) -> list[OtherPost]:
    clauses = read_clauses(version.clauses)
    return [
        OtherPost(
            facts.positions[row.id],
            [clause.unmet_by(post_of(row, facts.paths)) for clause in clauses],
            row.left_on is not None and row.left_on < day,
        )
        for row in facts.posts
        if _covers(row, day)
    ]


def _covers(span: Any, day: date) -> bool:
    return rules.Span(span.started_on, span.ended_on).holds_on(day)
