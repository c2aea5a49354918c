"""Which of the groups that units declare a requirement is about, and who is to declare them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from lms.records.rules import Clause
from lms.registry.rules.declarations import LEADER_GROUPS, OFFICIAL_GROUPS

LOWEST: str = "commune"
"""Whose leaders there are, its communes say; a unit above has some only if they belong to no commune."""


@dataclass(frozen=True)
class Concern:
    """The groups whose people a requirement obliges."""

    groups: frozenset[str]
    """Those all of whose people it obliges."""
    is_partial: bool = False
    """It obliges a part of some group, such as makers of food alone: what is declared does not tell of how many."""


def concern_of(clauses: Iterable[Clause]) -> Concern:
    """The groups that the clauses of a requirement are about."""
    whole: set[str] = set()
    parts: set[str] = set()
    for clause in clauses:
        every = OFFICIAL_GROUPS if clause.kind == "official" else LEADER_GROUPS
        named = clause.levels if clause.kind == "official" else clause.organisation_kinds
        meant = named & set(every) if named else set(every)
        is_narrower = clause.product_groups or clause.origins or clause.units
        (parts if is_narrower else whole).update(meant)
    return Concern(frozenset(whole), is_partial=bool(parts - whole))


def declaring_levels(groups: Iterable[str]) -> frozenset[str]:
    """The levels of the units that have to declare for the number of people in some groups to be whole."""
    return frozenset(group if group in OFFICIAL_GROUPS else LOWEST for group in groups)
