"""The one question behind page, spreadsheet, print, command and API: who must be trained in a unit, and who is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.coverage.queries import direct, kept
from lms.coverage.queries.facts import CUT_LEVELS
from lms.coverage.rules import Figures
from lms.coverage.rules.keys import CUTS
from lms.coverage.rules.shares import ALL, OWN
from lms.coverage.words import CUT_LABELS, LEVELS, OWN_LABELS, SOURCE
from lms.records.models import Requirement, RequirementVersion
from lms.records.queries import requirements, version_on
from lms.registry.models import Level, OrganisationKind, Unit
from lms.registry.queries import TODAY_LIST, units_on_map
from lms.registry.rules.names import place_key
from lms.registry.words import full_name

OFFICIALS_GROUPS: Final = tuple(LEVELS)
LEADERS_GROUPS: Final = tuple(kind.value for kind in OrganisationKind)
SELDOM: Final = frozenset({Level.CENTRAL, Level.DISTRICT})
"""Groups that have a line only where somebody is in them."""


@dataclass(frozen=True)
class Line:
    """One line of a cut: a unit below, the unit's own level, or a group."""

    code: str
    """The unit's code, or the line's name in the source: the same for every reader."""
    label: str
    figures: Figures
    unit: Unit | None = None
    """The unit to go on to; None for a group and for people at the unit's own level."""


@dataclass(frozen=True)
class RequirementCoverage:
    """The figures of one requirement, in all and by cut. The lines of a cut may add up to more than the total:
    someone with posts in two communes counts once in each, and once in the province."""

    requirement: Requirement
    version: RequirementVersion
    """The one in effect on the day."""
    total: Figures
    is_detailed: bool = False
    """Whether lines were asked for; else there is the total alone."""
    by_unit: Sequence[Line] = ()
    cuts: Mapping[str, Sequence[Line]] = field(default_factory=dict)
    """Lines by cut, in the order of CUT_TITLES; cuts that hold nobody are left out. None of one line alone."""

    @property
    def by_group(self) -> Sequence[Line]:
        """By level of officials and kind of organisation."""
        return self.cuts.get("group", ())


@dataclass(frozen=True)
class Coverage:
    """The figures of a unit as of a day."""

    unit: Unit
    day: date
    map_day: date
    """The units below are those of this day's map."""
    known_at: datetime | None
    """As was known at this instant; None: now."""
    key: str
    """The line of a cut whose people alone are counted, such as 'sex/female'; 'all' for everyone."""
    requirements: Sequence[RequirementCoverage]

    @property
    def detailed(self) -> Sequence[RequirementCoverage]:
        """The requirements whose lines were asked for."""
        return [part for part in self.requirements if part.is_detailed]


def unit_by_code(code: str) -> Unit | None:
    """The unit with a code of today's list, or of an older one written as 'vn-2004:67', with those above it."""
    code_list, _colon, number = code.rpartition(":")
    return db.session.scalar(
        select(Unit)
        .where(Unit.code == number, Unit.code_list.in_((code_list,) if code_list else (TODAY_LIST, number)))
        .options(joinedload(Unit.parent).joinedload(Unit.parent))
    )


def code_of(unit: Unit) -> str:
    """How `unit_by_code` finds a unit: '68', 'vn', 'vn-2004:67'."""
    return unit.path.rpartition("/")[2]


def requirement_codes() -> Sequence[str]:
    """Codes of the requirements that somebody can be obliged by, in the order in which they were made."""
    return db.session.scalars(select(Requirement.code).where(Requirement.versions.any()).order_by(Requirement.id)).all()


def totals(unit: Unit, day: date) -> Coverage:
    """The totals of every requirement alone: what a front page shows."""
    return coverage(unit, day, of=())


def coverage(
    unit: Unit,
    day: date,
    *,
    of: Sequence[str] | None = None,
    key: str = ALL,
    map_day: date | None = None,
    known_at: datetime | None = None,
) -> Coverage:
    """The figures of every requirement in a unit as of a day: in all, by the units below, by every cut.

    of: codes of the requirements whose lines are asked for; None for all of them. Totals are given for all.
    key: people of one line of one cut alone, such as 'group/cooperative', in the total and the units below; no cuts.
    map_day: the units below as they were on this day; None: as they are on the day itself.
    known_at: as was known at that instant: counted from the facts, which takes the longer the more there are.
    A number of statements that depends on nothing but what is asked for.
    """
    asked = requirements()
    detailed = [one for one in asked if of is None or one.code in of]
    shown = map_day or day
    below = units_on_map(unit, shown) if detailed else []
    sums = _Sums(day, known_at)
    total = sums.of([one.id for one in asked], [unit], key)
    lines = sums.of([one.id for one in detailed], below, key)
    own = sums.own([one.id for one in detailed], unit) if key == ALL else {}
    cut = sums.cuts([one.id for one in detailed], unit) if key == ALL else {}
    return Coverage(
        unit,
        day,
        shown,
        known_at,
        key,
        [
            RequirementCoverage(
                one,
                version_on(one, day),
                total.get((one.id, unit.id), Figures()),
                is_detailed=one in detailed,
                by_unit=_unit_lines(unit, below, own.get(one.id), one, lines) if one in detailed else (),
                cuts=_cuts(version_on(one, day), one, cut) if one in detailed and key == ALL else {},
            )
            for one in asked
            if one.versions
        ],
    )


class _Sums:
    """Where figures come from: kept ones where they are kept, else counted from the facts."""

    def __init__(self, day: date, known_at: datetime | None) -> None:
        self._day, self._known_at = day, known_at

    def of(self, requirement_ids: Sequence[int], units: Sequence[Unit], key: str) -> dict[tuple[int, int], Figures]:
        """Figures by requirement and unit."""
        unit_ids = [unit.id for unit in units]
        if self._known_at is not None:
            cuts = [] if key == ALL else [key.partition("/")[0]]
            found = direct.figures(requirement_ids, unit_ids, self._day, cuts=cuts, known_at=self._known_at)
        elif key == ALL:
            found = kept.figures(requirement_ids, unit_ids, [key], self._day)
        else:
            by_key = [unit.id for unit in units if unit.level in CUT_LEVELS]
            found = kept.figures(requirement_ids, by_key, [key], self._day)
            found |= kept.mixed(requirement_ids, sorted({*unit_ids} - {*by_key}), self._day, key)
        return {(place[0], place[1]): figures for place, figures in found.items() if place[2] == key}

    def own(self, requirement_ids: Sequence[int], unit: Unit) -> dict[int, Figures]:
        """Figures of the posts at the unit itself, by requirement."""
        if unit.level not in CUT_LEVELS:
            return {}
        if self._known_at is None:
            found = kept.figures(requirement_ids, [unit.id], [OWN], self._day)
        else:
            found = direct.figures(requirement_ids, [unit.id], self._day, known_at=self._known_at, is_own=True)
        return {place[0]: figures for place, figures in found.items()}

    def cuts(self, requirement_ids: Sequence[int], unit: Unit) -> dict[tuple[int, str], Figures]:
        """Figures by requirement and key, of every cut."""
        if self._known_at is not None:
            found = direct.figures(requirement_ids, [unit.id], self._day, cuts=CUTS, known_at=self._known_at)
        elif unit.level in CUT_LEVELS:
            keys = [f"{cut}/{line}" for cut, labels in CUT_LABELS.items() for line in labels]
            found = kept.figures(requirement_ids, [unit.id], keys, self._day)
        else:
            found = kept.mixed(requirement_ids, [unit.id], self._day)
        return {(place[0], place[2]): figures for place, figures in found.items()}


def _unit_lines(
    unit: Unit,
    below: Sequence[Unit],
    own: Figures | None,
    requirement: Requirement,
    found: Mapping[tuple[int, int], Figures],
) -> list[Line]:
    lines = []
    if own is not None and own != Figures():
        lines.append(Line(OWN, OWN_LABELS[unit.level], own))
    for lower in sorted(below, key=lambda lower: place_key(lower.name)):
        figures = found.get((requirement.id, lower.id), Figures())
        lines.append(Line(code_of(lower), full_name(lower), figures, lower))
    return lines


def _cuts(
    version: RequirementVersion, requirement: Requirement, found: Mapping[tuple[int, str], Figures]
) -> dict[str, list[Line]]:
    kinds = {clause["kind"] for clause in version.clauses}
    always = {
        *(OFFICIALS_GROUPS if "official" in kinds else ()),
        *(LEADERS_GROUPS if "leader" in kinds else ()),
    } - SELDOM
    cuts = {}
    for cut, labels in CUT_LABELS.items():
        lines = [
            Line(code, label, found.get((requirement.id, f"{cut}/{code}"), Figures())) for code, label in labels.items()
        ]
        lines = [line for line in lines if line.figures != Figures() or (cut == "group" and line.code in always)]
        if lines:
            cuts[cut] = lines
    return cuts


def is_empty(line: Line) -> bool:
    """Whether nobody counts in a line: a page names such units below its table."""
    return line.figures == Figures()


@dataclass(frozen=True)
class Row:
    """One line of the whole as a table shows it: a page, a spreadsheet, a print, the command, the API.

    The counts are None where they would mean nothing: of people trained by one source nobody is outstanding.
    """

    requirement: Requirement
    cut: str
    """'total', 'unit' or one of the cuts."""
    line: Line
    is_trained_only: bool = False

    @property
    def obliged(self) -> int | None:
        return None if self.is_trained_only else self.line.figures.obliged

    @property
    def trained(self) -> int:
        return self.line.figures.trained

    @property
    def outstanding(self) -> int | None:
        return None if self.is_trained_only else self.line.figures.outstanding

    @property
    def percent(self) -> Decimal | None:
        return None if self.is_trained_only else self.line.figures.percent

    @property
    def excused(self) -> int | None:
        return None if self.is_trained_only else self.line.figures.excused


def rows(found: Coverage) -> Iterator[Row]:
    """Every line of a coverage in a fixed order: for each requirement the total, the units, the cuts."""
    is_of_source = found.key.startswith(f"{SOURCE}/")
    for part in found.detailed:
        yield Row(part.requirement, "total", Line(code_of(found.unit), full_name(found.unit), part.total), is_of_source)
        for line in part.by_unit:
            yield Row(part.requirement, "unit", line, is_of_source)
        for cut, lines in part.cuts.items():
            for line in lines:
                yield Row(part.requirement, cut, line, cut == SOURCE)
