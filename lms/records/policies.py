"""Who may see and change which records."""

from collections.abc import Sequence

from lms.accounts.models import User
from lms.registry.models import Person
from lms.registry.policies import can_see_person


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
