"""Who may see and change which part of the country: a role holds in its unit and everything below it."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from lms.accounts.models import Role, RoleGrant, User
from lms.core.db import db
from lms.registry.models import Person, Position, Unit

LEADING = (Role.ADMINISTRATOR, Role.COORDINATOR)


def scope_of(user: User) -> tuple[str, ...]:
    """Paths of the units in which an account leads, the highest first; empty for learners and trainers."""
    if not user.has_role(*LEADING):
        return ()
    return tuple(
        db.session.scalars(
            select(Unit.path)
            .join(RoleGrant, RoleGrant.unit_id == Unit.id)
            .where(RoleGrant.user_id == user.id, RoleGrant.role.in_(LEADING))
            .order_by(Unit.path)
        )
    )


def is_within(path: str, tops: Collection[str]) -> bool:
    """Whether a unit's path is one of the tops or lies below one."""
    return any(path == top or path.startswith(f"{top}/") for top in tops)


def within(tops: Collection[str]) -> ColumnElement[bool]:
    """The twin of `is_within`, for statements that read Unit."""
    return or_(false(), *(or_(Unit.path == top, Unit.path.startswith(f"{top}/", autoescape=True)) for top in tops))


def can_see_unit(user: User, unit: Unit) -> bool:
    """Whether the account leads in this unit."""
    return is_within(unit.path, scope_of(user))


def units_in_scope(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_unit`, for statements that read Unit."""
    return within(scope_of(user))


def can_see_person(user: User, person: Person) -> bool:
    """People who hold or held a position within the account's scope."""
    tops = scope_of(user)
    return any(is_within(position.unit.path, tops) for position in person.positions)


def visible_people(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_person`, for statements that read Person."""
    return exists(
        select(Position.id)
        .join(Unit, Unit.id == Position.unit_id)
        .where(and_(Position.person_id == Person.id, units_in_scope(user)))
        .correlate(Person)
    )


def can_import(user: User) -> bool:
    """Administrators and coordinators bring rosters in; rows outside their scope are refused one by one."""
    return user.has_role(*LEADING)


def can_invite(user: User, person: Person) -> bool:
    """Whoever may see a person may hand them their slip."""
    return can_see_person(user, person)
