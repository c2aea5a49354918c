"""What forms on which a place is chosen ask of the registry."""

from lms.registry import queries
from lms.registry.models import Unit
from lms.registry.rules.reasons import Finding
from lms.registry.words import finding_text


def find_commune(province: Unit, name: str) -> Unit | str:
    """The commune that a name means, or why none does, in words."""
    found = queries.commune_of(province, name)
    return found if isinstance(found, Unit) else finding_text(Finding(found.code, name))
