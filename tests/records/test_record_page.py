"""The page that says why a person is, or is not, counted as trained."""

from datetime import date

import pytest

from lms.accounts.models import Role
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

    assert "Cán bộ phụ trách OCOP" in text
    assert "05/01/2026" in text
    assert "Còn phải học" in text
    assert "chưa" in text


def test_it_names_the_award_that_counts(person, unit, sign_in):
    make.award(person, awarded_on=date(2026, 3, 2))
    text = page_of(person, staff(sign_in, unit)).text

    assert "Đã học xong" in text
    assert "02/03/2026 · Hoàn thành khóa học · Chu trình OCOP sáu bước" in text


def test_it_answers_for_a_past_day(person, unit, sign_in):
    make.award(person, awarded_on=date(2026, 3, 2))
    client = staff(sign_in, unit)

    assert "Còn phải học" in page_of(person, client, day="2026-03-01").text
    assert "Đã học xong" in page_of(person, client, day="2026-03-02").text
    assert "không thuộc diện phải học" in page_of(person, client, day="04/01/2026").text


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
    text = page_of(person, staff(sign_in, unit)).text

    assert "Năm Căn" not in text
    assert "còn giữ chức vụ ở địa bàn khác" in text


def test_learners_and_trainers_may_not_look(person, unit, sign_in):
    assert page_of(person, sign_in(make.user())).status_code == 403
    assert page_of(person, staff(sign_in, make.country(), Role.TRAINER)).status_code == 403


def test_visitors_are_sent_to_the_door(person, unit, client):
    assert page_of(person, client).status_code == 302


@pytest.mark.parametrize("number", [0, 999999, 10**30])
def test_nobody_under_that_number(unit, sign_in, number):
    assert staff(sign_in, unit).get(f"/people/{number}/record").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_posts(person, unit, sign_in):
    client, path = staff(sign_in, unit), f"/people/{person.id}/record"
    with count_queries() as few:
        client.get(path)
    for _ in range(5):
        make.award(person)
        make.leader(person, unit=unit)
    with count_queries() as many:
        client.get(path)

    assert len(many) == len(few), many
