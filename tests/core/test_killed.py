"""Killed in the middle: what was confirmed is there, once; what was not is there wholly or not at all."""

import http.client
import itertools
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text

from assessments.models import Answer, Attempt
from courses.models import ItemDone
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.registry import actions as registry
from lms.registry.models import Person, Position, RosterImport, RosterRow
from tests.support import make
from tests.support.killing import die_at_statement, nursery, serve
from tests.web.world import ROSTER_HEADER

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LEARNERS = 8
LESSONS = 30
KILLS = 10
CONFIRMED_BETWEEN = 20
"""So many answers at least between one kill and the next."""


@pytest.fixture
def engine(sqlite):
    """One file and one writing process: here a kill can do most harm."""
    return sqlite


@dataclass
class Learner:
    """Somebody with a telephone who goes on until the work is confirmed, however often the server dies."""

    address: tuple[str, int]
    headers: dict[str, str]
    enrolment_id: int
    quiz: str
    saved: dict[int, str] = field(default_factory=dict)
    """What was confirmed as saved last, by attempt."""
    submitted: list[int] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    confirmed: int = 0
    faults: list[object] = field(default_factory=list)

    def post(self, path, body=""):
        """Where the server leads after doing it; asked again until it says so."""
        while True:
            connection = http.client.HTTPConnection(*self.address, timeout=20)
            try:
                connection.request("POST", path, body, self.headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            finally:
                connection.close()
            if answer.status != 503:
                if answer.status != 303:
                    self.faults.append((path, body, answer.status))
                self.confirmed += 1
                return answer.headers.get("Location", "")

    def learn(self, stop):
        lessons = (f"phan-{number}" for number in range(1, LESSONS + 1))
        try:
            while not stop.is_set():
                place = self.post(f"/learning/{self.enrolment_id}/quizzes/{self.quiz}/attempts")
                attempt = int(place.rsplit("/", 1)[-1])
                for base, choice in enumerate(("q1=1", "q1=2&q2=1")):
                    self.post(f"/attempts/{attempt}", f"{choice}&base={base}")
                    self.saved[attempt] = choice
                lesson = next(lessons, None)
                if lesson is not None:
                    self.post(f"/learning/{self.enrolment_id}/lessons/{lesson}/done")
                    self.done.append(lesson)
                self.post(f"/attempts/{attempt}/submit")
                self.submitted.append(attempt)
        except Exception as fault:
            self.faults.append(fault)


def test_killed_while_many_learn(app, sign_in, listener):
    version = make.course_version(lessons=LESSONS)
    # One option where two are right never passes, so that there is always another attempt to make.
    quiz = make.quiz(version, right=((1, 2), (1, 2)), attempts_allowed=10_000)
    taken = make.training_class(version)
    learners = []
    for _ in range(LEARNERS):
        account = make.user()
        enrolment = make.enrolment(taken, holder=make.person(account=account))
        browser = sign_in(account)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": browser._csrf_token()}
        headers["Cookie"] = f"session={browser.get_cookie('session').value}"
        learners.append(Learner(listener.getsockname(), headers, enrolment.id, quiz.item.slug))
    db.session.commit()

    chance, stop = random.Random(7), threading.Event()
    with nursery(app, listener) as nurse:
        nurse.start(serve, "listener")
        threads = [threading.Thread(target=learner.learn, args=[stop]) for learner in learners]
        for thread in threads:
            thread.start()
        for kill in range(1, KILLS + 1):
            enough = kill * CONFIRMED_BETWEEN
            while sum(learner.confirmed for learner in learners) < enough and not any(one.faults for one in learners):
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.1))
            nurse.kill()
            nurse.start(serve, "listener")
        stop.set()
        for thread in threads:
            thread.join(60)

    assert [learner.faults for learner in learners] == [[]] * LEARNERS
    assert sum(len(learner.submitted) for learner in learners) > LEARNERS
    audited = Counter(map(tuple, db.session.execute(select(AuditEntry.action, AuditEntry.subject_id))))
    for learner in learners:
        attempts = db.session.scalars(
            select(Attempt).where(Attempt.enrolment_id == learner.enrolment_id).order_by(Attempt.number)
        ).all()
        assert [attempt.number for attempt in attempts] == list(range(1, len(attempts) + 1))
        assert [attempt.id for attempt in attempts if attempt.submitted_at is not None] == learner.submitted
        for attempt in attempts:
            assert audited["assessments.start_attempt", attempt.id] == 1
            assert audited["assessments.submit", attempt.id] == (attempt.submitted_at is not None)
            assert audited["assessments.save_answers", attempt.id] == attempt.saves_count
        for attempt_id in learner.submitted:
            answers = db.session.scalars(select(Answer).where(Answer.attempt_id == attempt_id)).all()
            assert sorted(len(answer.chosen) for answer in answers) == [1, 1], learner.saved[attempt_id]
        done = db.session.scalars(select(ItemDone).where(ItemDone.enrolment_id == learner.enrolment_id)).all()
        slugs = {item.id: item.slug for item in version.items}
        assert sorted(slugs[one.item_id] for one in done) == sorted(learner.done)
        assert {audited["courses.mark_done", one.id] for one in done} <= {1}
    assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []


def roster(people):
    names = itertools.product("An Bình Chi Dung Hà Lan Mai Nga".split(), "Lý Vừ Hoàng Đặng Trần".split(), "ABCDEFGH")
    lines = (
        f"{family} Thị {given} {third};15/08/{1960 + number % 40};Nữ;;;Chuyên viên;UBND xã;Xã;Tỉnh Cao Bằng;Xã Đồi Chè"
        ";01/02/2026"
        for number, (given, family, third) in zip(range(people), names, strict=False)
    )
    return (ROSTER_HEADER + "\n".join(lines)).encode()


def apply_and_die(_app, import_id, number):
    """Apply a roster, and be killed just before the n-th statement."""
    die_at_statement(number)
    registry.apply_roster(db.session.get_one(RosterImport, import_id), by=None, at=NOW)
    db.session.commit()


def test_killed_while_applying_a_roster(app, listener):
    make.requirements()
    make.commune("Đồi Chè", within=make.province("Cao Bằng", code="04"))
    sent = registry.preview_roster(roster(60), "ds.csv", by=None, at=NOW)
    db.session.flush()
    import_id = sent.id
    db.session.commit()

    def there():
        counts = [db.session.scalar(select(func.count(table.id))) for table in (Person, Position)]
        applied_at = db.session.scalar(select(RosterImport.applied_at).where(RosterImport.id == import_id))
        # Let go of the file, or the next process waits for this one.
        db.session.rollback()
        return counts, applied_at is not None

    ends = []
    with nursery(app, listener) as nurse:
        number = 1.0
        while not ends or ends[-1] != 0:
            nurse.start(apply_and_die, import_id, int(number))
            ends.append(nurse.wait())
            assert there() == (([0, 0], False) if ends[-1] else ([60, 60], True)), number
            number = number * 1.4 + 1
    assert set(ends) == {-signal.SIGKILL, 0}
    assert len(ends) > 6
    assert db.session.scalar(select(func.count(RosterRow.id))) == 60
    assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
