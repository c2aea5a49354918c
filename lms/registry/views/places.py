"""What forms on which a place is chosen ask of the registry."""

from lms.registry import queries
from lms.registry.models import Unit
from lms.registry.rules.reasons import Finding
from lms.registry.rules.units import titled
from lms.registry.words import finding_text


def find_commune(province: Unit, name: str) -> Unit | str:
    """The commune that a name means, or why none does, in words."""
    found = queries.commune_of(province, name)
    if isinstance(found, Unit):
        return found
    return finding_text(Finding(found.code, ", ".join(titled(place) for place in found.candidates) or name))
