"""Work that takes longer than a page may: asked for in one transaction, done by a worker, every effect once.

The database is the source of truth. A worker takes a job up by counting its fence up and holds it by a lease that it
keeps renewing. Whatever the work commits goes through `Run.commit`, which looks in the same transaction whether the
fence is still its own: a worker that was paused, or thought dead and replaced, can no longer have an effect.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, cast

from flask import Flask, current_app
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Table, and_, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import audit
from lms.core.clock import now
from lms.core.db import Model, db, one_of, reading
from lms.core.errors import DomainError

LEASE: Final = timedelta(seconds=30)
"""After so long without a sign of life a job is taken up by whoever comes next."""
BEAT_SECONDS: Final = 10
IDLE_SECONDS: Final = 1
TRIES_MOST: Final = 10
"""So often a job is taken up without getting any further; then it is what kills its worker, and is given up."""
FAULT_MOST: Final = 300
OPEN: Final = "state IN ('queued', 'running')"

log: Final = logging.getLogger("lms.jobs")


class JobState(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class Job(Model):
    """One piece of work that somebody asked for. Stays when it is over, so that what happened can be told."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="leased_while_running"),
        CheckConstraint(f"({OPEN}) = (finished_at IS NULL)", name="finished_unless_open"),
        CheckConstraint("(state = 'failed') = (fault IS NOT NULL)", name="failed_with_fault"),
        CheckConstraint("done_count >= 0", name="done_not_negative"),
        CheckConstraint("total_count IS NULL OR done_count <= total_count", name="done_at_most_all"),
        CheckConstraint("fence >= 0 AND tries >= 0", name="counts_not_negative"),
        Index(
            "uq_job_kind_subject_id_open",
            "kind",
            "subject_id",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index("ix_job_open", "id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index(None, "asked_by_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    """What is to be done, as `<package>.<verb>`: see `offer`."""
    subject_id: Mapped[int]
    """What it is done to; the kind says what kind of thing. One job of a kind at a time for one thing."""
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    """How it is to be done. Never a personal id."""
    state: Mapped[JobState] = mapped_column(one_of(JobState))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """Whose rights it is done with; empty for the system itself."""
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    """When it was first taken up."""
    finished_at: Mapped[datetime | None]
    fence: Mapped[int]
    """How often it was taken up. Only whoever took it up last may write."""
    tries: Mapped[int]
    """How often it was taken up since it last got further."""
    worker: Mapped[str | None] = mapped_column(String(120))
    """Who took it up last: machine and process."""
    lease_until: Mapped[datetime | None]
    stop_asked_at: Mapped[datetime | None]
    stop_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    step: Mapped[str] = mapped_column(String(40))
    """Which of the kind's steps it is at; empty before the first."""
    done_count: Mapped[int]
    total_count: Mapped[int | None]
    """Empty while it is not known how much there is to do, or while the step cannot be divided."""
    memo: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Where to go on after an interruption, as the kind keeps it for itself."""
    fault: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Why it failed: {"text": source text of the words, "values": …}; no text for a fault of the program's own."""

    @property
    def is_open(self) -> bool:
        return self.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def is_stopping(self) -> bool:
        return self.is_open and self.stop_asked_at is not None


class Lost(Exception):
    """The job is somebody else's by now: nothing of this transaction may stay."""


class Stopped(Exception):
    """Somebody asked for the job to be stopped."""


@dataclass(frozen=True)
class Kind:
    """A kind of job that a package offers."""

    name: str
    title: str
    """What it is called on pages: a lazy text."""
    work: "Callable[[Run], None]"
    """Does it, from the beginning or from where the memo says. Commits through the run alone."""
    place: Callable[[Job], str]
    """The address at which its outcome is seen."""
    steps: Mapping[str, str] = field(default_factory=dict)
    """What its steps are called: lazy texts."""


_KINDS: Final[dict[str, Kind]] = {}


def offer(kind: Kind) -> None:
    """Make a kind of job known; offering it again replaces it."""
    _KINDS[kind.name] = kind


def kind_of(job: Job) -> Kind:
    """What a job's kind says of itself."""
    return _KINDS[job.kind]


# Asking for a job, and asking for its end


def ask(
    kind: str, subject: Model, *, by: audit.Actor | None, at: datetime, arguments: Mapping[str, Any] | None = None
) -> Job:
    """Ask for work on a thing, in the caller's transaction: with it the job is there or not.

    Where the same is asked for already and not over yet, that job is the answer: two clicks are one job.
    """
    if kind not in _KINDS:
        raise ValueError(f"nobody offers {kind!r}")
    db.session.flush()
    subject_id: int = subject.id  # type: ignore[attr-defined]
    values = {
        "kind": kind,
        "subject_id": subject_id,
        "arguments": dict(arguments or {}),
        "state": JobState.QUEUED,
        "asked_by_id": by.id if by is not None else None,
        "asked_at": at,
        "fence": 0,
        "tries": 0,
        "step": "",
        "done_count": 0,
        "memo": {},
    }
    table = cast(Table, Job.__table__)
    dialect = db.session.get_bind().dialect.name
    inserting: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect](table)
    once = inserting.values(values).on_conflict_do_nothing().returning(table.c.id)
    job_id = db.session.execute(once).scalar()
    if job_id is None:
        return db.session.scalars(
            select(Job).where(Job.kind == kind, Job.subject_id == subject_id, text(OPEN)).with_for_update()
        ).one()
    job = db.session.get_one(Job, job_id)
    audit.record("jobs.ask", job, by=by, at=at, kind=kind, thing=subject.__tablename__, thing_id=subject_id)
    return job


def ask_to_stop(job: Job, *, by: audit.Actor | None, at: datetime) -> None:
    """Have a job end as soon as it can; one that nobody has taken up ends at once. What it has committed stays."""
    db.session.refresh(job, with_for_update=True)
    if not job.is_open or job.stop_asked_at is not None:
        return
    job.stop_asked_at = at
    job.stop_asked_by_id = by.id if by is not None else None
    if job.state is JobState.QUEUED:
        job.state = JobState.STOPPED
        job.finished_at = at
    audit.record("jobs.stop", job, by=by, at=at, kind=job.kind)


def open_job(kind: str, subject: Model) -> Job | None:
    """The job of this kind that is asked for or going on for a thing."""
    subject_id: int = subject.id  # type: ignore[attr-defined]
    return db.session.scalar(select(Job).where(Job.kind == kind, Job.subject_id == subject_id, text(OPEN)))


# Doing it


class Run:
    """One worker's going at a job: what the work itself is given."""

    def __init__(self, job: Job, clock: Callable[[], datetime] = now) -> None:
        self.job_id: Final = job.id
        self.subject_id: Final = job.subject_id
        self.arguments: Final[Mapping[str, Any]] = dict(job.arguments)
        self.asked_by_id: Final = job.asked_by_id
        self.asked_at: Final = job.asked_at
        self.fence: Final = job.fence
        self.memo: dict[str, Any] = dict(job.memo)
        """Where to go on after an interruption; kept by every commit."""
        self.clock: Final = clock
        self.is_over = False
        self.told: tuple[int, int] | None = None
        """How far a step is that commits at its end alone."""

    def tell(self, done: int, total: int) -> None:
        """Say how far a step is that commits at its end alone.

        The next sign of life takes it along. Where the work holds the only write lock there is, it stays unsaid.
        """
        self.told = (done, total)

    def commit(self, done: int | None = None, total: int | None = None, *, step: str | None = None) -> None:
        """Commit what the session holds, with how far the job is; or raise Lost or Stopped and commit nothing.

        done, total: pieces; a total of None says that it is not known. With neither, both stay as they are.
        """
        values: dict[str, Any] = {"tries": 0, "memo": self.memo}
        if done is not None:
            values.update(done_count=done, total_count=total)
        if step is not None:
            values.update(step=step)
            if done is None:
                values.update(done_count=0, total_count=None)
        self.told = None
        self._write(values)
        db.session.commit()

    def finish(self) -> None:
        """Commit what the session holds and the end of the job, as one."""
        ended = {"state": JobState.DONE, "finished_at": self.clock(), "lease_until": None, "memo": self.memo}
        self._write({**ended, "done_count": func.coalesce(Job.total_count, Job.done_count)})
        db.session.commit()
        self.is_over = True

    def _write(self, values: dict[str, Any]) -> None:
        # As the last statement before a commit, so that the row is not kept from others while the work goes on.
        db.session.flush()
        held = db.session.execute(
            _mine(self.job_id, self.fence)
            .values({"lease_until": self.clock() + LEASE, **values})
            .returning(Job.stop_asked_at)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if held is None:
            raise Lost
        if held.stop_asked_at is not None:
            raise Stopped

    def _end(self, values: dict[str, Any]) -> None:
        db.session.rollback()
        db.session.execute(
            _mine(self.job_id, self.fence)
            .values({"lease_until": None, **values})
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
        self.is_over = True


def _mine(job_id: int, fence: int) -> Any:
    return update(Job).where(Job.id == job_id, Job.fence == fence, Job.state == JobState.RUNNING)


def take(*, at: datetime, worker: str) -> Job | None:
    """Take up the oldest job that waits, or whose worker has given no sign of life; committed at once."""
    with reading():
        waiting = or_(Job.state == JobState.QUEUED, and_(Job.state == JobState.RUNNING, Job.lease_until < at))
        found = db.session.execute(
            select(Job.id, Job.fence, Job.tries, Job.stop_asked_at).where(text(OPEN), waiting).order_by(Job.id)
        ).all()
    for seen in found:
        values: dict[str, Any] = {
            "state": JobState.RUNNING,
            "fence": seen.fence + 1,
            "tries": seen.tries + 1,
            "worker": worker,
            "lease_until": at + LEASE,
        }
        if seen.stop_asked_at is not None:
            values = {"state": JobState.STOPPED, "finished_at": at, "lease_until": None}
        elif seen.tries >= TRIES_MOST:
            log.error("job %s was taken up %s times and got no further: given up", seen.id, seen.tries)
            values = {"state": JobState.FAILED, "finished_at": at, "lease_until": None, "fault": {}}
        # Whoever else saw it counts the fence up first, or not at all.
        taken = db.session.execute(
            update(Job)
            .where(Job.id == seen.id, Job.fence == seen.fence, text(OPEN), waiting)
            .values(values)
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        ).scalar()
        db.session.commit()
        if taken is not None and values["state"] is JobState.RUNNING:
            job = db.session.get_one(Job, taken, populate_existing=True)
            if job.started_at is None:
                job.started_at = at
                db.session.commit()
            return job
    return None


def work_one(*, worker: str | None = None, clock: Callable[[], datetime] = now) -> bool:
    """Take up the next job and see it to its end; False if there is none. Needs an application context."""
    job = take(at=clock(), worker=worker or _this_process())
    if job is None:
        db.session.rollback()
        return False
    kind, run = _KINDS[job.kind], Run(job, clock)
    db.session.rollback()
    try:
        with _beating(run):
            kind.work(run)
            if not run.is_over:
                run.finish()
    except Lost:
        db.session.rollback()
        log.warning("job %s is somebody else's by now", run.job_id)
    except Stopped:
        run._end({"state": JobState.STOPPED, "finished_at": clock()})
    except DomainError as refusal:
        run._end({"state": JobState.FAILED, "finished_at": clock(), "fault": _told(refusal)})
    except (OperationalError, InterfaceError):
        # The database was busy or away: what was committed is there, the rest is taken up again.
        db.session.rollback()
        log.warning("job %s: the database did not answer; it is taken up again", run.job_id, exc_info=True)
    except Exception:
        log.exception("job %s failed", run.job_id)
        run._end({"state": JobState.FAILED, "finished_at": clock(), "fault": {}})
    finally:
        db.session.remove()
    return True


def _told(refusal: DomainError) -> dict[str, Any]:
    message = refusal.message
    source = getattr(message, "source", None) or str(message)
    return {"text": str(source)[:FAULT_MOST], "values": getattr(message, "values", None) or {}}


def _this_process() -> str:
    return f"{socket.gethostname()[:80]}:{os.getpid()}:{threading.get_ident()}"


def _sign_of_life(run: Run) -> dict[str, Any]:
    values: dict[str, Any] = {"lease_until": run.clock() + LEASE}
    if run.told is not None:
        values["done_count"], values["total_count"] = run.told
    return values


@contextmanager
def _beating(run: Run) -> Iterator[None]:
    """Renew the lease from a thread of its own, also while the work is in one long step."""
    app = cast(Any, current_app)._get_current_object()
    is_over = threading.Event()

    def beat() -> None:
        while not is_over.wait(BEAT_SECONDS):
            with app.app_context():
                try:
                    db.session.execute(
                        _mine(run.job_id, run.fence)
                        .values(_sign_of_life(run))
                        .execution_options(synchronize_session=False)
                    )
                    db.session.commit()
                except (OperationalError, InterfaceError):
                    # The work itself may be holding the only write lock there is; then nobody else can take it up.
                    db.session.rollback()
                finally:
                    db.session.remove()

    thread = threading.Thread(target=beat, name=f"job-{run.job_id}-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def work_until(stop: threading.Event, app: Flask) -> None:
    """Do what there is to do, one job after another, and wait for more until told to stop."""
    while not stop.is_set():
        try:
            with app.app_context():
                has_worked = work_one()
        except Exception:
            # The database may be away for a while; a worker that dies would leave every later job waiting.
            log.warning("the worker could not look for jobs", exc_info=True)
            has_worked = False
        if not has_worked:
            stop.wait(IDLE_SECONDS)


def start_worker(app: Flask) -> threading.Event:
    """Work in a thread beside the server's own; setting the event that comes back ends it after its job."""
    stop = threading.Event()
    threading.Thread(target=work_until, args=(stop, app), name="jobs", daemon=True).start()
    return stop
