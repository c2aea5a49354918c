"""Who may see and change which records."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement

from lms.accounts.models import User
from lms.records.models import PaperClass
from lms.registry.models import Person
from lms.registry.policies import LEADING, can_see_person, can_see_unit, leads_country, units_led


def can_see_record(user: User, people: Sequence[Person]) -> bool:
    """Whoever leads where a human being holds or held a post.

    people: everyone in the registry who is this human being.
    """
    return any(can_see_person(user, person) for person in people)


def is_own(user: User, people: Sequence[Person]) -> bool:
    """Whether a human being is the one who is signed in."""
    return any(person.account_id == user.id for person in people)


def can_change_awards(user: User, people: Sequence[Person]) -> bool:
    """Whoever may see the record enters, corrects and revokes awards in it; nobody does in their own."""
    return can_see_record(user, people) and not is_own(user, people)


def can_read_requirements(user: User) -> bool:
    """Whoever leads somewhere reads who must be trained in what."""
    return user.has_role(*LEADING)


def can_change_requirements(user: User) -> bool:
    """An administrator over the whole country says who must be trained in what."""
    return user.is_administrator and leads_country(user)


# Classes on paper


def can_enter_classes(user: User) -> bool:
    """Whoever leads somewhere enters classes from their papers; where, `can_work_on_class` tells."""
    return user.has_role(*LEADING)


def can_work_on_class(user: User, paper_class: PaperClass) -> bool:
    """Whoever leads in the unit whose class it was reads it, puts it together, enters, corrects and revokes it."""
    return can_see_unit(user, paper_class.unit)


def workable_classes(user: User) -> ColumnElement[bool]:
    """The twin of `can_work_on_class`, for statements that read PaperClass."""
    return PaperClass.unit_id.in_(units_led(user))
