"""The names behind the figures: lists of those still outstanding, trained or excused, on the page and as a file."""

from collections.abc import Iterator
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.accounts.models import Role
from lms.core import audit
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.coverage import queries
from lms.coverage.rules.shares import EXCUSED, OUTSTANDING, TRAINED
from lms.coverage.views.blueprint import (
    asked_wrongly,
    bp,
    day_argument,
    me,
    requirement_asked,
    requirement_name,
    trail,
    unit_asked,
)
from lms.coverage.words import CUT_LABELS, SOURCE, STANDINGS
from lms.records.forms import DayForm
from lms.registry.words import EXCUSE_KINDS, full_name
from lms.web import formats, sheets
from lms.web.access import signed_in
from lms.web.arguments import asked_id

TITLES = {
    OUTSTANDING: _l("Những người còn phải học"),
    TRAINED: _l("Những người đã học xong"),
    EXCUSED: _l("Những người được tạm miễn"),
}
FILE_NAMES = {OUTSTANDING: "con-phai-hoc", TRAINED: "da-hoc-xong", EXCUSED: "tam-mien"}


@bp.get("/coverage/units/<code>/<standing>/<requirement_code>")
@signed_in
def list_people(code: str, standing: str, requirement_code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    if standing not in STANDINGS:
        abort(404)
    requirement = requirement_asked(requirement_code)
    form = DayForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    day = form.chosen()
    page = queries.listed(unit, requirement, standing, day, after=asked_id("after"), before=asked_id("before"))

    def here(**more: Any) -> str:
        place: dict[str, Any] = {"standing": standing, "day": day_argument(day), **more}
        return url_for(".list_people", code=code, requirement_code=requirement_code, **place)

    return render_template(
        "coverage/people.html",
        unit=unit,
        requirement=requirement,
        standing=standing,
        standings=STANDINGS,
        title=TITLES[standing],
        day=day,
        day_argument=day_argument(day),
        form=form,
        page=page,
        here=here,
        previous_href=here(before=page.before) if page.before is not None else None,
        next_href=here(after=page.after) if page.after is not None else None,
        sources=CUT_LABELS[SOURCE],
        excuse_kinds=EXCUSE_KINDS,
        trail=trail(unit, day=day_argument(day)),
    )


@bp.post("/coverage/units/<code>/<standing>/<requirement_code>.xlsx")
@signed_in
def export_people(code: str, standing: str, requirement_code: str) -> ResponseReturnValue:
    """A POST: it writes down in the audit trail who took how many names out of the house."""
    unit = unit_asked(code)
    if standing not in STANDINGS:
        abort(404)
    requirement = requirement_asked(requirement_code)
    form = DayForm(request.form, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    day = form.chosen()
    may_call = standing == OUTSTANDING and current_user.has_role(Role.COORDINATOR)
    count = 0

    def rows() -> Iterator[tuple[sheets.Cell, ...]]:
        nonlocal count
        for count, one in enumerate(queries.everyone_listed(unit, requirement, standing, day), 1):
            yield (
                count,
                one.person.full_name,
                one.person.birth_on.year if one.person.birth_on else None,
                "; ".join(f"{post.title}, {post.workplace}" for post in one.posts),
                "; ".join(dict.fromkeys(full_name(post.unit) for post in one.posts)),
                one.since,
                *_last_cells(standing, one, may_call=may_call),
            )

    title = f"{TITLES[standing]}: {full_name(unit)}"
    above = (title, requirement_name(requirement), _("Tính đến hết ngày %(day)s", day=formats.day(day)))
    content = sheets.workbook(str(STANDINGS[standing]), _header(standing), rows(), above=above)
    audit.record(
        "coverage.export_people",
        unit,
        by=me(),
        at=now(),
        standing=standing,
        requirement=requirement.code,
        day=day.isoformat(),
        rows=count,
    )
    db.session.commit()
    return sheets.download(content, f"{FILE_NAMES[standing]}-{unit.code}-{requirement.code}-{day.isoformat()}.xlsx")


def _header(standing: str) -> tuple[str, ...]:
    last = {
        OUTSTANDING: (_("Điện thoại"),),
        TRAINED: (_("Đạt từ ngày"), _("Nguồn kết quả")),
        EXCUSED: (_("Lý do"), _("Từ ngày"), _("Đến hết ngày")),
    }
    return (
        _("STT"),
        _("Họ và tên"),
        _("Năm sinh"),
        _("Chức vụ, nơi làm việc"),
        _("Đơn vị"),
        _("Thuộc diện từ"),
        *last[standing],
    )


def _last_cells(standing: str, one: queries.Listed, *, may_call: bool) -> tuple[sheets.Cell, ...]:
    if standing == OUTSTANDING:
        return (one.person.phone if may_call else None,)
    if standing == TRAINED:
        had = one.attainment
        return (had.started_on, str(CUT_LABELS[SOURCE][had.source])) if had is not None else (None, None)
    first = next(iter(one.excuses), None)
    if first is None:
        return (None, None, None)
    return (str(EXCUSE_KINDS[first.kind]), first.started_on, first.ended_on)
