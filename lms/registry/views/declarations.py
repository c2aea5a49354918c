"""Declared headcounts: how far each unit has come, what one unit declares, and the steps from draft to receipt."""

from collections.abc import Sequence
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.registry import actions, policies
from lms.registry.forms import CommonForm, DeclarationForm, ReturnForm, RowForm, declaration_form, row_form
from lms.registry.models import Declaration, DeclarationState, Level, Unit
from lms.registry.queries import declarations as queries
from lms.registry.queries import tops_of
from lms.registry.queries.declarations import NONE, Standing
from lms.registry.rules.declarations import (
    COUNTING,
    EDITABLE,
    LEADER_GROUPS,
    OPEN,
    differences,
    groups_of,
    missing_groups,
)
from lms.registry.views.blueprint import bp, me
from lms.registry.words import DECLARATION_STATES, DECLARATION_TONES, GROUPS, full_name
from lms.web.access import own_path, require, signed_in
from lms.web.arguments import asked_id, row_id

PAGE: Final = 50
TABLE_PAGE: Final = 20
STATES: Final = {NONE: _l("Chưa khai"), **{state.value: word for state, word in DECLARATION_STATES.items()}}
TONES: Final = {NONE: "warning", **{state.value: tone for state, tone in DECLARATION_TONES.items()}}
SHOWN: Final = (NONE, *(state.value for state in DeclarationState if state is not DeclarationState.SUPERSEDED))
ACTS: Final = {
    "draft": _l("Soạn bản khai"),
    "save": _l("Sửa bản khai"),
    "submit": _l("Gửi kiểm tra"),
    "return": _l("Trả lại để sửa"),
    "lock": _l("Kiểm tra và khóa"),
    "receive": _l("Trung ương tiếp nhận"),
    "supersede": _l("Bản mới thay thế"),
}


@bp.context_processor
def offer_declaration_words() -> dict[str, object]:
    """What templates call the states, groups and steps of declarations."""
    return {
        "declaration_words": STATES,
        "declaration_tones": TONES,
        "declaration_acts": ACTS,
        "group_words": GROUPS,
        "full_name": full_name,
        "leaders_of": _leaders_of,
        "officials_of": _officials_of,
    }


def _officials_of(declaration: Declaration) -> int | None:
    return declaration.by_group.get(declaration.unit.level)


def _leaders_of(declaration: Declaration) -> list[tuple[str, int]]:
    """The groups of leaders and how many are in each."""
    counts = declaration.by_group
    return [(group, counts[group]) for group in LEADER_GROUPS if group in counts]


# Where every unit stands


@bp.get("/declarations")
@signed_in
def list_declarations() -> ResponseReturnValue:
    tops = tops_of(policies.scope_of(me()))
    require(bool(tops))
    unit = _unit(asked_id("unit")) if "unit" in request.args else tops[0]
    if unit.level not in (Level.CENTRAL, Level.PROVINCE):
        return redirect(url_for(".show_declaration", unit_id=unit.id))
    standings = queries.standings(unit, today())
    show = request.args.get("show", "")
    if show and show not in SHOWN:
        abort(404)
    is_country = unit.level is Level.CENTRAL
    # The provinces stand on one page: they are few.
    shown, after = _page(standings, len(standings) if is_country else PAGE, show)
    queries.with_counts(shown)
    lockable = _lockable(shown)
    progress = queries.progress_below(unit, today()) if is_country else {}
    return render_template(
        "registry/declarations.html",
        unit=unit,
        tops=tops,
        trail=_trail(unit),
        standings=shown,
        tally={state: sum(one.state == state for one in standings) for state in SHOWN},
        counting=sum(one.counting is not None for one in standings),
        count=len(standings),
        progress=progress,
        below=queries.total_of(progress.values()),
        none_yet=queries.Progress(),
        show=show,
        is_country=is_country,
        lockable=lockable,
        can_receive=policies.can_receive(me()),
        receivable=sum(one.counting.state is DeclarationState.LOCKED for one in standings if one.counting is not None),
        here=lambda **more: url_for(".list_declarations", **{"unit": unit.id, "show": show or None, **more}),
        next_href=url_for(".list_declarations", unit=unit.id, show=show or None, after=after) if after else None,
    )


def _page(standings: Sequence[Standing], size: int, show: str = "") -> tuple[Sequence[Standing], int | None]:
    """The units after the one that the address names, and the last of them if there are more.

    show: only those in this state.
    """
    after = asked_id("after")
    place = next((place for place, one in enumerate(standings, 1) if one.unit.id == after), 0)
    rest = [one for one in standings[place:] if one.state == show or not show]
    return rest[:size], rest[size - 1].unit.id if len(rest) > size else None


def _lockable(standings: Sequence[Standing]) -> set[int]:
    """Ids of the versions shown that the reader may lock."""
    waiting = [one.opened.id for one in standings if one.state == DeclarationState.SUBMITTED and one.opened is not None]
    if not waiting:
        return set()
    asked = db.select(Declaration.id).where(Declaration.id.in_(waiting), policies.lockable_declarations(me()))
    return set(db.session.scalars(asked))


@bp.post("/declarations/lock")
@signed_in
def lock_declarations() -> ResponseReturnValue:
    """Lock those that are ticked, each as it was shown: "id:revision"."""
    require(policies.can_find_people(me()))
    picked = [_picked(text) for text in request.form.getlist("declaration")]
    ids = {declaration_id: seen for declaration_id, seen in picked if declaration_id and seen}
    found = db.session.scalars(
        db.select(Declaration)
        .where(Declaration.id.in_(ids), policies.visible_declarations(me()))
        .order_by(Declaration.unit_id)
    ).all()
    require(len(found) == len(ids) and all(policies.can_check(me(), declaration.unit) for declaration in found))
    locked, refused = 0, []
    for declaration in found:
        try:
            locked += actions.lock_declaration(declaration, seen=ids[declaration.id], by=me(), at=now())
        except DomainError as refusal:
            refused.append(f"{declaration.unit.name}: {refusal}")
    db.session.commit()
    if locked:
        flash(_("Đã khóa %(count)s bản khai. Từ nay các số này được dùng để đối chiếu.", count=locked), "good")
    for text in refused:
        flash(text, "warning")
    if not ids:
        flash(_("Chưa chọn bản khai nào. Hãy đánh dấu những bản đã kiểm tra xong."), "warning")
    elif not locked and not refused:
        flash(_("Những bản này đã được khóa trước đó."), "info")
    return redirect(own_path(request.form.get("next"), url_for(".list_declarations")), 303)


def _picked(text: str) -> tuple[int | None, int | None]:
    declaration_id, _colon, seen = text.partition(":")
    return row_id(declaration_id), row_id(seen)


# One unit


@bp.get("/declarations/<int:unit_id>")
@signed_in
def show_declaration(unit_id: int) -> ResponseReturnValue:
    return _declaration_page(_unit(unit_id), ReturnForm(formdata=None))


def _declaration_page(unit: Unit, form: ReturnForm) -> str:
    versions = queries.versions_of(unit)
    opened = next((version for version in versions if version.state in OPEN), None)
    counting = next((version for version in versions if version.state in COUNTING), None)
    groups = groups_of(unit.level)
    compared = {
        version.id: differences(before.by_group if before is not None else {}, version.by_group, groups)
        for version, before in zip(versions, [*versions[1:], None], strict=False)
    }
    return render_template(
        "registry/declaration.html",
        unit=unit,
        trail=_trail(unit),
        versions=versions,
        opened=opened,
        counting=counting,
        compared=compared,
        is_complete=opened is not None and not missing_groups(opened.by_group, groups),
        acts=queries.acts_on(versions),
        form=form,
        can_check=opened is not None and opened.state is DeclarationState.SUBMITTED and policies.can_check(me(), unit),
        can_lock=opened is not None and policies.can_lock(me(), opened),
        can_receive=counting is not None and counting.state is DeclarationState.LOCKED and policies.can_receive(me()),
    )


@bp.get("/declarations/<int:unit_id>/edit")
@signed_in
def edit_declaration(unit_id: int) -> ResponseReturnValue:
    unit = _unit(unit_id)
    opened = queries.open_declaration(unit)
    if opened is not None and opened.state not in EDITABLE:
        flash(_("Bản khai đang chờ kiểm tra nên chưa sửa được."), "info")
        return redirect(url_for(".show_declaration", unit_id=unit.id))
    counting = queries.counting_declaration(unit)
    form = declaration_form(unit, None, is_correction=counting is not None, shown=opened)
    return _form_page(unit, form, opened, counting)


@bp.post("/declarations/<int:unit_id>/edit")
@signed_in
def save_declaration(unit_id: int) -> ResponseReturnValue:
    unit = _unit(unit_id)
    require(policies.can_declare(me(), unit))
    opened, counting = queries.open_declaration(unit), queries.counting_declaration(unit)
    form = declaration_form(unit, request.form, is_correction=counting is not None)
    if not form.validate():
        return _form_page(unit, form, opened, counting), 422
    is_to_submit = request.form.get("do") == "submit"
    try:
        saved = actions.save_declaration(unit, form.content, seen=form.seen, by=me(), at=now())
        if is_to_submit:
            actions.submit_declaration(saved, seen=saved.revision, by=me(), at=now())
    except DomainError as refusal:
        db.session.rollback()
        form.form_errors = [*form.form_errors, str(refusal)]
        opened = _see_again(form, unit)
        is_stale = isinstance(refusal, actions.StaleDeclaration)
        return _form_page(unit, form, opened, counting, is_stale=is_stale), refusal.status
    db.session.commit()
    flash(
        _("Đã gửi bản khai đi kiểm tra.") if is_to_submit else _("Đã lưu bản khai. Khi đủ số, hãy gửi kiểm tra."),
        "good",
    )
    return redirect(url_for(".show_declaration", unit_id=unit.id), 303)


def _see_again(form: DeclarationForm | RowForm, unit: Unit) -> Declaration | None:
    """What stands in the database now is shown beside what was filled in: whoever saves again has seen it."""
    opened = queries.open_declaration(unit)
    form.revision.data = str(opened.revision) if opened is not None else ""
    return opened


def _form_page(
    unit: Unit,
    form: DeclarationForm,
    opened: Declaration | None,
    counting: Declaration | None,
    *,
    is_stale: bool = False,
) -> str:
    return render_template(
        "registry/declaration_form.html",
        unit=unit,
        trail=_trail(unit),
        form=form,
        opened=opened,
        counting=counting,
        is_stale=is_stale,
        officials=[field for field in form.count_fields if field.name.endswith(f"_{unit.level}")],
        leaders=[field for field in form.count_fields if not field.name.endswith(f"_{unit.level}")],
        is_above_communes=unit.level is not Level.COMMUNE,
    )


@bp.post("/declarations/<int:unit_id>/submit")
@signed_in
def submit_declaration(unit_id: int) -> ResponseReturnValue:
    unit = _unit(unit_id)
    require(policies.can_declare(me(), unit))
    opened = _opened(unit)
    if actions.submit_declaration(opened, seen=_seen(), by=me(), at=now()):
        flash(_("Đã gửi bản khai đi kiểm tra."), "good")
    db.session.commit()
    return redirect(url_for(".show_declaration", unit_id=unit.id), 303)


@bp.post("/declarations/<int:unit_id>/discard")
@signed_in
def discard_declaration(unit_id: int) -> ResponseReturnValue:
    unit = _unit(unit_id)
    require(policies.can_declare(me(), unit))
    opened = queries.open_declaration(unit)
    if opened is not None:
        actions.discard_declaration(opened, seen=_seen(), by=me(), at=now())
        flash(_("Đã bỏ bản nháp."), "good")
    db.session.commit()
    return redirect(url_for(".show_declaration", unit_id=unit.id), 303)


@bp.post("/declarations/<int:unit_id>/return")
@signed_in
def return_declaration(unit_id: int) -> ResponseReturnValue:
    unit = _unit(unit_id)
    require(policies.can_check(me(), unit))
    form = ReturnForm()
    if not form.validate():
        return _declaration_page(unit, form), 422
    opened = _opened(unit)
    if actions.return_declaration(opened, form.reason.data or "", seen=_seen(), by=me(), at=now()):
        flash(_("Đã trả lại bản khai. Đơn vị sẽ thấy điều cần sửa."), "good")
    else:
        flash(_("Bản khai này đã được trả lại trước đó."), "info")
    db.session.commit()
    return redirect(url_for(".show_declaration", unit_id=unit.id), 303)


@bp.post("/declarations/<int:unit_id>/receive")
@signed_in
def receive_declarations(unit_id: int) -> ResponseReturnValue:
    """Take in what counts in a unit: of itself alone, or of all units below it as well."""
    unit = _unit(unit_id)
    require(policies.can_receive(me()))
    locked = queries.locked_within(unit)
    if "below" not in request.form:
        locked = [declaration for declaration in locked if declaration.unit_id == unit.id]
    received = actions.receive_declarations(locked, by=me(), at=now())
    db.session.commit()
    if received:
        flash(_("Đã tiếp nhận %(count)s bản khai.", count=received), "good")
    else:
        flash(_("Không còn bản khai nào chờ tiếp nhận."), "info")
    return redirect(own_path(request.form.get("next"), url_for(".show_declaration", unit_id=unit.id)), 303)


# Many units in one table: for numbers that come in on paper


@bp.get("/declarations/table")
@signed_in
def edit_table() -> ResponseReturnValue:
    unit, standings, after = _table_of()
    rows = [(one, row_form(one.unit, None, shown=_editable(one))) for one in standings]
    return _table_page(unit, rows, CommonForm(formdata=None, data=_common_data(standings)), after)


@bp.post("/declarations/table")
@signed_in
def save_table() -> ResponseReturnValue:
    """Save all lines that were filled in, or none of them: what is wrong stands beside its line."""
    unit, standings, after = _table_of()
    require(policies.can_declare(me(), unit))
    common = CommonForm(request.form)
    rows = [(one, row_form(one.unit, request.form)) for one in standings]
    filled = [(one, row) for one, row in rows if not row.is_blank and _is_open(one)]
    is_valid = [common.validate(), *(row.validate() for _one, row in filled)]
    is_to_submit = request.form.get("do") == "submit"
    if not all(is_valid) or not _save_rows(filled, common, is_to_submit=is_to_submit):
        db.session.rollback()
        for one, row in filled:
            if row.form_errors:
                _see_again(row, one.unit)
        return _table_page(unit, rows, common, after), 422
    db.session.commit()
    count = len(filled)
    flash(
        _("Đã lưu và gửi kiểm tra %(count)s đơn vị.", count=count)
        if is_to_submit
        else _("Đã lưu %(count)s đơn vị.", count=count),
        "good",
    )
    return redirect(url_for(".edit_table", unit=unit.id, after=asked_id("after")), 303)


def _save_rows(filled: Sequence[tuple[Standing, RowForm]], common: CommonForm, *, is_to_submit: bool) -> bool:
    """Save lines, each for its unit; False, with the reason beside the line, if one cannot be."""
    is_saved = True
    for one, row in filled:
        try:
            saved = actions.save_declaration(one.unit, row.content(common), seen=row.seen, by=me(), at=now())
            if is_to_submit:
                actions.submit_declaration(saved, seen=saved.revision, by=me(), at=now())
        except DomainError as refusal:
            row.form_errors = [*row.form_errors, str(refusal)]
            is_saved = False
    return is_saved


def _table_of() -> tuple[Unit, Sequence[Standing], int | None]:
    """The unit of the table, some of the units directly below it, and the last of them if there are more."""
    tops = tops_of(policies.scope_of(me()))
    require(bool(tops))
    unit = _unit(asked_id("unit")) if "unit" in request.args else tops[0]
    below = [one for one in queries.standings(unit, today()) if one.unit.id != unit.id]
    shown, after = _page(below, TABLE_PAGE)
    queries.with_counts(shown)
    return unit, shown, after


def _is_open(one: Standing) -> bool:
    """Whether a unit's numbers can be entered now: while they wait to be checked they cannot."""
    return one.opened is None or one.opened.state in EDITABLE


def _editable(one: Standing) -> Declaration | None:
    return one.opened if _is_open(one) else None


def _common_data(standings: Sequence[Standing]) -> dict[str, Any]:
    """What the common fields begin with: as in the first draft of these units."""
    first = next((one.opened for one in standings if _editable(one) is not None and one.opened is not None), None)
    if first is None:
        return {}
    return {
        "counted_on": first.counted_on,
        "document_number": first.document_number,
        "document_on": first.document_on,
        "correction_reason": first.correction_reason,
    }


def _table_page(unit: Unit, rows: Sequence[tuple[Standing, RowForm]], common: CommonForm, after: int | None) -> str:
    return render_template(
        "registry/declarations_table.html",
        unit=unit,
        trail=_trail(unit),
        rows=rows,
        common=common,
        is_open=_is_open,
        is_later_page=asked_id("after") is not None,
        first_href=url_for(".edit_table", unit=unit.id),
        next_href=url_for(".edit_table", unit=unit.id, after=after) if after else None,
        action=url_for(".save_table", unit=unit.id, after=asked_id("after")),
    )


# What several of these need


def _unit(unit_id: int | None) -> Unit:
    """The unit of an address, if the reader leads in it."""
    unit = queries.unit_with_parent(unit_id) if unit_id is not None else None
    if unit is None:
        abort(404)
    require(policies.can_see_unit(me(), unit))
    return unit


def _opened(unit: Unit) -> Declaration:
    opened = queries.open_declaration(unit)
    if opened is None:
        raise actions.StaleDeclaration
    return opened


def _seen() -> int:
    """The revision that the page showed."""
    return row_id(request.form.get("revision")) or 0


def _trail(unit: Unit) -> list[tuple[str | None, str]]:
    """The way down to a unit, as far as the reader may see it."""
    steps: list[Unit] = []
    step: Unit | None = unit
    while step is not None:
        steps.insert(0, step)
        step = step.parent
    led = policies.led_of(me(), [one.id for one in steps])
    return [(url_for(".list_declarations", unit=one.id), full_name(one)) for one in steps if one.id in led]
