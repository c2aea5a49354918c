"""An achievement is awarded once; an award is revoked once and stays."""

import threading
import time
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.records import actions
from lms.records.models import Award
from lms.records.signals import award_made, award_revoked
from tests.support import make

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def heard(app):
    """What listeners were told, as (signal, award id)."""
    told = []

    def on_made(award, **_more):
        told.append(("made", award.id))

    def on_revoked(award, **_more):
        told.append(("revoked", award.id))

    with award_made.connected_to(on_made), award_revoked.connected_to(on_revoked):
        yield told


def audited(action):
    db.session.flush()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_an_award_is_audited_and_told(app, heard):
    make.requirements()
    trainer, person = make.user(), make.person()
    award = make.award(person, by=trainer, at=AT)

    assert heard == [("made", award.id)]
    (entry,) = audited("records.award")
    assert (entry.subject_id, entry.actor_id, entry.at) == (award.id, trainer.id, AT)
    assert (award.entered_by_id, award.entered_at) == (trainer.id, AT)


def test_the_same_achievement_again_is_the_same_award(app, heard):
    make.requirements()
    person = make.person()
    first = make.award(person, reference="enrolment/7")

    assert make.award(person, reference="enrolment/7").id == first.id
    assert heard == [("made", first.id)]
    assert len(audited("records.award")) == 1
    assert db.session.scalar(select(func.count()).select_from(Award)) == 1


def test_what_was_done_before_the_second_award_is_kept(app):
    make.requirements()
    person = make.person()
    make.award(person, reference="enrolment/7")
    person.full_name = "Nguyễn Thị Hạ"
    make.award(person, reference="enrolment/7")
    db.session.commit()

    assert person.full_name == "Nguyễn Thị Hạ"


def test_two_at_the_same_moment_make_one_award(app):
    make.requirements()
    person = make.person()
    db.session.commit()
    person_id, found = person.id, []
    first = make.award(person, reference="enrolment/7")

    def again():
        with app.app_context():
            found.append(make.award(db.session.get(type(person), person_id), reference="enrolment/7").id)
            db.session.commit()

    other = threading.Thread(target=again)
    other.start()
    time.sleep(0.3)
    db.session.commit()
    other.join(20)

    assert found == [first.id]
    assert db.session.scalar(select(func.count()).select_from(Award)) == 1


def test_a_reference_is_not_used_for_another_person(app):
    make.requirements()
    make.award(make.person(), reference="enrolment/7")

    with pytest.raises(ValueError, match="enrolment/7"):
        make.award(make.person(), reference="enrolment/7")


def test_nothing_is_awarded_ahead_of_its_day(app):
    make.requirements()

    with pytest.raises(InvalidInput):
        make.award(make.person(), awarded_on=date(2026, 11, 21), at=AT)


def test_an_award_is_revoked_from_a_day_on(app, heard):
    make.requirements()
    award = make.award(make.person(), awarded_on=date(2026, 3, 1))
    actions.revoke_award(award, on=date(2026, 4, 1), reason="Ghi nhầm người", by=None, at=AT)

    assert (award.revoked_on, award.revoke_reason) == (date(2026, 4, 1), "Ghi nhầm người")
    assert heard[-1] == ("revoked", award.id)
    assert audited("records.revoke_award")[0].details["reason"] == "Ghi nhầm người"


def test_an_award_is_revoked_once(app, heard):
    make.requirements()
    award = make.award(make.person(), awarded_on=date(2026, 3, 1))
    actions.revoke_award(award, on=date(2026, 4, 1), reason="Ghi nhầm người", by=None, at=AT)

    with pytest.raises(DomainError):
        actions.revoke_award(award, on=date(2026, 5, 1), reason="Ghi nhầm ngày", by=None, at=AT)
    assert award.revoked_on == date(2026, 4, 1)
    assert [what for what, _id in heard] == ["made", "revoked"]


@pytest.mark.parametrize(
    ("on", "reason"),
    [(date(2026, 2, 28), "sớm quá"), (date(2026, 11, 21), "muộn quá"), (date(2026, 4, 1), "  ")],
    ids=["before the award", "in the future", "no reason"],
)
def test_a_revocation_that_makes_no_sense_is_refused(app, on, reason):
    make.requirements()
    award = make.award(make.person(), awarded_on=date(2026, 3, 1))

    with pytest.raises(InvalidInput):
        actions.revoke_award(award, on=on, reason=reason, by=None, at=AT)
    assert award.revoked_on is None
