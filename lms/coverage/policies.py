"""Who may see the figures of which unit: administrators and coordinators, each in the own part of the country."""

from collections.abc import Sequence

from lms.records import policies as records
from lms.registry.models import Unit

scopes = records.scopes


def can_see_coverage(scopes: Sequence[Unit], unit: Unit) -> bool:
    """Whether the figures of a unit are the reader's to see, given the tops of what they may see."""
    return records.covers(scopes, unit)
