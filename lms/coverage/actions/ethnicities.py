"""Reading the figures by ethnic group: for a stated purpose alone, and never without a line in the audit trail."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from lms.core import audit
from lms.core.errors import InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.coverage.queries.ethnicities import figures_by_ethnicity
from lms.coverage.rules import Figures
from lms.records.models import Requirement
from lms.registry.models import Unit

READ: Final = "coverage.read_ethnicities"
PURPOSE_LEAST: Final = 5


def read_ethnicities(
    unit: Unit, requirement: Requirement, day: date, *, purpose: str, by: audit.Actor, at: datetime
) -> Mapping[str, Figures]:
    """The figures of a unit by ethnic group, '' for people whose group is not kept. What for is written down.

    They are to be guarded before anybody sees them: see rules.small_cells.
    """
    purpose = " ".join(purpose.split())
    if len(purpose) < PURPOSE_LEAST:
        raise InvalidInput(_l("Hãy ghi rõ để làm gì."))
    audit.record(READ, unit, by=by, at=at, purpose=purpose, requirement=requirement.code, day=day.isoformat())
    return figures_by_ethnicity(unit, requirement, day)
