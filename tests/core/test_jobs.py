"""Jobs: asked for once, done once whoever dies or sleeps meanwhile, stopped when somebody says so."""

import itertools
import signal
import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts.models import Role
from lms.core import audit, jobs
from lms.core.audit import AuditEntry
from lms.core.db import db, reading
from lms.core.errors import DomainError
from lms.core.i18n import lazy_gettext as _l
from lms.core.jobs import Job, JobState, Kind, Lost, Run
from lms.registry.models import Unit
from tests.core.portions import NOW, PORTIONS, work_and_die, write_portions
from tests.support import make
from tests.support.client import release
from tests.support.jobs import work_all
from tests.support.killing import nursery
from tests.support.threads import at_once


def refuse(run):
    raise DomainError(_l("Tệp rỗng, không có nội dung."))


def break_down(run):
    raise ZeroDivisionError


def stop_itself(run):
    """Somebody asks for the end after the first portion."""
    unit = db.session.get_one(Unit, run.subject_id)
    audit.record("test.portion", unit, by=None, at=NOW, portion=0, job=run.job_id)
    run.commit(1, 2)
    jobs.ask_to_stop(db.session.get_one(Job, run.job_id), by=None, at=NOW)
    db.session.commit()
    audit.record("test.portion", unit, by=None, at=NOW, portion=1, job=run.job_id)
    run.commit(2, 2)


def offer():
    for work in (write_portions, refuse, break_down, stop_itself):
        steps = {"write": _l("Đang ghi")}
        jobs.offer(Kind(work.__name__, _l("Nhập danh sách"), work, lambda job: f"/over/{job.subject_id}", steps))


@pytest.fixture(autouse=True)
def _offered():
    offer()
    yield
    for work in (write_portions, refuse, break_down, stop_itself):
        del jobs._KINDS[work.__name__]


def asked(kind="write_portions", thing=None, by=None):
    job = jobs.ask(kind, thing or make.province(), by=by, at=NOW)
    db.session.commit()
    return job


def portions():
    """How often each portion of each job was written down."""
    found = db.session.scalars(select(AuditEntry.details).where(AuditEntry.action == "test.portion"))
    return Counter((details["job"], details["portion"]) for details in found)


def once(*asked_for):
    return Counter((job.id, portion) for job in asked_for for portion in range(PORTIONS))


def later(hours=1):
    return lambda: NOW + timedelta(hours=hours)


def test_what_is_asked_for_is_done(app):
    job = asked()

    assert work_all(app) == 1
    assert portions() == once(job)
    assert (job.state, job.step, job.done_count, job.total_count) == (JobState.DONE, "write", PORTIONS, PORTIONS)
    assert job.finished_at >= job.started_at


def test_asking_twice_is_one_job(app):
    province = make.province()
    first, again, other = asked(thing=province), asked(thing=province), asked(thing=make.province())

    assert first is again
    assert other.id != first.id
    assert work_all(app) == 2


def test_asking_again_after_it_is_over_is_another_job(app):
    province = make.province()
    first = asked(thing=province)
    work_all(app)

    assert asked(thing=province).id != first.id


def test_many_ask_at_once_and_it_is_one_job(app):
    province_id = make.province().id

    made = at_once(
        app, 6, lambda: jobs.ask("write_portions", db.session.get_one(Unit, province_id), by=None, at=NOW).id
    )

    assert len(set(made)) == 1
    assert db.session.scalars(select(Job.id)).all() == made[:1]


def test_a_request_that_fails_has_asked_for_nothing(app):
    jobs.ask("write_portions", make.province(), by=None, at=NOW)
    db.session.rollback()

    assert work_all(app) == 0


def test_nobody_can_be_asked_for_what_nobody_offers(app):
    with pytest.raises(ValueError, match="nobody offers"):
        jobs.ask("dance", make.province(), by=None, at=NOW)


def test_many_workers_do_each_job_once(app):
    waiting = [asked() for _number in range(6)]

    def work():
        while jobs.work_one():
            pass

    assert at_once(app, 4, work) == [None] * 4
    assert portions() == once(*waiting)
    assert {job.state for job in waiting} == {JobState.DONE}


def test_a_worker_that_slept_finds_its_job_taken_and_leaves_nothing(app):
    job = asked()
    slept = Run(jobs.take(at=NOW, worker="sleeper"), clock=lambda: NOW)
    unit = db.session.get_one(Unit, slept.subject_id)
    audit.record("test.portion", unit, by=None, at=NOW, portion=0, job=slept.job_id)
    slept.commit(1, PORTIONS)
    release()

    assert work_all(app, clock=lambda: NOW + jobs.LEASE) == 0, "still leased"
    assert work_all(app, clock=later()) == 1
    with app.app_context():
        unit = db.session.get_one(Unit, slept.subject_id)
        audit.record("test.portion", unit, by=None, at=NOW, portion=1, job=slept.job_id)
        with pytest.raises(Lost):
            slept.commit(2, PORTIONS)
        with pytest.raises(Lost):
            slept.finish()
        db.session.rollback()
    assert portions() == once(job) + Counter({(job.id, 0): 1})
    assert (job.state, job.fence) == (JobState.DONE, 2)


def test_the_lease_is_renewed_in_the_middle_of_a_long_step(app, monkeypatch):
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.02)
    seen, beats = [], threading.Event()

    def take_long(run):
        first = db.session.get_one(Job, run.job_id).lease_until
        db.session.rollback()
        for _wait in range(500):
            lease = db.session.get_one(Job, run.job_id, populate_existing=True).lease_until
            db.session.rollback()
            if lease > first:
                seen.append(lease)
                return
            beats.wait(0.01)

    jobs.offer(Kind("write_portions", _l("Nhập danh sách"), take_long, lambda job: "/"))
    times = itertools.count()
    asked()

    work_all(app, clock=lambda: NOW + timedelta(seconds=next(times)))

    assert seen


def test_one_that_waits_is_stopped_at_once(app):
    job = asked()
    jobs.ask_to_stop(job, by=None, at=NOW)

    assert work_all(app) == 0
    assert (job.state, job.finished_at) == (JobState.STOPPED, NOW)


def test_one_that_runs_is_stopped_at_its_next_step_and_keeps_what_it_has(app):
    job = asked("stop_itself")

    work_all(app)

    assert job.state is JobState.STOPPED
    assert portions() == Counter({(job.id, 0): 1})


def test_one_whose_worker_died_is_stopped_without_being_taken_up(app):
    job = asked()
    jobs.take(at=NOW, worker="gone")
    jobs.ask_to_stop(job, by=None, at=NOW)
    db.session.commit()

    assert work_all(app, clock=later()) == 0
    assert job.state is JobState.STOPPED


def test_a_refusal_is_told_in_the_readers_language(app, sign_in):
    leader = make.coordinator(make.province())
    job = asked("refuse", by=leader)
    work_all(app)
    client = sign_in(leader)

    assert job.state is JobState.FAILED
    assert "Tệp rỗng, không có nội dung." in client.get(f"/jobs/{job.id}").text
    client.remember(locale="en")
    assert "Tệp rỗng" not in client.get(f"/jobs/{job.id}").text


def test_a_fault_of_our_own_ends_the_job_and_nothing_else(app, sign_in):
    leader = make.coordinator(make.province())
    broken, fine = asked("break_down", by=leader), asked()

    assert work_all(app) == 2
    assert (broken.state, fine.state) == (JobState.FAILED, JobState.DONE)
    assert "ZeroDivisionError" not in sign_in(leader).get(f"/jobs/{broken.id}").text


def test_one_that_kills_every_worker_is_given_up(app):
    job = asked()
    for hour in range(jobs.TRIES_MOST):
        jobs.take(at=NOW + timedelta(hours=hour), worker="doomed")
        release()

    assert work_all(app, clock=later(jobs.TRIES_MOST)) == 0
    assert job.state is JobState.FAILED


def test_killed_at_any_statement_each_portion_is_written_once(app, listener):
    """Killed at a later statement each time, until one gets through; what is left each time is done by the next."""
    killed, ends = [], []
    with nursery(app, listener) as nurse:
        number = 2
        while not ends or ends[-1] != 0:
            killed.append(asked())
            nurse.start(work_and_die, number, 2 * number)
            ends.append(nurse.wait())
            work_all(app, clock=later(2 * number + 1))
            number += 3

    assert set(ends) == {-signal.SIGKILL, 0}
    assert len(ends) > PORTIONS
    assert portions() == once(*killed)
    assert {job.state for job in db.session.scalars(select(Job))} == {JobState.DONE}


def test_reading_keeps_nobody_from_writing_and_sees_one_instant(app):
    province = make.province("Cao Bằng")
    release()
    with reading():
        before = db.session.scalar(select(Unit.name).where(Unit.id == province.id))

        def rename():
            db.session.get_one(Unit, province.id).name = "Cao Bằng mới"

        assert at_once_from_elsewhere(app, rename) == [None]
        assert db.session.scalar(select(Unit.name).where(Unit.id == province.id)) == before == "Cao Bằng"
    assert province.name == "Cao Bằng mới"


def at_once_from_elsewhere(app, act):
    """What another thread gets; this one keeps its transaction open meanwhile."""
    got = []

    def run():
        with app.app_context():
            got.append(act())
            db.session.commit()
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    return got


def test_a_worker_goes_on_until_it_is_told_to_stop(app):
    job = asked()
    release()
    stop = jobs.start_worker(app)
    for _wait in range(500):
        db.session.expire_all()
        is_open = job.is_open
        db.session.rollback()
        if not is_open:
            break
        threading.Event().wait(0.02)
    stop.set()

    assert job.state is JobState.DONE


def test_the_command_does_what_waits(app):
    job_id = asked().id
    release()

    assert app.test_cli_runner().invoke(args=["jobs", "work", "--until-empty"]).exit_code == 0
    assert db.session.get_one(Job, job_id).state is JobState.DONE


def test_the_page_shows_how_far_it_is_and_looks_again_by_itself(app, sign_in):
    leader = make.coordinator(make.province())
    job = asked(by=leader)
    run = Run(jobs.take(at=NOW, worker="here"))
    run.commit(2, PORTIONS, step="write")
    page = sign_in(leader).get(f"/jobs/{job.id}?wait=1").text

    assert '<progress value="2" max="5">40%</progress>' in page
    assert "Đang ghi" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "data-live" in page


def test_the_page_leads_on_once_it_is_over(app, sign_in):
    leader = make.coordinator(make.province())
    job = asked(by=leader)
    client = sign_in(leader)
    work_all(app)

    assert client.get(f"/jobs/{job.id}?wait=1").location == f"/over/{job.subject_id}"
    over = client.get(f"/jobs/{job.id}").text
    assert "refresh" not in over
    assert "data-live" not in over
    assert "Đã xong" in over


def test_only_who_asked_and_who_leads_the_country_see_and_stop_it(app, sign_in):
    leader, other = make.coordinator(make.province()), make.coordinator(make.province())
    country = make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id)
    provincial = make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.province().id)
    job = asked(by=leader)

    for user, allowed in ((leader, True), (country, True), (other, False), (provincial, False), (make.user(), False)):
        client = sign_in(user)
        assert client.get(f"/jobs/{job.id}").status_code == (200 if allowed else 403)
        assert (f"/jobs/{job.id}" in client.get("/jobs").text) == allowed
        if not allowed:
            assert client.post(f"/jobs/{job.id}/stop").status_code == 403
            assert job.stop_asked_at is None
    assert sign_in(leader).post(f"/jobs/{job.id}/stop").status_code == 303
    assert job.state is JobState.STOPPED
