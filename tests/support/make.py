"""Makers: one of each thing, valid, with a default for everything; a test names only what it is about.

    from tests.support import make

    learner = make.user(display_name="Nguyễn Thị Hà")

A maker adds the thing to `db.session`, flushes, and returns it. It needs the `app` fixture and commits
nothing: the test client does that before each request.
"""

from datetime import UTC, datetime
from typing import Final

from lms.accounts import actions as accounts
from lms.accounts.models import NameKind, Role, User
from lms.core.db import db

LONG_AGO: Final = datetime(2025, 7, 1, 2, 0, tzinfo=UTC)
PASSWORD: Final = "đồi chè buổi sớm"


def user(
    display_name: str = "Nguyễn Thị Hà",
    *,
    names: dict[NameKind, str] | None = None,
    password: str | None = None,
    at: datetime = LONG_AGO,
) -> User:
    """An account. With a password it is activated and can sign in."""
    made = accounts.make_user(display_name, names=names or {}, by=None, at=at)
    db.session.flush()
    if password is not None:
        accounts.set_password(made, password, by=None, at=at)
    return made


def role(holder: User, held: Role, *, unit_id: int, at: datetime = LONG_AGO) -> User:
    """The account, with a role over a unit."""
    accounts.grant_role(holder, held, unit_id=unit_id, by=None, at=at)
    db.session.flush()
    return holder
