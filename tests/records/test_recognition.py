"""Training done elsewhere: asked to be recognised, kept while it is written, decided by another, counted apart."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.accounts.models import Role, User
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.coverage.queries import kept
from lms.records import actions, policies, queries
from lms.records.actions import Outcome
from lms.records.models import Application, ApplicationState, Award, AwardSource, Equivalence
from lms.records.rules import Decision
from lms.registry.models import PositionKind
from tests.support import make
from tests.support.queries import count_queries
from tests.support.threads import at_once
from tests.web.world import PDF

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DONE = date(2024, 5, 10)
TODAY = date(2026, 11, 20)


@pytest.fixture
def officials(app, clock):
    return make.requirements()[PositionKind.OFFICIAL]


@pytest.fixture
def commune(officials):
    return make.commune("Quảng Hòa", within=make.province("Cao Bằng"))


@pytest.fixture
def learner(commune):
    return make.user("Nông Thị Hà")


@pytest.fixture
def person(learner, commune):
    person = make.person("Nông Thị Hà", account=learner)
    make.official(person, unit=commune, started_on=date(2026, 1, 5))
    return person


@pytest.fixture
def decider(person, commune):
    return make.coordinator(commune.parent)


def sent(officials, **changes):
    return {
        "qualification_id": officials.versions[0].qualifications[0].id,
        "course": "Quản lý hợp tác xã",
        "issuer": "Trường Cao đẳng Cộng đồng",
        "completed_on": "2024-05-10",
        "hours": "120",
        **changes,
    }


def file():
    return io.BytesIO(PDF), "chung-chi.pdf"


def seen(page):
    return page.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]


def figures(requirement, unit, *keys):
    found = kept.figures([requirement.id], [unit.id], keys, TODAY)
    return {key: figure.trained for (_requirement, _unit, key), figure in found.items()}


def test_a_learner_asks_piece_by_piece_and_it_is_granted(officials, person, learner, decider, commune, sign_in):
    mine, theirs = sign_in(learner), sign_in(decider)
    place = mine.post("/my/applications", data={"key": "a"}).location
    assert mine.post("/my/applications", data={"key": "a"}).location == place

    mine.post(place, data={"course": "Quản lý hợp tác xã", "seen": "1", "do": "save"})
    page = mine.get(place).text
    assert 'value="Quản lý hợp tác xã"' in page
    refused = mine.post(place, data={**sent(officials), "seen": seen(page), "do": "submit"})
    assert refused.status_code == 422
    assert "còn thiếu: bản chụp" in refused.text
    page = mine.get(place).text
    assert 'value="120"' in page
    answer = mine.post(place, data={**sent(officials), "files": file(), "seen": seen(page), "do": "submit"})
    assert (answer.status_code, answer.location) == (303, place)
    assert "Đang chờ quyết định" in mine.get("/my/applications").text
    assert "Nông Thị Hà" in theirs.get("/applications").text

    theirs.post(f"{place}/decide", data={"outcome": "granted", "reason": "Chương trình 120 giờ trùng nội dung"})

    [award] = db.session.scalars(select(Award)).all()
    assert (award.source, award.awarded_on, award.hours, award.is_partial) == (
        AwardSource.PRIOR_TRAINING,
        DONE,
        120,
        False,
    )
    assert queries.explain(person, officials, TODAY).decision is Decision.TRAINED
    assert figures(officials, commune.parent, "all", "source/prior_training", "source/course") == {
        "all": 1,
        "source/prior_training": 1,
    }
    shown = mine.get(place).text
    assert "Được công nhận" in shown
    assert decider.display_name in shown


def test_a_part_is_credited_by_its_hours_alone(officials, person, decider, sign_in):
    qualification = officials.versions[0].qualifications[0]
    by_hours = make.requirement("by-hours", qualification=qualification, needed_hours=40)
    application = make.application(person, hours=60)
    path = f"/applications/{application.id}/decide"
    client = sign_in(decider)

    for wrong in ({}, {"hours": "61", "reason": "x"}, {"reason": "Thiếu phần thực hành"}):
        assert client.post(path, data={"outcome": "partly_granted", **wrong}).status_code == 422
    client.post(path, data={"outcome": "partly_granted", "hours": "40", "reason": "Thiếu phần thực hành"})

    assert (application.award.is_partial, application.award.hours) == (True, 40)
    assert queries.explain(person, officials, TODAY).decision is Decision.OUTSTANDING
    assert queries.explain(person, by_hours, TODAY).decision is Decision.TRAINED
    assert "công nhận một phần" in client.get(f"/people/{person.id}/record/officials").text
    assert "Một phần: 40 giờ" in client.get(f"/awards/{application.award_id}").text


def test_nobody_decides_for_themselves_nor_what_they_wrote(officials, person, learner, decider, commune, sign_in):
    make.role(learner, Role.COORDINATOR, unit_id=commune.id)
    own, written = make.application(person), make.application(person, by=decider)
    other = make.coordinator(commune)
    data = {"outcome": "refused", "reason": "Chưa rõ"}

    assert sign_in(learner).post(f"/applications/{own.id}/decide", data=data).status_code == 403
    assert sign_in(decider).post(f"/applications/{written.id}/decide", data=data).status_code == 403
    assert sign_in(other).post(f"/applications/{own.id}/decide", data=data).status_code == 303
    assert sign_in(other).post(f"/applications/{written.id}/decide", data=data).status_code == 303


@pytest.mark.parametrize("who", ["applicant", "writer"])
def test_the_database_refuses_such_a_decision_too(officials, person, learner, decider, who):
    application = make.application(person, by=decider)

    with pytest.raises(IntegrityError):
        actions.decide_application(
            application,
            Outcome.REFUSED,
            reason="Chưa rõ",
            by=learner if who == "applicant" else decider,
            at=AT,
        )
    db.session.rollback()


def test_two_deciders_at_once_make_one_decision(app, officials, person, commune):
    application_id = make.application(person).id
    deciders = [make.coordinator(commune.parent).id for _number in range(2)]
    db.session.commit()

    def decide():
        by = db.session.get_one(User, deciders.pop())
        application = db.session.get_one(Application, application_id)
        actions.decide_application(application, Outcome.GRANTED, reason="Đủ", by=by, at=AT)

    answers = at_once(app, 2, decide)

    assert sorted(type(answer).__name__ for answer in answers) == ["DomainError", "NoneType"]
    assert db.session.scalar(select(func.count()).select_from(Award)) == 1


def test_a_decision_rests_on_a_line_of_the_table_that_fits(officials, person, decider):
    qualification = officials.versions[0].qualifications[0]
    fits = make.equivalence(qualification, least_hours=100, credited_hours=80)
    make.equivalence(qualification, least_hours=200)
    make.equivalence(qualification, completed_from=date(2025, 1, 1))
    make.equivalence(qualification, valid_from=date(2026, 12, 1))
    ended = make.equivalence(qualification)
    actions.end_equivalence(ended, reason="Bãi bỏ", by=decider, at=AT)
    part = make.equivalence(qualification, is_partial=True, credited_hours=30)
    application = make.application(person, hours=120)

    assert list(queries.fitting(application, TODAY)) == [fits, part]
    for wrong in (ended, part):
        with pytest.raises(InvalidInput):
            actions.decide_application(application, Outcome.GRANTED, equivalence=wrong, by=decider, at=AT)
    actions.decide_application(application, Outcome.GRANTED, equivalence=fits, by=decider, at=AT)
    assert (application.award.hours, application.award.is_partial, application.equivalence) == (80, False, fits)


def test_a_refusal_says_why_and_is_asked_to_be_looked_at_anew(officials, person, learner, decider, sign_in):
    application = make.application(person)
    client, path = sign_in(decider), f"/applications/{application.id}/decide"
    assert client.post(path, data={"outcome": "refused"}).status_code == 422
    client.post(path, data={"outcome": "refused", "reason": "Ảnh mờ, không đọc được số"})
    mine = sign_in(learner)
    assert "Ảnh mờ, không đọc được số" in mine.get(f"/applications/{application.id}").text

    first = mine.post(f"/applications/{application.id}/reopen").location
    assert mine.post(f"/applications/{application.id}/reopen").location == first
    again = queries.application_after(application)
    assert (again.state, again.course, again.evidence) == (
        ApplicationState.DRAFT,
        application.course,
        application.evidence,
    )
    assert client.post(path, data={"outcome": "granted", "reason": "Đủ"}).status_code == 409


def test_nobody_writes_over_what_they_have_not_seen(officials, person, learner, sign_in):
    client = sign_in(learner)
    place = client.post("/my/applications", data={"key": "a"}).location
    client.post(place, data={"course": "Một", "seen": "1", "do": "save"})

    answer = client.post(place, data={"course": "Hai", "seen": "1", "do": "save"})

    assert answer.status_code == 409
    assert 'value="Hai"' in answer.text
    client.post(place, data={"course": "Hai", "seen": seen(answer.text), "do": "save"})
    assert db.session.scalars(select(Application.course)).one() == "Hai"


def test_a_bad_file_does_not_lose_what_was_written(officials, person, learner, sign_in):
    client = sign_in(learner)
    place = client.post("/my/applications", data={"key": "a"}).location

    answer = client.post(
        place, data={**sent(officials), "files": (io.BytesIO(b"<html>"), "x.pdf"), "seen": "1", "do": "submit"}
    )

    assert answer.status_code == 422
    application = db.session.scalars(select(Application)).one()
    assert (application.course, application.state) == ("Quản lý hợp tác xã", ApplicationState.DRAFT)


def test_a_file_is_taken_away_and_no_more_than_ten_are_kept(officials, person, learner, sign_in):
    client = sign_in(learner)
    place = client.post("/my/applications", data={"key": "a"}).location
    five = [(io.BytesIO(PDF), f"{number}.pdf") for number in range(5)]
    client.post(place, data={"files": five, "seen": "1", "do": "save"})
    application = db.session.scalars(select(Application)).one()
    client.post(place, data={"seen": "2", "do": f"drop:{application.evidence[0].id}"})
    assert [one.name for one in application.evidence] == ["1.pdf", "2.pdf", "3.pdf", "4.pdf"]
    for revision in ("3", "4"):
        answer = client.post(
            place,
            data={
                "files": [(io.BytesIO(PDF), f"{number}.pdf") for number in range(5)],
                "seen": revision,
                "do": "save",
            },
        )
    assert answer.status_code == 422
    assert len(application.evidence) == 9


def test_a_handed_in_application_is_not_edited(officials, person, learner, sign_in):
    application = make.application(person)
    client = sign_in(learner)

    assert client.post(f"/applications/{application.id}", data={"course": "Khác", "seen": "1"}).status_code == 409
    assert client.post(f"/applications/{application.id}/discard", data={"seen": "1"}).status_code == 409
    assert application.course != "Khác"


def test_a_draft_is_the_writers_alone_and_an_application_stays_in_its_part_of_the_country(
    officials, person, learner, decider, sign_in
):
    draft, whole = make.application(person, is_submitted=False), make.application(person)
    strange = make.coordinator(make.province("Cà Mau"))
    mine, theirs, strangers = (sign_in(user) for user in (learner, decider, strange))
    place = f"/applications/{whole.id}"
    scan = f"{place}/evidence/{whole.evidence[0].id}"

    assert [client.get(place).status_code for client in (mine, theirs, strangers)] == [200, 200, 403]
    assert [client.get(f"/applications/{draft.id}").status_code for client in (mine, theirs)] == [200, 403]
    with mine.get(scan) as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert strangers.get(scan).status_code == 403
    assert "Nông Thị Hà" not in strangers.get("/applications").text
    assert "Nông Thị Hà" not in theirs.get("/applications?state=draft").text


def test_lists_and_policies_agree(officials, person, learner, decider, commune):
    other = make.person("Khác", account=make.user())
    make.official(other, unit=make.commune("Xa"))
    made = [
        make.application(person),
        make.application(person, by=decider),
        make.application(person, is_submitted=False),
        make.application(other),
    ]
    make.role(learner, Role.COORDINATOR, unit_id=commune.id)
    country = make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id)

    for user in (learner, decider, country, make.user()):
        for can, listed in (
            (policies.can_see_application, policies.visible_applications(user)),
            (policies.can_decide_application, policies.decidable_applications(user)),
        ):
            found = set(db.session.scalars(select(Application.id).where(listed)))
            people = {one.id: queries.people_of_one(one.person) for one in made}
            assert found == {one.id for one in made if can(user, one, people[one.id])}, (user.display_name, can)


def test_the_queue_begins_with_those_that_have_waited_longest(officials, person, decider, sign_in):
    for days in (3, 40, 0):
        make.application(person, course=f"Khóa chờ {days}", at=AT - timedelta(days))

    page = sign_in(decider).get("/applications").text

    assert page.index("Khóa chờ 40") < page.index("Khóa chờ 3") < page.index("Khóa chờ 0")
    assert "43 ngày" in page


def test_a_longer_queue_takes_no_more_statements(officials, commune, decider, sign_in):
    client = sign_in(decider)

    def statements():
        db.session.commit()
        with count_queries() as counted:
            client.get("/applications")
        return len(counted)

    def wait(number):
        person = make.person(f"Người {number}")
        make.official(person, unit=commune)
        make.application(person)

    wait(0)
    few = statements()
    for number in range(1, 8):
        wait(number)
    assert statements() == few


def test_a_line_of_the_table_is_replaced_by_a_version_and_ended(officials, sign_in):
    client = sign_in(make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id))
    data = {
        "qualification_id": officials.versions[0].qualifications[0].id,
        "issuer": "Trường trung cấp",
        "course": "Quản trị hợp tác xã",
        "legal_basis": "Quyết định số 1",
        "valid_from": "2026-01-01",
    }
    assert client.post("/equivalences/new", data={**data, "is_partial": "y"}).status_code == 422
    client.post("/equivalences/new", data=data)
    first = db.session.scalars(select(Equivalence)).one()
    path = f"/equivalences/{first.id}"

    assert client.get(f"{path}/next").status_code == 200
    client.post(f"{path}/next", data={**data, "least_hours": "90", "reason": "Văn bản mới"})
    second = db.session.scalars(select(Equivalence).where(Equivalence.replaces_id == first.id)).one()
    assert (second.number, first.end_reason) == (2, "Văn bản mới")
    assert client.post(f"{path}/next", data={**data, "reason": "Nữa"}).status_code == 409
    assert client.post(f"/equivalences/{second.id}/end", data={}).status_code == 422
    client.post(f"/equivalences/{second.id}/end", data={"reason": "Bãi bỏ"})
    assert second.ended_at is not None
    assert "Bãi bỏ" in client.get("/equivalences").text


def test_every_step_is_written_down(officials, person, decider):
    application = make.application(person)
    actions.decide_application(application, Outcome.GRANTED, reason="Đủ", by=decider, at=AT)

    acts = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "application").order_by(AuditEntry.id)
    ).all()
    assert acts == [
        "records.begin_application",
        "records.save_application",
        "records.submit_application",
        "records.decide_application",
    ]


def test_no_more_than_ten_wait_at_a_time(officials, person, learner):
    for _number in range(10):
        make.application(person, is_submitted=False)

    with pytest.raises(DomainError):
        actions.begin_application(person, key="one-more", by=learner, at=AT)
    assert db.session.scalar(select(func.count()).select_from(Application)) == 10
