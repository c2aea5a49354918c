"""What a unit may declare, how a declaration moves from hand to hand, and how two versions differ. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class DeclarationState(StrEnum):
    """How far a declaration has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    """Sent back with what is to be mended."""
    LOCKED = "locked"
    """Checked by the unit above: it counts."""
    RECEIVED = "received"
    """Taken in by the centre: it counts."""
    SUPERSEDED = "superseded"
    """A later version of the same unit took its place."""


class Step(StrEnum):
    """What moves a declaration on."""

    SUBMIT = "submit"
    RETURN = "return"
    LOCK = "lock"
    RECEIVE = "receive"
    SUPERSEDE = "supersede"
    """Never taken alone: locking the next version does it."""


OPEN: Final = frozenset({DeclarationState.DRAFT, DeclarationState.SUBMITTED, DeclarationState.RETURNED})
"""On its way: a unit has at most one of these."""
EDITABLE: Final = frozenset({DeclarationState.DRAFT, DeclarationState.RETURNED})
"""The unit may still change what it says."""
COUNTING: Final = frozenset({DeclarationState.LOCKED, DeclarationState.RECEIVED})
"""Counts now: a unit has at most one of these."""
LEADS: Final[Mapping[Step, tuple[frozenset[DeclarationState], DeclarationState]]] = {
    Step.SUBMIT: (EDITABLE, DeclarationState.SUBMITTED),
    Step.RETURN: (frozenset({DeclarationState.SUBMITTED}), DeclarationState.RETURNED),
    Step.LOCK: (frozenset({DeclarationState.SUBMITTED}), DeclarationState.LOCKED),
    Step.RECEIVE: (frozenset({DeclarationState.LOCKED}), DeclarationState.RECEIVED),
    Step.SUPERSEDE: (COUNTING, DeclarationState.SUPERSEDED),
}
"""From which states a step leads, and to which."""
LEADER_GROUPS: Final = ("enterprise", "cooperative", "cooperative_group", "household")
"""Leaders are declared by the kind of organisation that they lead."""
OFFICIAL_GROUPS: Final = ("central", "province", "district", "commune")
"""Officials are declared by their level, which is that of the unit."""
MOST: Final = 99_999
"""A number above this in one group of one unit is a slip of the pen."""


def after(state: DeclarationState, step: Step) -> DeclarationState | None:
    """The state to which a step leads; None if it cannot be taken."""
    before, found = LEADS[step]
    return found if state in before else None


def groups_of(level: str) -> tuple[str, ...]:
    """The groups that a unit of a level declares: its own officials, and leaders by kind of organisation."""
    return (level, *LEADER_GROUPS)


@dataclass(frozen=True)
class Content:
    """What a declaration says."""

    counted_on: date
    document_number: str
    document_on: date
    counts: Mapping[str, int]
    """By group. A group that is left out is not filled in yet, which is not the same as nobody."""
    correction_reason: str | None = None
    """Why it is declared again; needed from the second version on."""


def content_faults(
    content: Content,
    groups: Sequence[str],
    *,
    today: date,
    formed_on: date,
    ended_on: date | None,
    counting_since: date | None,
) -> list[str]:
    """Everything that keeps a declaration from being drafted, as codes: see words.DECLARATION_FAULTS.

    formed_on, ended_on: the first and last day of the unit. counting_since: the day of the version that counts now.
    """
    faults = []
    if content.counted_on > today or content.document_on > today:
        faults.append("day_to_come")
    if content.counted_on < formed_on or (ended_on is not None and content.counted_on > ended_on):
        faults.append("unit_not_there")
    if counting_since is not None:
        if content.counted_on < counting_since:
            faults.append("before_counting")
        if not content.correction_reason:
            faults.append("no_reason")
    if content.counts.keys() - set(groups):
        faults.append("other_group")
    if any(not 0 <= count <= MOST for count in content.counts.values()):
        faults.append("not_a_count")
    return faults


def missing_groups(counts: Mapping[str, int], groups: Sequence[str]) -> list[str]:
    """The groups still to be filled in before a declaration can be submitted."""
    return [group for group in groups if group not in counts]


@dataclass(frozen=True)
class Difference:
    """How much one group of a declaration changed from the version before."""

    group: str
    before: int | None
    """None where the group was not there."""
    now: int | None

    @property
    def change(self) -> int:
        """How many more, or fewer."""
        return (self.now or 0) - (self.before or 0)


def differences(before: Mapping[str, int], now: Mapping[str, int], groups: Sequence[str]) -> list[Difference]:
    """Every group of two versions, in order, whether it changed or not."""
    order = [*groups, *sorted((before.keys() | now.keys()) - set(groups))]
    return [Difference(group, before.get(group), now.get(group)) for group in order]
