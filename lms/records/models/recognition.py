"""Recognition of training that somebody did elsewhere: what stands for what, who asks for it, and what was decided."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import User
from lms.core.db import Model, one_of
from lms.core.storage import StoredFile
from lms.records.models.awards import Award
from lms.records.models.requirements import Qualification
from lms.registry.models import Person


class Equivalence(Model):
    """What training elsewhere stands for a qualification. Never edited: a new version takes its place, or it ends."""

    __tablename__ = "equivalence"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint("(number = 1) = (replaces_id IS NULL)", name="replaces_after_first"),
        CheckConstraint("least_hours IS NULL OR least_hours > 0", name="least_hours_above_zero"),
        CheckConstraint("credited_hours IS NULL OR credited_hours > 0", name="credited_hours_above_zero"),
        CheckConstraint("credited_hours IS NOT NULL OR NOT is_partial", name="partial_with_hours"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_to_after_from"),
        CheckConstraint(
            "completed_from IS NULL OR completed_to IS NULL OR completed_to >= completed_from",
            name="completed_to_after_from",
        ),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    """1 for the first version, 2 for the one that took its place, and so on."""
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(200))
    """Who gives the training, or which kind of school."""
    course: Mapped[str] = mapped_column(String(200))
    least_hours: Mapped[int | None]
    """How long the training must have been."""
    completed_from: Mapped[date | None]
    completed_to: Mapped[date | None]
    """Between which days it must have been finished."""
    is_partial: Mapped[bool]
    """Whether it stands for a part alone: its hours count, the qualification does not."""
    credited_hours: Mapped[int | None]
    """How many hours are credited; empty: as long as the training was."""
    legal_basis: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """Days on which a decision may rest on it."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("equivalence.id"), unique=True)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
    """From when no decision rests on it any more, because somebody ended or replaced it."""
    end_reason: Mapped[str | None] = mapped_column(String(300))

    qualification: Mapped[Qualification] = relationship()


class ApplicationState(StrEnum):
    """How far an application has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    REFUSED = "refused"


class Application(Model):
    """Somebody asks to have training recognised that they did elsewhere. Not edited once it is handed in."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(
            "state = 'draft' OR (qualification_id IS NOT NULL AND completed_on IS NOT NULL AND hours IS NOT NULL"
            " AND issuer <> '' AND course <> '')",
            name="whole_when_submitted",
        ),
        CheckConstraint("hours IS NULL OR hours > 0", name="hours_above_zero"),
        CheckConstraint("revision > 0", name="revision_from_one"),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted_with_instant"),
        CheckConstraint(
            "(state IN ('granted', 'partly_granted', 'refused')) = (decided_at IS NOT NULL)",
            name="decided_with_instant",
        ),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint(
            "decided_by_id IS NULL OR (decided_by_id <> entered_by_id"
            " AND (applicant_account_id IS NULL OR decided_by_id <> applicant_account_id))",
            name="decided_by_another",
        ),
        CheckConstraint("state <> 'refused' OR decision_reason IS NOT NULL", name="refused_with_reason"),
        CheckConstraint("(state IN ('granted', 'partly_granted')) = (award_id IS NOT NULL)", name="granted_with_award"),
        CheckConstraint("follows_id IS NULL OR follows_id <> id", name="does_not_follow_itself"),
        Index(None, "state", "submitted_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    """Of the page that it was begun on: the same page sent twice is one application."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    """Who wrote it: the person, or somebody for them."""
    applicant_account_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """The account of the person when it was decided, so that the database refuses a decision in one's own matter."""
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), unique=True)
    """The decided one that this asks to look at anew."""
    qualification_id: Mapped[int | None] = mapped_column(ForeignKey("qualification.id"))
    issuer: Mapped[str] = mapped_column(String(200))
    course: Mapped[str] = mapped_column(String(200))
    certificate_number: Mapped[str] = mapped_column(String(60))
    completed_on: Mapped[date | None]
    hours: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(1000))
    state: Mapped[ApplicationState] = mapped_column(one_of(ApplicationState))
    revision: Mapped[int]
    """Counts up with every saving: nobody writes over what they have not seen."""
    made_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decision_reason: Mapped[str | None] = mapped_column(String(500))
    equivalence_id: Mapped[int | None] = mapped_column(ForeignKey("equivalence.id"))
    """What the decision rests on, where it is in the table of equivalences."""
    award_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"), unique=True)

    person: Mapped[Person] = relationship()
    entered_by: Mapped[User] = relationship(foreign_keys=[entered_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    qualification: Mapped[Qualification | None] = relationship()
    equivalence: Mapped[Equivalence | None] = relationship()
    award: Mapped[Award | None] = relationship()
    evidence: Mapped[list[StoredFile]] = relationship(secondary="application_evidence", order_by=StoredFile.id)

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None


class ApplicationEvidence(Model):
    """A file that shows what an application says: a certificate, a transcript."""

    __tablename__ = "application_evidence"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
