"""Issuing: one certificate for one award, one number for one certificate, whatever happens at the same time."""

import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from certificates import actions, checking
from certificates.models import Certificate, NumberReservation, RevokeReason
from certificates.rules import State, read_payload
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.records.actions import revoke_award
from lms.records.models import Award, AwardSource, Qualification
from lms.settings import PROJECT
from tests.support import make

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NEW_YEAR_IN_VIETNAM = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)


def bare_award(reference="enrolment/bare", **values):
    """An award that came into the database without anybody hearing of it, as after a crash."""
    make.requirements()
    made = Award(
        person_id=make.person().id,
        qualification_id=db.session.scalars(select(Qualification.id).limit(1)).one(),
        awarded_on=date(2026, 11, 20),
        source=AwardSource.COURSE,
        source_reference=reference,
        title="Chu trình OCOP",
        hours=16,
        entered_at=NOW,
        **values,
    )
    db.session.add(made)
    db.session.flush()
    return made


def audited(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_an_award_issues_a_certificate(app):
    holder = make.person("Nguyễn Thị Phượng")
    certificate = make.certificate(holder, birth_on=date(1987, 3, 14), title="Chu trình  OCOP", hours=16, at=NOW)

    assert certificate.number == "000001/2026/GCN-OCOP"
    assert certificate.holder_name == "Nguyễn Thị Phượng"
    assert certificate.holder_birth_year == 1987
    assert certificate.title == "Chu trình OCOP"
    assert certificate.hours == 16
    assert certificate.issued_on == date(2026, 11, 23)
    assert certificate.issuer == app.config["ISSUER_NAME"]
    assert len(certificate.token) == 22
    assert checking.state(certificate, NOW) is State.VALID
    assert read_payload(certificate.payload) == checking.fields_of(certificate)
    assert [entry.details["number"] for entry in audited("certificates.issue")] == [certificate.number]


def test_someone_whose_birth_day_is_not_known_gets_one_too(app):
    assert make.certificate(birth_on=None, hours=None).holder_birth_year is None


def test_numbers_follow_each_other_and_begin_anew_each_year_of_vietnam(app):
    make.requirements()
    first = actions.issue(bare_award("a"), by=None, at=NOW)
    second = actions.issue(bare_award("b"), by=None, at=NOW)
    third = actions.issue(bare_award("c"), by=None, at=NEW_YEAR_IN_VIETNAM)

    assert [each.number for each in (first, second, third)] == [
        "000001/2026/GCN-OCOP",
        "000002/2026/GCN-OCOP",
        "000001/2027/GCN-OCOP",
    ]


def test_the_same_award_again_is_the_same_certificate(app):
    certificate = make.certificate()

    assert actions.issue(certificate.award, by=None, at=NOW) is certificate
    assert db.session.scalar(select(func.count()).select_from(NumberReservation)) == 1


def test_later_changes_of_the_person_do_not_reach_the_certificate(app):
    certificate = make.certificate(make.person("Nguyễn Thị Phượng"))
    certificate.award.person.full_name = "Trần Thị Phượng"
    db.session.flush()

    assert certificate.holder_name == "Nguyễn Thị Phượng"
    assert checking.is_genuine(certificate)


def test_a_number_is_never_given_again_after_a_withdrawal(app):
    first = make.certificate()
    actions.revoke(first, reason=RevokeReason.HOLDER_REQUEST, note="đơn ngày 22/11", by=None, at=NOW)

    assert make.certificate().number == "000002/2026/GCN-OCOP"


def test_what_is_rolled_back_leaves_no_number_behind(app):
    make.requirements()
    award = bare_award()
    db.session.commit()
    actions.issue(award, by=None, at=NOW)
    db.session.rollback()

    assert db.session.scalar(select(func.count()).select_from(NumberReservation)) == 0
    assert actions.issue(award, by=None, at=NOW).number == "000001/2026/GCN-OCOP"


def test_a_reservation_left_by_a_crash_is_finished_with_its_own_number(app):
    award = bare_award()
    db.session.add(NumberReservation(year=2025, serial=7, award_id=award.id, reserved_at=NOW))
    db.session.flush()

    [issued] = actions.issue_missing(at=NOW)

    assert issued.award_id == award.id
    assert issued.number == "000007/2025/GCN-OCOP"


def test_missing_certificates_are_made_up_for_once(app):
    awards = [bare_award(f"enrolment/{index}") for index in range(3)]
    make.certificate()

    assert [each.award_id for each in actions.issue_missing(at=NOW, most=2)] == [awards[0].id, awards[1].id]
    assert [each.award_id for each in actions.issue_missing(at=NOW)] == [awards[2].id]
    assert actions.issue_missing(at=NOW) == []


@pytest.mark.parametrize("source", AwardSource)
def test_only_what_was_done_here_is_certified(app, source):
    make.requirements()
    award = make.award(make.person(), source=source)

    found = db.session.scalars(select(Certificate).where(Certificate.award_id == award.id)).all()
    assert len(found) == (1 if source is AwardSource.COURSE else 0)
    assert actions.issue_missing(at=NOW) == []


def test_an_award_that_no_longer_counts_gets_none(app):
    award = bare_award(revoked_on=date(2026, 11, 21), revoke_reason="nhập nhầm", revoked_at=NOW)

    assert actions.issue_missing(at=NOW) == []
    with pytest.raises(DomainError):
        actions.issue(award, by=None, at=NOW)


@pytest.mark.parametrize("column", ["number", "token", "award_id"])
def test_the_database_itself_refuses_a_second_one(app, column):
    one, other = make.certificate(), make.certificate()
    setattr(other, column, getattr(one, column))

    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_the_database_itself_refuses_a_number_twice(app):
    one, other = bare_award("a"), bare_award("b")
    db.session.add_all(
        NumberReservation(year=2026, serial=1, award_id=award.id, reserved_at=NOW) for award in (one, other)
    )

    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_eight_at_once_give_every_award_one_certificate_and_every_certificate_its_number(app):
    make.requirements()
    awards = [bare_award(f"enrolment/{index}").id for index in range(12)]
    db.session.commit()
    ready = threading.Barrier(8)
    faults = []

    def work(number):
        # Two workers ask for the same three awards, one of them backwards: whoever comes second finds it done.
        mine = awards[number % 4 * 3 :][:3]
        try:
            ready.wait(10)
            for award_id in mine if number < 4 else mine[::-1]:
                with app.app_context():
                    actions.issue(db.session.get_one(Award, award_id), by=None, at=NOW)
                    db.session.commit()
        except Exception as fault:
            faults.append(fault)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    issued = db.session.scalars(select(Certificate).order_by(Certificate.number)).all()
    assert faults == []
    assert Counter(each.award_id for each in issued) == Counter(awards)
    assert [each.number for each in issued] == [f"{serial:06d}/2026/GCN-OCOP" for serial in range(1, 13)]
    assert all(checking.is_genuine(each) for each in issued)


ISSUER = """
import sys
from pathlib import Path
from certificates import actions
from lms.core.clock import now
from lms.core.db import db
from lms.records.models import Award
from tests.support.databases import application

with application(sys.argv[1], Path(sys.argv[2])).app_context():
    for award_id in sys.argv[3:]:
        issued = actions.issue(db.session.get_one(Award, int(award_id)), by=None, at=now())
        db.session.commit()
        print(issued.award_id, issued.number, flush=True)
"""


def test_killed_while_issuing_no_number_is_given_twice_and_no_confirmed_certificate_is_lost(app):
    make.requirements()
    awards = [bare_award(f"enrolment/{index}").id for index in range(160)]
    db.session.commit()
    address, instance = app.config["SQLALCHEMY_DATABASE_URI"], app.instance_path

    def start(mine):
        command = [sys.executable, "-c", ISSUER, address, instance, *map(str, mine)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT)

    confirmed = {}
    workers = [start(awards[:80]), start(awards[80:])]
    for worker in workers:
        for _ in range(10):
            award_id, number = worker.stdout.readline().split()
            confirmed[int(award_id)] = number
        worker.send_signal(signal.SIGKILL)
        rest, _ = worker.communicate()
        confirmed |= {int(line.split()[0]): line.split()[1] for line in rest.splitlines() if len(line.split()) == 2}
    while actions.issue_missing(at=NOW):
        db.session.commit()

    issued = db.session.scalars(select(Certificate)).all()
    assert Counter(each.award_id for each in issued) == Counter(awards)
    assert sorted(each.number for each in issued) == [f"{serial:06d}/2026/GCN-OCOP" for serial in range(1, 161)]
    assert confirmed.items() <= {each.award_id: each.number for each in issued}.items()
    assert all(checking.is_genuine(each) for each in issued)


ALTERATIONS = {
    "number": "000999/2026/GCN-OCOP",
    "token": "x" * 22,
    "holder_name": "Trần Văn Giả",
    "holder_birth_year": 1999,
    "title": "Khóa học khác",
    "hours": 240,
    "awarded_on": date(2020, 1, 1),
    "issuer": "Đơn vị khác",
    "issued_on": date(2020, 1, 1),
    "issued_at": datetime(2020, 1, 1, tzinfo=UTC),
    "key_id": "0" * 16,
    "signature": b"\0" * 64,
    "payload": b"{}",
}


@pytest.mark.parametrize("column", ALTERATIONS)
def test_a_line_that_somebody_altered_is_not_genuine(app, column):
    certificate = make.certificate()
    assert checking.is_genuine(certificate)

    setattr(certificate, column, ALTERATIONS[column])
    db.session.flush()

    assert not checking.is_genuine(certificate)
    assert checking.state(certificate, NOW) is State.INVALID


def test_no_byte_of_the_stored_payload_can_be_altered(app):
    certificate = make.certificate()
    payload = certificate.payload

    for place in range(len(payload)):
        certificate.payload = payload[:place] + bytes([payload[place] ^ 1]) + payload[place + 1 :]
        assert not checking.is_genuine(certificate)
    certificate.payload = payload
    assert checking.is_genuine(certificate)


@pytest.mark.parametrize("reason", [RevokeReason.DATA_ERROR, RevokeReason.HOLDER_REQUEST])
def test_withdrawing_the_paper_alone_leaves_the_award(app, reason):
    certificate = make.certificate()
    actions.revoke(certificate, reason=reason, note="  quyết định 12/QĐ  ", by=None, at=NOW)

    assert checking.state(certificate, NOW) is State.REVOKED
    assert certificate.revoke_note == "quyết định 12/QĐ"
    assert certificate.award.revoked_on is None
    [entry] = audited("certificates.revoke")
    assert entry.details == {"number": certificate.number, "reason": reason.value}


@pytest.mark.parametrize("reason", [RevokeReason.FRAUD, RevokeReason.ISSUED_IN_ERROR])
def test_what_was_never_right_takes_the_award_back_from_its_first_day(app, reason):
    certificate = make.certificate(awarded_on=date(2026, 11, 20))
    actions.revoke(certificate, reason=reason, note="thi hộ", by=None, at=NOW)

    assert certificate.revoke_reason is reason
    assert certificate.award.revoked_on == date(2026, 11, 20)
    assert certificate.number in (certificate.award.revoke_reason or "")
    assert len(audited("certificates.revoke")) == 1


def test_it_is_withdrawn_once_and_with_a_reason(app):
    certificate = make.certificate()
    with pytest.raises(InvalidInput):
        actions.revoke(certificate, reason=RevokeReason.FRAUD, note="  ", by=None, at=NOW)
    actions.revoke(certificate, reason=RevokeReason.DATA_ERROR, note="sai tên", by=None, at=NOW)

    with pytest.raises(DomainError):
        actions.revoke(certificate, reason=RevokeReason.FRAUD, note="thi hộ", by=None, at=NOW)
    assert certificate.revoke_reason is RevokeReason.DATA_ERROR
    assert certificate.award.revoked_on is None


def test_an_award_that_is_revoked_elsewhere_takes_its_certificate_with_it(app):
    certificate = make.certificate()
    revoke_award(certificate.award, on=date(2026, 11, 23), reason="nhập nhầm người", by=None, at=NOW)

    assert checking.state(certificate, NOW) is State.REVOKED
    assert certificate.revoke_reason is RevokeReason.ISSUED_IN_ERROR
    assert certificate.revoke_note == "nhập nhầm người"
