"""Bringing a roster in: send, read what it would do, apply, take the refused rows back to be mended."""

import io
from collections.abc import Iterator
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core import jobs
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import gettext as _
from lms.core.jobs import Job
from lms.registry import actions, policies, queries
from lms.registry.forms import RosterForm
from lms.registry.models import Outcome, RosterImport
from lms.registry.rules.tables import as_text
from lms.registry.views import templates
from lms.registry.views.blueprint import bp, kind_text, me
from lms.registry.words import reason_text
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id
from lms.web.sheets import download, workbook, write_workbook

SHOWN: Final = ("", "warned", *(outcome.value for outcome in Outcome))
REASON_HEADING: Final = "Lý do"
"""Always in Vietnamese: the heading by which the column is left out when the file comes back."""


@bp.get("/imports")
@signed_in
def list_imports() -> ResponseReturnValue:
    require(policies.can_import(me()))
    return _imports_page(RosterForm(formdata=None))


@bp.post("/imports")
@signed_in
def send_roster() -> ResponseReturnValue:
    require(policies.can_import(me()))
    form = RosterForm()
    if not form.validate():
        return _imports_page(form), 422
    sent = form.file.data
    try:
        roster_import, job = actions.receive(sent.read(), sent.filename or "", by=me(), at=now())
    except DomainError as refusal:
        db.session.rollback()
        form.file.errors = [*form.file.errors, str(refusal)]
        return _imports_page(form), refusal.status
    db.session.commit()
    return _on_to(roster_import, job)


def _on_to(roster_import: RosterImport, job: Job | None) -> ResponseReturnValue:
    """To what came of it, or to the page where its coming can be watched."""
    if job is None:
        return redirect(url_for(".show_import", import_id=roster_import.id), 303)
    return redirect(url_for("jobs.show_job", job_id=job.id, wait=1), 303)


def _imports_page(form: RosterForm) -> str:
    return render_template(
        "registry/imports.html",
        form=form,
        imports=queries.latest_imports(policies.visible_imports(me())),
        templates=[(kind, kind_text(kind)) for kind in templates.KINDS],
    )


def _import_or_404(import_id: int) -> RosterImport:
    roster_import = db.get_or_404(RosterImport, import_id)
    require(policies.can_see_import(me(), roster_import))
    return roster_import


@bp.get("/imports/<int:import_id>")
@signed_in
def show_import(import_id: int) -> ResponseReturnValue:
    roster_import = _import_or_404(import_id)
    show = request.args.get("show", "")
    if show not in SHOWN:
        abort(404)
    after = asked_id("after") or 0
    return render_template(
        "registry/import.html",
        roster=roster_import,
        show=show,
        after=after,
        page=queries.rows_page(roster_import, show=show, after=after),
        job=_job_of(roster_import),
        applied_count=queries.applied_count(roster_import) if roster_import.applied_at is None else None,
    )


def _job_of(roster_import: RosterImport) -> Job | None:
    """The job that is at work on an import."""
    found = (jobs.open_job(kind, roster_import) for kind in (actions.LOOK_THROUGH, actions.APPLY))
    return next(filter(None, found), None)


@bp.post("/imports/<int:import_id>/apply")
@signed_in
def apply_import(import_id: int) -> ResponseReturnValue:
    roster_import = _import_or_404(import_id)
    require(policies.can_import(me()))
    is_whole = request.form.get("how") == "whole"
    job = actions.ask_to_apply(roster_import, is_whole=is_whole, by=me(), at=now())
    if job is not None:
        db.session.commit()
        return _on_to(roster_import, job)
    applied = actions.apply_roster(roster_import, by=me(), at=now(), is_whole=is_whole)
    db.session.commit()
    if applied.is_applied:
        flash(_("Đã ghi danh sách. Mọi thay đổi dưới đây đã có hiệu lực."), "good")
    else:
        flash(
            _("Dữ liệu đã thay đổi từ lúc bạn xem trước nên chưa ghi gì. Hãy xem lại kết quả mới rồi ghi."), "warning"
        )
    return redirect(url_for(".show_import", import_id=import_id), 303)


@bp.get("/imports/<int:import_id>/refused")
@signed_in
def download_refused(import_id: int) -> ResponseReturnValue:
    """The refused rows as they stood, with why: to be mended in place and sent again."""
    roster_import = _import_or_404(import_id)
    refused = queries.refused_rows(roster_import)
    table = actions.table_of(roster_import)
    width = len(table.header)

    def lines() -> Iterator[list[str]]:
        for row in table:
            if row.number in refused:
                cells = [as_text(cell) for cell in row.cells[:width]]
                cells += [""] * (width - len(cells))
                yield [*cells, "; ".join(reason_text(reason) for reason in refused[row.number])]

    content = workbook(_("Từ chối"), [*table.header, REASON_HEADING], lines())
    return download(content, f"tu-choi-{import_id}.xlsx")


@bp.get("/imports/template/<kind>")
@signed_in
def download_template(kind: str) -> ResponseReturnValue:
    """A file to fill in: the header with a row that shows how it is meant, and a sheet that explains every column."""
    require(policies.can_import(me()))
    if kind not in templates.KINDS:
        abort(404)
    file = io.BytesIO()
    write_workbook(file, templates.sheets_of(kind, today()), in_memory=True)
    return download(file.getvalue(), f"mau-{kind}.xlsx")
