"""A kind of job for tests: writes portions down, one after another. On its own, because killed processes load it."""

from datetime import UTC, datetime, timedelta

from lms.core import audit, jobs
from lms.core.db import db
from lms.core.jobs import Kind, Run
from lms.registry.models import Unit
from tests.support.killing import die_at_statement

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PORTIONS = 5


def write_portions(run: Run) -> None:
    """Write each portion down, and go on where the memo says."""
    unit = db.session.get_one(Unit, run.subject_id)
    for portion in range(run.memo.get("next", 0), PORTIONS):
        audit.record("test.portion", unit, by=None, at=NOW, portion=portion, job=run.job_id)
        run.memo["next"] = portion + 1
        run.commit(portion + 1, PORTIONS, step="write")


def work_and_die(_app: object, number: int, hours: int) -> None:
    """Do the next job, some hours after NOW; be killed just before the n-th statement."""
    jobs.offer(Kind("write_portions", "Việc thử", write_portions, lambda job: "/"))
    die_at_statement(number)
    jobs.work_one(clock=lambda: NOW + timedelta(hours=hours))
