"""A learner's practical work: writing, attaching, handing in, reading what the trainer says, writing again."""

from collections.abc import Mapping
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assessments import actions, policies, queries
from assessments.actions import Incomplete, StalePage
from assessments.forms import PREFIX, show_faults, work_form
from assessments.models import Exercise, Submission, SubmissionState
from assessments.rules import FieldFault
from assessments.views.frame import bp, clean_text, whole
from courses.models import Enrolment
from courses.policies import can_see_enrolment
from courses.rules import is_running
from courses.views.frame import Note, me
from courses.views.learning import load_enrolment
from lms.core import storage
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.access import require, signed_in
from lms.web.sheets import download

STATES: Final = {
    SubmissionState.DRAFT: Note(_l("Đang viết"), "neutral"),
    SubmissionState.SUBMITTED: Note(_l("Đang chờ chấm"), "info"),
    SubmissionState.RETURNED: Note(_l("Được trả lại để sửa"), "warning"),
    SubmissionState.ACCEPTED: Note(_l("Được chấp nhận"), "good"),
}
DETACH: Final = "detach-"


def notes(enrolment: Enrolment) -> Mapping[int, Note]:
    """Where the learner stands with the exercises of the course."""
    return {item_id: STATES[state] for item_id, state in queries.last_states(enrolment).items()}


def _load_exercise(enrolment: Enrolment, slug: str) -> Exercise:
    return queries.exercise_by_slug(enrolment.training_class.version_id, slug) or abort(404)


@bp.get("/learning/<int:enrolment_id>/exercises/<slug>")
@signed_in
def show_exercise(enrolment_id: int, slug: str) -> ResponseReturnValue:
    enrolment = load_enrolment(enrolment_id)
    return _work_page(enrolment, _load_exercise(enrolment, slug))


def _work_page(
    enrolment: Enrolment,
    exercise: Exercise,
    *,
    texts: Mapping[str, str] | None = None,
    faults: Mapping[str, FieldFault] | None = None,
    refusal: InvalidInput | None = None,
    stale: StalePage | None = None,
) -> ResponseReturnValue:
    written = queries.submissions_of(exercise, enrolment)
    latest = written[-1] if written else None
    shown = texts if texts is not None else latest.texts if latest is not None else {}
    form = work_form(exercise, shown)
    show_faults(form, faults or {})
    training_class = enrolment.training_class
    problem = stale or refusal
    page = render_template(
        "assessments/exercise.html",
        enrolment=enrolment,
        exercise=exercise,
        form=form,
        latest=latest,
        is_writable=latest is None or latest.state is SubmissionState.DRAFT,
        earlier=[one for one in written if one.marking is not None],
        criteria=queries.criteria_of(exercise.rubric_id),
        states=STATES,
        refusal=refusal,
        stale=stale,
        is_running=is_running(training_class.starts_on, training_class.ends_on, today()),
    )
    return page, 200 if problem is None else problem.status


@bp.post("/learning/<int:enrolment_id>/exercises/<slug>")
@signed_in
def save_exercise(enrolment_id: int, slug: str) -> ResponseReturnValue:
    """Every button of the page first keeps what is written, then does its own."""
    enrolment = load_enrolment(enrolment_id)
    exercise = _load_exercise(enrolment, slug)
    here = url_for(".show_exercise", enrolment_id=enrolment_id, slug=slug)
    texts = {field["key"]: clean_text(request.form.get(PREFIX + field["key"], "")) for field in exercise.fields}
    what = request.form.get("do", "save")
    written = queries.submissions_of(exercise, enrolment)
    if written and written[-1].state is not SubmissionState.DRAFT:
        # The second of two taps: the first one has handed it in.
        flash(_("Bài này đã nộp."), "info")
        return redirect(here, 303)
    try:
        draft = actions.save_draft(exercise, enrolment, texts, base=whole(request.form.get("base")), by=me(), at=now())
    except StalePage as stale:
        return _work_page(enrolment, exercise, texts=texts, stale=stale)
    db.session.commit()
    try:
        _do(what, draft)
    except Incomplete as incomplete:
        db.session.rollback()
        return _work_page(load_enrolment(enrolment_id), exercise, faults=incomplete.faults, refusal=incomplete)
    except InvalidInput as refusal:
        db.session.rollback()
        return _work_page(load_enrolment(enrolment_id), exercise, refusal=refusal)
    db.session.commit()
    if what == "submit":
        flash(_("Đã nộp bài. Giảng viên sẽ xem và trả lời bạn ở trang này."), "good")
    return redirect(here if what in ("save", "submit") else f"{here}#dinh-kem", 303)


def _do(what: str, draft: Submission) -> None:
    if what == "submit":
        actions.submit_work(draft, by=me(), at=now())
    elif what == "attach":
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise InvalidInput(_l("Bạn chưa chọn tệp. Hãy chọn tệp rồi bấm “Đính kèm”."))
        # One byte more than allowed tells "too large" without reading all of it.
        content = sent.stream.read(actions.MOST_BYTES + 1)
        actions.attach(draft, content, name=clean_text(sent.filename), by=me(), at=now())
    elif what.startswith(DETACH):
        wanted = whole(what.removeprefix(DETACH))
        # Through the draft: an attachment of anything else is not found.
        for attachment in draft.attachments:
            if attachment.id == wanted:
                actions.detach(attachment, by=me(), at=now())
                break


@bp.post("/submissions/<int:submission_id>/revise")
@signed_in
def revise_submission(submission_id: int) -> ResponseReturnValue:
    submission = queries.submission_with_course(submission_id) or abort(404)
    enrolment = load_enrolment(submission.enrolment_id)
    actions.revise(submission, by=me(), at=now())
    db.session.commit()
    slug = submission.exercise.item.slug
    return redirect(url_for(".show_exercise", enrolment_id=enrolment.id, slug=slug), 303)


@bp.get("/submissions/<int:submission_id>")
@signed_in
def show_submission(submission_id: int) -> ResponseReturnValue:
    submission = queries.submission_with_course(submission_id) or abort(404)
    require(policies.can_see_submission(me(), submission))
    return render_template(
        "assessments/submission.html",
        submission=submission,
        criteria=queries.criteria_of(submission.exercise.rubric_id),
        states=STATES,
        is_own=can_see_enrolment(me(), submission.enrolment),
        may_mark=policies.can_mark(me(), submission),
    )


@bp.get("/attachments/<int:attachment_id>")
@signed_in
def show_attachment(attachment_id: int) -> ResponseReturnValue:
    attachment = queries.attachment_with_submission(attachment_id) or abort(404)
    submission = queries.submission_with_course(attachment.submission_id) or abort(404)
    require(policies.can_see_submission(me(), submission))
    stored = attachment.file
    return download(storage.path_of(stored).read_bytes(), stored.name, stored.media_type)
