"""Whether training elsewhere fits what stands for a qualification. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Offered:
    """The training that somebody did."""

    qualification_id: int
    completed_on: date
    hours: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On which terms training stands for a qualification."""

    qualification_id: int
    least_hours: int | None = None
    completed_from: date | None = None
    completed_to: date | None = None
    valid_from: date
    valid_to: date | None = None
    has_ended: bool = False


def unmet_by(offered: Offered, terms: Terms, day: date) -> tuple[str, ...]:
    """The terms that training does not meet, by their names; nothing if it meets them all.

    day: of the decision.
    """
    met = {
        "qualification": offered.qualification_id == terms.qualification_id,
        "hours": terms.least_hours is None or offered.hours >= terms.least_hours,
        "completed": (terms.completed_from is None or offered.completed_on >= terms.completed_from)
        and (terms.completed_to is None or offered.completed_on <= terms.completed_to),
        "valid": not terms.has_ended and terms.valid_from <= day and (terms.valid_to is None or day <= terms.valid_to),
    }
    return tuple(name for name, is_met in met.items() if not is_met)
