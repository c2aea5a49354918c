"""Who may see and change which records."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from lms.accounts.models import User
from lms.records.models import Application, ApplicationState, PaperClass
from lms.registry.models import Person
from lms.registry.policies import LEADING, can_see_person, can_see_unit, leads_country, units_led, visible_people


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


# Recognition of training done elsewhere


def can_find_applications(user: User) -> bool:
    """The queue is for those who lead somewhere; it shows what is within their scope."""
    return user.has_role(*LEADING)


def can_see_application(user: User, application: Application, people: Sequence[Person]) -> bool:
    """The person's own; once it is handed in, whoever may see the person's record; before, who entered it for them.

    people: everyone in the registry who is the person that it is about.
    """
    if is_own(user, people):
        return True
    is_theirs = application.state is not ApplicationState.DRAFT or application.entered_by_id == user.id
    return is_theirs and can_see_record(user, people)


def visible_applications(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_application`, for statements that read Application."""
    is_own = Application.person_id.in_(_ones_of(user))
    if not user.has_role(*LEADING):
        return is_own
    is_theirs = or_(Application.state != ApplicationState.DRAFT, Application.entered_by_id == user.id)
    return or_(is_own, and_(is_theirs, Application.person_id.in_(_ones_seen(user))))


def can_write_application(user: User, application: Application, people: Sequence[Person]) -> bool:
    """The person, and whoever entered it for them as long as they may see the person's record."""
    return is_own(user, people) or (application.entered_by_id == user.id and can_see_record(user, people))


def can_decide_application(user: User, application: Application, people: Sequence[Person]) -> bool:
    """Whoever may see the person's record; never in one's own matter, nor where one wrote the application oneself."""
    return (
        application.state is not ApplicationState.DRAFT
        and can_change_awards(user, people)
        and application.entered_by_id != user.id
    )


def decidable_applications(user: User) -> ColumnElement[bool]:
    """The twin of `can_decide_application`, for statements that read Application."""
    if not user.has_role(*LEADING):
        return false()
    return and_(
        Application.state != ApplicationState.DRAFT,
        Application.person_id.in_(_ones_seen(user)),
        Application.person_id.not_in(_ones_of(user)),
        Application.entered_by_id != user.id,
    )


def _ones_of(user: User) -> Select[int]:
    """Under which id the person behind an account counts."""
    own = aliased(Person)
    return select(func.coalesce(own.merged_into_id, own.id)).where(own.account_id == user.id)


def _ones_seen(user: User) -> Select[int]:
    """Under which ids the people count whom an account may see."""
    return select(func.coalesce(Person.merged_into_id, Person.id)).where(visible_people(user))


def can_read_equivalences(user: User) -> bool:
    """Whoever leads somewhere reads what stands for what."""
    return user.has_role(*LEADING)


def can_change_equivalences(user: User) -> bool:
    """An administrator over the whole country says what stands for what."""
    return can_change_requirements(user)
