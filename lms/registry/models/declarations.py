"""Declarations: how many officials and leaders a unit says it has, through submission, check and receipt."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of
from lms.registry.models.units import Unit
from lms.registry.rules.declarations import DeclarationState


class Declaration(Model):
    """One version of what a unit declares of itself. Once locked it is never edited: a correction is a new version."""

    __tablename__ = "declaration"
    __table_args__ = (
        UniqueConstraint("unit_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint("revision > 0", name="revision_from_one"),
        CheckConstraint("number = 1 OR correction_reason IS NOT NULL", name="later_version_with_reason"),
        CheckConstraint("(submitted_at IS NULL) = (state = 'draft')", name="submitted_unless_draft"),
        CheckConstraint("state <> 'returned' OR return_reason IS NOT NULL", name="returned_with_reason"),
        CheckConstraint(
            "(locked_at IS NOT NULL) = (state IN ('locked', 'received', 'superseded'))", name="locked_with_instant"
        ),
        CheckConstraint("locked_by_id IS NULL OR locked_by_id <> submitted_by_id", name="locked_by_another"),
        CheckConstraint("received_at IS NULL OR locked_at IS NOT NULL", name="locked_before_received"),
        CheckConstraint("state <> 'received' OR received_at IS NOT NULL", name="received_with_instant"),
        CheckConstraint("(superseded_at IS NOT NULL) = (state = 'superseded')", name="superseded_with_instant"),
        Index(
            "uq_declaration_unit_id_counting",
            "unit_id",
            unique=True,
            sqlite_where=text("state IN ('locked', 'received')"),
            postgresql_where=text("state IN ('locked', 'received')"),
        ),
        Index(
            "uq_declaration_unit_id_open",
            "unit_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'submitted', 'returned')"),
            postgresql_where=text("state IN ('draft', 'submitted', 'returned')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    number: Mapped[int]
    """1 for the unit's first version, 2 for its correction, and so on."""
    state: Mapped[DeclarationState] = mapped_column(one_of(DeclarationState))
    revision: Mapped[int]
    """How often it was saved or moved on: what somebody decides upon is what they saw, or nothing happens."""
    counted_on: Mapped[date]
    """The day on which the unit counted."""
    document_number: Mapped[str] = mapped_column(String(60))
    document_on: Mapped[date]
    correction_reason: Mapped[str | None] = mapped_column(String(300))
    """Why a version after the first was needed."""
    return_reason: Mapped[str | None] = mapped_column(String(300))
    """What was to be mended, when it was last sent back."""
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    locked_at: Mapped[datetime | None]
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    received_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
    counts: Mapped[list["DeclaredCount"]] = relationship(
        back_populates="declaration", cascade="all, delete-orphan", order_by="DeclaredCount.group"
    )

    @property
    def by_group(self) -> dict[str, int]:
        """How many people by group; groups that are not filled in yet are left out."""
        return {one.group: one.count for one in self.counts}


class DeclaredCount(Model):
    """How many people of one group a unit declares."""

    __tablename__ = "declared_count"
    __table_args__ = (CheckConstraint("count BETWEEN 0 AND 99999", name="count_within_reason"),)

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"), primary_key=True)
    group: Mapped[str] = mapped_column("group_key", String(40), primary_key=True)
    """A level of officials or a kind of organisation, as coverage cuts by group: 'commune', 'cooperative'."""
    count: Mapped[int]

    declaration: Mapped[Declaration] = relationship(back_populates="counts")
