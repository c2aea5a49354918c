"""Jobs of coverage: a long report is collected and published beside the pages."""

from typing import Final

from flask import Flask, url_for

from lms.accounts.models import User
from lms.core import jobs
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.jobs import Job, Kind, Run
from lms.coverage import actions
from lms.coverage.models import Report

STEPS: Final = {"collect": _l("Đang lập danh sách"), "seal": _l("Đang niêm phong")}


def init_app(_app: Flask) -> None:
    """Offer the job."""
    jobs.offer(Kind(actions.PUBLISH, _l("Công bố báo cáo độ bao phủ"), publish, _place, STEPS))


def _place(job: Job) -> str:
    return url_for("coverage.show_report", report_id=job.subject_id)


def publish(run: Run) -> None:
    """Collect the people of a report in one transaction, then hash and publish what was collected."""
    run.commit(step="collect")
    actions.collect(_report_of(run), at=run.clock())
    run.commit(step="seal")
    asker = db.session.get(User, run.asked_by_id) if run.asked_by_id is not None else None
    actions.seal(_report_of(run), by=asker, at=run.clock())
    run.finish()


def _report_of(run: Run) -> Report:
    return db.session.get_one(Report, run.subject_id)
