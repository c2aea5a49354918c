"""When an attempt passes and when a practical work can be accepted. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby


class Result(StrEnum):
    """How an attempt ended."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True)
class Mark:
    """What one question earned."""

    earned: int
    possible: int
    is_critical: bool = False


def result_of(marks: Sequence[Mark], pass_percent: int) -> Result:
    """Decide an attempt.

    A critical question that is not earned in full fails the attempt, whatever the total.
    The total is compared unrounded: 79.9 % does not pass at 80.

    marks: one for each question.
    pass_percent: 0 to 100, of the points possible.
    Raises ValueError if the paper is worth no points.
    Source: docs/rules/assessments.md, "Passing".
    """
    possible = sum(mark.possible for mark in marks)
    if possible == 0:
        raise ValueError("a paper worth no points has no result")
    if any(mark.is_critical and mark.earned < mark.possible for mark in marks):
        return Result.FAILED
    earned = sum(mark.earned for mark in marks)
    return Result.PASSED if earned * 100 >= possible * pass_percent else Result.FAILED


def may_start(*, is_passed: bool, started: int, allowed: int) -> bool:
    """Whether a learner may begin another attempt: not once passed, not beyond the number allowed."""
    return not is_passed and started < allowed


@dataclass(frozen=True)
class CriterionRule:
    """What judging needs to know of one criterion."""

    code: str
    part: str
    title: str
    points: tuple[int, ...]
    """Allowed scores, ascending."""
    requires: tuple[str, int] | None = None
    """Another criterion and the points that it must have been given at least."""
    stops_at: int | None = None
    branch: str | None = None


@dataclass(frozen=True)
class RubricResult:
    """A judged work."""

    points: Mapping[str, int]
    """By criterion; of alternative branches only the one that was judged."""
    possible: int
    stopped_by: tuple[str, ...]
    """Criteria whose score alone keeps the work from being accepted."""

    @property
    def earned(self) -> int:
        return sum(self.points.values())

    def may_accept(self, pass_percent: int) -> bool:
        """Whether a trainer can accept the work. The share is compared unrounded."""
        return not self.stopped_by and self.earned * 100 >= self.possible * pass_percent

    @property
    def simulated_stars(self) -> int:
        return simulated_stars(self.earned, self.possible)


STAR_PERCENTS = ((5, 90), (4, 70), (3, 50), (2, 30))
"""From which share of the points on a product is given so many stars (Decision 148/QĐ-TTg of 24/02/2023)."""


def simulated_stars(earned: int, possible: int) -> int:
    """Give the band that this share of the points would be in: for learning only, never a ranking of a product."""
    return next((stars for stars, percent in STAR_PERCENTS if earned * 100 >= possible * percent), 1)


def groups_of(criteria: Sequence[CriterionRule]) -> list[tuple[CriterionRule, ...]]:
    """Put neighbouring alternative branches together; each group is given one score."""
    return [tuple(group) for _, group in groupby(criteria, key=_group_key)]


def _group_key(criterion: CriterionRule) -> tuple[str, ...]:
    return (criterion.part, criterion.title) if criterion.branch else (criterion.code,)


def possible_points(criteria: Sequence[CriterionRule]) -> int:
    """Add up the most that each group can earn."""
    return sum(max(criterion.points[-1] for criterion in group) for group in groups_of(criteria))


def judge(criteria: Sequence[CriterionRule], given: Mapping[str, int]) -> RubricResult:
    """Judge a work from the scores that a trainer gave.

    A criterion whose requirement is not met earns its lowest score, whatever was given.

    criteria: in the order of the rubric; a requirement looks back to a criterion above.
    given: score by criterion code.
    Raises ValueError if a criterion is unknown, a score is not allowed, or a group has no score or several.
    Source: docs/rules/assessments.md, "Judging a practical work".
    """
    if unknown := given.keys() - {criterion.code for criterion in criteria}:
        raise ValueError(f"no such criterion: {', '.join(sorted(unknown))}")
    points: dict[str, int] = {}
    stopped_by: list[str] = []
    for group in groups_of(criteria):
        met = [criterion for criterion in group if _is_met(criterion, points)]
        judged = [criterion for criterion in met if criterion.code in given]
        if not met:
            criterion = next((one for one in group if one.code in given), group[0])
            score = criterion.points[0]
        elif len(judged) == 1:
            criterion = judged[0]
            score = given[criterion.code]
        else:
            raise ValueError(f"{group[0].code} needs one score, not {len(judged)}")
        if score not in criterion.points:
            raise ValueError(f"{score} is not a score of {criterion.code}")
        points[criterion.code] = score
        if criterion.stops_at == score:
            stopped_by.append(criterion.code)
    return RubricResult(points, possible_points(criteria), tuple(stopped_by))


def unjudged(criteria: Sequence[CriterionRule], given: Mapping[str, int]) -> list[str]:
    """Name the criteria (the first of each group) that still need a score before the work can be judged."""
    points: dict[str, int] = {}
    missing: list[str] = []
    for group in groups_of(criteria):
        met = [criterion for criterion in group if _is_met(criterion, points)]
        judged = [criterion for criterion in met if criterion.code in given]
        if met and not judged:
            missing.append(group[0].code)
        for criterion in judged:
            points[criterion.code] = given[criterion.code]
        if not met:
            points[group[0].code] = group[0].points[0]
    return missing


def _is_met(criterion: CriterionRule, points: Mapping[str, int]) -> bool:
    if criterion.requires is None:
        return True
    code, at_least = criterion.requires
    return points.get(code, 0) >= at_least


@dataclass(frozen=True)
class FieldRule:
    """What an exercise asks to be written in one field."""

    key: str
    is_required: bool
    max_characters: int | None = None
    choices: tuple[str, ...] = ()


class FieldFault(StrEnum):
    """What is wrong with the text of a field."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_CHOICE = "not_a_choice"


def field_fault(rule: FieldRule, text: str) -> FieldFault | None:
    """Tell what keeps the text of a field from being handed in; None if nothing does."""
    if not text.strip():
        return FieldFault.MISSING if rule.is_required else None
    if rule.max_characters is not None and len(text) > rule.max_characters:
        return FieldFault.TOO_LONG
    if rule.choices and text not in rule.choices:
        return FieldFault.NOT_A_CHOICE
    return None
