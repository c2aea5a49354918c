"""What an award that is about to be written would change for a person. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.records.rules.attainment import Asked, Earned
from lms.records.rules.decision import Counting, counting_on, lack_on


class Outlook(StrEnum):
    """What would become of an award, from the best to what is not written at all."""

    COUNTS = "counts"
    """With it the person has everything that a requirement asks."""
    PARTLY = "partly"
    """It counts, and something else is still lacking."""
    EXPIRED = "expired"
    """It was so long ago that it no longer counts."""
    TRAINED = "trained"
    """Everything is there without it."""
    EXCUSED = "excused"
    """Stands outside the figures for the time of the excuse."""
    NOT_OBLIGED = "not_obliged"
    """Nothing obliges the person to have it today; it counts from the day on which something does."""
    AWARDED = "awarded"
    """The same qualification of the same day is in the record already."""
    OWN = "own"
    """Nobody writes into their own record."""
    OUT_OF_SCOPE = "out_of_scope"
    """The person is not of the reader's part of the country, or no longer."""

    @property
    def is_written(self) -> bool:
        """Whether an award is made at all."""
        return self not in (Outlook.AWARDED, Outlook.OWN, Outlook.OUT_OF_SCOPE)


BY_WORTH = (Outlook.COUNTS, Outlook.PARTLY, Outlook.EXPIRED, Outlook.TRAINED, Outlook.EXCUSED)


@dataclass(frozen=True)
class Demand:
    """A requirement that obliges a person on the day."""

    asked: Asked
    is_excused: bool


def outlook_of(new: Earned, demands: Sequence[Demand], earned: Sequence[Earned], day: date) -> Outlook:
    """What a new award would change on a day: the best that it does for any requirement.

    earned: everything that the person was awarded so far.
    """
    if any(_is_same(one, new) for one in earned):
        return Outlook.AWARDED
    found = {_for_one(new, demand, earned, day) for demand in demands if _is_about(new, demand.asked)}
    return next((outlook for outlook in BY_WORTH if outlook in found), Outlook.NOT_OBLIGED)


def _is_same(one: Earned, new: Earned) -> bool:
    is_standing = one.revoked_on is None and not one.is_partial
    return is_standing and (one.qualification_id, one.awarded_on) == (new.qualification_id, new.awarded_on)


def _is_about(new: Earned, asked: Asked) -> bool:
    return new.qualification_id in asked.qualification_ids


def _for_one(new: Earned, demand: Demand, earned: Sequence[Earned], day: date) -> Outlook:
    if demand.is_excused:
        return Outlook.EXCUSED
    if lack_on(earned, demand.asked, day) is None:
        return Outlook.TRAINED
    if counting_on(new, demand.asked, day) is not Counting.COUNTS:
        return Outlook.EXPIRED
    return Outlook.COUNTS if lack_on([*earned, new], demand.asked, day) is None else Outlook.PARTLY
