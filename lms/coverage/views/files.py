"""The figures as files and on paper: XLSX, CSV, the printed form. The lines are those of the page, cell by cell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.core.clock import today
from lms.core.i18n import gettext as _
from lms.coverage import queries
from lms.coverage.forms import FiguresForm
from lms.coverage.queries import Coverage
from lms.coverage.rules.shares import ALL
from lms.coverage.views.blueprint import asked_wrongly, bp, requirement_name, unit_asked
from lms.coverage.words import cut_title, key_label
from lms.records.models import Requirement
from lms.registry.models import Unit
from lms.registry.words import full_name
from lms.web import formats, sheets
from lms.web.access import signed_in


@bp.get("/coverage/units/<code>/figures.xlsx")
@signed_in
def download_figures(code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    form = FiguresForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    found = figures_asked(unit, form, request.args)
    content = sheets.workbook(_("Độ bao phủ"), header(), cells(found), above=above(found, form))
    return sheets.download(content, f"{file_name(found, form)}.xlsx")


@bp.get("/coverage/units/<code>/figures.csv")
@signed_in
def download_figures_as_text(code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    form = FiguresForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    found = figures_asked(unit, form, request.args)
    content = sheets.text_table(header(), cells(found))
    return sheets.download(content, f"{file_name(found, form)}.csv", sheets.CSV)


@bp.get("/coverage/units/<code>/print")
@signed_in
def print_figures(code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    form = FiguresForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    found = figures_asked(unit, form, request.args)
    rows = list(queries.rows(found))
    return render_template(
        "coverage/print.html",
        unit=unit,
        found=found,
        form=form,
        rows=rows,
        gaps=queries.gaps(found) if found.key == ALL else {},
        empty_rows=[row for row in rows if row.cut == "unit" and queries.is_empty(row.line)],
        cut_title=cut_title,
        key_label=key_label(found.key) if found.key != ALL else None,
        known_on=form.known.data if found.known_at is not None else None,
    )


def figures_asked(unit: Unit, form: FiguresForm, arguments: Mapping[str, str]) -> Coverage:
    """The figures that a file holds: of the requirement that the address names, else of all."""
    code = arguments.get("requirement")
    return queries.coverage(
        unit,
        form.chosen(),
        of=[code] if code is not None and code in queries.requirement_codes() else None,
        key=form.key.data,
        map_day=form.map_day,
        known_at=form.known_at,
    )


def header() -> tuple[str, ...]:
    """What stands above the columns."""
    return (
        _("Yêu cầu"),
        _("Cách tính"),
        _("Mã"),
        _("Đơn vị hoặc nhóm"),
        _("Thuộc diện"),
        _("Đã học xong"),
        _("Còn phải học"),
        _("Tỷ lệ (%)"),
        _("Tạm miễn"),
    )


def cells(found: Coverage) -> Iterator[tuple[sheets.Cell, ...]]:
    """The lines as cells; what would mean nothing stays empty."""
    for row in queries.rows(found):
        yield (
            requirement_name(row.requirement),
            cut_title(row.cut),
            row.line.code,
            str(row.line.label),
            row.obliged,
            row.trained,
            row.outstanding,
            None if row.percent is None else float(row.percent),
            row.excused,
        )


def above(found: Coverage, form: FiguresForm) -> Sequence[str]:
    """What a sheet says before its table: of whom, as of when, as known when."""
    lines = [
        _("Độ bao phủ tập huấn OCOP: %(unit)s", unit=full_name(found.unit)),
        _("Tính đến hết ngày %(day)s", day=formats.day(found.day)),
    ]
    lines += [f"{requirement_name(requirement)}: {told}" for requirement, told in three_figures(found)]
    if found.key != ALL:
        lines.append(_("Chỉ tính: %(line)s", line=key_label(found.key)))
    if found.map_day != found.day:
        lines.append(_("Theo địa giới ngày %(day)s", day=formats.day(found.map_day)))
    if found.known_at is not None:
        lines.append(_("Như đã biết đến hết ngày %(day)s", day=formats.day(form.known.data)))
    return lines


def three_figures(found: Coverage) -> Iterator[tuple[Requirement, str]]:
    """Declared, known by name and trained in a sentence for each requirement; of everyone alone."""
    told = queries.gaps(found) if found.key == ALL else {}
    for part in found.detailed:
        if part.requirement.id in told:
            line = told[part.requirement.id].total
            yield (
                part.requirement,
                _(
                    "số khai báo %(declared)s, đã có tên %(known)s, đã học xong %(trained)s",
                    declared="—" if line.declared is None else formats.number(line.declared),
                    known=formats.number(line.known),
                    trained=formats.number(line.trained),
                ),
            )


def file_name(found: Coverage, form: FiguresForm) -> str:
    """A name that tells one file from another: the unit, the day, and what else was asked."""
    parts: list[Any] = ["do-bao-phu", queries.code_of(found.unit).replace(":", "-"), found.day.isoformat()]
    if len(found.detailed) == 1:
        parts.append(found.detailed[0].requirement.code)
    if found.key != ALL:
        parts.append(found.key.replace("/", "-"))
    if found.map_day != found.day:
        parts.append(f"dia-gioi-{found.map_day.isoformat()}")
    if found.known_at is not None and form.known.data is not None:
        parts.append(f"biet-den-{form.known.data.isoformat()}")
    return "-".join(parts)
