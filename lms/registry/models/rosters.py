"""Rosters: the lists of people that were sent, and what became of each row."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of
from lms.core.storage import StoredFile


class RosterKind(StrEnum):
    """What a roster lists; told from its header."""

    OFFICIALS = "officials"
    LEADERS = "leaders"


class RosterImport(Model):
    """One file that somebody sent: first looked through, then applied (or left)."""

    __tablename__ = "roster_import"
    __table_args__ = (
        CheckConstraint("applied_by_id IS NULL OR applied_at IS NOT NULL", name="applier_when_applied"),
        CheckConstraint("applied_at IS NULL OR looked_at IS NOT NULL", name="looked_through_before_applied"),
        CheckConstraint("fault IS NULL OR looked_at IS NULL", name="faulty_is_not_looked_through"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    kind: Mapped[str] = mapped_column(String(40))
    """What it lists: one of RosterKind, or a table that somebody offers."""
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    """When it was last looked through to its end; empty while a job still does."""
    fault: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Why the whole file cannot be taken, if that was found while it was read: {"code": …, "values": …}."""
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """Empty when it was applied by a command at the console."""
    applied_at: Mapped[datetime | None]
    """When its last row was applied; a long one is applied a portion at a time, see RosterRow.is_applied."""
    totals: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Rows by outcome, as last looked through or applied."""

    file: Mapped[StoredFile] = relationship()


class Outcome(StrEnum):
    """What happens to one row of a roster."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MERGED = "merged"
    REVIEW = "review"
    REFUSED = "refused"


class RosterRow(Model):
    """One row of a roster and what was (or would be) done with it. Holds no personal id and no phone."""

    __tablename__ = "roster_row"
    __table_args__ = (
        UniqueConstraint("roster_import_id", "number"),
        Index(None, "roster_import_id", "outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id", ondelete="CASCADE"))
    number: Mapped[int]
    """As the spreadsheet program numbers it, from 1."""
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome))
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Why: [{"code": "birth_on_future", "field": "birth_on", "severity": "refused", "value": "06/05/2031"}, …]."""
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """What differs from what was known: [{"field": "title", "before": "Chuyên viên", "after": "Trưởng phòng"}, …]."""
    label: Mapped[str] = mapped_column(Text)
    """The name as it stood in the row, for finding it again."""
    is_applied: Mapped[bool]
    """Whether what the row says has been done."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Whom the row made or met."""
    subject_id: Mapped[int | None]
    """The row of its table that it made or met, where that is not a person."""
