"""Classes on paper: the document, the people it names, a look at what entering it would change, and entering it."""

import secrets
from collections import Counter
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.records import actions, policies, queries
from lms.records.forms import (
    CandidatesForm,
    PaperClassCorrectionForm,
    PaperClassForm,
    PastedForm,
    RevocationForm,
)
from lms.records.forms.papers import as_filled_in
from lms.records.models import PaperClass, PaperClassState
from lms.records.queries import Found
from lms.records.rules import Outlook, read_pasted
from lms.records.views.blueprint import bp, me
from lms.records.views.files import kept_files, served
from lms.registry.models import Unit
from lms.registry.policies import scope_of, visible_people
from lms.registry.queries import people_by_ids, units_below
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id, row_id

DRAFT, ENTERED = PaperClassState.DRAFT, PaperClassState.ENTERED


@bp.get("/paper-classes")
@signed_in
def list_paper_classes() -> ResponseReturnValue:
    require(policies.can_enter_classes(me()))
    found, more = queries.paper_classes_page(policies.workable_classes(me()), after=asked_id("after"))
    return render_template("records/paper_classes.html", classes=found, more=more, is_first="after" not in request.args)


@bp.get("/paper-classes/new")
@signed_in
def new_paper_class() -> ResponseReturnValue:
    require(policies.can_enter_classes(me()))
    form = PaperClassForm(queries.qualifications(), _units(), data={"key": secrets.token_hex(16)})
    return render_template("records/paper_class_form.html", form=form, paper_class=None)


@bp.post("/paper-classes/new")
@signed_in
def make_paper_class() -> ResponseReturnValue:
    require(policies.can_enter_classes(me()))
    form = PaperClassForm(queries.qualifications(), _units())
    if form.validate():
        try:
            made = actions.make_paper_class(form.facts(), key=form.key.data or secrets.token_hex(16), by=me(), at=now())
            if made.state is DRAFT:
                actions.attach_papers(made, kept_files(), by=me(), at=now())
        except InvalidInput as refusal:
            db.session.rollback()
            form.form_errors = [str(refusal)]
        else:
            db.session.commit()
            return redirect(url_for(".show_paper_class", paper_class_id=made.id), 303)
    return render_template("records/paper_class_form.html", form=form, paper_class=None), 422


@bp.get("/paper-classes/<int:paper_class_id>")
@signed_in
def show_paper_class(paper_class_id: int) -> ResponseReturnValue:
    return _class_page(_load(paper_class_id))


@bp.get("/paper-classes/<int:paper_class_id>/edit")
@signed_in
def edit_paper_class(paper_class_id: int) -> ResponseReturnValue:
    """What a draft says is changed; what an entered class says is corrected, with a reason."""
    paper_class = _load(paper_class_id)
    if paper_class.state is PaperClassState.REVOKED:
        return redirect(url_for(".show_paper_class", paper_class_id=paper_class_id))
    kind = PaperClassForm if paper_class.state is DRAFT else PaperClassCorrectionForm
    form = kind(queries.qualifications(), _units(paper_class.unit), data=as_filled_in(paper_class))
    return render_template("records/paper_class_form.html", form=form, paper_class=paper_class)


@bp.post("/paper-classes/<int:paper_class_id>/edit")
@signed_in
def change_paper_class(paper_class_id: int) -> ResponseReturnValue:
    paper_class = _load(paper_class_id)
    form = PaperClassForm(queries.qualifications(), _units(paper_class.unit))
    if form.validate():
        try:
            actions.change_paper_class(paper_class, form.facts(), by=me(), at=now())
            actions.attach_papers(paper_class, kept_files(), by=me(), at=now())
        except InvalidInput as refusal:
            db.session.rollback()
            form.form_errors = [str(refusal)]
        else:
            db.session.commit()
            return redirect(url_for(".show_paper_class", paper_class_id=paper_class_id), 303)
    return render_template("records/paper_class_form.html", form=form, paper_class=_load(paper_class_id)), 422


@bp.post("/paper-classes/<int:paper_class_id>/correct")
@signed_in
def correct_paper_class(paper_class_id: int) -> ResponseReturnValue:
    """One act for everyone in it: each award that stands is corrected."""
    paper_class = _load(paper_class_id)
    form = PaperClassCorrectionForm(queries.qualifications(), _units(paper_class.unit))
    if form.validate():
        try:
            right = actions.correct_paper_class(
                paper_class, form.facts(), reason=form.reason.data or "", files=kept_files(), by=me(), at=now()
            )
        except InvalidInput as refusal:
            db.session.rollback()
            form.form_errors = [str(refusal)]
        else:
            db.session.commit()
            flash(_("Đã sửa cả lớp: kết quả cũ của từng người bị thu hồi, kết quả đúng thay vào."), "good")
            return redirect(url_for(".show_paper_class", paper_class_id=right.id), 303)
    return render_template("records/paper_class_form.html", form=form, paper_class=_load(paper_class_id)), 422


@bp.post("/paper-classes/<int:paper_class_id>/people")
@signed_in
def choose_people(paper_class_id: int) -> ResponseReturnValue:
    """Whoever was ticked, or everyone who was found; nobody who may not be seen."""
    paper_class = _load(paper_class_id)
    visible = visible_people(me())
    if request.form.get("everyone"):
        form = CandidatesForm(request.form, _units())
        form.validate()
        most = actions.papers.MOST_PEOPLE + 1
        people, _count = queries.candidates(form.asked(), paper_class, day=today(), visible=visible, most=most)
    else:
        people = people_by_ids(visible, _person_ids())
    added = actions.choose_people(paper_class, people, by=me(), at=now())
    db.session.commit()
    flash(_("Đã thêm %(count)s người vào lớp.", count=added), "good" if added else "info")
    kept: dict[str, Any] = {name: request.form[name] for name in ("unit", "q", "everybody") if request.form.get(name)}
    return redirect(url_for(".show_paper_class", paper_class_id=paper_class_id, **kept), 303)


@bp.post("/paper-classes/<int:paper_class_id>/paste")
@signed_in
def paste_people(paper_class_id: int) -> ResponseReturnValue:
    """Lines that name somebody for certain are taken; the others are shown with whom they may mean."""
    paper_class = _load(paper_class_id)
    form = PastedForm()
    if not form.validate():
        return _class_page(paper_class, pasted=form)
    found = queries.people_pasted(read_pasted(form.pasted.data or "", today=today()), visible_people(me()))
    added = actions.choose_people(paper_class, found.people, by=me(), at=now())
    db.session.commit()
    flash(_("Đã thêm %(count)s người vào lớp.", count=added), "good" if added else "info")
    if not (found.doubtful or found.unknown):
        return redirect(url_for(".show_paper_class", paper_class_id=paper_class_id), 303)
    return _class_page(_load(paper_class_id), found=found)


@bp.post("/paper-classes/<int:paper_class_id>/people/drop")
@signed_in
def drop_people(paper_class_id: int) -> ResponseReturnValue:
    actions.drop_people(_load(paper_class_id), _person_ids(), by=me(), at=now())
    db.session.commit()
    return redirect(url_for(".show_paper_class", paper_class_id=paper_class_id), 303)


@bp.post("/paper-classes/<int:paper_class_id>/discard")
@signed_in
def discard_paper_class(paper_class_id: int) -> ResponseReturnValue:
    seen = row_id(request.form.get("seen")) or 0
    actions.discard_paper_class(_load(paper_class_id), seen=seen, by=me(), at=now())
    db.session.commit()
    flash(_("Đã bỏ bản đang soạn."), "info")
    return redirect(url_for(".list_paper_classes"), 303)


@bp.post("/paper-classes/<int:paper_class_id>/enter")
@signed_in
def enter_paper_class(paper_class_id: int) -> ResponseReturnValue:
    paper_class = _load(paper_class_id)
    seen = row_id(request.form.get("seen")) or 0
    made = actions.enter_paper_class(paper_class, seen=seen, visible=visible_people(me()), by=me(), at=now())
    db.session.commit()
    flash(_("Đã ghi kết quả cho %(count)s người.", count=len(made)), "good")
    return redirect(url_for(".show_paper_class", paper_class_id=paper_class_id), 303)


@bp.post("/paper-classes/<int:paper_class_id>/revoke")
@signed_in
def revoke_paper_class(paper_class_id: int) -> ResponseReturnValue:
    paper_class = _load(paper_class_id)
    form = RevocationForm()
    if not form.validate():
        return _class_page(paper_class, revocation=form)
    try:
        revoked = actions.revoke_paper_class(paper_class, **form.values, by=me(), at=now())
    except InvalidInput as refusal:
        db.session.rollback()
        form.on.errors = [str(refusal)]
        return _class_page(_load(paper_class_id), revocation=form)
    db.session.commit()
    flash(_("Đã thu hồi kết quả của %(count)s người.", count=len(revoked)), "good")
    return redirect(url_for(".show_paper_class", paper_class_id=paper_class_id), 303)


@bp.get("/paper-classes/<int:paper_class_id>/evidence/<int:file_id>")
@signed_in
def show_paper(paper_class_id: int, file_id: int) -> ResponseReturnValue:
    return served(_load(paper_class_id).evidence, file_id)


def _load(paper_class_id: int) -> PaperClass:
    paper_class = queries.paper_class_with_all(paper_class_id) or abort(404)
    require(policies.can_work_on_class(me(), paper_class))
    return paper_class


def _units(kept: Unit | None = None) -> list[Unit]:
    """Units to choose from; the one that is chosen already among them."""
    units = units_below(scope_of(me()))
    return units if kept is None or kept in units else [kept, *units]


def _person_ids() -> list[int]:
    ids = (row_id(text) for text in request.form.getlist("person_id"))
    return [number for number in ids if number is not None][: actions.papers.MOST_PEOPLE]


def _class_page(
    paper_class: PaperClass,
    *,
    pasted: PastedForm | None = None,
    found: Found | None = None,
    revocation: RevocationForm | None = None,
) -> ResponseReturnValue:
    is_wrong = any(form is not None and form.errors for form in (pasted, revocation))
    if paper_class.state is DRAFT:
        body = _draft_page(paper_class, pasted or PastedForm(formdata=None), found or Found())
    else:
        body = _entered_page(paper_class, revocation)
    return body, 422 if is_wrong else 200


def _draft_page(paper_class: PaperClass, pasted: PastedForm, found: Found) -> str:
    form = CandidatesForm(request.args, _units())
    asked = form.asked() if form.validate() else queries.Candidates()
    visible = visible_people(me())
    people, count = queries.candidates(asked, paper_class, day=today(), visible=visible) if asked.is_asked else ([], 0)
    outlooks = queries.outlooks(
        paper_class.people,
        paper_class.qualification,
        awarded_on=paper_class.held_on,
        hours=paper_class.hours,
        day=today(),
        visible=visible,
        by=me(),
    )
    return render_template(
        "records/paper_class_draft.html",
        paper_class=paper_class,
        form=form,
        asked=asked,
        people=people,
        count=count,
        chosen=[(one, outlooks[one.id]) for one in paper_class.people if outlooks[one.id] is not Outlook.OUT_OF_SCOPE],
        hidden_count=sum(outlook is Outlook.OUT_OF_SCOPE for outlook in outlooks.values()),
        counts=[(outlook, amount) for outlook, amount in Counter(outlooks.values()).most_common()],
        written_count=sum(outlook.is_written for outlook in outlooks.values()),
        pasted=pasted,
        found=found,
    )


def _entered_page(paper_class: PaperClass, revocation: RevocationForm | None) -> str:
    awards = queries.awards_of_class(paper_class)
    seen = {one.id for one in people_by_ids(visible_people(me()), {award.person_id for award in awards})}
    return render_template(
        "records/paper_class.html",
        paper_class=paper_class,
        awards=[award for award in awards if award.person_id in seen],
        hidden_count=sum(award.person_id not in seen for award in awards),
        standing_count=sum(award.revoked_on is None for award in awards),
        form=revocation or RevocationForm(formdata=None, data={"on": paper_class.held_on}),
        is_entered=paper_class.state is ENTERED,
        wrong=db.session.get(PaperClass, paper_class.corrects_id) if paper_class.corrects_id else None,
        right=queries.paper_class_in_place_of(paper_class),
    )
