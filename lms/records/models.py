"""Who must be trained in what, since when, and who is: qualifications, requirements, duties, awards."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of
from lms.registry.models import Person, Position, PositionKind


class Qualification(Model):
    """Something a person can have: 'OCOP programme management', 'Production and business management'."""

    __tablename__ = "qualification"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))


class Requirement(Model):
    """Who must have a qualification, by which legal text, since when."""

    __tablename__ = "requirement"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"))
    position_kind: Mapped[PositionKind] = mapped_column(one_of(PositionKind))
    """It applies to everyone who holds a position of this kind."""
    legal_basis: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[date]

    qualification: Mapped[Qualification] = relationship()


class Duty(Model):
    """A person is obliged by a requirement over a span of days, because of a position."""

    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint("requirement_id", "position_id"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        Index(None, "requirement_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    started_on: Mapped[date]
    """The day the position is held from, or the requirement's first day if that is later."""
    ended_on: Mapped[date | None]
    """Last day of the duty."""

    requirement: Mapped[Requirement] = relationship()
    person: Mapped[Person] = relationship()
    position: Mapped[Position] = relationship()


class AwardSource(StrEnum):
    """Where an award comes from."""

    COURSE = "course"
    PAPER_RECORD = "paper_record"


class Award(Model):
    """A person got a qualification on a day. Never edited: a wrong one is revoked, with its day and reason."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("source", "source_reference"),
        CheckConstraint("(revoked_on IS NULL) = (revoke_reason IS NULL)", name="revoked_with_reason"),
        Index(None, "person_id", "qualification_id", "awarded_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"), index=True)
    awarded_on: Mapped[date]
    source: Mapped[AwardSource] = mapped_column(one_of(AwardSource))
    source_reference: Mapped[str] = mapped_column(String(100))
    """What in the source it comes from, such as 'enrolment/42': the same achievement is never awarded twice."""
    title: Mapped[str] = mapped_column(String(200))
    """What was completed, as it is printed: the course's title on that day."""
    hours: Mapped[int | None]
    """Length in hours of study, as the course states it."""
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    revoked_on: Mapped[date | None]
    """First day on which it no longer counts."""
    revoke_reason: Mapped[str | None] = mapped_column(String(300))

    person: Mapped[Person] = relationship()
    qualification: Mapped[Qualification] = relationship()
