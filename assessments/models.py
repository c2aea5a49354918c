"""Quizzes with their attempts, exercises with their submissions, rubrics with their markings."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assessments.marking import QuestionKind
from assessments.rules import Result
from courses.models import CourseItem, Enrolment
from lms.accounts.models import User
from lms.core.db import Model, one_of
from lms.core.storage import StoredFile


class Quiz(Model):
    """The quiz of one course version; questions never change once loaded."""

    __tablename__ = "quiz"
    __table_args__ = (
        CheckConstraint("pass_percent BETWEEN 1 AND 100", name="pass_percent_in_range"),
        CheckConstraint("attempts_allowed > 0", name="attempts_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("course_item.id"), unique=True)
    instructions: Mapped[str] = mapped_column(Text)
    pass_percent: Mapped[int]
    attempts_allowed: Mapped[int]

    item: Mapped[CourseItem] = relationship()
    questions: Mapped[list["Question"]] = relationship(back_populates="quiz", order_by="Question.position")


class Question(Model):
    """One question of a quiz."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("quiz_id", "position"),
        UniqueConstraint("quiz_id", "code"),
        CheckConstraint("points > 0", name="points_above_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[QuestionKind] = mapped_column(one_of(QuestionKind))
    points: Mapped[int]
    is_critical: Mapped[bool]
    """Not earned in full, it fails the attempt whatever the total."""
    text: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(Text)

    quiz: Mapped[Quiz] = relationship(back_populates="questions")
    options: Mapped[list["Option"]] = relationship(back_populates="question", order_by="Option.position")


class Option(Model):
    """One option of a question."""

    __tablename__ = "option"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    is_correct: Mapped[bool]
    feedback: Mapped[str] = mapped_column(Text)

    question: Mapped[Question] = relationship(back_populates="options")


class Attempt(Model):
    """One learner's go at one quiz. Closed by submitting; never edited after that."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("quiz_id", "enrolment_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint("(submitted_at IS NULL) = (result IS NULL)", name="result_when_submitted"),
        CheckConstraint("(submitted_at IS NULL) = (earned_points IS NULL)", name="points_when_submitted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    number: Mapped[int]
    """1 for the learner's first go, 2 for the second, and so on."""
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    earned_points: Mapped[int | None]
    possible_points: Mapped[int]
    result: Mapped[Result | None] = mapped_column(one_of(Result))
    saves_count: Mapped[int]
    """How often answers were saved; a page that was made before the latest saving is known by it."""
    layout: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Questions and options in the order this learner sees them, fixed at the start.

    [{"question": 7, "options": [3, 1, 2]}, …]
    """

    quiz: Mapped[Quiz] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
    answers: Mapped[list["Answer"]] = relationship(back_populates="attempt")

    @property
    def is_open(self) -> bool:
        return self.submitted_at is None


class ExtraAttempt(Model):
    """One more go at a quiz than it allows, given to one learner by a trainer of the class."""

    __tablename__ = "extra_attempt"
    __table_args__ = (
        UniqueConstraint("quiz_id", "enrolment_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    number: Mapped[int]
    """1 for the first extra go that this learner was given, and so on."""
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    granted_at: Mapped[datetime]


class Answer(Model):
    """What a learner chose for one question; the newest choice replaces the earlier until submitting."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("attempt_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    chosen: Mapped[list[int]] = mapped_column(JSON)
    """Ids of the options chosen."""
    saved_at: Mapped[datetime]
    earned_points: Mapped[int | None]
    """Set when the attempt is submitted."""

    attempt: Mapped[Attempt] = relationship(back_populates="answers")


class Rubric(Model):
    """The criteria an exercise is marked by, of one version and legal basis. Frozen once loaded."""

    __tablename__ = "rubric"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    legal_basis: Mapped[str] = mapped_column(Text)
    pass_percent: Mapped[int]
    """Share of the points possible from which a work can be accepted."""

    criteria: Mapped[list["Criterion"]] = relationship(back_populates="rubric", order_by="Criterion.position")


class Criterion(Model):
    """One thing to judge: a set of allowed scores, each with its description."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("rubric_id", "code"), UniqueConstraint("rubric_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    """As in the official set: 'A1.1'."""
    part: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """[{"points": 0, "text": "…"}, …], ascending; no other score can be given."""
    requires: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """{"criterion": "B5.1", "at_least": 1}: otherwise it earns its lowest score."""
    stops_at: Mapped[int | None]
    """The score at which the work cannot be accepted whatever the total."""
    branch: Mapped[str | None] = mapped_column(String(300))
    """For whom it is meant, when lines of one part and title are alternatives: only one of them is judged."""

    rubric: Mapped[Rubric] = relationship(back_populates="criteria")


class Exercise(Model):
    """The practical work of one course version: what is to be written and by what it is marked."""

    __tablename__ = "exercise"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("course_item.id"), unique=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"))
    instructions: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """As read from the material: key, label, hint, kind, required, max_characters, choices."""
    attachments_allowed: Mapped[int]
    attachment_kinds: Mapped[list[str]] = mapped_column(JSON)

    item: Mapped[CourseItem] = relationship()
    rubric: Mapped[Rubric] = relationship()


class SubmissionState(StrEnum):
    """Where a submission stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Submission(Model):
    """One handing-in of an exercise. A draft is edited by its writer; from submitting on it is never changed."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("exercise_id", "enrolment_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint("(submitted_at IS NULL) = (state = 'draft')", name="submitted_unless_draft"),
        Index(None, "state", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exercise_id: Mapped[int] = mapped_column(ForeignKey("exercise.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    number: Mapped[int]
    state: Mapped[SubmissionState] = mapped_column(one_of(SubmissionState))
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    """What was written, by field key."""
    saved_at: Mapped[datetime]
    saves_count: Mapped[int]
    """How often the draft was saved; a page that was made before the latest saving is known by it."""
    submitted_at: Mapped[datetime | None]

    exercise: Mapped[Exercise] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="submission")
    marking: Mapped["Marking | None"] = relationship(back_populates="submission")


class Attachment(Model):
    """A file handed in with a submission."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    submission: Mapped[Submission] = relationship(back_populates="attachments")
    file: Mapped[StoredFile] = relationship()


class Decision(StrEnum):
    """What a trainer decided on a submission."""

    RETURN = "return"
    ACCEPT = "accept"


class Marking(Model):
    """A trainer's judgement of one submission: a score and remark for each criterion, and the decision. Final."""

    __tablename__ = "marking"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    decision: Mapped[Decision] = mapped_column(one_of(Decision))
    remark: Mapped[str] = mapped_column(Text)
    earned_points: Mapped[int]
    possible_points: Mapped[int]
    marked_at: Mapped[datetime]

    submission: Mapped[Submission] = relationship(back_populates="marking")
    trainer: Mapped[User] = relationship()
    marks: Mapped[list["CriterionMark"]] = relationship(back_populates="marking")


class CriterionMark(Model):
    """The score and remark for one criterion."""

    __tablename__ = "criterion_mark"
    __table_args__ = (UniqueConstraint("marking_id", "criterion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    marking_id: Mapped[int] = mapped_column(ForeignKey("marking.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    points: Mapped[int]
    remark: Mapped[str] = mapped_column(Text)

    marking: Mapped[Marking] = relationship(back_populates="marks")
    criterion: Mapped[Criterion] = relationship()
