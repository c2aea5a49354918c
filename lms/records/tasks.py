"""Jobs of records: a version that touches many people is published beside the pages."""

from typing import Final

from flask import Flask, url_for

from lms.accounts.models import User
from lms.core import jobs
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import lazy_gettext as _l
from lms.core.jobs import Job, Kind, Run
from lms.records import actions, policies, queries
from lms.records.models import Requirement

STEPS: Final = {"publish": _l("Đang ban hành và tính lại diện phải học, tất cả trong một lần")}


def init_app(_app: Flask) -> None:
    """Offer the jobs."""
    for name in (actions.publishing.PUBLISH, actions.publishing.MAKE):
        jobs.offer(Kind(name, _l("Ban hành yêu cầu tập huấn"), publish, _place, STEPS))


def _place(job: Job) -> str:
    """The requirement; the list of them while there is none yet, or if none was made."""
    code = (job.arguments["names"] or {}).get("code")
    requirement = queries.requirement_by_code(code) if code else db.session.get(Requirement, job.subject_id)
    if requirement is None:
        return url_for("records.list_requirements")
    return url_for("records.show_requirement", requirement_code=requirement.code)


def publish(run: Run) -> None:
    """Look again and publish, in one transaction with the end of the job: interrupted, it has not happened."""
    run.commit(step="publish")
    by = db.session.get_one(User, run.asked_by_id)
    if by.suspended_at is not None or not policies.can_change_requirements(by):
        raise DomainError(_l("Tài khoản đã yêu cầu việc này không còn quyền ban hành yêu cầu."))
    is_new = run.arguments["names"] is not None
    requirement = None if is_new else db.session.get_one(Requirement, run.subject_id)
    actions.publish_as_asked(requirement, run.arguments, by=by, at=run.clock(), tell=run.tell)
    run.finish()
