"""Resolutions on units: entering one after a look at what it does, the history of them, taking one back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.models import RoleGrant
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import gettext as _
from lms.registry import actions, policies, queries
from lms.registry.forms import ChangeForm, ReasonForm, ResolutionForm, change_forms
from lms.registry.models import UnitChange
from lms.registry.views.blueprint import bp, me
from lms.registry.words import CHANGE_KINDS, change_lines, named_unit
from lms.web.access import require, signed_in

NAMED_MOST: Final = 8
"""So many units of somebody's scope are named; of more their number is told."""


@bp.get("/units/changes")
@signed_in
def list_changes() -> ResponseReturnValue:
    require(policies.can_find_units(me()))
    return render_template(
        "registry/unit_changes.html",
        resolutions=queries.resolutions(),
        change_kinds=CHANGE_KINDS,
        may_change=policies.can_change_units(me()),
    )


@bp.get("/units/changes/<int:number>")
@signed_in
def show_change(number: int) -> ResponseReturnValue:
    require(policies.can_find_units(me()))
    return _show(_resolution_or_404(number), ReasonForm(formdata=None))


def _resolution_or_404(number: int) -> Sequence[UnitChange]:
    return queries.resolution(number) or abort(404)


def _show(changes: Sequence[UnitChange], form: ReasonForm) -> str:
    return render_template(
        "registry/unit_change.html",
        changes=changes,
        first=changes[0],
        form=form,
        change_kinds=CHANGE_KINDS,
        may_change=policies.can_change_units(me()),
    )


@bp.post("/units/changes/<int:number>/withdraw")
@signed_in
def withdraw_changes(number: int) -> ResponseReturnValue:
    require(policies.can_change_units(me()))
    changes = _resolution_or_404(number)
    form = ReasonForm()
    if form.validate():
        try:
            actions.withdraw_changes(changes[0], form.reason.data or "", by=me(), at=now())
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
            changes = _resolution_or_404(number)
        else:
            db.session.commit()
            flash(_("Đã thu hồi. Các đơn vị trở lại như trước, và số liệu theo đó."), "good")
            return redirect(url_for(".show_change", number=number), 303)
    return _show(changes, form), 422


# Entering one: fill in, look, write


@bp.get("/units/changes/new")
@signed_in
def new_change() -> ResponseReturnValue:
    require(policies.can_change_units(me()))
    return _change_page(ResolutionForm(formdata=None), change_forms([], None, more=request.args.getlist("kind")))


@bp.post("/units/changes/new")
@signed_in
def look_at_change() -> ResponseReturnValue:
    """One more change, one less, or the look at what all of them do; nothing is written."""
    require(policies.can_change_units(me()))
    form, changes = _sent_forms()
    if "add" in request.form or "remove" in request.form:
        return _change_page(form, changes)
    asked = _asked(form, changes)
    if asked is None:
        return _change_page(form, changes), 422
    try:
        looked = actions.look_at_changes(asked, today())
    except actions.RefusedChange as refusal:
        changes[refusal.index].form_errors.append(str(refusal))
        return _change_page(form, changes), 422
    finally:
        db.session.rollback()
    return _change_page(form, changes, looked)


@bp.post("/units/changes")
@signed_in
def enter_changes() -> ResponseReturnValue:
    require(policies.can_change_units(me()))
    form, changes = _sent_forms()
    asked = _asked(form, changes)
    if asked is None:
        return _change_page(form, changes), 422
    try:
        written = actions.change_units(asked, by=me(), at=now(), today=today(), expected=request.form.get("seen", "-"))
    except actions.RefusedChange as refusal:
        db.session.rollback()
        changes[refusal.index].form_errors.append(str(refusal))
        return _change_page(form, changes), 422
    except DomainError as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal))
        return _change_page(form, changes), refusal.status
    db.session.commit()
    flash(_("Đã ghi nghị quyết. Các đơn vị và số liệu đã theo bản đồ mới."), "good")
    return redirect(url_for(".show_change", number=written.number), 303)


def _sent_forms() -> tuple[ResolutionForm, list[ChangeForm]]:
    slots = [slot for slot in request.form.getlist("change") if slot != request.form.get("remove")]
    return ResolutionForm(), change_forms(slots, request.form, more=request.form.getlist("add"))


def _asked(form: ResolutionForm, changes: Sequence[ChangeForm]) -> list[actions.AskedChange] | None:
    """The changes as they were filled in; None where something is missing, with what it is in the forms."""
    are_valid = [form.validate(), *(change.validate() for change in changes)]
    if not changes:
        form.form_errors.append(_("Chưa có thay đổi nào. Hãy chọn một loại thay đổi."))
    if not all(are_valid) or not changes:
        return None
    assert form.on.data is not None
    return [change.asked(form.on.data, form.legal_basis) for change in changes]


@dataclass
class Scope:
    """Whose scope becomes wider or narrower, and by which units."""

    grant: RoleGrant
    unit: str
    gained: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def _scopes(looked: actions.LookedAtResolution) -> list[Scope]:
    names: dict[int, str] = {}
    for change in looked.changes:
        for unit_id, unit in change.units.items():
            names.setdefault(unit_id, named_unit(unit.kind, unit.name))
    shifts = [shift for change in looked.changes for shift in change.shifts]
    found = []
    for grant in queries.leaders_in({shift.within for shift in shifts}):
        scope = Scope(grant, names[grant.unit_id])
        for shift in shifts:
            if shift.within == grant.unit_id:
                (scope.gained if shift.is_gained else scope.lost).append(names[shift.unit])
        found.append(scope)
    return found


def _change_page(
    form: ResolutionForm, changes: Sequence[ChangeForm], looked: actions.LookedAtResolution | None = None
) -> str:
    return render_template(
        "registry/unit_change_form.html",
        form=form,
        changes=changes,
        looked=looked,
        lines=[change_lines(change.plan, change.units) for change in looked.changes] if looked is not None else [],
        scopes=_scopes(looked) if looked is not None else [],
        sent=_sent(form, changes) if looked is not None else [],
        change_kinds=CHANGE_KINDS,
        named_most=NAMED_MOST,
    )


def _sent(form: ResolutionForm, changes: Sequence[ChangeForm]) -> list[tuple[str, str]]:
    """Everything that was filled in, to be sent again with the consent to what was seen."""
    pairs = [(one.name, one) for one in form if one.name != "csrf_token"]
    pairs += [(one.name, one) for change in changes for one in change]
    return [
        *(("change", change.slot) for change in changes),
        *((name, str(one.raw_data[0])) for name, one in pairs if one.raw_data),
    ]
