"""The figures as pages, from the country down to the names still outstanding, and the same as a spreadsheet."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from flask import Blueprint, Flask, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.accounts.models import Role
from lms.core import audit
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.i18n import current_locale
from lms.core.i18n import gettext as _
from lms.coverage import actions, queries
from lms.records.forms import DayForm
from lms.records.models import Requirement
from lms.records.queries import requirements
from lms.registry.models import Level, Unit
from lms.registry.policies import is_within, scope_of
from lms.web import formats, sheets
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id

bp = Blueprint("coverage", __name__, url_prefix="/coverage")
SORTS: Final = ("name", "outstanding")
Scope = Sequence[str]
"""Paths of the units at the top of what the reader may see."""


def init_app(app: Flask) -> None:
    """Offer the pages, and let the figures follow the facts."""
    app.register_blueprint(bp)
    actions.connect()


@bp.get("")
@signed_in
def show_overview() -> ResponseReturnValue:
    scope = scope_of(current_user)
    require(bool(scope))
    tops = queries.units_at(scope)
    return _figures_page(scope, tops[0], tops)


@bp.get("/units/<code>")
@signed_in
def show_unit(code: str) -> ResponseReturnValue:
    scope = scope_of(current_user)
    unit = _unit(scope, code)
    return _figures_page(scope, unit, queries.units_at(scope) if len(scope) > 1 else [])


@bp.get("/units/<code>/figures.xlsx")
@signed_in
def download_figures(code: str) -> ResponseReturnValue:
    scope = scope_of(current_user)
    unit = _unit(scope, code)
    form = DayForm(request.args, today())
    if not form.validate():
        return _wrong_day(scope, unit, form)
    found = queries.coverage(unit, form.chosen())
    cuts = {"total": _("Tổng số"), "unit": _("Theo đơn vị"), **queries.CUT_TITLES}
    table = [
        (
            _name(row.requirement),
            str(cuts[row.cut]),
            str(row.line.label),
            row.line.figures.obliged,
            row.line.figures.trained,
            row.line.figures.outstanding,
            None if row.line.figures.percent is None else float(row.line.figures.percent),
        )
        for row in queries.rows(found)
    ]
    header = (
        _("Yêu cầu"),
        _("Cách tính"),
        _("Đơn vị hoặc nhóm"),
        _("Thuộc diện"),
        _("Đã học xong"),
        _("Còn phải học"),
        _("Tỷ lệ (%)"),
    )
    title = _("Độ bao phủ tập huấn OCOP: %(unit)s", unit=str(queries.full_name(unit)))
    above = (title, _("Tính đến ngày %(day)s", day=formats.day(found.day)))
    content = sheets.workbook(_("Độ bao phủ"), header, table, above=above)
    return sheets.download(content, f"do-bao-phu-{unit.code}-{found.day.isoformat()}.xlsx")


@bp.get("/units/<code>/outstanding/<requirement_code>")
@signed_in
def list_outstanding(code: str, requirement_code: str) -> ResponseReturnValue:
    scope = scope_of(current_user)
    unit = _unit(scope, code)
    requirement = _requirement(requirement_code)
    form = DayForm(request.args, today())
    if not form.validate():
        return _wrong_day(scope, unit, form)
    day = form.chosen()
    page = queries.outstanding(
        unit,
        requirement,
        day,
        after=asked_id("after"),
        before=asked_id("before"),
    )

    def neighbour(edge: str, person_id: int | None) -> str | None:
        if person_id is None:
            return None
        place: dict[str, Any] = {"day": _day_argument(day), edge: person_id}
        return url_for(".list_outstanding", code=code, requirement_code=requirement_code, **place)

    return render_template(
        "coverage/outstanding.html",
        unit=unit,
        requirement=requirement,
        requirement_name=_name(requirement),
        day=day,
        day_argument=_day_argument(day),
        form=form,
        page=page,
        previous_href=neighbour("before", page.before),
        next_href=neighbour("after", page.after),
        trail=_trail(scope, unit, day),
        unit_name=queries.full_name,
    )


@bp.post("/units/<code>/outstanding/<requirement_code>.xlsx")
@signed_in
def export_outstanding(code: str, requirement_code: str) -> ResponseReturnValue:
    """A POST: it writes down in the audit trail who took how many names out of the house."""
    scope = scope_of(current_user)
    unit = _unit(scope, code)
    requirement = _requirement(requirement_code)
    form = DayForm(request.form, today())
    if not form.validate():
        return _wrong_day(scope, unit, form)
    day = form.chosen()
    may_call = current_user.has_role(Role.COORDINATOR)
    count = 0

    def rows() -> Iterator[tuple[sheets.Cell, ...]]:
        nonlocal count
        for count, one in enumerate(queries.everyone_outstanding(unit, requirement, day), 1):
            yield (
                count,
                one.person.full_name,
                one.person.birth_on.year if one.person.birth_on else None,
                "; ".join(f"{post.title}, {post.workplace}" for post in one.posts),
                "; ".join(dict.fromkeys(str(queries.full_name(post.unit)) for post in one.posts)),
                one.since,
                one.person.phone if may_call else None,
            )

    header = (
        _("STT"),
        _("Họ và tên"),
        _("Năm sinh"),
        _("Chức vụ, nơi làm việc"),
        _("Đơn vị"),
        _("Thuộc diện từ"),
        _("Điện thoại"),
    )
    title = _("Những người còn phải học") + f": {queries.full_name(unit)}"
    above = (title, _name(requirement), _("Tính đến ngày %(day)s", day=formats.day(day)))
    content = sheets.workbook(_("Còn phải học"), header, rows(), above=above)
    audit.record(
        "coverage.export_outstanding", unit, by=current_user, at=now(), requirement=requirement.code, rows=count
    )
    db.session.commit()
    return sheets.download(content, f"con-phai-hoc-{unit.code}-{requirement.code}-{day.isoformat()}.xlsx")


def _figures_page(scope: Scope, unit: Unit, tops: Sequence[Unit]) -> ResponseReturnValue:
    form = DayForm(request.args, today())
    if not form.validate():
        return _wrong_day(scope, unit, form)
    day = form.chosen()
    found = queries.coverage(unit, day)
    sort = request.args.get("sort", SORTS[0])
    if sort not in SORTS:
        sort = SORTS[0]
    chosen = next(
        (part for part in found.requirements if part.requirement.code == request.args.get("requirement")),
        found.requirements[0] if found.requirements else None,
    )
    lines = list(chosen.by_unit) if chosen is not None else []
    if sort == "outstanding":
        lines.sort(key=lambda line: -line.figures.outstanding)

    def here(**changes: str | None) -> str:
        arguments: dict[str, Any] = {
            "day": _day_argument(day),
            "sort": sort if sort != SORTS[0] else None,
            "requirement": chosen.requirement.code if chosen is not None else None,
            **changes,
        }
        return url_for(".show_unit", code=unit.code, **arguments)

    return render_template(
        "coverage/figures.html",
        unit=unit,
        tops=tops,
        day=day,
        day_argument=_day_argument(day),
        form=form,
        found=found,
        chosen=chosen,
        lines=[line for line in lines if line.figures.obliged],
        empty_lines=[line for line in lines if not line.figures.obliged],
        sort=sort,
        here=here,
        is_country=unit.level is Level.CENTRAL,
        is_commune=unit.level is Level.COMMUNE,
        name=_name,
        trail=_trail(scope, unit, day),
        unit_name=queries.full_name,
    )


def _wrong_day(scope: Scope, unit: Unit, form: DayForm) -> ResponseReturnValue:
    """Ask for the day again, without figures: those of another day could be taken for what was asked."""
    trail = _trail(scope, unit, today())
    return render_template(
        "coverage/wrong_day.html", unit=unit, form=form, trail=trail, unit_name=queries.full_name
    ), 422


def _unit(scope: Scope, code: str) -> Unit:
    require(bool(scope))
    unit = queries.unit_by_code(code)
    if unit is None:
        abort(404)
    require(is_within(unit.path, scope))
    return unit


def _requirement(code: str) -> Requirement:
    requirement = next((asked for asked in requirements() if asked.code == code), None)
    if requirement is None:
        abort(404)
    return requirement


def _trail(scope: Scope, unit: Unit, day: date) -> list[tuple[str | None, str]]:
    """The way down to a unit, as far as the reader may see it."""
    trail: list[tuple[str | None, str]] = []
    step: Unit | None = unit
    while step is not None and is_within(step.path, scope):
        href = url_for(".show_unit", code=step.code, day=_day_argument(day))
        trail.insert(0, (href, str(queries.full_name(step))))
        step = step.parent
    return trail


def _day_argument(day: date) -> str | None:
    """The day as an address carries it; today's addresses carry none, so that a kept link stays of today."""
    return day.isoformat() if day != today() else None


def _name(requirement: Requirement) -> str:
    return requirement.name_en if current_locale() == "en" else requirement.name
