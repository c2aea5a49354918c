"""Who may see records of whom: administrators and coordinators, each in the own part of the country."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from lms.accounts.models import Role, RoleGrant, User
from lms.core.db import db
from lms.registry.models import Position, Unit

READERS: Final = (Role.ADMINISTRATOR, Role.COORDINATOR)


def scopes(user: User) -> Sequence[Unit]:
    """The tops of what the user may see, the highest first; empty for learners and trainers."""
    if not user.has_role(*READERS):
        return []
    granted = select(RoleGrant.unit_id).where(RoleGrant.user_id == user.id, RoleGrant.role.in_(READERS))
    return db.session.scalars(select(Unit).where(Unit.id.in_(granted)).order_by(Unit.path)).all()


def covers(scopes: Sequence[Unit], unit: Unit) -> bool:
    """Whether a unit is one of the tops or lies below one."""
    return any(unit.path == top.path or unit.path.startswith(f"{top.path}/") for top in scopes)


def can_see_record(scopes: Sequence[Unit], positions: Sequence[Position]) -> bool:
    """Whether a person with these posts, held now or once, is in the reader's part of the country."""
    return any(covers(scopes, position.unit) for position in positions)
