"""Awards: who got which qualification on which day, from where, and what shows it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of
from lms.core.storage import StoredFile
from lms.records.models.papers import PaperClass
from lms.records.models.requirements import Qualification
from lms.registry.models import Person


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
        CheckConstraint("hours IS NOT NULL OR NOT is_partial", name="partial_with_hours"),
        CheckConstraint("paper_class_id IS NULL OR source = 'class'", name="paper_class_by_source"),
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
    """Length in hours of study, as the course states it; of a part, as many as were credited."""
    is_partial: Mapped[bool] = mapped_column(default=False)
    """Whether its hours count and the qualification itself does not: training elsewhere, recognised in part."""
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    revoked_on: Mapped[date | None]
    """First day on which it no longer counts."""
    revoke_reason: Mapped[str | None] = mapped_column(String(300))
    revoked_at: Mapped[datetime | None]
    """When the revocation was entered: until then it was known as counting."""
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"), unique=True)
    """The wrong award that this one takes the place of."""
    paper_class_id: Mapped[int | None] = mapped_column(ForeignKey("paper_class.id"), index=True)
    """The class on whose papers it stands. One that was corrected by itself no longer follows its class."""

    person: Mapped[Person] = relationship()
    qualification: Mapped[Qualification] = relationship()
    paper_class: Mapped[PaperClass | None] = relationship()
    evidence: Mapped[list[StoredFile]] = relationship(secondary="award_evidence")


class AwardEvidence(Model):
    """A file that shows an award to be right: a scanned attendance list, a certificate of another issuer."""

    __tablename__ = "award_evidence"

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
