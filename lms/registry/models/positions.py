"""Positions: the posts that people hold, and the days on which they are excused."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of
from lms.registry.models.organisations import Organisation
from lms.registry.models.people import Person
from lms.registry.models.units import Level, Unit


class PositionKind(StrEnum):
    """Which side of the programme a position stands on."""

    OFFICIAL = "official"
    LEADER = "leader"


class Position(Model):
    """A post that a person holds, over a span of days, in a unit: as an official or as leader of an organisation."""

    __tablename__ = "position"
    __table_args__ = (
        Index(
            "uq_position_person_id_kind_unit_id_workplace_key_standing",
            "person_id",
            "kind",
            "unit_id",
            "workplace_key",
            "started_on",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdraw_reason IS NULL)", name="withdrawn_with_reason"),
        CheckConstraint("withdrawn_at IS NULL OR ended_on IS NOT NULL", name="withdrawn_is_held_no_more"),
        CheckConstraint("(kind = 'official') = (level IS NOT NULL)", name="official_has_level"),
        CheckConstraint("(kind = 'leader') = (organisation_id IS NOT NULL)", name="leader_has_organisation"),
        Index(
            "ix_position_settled_unit_id",
            "settled_unit_id",
            sqlite_where=text("settled_unit_id IS NOT NULL"),
            postgresql_where=text("settled_unit_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[PositionKind] = mapped_column(one_of(PositionKind))
    level: Mapped[Level | None] = mapped_column(one_of(Level))
    title: Mapped[str] = mapped_column(String(120))
    workplace: Mapped[str] = mapped_column(String(200))
    """Office or organisation as written in the roster."""
    workplace_key: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    """Last day in the post; empty while it is held."""
    settled_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    """Where it lies on today's map, said by a person, if its unit was divided among several."""
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    """When it was found that the post was entered by mistake: nobody ever held it, and it obliges to nothing."""
    withdraw_reason: Mapped[str | None] = mapped_column(String(300))

    person: Mapped[Person] = relationship(back_populates="positions")
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    settled_unit: Mapped[Unit | None] = relationship(foreign_keys=[settled_unit_id])
    organisation: Mapped[Organisation | None] = relationship()


class ExcuseKind(StrEnum):
    """Why somebody stands outside numerator and denominator for a time."""

    LONG_LEAVE = "long_leave"
    MATERNITY = "maternity"
    ILLNESS = "illness"
    RETIRING = "retiring"
    SECONDED = "seconded"
    OTHER = "other"


class Excuse(Model):
    """Days on which a person need not train, with the reason. Never edited or removed: a wrong one is withdrawn."""

    __tablename__ = "excuse"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdraw_reason IS NULL)", name="withdrawn_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"))
    """The post it is about; empty for all posts of the person."""
    kind: Mapped[ExcuseKind] = mapped_column(one_of(ExcuseKind))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    """Last day; empty until further notice."""
    note: Mapped[str] = mapped_column(String(300))
    """The document it rests on, or what happened."""
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdraw_reason: Mapped[str | None] = mapped_column(String(300))

    person: Mapped[Person] = relationship()
    position: Mapped[Position | None] = relationship()
