"""Awards entered from paper, corrected and revoked; the files that show them to be right."""

import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from certificates.models import Certificate
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.records import actions, queries
from lms.records.models import Award, AwardSource
from lms.records.rules import Decision
from lms.registry.models import PositionKind
from tests.support import make
from tests.web.world import PDF

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def officials(app, clock):
    return make.requirements()[PositionKind.OFFICIAL]


@pytest.fixture
def person(officials):
    person = make.person("Trần Văn Bình")
    make.official(person, unit=make.commune("Tân Biên"), started_on=date(2026, 1, 5))
    return person


@pytest.fixture
def coordinator(person):
    return make.coordinator(person.positions[0].unit)


def sent(officials, **changes):
    return {
        "qualification_id": officials.versions[0].qualifications[0].id,
        "title": "Tập huấn OCOP năm 2019",
        "awarded_on": "2019-06-01",
        "hours": "24",
        "key": "form/1",
        **changes,
    }


def awards():
    return db.session.scalars(select(Award).order_by(Award.id)).all()


def test_a_record_on_paper_is_looked_through_and_then_entered_once(person, officials, coordinator, sign_in):
    client, path = sign_in(coordinator), f"/people/{person.id}/awards/new"
    shown = client.post(path, data={**sent(officials), "files": (io.BytesIO(PDF), "bang.pdf")})
    assert "Chưa có gì được ghi" in shown.text
    assert awards() == []

    file_id = shown.text.partition('name="file_id" value="')[2].partition('"')[0]
    right = {**sent(officials), "is_right": "yes", "file_id": file_id}
    first, again = client.post(path, data=right), client.post(path, data=right)

    [award] = awards()
    assert first.location == again.location == f"/awards/{award.id}"
    assert (award.source, award.awarded_on, award.hours) == (AwardSource.PAPER_RECORD, date(2019, 6, 1), 24)
    assert award.entered_by_id == coordinator.id
    assert queries.explain(person, officials, date(2026, 6, 1)).decision is Decision.TRAINED
    with client.get(f"/awards/{award.id}/evidence/{file_id}") as answer:
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_same_day_of_the_same_qualification_is_not_entered_twice(person, officials, coordinator, sign_in):
    make.award(person, awarded_on=date(2019, 6, 1))
    client, path = sign_in(coordinator), f"/people/{person.id}/awards/new"

    assert "Không ghi lần thứ hai" in client.post(path, data=sent(officials)).text
    assert client.post(path, data={**sent(officials), "is_right": "yes"}).status_code == 422
    assert len(awards()) == 1


@pytest.mark.parametrize(
    "changes", [{"title": ""}, {"awarded_on": "31/02/2019"}, {"hours": "0"}, {"qualification_id": "999"}]
)
def test_what_will_not_do_is_said(person, officials, coordinator, sign_in, changes):
    answer = sign_in(coordinator).post(f"/people/{person.id}/awards/new", data=sent(officials, **changes))

    assert answer.status_code == 422
    assert awards() == []


@pytest.mark.parametrize("content", [b"<html>", b"", b"\xff\xd8\xff broken"])
def test_a_file_that_will_not_do_is_refused(person, officials, coordinator, sign_in, content):
    answer = sign_in(coordinator).post(
        f"/people/{person.id}/awards/new", data={**sent(officials), "files": (io.BytesIO(content), "bang.pdf")}
    )

    assert answer.status_code == 422


def test_a_file_that_is_too_large_is_refused(officials):
    with pytest.raises(InvalidInput):
        actions.keep_evidence(PDF.ljust(5 * 1024 * 1024 + 1), name="bang.pdf", by=make.user(), at=AT)


def test_nobody_enters_an_award_for_themselves(person, officials, coordinator, sign_in):
    own = make.coordinator(person.positions[0].unit)
    person.account_id = own.id

    assert sign_in(own).get(f"/people/{person.id}/awards/new").status_code == 403
    assert sign_in(coordinator).get(f"/people/{person.id}/awards/new").status_code == 200


def test_a_file_that_somebody_else_sent_is_not_taken_as_evidence(person, officials, coordinator, sign_in):
    strange = actions.keep_evidence(PDF, name="khac.pdf", by=make.user(), at=AT)
    data = {**sent(officials), "is_right": "yes", "file_id": strange.id}
    sign_in(coordinator).post(f"/people/{person.id}/awards/new", data=data)

    assert awards()[0].evidence == []


def test_a_correction_takes_the_place_of_the_wrong_award(person, officials, coordinator, sign_in):
    wrong = make.award(person, awarded_on=date(2026, 3, 2))
    client = sign_in(coordinator)
    data = sent(officials, awarded_on="2026-04-01", reason="Ghi nhầm ngày")
    answer = client.post(f"/awards/{wrong.id}/correct", data=data)

    right = db.session.scalars(select(Award).where(Award.corrects_id == wrong.id)).one()
    assert answer.location == f"/awards/{right.id}"
    assert (wrong.revoked_on, wrong.revoke_reason) == (date(2026, 3, 2), "Ghi nhầm ngày")
    assert (right.awarded_on, right.source, right.person_id) == (date(2026, 4, 1), wrong.source, person.id)
    assert queries.explain(person, officials, date(2026, 3, 31)).decision is Decision.OUTSTANDING
    assert queries.explain(person, officials, date(2026, 4, 1)).decision is Decision.TRAINED
    states = {
        one.award_id: one.revoked_at is None for one in db.session.scalars(select(Certificate).order_by(Certificate.id))
    }
    assert states == {wrong.id: False, right.id: True}
    assert f"/awards/{right.id}" in client.get(f"/awards/{wrong.id}").text
    assert f"/awards/{wrong.id}" in client.get(f"/awards/{right.id}").text


def test_an_award_is_corrected_once(person, officials):
    wrong, by = make.award(person, awarded_on=date(2026, 3, 2)), make.user()
    told = {"awarded_on": date(2026, 4, 1), "title": "Lớp", "hours": 8, "reason": "Ghi nhầm", "by": by, "at": AT}
    actions.correct_award(wrong, wrong.qualification, **told)

    with pytest.raises(DomainError):
        actions.correct_award(wrong, wrong.qualification, **told)
    assert db.session.scalar(select(func.count()).select_from(Award)) == 2


def test_evidence_goes_along_with_a_correction_and_each_file_is_written_down(person, officials):
    by = make.user()
    file = actions.keep_evidence(PDF, name="bang.pdf", by=by, at=AT)
    wrong = actions.record_on_paper(
        person,
        officials.versions[0].qualifications[0],
        awarded_on=date(2019, 6, 1),
        title="Tập huấn",
        hours=None,
        key="form/1",
        evidence=[file],
        by=by,
        at=AT,
    )
    right = actions.correct_award(
        wrong,
        wrong.qualification,
        awarded_on=date(2019, 7, 1),
        title="Tập huấn",
        hours=8,
        reason="Ghi nhầm ngày",
        by=by,
        at=AT,
    )

    assert right.evidence == wrong.evidence == [file]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "records.attach_evidence"))
    assert [entry.subject_id for entry in entries] == [wrong.id, right.id]


def test_a_correction_ahead_of_its_day_changes_nothing(person, officials):
    wrong = make.award(person, awarded_on=date(2026, 3, 2))

    with pytest.raises(InvalidInput):
        actions.correct_award(
            wrong,
            wrong.qualification,
            awarded_on=date(2026, 11, 21),
            title="Lớp",
            hours=None,
            reason="Ghi nhầm",
            by=make.user(),
            at=AT,
        )
    assert wrong.revoked_on is None


def test_an_award_is_revoked_on_its_page(person, officials, coordinator, sign_in):
    award = make.award(person, awarded_on=date(2026, 3, 2))
    client, path = sign_in(coordinator), f"/awards/{award.id}/revoke"

    assert client.post(path, data={"on": "2026-03-01", "reason": "Ghi nhầm người"}).status_code == 422
    assert client.post(path, data={"on": "2026-04-01", "reason": ""}).status_code == 422
    assert client.post(path, data={"on": "2026-04-01", "reason": "Ghi nhầm người"}).status_code == 303
    assert award.revoked_on == date(2026, 4, 1)
    assert client.post(path, data={"on": "2026-04-01", "reason": "Ghi nhầm người"}).status_code == 409
    assert "Ghi nhầm người" in client.get(f"/awards/{award.id}").text


def test_a_revoked_award_is_not_corrected(person, officials, coordinator, sign_in):
    award = make.award(person, awarded_on=date(2026, 3, 2))
    client = sign_in(coordinator)
    assert client.get(f"/awards/{award.id}/correct").status_code == 200
    actions.revoke_award(award, on=date(2026, 4, 1), reason="Ghi nhầm", by=None, at=AT)

    assert client.get(f"/awards/{award.id}/correct").status_code == 403
    data = sent(officials, awarded_on="2026-04-01", reason="Ghi nhầm ngày")
    assert client.post(f"/awards/{award.id}/correct", data=data).status_code == 409


def test_an_award_and_its_files_stay_within_the_readers_part_of_the_country(person, officials, coordinator, sign_in):
    file = actions.keep_evidence(PDF, name="bang.pdf", by=coordinator, at=AT)
    award = make.award(person)
    other = make.coordinator(make.province("Cà Mau"))

    for path in (f"/awards/{award.id}", f"/awards/{award.id}/correct"):
        assert sign_in(other).get(path).status_code == 403
        assert sign_in(coordinator).get(path).status_code == 200
    assert sign_in(coordinator).get(f"/awards/{award.id}/evidence/{file.id}").status_code == 404
