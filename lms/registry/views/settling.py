"""Posts and organisations of divided communes: saying where they lie now, several at once, and taking that back."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import gettext as _
from lms.registry import actions, policies, queries
from lms.registry.forms import ReasonForm, SettleForm
from lms.registry.models import Unit
from lms.registry.queries import settling
from lms.registry.rules.names import place_key
from lms.registry.views.blueprint import bp, me
from lms.registry.words import unit_name
from lms.web.access import require, signed_in
from lms.web.arguments import row_id


@bp.get("/units/divided")
@signed_in
def list_divided() -> ResponseReturnValue:
    require(policies.can_find_units(me()))
    return render_template(
        "registry/divided_units.html", divided=settling.divided_with_things(policies.units_in_scope(me()))
    )


@bp.get("/units/divided/<int:unit_id>")
@signed_in
def show_divided(unit_id: int) -> ResponseReturnValue:
    unit = _divided_or_404(unit_id)
    return _show(unit, _settle_form(unit, is_sent=False), ReasonForm(formdata=None))


def _divided_or_404(unit_id: int) -> Unit:
    unit = settling.divided_unit(unit_id) or abort(404)
    require(policies.can_settle(me(), unit))
    return unit


def _parts(unit: Unit) -> list[Unit]:
    found = queries.units_by_ids(settling.parts_of([unit.id])[unit.id]).values()
    return sorted(found, key=lambda part: place_key(part.name))


def _settle_form(unit: Unit, *, is_sent: bool) -> SettleForm:
    form = SettleForm() if is_sent else SettleForm(formdata=None)
    form.offer(_parts(unit))
    return form


def _show(unit: Unit, form: SettleForm, back_form: ReasonForm) -> str:
    return render_template(
        "registry/divided_unit.html",
        unit=unit,
        part_names=[unit_name(part) for part in _parts(unit)],
        posts=settling.posts_waiting(unit),
        organisations=settling.organisations_waiting(unit),
        settled=settling.settled_at(unit),
        form=form,
        back_form=back_form,
        chosen_posts=_chosen("post"),
        chosen_organisations=_chosen("organisation"),
        is_all="all" in request.args,
    )


def _chosen(name: str) -> set[int]:
    return {number for text in request.form.getlist(name) if (number := row_id(text)) is not None}


@bp.post("/units/divided/<int:unit_id>/settle")
@signed_in
def settle(unit_id: int) -> ResponseReturnValue:
    unit = _divided_or_404(unit_id)
    form = _settle_form(unit, is_sent=True)
    if form.validate():
        try:
            count = actions.settle(
                unit,
                form.chosen(),
                post_ids=_chosen("post"),
                organisation_ids=_chosen("organisation"),
                reason=form.reason.data or "",
                by=me(),
                at=now(),
            )
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
            unit = _divided_or_404(unit_id)
        else:
            db.session.commit()
            flash(_("Đã xác định nơi hiện nay cho %(count)s mục.", count=count), "good")
            return redirect(url_for(".show_divided", unit_id=unit_id), 303)
    return _show(unit, form, ReasonForm(formdata=None)), 422


@bp.post("/units/divided/<int:unit_id>/unsettle")
@signed_in
def unsettle(unit_id: int) -> ResponseReturnValue:
    unit = _divided_or_404(unit_id)
    form = ReasonForm()
    if form.validate():
        try:
            count = actions.unsettle(
                unit,
                post_ids=_chosen("post"),
                organisation_ids=_chosen("organisation"),
                reason=form.reason.data or "",
                by=me(),
                at=now(),
            )
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
            unit = _divided_or_404(unit_id)
        else:
            db.session.commit()
            flash(_("Đã bỏ xác định %(count)s mục: nay lại chờ xác định.", count=count), "good")
            return redirect(url_for(".show_divided", unit_id=unit_id), 303)
    return _show(unit, _settle_form(unit, is_sent=False), form), 422
