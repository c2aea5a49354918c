"""One person's page: details, posts and excuses, each changed by the people of the place alone, and counted at once."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from lms.accounts.models import Role
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.secrets import unseal
from lms.coverage import queries as coverage
from lms.registry import actions, policies
from lms.registry.actions import ExcuseFacts, PersonFacts
from lms.registry.models import Excuse, ExcuseKind, Person, Position, PositionKind, Sex
from tests.support import make
from tests.support.queries import count_queries

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
NUMBER = "075089060816"
WRITTEN = re.compile(r'data-(?:post|excuse)="(\d+)"')


@pytest.fixture
def client(clock, coordinator, sign_in):
    """A browser of who leads Đồng Nai, on 23/11/2026."""
    return sign_in(coordinator)


@pytest.fixture
def person(commune):
    """An official of Xã Tân Lợi."""
    return make.official(make.person("Lê Thị Nhà"), unit=commune).person


def figures(unit, on=TODAY):
    """Obliged and excused officials of a unit on a day."""
    total = coverage.coverage(unit, on).requirements[0].total
    return total.obliged, total.excused


def told(action):
    return [entry.details for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.action == action))]


def new_official(unit, **more):
    return {
        "full_name": "Ma Thị Đào",
        "birth_on": "14/03/1987",
        "sex": "female",
        "level": "commune",
        "unit_id": unit.id,
        "workplace": "UBND xã Tân Lợi",
        "title": "Công chức",
        "started_on": "2026-01-05",
        **more,
    }


def excuse_of(person, *, kind=ExcuseKind.LONG_LEAVE, started_on=TODAY, by=None, at=AT, **more):
    facts = ExcuseFacts(kind=kind, started_on=started_on, note="Quyết định 12/QĐ-UBND", **more)
    return actions.excuse(person, facts, by=by, at=at)


# Entering somebody and what is known of them


def test_somebody_new_is_entered_with_a_post_and_counted_from_then_on(client, commune):
    make.requirements()

    sent = client.post("/registry/people/new", data=new_official(commune, id_number=NUMBER))

    made = db.session.scalars(select(Person)).one()
    assert sent.location == f"/registry/people/{made.id}"
    assert unseal(made.id_number_sealed) == NUMBER
    page = client.get(sent.location).text
    assert "UBND xã Tân Lợi" in page
    assert NUMBER not in page
    assert figures(commune) == (1, 0)
    assert NUMBER not in str(db.session.scalars(select(AuditEntry.details)).all())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"full_name": ""}, "Bạn chưa điền ô này."),
        ({"full_name": "=1+1"}, "như một công thức"),
        ({"started_on": "2027-01-01"}, "tương lai"),
        ({"birth_on": "14/03/2027"}, "Ngày sinh phải"),
        ({"level": "province"}, "không khớp với đơn vị"),
        ({"level": "district"}, "Cấp huyện không còn"),
        ({"id_number": "0750"}, "12"),
        ({"phone": "12"}, "số điện thoại"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(client, commune, wrong, words):
    answer = client.post("/registry/people/new", data=new_official(commune, workplace="Phòng Kinh tế", **wrong))

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Phòng Kinh tế"' in answer.text
    assert db.session.scalars(select(Person)).all() == []


def test_a_number_that_is_known_gives_the_post_to_whoever_has_it(client, commune, person):
    actions.set_id_number(person, NUMBER, by=None, at=AT)

    same = client.post("/registry/people/new", data=new_official(commune, full_name="Lê Thị Nhà", id_number=NUMBER))
    other = client.post("/registry/people/new", data=new_official(commune, id_number=NUMBER))

    assert same.location == f"/registry/people/{person.id}"
    assert other.status_code == 422
    assert "mang tên khác" in other.text
    assert [len(one.positions) for one in db.session.scalars(select(Person))] == [2]


def test_details_are_corrected_and_the_correction_is_written_down(client, commune, person):
    address = f"/registry/people/{person.id}/edit"
    assert 'value="Lê Thị Nhà"' in client.get(address).text

    sent = client.post(address, data={"full_name": "Lê Thị Nhạ", "sex": "female", "phone": "0928 816 302"})

    assert sent.status_code == 303
    assert (person.full_name, person.search_key, person.sex) == ("Lê Thị Nhạ", "le thi nha", Sex.FEMALE)
    [details] = told("registry.correct_person")
    assert (details["before"]["full_name"], details["after"]["sex"]) == ("Lê Thị Nhà", "female")
    assert "0928816302" not in str(details)


def test_a_number_is_given_corrected_and_taken_away_and_never_shown_whole(client, commune, person):
    address = f"/registry/people/{person.id}/id-number"

    for typed, shown in (("075 089 060 816", "********0816"), ("075189060817", "********0817"), ("", "chưa có")):
        assert client.post(address, data={"id_number": typed}).status_code == 303
        page = client.get(f"/registry/people/{person.id}").text
        assert shown in page
        assert typed.replace(" ", "") not in page or not typed

    assert person.id_number_sealed is person.id_number_index is None
    assert [details["had_one"] for details in told("registry.set_id_number")] == [False, True]
    assert [details["had_one"] for details in told("registry.remove_id_number")] == [True]


def test_a_number_that_is_somebody_elses_is_refused_and_only_ones_own_people_are_named(
    client, commune, elsewhere, person
):
    mine = make.official(make.person("Trần Thị Gần"), unit=commune).person
    strange = make.official(make.person("Hồ Văn Xa"), unit=elsewhere).person
    actions.set_id_number(mine, NUMBER, by=None, at=AT)
    actions.set_id_number(strange, "046089060817", by=None, at=AT)
    address = f"/registry/people/{person.id}/id-number"

    near = client.post(address, data={"id_number": NUMBER})
    far = client.post(address, data={"id_number": "046089060817"})

    assert near.status_code == far.status_code == 422
    assert "đã được ghi cho một người khác" in near.text
    assert "đã được ghi cho một người khác" in far.text
    assert "Trần Thị Gần" in near.text
    assert "Hồ Văn Xa" not in far.text
    assert f"/people/{strange.id}" not in far.text
    assert person.id_number_index is None


def test_people_are_found_by_their_whole_number_and_within_ones_area_alone(client, commune, elsewhere, person):
    strange = make.official(make.person("Hồ Văn Xa"), unit=elsewhere).person
    actions.set_id_number(person, NUMBER, by=None, at=AT)
    actions.set_id_number(strange, "046089060817", by=None, at=AT)

    def found(text):
        page = client.get("/registry/people", query_string={"q": text}).text
        return re.findall(r'/registry/people/\d+">([^<]+)</a>', page)

    assert found(NUMBER) == found("075 089 060 816") == ["Lê Thị Nhà"]
    assert found("0750890608") == found("046089060817") == []


# Posts


def test_a_post_is_added_corrected_ended_and_withdrawn_and_the_figures_follow(client, commune, person):
    make.requirements()
    page = f"/registry/people/{person.id}"
    data = {key: new_official(commune)[key] for key in ("level", "unit_id", "workplace", "title", "started_on")}

    assert client.post(f"{page}/posts/new", data=data).status_code == 303
    assert len(WRITTEN.findall(client.get(page).text)) == 2
    assert figures(commune) == (1, 0)

    first, second = db.session.scalars(select(Position).order_by(Position.id)).all()
    for post in (first, second):
        assert client.post(f"{page}/posts/{post.id}/end", data={"on": "2026-06-30"}).status_code == 303
    assert figures(commune) == (0, 0)
    assert figures(commune, date(2026, 6, 30)) == (1, 0)

    at_the_province = {**data, "unit_id": commune.parent_id, "level": "province", "ended_on": ""}
    assert client.post(f"{page}/posts/{second.id}/correct", data=at_the_province).status_code == 303
    assert (figures(commune), figures(commune.parent)) == ((0, 0), (1, 0))

    sent = client.post(f"{page}/posts/{second.id}/withdraw", data={"reason": "Nhập nhầm người"})
    assert sent.status_code == 303
    assert figures(commune.parent) == (0, 0)
    assert "Ghi nhầm, đã rút" in client.get(page).text
    assert "Nhập nhầm người" in client.get(f"{page}/posts/{second.id}").text
    assert [entry["reason"] for entry in told("registry.withdraw_position")] == ["Nhập nhầm người"]


def test_what_is_wrong_with_a_post_is_said_and_nothing_is_kept(client, commune, person):
    post = person.positions[0]
    address = f"/registry/people/{person.id}/posts/{post.id}"

    early = client.post(f"{address}/end", data={"on": "2025-06-30"})
    silent = client.post(f"{address}/withdraw", data={"reason": ""})
    again = client.post(
        f"/registry/people/{person.id}/posts/new",
        data={
            "level": "commune",
            "unit_id": commune.id,
            "workplace": post.workplace,
            "started_on": "2026-02-01",
        },
    )

    assert (early.status_code, silent.status_code, again.status_code) == (422, 422, 422)
    assert "không được trước ngày bắt đầu" in early.text
    assert "Hãy sửa chức vụ đó" in again.text
    assert (post.ended_on, post.withdrawn_at) == (None, None)
    assert len(db.session.scalars(select(Position)).all()) == 1


def test_a_leaders_post_stays_with_the_organisation(client, commune):
    post = make.leader(of=make.organisation("Hợp tác xã Đồi Chè", unit=commune))
    address = f"/registry/people/{post.person_id}/posts/{post.id}"

    page = client.get(address).text
    sent = client.post(f"{address}/correct", data={"title": "Chủ tịch", "started_on": "2024-01-01"})

    assert "Hợp tác xã Đồi Chè" in page
    assert 'name="unit_id"' not in page
    assert sent.status_code == 303
    assert (post.title, post.started_on, post.workplace) == ("Chủ tịch", date(2024, 1, 1), "Hợp tác xã Đồi Chè")
    assert post.kind is PositionKind.LEADER


# Excuses


def test_an_excuse_is_entered_ended_and_withdrawn_and_counted_apart_meanwhile(client, commune, person):
    make.requirements()
    page = f"/registry/people/{person.id}"

    sent = client.post(
        f"{page}/excuses/new",
        data={"kind": "maternity", "position_id": "all", "started_on": "2026-10-01", "note": "QĐ 7/QĐ-UBND"},
    )
    assert sent.status_code == 303
    assert "Nghỉ thai sản" in client.get(page).text
    assert (figures(commune, date(2026, 9, 30)), figures(commune)) == ((1, 0), (0, 1))

    first = db.session.scalars(select(Excuse)).one()
    assert client.post(f"{page}/excuses/{first.id}/end", data={"on": "2026-10-31"}).status_code == 303
    assert (figures(commune, date(2026, 10, 31)), figures(commune)) == ((0, 1), (1, 0))
    second = db.session.scalars(select(Excuse).where(Excuse.withdrawn_at.is_(None))).one()
    assert (second.note, second.ended_on) == (first.note, date(2026, 10, 31))

    sent = client.post(f"{page}/excuses/{second.id}/withdraw", data={"reason": "Ghi nhầm người"})
    assert sent.status_code == 303
    assert figures(commune, date(2026, 10, 31)) == (1, 0)
    assert "Ghi nhầm người" in client.get(f"{page}/excuses/{second.id}").text


def test_what_was_known_of_an_excuse_before_it_was_ended_can_still_be_told(commune, person):
    make.requirements()
    entered = excuse_of(person, started_on=date(2026, 10, 1), at=datetime(2026, 10, 2, 2, 0, tzinfo=UTC))
    actions.end_excuse(entered, date(2026, 10, 31), by=None, at=AT)

    def excused(known_at):
        return coverage.coverage(commune, TODAY, known_at=known_at).requirements[0].total.excused

    assert excused(datetime(2026, 11, 1, 2, 0, tzinfo=UTC)) == 1
    assert excused(AT) == 0


def test_an_excuse_from_one_post_leaves_the_other_obliged(commune, person):
    make.requirements()
    other = make.official(person, unit=commune.parent)

    excuse_of(person, position=other)

    assert figures(commune.parent) == (1, 0)
    actions.end_position(person.positions[0], date(2026, 11, 22), by=None, at=AT)
    assert figures(commune.parent) == (0, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"note": "  "},
        {"started_on": date(1900, 1, 1)},
        {"started_on": date(2029, 1, 1)},
        {"ended_on": date(2026, 1, 1)},
    ],
)
def test_an_excuse_that_cannot_be_is_refused(person, wrong):
    facts = {"kind": ExcuseKind.OTHER, "started_on": TODAY, "note": "Biên bản 3", **wrong}
    with pytest.raises(InvalidInput):
        actions.excuse(person, ExcuseFacts(**facts), by=None, at=AT)


def test_nothing_is_entered_withdrawn_or_ended_twice(person):
    entered = excuse_of(person)
    with pytest.raises(DomainError, match="đã được ghi"):
        excuse_of(person, started_on=date(2027, 1, 1))
    excuse_of(person, kind=ExcuseKind.ILLNESS)

    actions.withdraw_excuse(entered, reason="Ghi nhầm", by=None, at=AT)
    with pytest.raises(DomainError, match="đã được rút"):
        actions.withdraw_excuse(entered, reason="Lần nữa", by=None, at=AT)
    with pytest.raises(DomainError, match="đã được rút"):
        actions.end_excuse(entered, TODAY, by=None, at=AT)
    assert entered.withdraw_reason == "Ghi nhầm"


# Who may


def test_who_led_where_somebody_worked_once_sees_them_and_changes_nothing(clock, commune, elsewhere, sign_in):
    person = make.official(unit=elsewhere, ended_on=date(2026, 1, 1)).person
    make.official(person, unit=commune)
    before, after = (make.role(make.user(), Role.COORDINATOR, unit_id=unit.parent_id) for unit in (elsewhere, commune))
    of_before, of_after = sign_in(before), sign_in(after)
    address = f"/registry/people/{person.id}"

    for part in ("edit", "id-number", "excuses/new"):
        assert of_after.get(f"{address}/{part}").status_code == 200
    assert of_before.get(address).status_code == 200
    for part in ("edit", "id-number"):
        assert of_before.get(f"{address}/{part}").status_code == 403
    assert not policies.can_change_person(before, person)


def test_posts_elsewhere_are_counted_but_not_told_nor_changed(client, commune, elsewhere, person):
    strange = make.official(person, unit=elsewhere)
    make.excuse(person, position=strange)

    page = client.get(f"/registry/people/{person.id}").text

    assert strange.workplace not in page
    assert "Còn 1 chức vụ ở địa bàn khác." in page
    assert "Nghỉ thai sản" not in page
    assert "Thủy Xuân" not in client.get("/registry/people").text
    address = f"/registry/people/{person.id}/posts/{strange.id}"
    assert client.get(address).status_code == 403
    assert client.post(f"{address}/withdraw", data={"reason": "x"}).status_code == 403
    assert client.get(f"/registry/people/{person.id}/posts/{person.positions[0].id}").status_code == 200


def test_nobody_is_sent_to_work_in_a_part_of_the_country_that_one_does_not_lead(client, commune, elsewhere, person):
    data = new_official(elsewhere)
    post = person.positions[0]

    assert client.post("/registry/people/new", data=data).status_code == 422
    assert client.post(f"/registry/people/{person.id}/posts/new", data=data).status_code == 422
    assert client.post(f"/registry/people/{person.id}/posts/{post.id}/correct", data=data).status_code == 422
    assert post.unit_id == commune.id


def test_a_post_or_an_excuse_is_found_through_its_own_person_alone(client, commune, person):
    other = make.official(unit=commune)
    excuse = make.excuse(other.person)

    assert client.get(f"/registry/people/{person.id}/posts/{other.id}").status_code == 404
    assert client.get(f"/registry/people/{person.id}/excuses/{excuse.id}").status_code == 404
    assert client.get(f"/registry/people/{other.person_id}/posts/{other.id}").status_code == 200
    assert client.get(f"/registry/people/{other.person_id}/excuses/{excuse.id}").status_code == 200


def test_nobody_changes_what_is_known_of_themselves(clock, commune, coordinator, sign_in):
    own = make.official(make.person("Trần Thị Phối", account=coordinator), unit=commune)
    colleague = make.role(make.user(), Role.COORDINATOR, unit_id=commune.parent_id)
    address = f"/registry/people/{own.person_id}"

    for part in ("edit", "id-number", "excuses/new", "posts/new", f"posts/{own.id}"):
        assert sign_in(coordinator).get(f"{address}/{part}").status_code == 403, part
        assert sign_in(colleague).get(f"{address}/{part}").status_code == 200, part
    assert "thông tin về chính bạn" in sign_in(coordinator).get(address).text
    sent = sign_in(coordinator).post(f"{address}/posts/{own.id}/withdraw", data={"reason": "x"})
    assert sent.status_code == 403


def test_a_page_of_a_person_costs_the_same_however_much_is_on_it(client, commune, person):
    def cost():
        with count_queries() as queries:
            client.get(f"/registry/people/{person.id}")
        return len(queries)

    make.excuse(person)
    few = cost()
    for _time in range(10):
        make.official(person, unit=make.commune(within=commune.parent))
        make.excuse(person, position=person.positions[0])
    assert cost() <= few
    assert few <= 22


def test_a_correction_says_again_what_is_known_and_nothing_happens(person):
    facts = PersonFacts(full_name="Lê Thị Nhà")

    assert not actions.correct_person(person, facts, by=None, at=AT)
    assert told("registry.correct_person") == []
