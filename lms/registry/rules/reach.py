"""In which units something at a unit counts, on the map of any day. Pure.

It counts in the unit itself and in those above it. Where a unit went on as another, it counts there too: on today's map
a commune of a province that was merged counts in the new province. Where a unit was divided, it counts in what all its
parts have in common: the province, if not the commune. And it counts in an older unit that wholly held it: on the map
of a past day a new commune counts in the old province that all it was formed from lay in.
"""

from collections.abc import Iterable, Mapping
from functools import cache

Unit = int
Reach = frozenset[Unit]


def reach_of_all(
    parents: Mapping[Unit, Unit | None],
    successions: Iterable[tuple[Unit, Unit]],
    *,
    standing: Iterable[Unit] = (),
    formed: Iterable[tuple[Unit, Unit]] | None = None,
) -> dict[Unit, Reach]:
    """The reach of every unit.

    parents: every unit and the one above it.
    successions: (from, to), for every part that went on as another unit.
    standing: units that still exist: what they gave away does not move what stayed with them.
    formed: the successions by which the later unit came to be; what a unit took in later says nothing of where it lies.
    None: all of them.
    """
    still_there = frozenset(standing)
    after: dict[Unit, list[Unit]] = {}
    before: dict[Unit, list[Unit]] = {}
    pairs = list(successions)
    for earlier, later in pairs:
        if earlier not in still_there:
            after.setdefault(earlier, []).append(later)
    for earlier, later in pairs if formed is None else formed:
        before.setdefault(later, []).append(earlier)

    def above(unit: Unit) -> list[Unit]:
        found, step = [], parents.get(unit)
        while step is not None:
            found.append(step)
            step = parents.get(step)
        return [unit, *found]

    @cache
    def forward(unit: Unit) -> Reach:
        own = above(unit)
        return frozenset(own).union(*(_common(forward(later) for later in after.get(one, ())) for one in own))

    @cache
    def backward(unit: Unit) -> Reach:
        own = above(unit)
        return frozenset(own).union(*(_common(backward(earlier) for earlier in before.get(one, ())) for one in own))

    return {unit: forward(unit) | backward(unit) for unit in parents}


def _common(reaches: Iterable[Reach]) -> Reach:
    found = list(reaches)
    return frozenset.intersection(*found) if found else frozenset()
