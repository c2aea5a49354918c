"""An ethnic group is seen on a page of its own, for a purpose, and each time that is written down; nowhere else."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lms.accounts.models import Role
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.registry import actions
from lms.registry.models import Ethnicity
from lms.registry.rules.ethnicities import ETHNICITIES
from tests.support import make

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PURPOSE = "Báo cáo theo công văn số 15"


@pytest.fixture
def person(commune):
    return make.official(make.person("Ma Seo Páo"), unit=commune).person


@pytest.fixture
def client(clock, coordinator, sign_in):
    return sign_in(coordinator)


def read(client, person, purpose=PURPOSE):
    return client.post(f"/registry/people/{person.id}/ethnicity/read", data={"purpose": purpose})


def keep(person, name="Mông", *, by):
    actions.set_ethnicity(person, name, purpose=PURPOSE, by=by, at=AT)


def log():
    return [
        (entry.action, entry.subject_id, entry.details)
        for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "ethnicity"))
    ]


def test_it_is_asked_for_with_a_purpose_and_then_shown_and_both_are_written_down(client, person, coordinator):
    keep(person, by=coordinator)
    assert "Mông" not in client.get(f"/registry/people/{person.id}/ethnicity").text
    assert read(client, person, "").status_code == 422
    assert "Mông" not in read(client, person, "   xem   ").text

    page = read(client, person)

    assert '<option selected value="Mông">' in page.text
    assert log() == [
        ("registry.set_ethnicity", person.id, {"purpose": PURPOSE}),
        ("registry.read_ethnicity", person.id, {"purpose": PURPOSE}),
    ]


def test_that_it_is_not_known_is_written_down_as_read_too(client, person):
    assert "chưa ghi" in read(client, person).text
    assert [action for action, _subject, _details in log()] == ["registry.read_ethnicity"]


def test_it_is_kept_changed_and_taken_away(client, person):
    def send(name):
        data = {"name": name, "purpose": PURPOSE}
        return client.post(f"/registry/people/{person.id}/ethnicity", data=data).status_code

    assert [send("Mông"), send("Dao"), send("Dao"), send("Người Kinh")] == [303, 303, 303, 422]
    assert db.session.scalars(select(Ethnicity.name)).all() == ["Dao"]
    assert send("") == 303
    assert db.session.scalars(select(Ethnicity)).all() == []
    assert [action for action, _subject, _details in log()] == [
        "registry.set_ethnicity",
        "registry.set_ethnicity",
        "registry.remove_ethnicity",
    ]
    assert "Dao" not in str(log())


def test_it_stands_in_no_list_no_search_no_page_and_no_file(client, person, commune, coordinator):
    make.requirements()
    keep(person, "Xinh Mun", by=coordinator)
    province = commune.parent.code

    for page in (
        "/registry/people",
        "/registry/people?q=Xinh+Mun",
        f"/registry/people/{person.id}",
        f"/people/{person.id}/record",
        f"/coverage/units/{province}",
        f"/coverage/units/{province}/outstanding/officials",
    ):
        shown = client.get(page).text.replace('value="Xinh Mun"', "")
        assert "Xinh Mun" not in shown, page


def test_of_two_who_are_one_it_is_what_either_has(person, commune, coordinator):
    other = make.official(make.person("Ma Seo Páo"), unit=commune).person
    keep(other, by=coordinator)
    make.merge(other, person)

    assert actions.read_ethnicity(person, purpose=PURPOSE, by=coordinator, at=AT) == "Mông"


def test_only_who_answers_for_somebody_may_ask(person, elsewhere, client, sign_in):
    of_there = make.role(make.user(), Role.COORDINATOR, unit_id=elsewhere.parent_id)

    assert read(sign_in(of_there), person).status_code == 403
    assert log() == []
    assert read(client, person).status_code == 200


def test_the_log_says_who_read_it_and_what_for_to_the_administrator_alone(client, person, administrator, sign_in):
    read(client, person)

    page = sign_in(administrator).get("/registry/people/ethnicity-log")

    assert page.status_code == 200
    for words in ("Ma Seo Páo", "Trần Thị Phối", PURPOSE, "Xem"):
        assert words in page.text
    assert client.get("/registry/people/ethnicity-log").status_code == 403


def test_a_long_log_comes_page_by_page_the_latest_first(person, administrator, coordinator, sign_in):
    for number in range(60):
        actions.read_ethnicity(person, purpose=f"Báo cáo số {number:02}", by=coordinator, at=AT)
    client = sign_in(administrator)

    first = client.get("/registry/people/ethnicity-log").text
    assert "Báo cáo số 59" in first
    assert "Báo cáo số 09" not in first
    last = db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc()).offset(49).limit(1)).one()
    assert "Báo cáo số 09" in client.get(f"/registry/people/ethnicity-log?before={last}").text


def test_there_are_fifty_four_groups_and_no_other_is_kept(person, coordinator):
    assert len(ETHNICITIES) == len(set(ETHNICITIES)) == 54
    with pytest.raises(InvalidInput):
        keep(person, "Người Kinh", by=coordinator)
