"""Reads of accounts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from lms.accounts.models import Activation, FailedAttempt, LoginName, User, UserSession
from lms.accounts.rules import FAILURE_WINDOW, code_key, login_key
from lms.core.db import db
from lms.core.secrets import blind_index, digest

_USER_OF_SESSION: Final = (
    select(User)
    .join(UserSession, UserSession.user_id == User.id)
    .options(joinedload(User.roles))
    .where(
        UserSession.token_digest == bindparam("digest"),
        UserSession.ended_at.is_(None),
        UserSession.expires_at > bindparam("at"),
        User.suspended_at.is_(None),
    )
)
"""Asked at every request of everyone who is signed in: with the roles at once, and built once."""


def name_index(name: str) -> str:
    """The blind index under which a sign-in name is stored."""
    return blind_index("login", login_key(name))


def user_by_name(name: str) -> User | None:
    """The account that signs in with this name, phone or personal id."""
    return db.session.scalar(
        select(User).join(LoginName, LoginName.user_id == User.id).where(LoginName.value_index == name_index(name))
    )


def taken_names(names: Iterable[str]) -> set[str]:
    """Which of these names already belong to an account."""
    by_index = {name_index(name): name for name in names}
    found = db.session.scalars(select(LoginName.value_index).where(LoginName.value_index.in_(by_index)))
    return {by_index[index] for index in found}


def user_of_session(token: str, at: datetime) -> User | None:
    """Who holds the open session that a browser names; None if it has ended, expired or the account is suspended."""
    found = db.session.scalars(_USER_OF_SESSION, {"digest": digest(token), "at": at})
    return found.unique().one_or_none()


def usable_activation(user: User, code: str, at: datetime) -> Activation | None:
    """The activation of this account that the code opens, if it is still good."""
    return db.session.scalar(
        select(Activation).where(
            Activation.user_id == user.id,
            Activation.code_digest == digest(code_key(code)),
            Activation.used_at.is_(None),
            Activation.withdrawn_at.is_(None),
            Activation.expires_at > at,
        )
    )


def failures(door: str, at: datetime) -> int:
    """How many wrong tries this door saw lately."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(FailedAttempt)
            .where(FailedAttempt.door == door, FailedAttempt.at > at - FAILURE_WINDOW)
        )
        or 0
    )
