"""Who did what to which thing, when: a row in the same transaction as the change itself."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Model, db


class Actor(Protocol):
    """Anyone who can be named as the doer."""

    id: Any


class AuditEntry(Model):
    """One act. Written once, never changed or removed."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """Empty when the system itself acted: a command at the console, a scheduled task."""
    action: Mapped[str] = mapped_column(String(60))
    """What was done, as `<package>.<verb>`."""
    subject_kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What a reader needs to understand the act. Never a password, a code or a personal id."""


def record(action: str, subject: Model, *, by: Actor | None, at: datetime, **details: Any) -> None:
    """Write down an act on a thing; part of the caller's transaction."""
    if subject.id is None:  # type: ignore[attr-defined]
        db.session.flush()
    db.session.add(
        AuditEntry(
            at=at,
            actor_id=by.id if by is not None else None,
            action=action,
            subject_kind=subject.__tablename__,
            subject_id=subject.id,  # type: ignore[attr-defined]
            details=details,
        )
    )
