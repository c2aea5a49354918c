"""Jobs of the registry: long files are looked through and applied beside the pages, a portion at a time."""

import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Final

from flask import Flask, url_for
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.accounts.models import User
from lms.core import jobs
from lms.core.db import db, reading
from lms.core.errors import DomainError
from lms.core.i18n import lazy_gettext as _l
from lms.core.jobs import Job, Kind, Run
from lms.registry import actions, policies, queries
from lms.registry.models import ListingExport, Person, RosterImport
from lms.registry.rules.reasons import RosterFault

PAUSE_SECONDS: Final = 0.02
"""Between two portions, so that on SQLite others who wait to write get their turn."""
TRIES: Final = 3
STEPS: Final = {
    "read": _l("Đang đọc tệp"),
    "decide": _l("Đang đối chiếu từng dòng"),
    "write": _l("Đang ghi"),
    "write_whole": _l("Đang ghi tất cả trong một lần"),
    "export": _l("Đang lập bảng kê"),
}


def init_app(_app: Flask) -> None:
    """Offer the jobs."""
    jobs.offer(Kind(actions.LOOK_THROUGH, _l("Xem trước danh sách"), look_through, _place, STEPS))
    jobs.offer(Kind(actions.APPLY, _l("Ghi danh sách"), apply_import, _place, STEPS))
    jobs.offer(Kind(actions.EXPORT, _l("Xuất bảng kê"), export_listing, _export_place, STEPS))
    title = _l("Tìm người nghi trùng")
    jobs.offer(Kind(actions.FIND_DUPLICATES, title, find_duplicates, _queue))
    jobs.offer(Kind(actions.FIND_DUPLICATES_OF_IMPORT, title, find_duplicates_of_import, _queue))


def _place(job: Job) -> str:
    return url_for("registry.show_import", import_id=job.subject_id)


def look_through(run: Run) -> None:
    """Decide every row of a file that was sent, and keep what was decided for somebody to read."""
    source = _open(run)
    try:
        source.read(_teller(run))
    except RosterFault as fault:
        actions.note_fault(_import_of(run), fault)
        run.finish()
        return
    _show(run, source)
    run.finish()


def _show(run: Run, source: Any) -> None:
    total = sum(map(len, source.portions))
    actions.forget_rows(_import_of(run))
    run.commit(0, total, step="decide")
    done = 0
    for portion in source.portions:
        with nullcontext() if source.is_trying else reading():
            decided = source.decide(portion)
        actions.write_rows(_import_of(run), decided.rows)
        done += len(portion)
        run.commit(done, total)
        time.sleep(PAUSE_SECONDS)
    actions.end_showing(_import_of(run), source, by=_asker(run), at=run.clock())


def apply_import(run: Run) -> None:
    """Do what a file was shown to do: its good rows a portion at a time, or all of them in one transaction."""
    source = _open(run)
    source.read(_teller(run))
    if run.arguments["is_whole"]:
        run.commit(step="write_whole")
        actions.apply(_import_of(run), source, by=_asker(run), at=run.clock(), is_whole=True)
        run.finish()
        return
    total, done = sum(map(len, source.portions)), 0
    run.commit(0, total, step="write")
    for portion in source.portions:
        done += len(portion)
        _apply_portion(run, source, portion, done, total)
        time.sleep(PAUSE_SECONDS)
    actions.end_applying(_import_of(run), source, by=_asker(run), at=run.clock())
    run.finish()


def _apply_portion(run: Run, source: Any, portion: Any, done: int, total: int) -> None:
    """Where somebody else has just written the same person, the portion is decided anew."""
    for tries_left in range(TRIES - 1, -1, -1):
        try:
            actions.apply_portion(_import_of(run), source, portion, at=run.clock())
            run.commit(done, total)
        except IntegrityError:
            db.session.rollback()
            if not tries_left:
                raise
        else:
            return


def _export_place(_job: Job) -> str:
    return url_for("registry.list_exports")


def export_listing(run: Run) -> None:
    """Write a listing into a file and keep it for whoever asked."""
    run.commit(step="export")
    by = db.session.get_one(User, run.asked_by_id)
    if by.suspended_at is not None or not policies.can_export(by):
        raise DomainError(_l("Tài khoản đã yêu cầu việc này không còn quyền xuất bảng kê."))
    db.session.rollback()
    with tempfile.TemporaryFile() as file:
        rows = actions.make_export(run.subject_id, file)
        export = db.session.get_one(ListingExport, run.subject_id)
        actions.keep_export(export, file, rows, at=run.clock())
        run.finish()


def _open(run: Run) -> Any:
    with reading():
        roster_import = _import_of(run)
        by = _asker(run)
        return actions.open_source(actions.content_of(roster_import), by=by, at=run.clock(), kind=roster_import.kind)


def _teller(run: Run) -> Callable[[int], None]:
    run.commit(step="read")
    return lambda done: run.commit(done)


def _import_of(run: Run) -> RosterImport:
    return db.session.get_one(RosterImport, run.subject_id)


def _asker(run: Run) -> User | None:
    """Whose rights the job is done with: those that they have now."""
    if run.asked_by_id is None:
        return None
    user = db.session.get_one(User, run.asked_by_id)
    if user.suspended_at is not None or not policies.can_import(user):
        raise DomainError(_l("Tài khoản đã yêu cầu việc này không còn quyền nhập danh sách."))
    return user


# Persons who may be one


def _queue(_job: Job) -> str:
    return url_for("registry.list_duplicates")


def find_duplicates(run: Run) -> None:
    """Let everyone who may be somebody else wait in the queue, a stretch of ids at a time."""
    last = db.session.scalar(select(func.max(Person.id))) or 0
    begin = run.memo.get("after", 0)
    while begin < last:
        end = min(begin + actions.STRETCH, last)
        actions.find_duplicates((begin + 1, end), at=run.clock())
        run.memo["after"] = begin = end
        run.commit(begin, last)
        time.sleep(PAUSE_SECONDS)
    run.finish()


def find_duplicates_of_import(run: Run) -> None:
    """Let everyone whom a list has brought in, and who may be somebody else, wait in the queue."""
    while made := queries.people_made_by(_import_of(run), after=run.memo.get("after", 0)):
        actions.find_duplicates(set(made.values()), at=run.clock())
        run.memo["after"] = max(made)
        run.commit()
        time.sleep(PAUSE_SECONDS)
    run.finish()
