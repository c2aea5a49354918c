"""Classes that were held elsewhere and are entered from their papers: one document, many people."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of
from lms.core.storage import StoredFile
from lms.records.models.requirements import Qualification
from lms.registry.models import Person, Unit


class PaperClassState(StrEnum):
    """How far a class on paper has come."""

    DRAFT = "draft"
    """Document and people are being put together; nobody was awarded anything."""
    ENTERED = "entered"
    REVOKED = "revoked"
    """It was wrong: its awards were revoked, or corrected under the class that took its place."""


class PaperClass(Model):
    """A class held in a room, with the document that lists who finished it. Never edited once it is entered."""

    __tablename__ = "paper_class"
    __table_args__ = (
        CheckConstraint("(state = 'draft') = (entered_at IS NULL)", name="entered_with_instant"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked_with_instant"),
        CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name="revoked_with_reason"),
        CheckConstraint("hours IS NULL OR hours > 0", name="hours_above_zero"),
        CheckConstraint("corrects_id IS NULL OR corrects_id <> id", name="not_its_own_correction"),
        CheckConstraint("revision > 0", name="revision_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    """Of the page that it was begun on: the same page sent twice is one class."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    """Whose class it was: who leads there works on it."""
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"))
    title: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(200))
    """Who held it and signed the document."""
    document_number: Mapped[str] = mapped_column(String(60))
    document_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date]
    """Its last day, which becomes the day of every award."""
    hours: Mapped[int | None]
    state: Mapped[PaperClassState] = mapped_column(one_of(PaperClassState))
    revision: Mapped[int]
    """Counts up with every change to the draft: what is entered is what was looked at."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None]
    revoke_reason: Mapped[str | None] = mapped_column(String(300))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("paper_class.id"), unique=True)
    """The wrong class that this one takes the place of."""

    unit: Mapped[Unit] = relationship()
    qualification: Mapped[Qualification] = relationship()
    people: Mapped[list[Person]] = relationship(secondary="paper_class_person", order_by=[Person.sort_key, Person.id])
    evidence: Mapped[list[StoredFile]] = relationship(secondary="paper_class_evidence")


class PaperClassPerson(Model):
    """Somebody whom the document of a class names."""

    __tablename__ = "paper_class_person"

    paper_class_id: Mapped[int] = mapped_column(ForeignKey("paper_class.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class PaperClassEvidence(Model):
    """A scan of the document of a class."""

    __tablename__ = "paper_class_evidence"

    paper_class_id: Mapped[int] = mapped_column(ForeignKey("paper_class.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
