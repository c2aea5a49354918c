"""Pages of jobs: how far one has come, and having it stopped; and the command that works at them beside the server."""

import signal
import threading
from collections.abc import Mapping
from types import FrameType
from typing import Final

import click
from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.cli import AppGroup
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import ColumnElement, false, select, true

from lms.accounts.models import Role, User
from lms.core import jobs
from lms.core.clock import now
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.jobs import Job, JobState
from lms.registry.policies import leads_country
from lms.web.access import require, signed_in

bp: Final = Blueprint("jobs", __name__, url_prefix="/jobs")
group: Final = AppGroup("jobs", help="Long jobs: imports and the like, worked at one after another.")
SHOWN_MOST: Final = 50
STATES: Final[Mapping[JobState, tuple[str, str]]] = {
    JobState.QUEUED: (_l("Đang chờ"), "neutral"),
    JobState.RUNNING: (_l("Đang chạy"), "info"),
    JobState.DONE: (_l("Đã xong"), "good"),
    JobState.FAILED: (_l("Gặp lỗi"), "bad"),
    JobState.STOPPED: (_l("Đã dừng"), "warning"),
}


def init_app(app: Flask) -> None:
    """Add the pages and the command."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(job_states=STATES, job_kind=jobs.kind_of, job_fault=fault_text)
    app.cli.add_command(group)


def can_see(user: User, job: Job) -> bool:
    """Whoever asked for a job sees and stops it, and who leads the whole country."""
    return can_list(user) and (job.asked_by_id == user.id or leads_country(user))


def visible(user: User) -> ColumnElement[bool]:
    """The twin of `can_see`, for statements that read Job."""
    if not can_list(user):
        return false()
    return true() if leads_country(user) else Job.asked_by_id == user.id


def can_list(user: User) -> bool:
    """Only those who lead somewhere ask for jobs."""
    return user.has_role(Role.ADMINISTRATOR, Role.COORDINATOR)


def fault_text(job: Job) -> str:
    """Why a job failed, in the reader's language."""
    fault = job.fault or {}
    if not fault.get("text"):
        return _("Máy chủ gặp lỗi khi làm việc này và đã ghi lại lỗi. Hãy thử lại; nếu vẫn lỗi, hãy báo quản trị viên.")
    return _(str(fault["text"]), **fault.get("values", {}))


@bp.get("")
@signed_in
def list_jobs() -> ResponseReturnValue:
    require(can_list(current_user))
    found = db.session.scalars(select(Job).where(visible(current_user)).order_by(Job.id.desc()).limit(SHOWN_MOST)).all()
    return render_template("jobs/jobs.html", jobs=found)


def _job_or_404(job_id: int) -> Job:
    job = db.get_or_404(Job, job_id)
    require(can_see(current_user, job))
    return job


@bp.get("/<int:job_id>")
@signed_in
def show_job(job_id: int) -> ResponseReturnValue:
    """How far a job is. Whoever waited for it is led on once it is done."""
    job = _job_or_404(job_id)
    if job.state is JobState.DONE and "wait" in request.args:
        return redirect(jobs.kind_of(job).place(job))
    return render_template("jobs/job.html", job=job)


@bp.post("/<int:job_id>/stop")
@signed_in
def stop_job(job_id: int) -> ResponseReturnValue:
    job = _job_or_404(job_id)
    jobs.ask_to_stop(job, by=current_user, at=now())
    db.session.commit()
    flash(_("Đã yêu cầu dừng. Những gì đã ghi xong vẫn được giữ."), "info")
    return redirect(url_for(".show_job", job_id=job_id), 303)


@group.command("work")
@click.option("--until-empty", is_flag=True, help="Xong mọi việc đang chờ thì thôi / end once nothing waits.")
def work(until_empty: bool) -> None:
    """Làm các việc đang chờ / work at the jobs that wait, one after another, beside the server.

    Any number of these may run, on any machine: each job is done by one at a time, and every effect happens once.
    A first Ctrl+C or TERM lets the job at hand come to its end.
    """
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, end)
    if until_empty:
        while not stop.is_set() and jobs.work_one():
            pass
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    jobs.work_until(stop, app)
