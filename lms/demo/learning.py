"""Lets invented people learn, through the same actions as real ones, at instants in the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml
from sqlalchemy import select

from assessments import actions as assessments
from assessments.models import Attempt, Decision, Exercise, Question, Quiz, Submission
from courses import actions as courses
from courses.models import CourseItem, Enrolment, ItemKind, TrainingClass
from lms.accounts.models import User
from lms.core.db import db
from lms.registry.models import Person

IDEAS: Final[list[dict[str, str]]] = yaml.safe_load((Path(__file__).parent / "ideas.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Stage:
    """How far somebody gets: lessons studied, whether the quiz is passed, what became of the exercise."""

    lessons: int
    quiz: bool = False
    work: str = "none"
    """'none', 'draft', 'submitted', 'returned' or 'accepted'."""
    is_whole: bool = False
    """Whether this is all that the course asks."""


class Learning:
    """One course, its items, and the people who take it in a class."""

    def __init__(self, training_class: TrainingClass, trainer: User, random: Random) -> None:
        self.training_class = training_class
        self.trainer = trainer
        self.random = random
        items = db.session.scalars(
            select(CourseItem).where(CourseItem.version_id == training_class.version_id).order_by(CourseItem.position)
        ).all()
        self.lessons = [item for item in items if item.kind is ItemKind.LESSON]
        self.quiz = db.session.scalar(select(Quiz).where(Quiz.item_id.in_([item.id for item in items])))
        self.exercise = db.session.scalar(select(Exercise).where(Exercise.item_id.in_([item.id for item in items])))

    def study(self, person: Person, stage: Stage, at: datetime) -> Enrolment:
        """Let a person get this far, an evening at a time from an instant on."""
        enrolment = courses.enrol(self.training_class, person, by=None, at=at)
        for lesson in self.lessons[: stage.lessons]:
            at += timedelta(hours=20, minutes=self.random.randrange(240))
            courses.finish_lesson(enrolment, lesson, by=None, at=at)
        if stage.quiz and self.quiz is not None:
            at += timedelta(hours=22)
            if self.random.random() < 0.3:
                self._attempt(enrolment, at, wrong=7)
                at += timedelta(days=1)
            self._attempt(enrolment, at, wrong=0)
        if stage.work != "none" and self.exercise is not None:
            self._write(enrolment, person, stage.work, at + timedelta(days=2))
        return enrolment

    def _attempt(self, enrolment: Enrolment, at: datetime, wrong: int) -> Attempt:
        assert self.quiz is not None
        learner = _Somebody()
        attempt = assessments.start_attempt(self.quiz, enrolment, shuffle=self.random.shuffle, by=learner, at=at)
        questions = db.session.scalars(select(Question).where(Question.quiz_id == self.quiz.id)).all()
        choices: dict[int, Sequence[int]] = {}
        for number, question in enumerate(questions):
            right = [option.id for option in question.options if option.is_correct]
            other = [option.id for option in question.options if not option.is_correct]
            choices[question.id] = other[:1] if number < wrong else right
        assessments.save_answers(attempt, choices, base=attempt.saves_count, by=learner, at=at + timedelta(minutes=9))
        assessments.submit(attempt, by=learner, at=at + timedelta(minutes=11))
        return attempt

    def _write(self, enrolment: Enrolment, person: Person, until: str, at: datetime) -> None:
        assert self.exercise is not None
        learner = _Somebody()
        position = person.positions[0]
        idea = IDEAS[enrolment.id % len(IDEAS)]
        texts = {key: text.format(place=position.unit.name, name=position.workplace) for key, text in idea.items()}
        draft = assessments.save_draft(self.exercise, enrolment, texts, base=0, by=learner, at=at)
        if until == "draft":
            return
        db.session.flush()
        assessments.submit_work(draft, by=learner, at=at + timedelta(hours=1))
        if until == "submitted":
            return
        self._mark(draft, Decision.RETURN if until == "returned" else Decision.ACCEPT, at + timedelta(days=2))

    def _mark(self, submission: Submission, decision: Decision, at: datetime) -> None:
        assert self.exercise is not None
        assessments.mark_work(
            submission,
            self._scores(decision),
            remarks={"4.3": "Nên ghi rõ mỗi tháng làm việc gì, ai lo và đo bằng con số nào."},
            remark="Ý tưởng rõ, có gốc ở địa phương. Anh chị xem lại phần khách hàng và cách tính giá giúp nhé."
            if decision is Decision.RETURN
            else "Ý tưởng tốt, số liệu cụ thể. Chúc mừng anh chị, hãy đưa vào phương án sản xuất kinh doanh.",
            decision=decision,
            by=self.trainer,
            at=at,
        )

    def _scores(self, decision: Decision) -> Mapping[str, int]:
        """High scores for what is accepted, middling ones for what goes back; of branches the first."""
        assert self.exercise is not None
        scores: dict[str, int] = {}
        branched: set[tuple[str, str]] = set()
        for criterion in self.exercise.rubric.criteria:
            if criterion.branch:
                group = (criterion.part, criterion.title)
                if group in branched:
                    continue
                branched.add(group)
            points: list[int] = [level["points"] for level in criterion.levels]
            scores[criterion.code] = points[-1 if decision is Decision.ACCEPT and self.random.random() < 0.5 else -2]
        return scores


class _Somebody:
    """The doer of what an invented person without an account does."""

    id: Any = None
