"""The table of equivalences: what training elsewhere stands for which qualification, kept by administrators."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.records import actions, policies, queries
from lms.records.forms import EndForm, EquivalenceForm, NextEquivalenceForm
from lms.records.models import Equivalence
from lms.records.views.blueprint import bp, me
from lms.web.access import require, signed_in


@bp.get("/equivalences")
@signed_in
def list_equivalences() -> ResponseReturnValue:
    require(policies.can_read_equivalences(me()))
    return render_template(
        "records/equivalences.html",
        equivalences=queries.equivalences(),
        ended=queries.ended_equivalences(),
        may_change=policies.can_change_equivalences(me()),
    )


@bp.get("/equivalences/new")
@signed_in
def new_equivalence() -> ResponseReturnValue:
    require(policies.can_change_equivalences(me()))
    form = EquivalenceForm(queries.qualifications(), formdata=None)
    return render_template("records/equivalence_form.html", form=form, before=None, end=None)


@bp.post("/equivalences/new")
@signed_in
def make_equivalence() -> ResponseReturnValue:
    require(policies.can_change_equivalences(me()))
    return _answer(EquivalenceForm(queries.qualifications()), None)


@bp.get("/equivalences/<int:equivalence_id>/next")
@signed_in
def next_equivalence(equivalence_id: int) -> ResponseReturnValue:
    require(policies.can_change_equivalences(me()))
    before = _load(equivalence_id)
    form = NextEquivalenceForm(queries.qualifications(), formdata=None, obj=before)
    return render_template("records/equivalence_form.html", form=form, before=before, end=EndForm(formdata=None))


@bp.post("/equivalences/<int:equivalence_id>/next")
@signed_in
def replace_equivalence(equivalence_id: int) -> ResponseReturnValue:
    require(policies.can_change_equivalences(me()))
    return _answer(NextEquivalenceForm(queries.qualifications()), _load(equivalence_id))


@bp.post("/equivalences/<int:equivalence_id>/end")
@signed_in
def end_equivalence(equivalence_id: int) -> ResponseReturnValue:
    require(policies.can_change_equivalences(me()))
    before, end = _load(equivalence_id), EndForm()
    if not end.validate():
        form = NextEquivalenceForm(queries.qualifications(), formdata=None, obj=before)
        return render_template("records/equivalence_form.html", form=form, before=before, end=end), 422
    actions.end_equivalence(before, reason=end.reason.data or "", by=me(), at=now())
    db.session.commit()
    flash(_("Đã thôi dùng dòng này."), "good")
    return redirect(url_for(".list_equivalences"), 303)


def _load(equivalence_id: int) -> Equivalence:
    return db.session.get(Equivalence, equivalence_id) or abort(404)


def _answer(form: EquivalenceForm, before: Equivalence | None) -> ResponseReturnValue:
    if form.validate():
        reason = (form.reason.data or "") if isinstance(form, NextEquivalenceForm) else ""
        try:
            actions.make_equivalence(form.facts(), replaces=before, reason=reason, by=me(), at=now())
        except InvalidInput as refusal:
            db.session.rollback()
            form.form_errors = [str(refusal)]
        else:
            db.session.commit()
            flash(_("Đã ghi vào bảng tương đương."), "good")
            return redirect(url_for(".list_equivalences"), 303)
    end = EndForm(formdata=None) if before is not None else None
    return render_template("records/equivalence_form.html", form=form, before=before, end=end), 422
