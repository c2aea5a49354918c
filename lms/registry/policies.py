"""Who may see and change which part of the country: a role holds in its unit and everything below it."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from lms.accounts.models import Role, RoleGrant, User
from lms.core.db import db
from lms.registry.models import Person, Position, RosterImport, Unit

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


def can_find_people(user: User) -> bool:
    """The list of people is for those who lead somewhere; it shows who is within their scope."""
    return user.has_role(*LEADING)


def can_import(user: User) -> bool:
    """Administrators and coordinators bring rosters in; rows outside their scope are refused one by one."""
    return user.has_role(*LEADING)


def can_see_import(user: User, roster_import: RosterImport) -> bool:
    """A roster holds people of wherever its rows say: whoever sent it sees it, and who leads the whole country."""
    return can_import(user) and (roster_import.uploaded_by_id == user.id or leads_country(user))


def visible_imports(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_import`, for statements that read RosterImport."""
    if not can_import(user):
        return false()
    return true() if leads_country(user) else RosterImport.uploaded_by_id == user.id


def leads_country(user: User) -> bool:
    """Whether the account leads in every unit."""
    return any("/" not in top for top in scope_of(user))


def can_see_phone(user: User, person: Person) -> bool:
    """Coordinators call their people; nobody else needs the number."""
    return user.has_role(Role.COORDINATOR) and can_see_person(user, person)


def can_invite(user: User, person: Person) -> bool:
    """Whoever leads where a person holds a post today may hand them their slip.

    A post that has ended gives no say any more: a slip is a new password. It opens the account; one that holds
    roles opens more than its own learning, so only an administrator may, and only where nothing it opens lies
    outside the administrator's own part of the country.
    """
    tops = scope_of(user)
    if not any(position.ended_on is None and is_within(position.unit.path, tops) for position in person.positions):
        return False
    if person.account is None or not person.account.roles:
        return True
    held = [grant.unit_id for grant in person.account.roles]
    opened = db.session.scalars(select(Unit.path).where(Unit.id.in_(held)))
    return user.is_administrator and all(is_within(path, tops) for path in opened)
