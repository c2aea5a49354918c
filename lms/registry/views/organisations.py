"""Organisations: finding them, what is known of one, who leads it, and changing that."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import gettext as _
from lms.core.secrets import unseal
from lms.registry import actions, policies, queries
from lms.registry.forms import (
    LeaderForm,
    LeaveForm,
    NewLeaderForm,
    OrganisationForm,
    OrganisationsForm,
    ReasonForm,
    unit_data,
)
from lms.registry.models import Level, Organisation, Person, Position
from lms.registry.rules.id_numbers import masked
from lms.registry.rules.reasons import Finding
from lms.registry.signals import standing_asked
from lms.registry.views.blueprint import bp, me
from lms.registry.views.people import cursor
from lms.registry.views.places import find_commune
from lms.registry.words import Standing, finding_text
from lms.web.access import require, signed_in
from lms.web.arguments import row_id

FILTERS = ("q", "unit", "kind", "product", "origin", "state")
NEW = "new"
"""In the place of a person's id: somebody who is not known yet."""


def standings_of(organisations: Sequence[Organisation], on: date) -> dict[int, Standing]:
    """How organisations stand on a day, by their ids, as far as somebody above knows."""
    found: dict[int, Standing] = {}
    for _receiver, told in standing_asked.send("registry", organisations=organisations, on=on):
        found.update(told)
    return found


@bp.get("/organisations")
@signed_in
def list_organisations() -> ResponseReturnValue:
    require(policies.can_find_organisations(me()))
    form = OrganisationsForm(request.args, queries.units_below(policies.scope_of(me())))
    is_valid = form.validate()
    asked = queries.OrganisationFilter(
        on=today(), text=(form.q.data or "") if is_valid else "", **(form.asked() if is_valid else {})
    )
    visible = policies.visible_organisations(me())
    after = cursor()
    page = queries.organisations_page(visible, asked, after=after)
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    next_href = None
    if page.next:
        next_href = url_for(".list_organisations", **kept, after_key=page.next[0], after_id=page.next[1])
    body = render_template(
        "registry/organisations.html",
        form=form,
        page=page,
        is_narrowed=bool(kept),
        count=queries.organisations_count(visible, asked),
        standings=standings_of(page.items, today()),
        day=today(),
        first_href=url_for(".list_organisations", **kept) if after else None,
        next_href=next_href,
    )
    return body, 200 if is_valid else 422


@bp.get("/organisations/new")
@signed_in
def new_organisation() -> ResponseReturnValue:
    require(policies.can_find_organisations(me()))
    return _organisation_page(_organisation_form(None), None)


@bp.post("/organisations/new")
@signed_in
def add_organisation() -> ResponseReturnValue:
    require(policies.can_find_organisations(me()))
    form = _organisation_form(None)
    if form.validate():
        require(policies.can_see_unit(me(), form.chosen_unit()))
        try:
            organisation = actions.add_organisation(form.facts(), by=me(), at=now())
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
        else:
            db.session.commit()
            flash(_("Đã thêm chủ thể. Bây giờ hãy ghi ai đang lãnh đạo."), "good")
            return redirect(url_for(".show_organisation", organisation_id=organisation.id), 303)
    return _organisation_page(form, None), 422


@bp.get("/organisations/<int:organisation_id>")
@signed_in
def show_organisation(organisation_id: int) -> ResponseReturnValue:
    organisation = _organisation_or_404(organisation_id)
    return _show(organisation, LeaveForm(formdata=None, today=today()), ReasonForm(formdata=None))


def _organisation_or_404(organisation_id: int) -> Organisation:
    organisation = queries.organisation_with_unit(organisation_id) or abort(404)
    require(policies.can_see_organisation(me(), organisation))
    return organisation


def _show(organisation: Organisation, leave_form: LeaveForm, stay_form: ReasonForm) -> str:
    posts = queries.leaders_of(organisation)
    visible = queries.people_by_ids(policies.visible_people(me()), {post.person_id for post in posts})
    day = today()
    return render_template(
        "registry/organisation.html",
        organisation=organisation,
        owner_id_number=_owner_shown(organisation),
        posts=posts,
        visible_ids={person.id for person in visible},
        standing=standings_of([organisation], day).get(organisation.id),
        has_left=organisation.left_on is not None and organisation.left_on < day,
        may_change=policies.can_change_organisation(me(), organisation),
        leave_form=leave_form,
        stay_form=stay_form,
    )


def _owner_shown(organisation: Organisation) -> str | None:
    return masked(unseal(organisation.owner_id_sealed)) if organisation.owner_id_sealed is not None else None


@bp.get("/organisations/<int:organisation_id>/edit")
@signed_in
def edit_organisation(organisation_id: int) -> ResponseReturnValue:
    organisation = _changing(organisation_id)
    return _organisation_page(_organisation_form(organisation), organisation)


@bp.post("/organisations/<int:organisation_id>/edit")
@signed_in
def change_organisation(organisation_id: int) -> ResponseReturnValue:
    organisation = _changing(organisation_id)
    form = _organisation_form(organisation)
    if form.validate():
        unit = form.chosen_unit()
        require(unit.id == organisation.unit_id or policies.can_see_unit(me(), unit))
        try:
            actions.correct_organisation(organisation, form.facts(), by=me(), at=now())
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
            organisation = _changing(organisation_id)
        else:
            db.session.commit()
            flash(_("Đã lưu thông tin chủ thể."), "good")
            return redirect(url_for(".show_organisation", organisation_id=organisation_id), 303)
    return _organisation_page(form, organisation), 422


def _changing(organisation_id: int) -> Organisation:
    organisation = queries.organisation_with_unit(organisation_id) or abort(404)
    require(policies.can_change_organisation(me(), organisation))
    return organisation


def _organisation_form(organisation: Organisation | None) -> OrganisationForm:
    units = queries.units_below(policies.scope_of(me()))
    data: dict[str, Any] = {}
    if organisation is not None:
        names = "name legal_form tax_code product_group product_group_2019 joined_on"
        data = {name: getattr(organisation, name) for name in names.split()}
        data["kind"] = organisation.kind.value
        data["origin"] = organisation.origin.value if organisation.origin is not None else ""
        data |= unit_data(organisation.unit, offers_country=any(unit.level is Level.CENTRAL for unit in units))
    form = OrganisationForm(data=data)
    form.offer_units(units, find_commune, kept=organisation.unit if organisation is not None else None)
    return form


def _organisation_page(form: OrganisationForm, organisation: Organisation | None) -> str:
    return render_template(
        "registry/organisation_form.html",
        form=form,
        organisation=organisation,
        owner_id_number=_owner_shown(organisation) if organisation is not None else None,
    )


@bp.post("/organisations/<int:organisation_id>/leave")
@signed_in
def leave_programme(organisation_id: int) -> ResponseReturnValue:
    organisation = _changing(organisation_id)
    form = LeaveForm(today=today())
    if form.validate():
        try:
            actions.leave_programme(organisation, form.chosen_day(), reason=form.reason.data or "", by=me(), at=now())
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
            organisation = _changing(organisation_id)
        else:
            db.session.commit()
            flash(_("Đã ghi chủ thể rời Chương trình. Lãnh đạo không còn thuộc diện phải học từ hôm sau."), "good")
            return redirect(url_for(".show_organisation", organisation_id=organisation_id), 303)
    return _show(organisation, form, ReasonForm(formdata=None)), 422


@bp.post("/organisations/<int:organisation_id>/stay")
@signed_in
def stay_in_programme(organisation_id: int) -> ResponseReturnValue:
    organisation = _changing(organisation_id)
    form = ReasonForm()
    if not form.validate():
        return _show(organisation, LeaveForm(formdata=None, today=today()), form), 422
    actions.stay_in_programme(organisation, reason=form.reason.data or "", by=me(), at=now())
    db.session.commit()
    flash(_("Đã bỏ ghi rời Chương trình: chủ thể được tính là tham gia suốt thời gian qua."), "good")
    return redirect(url_for(".show_organisation", organisation_id=organisation_id), 303)


# Who leads it


@bp.get("/organisations/<int:organisation_id>/leaders/new")
@signed_in
def new_leader(organisation_id: int) -> ResponseReturnValue:
    """First who, by name or as somebody new; then from when, and who ends."""
    organisation = _changing(organisation_id)
    asked = request.args.get("person", "")
    if not asked:
        text = request.args.get("q", "").strip()[:120]
        found = queries.people_page(policies.visible_people(me()), queries.PeopleFilter(text=text)) if text else None
        return render_template(
            "registry/leader_search.html",
            organisation=organisation,
            text=text,
            found=found,
            posts=queries.posts_held(found.items, policies.visible_posts(me())) if found else {},
            new=NEW,
        )
    person = _asked_person(asked)
    return _leader_page(organisation, person, _leader_form(organisation, person, _held(organisation)))


@bp.post("/organisations/<int:organisation_id>/leaders/new")
@signed_in
def change_leader(organisation_id: int) -> ResponseReturnValue:
    organisation = _changing(organisation_id)
    person = _asked_person(request.form.get("person", ""))
    form = _leader_form(organisation, person, _held(organisation))
    if form.validate():
        try:
            leader, findings = (person, ()) if person is not None else _added(form)
            actions.change_leader(
                organisation,
                leader,
                on=form.chosen_day(),
                title=form.title.data or "",
                ending=form.chosen(),
                by=me(),
                at=now(),
            )
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
            organisation = _changing(organisation_id)
            person = _asked_person(request.form.get("person", ""))
        else:
            db.session.commit()
            flash(_("Đã ghi %(name)s lãnh đạo chủ thể này.", name=leader.full_name), "good")
            for finding in findings:
                flash(finding_text(finding), "warning")
            return redirect(url_for(".show_organisation", organisation_id=organisation_id), 303)
    return _leader_page(organisation, person, form), 422


def _asked_person(asked: str) -> Person | None:
    """Somebody within the scope; None for somebody new."""
    if asked == NEW:
        return None
    person = queries.person_with_posts(row_id(asked) or 0) or abort(404)
    require(policies.can_see_person(me(), person))
    return person


def _held(organisation: Organisation) -> list[Position]:
    return [post for post in queries.leaders_of(organisation) if post.ended_on is None]


def _leader_form(organisation: Organisation, person: Person | None, held: Sequence[Position]) -> LeaderForm:
    followed = [post for post in held if person is None or post.person_id != person.id]
    data = {"ending": [post.id for post in followed], "started_on": today()}
    form = LeaderForm(data=data) if person is not None else NewLeaderForm(data=data)
    form.offer_ending(
        followed,
        [
            _("%(name)s, từ ngày %(since)s", name=post.person.full_name, since=post.started_on.strftime("%d/%m/%Y"))
            for post in followed
        ],
    )
    return form


def _added(form: LeaderForm) -> tuple[Person, Sequence[Finding]]:
    assert isinstance(form, NewLeaderForm)
    added = actions.add_person(form.facts(), id_number=form.id_number.data, by=me(), at=now())
    return added.person, added.findings


def _leader_page(organisation: Organisation, person: Person | None, form: LeaderForm) -> str:
    return render_template(
        "registry/leader_form.html",
        organisation=organisation,
        person=person,
        form=form,
        asked=person.id if person else NEW,
    )
