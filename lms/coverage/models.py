"""What is kept so that figures of any day are read and never counted anew, and the reports that are published."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import User
from lms.core.db import Model, one_of
from lms.records.models import Award, AwardSource, Duty, Requirement, RequirementVersion
from lms.registry.models import Person, Unit


class Attainment(Model):
    """Days on which a person had everything that a requirement asks. Derived: see rules.attainment."""

    __tablename__ = "attainment"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),)

    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    started_on: Mapped[date] = mapped_column(primary_key=True)
    ended_on: Mapped[date | None]
    """Last day; empty while it goes on."""
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), index=True)
    """The award that completed it."""
    source: Mapped[AwardSource] = mapped_column(one_of(AwardSource))
    """Where that award came from."""


class Share(Model):
    """What one person adds to the figures of one requirement, exactly as it was added: the figures are the sum of
    all shares, and a change is the difference of two."""

    __tablename__ = "coverage_share"

    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    spells: Mapped[list[Any]] = mapped_column(JSON)
    """See rules.shares: for each set of units, the spells of days with their standing and keys."""


class Figure(Model):
    """How the counts of a unit change within a span of days: the figures of a day are the sum over whole years before
    it, whole months of its year and days of its month. A change of any day, however long past, touches three rows."""

    __tablename__ = "coverage_figure"
    __table_args__ = ({"sqlite_with_rowid": False},)

    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, info={"follows": True})
    key: Mapped[str] = mapped_column("cut_key", String(60), primary_key=True)
    """Which cut and which line of it, such as 'sex/female'; 'all' for everyone."""
    bucket: Mapped[int] = mapped_column(primary_key=True)
    """The span: 2026 is a year, 202611 a month, 20261124 a day."""
    obliged: Mapped[int]
    trained: Mapped[int]
    excused: Mapped[int]


class Mixture(Model):
    """The same of communes, of which there are many and in which few people change: by all the keys of a person at once
    instead of one row for each key. The figures of a key are the sum over the mixes that hold it."""

    __tablename__ = "coverage_mixture"
    __table_args__ = ({"sqlite_with_rowid": False},)

    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, info={"follows": True})
    bucket: Mapped[int] = mapped_column(primary_key=True)
    """As of figures. Before the mix: a page asks for few buckets and whatever mixes there are."""
    key: Mapped[str] = mapped_column("mix", String(500), primary_key=True)
    """See rules.keys.mix_of."""
    obliged: Mapped[int]
    trained: Mapped[int]
    excused: Mapped[int]


class Counted(StrEnum):
    """How somebody stands in a published report. One letter: a national report has a million of them."""

    OUTSTANDING = "o"
    TRAINED = "t"
    EXCUSED = "x"


class Report(Model):
    """A published answer to one question: who had to be trained in a unit as of a day, and who was, to the person.

    Asked for, then collected (the people and the figures of one instant), then published with its hash. What is
    collected can be added to no more, what is published cannot be changed at all: the database refuses.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("unit_id", "requirement_id", "document_number"),
        CheckConstraint("(known_at IS NULL) = (content IS NULL)", name="collected_with_content"),
        CheckConstraint("(known_at IS NULL) = (people_count IS NULL)", name="collected_with_count"),
        CheckConstraint("(published_at IS NULL) = (digest IS NULL)", name="published_with_digest"),
        CheckConstraint("published_at IS NULL OR known_at IS NOT NULL", name="collected_before_published"),
        CheckConstraint("people_count IS NULL OR people_count >= 0", name="people_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("requirement_version.id"))
    """The version in effect on the day; each duty of the list says which of its clauses it rests on."""
    day: Mapped[date]
    """As of the end of which day."""
    document_number: Mapped[str] = mapped_column(String(60))
    document_on: Mapped[date]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    known_at: Mapped[datetime | None]
    """The instant whose knowledge it holds; empty until the people are collected."""
    people_count: Mapped[int | None]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What it says besides the people: see rules.reports."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of its canonical form, in hexadecimal."""
    published_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
    requirement: Mapped[Requirement] = relationship()
    version: Mapped[RequirementVersion] = relationship()
    asked_by: Mapped[User | None] = relationship()


class ReportLine(Model):
    """Somebody who counts in a report, and what that rests on. Written once, never changed or removed."""

    __tablename__ = "report_line"
    __table_args__ = (
        CheckConstraint("(standing = 't') = (award_id IS NOT NULL)", name="trained_by_award"),
        {"sqlite_with_rowid": False},
    )

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    """Under whom the human being counted."""
    standing: Mapped[Counted] = mapped_column(one_of(Counted))
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    """Why they had to be trained: the first duty that was not excused, else the first."""
    award_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"))
    """With which everything that is asked was there."""

    person: Mapped[Person] = relationship()
    duty: Mapped[Duty] = relationship()
    award: Mapped[Award | None] = relationship()
