"""Requirements: who must be trained in what, version by version; a new version is shown before it is published."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.records import actions, policies, queries
from lms.records.actions import Draft, Preview
from lms.records.forms import QualificationForm, VersionForm
from lms.records.forms.requirements import as_filled_in
from lms.records.models import Needed, Requirement
from lms.records.rules import Clause
from lms.records.rules.clauses import KINDS
from lms.records.views.blueprint import bp, me
from lms.records.words import changes_between
from lms.registry.queries import unit_by_code
from lms.web.access import require, signed_in
from lms.web.arguments import row_id


@bp.get("/requirements")
@signed_in
def list_requirements() -> ResponseReturnValue:
    require(policies.can_read_requirements(me()))
    found = queries.requirements()
    return render_template(
        "records/requirements.html",
        requirements=[(one, queries.version_on(one, today())) for one in found],
        qualifications=queries.qualifications(),
        units=queries.units_named(version for one in found for version in one.versions),
        may_change=policies.can_change_requirements(me()),
        form=QualificationForm(formdata=None),
    )


@bp.post("/qualifications")
@signed_in
def add_qualification() -> ResponseReturnValue:
    require(policies.can_change_requirements(me()))
    form = QualificationForm()
    if form.validate():
        try:
            actions.make_qualification(**form.values, by=me(), at=now())
        except InvalidInput as refusal:
            form.code.errors = [str(refusal)]
        else:
            db.session.commit()
            flash(_("Đã thêm chuẩn tập huấn."), "good")
            return redirect(url_for(".list_requirements"), 303)
    return render_template("records/qualification.html", form=form), 422


@bp.get("/requirements/<requirement_code>")
@signed_in
def show_requirement(requirement_code: str) -> ResponseReturnValue:
    require(policies.can_read_requirements(me()))
    requirement = _load(requirement_code)
    units = queries.units_named(requirement.versions)
    versions = requirement.versions
    return render_template(
        "records/requirement.html",
        requirement=requirement,
        current=queries.version_on(requirement, today()),
        history=[
            (version, changes_between(before, version, units) if before is not None else [])
            for before, version in zip([None, *versions], versions, strict=False)
        ][::-1],
        units=units,
        may_change=policies.can_change_requirements(me()),
    )


@bp.get("/requirements/new")
@signed_in
def new_requirement() -> ResponseReturnValue:
    require(policies.can_change_requirements(me()))
    return _form_page(None, VersionForm(queries.qualifications(), formdata=None, is_new=True), None)


@bp.post("/requirements/new")
@signed_in
def make_requirement() -> ResponseReturnValue:
    require(policies.can_change_requirements(me()))
    return _answer(None)


@bp.get("/requirements/<requirement_code>/versions/new")
@signed_in
def new_version(requirement_code: str) -> ResponseReturnValue:
    require(policies.can_change_requirements(me()))
    requirement = _load(requirement_code)
    filled_in = as_filled_in(requirement.versions[-1])
    return _form_page(
        requirement, VersionForm(queries.qualifications(), formdata=None, data=filled_in, is_new=False), None
    )


@bp.post("/requirements/<requirement_code>/versions/new")
@signed_in
def make_version(requirement_code: str) -> ResponseReturnValue:
    require(policies.can_change_requirements(me()))
    return _answer(_load(requirement_code))


def _answer(requirement: Requirement | None) -> ResponseReturnValue:
    """Shows what the version would change; publishes it only if that is what was shown."""
    form = VersionForm(queries.qualifications(), is_new=requirement is None)
    if not form.validate():
        return _form_page(requirement, form, None)
    try:
        draft = _draft(form)
        seen = actions.preview(requirement, draft, at=now())
        if request.form.get("do") != "publish":
            return _form_page(requirement, form, seen)
        if request.form.get("digest") != seen.digest:
            return _form_page(requirement, form, seen, is_stale=True)
        if actions.posts_touched(requirement, draft) > actions.publishing.MOST_AT_ONCE:
            names = form.names if requirement is None else None
            job = actions.ask_to_publish(requirement, draft, digest=seen.digest, names=names, by=me(), at=now())
            db.session.commit()
            return redirect(url_for("jobs.show_job", job_id=job.id, wait=1), 303)
        if requirement is None:
            requirement = actions.make_requirement(**form.names, draft=draft, by=me(), at=now())
        else:
            actions.publish(requirement, draft, by=me(), at=now())
    except InvalidInput as refusal:
        db.session.rollback()
        form.form_errors = [str(refusal)]
        return _form_page(requirement, form, None)
    db.session.commit()
    flash(_("Đã ban hành. Diện phải học của mọi người đã được tính lại."), "good")
    return redirect(url_for(".show_requirement", requirement_code=requirement.code), 303)


def _form_page(
    requirement: Requirement | None, form: VersionForm, seen: Preview | None, *, is_stale: bool = False
) -> ResponseReturnValue:
    lists: list[dict[str, Any]] = []
    if seen is not None:
        which, _colon, after = request.form.get("do", "").partition(":")
        for name, condition, count in (
            ("in", seen.coming_in, seen.in_count),
            ("out", seen.dropping_out, seen.out_count),
        ):
            people, more = queries.names_page(condition, row_id(after) if which == name else None)
            lists.append({"name": name, "people": people, "more": more, "count": count})
    body = render_template(
        "records/version_form.html",
        requirement=requirement,
        form=form,
        seen=seen,
        lists=lists,
        is_stale=is_stale,
    )
    return body, 422 if form.errors else 409 if is_stale else 200


def _load(requirement_code: str) -> Requirement:
    return queries.requirement_by_code(requirement_code) or abort(404)


def _draft(form: VersionForm) -> Draft:
    told: dict[str, Any] = form.data
    chosen = set(told["qualification_ids"])
    needed = Needed(told["needed"])
    return Draft(
        effective_from=told["effective_from"],
        legal_basis=told["legal_basis"].strip(),
        clauses=[_clause(group) for group in told["clauses"] if group["kind"] in KINDS],
        qualifications=[one for one in queries.qualifications() if one.id in chosen],
        needed=needed,
        needed_count=told["needed_count"] if needed is Needed.SOME else None,
        needed_hours=told["needed_hours"] if needed is Needed.HOURS else None,
        reason=told["reason"].strip(),
        **{name: told[name] for name in ("due_on", "due_days", "valid_months", "window_days")},
    )


def _clause(told: dict[str, Any]) -> Clause:
    """A group as it was filled in. What only goes for the other kind of post is left out: nobody would meet it."""
    is_official = told["kind"] == "official"
    paths = set()
    for code in (told["unit_codes"] or "").replace(";", ",").split(","):
        if not code.strip():
            continue
        unit = unit_by_code(code.strip())
        if unit is None:
            raise InvalidInput(_l("Không có đơn vị nào mang mã “%(code)s”.", code=code.strip()))
        paths.add(unit.path)
    return Clause(
        told["kind"],
        levels=frozenset(told["levels"] if is_official else ()),
        organisation_kinds=frozenset(() if is_official else told["organisation_kinds"]),
        product_groups=frozenset(() if is_official else told["product_groups"]),
        origins=frozenset(() if is_official else told["origins"]),
        units=frozenset(paths),
    )
