"""Staff pages: the courses there are, classes, who learns in them and who still should."""

from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from courses import actions, policies, queries
from courses.forms import ClassForm, EnrolForm
from courses.models import ItemKind, TrainingClass
from courses.views.frame import bp, learner_pages, me
from courses.views.learning import KIND_NAMES, lesson_html
from lms.accounts.models import Role, User
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.registry.policies import scope_of
from lms.registry.words import unit_name
from lms.web.access import require, signed_in
from lms.web.forms import SelectChoice

SHOWN_PEOPLE: Final = 200
"""Names on one page of people to enrol; all of them can still be enrolled at once."""


@bp.get("/courses")
@signed_in
def list_courses() -> ResponseReturnValue:
    require(policies.can_browse_courses(me()))
    return render_template("courses/courses.html", versions=queries.versions())


@bp.get("/courses/<int:version_id>")
@signed_in
def show_version(version_id: int) -> ResponseReturnValue:
    require(policies.can_browse_courses(me()))
    version = queries.version_with_items(version_id) or abort(404)
    return render_template("courses/version.html", version=version, kind_names=KIND_NAMES)


@bp.get("/courses/<int:version_id>/lessons/<slug>")
@signed_in
def preview_lesson(version_id: int, slug: str) -> ResponseReturnValue:
    require(policies.can_browse_courses(me()))
    version = queries.version_with_items(version_id) or abort(404)
    lesson = queries.item_of(version_id, slug, ItemKind.LESSON) or abort(404)
    return render_template("courses/preview.html", version=version, lesson=lesson, body=lesson_html(lesson))


@bp.get("/classes")
@signed_in
def list_classes() -> ResponseReturnValue:
    require(policies.can_browse_courses(me()))
    return render_template(
        "courses/classes.html",
        rows=queries.classes(policies.visible_classes(me())),
        may_open=policies.can_open_classes(me()),
        unit_name=unit_name,
        day=today(),
    )


@bp.get("/classes/new")
@signed_in
def new_class() -> ResponseReturnValue:
    form = _new_class_form()
    return render_template("courses/class_form.html", form=form, training_class=None)


@bp.post("/classes/new")
@signed_in
def open_class() -> ResponseReturnValue:
    form = _new_class_form()
    if form.validate():
        version = queries.version_with_items(form.version_id.data) or abort(404)
        unit = queries.unit(form.unit_id.data) or abort(404)
        require(policies.can_open_class_in(me(), unit))
        able = {trainer.id: trainer for trainer in queries.trainers_for([unit.path])}
        if any(chosen not in able for chosen in form.trainer_ids):
            form.trainers.errors = [_("Giảng viên này không thuộc địa phương đã chọn.")]
        else:
            try:
                training_class = actions.open_class(
                    version,
                    unit=unit,
                    trainers=[able[chosen] for chosen in form.trainer_ids],
                    **form.values,
                    by=me(),
                    at=now(),
                )
            except InvalidInput as refusal:
                db.session.rollback()
                form.form_errors.append(refusal.message)
            else:
                db.session.commit()
                flash(_("Đã mở lớp “%(name)s”.", name=training_class.name), "good")
                return redirect(url_for(".show_class", class_id=training_class.id), 303)
    return render_template("courses/class_form.html", form=form, training_class=None), 422


def _new_class_form() -> ClassForm:
    require(policies.can_open_classes(me()))
    paths = scope_of(me())
    form = ClassForm(starts_on=today(), is_open=True) if request.method == "GET" else ClassForm()
    form.version_id.choices = [
        SelectChoice(version.id, _("%(title)s (phiên bản %(number)s)", title=version.title, number=version.number))
        for version in queries.versions()
    ]
    form.unit_id.choices = [SelectChoice(*choice) for choice in queries.unit_choices(paths)]
    form.trainers.choices = [SelectChoice(trainer.id, trainer.display_name) for trainer in queries.trainers_for(paths)]
    return form


@bp.get("/classes/<int:class_id>")
@signed_in
def show_class(class_id: int) -> ResponseReturnValue:
    training_class = _load_class(class_id)
    may_manage = policies.can_manage_class(me(), training_class)
    outstanding = queries.outstanding_people(training_class, today()) if may_manage else []
    return render_template(
        "courses/class.html",
        training_class=training_class,
        learners=queries.learners_of(training_class),
        outstanding=outstanding[:SHOWN_PEOPLE],
        outstanding_count=len(outstanding),
        may_manage=may_manage,
        unit_name=unit_name,
        learner_page=next(iter(learner_pages.values()), None) if policies.can_teach(me(), training_class) else None,
        day=today(),
    )


def _load_class(class_id: int) -> TrainingClass:
    training_class = queries.class_with_course(class_id) or abort(404)
    require(policies.can_see_class(me(), training_class))
    return training_class


def _load_managed_class(class_id: int) -> TrainingClass:
    training_class = queries.class_with_course(class_id) or abort(404)
    require(policies.can_manage_class(me(), training_class))
    return training_class


@bp.get("/classes/<int:class_id>/edit")
@signed_in
def edit_class(class_id: int) -> ResponseReturnValue:
    training_class = _load_managed_class(class_id)
    form = _change_class_form(training_class)
    return render_template("courses/class_form.html", form=form, training_class=training_class)


@bp.post("/classes/<int:class_id>/edit")
@signed_in
def change_class(class_id: int) -> ResponseReturnValue:
    training_class = _load_managed_class(class_id)
    form = _change_class_form(training_class)
    if form.validate():
        able = _able_trainers(training_class)
        try:
            actions.change_class(
                training_class,
                trainers=[able[chosen] for chosen in form.trainer_ids],
                **form.values,
                by=me(),
                at=now(),
            )
        except InvalidInput as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.message)
            training_class = _load_managed_class(class_id)
        else:
            db.session.commit()
            flash(_("Đã lưu thay đổi của lớp."), "good")
            return redirect(url_for(".show_class", class_id=class_id), 303)
    return render_template("courses/class_form.html", form=form, training_class=training_class), 422


def _able_trainers(training_class: TrainingClass) -> dict[int, User]:
    """Who may train the class, by id; who already does stays, whatever became of their scope."""
    able = {trainer.id: trainer for trainer in queries.trainers_for([training_class.unit.path])}
    able.update((trainer.id, trainer) for trainer in training_class.trainers if trainer.has_role(Role.TRAINER))
    return able


def _change_class_form(training_class: TrainingClass) -> ClassForm:
    form = ClassForm(
        is_new=False,
        name=training_class.name,
        starts_on=training_class.starts_on,
        ends_on=training_class.ends_on,
        is_open=training_class.is_open,
        trainers=[trainer.id for trainer in training_class.trainers],
    )
    form.trainers.choices = [
        SelectChoice(trainer.id, trainer.display_name) for trainer in _able_trainers(training_class).values()
    ]
    return form


@bp.post("/classes/<int:class_id>/enrol")
@signed_in
def enrol_people(class_id: int) -> ResponseReturnValue:
    training_class = _load_managed_class(class_id)
    form = EnrolForm()
    if not form.validate():
        abort(422)
    # Only those whom the class is for: an id from elsewhere is simply not among them.
    outstanding = queries.outstanding_people(training_class, today())
    wanted = set(form.person_id.data or [])
    chosen = [person for person in outstanding if form.everyone.data or person.id in wanted]
    for person in chosen:
        actions.enrol(training_class, person, by=me(), at=now())
    db.session.commit()
    if chosen:
        flash(_("Đã ghi danh %(count)s người.", count=len(chosen)), "good")
    else:
        flash(_("Chưa chọn ai để ghi danh."), "warning")
    return redirect(url_for(".show_class", class_id=class_id), 303)
