"""Awards one by one: entering one from paper, correcting and revoking one, and the files that show it to be right."""

import secrets
from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.records import actions, policies, queries
from lms.records.forms import AwardForm, CorrectionForm, RevocationForm
from lms.records.models import Award, Qualification
from lms.records.views.blueprint import bp, me
from lms.records.views.files import MOST_FILES, kept_files, served
from lms.registry.models import Person
from lms.web.access import require, signed_in
from lms.web.arguments import row_id


@bp.get("/people/<int:person_id>/awards/new")
@signed_in
def new_award(person_id: int) -> ResponseReturnValue:
    person = _load_person(person_id)
    form = AwardForm(queries.qualifications(), data={"key": f"form/{secrets.token_hex(16)}"})
    return render_template("records/award_form.html", person=person, form=form, award=None)


@bp.post("/people/<int:person_id>/awards/new")
@signed_in
def enter_award(person_id: int) -> ResponseReturnValue:
    """First time: keeps the files and asks whether all is right. Second time, told so: enters it."""
    person = _load_person(person_id)
    qualifications = queries.qualifications()
    form = AwardForm(qualifications)
    if not form.validate():
        return render_template("records/award_form.html", person=person, form=form, award=None), 422
    qualification = _chosen(form, qualifications)
    if request.form.get("is_right") != "yes":
        try:
            files = kept_files()
        except InvalidInput as refusal:
            form.files.errors = [str(refusal)]
            return render_template("records/award_form.html", person=person, form=form, award=None), 422
        db.session.commit()
        return render_template(
            "records/award_confirm.html",
            person=person,
            form=form,
            qualification=qualification,
            files=files,
            known=queries.standing_award(person, qualification, form.values["awarded_on"]),
        )
    made = actions.record_on_paper(
        person,
        qualification,
        **form.values,
        key=form.key.data or f"form/{secrets.token_hex(16)}",
        evidence=queries.files_kept_by(me(), _file_ids()),
        by=me(),
        at=now(),
    )
    db.session.commit()
    flash(_("Đã ghi kết quả."), "good")
    return redirect(url_for(".show_award", award_id=made.id), 303)


@bp.get("/awards/<int:award_id>")
@signed_in
def show_award(award_id: int) -> ResponseReturnValue:
    award, people = _load_award(award_id)
    return _award_page(award, people, RevocationForm(formdata=None, data={"on": today()}))


@bp.post("/awards/<int:award_id>/revoke")
@signed_in
def revoke(award_id: int) -> ResponseReturnValue:
    award, people = _load_award(award_id)
    require(policies.can_change_awards(me(), people))
    form = RevocationForm()
    if not form.validate():
        return _award_page(award, people, form)
    try:
        actions.revoke_award(award, **form.values, by=me(), at=now())
    except InvalidInput as refusal:
        form.on.errors = [str(refusal)]
        return _award_page(award, people, form)
    db.session.commit()
    flash(_("Đã thu hồi kết quả."), "good")
    return redirect(url_for(".show_award", award_id=award.id), 303)


@bp.get("/awards/<int:award_id>/correct")
@signed_in
def edit_award(award_id: int) -> ResponseReturnValue:
    award, people = _load_award(award_id)
    require(policies.can_change_awards(me(), people) and award.revoked_on is None)
    form = CorrectionForm(queries.qualifications(), obj=award)
    return render_template("records/award_form.html", person=award.person, form=form, award=award)


@bp.post("/awards/<int:award_id>/correct")
@signed_in
def correct(award_id: int) -> ResponseReturnValue:
    award, people = _load_award(award_id)
    require(policies.can_change_awards(me(), people))
    qualifications = queries.qualifications()
    form = CorrectionForm(qualifications)
    if not form.validate():
        return render_template("records/award_form.html", person=award.person, form=form, award=award), 422
    try:
        right = actions.correct_award(
            award,
            _chosen(form, qualifications),
            **form.values,
            evidence=kept_files(),
            by=me(),
            at=now(),
        )
    except InvalidInput as refusal:
        db.session.rollback()
        award, _people = _load_award(award_id)
        form.form_errors = [str(refusal)]
        return render_template("records/award_form.html", person=award.person, form=form, award=award), 422
    db.session.commit()
    flash(_("Đã sửa: kết quả cũ bị thu hồi, kết quả này thay vào."), "good")
    return redirect(url_for(".show_award", award_id=right.id), 303)


@bp.get("/awards/<int:award_id>/evidence/<int:file_id>")
@signed_in
def show_evidence(award_id: int, file_id: int) -> ResponseReturnValue:
    award, _people = _load_award(award_id)
    return served(award.evidence, file_id)


def _load_person(person_id: int) -> Person:
    people = queries.people_of_one(queries.person_with_posts(person_id) or abort(404))
    require(policies.can_change_awards(me(), people))
    return people[0]


def _load_award(award_id: int) -> tuple[Award, Sequence[Person]]:
    award = queries.award_with_evidence(award_id) or abort(404)
    people = queries.people_of_one(award.person)
    require(policies.can_see_record(me(), people))
    return award, people


def _award_page(award: Award, people: Sequence[Person], form: RevocationForm) -> ResponseReturnValue:
    body = render_template(
        "records/award.html",
        award=award,
        person=people[0],
        form=form,
        may_change=policies.can_change_awards(me(), people) and award.revoked_on is None,
        wrong=db.session.get(Award, award.corrects_id) if award.corrects_id is not None else None,
        right=queries.correction_of(award),
        application=queries.application_of_award(award.id),
        may_see_class=award.paper_class is not None and policies.can_work_on_class(me(), award.paper_class),
    )
    return body, 422 if form.errors else 200


def _chosen(form: AwardForm, qualifications: Sequence[Qualification]) -> Qualification:
    return next(one for one in qualifications if one.id == form.qualification_id.data)


def _file_ids() -> list[int]:
    return [number for text in request.form.getlist("file_id") if (number := row_id(text)) is not None][:MOST_FILES]
