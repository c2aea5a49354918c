"""What one person adds to the figures of one requirement: spells of days, unit by unit, and their changes. Pure.

A spell is a span of days on which a person stands in one way in a unit: outstanding, trained or excused. Posts in
several units make one spell for each unit in which all or some of them count: every level counts a person once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lms.coverage.rules.keys import mix_of
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
    cut_units: frozenset[int]
    """Every unit in which it counts and of which the figures are kept by every cut."""
    whole_units: frozenset[int]
    """Every other unit in which it counts: of these everyone's figures are kept, and those of every mix of keys."""
    own_unit: int | None
    """The unit of the post, if posts at the unit itself are counted apart there."""
    keys: frozenset[str]
    """What cuts it is counted under, such as 'group/cooperative'."""


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


Units = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
"""Units whose figures are kept by every key; units of which everyone's and those of mixes are; units that count
their own posts apart."""
Share = dict[Units, list[Spell]]
"""By the units in which a person's spells are the same; days without a spell are days without a duty there."""
Change = tuple[int, int, int]
"""By how much obliged, trained and excused change."""
ChangedPlace = tuple[int, int, str, int]
"""Requirement, unit, key and day (an ordinal). A key may be a mix: see rules.keys."""
Changes = dict[ChangedPlace, list[int]]
"""A sum of changes; places where nothing changes in the end may be left in it, with zeros."""


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
    holding: dict[tuple[int, int], list[int]] = {}
    for number, obligation in enumerate(obligations):
        for unit_id in obligation.cut_units:
            holding.setdefault((0, unit_id), []).append(number)
        for unit_id in obligation.whole_units:
            holding.setdefault((1, unit_id), []).append(number)
        if obligation.own_unit is not None:
            holding.setdefault((2, obligation.own_unit), []).append(number)
    alike: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for place, numbers in holding.items():
        alike.setdefault(tuple(numbers), []).append(place)
    share: Share = {}
    for numbers_alike, places in alike.items():
        spells = _spells([obligations[number] for number in numbers_alike], excuses, attained, own)
        if spells:
            cut, whole, apart = (tuple(sorted(unit for kind, unit in places if kind == wanted)) for wanted in range(3))
            share[cut, whole, apart] = spells
    return share


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


def add_changes(changes: Changes, requirement_id: int, share: Share, sign: int = 1) -> None:
    """Add to changes what a share changes in the counts; with a sign of -1, take it back."""
    for (cut, whole, apart), spells in share.items():
        for spell in spells:
            amounts = MEASURES[spell.standing]
            obliged, trained, excused = amounts if sign == 1 else (-amounts[0], -amounts[1], -amounts[2])
            places = [(unit_id, key) for unit_id in cut for key in (ALL, *spell.keys)]
            places += [(unit_id, key) for unit_id in whole for key in (ALL, mix_of(spell.keys))]
            places += [(unit_id, OWN) for unit_id in apart]
            _change(changes, requirement_id, places, spell.since, (obliged, trained, excused))
            if spell.until is not None:
                _change(changes, requirement_id, places, spell.until, (-obliged, -trained, -excused))


def _change(
    changes: Changes, requirement_id: int, places: Iterable[tuple[int, str]], day: int, amounts: Change
) -> None:
    for unit_id, key in places:
        had = changes.get(place := (requirement_id, unit_id, key, day))
        if had is None:
            changes[place] = list(amounts)
        else:
            had[0] += amounts[0]
            had[1] += amounts[1]
            had[2] += amounts[2]


def stored(share: Share) -> list[Any]:
    """A share as it is kept: [[cut, whole, apart, [[since, until, standing, keys], …]], …], in a fixed order."""
    return [
        [
            *(list(unit_ids) for unit_ids in units),
            [[spell.since, spell.until, spell.standing, list(spell.keys)] for spell in spells],
        ]
        for units, spells in sorted(share.items())
    ]


def read(kept: Sequence[Any]) -> Share:
    """A share from its stored shape."""
    return {
        (tuple(cut), tuple(whole), tuple(apart)): [
            Spell(since, until, standing, tuple(keys)) for since, until, standing, keys in spells
        ]
        for cut, whole, apart, spells in kept
    }
