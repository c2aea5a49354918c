"""Whom a requirement obliges: clauses over positions, each a set of conditions that must all be met. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

KINDS: Final = ("official", "leader")


@dataclass(frozen=True)
class Post:
    """What of a position and its organisation the clauses look at."""

    kind: str
    """'official' or 'leader'."""
    level: str | None = None
    organisation_kind: str | None = None
    product_group: str | None = None
    origin: str | None = None
    within: frozenset[str] = frozenset()
    """Paths of every unit in which it counts."""


@dataclass(frozen=True)
class Clause:
    """Conditions on a position. Everything but the kind may be left empty: then it does not matter."""

    kind: str
    levels: frozenset[str] = frozenset()
    organisation_kinds: frozenset[str] = frozenset()
    product_groups: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    """Paths of units; a position in one of them or below it meets the condition."""

    def is_met_by(self, post: Post) -> bool:
        """Whether a position meets every condition."""
        return (
            post.kind == self.kind
            and (not self.levels or post.level in self.levels)
            and (not self.organisation_kinds or post.organisation_kind in self.organisation_kinds)
            and (not self.product_groups or post.product_group in self.product_groups)
            and (not self.origins or post.origin in self.origins)
            and (not self.units or not self.units.isdisjoint(post.within))
        )

    def unmet_by(self, post: Post) -> tuple[str, ...]:
        """The conditions that a position does not meet, by their names; the kind alone where that is another."""
        if post.kind != self.kind:
            return ("kind",)
        met = {
            "levels": post.level in self.levels,
            "organisation_kinds": post.organisation_kind in self.organisation_kinds,
            "product_groups": post.product_group in self.product_groups,
            "origins": post.origin in self.origins,
            "units": not self.units.isdisjoint(post.within),
        }
        return tuple(name for name, is_met in met.items() if getattr(self, name) and not is_met)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored: what is empty is left out, lists in a fixed order."""
        conditions = {field.name: sorted(getattr(self, field.name)) for field in fields(self) if field.name != "kind"}
        return {"kind": self.kind, **{name: values for name, values in conditions.items() if values}}


def read_clauses(stored: Sequence[Mapping[str, Any]]) -> tuple[Clause, ...]:
    """The clauses of a version from their stored shape: a list of {"kind": "leader", "organisation_kinds": [...], …}.

    Raises ValueError if a clause is not of that shape: a condition that is not understood must not be dropped.
    """
    names = {field.name for field in fields(Clause)} - {"kind"}
    clauses = []
    for line in stored:
        unknown = line.keys() - names - {"kind"}
        if unknown or line.get("kind") not in KINDS:
            raise ValueError(f"not a clause: {dict(line)!r}")
        clauses.append(Clause(line["kind"], **{name: frozenset(line[name]) for name in names & line.keys()}))
    if not clauses:
        raise ValueError("a requirement without clauses obliges nobody")
    return tuple(clauses)


def clause_met(clauses: Collection[Clause], post: Post) -> int | None:
    """Which clause a position meets, from 0; the first that it does. None if it meets none."""
    return next((number for number, clause in enumerate(clauses) if clause.is_met_by(post)), None)
