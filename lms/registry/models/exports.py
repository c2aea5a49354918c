"""Exports: the listings that left the house, who asked for them and what for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model
from lms.core.storage import StoredFile


class ListingExport(Model):
    """One listing that somebody asked for. The file goes after some days; that it was made stays."""

    __tablename__ = "listing_export"
    __table_args__ = (
        CheckConstraint("format IN ('xlsx', 'csv')", name="format_known"),
        CheckConstraint("(made_at IS NULL) = (row_count IS NULL)", name="made_with_rows"),
        CheckConstraint("file_id IS NULL OR made_at IS NOT NULL", name="made_with_file"),
        Index(None, "asked_by_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing: Mapped[str] = mapped_column(String(40))
    """Which one, by its name: see actions.listings."""
    format: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str | None] = mapped_column(String(300))
    """What whole personal ids and telephone numbers are needed for. Without it only their last signs leave."""
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    row_count: Mapped[int | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    """Empty while it is being made, and again when it has been removed."""

    file: Mapped[StoredFile | None] = relationship()
