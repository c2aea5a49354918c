"""What one person adds to the figures of one requirement: spells of days, unit by unit, and their changes. Pure.

A spell is a span of days on which a person stands in one way in a unit: outstanding, trained or excused. Posts in
several units make one spell for each unit in which all or some of them count: every level counts a person once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from lms.records.rules import Attained, Span

ALL: Final = "all"
"""The key under which everyone counts."""
OWN: Final = "own"
"""The key under which posts at a unit itself count, not those below it."""
OUTSTANDING: Final = "outstanding"
TRAINED: Final = "trained"
EXCUSED: Final = "excused"


@dataclass(frozen=True)
class Obligation:
    """One duty as it is counted."""

    position_id: int
    span: Span
    unit_ids: frozenset[int]
    """Every unit in which it counts."""
    keys: frozenset[str]
    """What cuts it is counted under, such as 'group/cooperative'."""
    own_unit_id: int | None = None
    """The unit of the post, where the posts at the unit itself are counted apart."""


@dataclass(frozen=True)
class Excused:
    """Days on which a person is excused, from one post or from all of them."""

    span: Span
    position_id: int | None = None


@dataclass(frozen=True)
class Spell:
    """Days on which a person stands in one way in some units. Days are ordinals; `until` is the first day after."""

    since: int
    until: int | None
    standing: str
    keys: tuple[str, ...]


Share = dict[tuple[int, ...], list[Spell]]
"""By the units in which a person's spells are the same; days without a spell are days without a duty there.
A negative number stands for the posts at that unit itself."""
Change = tuple[int, int, int]
"""By how much obliged, trained and excused change."""


def share_of(
    obligations: Sequence[Obligation],
    excuses: Sequence[Excused],
    attained: Sequence[Attained],
    personal_keys: Iterable[str] = (),
) -> Share:
    """Everything that a person adds to the figures of a requirement.

    personal_keys: cuts that hold for the person whatever the post, such as 'sex/female'.
    """
    own = frozenset(personal_keys)
    by_obligations: dict[frozenset[int], list[int]] = {}
    holding: dict[int, list[int]] = {}
    for number, obligation in enumerate(obligations):
        own_place = () if obligation.own_unit_id is None else (-obligation.own_unit_id,)
        for unit_id in (*obligation.unit_ids, *own_place):
            holding.setdefault(unit_id, []).append(number)
    for unit_id, numbers in holding.items():
        by_obligations.setdefault(frozenset(numbers), []).append(unit_id)
    return {
        tuple(sorted(unit_ids)): spells
        for numbers, unit_ids in by_obligations.items()
        if (spells := _spells([obligations[number] for number in sorted(numbers)], excuses, attained, own))
    }


def _bounds(span: Span | Attained) -> tuple[int, int | None]:
    return span.started_on.toordinal(), None if span.ended_on is None else span.ended_on.toordinal() + 1


def _holds(bounds: tuple[int, int | None], day: int) -> bool:
    return bounds[0] <= day and (bounds[1] is None or day < bounds[1])


def _spells(
    obligations: Sequence[Obligation], excuses: Sequence[Excused], attained: Sequence[Attained], own: frozenset[str]
) -> list[Spell]:
    duties = [(_bounds(obligation.span), obligation) for obligation in obligations]
    pardons = [(_bounds(excuse.span), excuse.position_id) for excuse in excuses]
    reached = [(_bounds(one), one.source) for one in attained]
    cuts: set[int] = set()
    for bounds, _what in (*duties, *pardons, *reached):
        cuts.update(day for day in bounds if day is not None)
    starts = sorted(cuts)
    spells: list[Spell] = []
    for since, until in zip(starts, [*starts[1:], None], strict=True):
        held = [obligation for bounds, obligation in duties if _holds(bounds, since)]
        if not held:
            continue
        pardoned = {position_id for bounds, position_id in pardons if _holds(bounds, since)}
        owed = [one for one in held if None not in pardoned and one.position_id not in pardoned]
        keys = own.union(*(one.keys for one in owed or held))
        standing = EXCUSED
        if owed:
            source = next((source for bounds, source in reached if _holds(bounds, since)), None)
            standing = OUTSTANDING if source is None else TRAINED
            if source is not None:
                keys |= {f"source/{source}"}
        _append(spells, Spell(since, until, standing, tuple(sorted(keys))))
    return spells


def _append(spells: list[Spell], spell: Spell) -> None:
    last = spells[-1] if spells else None
    if last is not None and last.until == spell.since and (last.standing, last.keys) == (spell.standing, spell.keys):
        spells[-1] = Spell(last.since, spell.until, spell.standing, spell.keys)
    else:
        spells.append(spell)


MEASURES: Final[Mapping[str, Change]] = {OUTSTANDING: (1, 0, 0), TRAINED: (1, 1, 0), EXCUSED: (0, 0, 1)}


def changes_of(share: Share, cut_units: frozenset[int]) -> dict[tuple[int, str, int], Change]:
    """How a share changes the counts: by unit, key and day (an ordinal).

    cut_units: units whose figures are kept by every key; of others only everyone's are.
    """
    changes: dict[tuple[int, str, int], Change] = {}
    for unit_ids, spells in share.items():
        for spell in spells:
            obliged, trained, excused = MEASURES[spell.standing]
            edges = [(spell.since, (obliged, trained, excused))]
            if spell.until is not None:
                edges.append((spell.until, (-obliged, -trained, -excused)))
            for unit_id in unit_ids:
                for key in _keys_at(unit_id, spell, cut_units):
                    for day, (o, t, e) in edges:
                        had = changes.get((abs(unit_id), key, day), (0, 0, 0))
                        changes[abs(unit_id), key, day] = (had[0] + o, had[1] + t, had[2] + e)
    return {place: change for place, change in changes.items() if change != (0, 0, 0)}


def _keys_at(unit_id: int, spell: Spell, cut_units: frozenset[int]) -> tuple[str, ...]:
    if unit_id < 0:
        return (OWN,)
    return (ALL, *spell.keys) if unit_id in cut_units else (ALL,)


def stored(share: Share) -> list[Any]:
    """A share as it is kept: [[units, [[since, until, standing, keys], …]], …], in a fixed order."""
    return [
        [list(unit_ids), [[spell.since, spell.until, spell.standing, list(spell.keys)] for spell in spells]]
        for unit_ids, spells in sorted(share.items())
    ]


def read(kept: Sequence[Any]) -> Share:
    """A share from its stored shape."""
    return {
        tuple(unit_ids): [Spell(since, until, standing, tuple(keys)) for since, until, standing, keys in spells]
        for unit_ids, spells in kept
    }


def standing_on(share: Share, unit_id: int, day: date) -> str | None:
    """How the person stands in a unit on a day; None without a duty there."""
    ordinal = day.toordinal()
    for unit_ids, spells in share.items():
        if unit_id in unit_ids:
            for spell in spells:
                if _holds((spell.since, spell.until), ordinal):
                    return spell.standing
    return None
