"""A trainer's pages: works that wait, the marking of one, and how a learner fares."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assessments import actions, policies, queries
from assessments.models import Criterion, Decision, Submission
from assessments.rules import groups_of
from assessments.views.frame import bp, clean_text, whole
from assessments.views.work import STATES
from courses.queries import enrolment_with_course, study_of
from courses.views.frame import me
from lms.accounts.models import Role
from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.web.access import require, signed_in


@dataclass(frozen=True)
class Group:
    """Criteria that get one score together: one, or alternative branches of one title."""

    number: int
    criteria: list[Criterion]

    @property
    def score_name(self) -> str:
        return f"score-{self.number}"

    @property
    def remark_name(self) -> str:
        return f"remark-{self.number}"


@bp.get("/marking")
@signed_in
def list_waiting() -> ResponseReturnValue:
    require(me().has_role(Role.TRAINER))
    return render_template("assessments/waiting.html", works=queries.waiting(policies.markable_submissions(me())))


def _load_submission(submission_id: int) -> Submission:
    submission = queries.submission_with_course(submission_id) or abort(404)
    require(policies.can_see_submission(me(), submission))
    return submission


@bp.get("/submissions/<int:submission_id>/marking")
@signed_in
def mark_submission(submission_id: int) -> ResponseReturnValue:
    submission = _load_submission(submission_id)
    if submission.marking is not None:
        return redirect(url_for(".show_submission", submission_id=submission_id), 303)
    require(policies.can_mark(me(), submission))
    return _marking_page(submission, {})


def _groups(submission: Submission) -> list[Group]:
    criteria = list(queries.criteria_of(submission.exercise.rubric_id))
    by_code = {criterion.code: criterion for criterion in criteria}
    return [
        Group(number, [by_code[rule.code] for rule in group])
        for number, group in enumerate(groups_of(queries.criterion_rules(criteria)), start=1)
    ]


def _marking_page(
    submission: Submission, entered: Mapping[str, str], refusal: InvalidInput | None = None
) -> ResponseReturnValue:
    earlier = queries.earlier_submission(submission)
    page = render_template(
        "assessments/mark.html",
        submission=submission,
        parts=[(part, list(groups)) for part, groups in groupby(_groups(submission), lambda one: one.criteria[0].part)],
        earlier=earlier,
        earlier_marks={mark.criterion.code: mark for mark in earlier.marking.marks}
        if earlier is not None and earlier.marking is not None
        else {},
        entered=entered,
        refusal=refusal,
    )
    return page, 200 if refusal is None else refusal.status


@bp.post("/submissions/<int:submission_id>/marking")
@signed_in
def save_marking(submission_id: int) -> ResponseReturnValue:
    submission = _load_submission(submission_id)
    there = url_for(".show_submission", submission_id=submission_id)
    if submission.marking is not None and submission.marking.trainer_id == me().id:
        # The second of two taps.
        return redirect(there, 303)
    require(policies.can_mark(me(), submission))
    given: dict[str, int] = {}
    remarks: dict[str, str] = {}
    for group in _groups(submission):
        code, _colon, points = request.form.get(group.score_name, "").rpartition(":")
        chosen = next((one for one in group.criteria if one.code == code), group.criteria[0])
        if code == chosen.code and points.isascii() and points.isdigit():
            given[code] = whole(points)
        remarks[chosen.code] = clean_text(request.form.get(group.remark_name, ""))
    try:
        decision = Decision(request.form.get("decision", ""))
    except ValueError:
        return _marking_page(submission, request.form, InvalidInput(_("Hãy chọn trả lại hay chấp nhận bài.")))
    try:
        actions.mark_work(
            submission,
            given,
            remarks=remarks,
            remark=clean_text(request.form.get("remark", "")),
            decision=decision,
            by=me(),
            at=now(),
        )
    except InvalidInput as refusal:
        db.session.rollback()
        return _marking_page(_load_submission(submission_id), request.form, refusal)
    db.session.commit()
    flash(
        _("Đã chấp nhận bài.") if decision is Decision.ACCEPT else _("Đã trả bài lại kèm nhận xét."),
        "good",
    )
    return redirect(url_for(".list_waiting"), 303)


@bp.get("/learners/<int:enrolment_id>")
@signed_in
def show_learner(enrolment_id: int) -> ResponseReturnValue:
    enrolment = enrolment_with_course(enrolment_id) or abort(404)
    require(policies.can_follow(me(), enrolment))
    version_id = enrolment.training_class.version_id
    return render_template(
        "assessments/learner.html",
        enrolment=enrolment,
        study=study_of(enrolment),
        standings=[queries.standing_of(quiz, enrolment) for quiz in queries.quizzes_of(version_id)],
        works=[
            (exercise, [one for one in queries.submissions_of(exercise, enrolment) if one.submitted_at is not None])
            for exercise in queries.exercises_of(version_id)
        ],
        states=STATES,
    )


@bp.post("/learners/<int:enrolment_id>/quizzes/<slug>/extra-attempt")
@signed_in
def grant_extra_attempt(enrolment_id: int, slug: str) -> ResponseReturnValue:
    enrolment = enrolment_with_course(enrolment_id) or abort(404)
    require(policies.can_follow(me(), enrolment))
    quiz = queries.quiz_by_slug(enrolment.training_class.version_id, slug) or abort(404)
    actions.grant_extra_attempt(quiz, enrolment, by=me(), at=now())
    db.session.commit()
    flash(_("Đã cho làm thêm một lần."), "good")
    return redirect(url_for(".show_learner", enrolment_id=enrolment_id), 303)
