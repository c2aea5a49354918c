"""Requirements: who must have which qualifications, by which text, version by version."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of


class Qualification(Model):
    """Something a person can have: 'OCOP programme management', 'Production and business management'."""

    __tablename__ = "qualification"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))


class Requirement(Model):
    """Something that some people must have by law. What exactly, and who, is said by its versions."""

    __tablename__ = "requirement"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))

    versions: Mapped[list["RequirementVersion"]] = relationship(
        back_populates="requirement", order_by="RequirementVersion.number"
    )


class Needed(StrEnum):
    """How much of a version's qualifications a person must have at the same time."""

    ALL = "all"
    SOME = "some"
    """At least `needed_count` of them."""
    HOURS = "hours"
    """Awards of them that add up to at least `needed_hours` hours of study."""


class RequirementVersion(Model):
    """Who must have what, by which text, from a day on until the next version. Published once, never edited.

    A later version with the same first day takes the place of this one altogether: a correction.
    """

    __tablename__ = "requirement_version"
    __table_args__ = (
        UniqueConstraint("requirement_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint("(needed = 'some') = (needed_count IS NOT NULL)", name="count_when_some"),
        CheckConstraint("(needed = 'hours') = (needed_hours IS NOT NULL)", name="hours_when_hours"),
        CheckConstraint("needed_count IS NULL OR needed_count > 0", name="count_above_zero"),
        CheckConstraint("needed_hours IS NULL OR needed_hours > 0", name="hours_above_zero"),
        CheckConstraint("due_on IS NULL OR due_days IS NULL", name="due_one_way"),
        CheckConstraint("due_days IS NULL OR due_days >= 0", name="due_days_not_negative"),
        CheckConstraint("valid_months IS NULL OR valid_months > 0", name="valid_months_above_zero"),
        CheckConstraint("window_days IS NULL OR valid_months IS NOT NULL", name="window_of_what_expires"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"))
    number: Mapped[int]
    effective_from: Mapped[date]
    """First day on which it obliges anyone."""
    legal_basis: Mapped[str] = mapped_column(String(300))
    """The text it rests on, with number and date, as it is printed."""
    clauses: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Whom it obliges: a position that meets any of these. See rules.clauses.Clause for the shape."""
    needed: Mapped[Needed] = mapped_column(one_of(Needed))
    needed_count: Mapped[int | None]
    needed_hours: Mapped[int | None]
    due_on: Mapped[date | None]
    """A fixed day by which everyone must have it."""
    due_days: Mapped[int | None]
    """Or so many days after the duty begins."""
    valid_months: Mapped[int | None]
    """How long an award counts, in months from its day; empty: for ever."""
    window_days: Mapped[int | None]
    """How many days before it runs out people are called to train again."""
    reason: Mapped[str] = mapped_column(String(300))
    """Why this version was made."""
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime]

    requirement: Mapped[Requirement] = relationship(back_populates="versions")
    qualifications: Mapped[list[Qualification]] = relationship(
        secondary="requirement_qualification", order_by=Qualification.id
    )


class RequirementQualification(Model):
    """One of the qualifications that a version of a requirement asks for."""

    __tablename__ = "requirement_qualification"

    version_id: Mapped[int] = mapped_column(ForeignKey("requirement_version.id"), primary_key=True)
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"), primary_key=True, index=True)
