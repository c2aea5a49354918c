"""Taking listings out: chosen, made at once or by a job, fetched by whoever asked for them."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.core import jobs, storage
from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import DomainError
from lms.registry import actions, policies, queries
from lms.registry.forms import ExportForm
from lms.registry.models import ListingExport
from lms.registry.views.blueprint import bp, me
from lms.web.access import require, signed_in
from lms.web.sheets import download_file


@bp.get("/exports")
@signed_in
def list_exports() -> ResponseReturnValue:
    require(policies.can_export(me()))
    return _exports_page(ExportForm(formdata=None, may_unveil=policies.can_export_unveiled(me())))


def _exports_page(form: ExportForm) -> str:
    exports = queries.latest_exports(policies.visible_exports(me()))
    return render_template(
        "registry/exports.html",
        form=form,
        listings=actions.LISTINGS,
        exports=exports,
        open_jobs={
            export.id: job
            for export in exports
            if not export.made_at and (job := jobs.open_job(actions.EXPORT, export))
        },
    )


@bp.post("/exports")
@signed_in
def export_listing() -> ResponseReturnValue:
    require(policies.can_export(me()))
    form = ExportForm(may_unveil=policies.can_export_unveiled(me()))
    if not form.validate():
        return _exports_page(form), 422
    listing = actions.LISTINGS[form.listing.data]
    try:
        _export, job = actions.ask_for_export(
            listing, form.format.data, purpose=form.chosen_purpose(), by=me(), at=now()
        )
    except DomainError as refusal:
        db.session.rollback()
        form.format.errors = [*form.format.errors, str(refusal)]
        return _exports_page(form), refusal.status
    db.session.commit()
    if job is not None:
        return redirect(url_for("jobs.show_job", job_id=job.id, wait=1), 303)
    return redirect(url_for(".list_exports") + "#made", 303)


@bp.get("/exports/<int:export_id>")
@signed_in
def download_export(export_id: int) -> ResponseReturnValue:
    export = db.get_or_404(ListingExport, export_id)
    require(policies.can_see_export(me(), export))
    if export.file is None:
        abort(404)
    return download_file(storage.path_of(export.file), export.file.name, export.file.media_type)
