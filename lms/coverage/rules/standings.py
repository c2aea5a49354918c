"""How an organisation stands, from how those stand who lead it on the day. Pure."""

from collections.abc import Collection
from typing import Final

from lms.coverage.rules.shares import EXCUSED, OUTSTANDING, TRAINED

LEADERLESS: Final = "leaderless"
"""Nobody is known to lead it."""
NOT_OBLIGED: Final = "not_obliged"
"""No requirement obliges whoever leads it."""


def leader_standing(duties: Collection[str]) -> str:
    """How a leader stands from how they stand with each requirement that obliges them."""
    return _together(duties) if duties else NOT_OBLIGED


def organisation_standing(leaders: Collection[str]) -> str:
    """How an organisation stands: covered when everyone who leads it and must be trained is.

    leaders: how each of those who lead it on the day stands.
    """
    if not leaders:
        return LEADERLESS
    obliged = [one for one in leaders if one != NOT_OBLIGED]
    return _together(obliged) if obliged else NOT_OBLIGED


def _together(standings: Collection[str]) -> str:
    """Whoever is excused is left out of it, unless there is nobody else."""
    owing = [one for one in standings if one != EXCUSED]
    if not owing:
        return EXCUSED
    return TRAINED if all(one == TRAINED for one in owing) else OUTSTANDING
