"""Who may be one: found by the database, shown side by side to whoever answers for both, decided once."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from lms.accounts.models import Role
from lms.core import jobs
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.registry import actions, policies
from lms.registry.actions import PersonFacts
from lms.registry.models import DuplicatePair, Likeness, Person, Sex
from tests.registry.sheetfiles import csv_file, official
from tests.support import make
from tests.support.jobs import work_all
from tests.support.queries import count_queries

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BORN = date(1987, 3, 14)
NUMBER = "075089060816"


def somebody(name="Ma Thị Đào", *, birth_on=BORN, unit=None, **more):
    """A person as a roster leaves them."""
    made = make.person(name, **({"sex": more.pop("sex")} if "sex" in more else {}))
    made.birth_on = birth_on
    number = more.pop("number", None)
    for field, value in more.items():
        setattr(made, field, value)
    if unit is not None:
        make.official(made, unit=unit)
    if number is not None:
        actions.set_id_number(made, number, by=None, at=AT)
    return made


def found():
    """Everybody is looked at; the pairs that come of it, with why."""
    actions.find_duplicates((1, db.session.scalar(select(func.max(Person.id)))), at=AT)
    pairs = db.session.scalars(select(DuplicatePair).order_by(DuplicatePair.first_id, DuplicatePair.second_id))
    return {(pair.first_id, pair.second_id): pair.likeness for pair in pairs}


# Finding


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ({}, {}, Likeness.NAME_AND_BIRTH),
        ({"name": "Lê Hoà"}, {"name": "LÊ HÒA"}, Likeness.NAME_AND_BIRTH),
        ({"name": "Ma Thị Đào"}, {"name": "Ma Thi Dao"}, Likeness.PLAIN_NAME_AND_BIRTH),
        ({"number": NUMBER}, {}, Likeness.NAME_AND_BIRTH),
        ({"phone": "0928816302"}, {"phone": "0928816302", "birth_on": None}, Likeness.NAME_AND_PHONE),
        ({"phone": "0928816302"}, {"phone": "0928816302", "name": "Ma Seo Páo"}, Likeness.PHONE_AND_BIRTH),
        ({"phone": "0928816302", "number": NUMBER}, {"phone": "0928816302", "number": "075189060817"},
         Likeness.NAME_AND_PHONE),
        ({}, {"name": "Ma Thị Đảo", "birth_on": date(1987, 3, 15)}, None),
        ({}, {"birth_on": date(1987, 3, 15)}, None),
        ({"number": NUMBER}, {"number": "075189060817"}, None),
        ({"name": "Lê Hòa", "sex": Sex.MALE}, {"name": "Lê Hoa", "sex": Sex.FEMALE}, None),
        ({"name": "Lê Hòa", "sex": Sex.MALE}, {"name": "Lê Hoa"}, Likeness.PLAIN_NAME_AND_BIRTH),
        ({"birth_on": None}, {"birth_on": None}, None),
    ],
)  # fmt: skip
def test_who_may_be_one_is_told_by_what_they_have_in_common(app, one, other, likeness):
    first, second = somebody(**one), somebody(**other)

    assert found() == ({(first.id, second.id): likeness} if likeness else {})


def test_without_a_birth_date_a_name_counts_within_one_unit(commune, elsewhere):
    first = somebody(birth_on=None, unit=commune)
    second = somebody(unit=commune)
    somebody(birth_on=None, unit=elsewhere)
    withdrawn = make.official(somebody(birth_on=None), unit=commune)
    actions.withdraw_position(withdrawn, reason="Ghi nhầm", by=None, at=AT)

    assert found() == {(first.id, second.id): Likeness.NAME_AND_UNIT}


@pytest.mark.parametrize("asked", [0, 1])
def test_looking_for_one_of_two_finds_both_whichever_lacks_the_birth_date(commune, asked):
    people = [somebody(unit=commune), somebody(birth_on=None, unit=commune)]

    assert actions.find_duplicates([people[asked].id], at=AT) == 1
    assert actions.find_duplicates([one.id for one in people], at=AT) == 0


def test_finding_again_changes_nothing_and_asks_nobody_again(app):
    people = [somebody(), somebody()]
    [pair] = found()
    assert pair == tuple(one.id for one in people)
    actions.tell_apart(db.session.scalars(select(DuplicatePair)).one(), by=None, at=AT)

    assert list(found()) == [pair]
    assert db.session.scalars(select(DuplicatePair)).one().is_same is False


def test_two_who_are_one_already_are_not_found(app):
    a, b = somebody(), somebody()
    make.merge(a, b)

    assert found() == {}


def test_whoever_is_entered_or_corrected_is_looked_for_at_once(commune):
    known = somebody("Lê Hoà")

    added = actions.add_person(PersonFacts(full_name="Lê Hòa", birth_on=BORN), by=None, at=AT).person
    other = somebody("Trần Bình", birth_on=date(1990, 1, 1))
    actions.correct_person(other, PersonFacts(full_name="Lê Hòa", birth_on=BORN), by=None, at=AT)

    pairs = db.session.scalars(select(DuplicatePair)).all()
    assert {(pair.first_id, pair.second_id) for pair in pairs} == {
        (known.id, added.id),
        (known.id, other.id),
        (added.id, other.id),
    }


def test_a_thousand_people_cost_as_many_statements_as_ten(app):
    def cost(count):
        people = [somebody(f"Lê Thị {number}") for number in range(count)]
        with count_queries() as queries:
            actions.find_duplicates((people[0].id, people[-1].id), at=AT)
        return len(queries)

    assert cost(10) == cost(200)


def test_the_whole_country_is_looked_through_by_a_job(app, administrator, sign_in):
    ids = [somebody().id, somebody().id]

    sent = sign_in(administrator).post("/registry/duplicates/find")
    assert sent.status_code == 303
    db.session.commit()
    work_all(app)

    pair = db.session.scalars(select(DuplicatePair)).one()
    assert [pair.first_id, pair.second_id] == ids
    assert db.session.scalars(select(jobs.Job)).one().state is jobs.JobState.DONE


def test_whom_a_list_has_brought_in_is_looked_for_by_a_job_after_it(app, commune, administrator):
    row = official(**{"Họ và tên": "Trần Đức Tuân", "Số CCCD": ""})
    known = somebody("Trần Đức Tuấn", birth_on=date(1989, 8, 15), unit=commune)
    roster = actions.preview_roster(csv_file({**row, "Ngày sinh": "15/08/1989"}), "ds.csv", by=administrator, at=AT)
    actions.apply_roster(roster, by=administrator, at=AT)
    db.session.commit()
    work_all(app)

    pair = db.session.scalars(select(DuplicatePair)).one()
    assert (pair.first_id, pair.likeness) == (known.id, Likeness.PLAIN_NAME_AND_BIRTH)


# The queue


@pytest.fixture
def pair(commune):
    """Two of Tân Lợi who may be one."""
    return make.pair(somebody("Lê Thị Nhà", unit=commune), somebody("Lê Thị Nha", unit=commune))


def listed(client, address="/registry/duplicates"):
    return [int(number) for number in re.findall(r'data-pair="(\d+)"', client.get(address).text)]


def test_a_pair_waits_for_who_sees_both_and_for_nobody_else(pair, commune, elsewhere, coordinator, sign_in):
    across = make.pair(somebody(unit=commune), somebody(unit=elsewhere))
    country = make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id)

    assert listed(sign_in(coordinator)) == [pair.id]
    assert listed(sign_in(country)) == [pair.id, across.id]
    assert sign_in(coordinator).get(f"/registry/duplicates/{across.id}").status_code == 403
    assert sign_in(country).get(f"/registry/duplicates/{across.id}").status_code == 200
    page = sign_in(coordinator).get(f"/registry/people/{across.first_id}").text
    assert "Cùng họ tên" not in page
    assert "Cùng họ tên" in sign_in(country).get(f"/registry/people/{across.first_id}").text


def test_saying_that_they_are_two_is_remembered(pair, coordinator, sign_in):
    client = sign_in(coordinator)
    page = client.get(f"/registry/duplicates/{pair.id}").text
    assert "Lê Thị Nhà" in page
    assert "Lê Thị Nha<" in page

    assert client.post(f"/registry/duplicates/{pair.id}/apart").status_code == 303

    assert listed(client) == []
    assert (pair.is_same, pair.decided_by_id) == (False, coordinator.id)
    assert "đây là hai người khác nhau" in client.get(f"/registry/duplicates/{pair.id}").text
    acts = db.session.scalars(select(AuditEntry.action)).all()
    assert acts.count("registry.tell_apart") == 1


def test_saying_that_they_are_one_merges_them_into_the_one_that_was_chosen(pair, coordinator, sign_in):
    client = sign_in(coordinator)
    address = f"/registry/duplicates/{pair.id}/merge"

    assert client.post(address, data={"kept": pair.second_id, "reason": ""}).status_code == 422
    sent = client.post(address, data={"kept": pair.second_id, "reason": "Đã gọi điện hỏi"})

    assert sent.location == f"/registry/people/{pair.second_id}"
    assert db.session.get_one(Person, pair.first_id).merged_into_id == pair.second_id
    assert listed(client) == []
    assert "đã được gộp làm một" in client.get(f"/registry/duplicates/{pair.id}").text
    assert client.post(f"/registry/duplicates/{pair.id}/apart").status_code == 409


def test_who_sees_both_but_answers_for_one_alone_decides_nothing(commune, elsewhere, coordinator, sign_in):
    moved = make.official(somebody(), unit=commune, ended_on=date(2026, 1, 1)).person
    make.official(moved, unit=elsewhere)
    pair = make.pair(moved, somebody(unit=commune))
    client = sign_in(coordinator)
    address = f"/registry/duplicates/{pair.id}"

    assert client.get(address).status_code == 200
    assert "mới quyết định được" in client.get(address).text
    assert client.post(f"{address}/apart").status_code == 403
    merging = {"kept": pair.first_id, "reason": "Một người"}
    assert client.post(f"{address}/merge", data=merging).status_code == 403
    assert client.post(f"/registry/people/{pair.second_id}/merge/{moved.id}", data=merging).status_code == 403
    country = make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id)
    assert sign_in(country).post(f"{address}/merge", data=merging).status_code == 303


def test_nobody_decides_about_themselves(pair, coordinator, sign_in):
    db.session.get_one(Person, pair.first_id).account_id = coordinator.id
    merging = {"kept": pair.first_id, "reason": "Một người"}

    assert sign_in(coordinator).post(f"/registry/duplicates/{pair.id}/merge", data=merging).status_code == 403
    assert sign_in(coordinator).post(f"/registry/duplicates/{pair.id}/apart").status_code == 403


def test_a_pair_follows_whom_its_two_were_merged_into(pair, commune, coordinator, sign_in):
    third = somebody("Lê Thị Nhạ", unit=commune)
    make.merge(db.session.get_one(Person, pair.first_id), third)
    client = sign_in(coordinator)

    assert listed(client) == [pair.id]
    assert "Lê Thị Nhạ" in client.get(f"/registry/duplicates/{pair.id}").text
    client.post(f"/registry/duplicates/{pair.id}/merge", data={"kept": third.id, "reason": "Một người"})
    assert db.session.get_one(Person, pair.second_id).merged_into_id == third.id


def test_a_long_queue_comes_page_by_page_and_each_costs_the_same(commune, coordinator, sign_in):
    people = [somebody(f"Lê Thị {number}", unit=commune) for number in range(121)]
    made = [make.pair(people[0], other).id for other in people[1:]]
    client, address, seen, costs = sign_in(coordinator), "/registry/duplicates", [], []

    while address:
        with count_queries() as queries:
            page = client.get(address).text
        costs.append(len(queries))
        seen += [int(number) for number in re.findall(r'data-pair="(\d+)"', page)]
        following = re.search(r'rel="next" href="([^"]+)', page)
        address = following.group(1).replace("&amp;", "&") if following else None

    assert seen == made
    assert len(set(costs)) == 1, costs
    assert costs[0] <= 10, queries


# Merging whom somebody found, and undoing it


def test_somebody_is_found_compared_merged_and_told_apart_again(clock, commune, coordinator, sign_in):
    here, there = somebody("Lê Thị Nhà", unit=commune), somebody("Trần Thị Khác", unit=commune.parent)
    client = sign_in(coordinator)
    start = f"/registry/people/{here.id}/merge"

    assert f"{start}/{there.id}" in client.get(f"{start}?q=khac").text
    assert f"{start}/{here.id}" not in client.get(f"{start}?q=nha").text
    assert "Trần Thị Khác" in client.get(f"{start}/{there.id}").text
    sent = client.post(f"{start}/{there.id}", data={"kept": here.id, "reason": "Cùng thẻ căn cước"})
    assert sent.location == f"/registry/people/{here.id}"
    again = client.post(f"{start}/{there.id}", data={"kept": here.id, "reason": "Cùng thẻ căn cước"})
    assert again.location == f"/registry/people/{here.id}"

    page = client.get(f"/registry/people/{here.id}").text
    address = re.search(r'href="(/registry/duplicates/merges/\d+)"', page).group(1)
    assert "Cùng thẻ căn cước" in client.get(address).text
    assert client.post(f"{address}/undo", data={"reason": ""}).status_code == 422
    assert client.post(f"{address}/undo", data={"reason": "Hỏi lại thì là hai"}).status_code == 303
    assert there.merged_into_id is None
    assert "Hỏi lại thì là hai" in client.get(address).text
    assert client.post(f"{address}/undo", data={"reason": "Lần nữa"}).status_code == 422


def test_a_merge_across_provinces_is_undone_by_who_answers_for_both(commune, elsewhere, coordinator, sign_in):
    here, there = somebody(unit=commune), somebody(unit=elsewhere)
    made = make.merge(there, here)
    of_there = make.role(make.user(), Role.COORDINATOR, unit_id=elsewhere.parent_id)
    country = make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id)

    address = f"/registry/duplicates/merges/{made.id}"

    for user in (coordinator, of_there):
        assert sign_in(user).get(address).status_code == 200
        assert sign_in(user).post(f"{address}/undo", data={"reason": "Hai người"}).status_code == 403
        assert not policies.can_undo_merge(user, made)
    assert sign_in(country).post(f"{address}/undo", data={"reason": "Hai người"}).status_code == 303
