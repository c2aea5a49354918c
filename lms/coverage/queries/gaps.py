"""Three figures side by side: declared by the units, known by name, trained; and where the first two do not agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.coverage.queries import kept
from lms.coverage.queries.facts import CUT_LEVELS
from lms.coverage.queries.figures import Coverage, RequirementCoverage
from lms.coverage.rules import Figures
from lms.coverage.rules.declared import Concern, concern_of, declaring_levels
from lms.coverage.rules.figures import Gap
from lms.coverage.rules.shares import ALL, OWN
from lms.records.models import Requirement
from lms.records.queries import read_clauses, version_on
from lms.registry.models import Level, Unit, UnitReach
from lms.registry.queries.declarations import declared, exists_on, undeclared
from lms.registry.rules.declarations import LEADER_GROUPS, OFFICIAL_GROUPS, groups_of
from lms.registry.words import GROUPS

Declared = Mapping[tuple[int, str], int]
ORDER: Final = (*OFFICIAL_GROUPS, *LEADER_GROUPS)
OVERCOUNTED: Final = "overcounted"
UNNAMED: Final = "unnamed"
UNDECLARED: Final = "undeclared"


@dataclass(frozen=True)
class GapLine:
    """The three figures of a unit or a group, and how far what is declared is whole."""

    code: str
    label: str
    declared: int | None
    """As far as units have declared; None where none has."""
    units: int
    """How many units are to declare."""
    missing: int
    """How many of those have not."""
    known: int
    """Known by name: the obliged and the excused."""
    trained: int
    unit: Unit | None = None
    """The unit to go on to; None for a group and for people at the unit's own level."""

    @property
    def gap(self) -> Gap:
        """What the figures amount to. As long as a unit has not declared, of how many they are is not known."""
        return Gap(self.declared if self.missing == 0 else None, self.known, self.trained)


@dataclass(frozen=True)
class Gaps:
    """The three figures of one requirement in a unit: in all, by the units below, by group."""

    concern: Concern
    total: GapLine
    by_unit: Sequence[GapLine] = ()
    by_group: Sequence[GapLine] = ()

    @property
    def overcounted_below(self) -> int:
        """In how many of the lines by unit more people are known than were declared, which the sum may hide."""
        return sum(line.gap.is_overcounted for line in self.by_unit)


def gaps(found: Coverage) -> dict[int, Gaps]:
    """The three figures beside those of a coverage of everyone, by id of the requirement. Three statements more.

    Lines are given for the requirements that have lines there. Where a requirement obliges only a part of a group
    (see `Concern.is_partial`) nothing is told as declared but of the groups that are meant as a whole.
    """
    below = {line.unit.id: line.unit for part in found.requirements for line in part.by_unit if line.unit is not None}
    asked = [found.unit.id, *below]
    told = _Told(
        declared(asked, found.day, found.known_at),
        declared([found.unit.id], found.day, found.known_at, is_own=True),
        undeclared(asked, found.day, found.known_at),
    )
    return {part.requirement.id: _gaps_of(found.unit, part, told) for part in found.requirements}


@dataclass(frozen=True)
class _Told:
    """What was declared, read once for all requirements."""

    whole: Declared
    own: Declared
    missing: Mapping[tuple[int, Level], tuple[int, int]]

    def line(
        self, code: str, label: str, of: Unit, groups: frozenset[str], figures: Figures, unit: Unit | None = None
    ) -> GapLine:
        """The line of a unit with all that counts in it."""
        places = [self.missing.get((of.id, Level(level)), (0, 0)) for level in declaring_levels(groups)]
        units, missing = (sum(numbers) for numbers in zip(*places, strict=True)) if places else (0, 0)
        return GapLine(code, label, _sum(self.whole, of.id, groups), units, missing, *_people(figures), unit)

    def own_line(self, code: str, label: str, of: Unit, groups: frozenset[str], figures: Figures) -> GapLine:
        """The line of a unit's own posts alone."""
        count = _sum(self.own, of.id, groups & set(groups_of(of.level)))
        is_asked = of.level in groups
        return GapLine(code, label, count, int(is_asked), int(is_asked and count is None), *_people(figures))


def _people(figures: Figures) -> tuple[int, int]:
    return figures.obliged + figures.excused, figures.trained


def _sum(counts: Declared, unit_id: int, groups: frozenset[str]) -> int | None:
    found = [counts[unit_id, group] for group in groups if (unit_id, group) in counts]
    return sum(found) if found else None


def _gaps_of(unit: Unit, part: RequirementCoverage, told: _Told) -> Gaps:
    concern = concern_of(read_clauses(part.version.clauses))
    comparable = frozenset() if concern.is_partial else concern.groups
    groups = {line.code: line for line in part.by_group}
    return Gaps(
        concern,
        told.line("total", "", unit, comparable, part.total),
        [
            told.line(line.code, line.label, line.unit, comparable, line.figures, line.unit)
            if line.unit is not None
            else told.own_line(line.code, line.label, unit, comparable, line.figures)
            for line in part.by_unit
        ],
        [
            told.line(
                group,
                groups[group].label if group in groups else GROUPS[group],
                unit,
                frozenset({group}) & concern.groups,
                groups[group].figures if group in groups else Figures(),
            )
            for group in ORDER
            if group in groups or (group in concern.groups and told.whole.get((unit.id, group)))
        ],
    )


@dataclass(frozen=True)
class Mismatch:
    """A unit whose own declaration and the names that are known there do not agree."""

    unit: Unit
    gap: Gap

    @property
    def size(self) -> int:
        """By how many people."""
        return abs(self.difference)

    @property
    def difference(self) -> int:
        """How many more people are known than declared; below zero, how many are not known by name yet."""
        return self.gap.known - (self.gap.declared or 0)


@dataclass(frozen=True)
class Mismatches:
    """Every unit of a subtree that is to declare, by what is to be done there; the largest difference first."""

    concern: Concern
    overcounted: Sequence[Mismatch]
    """More people are known than were declared: somebody is listed wrongly, or the declaration is too small."""
    unnamed: Sequence[Mismatch]
    """Of those declared, some are not known by name yet."""
    undeclared: Sequence[Mismatch]
    """People are known, but nothing is declared; `gap.declared` is None."""
    agreeing: int
    """How many units agree to the person."""

    def by_task(self) -> dict[str, Sequence[Mismatch]]:
        """The units by what is to be done there, the most urgent first."""
        return {OVERCOUNTED: self.overcounted, UNNAMED: self.unnamed, UNDECLARED: self.undeclared}


def mismatches(unit: Unit, requirement: Requirement, day: date) -> Mismatches:
    """Unit by unit, what each declares of itself against the people known there. Four statements."""
    concern = concern_of(read_clauses(version_on(requirement, day).clauses))
    groups = frozenset() if concern.is_partial else concern.groups
    units = db.session.scalars(
        select(Unit)
        .join(UnitReach, UnitReach.unit_id == Unit.id)
        .where(UnitReach.within_id == unit.id, exists_on(day))
        .options(joinedload(Unit.parent))
        .order_by(Unit.path)
    ).all()
    own = declared([one.id for one in units], day, is_own=True)
    figures = {
        **kept.figures([requirement.id], [one.id for one in units if one.level not in CUT_LEVELS], [ALL], day),
        **kept.figures([requirement.id], [one.id for one in units if one.level in CUT_LEVELS], [OWN], day),
    }
    people = {unit_id: _people(counted) for (_requirement, unit_id, _key), counted in figures.items()}
    asked = declaring_levels(groups)
    every = [
        Mismatch(one, Gap(_sum(own, one.id, groups & set(groups_of(one.level))), *people.get(one.id, (0, 0))))
        for one in units
    ]
    # A unit above the communes need not say that it has no leaders; if it has some, or says so, it is one of these.
    every = [one for one in every if one.unit.level in asked or one.gap.known or one.gap.declared]
    every.sort(key=lambda one: (-one.size, one.unit.path))
    return Mismatches(
        concern,
        overcounted=[one for one in every if one.gap.is_overcounted],
        unnamed=[one for one in every if one.gap.unknown],
        undeclared=[one for one in every if one.gap.declared is None],
        agreeing=sum(one.gap.unknown == 0 for one in every),
    )
