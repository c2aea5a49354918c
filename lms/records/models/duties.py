"""Duties: who is obliged over which days, as it was known when."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of
from lms.records.models.requirements import Requirement, RequirementVersion
from lms.registry.models import Person, Position, Unit


class DutyCause(StrEnum):
    """What was entered when a duty was written down, or when another took its place."""

    POSITION = "position"
    """A post was entered, ended or corrected."""
    REQUIREMENT = "requirement"
    """The requirement was published or changed."""
    PLACE = "place"
    """The post was said to lie in another unit."""
    ORGANISATION = "organisation"
    """What the requirement asks of the organisation changed."""


class Duty(Model):
    """A person is obliged by a version of a requirement over a span of days, because of a position.

    Written once: when the truth turns out otherwise this row is superseded, so what was known on any day can be told.
    """

    __tablename__ = "duty"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        CheckConstraint("(superseded_at IS NULL) = (superseded_cause IS NULL)", name="superseded_with_cause"),
        Index(
            "uq_duty_version_id_position_id_current",
            "version_id",
            "position_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index(None, "requirement_id", "person_id"),
        Index(None, "unit_id", "requirement_id"),
        Index(
            "ix_duty_requirement_id_due_on_current",
            "requirement_id",
            "due_on",
            "started_on",
            "id",
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("requirement_version.id"))
    clause: Mapped[int]
    """Which of the version's clauses the position meets, from 0: the first that it does."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    """Where it counts: the unit of the position."""
    started_on: Mapped[date]
    """The day the position is held from, or the version's first day if that is later."""
    ended_on: Mapped[date | None]
    """Last day of the duty."""
    due_on: Mapped[date | None]
    """By when it is to be met; empty where the version sets no day."""
    cause: Mapped[DutyCause] = mapped_column(one_of(DutyCause))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    superseded_cause: Mapped[DutyCause | None] = mapped_column(one_of(DutyCause, "superseded_cause"))

    requirement: Mapped[Requirement] = relationship()
    version: Mapped[RequirementVersion] = relationship()
    person: Mapped[Person] = relationship()
    position: Mapped[Position] = relationship()
    unit: Mapped[Unit] = relationship()
