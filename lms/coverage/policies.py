"""Who may see figures and publish reports of which part of the country."""

from sqlalchemy import ColumnElement, false

from lms.accounts.models import User
from lms.coverage.models import Report
from lms.registry.models import Unit
from lms.registry.policies import LEADING, can_see_unit, units_led


def can_see_figures(user: User) -> bool:
    """Figures are for those who lead somewhere; of which units, registry.policies.can_see_unit says."""
    return user.has_role(*LEADING)


def can_publish_report(user: User, unit: Unit) -> bool:
    """Whoever leads in a unit publishes what its figures say."""
    return can_see_figures(user) and can_see_unit(user, unit)


def can_see_report(user: User, report: Report) -> bool:
    """A report holds the people of its unit by name: for those who lead there."""
    return can_see_figures(user) and can_see_unit(user, report.unit)


def visible_reports(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_report`, for statements that read Report."""
    return Report.unit_id.in_(units_led(user)) if can_see_figures(user) else false()
