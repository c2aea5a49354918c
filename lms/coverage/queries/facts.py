"""What the shares of people are made from: their duties with everything they are cut by, excuses and awards.

Every write of an award or a post asks these, so they are plain statements on the tables, built once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import Select, Table, bindparam, case, func, or_, select

from lms.core.db import Model, db
from lms.coverage.models import Attainment, Share
from lms.coverage.rules.keys import personal_keys, post_keys
from lms.coverage.rules.shares import Excused, Obligation
from lms.records.models import Award, Duty, Needed, RequirementQualification, RequirementVersion
from lms.records.queries import count_needed
from lms.records.rules import Asked, Attained, Earned, Span, Window, effective_spans
from lms.registry.models import Excuse, Level, Organisation, Person, Position, Unit, UnitReach
from lms.registry.queries import chunks

CUT_LEVELS: Final = (Level.CENTRAL, Level.PROVINCE)
"""Of units of these levels the figures are kept by every cut; of communes only everyone's, for there are many."""
Place = tuple[int, int]
"""A requirement and the person who counts."""
Units = tuple[frozenset[int], frozenset[int]]
"""Units of which the figures are kept by every key, and all others."""


@dataclass
class Facts:
    """Everything that one human being's shares are made from."""

    keys: tuple[str, ...] = ()
    obligations: dict[int, list[Obligation]] = field(default_factory=dict)
    """By requirement."""
    excuses: list[Excused] = field(default_factory=list)
    earned: list[Earned] = field(default_factory=list)


def _table(model: type[Model]) -> Any:
    return cast(Table, model.__table__).c


_IDS: Final[Any] = bindparam("ids", expanding=True)
_person, _duty, _award, _excuse = _table(Person), _table(Duty), _table(Award), _table(Excuse)
_position, _organisation, _reach, _unit = _table(Position), _table(Organisation), _table(UnitReach), _table(Unit)
_version, _needs, _share, _attainment = (
    _table(RequirementVersion),
    _table(RequirementQualification),
    _table(Share),
    _table(Attainment),
)
_holder = cast(Table, Person.__table__).alias("holder").c
_ONE: Final = func.coalesce(_holder.merged_into_id, _holder.id)
_IS_ONE_OF: Final = or_(_holder.id.in_(_IDS), _holder.merged_into_id.in_(_IDS))

COUNTING: Final = select(func.coalesce(_person.merged_into_id, _person.id)).where(_person.id.in_(_IDS))
DUTIES: Final = (
    select(
        _ONE.label("one"),
        _person.sex,
        _duty.id,
        _duty.requirement_id,
        _duty.position_id,
        _duty.unit_id,
        _position.settled_unit_id,
        _duty.started_on,
        _duty.ended_on,
        _position.level,
        _organisation.kind,
        _organisation.product_group,
        _organisation.product_group_2019,
        _organisation.origin,
    )
    .select_from(_holder.id.table)
    .join(_person.id.table, _person.id == _ONE)
    .join(_duty.id.table, _duty.person_id == _holder.id)
    .join(_position.id.table, _position.id == _duty.position_id)
    .outerjoin(_organisation.id.table, _organisation.id == _position.organisation_id)
    .where(_IS_ONE_OF, _duty.superseded_at.is_(None))
    .order_by(_duty.id)
)
REACHED: Final = (
    select(_reach.unit_id, _reach.within_id, case((_unit.level.in_(CUT_LEVELS), 1), else_=0), _unit.valid_to)
    .join(_unit.id.table, _unit.id == _reach.within_id)
    .where(_reach.unit_id.in_(_IDS))
)
"""A row for each unit in which something at one of these units counts."""
EXCUSES: Final = (
    select(_ONE.label("one"), _excuse.position_id, _excuse.started_on, _excuse.ended_on)
    .select_from(_holder.id.table)
    .join(_excuse.id.table, _excuse.person_id == _holder.id)
    .where(_IS_ONE_OF, _excuse.withdrawn_at.is_(None))
)
AWARDS: Final = (
    select(
        _ONE.label("one"),
        _award.id,
        _award.qualification_id,
        _award.awarded_on,
        _award.revoked_on,
        _award.hours,
        _award.source,
        _award.is_partial,
    )
    .select_from(_holder.id.table)
    .join(_award.id.table, _award.person_id == _holder.id)
    .where(_IS_ONE_OF)
)
VERSIONS: Final = (
    select(
        _version.id,
        _version.requirement_id,
        _version.effective_from,
        _version.needed,
        _version.needed_count,
        _version.needed_hours,
        _version.valid_months,
        _needs.qualification_id,
    )
    .join(_needs.version_id.table, _needs.version_id == _version.id)
    .order_by(_version.requirement_id, _version.number)
)
SHARES: Final = select(_share.requirement_id, _share.person_id, _share.spells).where(_share.person_id.in_(_IDS))
ATTAINMENTS: Final = (
    select(
        _attainment.requirement_id,
        _attainment.person_id,
        _attainment.started_on,
        _attainment.ended_on,
        _attainment.award_id,
        _attainment.source,
    )
    .where(_attainment.person_id.in_(_IDS))
    .order_by(_attainment.started_on)
)


def _rows(statement: Select[Any], ids: Collection[int] | None = None) -> Any:
    return db.session.connection().execute(statement, {"ids": sorted(ids)} if ids is not None else None)


def counting_ids(person_ids: Collection[int]) -> set[int]:
    """The ids under which these people count: their own, or the one they were merged into."""
    return set(_rows(COUNTING, person_ids).scalars())


class Reach:
    """In which units posts count: looked up once for each unit, however many posts lie in it."""

    def __init__(self) -> None:
        self._found: dict[int, Units] = {}
        self._ended: dict[int, date] = {}
        self._joined: dict[tuple[int, int], Units] = {}

    def look_up(self, unit_ids: Iterable[int]) -> None:
        """Make sure that these units are known: one statement, or none."""
        missing = {unit_id for unit_id in unit_ids if unit_id not in self._found}
        within: dict[int, tuple[set[int], set[int]]] = {unit_id: (set(), set()) for unit_id in missing}
        for part in chunks(sorted(missing)):
            for unit_id, within_id, is_cut, ended_on in _rows(REACHED, part):
                within[unit_id][0 if is_cut else 1].add(within_id)
                if ended_on is not None:
                    self._ended[within_id] = ended_on
        self._found |= {unit_id: (frozenset(cut), frozenset(whole)) for unit_id, (cut, whole) in within.items()}

    def of(self, unit_id: int, settled_unit_id: int | None) -> Units:
        """Where a post counts: units kept by every key, and all others.

        The post of a divided commune counts where that lies, and from its division on where the part lies.
        """
        if settled_unit_id is None:
            return self._found[unit_id]
        both = self._joined.get((unit_id, settled_unit_id))
        if both is None:
            (cut, whole), (more_cut, more_whole) = self._found[unit_id], self._found[settled_unit_id]
            both = self._joined[unit_id, settled_unit_id] = (
                cut | self._lasting(more_cut, unit_id),
                whole | self._lasting(more_whole, unit_id),
            )
        return both

    def _lasting(self, unit_ids: frozenset[int], divided_id: int) -> frozenset[int]:
        """Those that lasted beyond a divided unit: see `registry.queries.lasted_beyond`."""
        day = self._ended.get(divided_id, date.max)
        return frozenset(one for one in unit_ids if one not in self._ended or self._ended[one] > day)


def facts_of(counting: Collection[int], reach: Reach) -> dict[int, Facts]:
    """The facts of people who have a duty, by the id under which they count; four statements, or three."""
    duties = _rows(DUTIES, counting).all()
    reach.look_up({row[5] for row in duties} | {row[6] for row in duties if row[6] is not None})
    facts: dict[int, Facts] = {}
    for one, sex, _id, requirement_id, position_id, unit_id, settled_id, started_on, ended_on, *keyed in duties:
        cut, whole = reach.of(unit_id, settled_id)
        found = facts.get(one)
        if found is None:
            found = facts[one] = Facts(personal_keys(sex))
        found.obligations.setdefault(requirement_id, []).append(
            Obligation(
                position_id,
                Span(started_on, ended_on),
                cut,
                whole,
                unit_id if unit_id in cut else None,
                post_keys(*keyed),
            )
        )
    if facts:
        for one, position_id, started_on, ended_on in _rows(EXCUSES, facts.keys()):
            facts[one].excuses.append(Excused(Span(started_on, ended_on), position_id))
        for one, award_id, asked_id, awarded_on, revoked_on, hours, source, is_partial in _rows(AWARDS, facts.keys()):
            facts[one].earned.append(
                Earned(award_id, asked_id, awarded_on, revoked_on, hours, source.value, is_partial)
            )
    return facts


def people_at(unit_ids: Sequence[int]) -> list[int]:
    """Whoever has a duty because of a post at one of these units, or at one that was said to lie in one of them."""
    found: set[int] = set()
    for part in chunks(unit_ids):
        held = select(Duty.person_id).where(Duty.superseded_at.is_(None))
        found.update(db.session.scalars(held.where(Duty.unit_id.in_(part))))
        settled = held.join(Position, Position.id == Duty.position_id).where(Position.settled_unit_id.in_(part))
        found.update(db.session.scalars(settled))
    return sorted(found)


def windows() -> dict[int, list[Window]]:
    """For each requirement what it asked when, in order; one statement."""
    versions: dict[int, list[list[Any]]] = {}
    for row in _rows(VERSIONS):
        mine = versions.setdefault(row.requirement_id, [])
        if mine and mine[-1][0].id == row.id:
            mine[-1].append(row)
        else:
            mine.append([row])
    found: dict[int, list[Window]] = {}
    for requirement_id, mine in versions.items():
        spans = effective_spans([rows[0].effective_from for rows in mine])
        found[requirement_id] = sorted(
            (Window(span, _asked(rows)) for span, rows in zip(spans, mine, strict=True) if span is not None),
            key=lambda window: window.span.started_on,
        )
    return found


def _asked(rows: list[Any]) -> Asked:
    version = rows[0]
    return Asked(
        frozenset(row.qualification_id for row in rows),
        count_needed(Needed(version.needed), version.needed_count, len(rows)),
        version.needed_hours,
        version.valid_months,
    )


def kept_shares(person_ids: Collection[int]) -> dict[Place, list[Any]]:
    """What is kept of these people's shares, in its stored shape."""
    return {(row.requirement_id, row.person_id): row.spells for row in _rows(SHARES, person_ids)}


def kept_attainments(person_ids: Collection[int]) -> dict[Place, list[Attained]]:
    """What is kept of the days on which these people had what was asked."""
    kept: dict[Place, list[Attained]] = {}
    for row in _rows(ATTAINMENTS, person_ids):
        kept.setdefault((row.requirement_id, row.person_id), []).append(
            Attained(row.started_on, row.ended_on, row.award_id, row.source.value)
        )
    return kept
