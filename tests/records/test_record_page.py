"""The page that says why a person is, or is not, counted as trained."""

from datetime import UTC, date, datetime

import pytest

from lms.accounts.models import Role, User
from lms.core.db import db
from lms.records import actions
from tests.support import make
from tests.support.queries import count_queries


@pytest.fixture
def person(app):
    make.requirements()
    return make.person("Trần Văn Bình")


@pytest.fixture
def unit(person):
    unit = make.commune("Tân Biên")
    make.official(person, unit=unit, started_on=date(2026, 1, 5))
    return unit


def page_of(person, client, **arguments):
    return client.get(f"/people/{person.id}/record", query_string=arguments)


def staff(sign_in, unit, role=Role.COORDINATOR):
    return sign_in(make.role(make.user(), role, unit_id=unit.id))


def test_it_names_the_post_the_day_and_that_nothing_was_awarded(person, unit, sign_in):
    text = page_of(person, staff(sign_in, unit)).text

    assert "Còn phải học vì thuộc diện từ ngày 05/01/2026" in text
    assert "Chưa có kết quả nào được ghi nhận." in text
    reason = staff(sign_in, unit).get(f"/people/{person.id}/record/officials").text
    assert "Cán bộ phụ trách OCOP" in reason
    assert "490/QĐ-TTg" in reason


def test_it_names_the_award_that_counts(person, unit, sign_in):
    make.award(person, awarded_on=date(2026, 3, 2))
    text = page_of(person, staff(sign_in, unit)).text

    assert "Đã học xong" in text
    assert "kết quả “Chu trình OCOP sáu bước” ngày 02/03/2026 (khóa học trên hệ thống)" in text


def test_it_answers_for_a_past_day(person, unit, sign_in):
    make.award(person, awarded_on=date(2026, 3, 2))
    client = staff(sign_in, unit)

    assert "Còn phải học" in page_of(person, client, day="2026-03-01").text
    assert "Đã học xong" in page_of(person, client, day="2026-03-02").text
    assert "Không thuộc diện phải học vào ngày 04/01/2026" in page_of(person, client, day="04/01/2026").text


def test_a_revoked_award_is_shown_with_its_reason(person, unit, sign_in):
    award = make.award(person, awarded_on=date(2026, 3, 2))
    actions.revoke_award(award, on=date(2026, 4, 1), reason="Ghi nhầm người", by=None, at=award.entered_at)
    text = page_of(person, staff(sign_in, unit)).text

    assert "Thu hồi từ 01/04/2026" in text
    assert "Ghi nhầm người" in text
    assert "Còn phải học" in text


@pytest.mark.parametrize("day", ["31/02/2026", "hôm qua", "2999-01-01"])
def test_a_day_that_will_not_do_is_said_beside_the_field(person, unit, sign_in, day):
    answer = page_of(person, staff(sign_in, unit), day=day)

    assert answer.status_code == 422
    assert 'id="day-errors"' in answer.text


def test_a_coordinator_sees_the_own_part_of_the_country(person, unit, sign_in):
    above, country = unit.parent, make.country()
    elsewhere, sibling = make.province("Cà Mau"), make.commune("Trảng Dài", within=unit.parent)

    assert {page_of(person, staff(sign_in, top)).status_code for top in (unit, above, country)} == {200}
    assert {page_of(person, staff(sign_in, top)).status_code for top in (elsewhere, sibling)} == {403}


def test_posts_outside_the_readers_part_are_not_told(person, unit, sign_in):
    elsewhere = make.commune("Năm Căn", within=make.province("Cà Mau"))
    make.official(person, unit=elsewhere)
    text = staff(sign_in, unit).get(f"/people/{person.id}/record/officials").text

    assert "Năm Căn" not in text
    assert "Chức vụ ở địa bàn khác" in text
    assert "Tân Biên" in text


def test_learners_and_trainers_may_not_look(person, unit, sign_in):
    for client in (sign_in(make.user()), staff(sign_in, make.country(), Role.TRAINER)):
        assert page_of(person, client).status_code == 403
        assert client.get(f"/people/{person.id}/record/officials").status_code == 403


def test_everyone_reads_their_own_record(person, unit, sign_in):
    person.account_id = make.user().id
    make.award(person, awarded_on=date(2026, 3, 2))
    client = sign_in(db.session.get_one(User, person.account_id))

    assert "Được tính là đã học xong" in client.get("/my/record").text
    assert "Tân Biên" in client.get("/my/record/officials").text
    assert client.get("/my/record/khong-co").status_code == 404


def test_an_account_of_nobody_in_the_registry_has_no_record(person, sign_in):
    assert "chưa gắn với ai" in sign_in(make.user()).get("/my/record").text


def test_it_answers_as_was_known_on_a_past_day(person, unit, sign_in, clock):
    make.award(person, awarded_on=date(2026, 3, 2), at=datetime(2026, 7, 1, 2, 0, tzinfo=UTC))
    client = staff(sign_in, unit)

    for path in (f"/people/{person.id}/record", f"/people/{person.id}/record/officials"):
        assert "Còn phải học vì" in client.get(f"{path}?day=2026-06-01&known_on=2026-06-30").text
        assert "đã ghi vào hệ thống đến hết ngày 30/06/2026" in client.get(f"{path}?known_on=2026-06-30").text
        assert "Được tính là đã học xong" in client.get(f"{path}?day=2026-06-01&known_on=2026-07-01").text
        assert "Được tính là đã học xong" in client.get(f"{path}?day=2026-06-01&known_on=2026-11-23").text
        assert client.get(f"{path}?known_on=2026-11-24").status_code == 422


def test_who_was_merged_into_another_is_shown_with_them(person, unit, sign_in):
    other = make.person("Trần Bình")
    make.award(other, awarded_on=date(2026, 3, 2))
    other.merged_into_id = person.id
    client = staff(sign_in, unit)

    for asked in (person, other):
        text = page_of(asked, client).text
        assert "đã gộp vào hồ sơ này: Trần Bình" in text
        assert "Được tính là đã học xong" in text


def test_visitors_are_sent_to_the_door(person, unit, client):
    assert page_of(person, client).status_code == 302


@pytest.mark.parametrize("number", [0, 999999, 10**30])
def test_nobody_under_that_number(unit, sign_in, number):
    assert staff(sign_in, unit).get(f"/people/{number}/record").status_code == 404


@pytest.mark.parametrize("page", ["record", "record/officials"])
def test_the_number_of_queries_does_not_grow_with_the_posts(person, unit, sign_in, page):
    client, path = staff(sign_in, unit), f"/people/{person.id}/{page}"
    make.award(person)
    make.leader(person, unit=unit)
    with count_queries() as few:
        client.get(path)
    for _ in range(5):
        make.award(person)
        make.leader(person, unit=unit)
        make.official(person, unit=unit)
    with count_queries() as many:
        client.get(path)

    assert len(many) == len(few), many
