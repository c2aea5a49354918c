"""In which units something at a unit counts, on the map of any day. Pure.

A unit is land, the same from its first day to its last: one that gains or loses land while it goes on leaves an earlier
extent behind, a unit of its own. So a unit lies in another for good or not at all, whatever the day of the map. It lies
in whatever it was ever put under; where it went on in one unit it lies in that; where it was divided, in what all its
parts have in common: the province, if not the commune. And it lies in an older unit that held all it was formed from:
on the map of a past day a new commune counts in the old province.

What is at a unit (a post) is at its seat, which it keeps through all its extents: it counts wherever any of them lies.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Final

NEVER: Final = date.max
Unit = int
Reach = frozenset[Unit]
Places = dict[Unit, set[Unit]]


@dataclass(frozen=True, slots=True)
class Life:
    """The days of a unit, both included; `until` is empty while it exists."""

    since: date
    until: date | None
    extent_of: Unit | None = None
    """The unit whose earlier extent this is."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A unit stood directly under another over days; `until` is empty while it does."""

    unit: Unit
    above: Unit
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Passage:
    """All or a part of a unit went on as another, which has it from a day on."""

    earlier: Unit
    later: Unit
    on: date


def reach_of_all(lives: Mapping[Unit, Life], stays: Iterable[Stay], passages: Iterable[Passage]) -> dict[Unit, Reach]:
    """The reach of every unit; stays and passages name the units themselves, never earlier extents."""
    extents = _extents(lives)
    above: Places = defaultdict(set)
    for stay in stays:
        for extent in _between(lives, extents[stay.unit], stay.since, stay.until):
            life = lives[extent]
            since, until = max(stay.since, life.since), min(stay.until or NEVER, life.until or NEVER)
            above[extent].update(_between(lives, extents[stay.above], since, until))
    after, before = _neighbours(lives, extents, passages)

    @cache
    def forward(extent: Unit) -> Reach:
        return frozenset([extent]).union(*map(forward, above[extent]), _common(map(forward, after[extent])))

    @cache
    def backward(extent: Unit) -> Reach:
        return frozenset([extent]).union(*map(backward, above[extent]), _common(map(backward, before[extent])))

    return {
        unit: frozenset[Unit]().union(*(forward(extent) | backward(extent) for extent in extents.get(unit, [unit])))
        for unit in lives
    }


def _extents(lives: Mapping[Unit, Life]) -> dict[Unit, list[Unit]]:
    """Every unit that is no earlier extent itself, with its extents, the first one first and itself last."""
    extents: dict[Unit, list[Unit]] = {unit: [] for unit, life in lives.items() if life.extent_of is None}
    for unit, life in sorted(lives.items(), key=lambda item: item[1].since):
        extents[unit if life.extent_of is None else life.extent_of].append(unit)
    return extents


def _neighbours(
    lives: Mapping[Unit, Life], extents: Mapping[Unit, list[Unit]], passages: Iterable[Passage]
) -> tuple[Places, Places]:
    """For each extent those that together have its land after it, and those that together had it before it.

    Where one went on standing nothing came after it, and where one stood already nothing came before it: that some
    land was passed on then says nothing of where the rest lies.
    """
    after: Places = defaultdict(set)
    before: Places = defaultdict(set)

    def join(earlier: Unit, later: Unit, on: date) -> None:
        last_day = lives[earlier].until
        if last_day is not None and last_day < on:
            after[earlier].add(later)
        if lives[later].since == on:
            before[later].add(earlier)

    for passage in passages:
        join(
            _at(lives, extents[passage.earlier], passage.on - timedelta(days=1)),
            _at(lives, extents[passage.later], passage.on),
            passage.on,
        )
    for own in extents.values():
        for earlier, later in pairwise(own):
            join(earlier, later, lives[later].since)
    return after, before


def _at(lives: Mapping[Unit, Life], extents: list[Unit], day: date) -> Unit:
    """The extent of a unit on a day; the nearest where the unit was not there."""
    begun = [extent for extent in extents if lives[extent].since <= day]
    return begun[-1] if begun else extents[0]


def _between(lives: Mapping[Unit, Life], extents: list[Unit], since: date, until: date | None) -> list[Unit]:
    """The extents that a unit had on any of these days."""
    return [
        extent
        for extent in extents
        if lives[extent].since <= (until or NEVER) and since <= (lives[extent].until or NEVER)
    ]


def _common(reaches: Iterable[Reach]) -> Reach:
    found = list(reaches)
    return frozenset.intersection(*found) if found else frozenset()
