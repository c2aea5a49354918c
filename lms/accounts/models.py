"""Accounts: who can sign in, by which names, in which roles, and the sessions they have open."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of


class Role(StrEnum):
    """What an account may do besides learning. Every account may learn."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    TRAINER = "trainer"


class NameKind(StrEnum):
    """What kind of name a person signs in with."""

    LOGIN = "login"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    EMAIL = "email"


class User(Model):
    """Someone who can sign in. What they are outside this system is a person in the registry."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("password_hash IS NULL OR activated_at IS NOT NULL", name="password_when_activated"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    display_name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """argon2id; empty until the account is activated."""
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    """While set, nobody can sign in with this account and its sessions do not count."""

    roles: Mapped[list["RoleGrant"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )
    names: Mapped[list["LoginName"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.suspended_at is None

    def has_role(self, *roles: Role) -> bool:
        """Whether the account holds one of the roles, in any scope."""
        return any(grant.role in roles for grant in self.roles)

    @property
    def is_administrator(self) -> bool:
        return self.has_role(Role.ADMINISTRATOR)


class LoginName(Model):
    """A name by which an account is found at sign-in: only its blind index is stored."""

    __tablename__ = "login_name"
    __table_args__ = (UniqueConstraint("value_index"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[NameKind] = mapped_column(one_of(NameKind))
    value_index: Mapped[str] = mapped_column(String(64))

    user: Mapped[User] = relationship(back_populates="names")


class RoleGrant(Model):
    """One role held by an account over one unit and everything below it."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(one_of(Role))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    """The top of the subtree in which the role holds; the central unit means the whole country."""
    granted_at: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="roles")


class UserSession(Model):
    """One signed-in browser. Ended rows stay, so that what happened can be told afterwards."""

    __tablename__ = "user_session"
    __table_args__ = (CheckConstraint("expires_at > opened_at", name="expires_after_opening"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Activation(Model):
    """A one-time code, printed on a slip or sent as a link, by which a person sets the first password."""

    __tablename__ = "activation"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    code_digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    """Set when a newer code was made for the same account."""


class FailedAttempt(Model):
    """One wrong try at a door, counted per account name and per address to slow guessing down."""

    __tablename__ = "failed_attempt"
    __table_args__ = (Index(None, "door", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    door: Mapped[str] = mapped_column(String(64))
    """Blind index of what was tried: an account name or an address."""
    at: Mapped[datetime]
