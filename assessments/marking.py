"""How each kind of question is marked. Pure."""

from collections.abc import Set as AbstractSet
from enum import StrEnum


class QuestionKind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"


def points_for(kind: QuestionKind, *, right: AbstractSet[int], chosen: AbstractSet[int], possible: int) -> int:
    """Give the points that an answer earns, as a whole number from 0 to `possible`.

    One answer to choose: all or nothing. Several: each wrong choice takes back one right choice, so that ticking
    everything earns nothing for free; the share is cut down to whole points.

    right, chosen: ids of options.
    Raises ValueError if the question has no right option.
    Source: docs/rules/assessments.md, "Marking a question".
    """
    if not right:
        raise ValueError("a question without a right option cannot be marked")
    if kind is not QuestionKind.MULTIPLE:
        return possible if chosen == right else 0
    balance = len(chosen & right) - len(chosen - right)
    return possible * max(balance, 0) // len(right)
