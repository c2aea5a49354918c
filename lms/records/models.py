"""Who must be trained in what, since when, and who is: qualifications, requirements, duties, awards."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of
from lms.core.storage import StoredFile
from lms.registry.models import Person, Position, Unit


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


class AwardSource(StrEnum):
    """Where an award comes from."""

    COURSE = "course"
    CLASS = "class"
    """A class held on paper, entered from its attendance list."""
    PRIOR_TRAINING = "prior_training"
    """Recognised vocational training that a person had done elsewhere."""
    PAPER_RECORD = "paper_record"
    """An older record on paper."""
    EQUIVALENCE = "equivalence"
    """What another programme awarded, taken for the same by a rule."""


class Award(Model):
    """A person got a qualification on a day. Never edited: a wrong one is revoked, with its day and reason; a corrected
    one is a new row that says which it takes the place of."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("source", "source_reference"),
        CheckConstraint("(revoked_on IS NULL) = (revoke_reason IS NULL)", name="revoked_with_reason"),
        CheckConstraint("(revoked_on IS NULL) = (revoked_at IS NULL)", name="revoked_with_instant"),
        CheckConstraint("corrects_id IS NULL OR corrects_id <> id", name="not_its_own_correction"),
        CheckConstraint("hours IS NULL OR hours > 0", name="hours_above_zero"),
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
    revoked_at: Mapped[datetime | None]
    """When the revocation was entered: until then it was known as counting."""
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"), unique=True)
    """The wrong award that this one takes the place of."""

    person: Mapped[Person] = relationship()
    qualification: Mapped[Qualification] = relationship()
    evidence: Mapped[list[StoredFile]] = relationship(secondary="award_evidence")


class AwardEvidence(Model):
    """A file that shows an award to be right: a scanned attendance list, a certificate of another issuer."""

    __tablename__ = "award_evidence"

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
