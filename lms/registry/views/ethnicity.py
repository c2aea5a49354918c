"""Somebody's ethnic group: seen and changed on a page of its own, for a purpose, and the log of that."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import gettext as _
from lms.registry import actions, policies, queries
from lms.registry.forms import EthnicityForm, PurposeForm
from lms.registry.models import Person
from lms.registry.views.blueprint import bp, me
from lms.registry.views.people import changing
from lms.registry.words import ETHNICITY_ACTS
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id


@bp.get("/people/<int:person_id>/ethnicity")
@signed_in
def ask_ethnicity(person_id: int) -> ResponseReturnValue:
    """Shows nothing yet: first it is said what for."""
    return _page(changing(person_id), PurposeForm())


@bp.post("/people/<int:person_id>/ethnicity/read")
@signed_in
def read_ethnicity(person_id: int) -> ResponseReturnValue:
    """The answer to this POST is the page itself: an address that shows it would be read without a word."""
    person = changing(person_id)
    form = PurposeForm()
    if form.validate():
        try:
            name = actions.read_ethnicity(person, purpose=form.purpose.data or "", by=me(), at=now())
        except DomainError as refusal:
            form.purpose.errors = [str(refusal)]
        else:
            db.session.commit()
            change = EthnicityForm(formdata=None, data={"name": name or "", "purpose": form.purpose.data})
            return _page(person, form, change, name)
    return _page(person, form), 422


@bp.post("/people/<int:person_id>/ethnicity")
@signed_in
def change_ethnicity(person_id: int) -> ResponseReturnValue:
    person = changing(person_id)
    form = EthnicityForm()
    if form.validate():
        try:
            actions.set_ethnicity(person, form.name.data or "", purpose=form.purpose.data or "", by=me(), at=now())
        except DomainError as refusal:
            form.purpose.errors = [str(refusal)]
        else:
            db.session.commit()
            flash(_("Đã lưu dân tộc."), "good")
            return redirect(url_for(".show_person", person_id=person.id), 303)
    return _page(person, form), 422


def _page(person: Person, form: PurposeForm, change: EthnicityForm | None = None, name: str | None = None) -> str:
    return render_template(
        "registry/ethnicity.html",
        person=person,
        form=form,
        change=change,
        name=name,
        may_read_log=policies.can_read_ethnicity_log(me()),
    )


@bp.get("/people/ethnicity-log")
@signed_in
def list_ethnicity_log() -> ResponseReturnValue:
    require(policies.can_read_ethnicity_log(me()))
    before = asked_id("before")
    page = queries.ethnicity_log(before=before)
    return render_template(
        "registry/ethnicity_log.html",
        page=page,
        acts=ETHNICITY_ACTS,
        first_href=url_for(".list_ethnicity_log") if before else None,
        next_href=url_for(".list_ethnicity_log", before=page.next) if page.next else None,
    )
