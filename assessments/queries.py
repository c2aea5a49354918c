"""Reads of quizzes, attempts, exercises and submissions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from assessments.models import (
    Attachment,
    Attempt,
    Criterion,
    CriterionMark,
    Exercise,
    ExtraAttempt,
    Marking,
    Question,
    Quiz,
    Rubric,
    Submission,
    SubmissionState,
)
from assessments.rules import CriterionRule, FieldRule, Result, may_start
from courses.models import Course, CourseItem, CourseVersion, Enrolment, ItemKind, TrainingClass
from lms.core.db import db

TO_COURSE: Final = (
    joinedload(Enrolment.person, innerjoin=True),
    joinedload(Enrolment.training_class, innerjoin=True).options(
        joinedload(TrainingClass.unit, innerjoin=True),
        selectinload(TrainingClass.trainers),
        joinedload(TrainingClass.version, innerjoin=True)
        .joinedload(CourseVersion.course, innerjoin=True)
        .joinedload(Course.qualification, innerjoin=True),
    ),
)
"""From an enrolment to whose it is, the class with its trainers, and the course."""


@dataclass(frozen=True)
class QuizStanding:
    """Where a learner stands with a quiz."""

    quiz: Quiz
    attempts: Sequence[Attempt]
    extra_count: int

    @property
    def allowed(self) -> int:
        return self.quiz.attempts_allowed + self.extra_count

    @property
    def left(self) -> int:
        return max(self.allowed - len(self.attempts), 0)

    @property
    def is_passed(self) -> bool:
        return any(attempt.result is Result.PASSED for attempt in self.attempts)

    @property
    def open_attempt(self) -> Attempt | None:
        return next((attempt for attempt in self.attempts if attempt.is_open), None)

    @property
    def may_start(self) -> bool:
        """Whether another attempt may be begun; an open one is gone on with instead."""
        return self.open_attempt is None and may_start(
            is_passed=self.is_passed, started=len(self.attempts), allowed=self.allowed
        )

    @property
    def shows_key(self) -> bool:
        """Which answers are right is told once it can no longer help: after passing or after the last attempt."""
        return self.open_attempt is None and not self.may_start


def quiz_by_slug(version_id: int, slug: str) -> Quiz | None:
    """The quiz of a course version under this name."""
    return db.session.scalar(
        select(Quiz)
        .join(Quiz.item)
        .options(joinedload(Quiz.item, innerjoin=True))
        .where(CourseItem.version_id == version_id, CourseItem.slug == slug, CourseItem.kind == ItemKind.QUIZ)
    )


def quizzes_of(version_id: int) -> Sequence[Quiz]:
    """The quizzes of a course version, in order."""
    return db.session.scalars(
        select(Quiz)
        .join(Quiz.item)
        .options(joinedload(Quiz.item, innerjoin=True))
        .where(CourseItem.version_id == version_id)
        .order_by(CourseItem.position)
    ).all()


def standing_of(quiz: Quiz, enrolment: Enrolment) -> QuizStanding:
    """A learner's attempts at a quiz and how many there may be. Reads what is in the database now."""
    attempts = db.session.scalars(
        select(Attempt)
        .where(Attempt.quiz_id == quiz.id, Attempt.enrolment_id == enrolment.id)
        .order_by(Attempt.number)
        .execution_options(populate_existing=True)
    ).all()
    extra = db.session.scalar(
        select(func.count(ExtraAttempt.id)).where(
            ExtraAttempt.quiz_id == quiz.id, ExtraAttempt.enrolment_id == enrolment.id
        )
    )
    return QuizStanding(quiz, attempts, extra or 0)


@dataclass(frozen=True)
class QuizFacts:
    """What is told of a quiz before it begins."""

    question_count: int
    critical_count: int
    possible_points: int


def facts_of(quiz: Quiz) -> QuizFacts:
    """How many questions a quiz has and what they are worth."""
    row = db.session.execute(
        select(
            func.count(Question.id),
            func.count(Question.id).filter(Question.is_critical),
            func.coalesce(func.sum(Question.points), 0),
        ).where(Question.quiz_id == quiz.id)
    ).one()
    return QuizFacts(*row)


def questions_of(quiz: Quiz) -> dict[int, Question]:
    """Questions with their options, by id."""
    found = db.session.scalars(
        select(Question)
        .options(selectinload(Question.options))
        .where(Question.quiz_id == quiz.id)
        .order_by(Question.position)
    )
    return {question.id: question for question in found}


def attempt_with_course(attempt_id: int) -> Attempt | None:
    """An attempt with its answers, quiz, enrolment, class and course."""
    return db.session.scalar(
        select(Attempt)
        .options(
            selectinload(Attempt.answers),
            joinedload(Attempt.quiz, innerjoin=True).joinedload(Quiz.item, innerjoin=True),
            joinedload(Attempt.enrolment, innerjoin=True).options(*TO_COURSE),
        )
        .where(Attempt.id == attempt_id)
    )


def exercise_by_slug(version_id: int, slug: str) -> Exercise | None:
    """The exercise of a course version under this name."""
    return db.session.scalar(
        select(Exercise)
        .join(Exercise.item)
        .options(joinedload(Exercise.item, innerjoin=True), joinedload(Exercise.rubric, innerjoin=True))
        .where(CourseItem.version_id == version_id, CourseItem.slug == slug, CourseItem.kind == ItemKind.EXERCISE)
    )


def exercises_of(version_id: int) -> Sequence[Exercise]:
    """The exercises of a course version, in order."""
    return db.session.scalars(
        select(Exercise)
        .join(Exercise.item)
        .options(joinedload(Exercise.item, innerjoin=True))
        .where(CourseItem.version_id == version_id)
        .order_by(CourseItem.position)
    ).all()


def criteria_of(rubric_id: int) -> Sequence[Criterion]:
    """The criteria of a rubric, in order."""
    return db.session.scalars(
        select(Criterion).where(Criterion.rubric_id == rubric_id).order_by(Criterion.position)
    ).all()


def rubric_by_code(code: str, version: int) -> Rubric | None:
    """A rubric in one of its versions."""
    return db.session.scalar(select(Rubric).where(Rubric.code == code, Rubric.version == version))


def criterion_rules(criteria: Sequence[Criterion]) -> list[CriterionRule]:
    """Criteria as judging takes them."""
    return [
        CriterionRule(
            code=criterion.code,
            part=criterion.part,
            title=criterion.title,
            points=tuple(level["points"] for level in criterion.levels),
            requires=(criterion.requires["criterion"], criterion.requires["at_least"]) if criterion.requires else None,
            stops_at=criterion.stops_at,
            branch=criterion.branch,
        )
        for criterion in criteria
    ]


def field_rules(exercise: Exercise) -> list[FieldRule]:
    """The fields of an exercise as checking takes them."""
    return [
        FieldRule(
            key=field["key"],
            is_required=field["required"],
            max_characters=field["max_characters"],
            choices=tuple(field["choices"]),
        )
        for field in exercise.fields
    ]


def submissions_of(exercise: Exercise, enrolment: Enrolment) -> Sequence[Submission]:
    """A learner's submissions of an exercise with attachments and markings, the first first; as they are now."""
    return db.session.scalars(
        _submissions()
        .where(Submission.exercise_id == exercise.id, Submission.enrolment_id == enrolment.id)
        .order_by(Submission.number)
        .execution_options(populate_existing=True)
    ).all()


def _submissions() -> Select[Submission]:
    return select(Submission).options(
        selectinload(Submission.attachments).joinedload(Attachment.file, innerjoin=True),
        selectinload(Submission.marking).options(
            joinedload(Marking.trainer, innerjoin=True),
            selectinload(Marking.marks).joinedload(CriterionMark.criterion, innerjoin=True),
        ),
    )


def submission_with_course(submission_id: int) -> Submission | None:
    """A submission with its attachments, marking, exercise, enrolment, class and course."""
    return db.session.scalar(
        _submissions()
        .options(
            joinedload(Submission.exercise, innerjoin=True).options(
                joinedload(Exercise.item, innerjoin=True), joinedload(Exercise.rubric, innerjoin=True)
            ),
            joinedload(Submission.enrolment, innerjoin=True).options(*TO_COURSE),
        )
        .where(Submission.id == submission_id)
    )


def earlier_submission(submission: Submission) -> Submission | None:
    """The submission before this one, with its marking."""
    return db.session.scalar(
        _submissions().where(
            Submission.exercise_id == submission.exercise_id,
            Submission.enrolment_id == submission.enrolment_id,
            Submission.number == submission.number - 1,
        )
    )


def attachment_with_submission(attachment_id: int) -> Attachment | None:
    """An attachment with its file; its submission is looked up for access."""
    return db.session.scalar(
        select(Attachment).options(joinedload(Attachment.file, innerjoin=True)).where(Attachment.id == attachment_id)
    )


def waiting(visible: ColumnElement[bool]) -> Sequence[Submission]:
    """Works that wait for marking among those that an expression allows, the oldest first."""
    return db.session.scalars(
        select(Submission)
        .options(
            joinedload(Submission.exercise, innerjoin=True).joinedload(Exercise.item, innerjoin=True),
            joinedload(Submission.enrolment, innerjoin=True).options(*TO_COURSE),
        )
        .where(visible, Submission.state == SubmissionState.SUBMITTED)
        .order_by(Submission.submitted_at, Submission.id)
    ).all()


def last_states(enrolment: Enrolment) -> dict[int, SubmissionState]:
    """The state of the latest submission of each exercise, by id of the course item."""
    rows = db.session.execute(
        select(Exercise.item_id, Submission.state)
        .join(Exercise, Exercise.id == Submission.exercise_id)
        .where(Submission.enrolment_id == enrolment.id)
        .order_by(Submission.number)
    )
    return {row.item_id: row.state for row in rows}


def attempts_of(enrolment: Enrolment) -> list[tuple[int, Attempt]]:
    """Every attempt of an enrolment with the id of its course item, the first first."""
    rows = db.session.execute(
        select(Quiz.item_id, Attempt)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.enrolment_id == enrolment.id)
        .order_by(Attempt.number)
    )
    return [(row[0], row[1]) for row in rows]
