"""Who may see, fetch and withdraw certificates. Checking one needs no permission: it is public."""

from sqlalchemy import ColumnElement

from certificates.models import Certificate
from lms.accounts.models import Role, User
from lms.registry import policies as registry


def can_see_register(user: User) -> bool:
    """Staff who answer for what was issued. Trainers do not: they teach, they do not hand out."""
    return user.has_role(Role.ADMINISTRATOR, Role.COORDINATOR)


def visible_certificates(user: User) -> ColumnElement[bool]:
    """Which lines of the register the user sees; for statements that join Person. Twin of `can_see`."""
    return registry.visible_people(user)


def can_see(user: User, certificate: Certificate) -> bool:
    """Whether the user sees this line of the register."""
    return can_see_register(user) and registry.can_see_person(user, certificate.award.person)


def can_revoke(user: User, certificate: Certificate) -> bool:
    """Whether the user may withdraw this certificate."""
    return can_see(user, certificate)


def is_holder(user: User, certificate: Certificate) -> bool:
    """Whether the certificate was made out to the person behind this account."""
    return registry.is_oneself(user, certificate.award.person)


def held_certificates(user: User) -> ColumnElement[bool]:
    """The twin of `is_holder`, for statements that join Person."""
    return registry.oneself(user)


def can_download(user: User, certificate: Certificate) -> bool:
    """Whether the user may have the printed form: the holder, and staff who see the line."""
    return is_holder(user, certificate) or can_see(user, certificate)
