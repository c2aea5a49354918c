"""Where what units declare and the people known by name do not agree: unit by unit, the largest difference first."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.core.clock import today
from lms.core.i18n import gettext as _
from lms.coverage import policies, queries
from lms.coverage.queries import Mismatch, Mismatches
from lms.coverage.views.blueprint import (
    asked_wrongly,
    bp,
    day_argument,
    requirement_chosen,
    requirement_name,
    tops_beside,
    trail,
    unit_asked,
)
from lms.coverage.words import TASKS
from lms.records.forms import DayForm
from lms.records.models import Requirement
from lms.records.queries import requirements
from lms.registry.models import Level, Unit
from lms.registry.policies import scope_of
from lms.registry.queries import tops_of
from lms.registry.words import full_name
from lms.web import formats, sheets
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id

PAGE: Final = 50


@bp.get("/coverage/reconciliation")
@signed_in
def show_reconciliations() -> ResponseReturnValue:
    require(policies.can_see_figures(current_user))
    tops = tops_of(scope_of(current_user))
    return _page(tops[0], tops)


@bp.get("/coverage/units/<code>/reconciliation")
@signed_in
def show_reconciliation(code: str) -> ResponseReturnValue:
    return _page(unit_asked(code), tops_beside())


def _page(unit: Unit, tops: Sequence[Unit]) -> ResponseReturnValue:
    form = DayForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    day = form.chosen()
    asking = [one for one in requirements() if one.versions]
    chosen = requirement_chosen(asking)
    found = queries.coverage(unit, day, of=[chosen.code] if chosen is not None else [])
    gaps = queries.gaps(found).get(chosen.id) if chosen is not None else None
    told = queries.mismatches(unit, chosen, day) if chosen is not None else None
    by_task = told.by_task() if told is not None else {}
    show = request.args.get("show") or next((task for task, units in by_task.items() if units), queries.OVERCOUNTED)
    if show not in TASKS:
        abort(404)
    shown, after = _part(by_task.get(show, []))

    def here(of: Unit = unit, **changes: Any) -> str:
        kept = {"day": day_argument(day), "requirement": chosen.code if chosen is not None else None}
        return url_for(".show_reconciliation", code=queries.code_of(of), **{**kept, **changes})

    return render_template(
        "coverage/reconciliation.html",
        unit=unit,
        tops=tops,
        form=form,
        day=day,
        day_argument=day_argument(day),
        asking=asking,
        chosen=chosen,
        part=next(iter(found.detailed), None),
        gaps=gaps,
        told=told,
        by_task=by_task,
        tasks=TASKS,
        show=show,
        shown=shown,
        next_href=here(show=show, after=after) if after is not None else None,
        first_href=here(show=show) if asked_id("after") is not None else None,
        here=here,
        is_country=unit.level is Level.CENTRAL,
        trail=trail(unit, day=day_argument(day)),
    )


def _part(units: Sequence[Mismatch]) -> tuple[Sequence[Mismatch], int | None]:
    """Some units after the one that the address names, and the last of them if there are more."""
    after = asked_id("after")
    place = next((place for place, one in enumerate(units, 1) if one.unit.id == after), 0)
    rest = units[place:]
    return rest[:PAGE], rest[PAGE - 1].unit.id if len(rest) > PAGE else None


@bp.get("/coverage/units/<code>/reconciliation.xlsx")
@signed_in
def download_reconciliation(code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    form = DayForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    requirement, day = _requirement_or_404(), form.chosen()
    above = (
        _("Đối chiếu số khai báo: %(unit)s", unit=full_name(unit)),
        requirement_name(requirement),
        _("Tính đến hết ngày %(day)s", day=formats.day(day)),
    )
    told = queries.mismatches(unit, requirement, day)
    content = sheets.workbook(_("Đối chiếu số khai báo"), _header(), _cells(told), above=above)
    return sheets.download(content, f"{_file_name(unit, requirement, day)}.xlsx")


@bp.get("/coverage/units/<code>/reconciliation.csv")
@signed_in
def download_reconciliation_as_text(code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    form = DayForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    requirement, day = _requirement_or_404(), form.chosen()
    content = sheets.text_table(_header(), _cells(queries.mismatches(unit, requirement, day)))
    return sheets.download(content, f"{_file_name(unit, requirement, day)}.csv", sheets.CSV)


def _requirement_or_404() -> Requirement:
    chosen = requirement_chosen([one for one in requirements() if one.versions])
    if chosen is None:
        abort(404)
    return chosen


def _file_name(unit: Unit, requirement: Requirement, day: date) -> str:
    code = queries.code_of(unit).replace(":", "-")
    return f"doi-chieu-so-khai-bao-{code}-{requirement.code}-{day.isoformat()}"


def _header() -> tuple[str, ...]:
    return (
        _("Tình trạng"),
        _("Mã"),
        _("Đơn vị"),
        _("Thuộc"),
        _("Số khai báo"),
        _("Đã có tên"),
        _("Chênh lệch"),
        _("Đã học xong"),
    )


def _cells(told: Mismatches) -> Iterator[tuple[sheets.Cell, ...]]:
    """Every unit that does not agree. The difference is how many more are known than declared."""
    for task, units in told.by_task().items():
        for one in units:
            yield (
                str(TASKS[task]),
                queries.code_of(one.unit),
                full_name(one.unit),
                full_name(one.unit.parent) if one.unit.parent is not None else None,
                one.gap.declared,
                one.gap.known,
                one.difference,
                one.gap.trained,
            )
