"""Published reports: asked for, read, printed, taken along, and compared with today's answer for the same day."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.core import audit, jobs
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.coverage import actions, policies
from lms.coverage.forms import ReportForm
from lms.coverage.models import Counted, Report, ReportLine
from lms.coverage.queries import reports as queries
from lms.coverage.queries.figures import coverage
from lms.coverage.rules import Figures
from lms.coverage.rules.reports import Reason
from lms.coverage.rules.shares import EXCUSED, OUTSTANDING, TRAINED
from lms.coverage.views.blueprint import bp, me, requirement_chosen, requirement_name, trail, unit_asked
from lms.coverage.words import CUT_LABELS, SOURCE, STANDINGS, cut_title, unit_line_label
from lms.records.models import Requirement
from lms.records.queries import requirements
from lms.registry.models import Unit
from lms.registry.policies import scope_of
from lms.registry.queries import tops_of
from lms.registry.words import full_name
from lms.web import formats, sheets
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id

AT_ONCE_MOST: Final = 2_000
"""A report of so many people is published while its page waits; a longer one by a job."""
SHEET_MOST: Final = 200_000
"""So many people fit a spreadsheet well; longer lists are taken along as text."""
COUNTED_WORDS: Final = {
    Counted.OUTSTANDING: STANDINGS[OUTSTANDING],
    Counted.TRAINED: STANDINGS[TRAINED],
    Counted.EXCUSED: STANDINGS[EXCUSED],
}
REASON_WORDS: Final = {
    Reason.LATE_RECORD: _l("Kết quả được nhập sau"),
    Reason.CORRECTION: _l("Kết quả được sửa"),
    Reason.REVOCATION: _l("Kết quả bị thu hồi"),
    Reason.MERGE: _l("Hai hồ sơ được gộp làm một"),
    Reason.MERGE_UNDONE: _l("Việc gộp hồ sơ được hủy"),
    Reason.LATE_POST: _l("Chức vụ được nhập sau"),
    Reason.CHANGED_POST: _l("Chức vụ được sửa, kết thúc hoặc rút"),
    Reason.NEW_VERSION: _l("Yêu cầu tập huấn có phiên bản mới"),
    Reason.MOVED: _l("Nơi làm việc được xác định lại hoặc đơn vị thay đổi"),
    Reason.ORGANISATION: _l("Thông tin chủ thể thay đổi"),
    Reason.EXCUSE: _l("Lý do tạm miễn được nhập sau"),
    Reason.EXCUSE_WITHDRAWN: _l("Lý do tạm miễn được rút hoặc thay"),
    Reason.OTHER: _l("Được ghi đúng lúc báo cáo đang lập"),
}


# Which there are, and a new one


@bp.get("/coverage/reports")
@signed_in
def list_reports() -> ResponseReturnValue:
    require(policies.can_see_figures(current_user))
    found = queries.reports_where(
        policies.visible_reports(current_user), before=asked_id("before"), limit=queries.PAGE + 1
    )
    shown = found[: queries.PAGE]
    return render_template(
        "coverage/reports.html",
        reports=shown,
        tops=tops_of(scope_of(current_user)),
        next_href=url_for(".list_reports", before=shown[-1].id) if len(found) > queries.PAGE else None,
        first_href=url_for(".list_reports") if asked_id("before") is not None else None,
    )


@bp.get("/coverage/units/<code>/reports/new")
@signed_in
def new_report(code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    require(policies.can_publish_report(current_user, unit))
    asking = _asking()
    chosen = requirement_chosen(asking)
    usual = {"day": today(), "document_on": today(), "requirement": chosen.code if chosen is not None else None}
    return _form_page(unit, _form(None, asking, data=usual))


@bp.post("/coverage/units/<code>/reports")
@signed_in
def publish_report(code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    require(policies.can_publish_report(current_user, unit))
    asking = _asking()
    form = _form(request.form, asking)
    if not form.validate():
        return _form_page(unit, form), 422
    requirement = next(one for one in asking if one.code == form.requirement.data)
    try:
        report = actions.ask_for_report(
            unit,
            requirement,
            **form.answers(),
            by=me(),
            at=now(),
        )
    except InvalidInput as refusal:
        form.document_number.errors = [*form.document_number.errors, str(refusal)]
        return _form_page(unit, form), 422
    if report.published_at is None and _size_of(unit, report) > AT_ONCE_MOST:
        job = jobs.ask(actions.PUBLISH, report, by=me(), at=now())
        db.session.commit()
        return redirect(url_for("jobs.show_job", job_id=job.id, wait=1), 303)
    if report.published_at is None:
        actions.publish_report(report, by=me(), at=now())
        flash(_("Báo cáo đã được công bố và niêm phong. Từ nay không ai sửa được."), "good")
    db.session.commit()
    return redirect(url_for(".show_report", report_id=report.id), 303)


def _asking() -> list[Requirement]:
    return [one for one in requirements() if one.versions]


def _form(arguments: Any, asking: Sequence[Requirement], **more: Any) -> ReportForm:
    return ReportForm(arguments, today(), [(one.code, requirement_name(one)) for one in asking], **more)


def _form_page(unit: Unit, form: ReportForm) -> str:
    return render_template("coverage/report_form.html", unit=unit, form=form, trail=trail(unit))


def _size_of(unit: Unit, report: Report) -> int:
    """How many people it will hold, by the kept figures."""
    parts = coverage(unit, report.day, of=()).requirements
    total = next((part.total for part in parts if part.requirement.id == report.requirement_id), Figures())
    return total.obliged + total.excused


# One report


def _report(report_id: int) -> Report:
    """The report of an address, if the reader may see it."""
    require(policies.can_see_figures(current_user))
    report = queries.report_with_all(report_id)
    if report is None:
        abort(404)
    require(policies.can_see_report(current_user, report))
    return report


def _published(report_id: int) -> Report:
    """The same, and it is out."""
    report = _report(report_id)
    if report.published_at is None:
        abort(404)
    return report


def _lines(report: Report) -> list[dict[str, Any]]:
    """The figures of a report with what each line is called today's reader: (cut, label, counts)."""
    content = report.content or {}
    return [{**line, "label": _label(report, line), "figures": _figures(line)} for line in content.get("figures", [])]


def _figures(line: dict[str, Any]) -> Figures:
    return Figures(line["obliged"] or 0, line["trained"], line["excused"] or 0)


def _label(report: Report, line: dict[str, Any]) -> str:
    if line["cut"] == "total":
        return full_name(report.unit)
    if line["cut"] == "unit":
        return unit_line_label(line, report.unit)
    return str(CUT_LABELS[line["cut"]][line["code"]])


@bp.get("/coverage/reports/<int:report_id>")
@signed_in
def show_report(report_id: int) -> ResponseReturnValue:
    report = _report(report_id)
    return render_template(
        "coverage/report.html",
        report=report,
        unit=report.unit,
        job=jobs.open_job(actions.PUBLISH, report),
        lines=_lines(report),
        counts=queries.standing_counts(report) if report.published_at is not None else {},
        now_figures=queries.figures_today(report) if report.published_at is not None else None,
        cut_title=cut_title,
        counted_words=COUNTED_WORDS,
        source=SOURCE,
        sheet_most=SHEET_MOST,
        trail=trail(report.unit),
    )


@bp.get("/coverage/reports/<int:report_id>/print")
@signed_in
def print_report(report_id: int) -> ResponseReturnValue:
    report = _published(report_id)
    return render_template(
        "coverage/report_print.html",
        report=report,
        unit=report.unit,
        lines=_lines(report),
        cut_title=cut_title,
        source=SOURCE,
    )


@bp.get("/coverage/reports/<int:report_id>/people")
@signed_in
def list_report_people(report_id: int) -> ResponseReturnValue:
    report = _published(report_id)
    shown = request.args.get("standing", Counted.OUTSTANDING.value)
    if shown not in [standing.value for standing in Counted]:
        abort(404)
    page = queries.names_of(report, Counted(shown), after=asked_id("after"))

    def here(**more: Any) -> str:
        return url_for(".list_report_people", report_id=report.id, **{"standing": shown, **more})

    return render_template(
        "coverage/report_people.html",
        report=report,
        unit=report.unit,
        shown=Counted(shown),
        counted_words=COUNTED_WORDS,
        page=page,
        here=here,
        first_href=here() if asked_id("after") is not None else None,
        next_href=here(after=page.after) if page.after is not None else None,
        trail=trail(report.unit),
    )


@bp.get("/coverage/reports/<int:report_id>/differences")
@signed_in
def show_differences(report_id: int) -> ResponseReturnValue:
    report = _published(report_id)
    found = queries.differences(report, after=asked_id("after") or 0)
    total = next(iter(_lines(report)))["figures"]
    return render_template(
        "coverage/report_differences.html",
        report=report,
        unit=report.unit,
        total=total,
        now_figures=queries.figures_today(report),
        found=found,
        counted_words=COUNTED_WORDS,
        reason_words=REASON_WORDS,
        first_href=url_for(".show_differences", report_id=report.id) if asked_id("after") is not None else None,
        next_href=url_for(".show_differences", report_id=report.id, after=found.after)
        if found.after is not None
        else None,
        trail=trail(report.unit),
    )


# Files


@bp.get("/coverage/reports/<int:report_id>/figures.xlsx")
@signed_in
def download_report(report_id: int) -> ResponseReturnValue:
    report = _published(report_id)
    content = sheets.workbook(_("Báo cáo"), _figures_header(), _figures_cells(report), above=_above(report))
    return sheets.download(content, f"{_file_name(report)}.xlsx")


@bp.get("/coverage/reports/<int:report_id>/figures.csv")
@signed_in
def download_report_as_text(report_id: int) -> ResponseReturnValue:
    report = _published(report_id)
    content = sheets.text_table(_figures_header(), _figures_cells(report))
    return sheets.download(content, f"{_file_name(report)}.csv", sheets.CSV)


@bp.post("/coverage/reports/<int:report_id>/people.xlsx")
@signed_in
def export_report_people(report_id: int) -> ResponseReturnValue:
    """A POST: it writes down in the audit trail who took how many names out of the house."""
    report = _published(report_id)
    if (report.people_count or 0) > SHEET_MOST:
        abort(404)
    content = sheets.workbook(_("Danh sách"), _people_header(), _people_cells(report), above=_above(report))
    _note_export(report)
    return sheets.download(content, f"{_file_name(report)}-danh-sach.xlsx")


@bp.post("/coverage/reports/<int:report_id>/people.csv")
@signed_in
def export_report_people_as_text(report_id: int) -> ResponseReturnValue:
    """The same as text, however long the list."""
    report = _published(report_id)
    content = sheets.text_table(_people_header(), _people_cells(report))
    _note_export(report)
    return sheets.download(content, f"{_file_name(report)}-danh-sach.csv", sheets.CSV)


def _note_export(report: Report) -> None:
    audit.record("coverage.export_report", report, by=me(), at=now(), rows=report.people_count)
    db.session.commit()


def _above(report: Report) -> list[str]:
    return [
        _("Báo cáo độ bao phủ: %(unit)s", unit=full_name(report.unit)),
        requirement_name(report.requirement),
        _("Tính đến hết ngày %(day)s", day=formats.day(report.day)),
        _("Số %(number)s ngày %(day)s", number=report.document_number, day=formats.day(report.document_on)),
        _("Mã niêm phong SHA-256: %(digest)s", digest=report.digest),
    ]


def _file_name(report: Report) -> str:
    code = report.unit.path.rpartition("/")[2].replace(":", "-")
    return f"bao-cao-{report.id}-{code}-{report.requirement.code}-{report.day.isoformat()}"


def _figures_header() -> tuple[str, ...]:
    return (
        _("Cách tính"),
        _("Mã"),
        _("Đơn vị hoặc nhóm"),
        _("Thuộc diện"),
        _("Đã học xong"),
        _("Còn phải học"),
        _("Tỷ lệ (%)"),
        _("Tạm miễn"),
    )


def _figures_cells(report: Report) -> Iterator[tuple[sheets.Cell, ...]]:
    for line in _lines(report):
        figures = line["figures"]
        is_whole = line["obliged"] is not None
        yield (
            cut_title(line["cut"]),
            line["code"],
            line["label"],
            figures.obliged if is_whole else None,
            figures.trained,
            figures.outstanding if is_whole else None,
            float(figures.percent) if is_whole and figures.percent is not None else None,
            figures.excused if is_whole else None,
        )


def _people_header() -> tuple[str, ...]:
    return (
        _("STT"),
        _("Mã người"),
        _("Họ và tên"),
        _("Tình trạng"),
        _("Chức vụ, nơi làm việc"),
        _("Đơn vị"),
        _("Thuộc diện từ"),
        _("Đạt từ ngày"),
        _("Nguồn kết quả"),
    )


def _people_cells(report: Report) -> Iterator[tuple[sheets.Cell, ...]]:
    for number, line in enumerate(queries.everyone_of(report), 1):
        yield (number, *_person_cells(line))


def _person_cells(line: ReportLine) -> tuple[sheets.Cell, ...]:
    post = line.duty.position
    return (
        line.person_id,
        line.person.full_name,
        str(COUNTED_WORDS[line.standing]),
        f"{post.title}, {post.workplace}",
        full_name(post.unit),
        line.duty.started_on,
        line.award.awarded_on if line.award is not None else None,
        str(CUT_LABELS[SOURCE][line.award.source]) if line.award is not None else None,
    )
