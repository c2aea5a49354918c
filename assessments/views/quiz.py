"""A learner's quiz: what to expect, the questions, handing in, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import SystemRandom

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assessments import actions, policies, queries
from assessments.actions import StalePage
from assessments.marking import QuestionKind
from assessments.models import Answer, Attempt, Option, Question, Quiz
from assessments.rules import Result
from assessments.views.frame import bp, inline, whole
from courses.models import Enrolment
from courses.rules import is_running
from courses.views.frame import Note, me
from courses.views.learning import load_enrolment
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.access import require, signed_in


@dataclass(frozen=True)
class Line:
    """A question as this learner sees it; options are named by their place, never by anything of the key."""

    number: int
    question: Question
    options: list[Option]
    chosen: frozenset[int]
    """Ids of options."""

    @property
    def is_multiple(self) -> bool:
        return self.question.kind is QuestionKind.MULTIPLE

    @property
    def is_answered(self) -> bool:
        return bool(self.chosen)


def notes(enrolment: Enrolment) -> Mapping[int, Note]:
    """Where the learner stands with the quizzes of the course."""
    told: dict[int, Note] = {}
    for item_id, attempt in queries.attempts_of(enrolment):
        if attempt.is_open:
            told[item_id] = Note(_l("Đang làm dở"), "warning")
        elif attempt.result is Result.FAILED:
            told[item_id] = Note(_l("Chưa đạt"), "warning")
        else:
            told[item_id] = Note(_l("Đạt"), "good")
    return told


def _load_quiz(enrolment: Enrolment, slug: str) -> Quiz:
    return queries.quiz_by_slug(enrolment.training_class.version_id, slug) or abort(404)


def _load_attempt(attempt_id: int) -> Attempt:
    attempt = queries.attempt_with_course(attempt_id) or abort(404)
    require(policies.can_see_attempt(me(), attempt))
    return attempt


@bp.get("/learning/<int:enrolment_id>/quizzes/<slug>")
@signed_in
def show_quiz(enrolment_id: int, slug: str) -> ResponseReturnValue:
    enrolment = load_enrolment(enrolment_id)
    quiz = _load_quiz(enrolment, slug)
    training_class = enrolment.training_class
    return render_template(
        "assessments/quiz.html",
        enrolment=enrolment,
        quiz=quiz,
        standing=queries.standing_of(quiz, enrolment),
        quiz_facts=queries.facts_of(quiz),
        is_running=is_running(training_class.starts_on, training_class.ends_on, today()),
    )


@bp.post("/learning/<int:enrolment_id>/quizzes/<slug>/attempts")
@signed_in
def start_attempt(enrolment_id: int, slug: str) -> ResponseReturnValue:
    enrolment = load_enrolment(enrolment_id)
    quiz = _load_quiz(enrolment, slug)
    attempt = actions.start_attempt(quiz, enrolment, shuffle=SystemRandom().shuffle, by=me(), at=now())
    db.session.commit()
    return redirect(url_for(".show_attempt", attempt_id=attempt.id), 303)


@bp.get("/attempts/<int:attempt_id>")
@signed_in
def show_attempt(attempt_id: int) -> ResponseReturnValue:
    attempt = _load_attempt(attempt_id)
    if not attempt.is_open:
        return _result_page(attempt)
    return _question_page(attempt, _lines(attempt, _kept(attempt)))


def _kept(attempt: Attempt) -> dict[int, list[int]]:
    return {answer.question_id: answer.chosen for answer in attempt.answers}


def _lines(attempt: Attempt, choices: Mapping[int, list[int]]) -> list[Line]:
    questions = queries.questions_of(attempt.quiz)
    lines = []
    for number, place in enumerate(attempt.layout, start=1):
        question = questions[place["question"]]
        by_id = {option.id: option for option in question.options}
        options = [by_id[option_id] for option_id in place["options"]]
        lines.append(Line(number, question, options, frozenset(choices.get(question.id, ()))))
    return lines


def _question_page(attempt: Attempt, lines: list[Line], *, stale: StalePage | None = None) -> ResponseReturnValue:
    page = render_template(
        "assessments/attempt.html",
        attempt=attempt,
        lines=lines,
        saved_at=max((answer.saved_at for answer in attempt.answers), default=None),
        answered_count=sum(line.is_answered for line in lines),
        stale=stale,
        inline=inline,
    )
    return page, 200 if stale is None else stale.status


@bp.post("/attempts/<int:attempt_id>")
@signed_in
def save_attempt(attempt_id: int) -> ResponseReturnValue:
    attempt = _load_attempt(attempt_id)
    if not attempt.is_open:
        flash(_("Bài này đã nộp trước đó; câu trả lời không đổi nữa."), "info")
        return redirect(url_for(".show_attempt", attempt_id=attempt_id), 303)
    choices = _choices(attempt)
    try:
        actions.save_answers(attempt, choices, base=whole(request.form.get("base")), by=me(), at=now())
    except StalePage as stale:
        # Nothing that was chosen here is lost: the page comes back with it, and saving again keeps it.
        return _question_page(attempt, _lines(attempt, choices), stale=stale)
    wants_to_submit = request.form.get("do") == "submit"
    is_whole = all(choices.get(place["question"]) for place in attempt.layout)
    if wants_to_submit and is_whole:
        actions.submit(attempt, by=me(), at=now())
    db.session.commit()
    if wants_to_submit and not is_whole:
        return redirect(url_for(".confirm_attempt", attempt_id=attempt_id), 303)
    return redirect(url_for(".show_attempt", attempt_id=attempt_id, _anchor=None if wants_to_submit else "nop"), 303)


def _choices(attempt: Attempt) -> dict[int, list[int]]:
    """What the form says is chosen. A field is called after the question's place, a value after the option's."""
    choices: dict[int, list[int]] = {}
    for number, place in enumerate(attempt.layout, start=1):
        options = place["options"]
        places = [whole(value) for value in request.form.getlist(f"q{number}")]
        if any(not 1 <= chosen <= len(options) for chosen in places):
            abort(422)
        choices[place["question"]] = sorted({options[chosen - 1] for chosen in places})
    return choices


@bp.get("/attempts/<int:attempt_id>/confirm")
@signed_in
def confirm_attempt(attempt_id: int) -> ResponseReturnValue:
    attempt = _load_attempt(attempt_id)
    if not attempt.is_open:
        return redirect(url_for(".show_attempt", attempt_id=attempt_id), 303)
    lines = _lines(attempt, _kept(attempt))
    return render_template(
        "assessments/confirm.html",
        attempt=attempt,
        unanswered=[line for line in lines if not line.is_answered],
        count=len(lines),
    )


@bp.post("/attempts/<int:attempt_id>/submit")
@signed_in
def submit_attempt(attempt_id: int) -> ResponseReturnValue:
    attempt = _load_attempt(attempt_id)
    actions.submit(attempt, by=me(), at=now())
    db.session.commit()
    return redirect(url_for(".show_attempt", attempt_id=attempt_id), 303)


@dataclass(frozen=True)
class MarkedLine:
    """A question with what its answer earned."""

    line: Line
    answer: Answer

    @property
    def tone(self) -> str:
        earned = self.answer.earned_points or 0
        return "good" if earned == self.line.question.points else "warning" if earned else "bad"


def _result_page(attempt: Attempt) -> ResponseReturnValue:
    standing = queries.standing_of(attempt.quiz, attempt.enrolment)
    answers = {answer.question_id: answer for answer in attempt.answers}
    marked = [MarkedLine(line, answers[line.question.id]) for line in _lines(attempt, _kept(attempt))]
    return render_template(
        "assessments/result.html",
        attempt=attempt,
        standing=standing,
        marked=marked,
        missed_critical=[one for one in marked if one.line.question.is_critical and one.tone != "good"],
        passed=attempt.result is Result.PASSED,
        inline=inline,
    )
