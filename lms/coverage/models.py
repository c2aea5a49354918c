"""What is kept so that figures of any day are read and never counted anew: derived from duties, excuses and awards."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Model, one_of
from lms.records.models import AwardSource


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
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    key: Mapped[str] = mapped_column("cut_key", String(60), primary_key=True)
    """Which cut and which line of it, such as 'sex/female'; 'all' for everyone."""
    bucket: Mapped[int] = mapped_column(primary_key=True)
    """The span: 2026 is a year, 202611 a month, 20261124 a day."""
    obliged: Mapped[int]
    trained: Mapped[int]
    excused: Mapped[int]
