"""Where a training class of a given size can be filled: one commune, or neighbours of one former district. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

CLASS_SIZE: Final = 30
"""Seats of a class."""


@dataclass(frozen=True)
class Community:
    """A commune that waits for training."""

    code: str
    neighbourhood: str | None
    """What it has in common with its neighbours: the district that once held it; None where that is not known."""
    outstanding: int


@dataclass(frozen=True)
class Together:
    """Communes that fill a class together, or one that fills it by itself."""

    communities: Sequence[Community]

    @property
    def people(self) -> int:
        """How many people wait there."""
        return sum(one.outstanding for one in self.communities)

    @property
    def is_alone(self) -> bool:
        return len(self.communities) == 1


@dataclass(frozen=True)
class ClassPlan:
    """Where classes can be held."""

    alone: Sequence[Together]
    """Communes with enough people for a class of their own, the most first."""
    together: Sequence[Together]
    """Neighbours that fill one together, the most first."""
    left_over: Sequence[Community]
    """Communes that nothing fills a class with; by code."""


def class_plan(communities: Iterable[Community], size: int = CLASS_SIZE) -> ClassPlan:
    """Fill classes: first each commune by itself, then neighbours in the order of their codes.

    What is too few at the end of a neighbourhood goes with the class before it, if there is one.
    """
    waiting = sorted((one for one in communities if one.outstanding), key=lambda one: one.code)
    alone = [Together([one]) for one in waiting if one.outstanding >= size]
    near: dict[str, list[Community]] = {}
    left_over = []
    for one in waiting:
        if one.outstanding >= size:
            continue
        if one.neighbourhood is None:
            left_over.append(one)
        else:
            near.setdefault(one.neighbourhood, []).append(one)
    together = []
    for neighbours in near.values():
        filled, rest = _filled(neighbours, size)
        together += filled
        left_over += rest
    return ClassPlan(
        alone=sorted(alone, key=lambda one: -one.people),
        together=sorted(together, key=lambda one: -one.people),
        left_over=sorted(left_over, key=lambda one: one.code),
    )


def _filled(neighbours: Sequence[Community], size: int) -> tuple[list[Together], list[Community]]:
    filled: list[list[Community]] = []
    open_class: list[Community] = []
    for one in neighbours:
        open_class.append(one)
        if sum(member.outstanding for member in open_class) >= size:
            filled.append(open_class)
            open_class = []
    if filled:
        filled[-1] += open_class
        open_class = []
    return [Together(members) for members in filled], open_class
