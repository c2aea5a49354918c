"""What is done with somebody's ethnic group: read and changed for a purpose, each time written down."""

from datetime import datetime

from lms.core import audit
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.registry import queries
from lms.registry.models import Ethnicity, Person
from lms.registry.rules.ethnicities import ETHNICITIES
from lms.registry.rules.names import tidy


def read_ethnicity(person: Person, *, purpose: str, by: audit.Actor, at: datetime) -> str | None:
    """Somebody's ethnic group; None if it is not known. That it was read, by whom and what for, is written down."""
    purpose = _checked(purpose)
    known = queries.ethnicity_of(person)
    audit.record("registry.read_ethnicity", known or Ethnicity(person_id=person.id), by=by, at=at, purpose=purpose)
    return known.name if known is not None else None


def set_ethnicity(person: Person, name: str, *, purpose: str, by: audit.Actor, at: datetime) -> bool:
    """Keep somebody's ethnic group, or take it away. Returns whether anything changed. What it was is not written down.

    name: one of the official list; nothing takes it away.
    """
    purpose = _checked(purpose)
    if name and name not in ETHNICITIES:
        raise InvalidInput(_l("Dân tộc này không có trong danh mục 54 dân tộc."))
    known = queries.ethnicity_of(person)
    if (known.name if known is not None else "") == name:
        return False
    if known is None:
        known = Ethnicity(person_id=person.id, name=name)
        db.session.add(known)
    elif name:
        known.name = name
    else:
        db.session.delete(known)
    act = "registry.set_ethnicity" if name else "registry.remove_ethnicity"
    audit.record(act, known, by=by, at=at, purpose=purpose)
    return True


def _checked(purpose: str) -> str:
    purpose = tidy(purpose)
    if len(purpose) < 5:
        raise InvalidInput(_l("Hãy ghi rõ để làm gì."))
    return purpose
