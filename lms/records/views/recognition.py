"""Training done elsewhere: asked to be recognised, kept while it is written, decided by somebody else."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.core.storage import StoredFile
from lms.records import actions, policies, queries
from lms.records.actions import Stale
from lms.records.forms import ApplicationForm, DecisionForm
from lms.records.forms.recognition import application_as_filled_in
from lms.records.models import Application, ApplicationState
from lms.records.views.blueprint import bp, me
from lms.records.views.files import kept_files, served
from lms.registry.models import Person
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id, row_id

DRAFT, SUBMITTED = ApplicationState.DRAFT, ApplicationState.SUBMITTED


@bp.get("/my/applications")
@signed_in
def list_own_applications() -> ResponseReturnValue:
    person = queries.person_of(me())
    if person is None:
        return render_template("records/nobody.html")
    return render_template(
        "records/own_applications.html", applications=queries.applications_of(person), key=secrets.token_hex(16)
    )


@bp.post("/my/applications")
@signed_in
def begin_own_application() -> ResponseReturnValue:
    person = queries.person_of(me())
    if person is None:
        return render_template("records/nobody.html"), 409
    return _begun(queries.people_of_one(person)[0])


@bp.post("/people/<int:person_id>/applications")
@signed_in
def begin_application(person_id: int) -> ResponseReturnValue:
    people = queries.people_of_one(queries.person_with_posts(person_id) or abort(404))
    require(policies.can_change_awards(me(), people))
    return _begun(people[0])


def _begun(person: Person) -> ResponseReturnValue:
    key = request.form.get("key", "")[:40] or secrets.token_hex(16)
    made = actions.begin_application(person, key=key, by=me(), at=now())
    db.session.commit()
    return redirect(url_for(".show_application", application_id=made.id), 303)


@bp.get("/applications")
@signed_in
def list_applications() -> ResponseReturnValue:
    """Those that wait for a decision, the longest first; or those that are decided, or still drafts."""
    require(policies.can_find_applications(me()))
    asked = request.args.get("state", "")
    state = ApplicationState(asked) if asked in list(ApplicationState) else SUBMITTED
    edge = asked_id("after")
    visible = policies.visible_applications(me())
    found, more = queries.applications_page(
        visible, state, after=db.session.get(Application, edge) if edge is not None else None
    )
    return render_template(
        "records/applications.html",
        applications=found,
        more=more,
        is_first=edge is None,
        shown=state,
        today=today(),
        waiting_count=queries.count_waiting(policies.decidable_applications(me())),
    )


@bp.get("/applications/<int:application_id>")
@signed_in
def show_application(application_id: int) -> ResponseReturnValue:
    application, people = _load(application_id)
    return _page(application, people)


@bp.post("/applications/<int:application_id>")
@signed_in
def save_application(application_id: int) -> ResponseReturnValue:
    """Keeps what was written, whatever else is asked for: nothing is lost because something is still missing."""
    application, people = _load(application_id)
    require(policies.can_write_application(me(), application, people))
    form = ApplicationForm(queries.qualifications())
    is_valid = form.validate()
    do, _colon, file_id = request.form.get("do", "").partition(":")
    try:
        files = _files(form)
        actions.save_application(
            application,
            form.told(),
            files=files,
            drop_file_id=row_id(file_id) if do == "drop" else None,
            seen=row_id(form.seen.data) or 0,
            by=me(),
            at=now(),
        )
    except (InvalidInput, Stale) as refusal:
        db.session.rollback()
        application, people = _load(application_id)
        form.seen.process_data(str(application.revision))
        form.form_errors = [str(refusal)]
        return _page(application, people, form=form, status=refusal.status)
    db.session.commit()
    application, people = _load(application_id)
    if not is_valid or form.errors:
        form.seen.process_data(str(application.revision))
        return _page(application, people, form=form, status=422)
    if do == "submit":
        try:
            actions.submit_application(application, by=me(), at=now())
        except InvalidInput as refusal:
            form.seen.process_data(str(application.revision))
            form.form_errors = [str(refusal)]
            return _page(application, people, form=form, status=422)
        db.session.commit()
        flash(_("Đã nộp đơn. Kết quả sẽ hiện ở trang này."), "good")
    else:
        flash(_("Đã lưu bản nháp."), "good")
    return redirect(url_for(".show_application", application_id=application_id), 303)


def _files(form: ApplicationForm) -> list[StoredFile]:
    """The files that will do; of the others the form says why not, and what was written is kept all the same."""
    try:
        return kept_files()
    except InvalidInput as refusal:
        form.files.errors = [str(refusal)]
        return []


@bp.post("/applications/<int:application_id>/discard")
@signed_in
def discard_application(application_id: int) -> ResponseReturnValue:
    application, people = _load(application_id)
    require(policies.can_write_application(me(), application, people))
    is_own = policies.is_own(me(), people)
    actions.discard_application(application, seen=row_id(request.form.get("seen")) or 0, by=me(), at=now())
    db.session.commit()
    flash(_("Đã bỏ bản nháp."), "info")
    return redirect(url_for(".list_own_applications" if is_own else ".list_applications"), 303)


@bp.post("/applications/<int:application_id>/decide")
@signed_in
def decide_application(application_id: int) -> ResponseReturnValue:
    application, people = _load(application_id)
    require(policies.can_decide_application(me(), application, people))
    form = DecisionForm(_fitting(application))
    if not form.validate():
        return _page(application, people, decision=form, status=422)
    try:
        actions.decide_application(application, **form.values, by=me(), at=now())
    except InvalidInput as refusal:
        db.session.rollback()
        application, people = _load(application_id)
        form.form_errors = [str(refusal)]
        return _page(application, people, decision=form, status=422)
    db.session.commit()
    flash(_("Đã ghi quyết định."), "good")
    return redirect(url_for(".show_application", application_id=application_id), 303)


@bp.post("/applications/<int:application_id>/reopen")
@signed_in
def reopen_application(application_id: int) -> ResponseReturnValue:
    """A decision that seems wrong is asked to be looked at anew: a new draft with what the old one said."""
    application, people = _load(application_id)
    require(policies.can_write_application(me(), application, people))
    made = actions.reopen_application(application, by=me(), at=now())
    db.session.commit()
    return redirect(url_for(".show_application", application_id=made.id), 303)


@bp.get("/applications/<int:application_id>/evidence/<int:file_id>")
@signed_in
def show_application_file(application_id: int, file_id: int) -> ResponseReturnValue:
    application, _people = _load(application_id)
    return served(application.evidence, file_id)


def _load(application_id: int) -> tuple[Application, Sequence[Person]]:
    application = queries.application_with_all(application_id) or abort(404)
    people = queries.people_of_one(application.person)
    require(policies.can_see_application(me(), application, people))
    return application, people


def _fitting(application: Application) -> Sequence[Any]:
    return queries.fitting(application, today()) if application.state is SUBMITTED else ()


def _page(
    application: Application,
    people: Sequence[Person],
    *,
    form: ApplicationForm | None = None,
    decision: DecisionForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    may_write = policies.can_write_application(me(), application, people)
    shared: dict[str, Any] = {
        "application": application,
        "person": people[0],
        "is_own": policies.is_own(me(), people),
        "before": db.session.get(Application, application.follows_id) if application.follows_id else None,
    }
    if application.state is DRAFT and may_write:
        form = form or ApplicationForm(
            queries.qualifications(), formdata=None, data=application_as_filled_in(application)
        )
        return render_template("records/application_form.html", form=form, **shared), status
    may_decide = application.state is SUBMITTED and policies.can_decide_application(me(), application, people)
    body = render_template(
        "records/application.html",
        **shared,
        form=decision or (DecisionForm(_fitting(application), formdata=None) if may_decide else None),
        may_decide=may_decide,
        after=queries.application_after(application),
        may_reopen=may_write and application.state in (ApplicationState.REFUSED, ApplicationState.PARTLY_GRANTED),
        today=today(),
    )
    return body, status
