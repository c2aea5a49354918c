"""A learner's pages: what is required and how far it is, the class, its lessons and their pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses import actions, policies, queries
from courses.models import CourseItem, CourseVersion, Enrolment, ItemKind, TrainingClass
from courses.queries import Study
from courses.rules import is_running, join_fault
from courses.views.frame import bp, item_url, me, notes_of
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.records.queries import Standing, person_of, standing_of
from lms.registry.words import unit_name
from lms.web import markdown
from lms.web.access import require, signed_in

KIND_NAMES: Final = {
    ItemKind.LESSON: _l("Bài học"),
    ItemKind.QUIZ: _l("Bài kiểm tra"),
    ItemKind.EXERCISE: _l("Bài thực hành"),
}


@dataclass(frozen=True)
class Need:
    """Something a learner must have, and the ways to it."""

    standing: Standing
    studies: list[Study]
    classes: list[TrainingClass]


def load_enrolment(enrolment_id: int) -> Enrolment:
    """An enrolment of whoever asks; anybody else's is refused."""
    enrolment = queries.enrolment_with_course(enrolment_id) or abort(404)
    require(policies.can_see_enrolment(me(), enrolment))
    return enrolment


@bp.get("/learning")
@signed_in
def show_learning() -> ResponseReturnValue:
    person = person_of(me())
    if person is None:
        return render_template("courses/learning.html", person=None, needs=[], studies=[], classes=[])
    studies = queries.studies_of(person)
    classes = queries.classes_to_join(person, today())
    needs = [
        Need(
            standing,
            [study for study in studies if _leads_to(study.enrolment.training_class.version, standing)],
            [one for one in classes if _leads_to(one.version, standing)],
        )
        for standing in standing_of(person, today())
    ]
    shown = {study.enrolment.id for need in needs for study in need.studies}
    offered = {one.id for need in needs for one in need.classes}
    return render_template(
        "courses/learning.html",
        person=person,
        needs=needs,
        studies=[study for study in studies if study.enrolment.id not in shown],
        classes=[one for one in classes if one.id not in offered],
        item_url=item_url,
        kind_names=KIND_NAMES,
    )


def _leads_to(version: CourseVersion, standing: Standing) -> bool:
    return version.course.qualification in standing.version.qualifications


@bp.post("/classes/<int:class_id>/join")
@signed_in
def join_class(class_id: int) -> ResponseReturnValue:
    training_class = queries.class_with_course(class_id) or abort(404)
    person = person_of(me())
    require(person is not None)
    assert person is not None
    enrolment = queries.enrolment_of(training_class, person)
    if enrolment is None:
        version = training_class.version
        fault = join_fault(
            is_open=training_class.is_open,
            starts_on=training_class.starts_on,
            ends_on=training_class.ends_on,
            class_path=training_class.unit.path,
            position_paths=queries.position_paths(person, version, today()),
            day=today(),
        )
        require(fault is None)
        if queries.is_taking(person, version.course):
            flash(_("Bạn đã học hoặc đang học khóa này ở một lớp khác."), "info")
            return redirect(url_for(".show_learning"), 303)
        enrolment = actions.enrol(training_class, person, by=me(), at=now())
        db.session.commit()
        flash(_("Bạn đã vào lớp “%(name)s”. Bạn bắt đầu học được ngay.", name=training_class.name), "good")
    return redirect(url_for(".show_enrolment", enrolment_id=enrolment.id), 303)


@bp.get("/learning/<int:enrolment_id>")
@signed_in
def show_enrolment(enrolment_id: int) -> ResponseReturnValue:
    enrolment = load_enrolment(enrolment_id)
    study = queries.study_of(enrolment)
    training_class = queries.class_with_course(enrolment.class_id)
    return render_template(
        "courses/enrolment.html",
        enrolment=enrolment,
        training_class=training_class,
        unit_name=unit_name,
        study=study,
        notes=notes_of(enrolment),
        kinds={item.kind for item in study.items},
        kind_names=KIND_NAMES,
        item_url=item_url,
        is_running=_is_running(enrolment),
    )


def _is_running(enrolment: Enrolment) -> bool:
    training_class = enrolment.training_class
    return is_running(training_class.starts_on, training_class.ends_on, today())


@bp.get("/learning/<int:enrolment_id>/lessons/<slug>")
@signed_in
def show_lesson(enrolment_id: int, slug: str) -> ResponseReturnValue:
    enrolment = load_enrolment(enrolment_id)
    lesson = _load_lesson(enrolment.training_class.version_id, slug)
    study = queries.study_of(enrolment)
    return render_template(
        "courses/lesson.html",
        enrolment=enrolment,
        version=enrolment.training_class.version,
        lesson=lesson,
        body=lesson_html(lesson),
        study=study,
        previous=_beside(study.items, lesson, -1),
        following=_beside(study.items, lesson, +1),
        item_url=item_url,
        is_running=_is_running(enrolment),
    )


@bp.post("/learning/<int:enrolment_id>/lessons/<slug>/done")
@signed_in
def finish_lesson(enrolment_id: int, slug: str) -> ResponseReturnValue:
    enrolment = load_enrolment(enrolment_id)
    lesson = _load_lesson(enrolment.training_class.version_id, slug)
    was_complete = enrolment.completed_at is not None
    actions.finish_lesson(enrolment, lesson, by=me(), at=now())
    db.session.commit()
    study = queries.study_of(enrolment)
    if study.enrolment.completed_at is not None and not was_complete:
        return redirect(url_for(".show_enrolment", enrolment_id=enrolment.id), 303)
    flash(_("Đã ghi: bạn học xong “%(title)s”.", title=lesson.title), "good")
    following = _beside(study.items, lesson, +1)
    if following is None or study.is_done(following):
        return redirect(url_for(".show_enrolment", enrolment_id=enrolment.id), 303)
    return redirect(item_url(enrolment, following), 303)


def _load_lesson(version_id: int, slug: str) -> CourseItem:
    return queries.item_of(version_id, slug, ItemKind.LESSON) or abort(404)


def _beside(items: Sequence[CourseItem], item: CourseItem, step: int) -> CourseItem | None:
    return next((other for other in items if other.position == item.position + step), None)


def lesson_html(lesson: CourseItem) -> Markup:
    """The text of a lesson as HTML, with the addresses of its pictures."""
    pictures = url_for(".show_picture", version_id=lesson.version_id, name="-").removesuffix("/-")
    return _rendered(lesson.body or "", pictures)


@lru_cache(maxsize=256)
def _rendered(body: str, pictures: str) -> Markup:
    """A published lesson never changes, so its HTML is made once."""
    return markdown.render(body, pictures=pictures)


@bp.get("/courses/<int:version_id>/pictures/<name>")
@signed_in
def show_picture(version_id: int, name: str) -> ResponseReturnValue:
    require(queries.is_version_allowed(version_id, policies.readable_versions(me())))
    found = queries.picture(version_id, name)
    if found is None:
        abort(404)
    media_type, content = found
    response = Response(content, mimetype=media_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
