"""Posts and organisations of divided communes: who says where they lie now, where they count then, taking it back."""

import html
import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, true

from lms.accounts.models import Role
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.coverage.queries import coverage
from lms.coverage.queries.direct import figures as counted
from lms.registry import actions
from lms.registry.models import ChangeKind, PositionKind
from lms.registry.queries import organisations_count, settling
from lms.registry.queries.organisations import OrganisationFilter
from tests.support import make
from tests.support.queries import count_queries

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = date(2026, 3, 1)
LIST = "/registry/units/divided"
WHY = "Theo danh sách của xã ngày 05/07/2025"


class Country:
    """Bình Phước of before, now Đồng Nai: Bù Gia was divided between Phú Nghĩa and Đắk Ơ, Bom Bo went on whole."""

    def __init__(self):
        make.requirements()
        self.old = make.old_province("Bình Phước", code="70")
        self.province = make.province("Đồng Nai", code="75")
        self.divided = make.old_commune("Bù Gia", within=self.old, code="25111")
        self.whole = make.old_commune("Bom Bo", within=self.old, code="25112")
        self.phu_nghia = make.commune("Phú Nghĩa", within=self.province, code="25220")
        self.dak_o = make.commune("Đắk Ơ", within=self.province, code="25229")
        make.succession(self.old, self.province)
        make.succession(self.divided, self.phu_nghia, self.dak_o)
        make.succession(self.whole, self.phu_nghia)
        self.post = make.official(make.person("Điểu Sơn"), unit=self.divided)
        self.other = make.official(make.person("Lê Thị Lan"), unit=self.divided)
        make.official(make.person("Trần Văn An"), unit=self.whole)
        self.cooperative = make.organisation("Hợp tác xã Điều Bù Gia", unit=self.divided)
        self.leader = make.leader(make.person("Thị Hương"), of=self.cooperative)

    def settle(self, where, **chosen):
        given = {"post_ids": [], "organisation_ids": [], "reason": WHY, "by": None, "at": AT, **chosen}
        return actions.settle(self.divided, where, **given)


@pytest.fixture
def land(app, clock):
    return Country()


def obliged(unit, kind=PositionKind.OFFICIAL):
    """How many are obliged in a unit; the kept figures, held to a count from the facts."""
    requirement = make.requirements()[kind]
    (part,) = (part for part in coverage(unit, DAY).requirements if part.requirement.code == requirement.code)
    truth = counted([requirement.id], [unit.id], DAY)
    assert part.total == truth.get((requirement.id, unit.id, "all"), part.total.__class__())
    return part.total.obliged


def waiting(unit):
    return (
        {post.person.full_name for post in settling.posts_waiting(unit)},
        {one.name for one in settling.organisations_waiting(unit)},
    )


def test_what_stands_in_a_divided_commune_waits_and_a_leader_waits_with_the_organisation(land):
    assert waiting(land.divided) == ({"Điểu Sơn", "Lê Thị Lan"}, {"Hợp tác xã Điều Bù Gia"})
    assert settling.divided_unit(land.whole.id) is None
    assert settling.divided_unit(land.phu_nghia.id) is None


def test_a_settled_post_counts_in_the_part_and_still_in_the_commune_that_was(land):
    assert (obliged(land.divided), obliged(land.phu_nghia), obliged(land.dak_o)) == (2, 1, 0)

    assert land.settle(land.dak_o, post_ids=[land.post.id]) == 1

    assert (obliged(land.divided), obliged(land.phu_nghia), obliged(land.dak_o)) == (2, 1, 1)
    assert obliged(land.province) == 3
    assert waiting(land.divided)[0] == {"Lê Thị Lan"}


def test_an_organisation_takes_its_leaders_along(land):
    land.settle(land.phu_nghia, organisation_ids=[land.cooperative.id])

    assert land.leader.settled_unit_id == land.phu_nghia.id
    assert obliged(land.phu_nghia, PositionKind.LEADER) == 1
    assert waiting(land.divided)[1] == set()
    for unit in (land.phu_nghia, land.divided, land.province):
        asked = OrganisationFilter(on=DAY, unit=unit)
        assert organisations_count(true(), asked) == 1
    # Whoever leads it next has a post where it lies now.
    new = actions.change_leader(
        land.cooperative, make.person("Điểu Lâm"), on=date(2026, 9, 1), title="Giám đốc", by=None, at=AT
    )
    assert new.unit_id == land.phu_nghia.id


def test_it_is_written_down_who_said_it_and_why(land):
    coordinator = make.coordinator(land.province)
    land.settle(land.dak_o, post_ids=[land.post.id], organisation_ids=[land.cooperative.id], by=coordinator)

    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registry.settle")).all()
    assert {(entry.subject_kind, entry.subject_id) for entry in entries} == {
        ("position", land.post.id),
        ("position", land.leader.id),
        ("organisation", land.cooperative.id),
    }
    assert {(entry.actor_id, entry.details["where"], entry.details["reason"]) for entry in entries} == {
        (coordinator.id, land.dak_o.path, WHY)
    }
    told = {one.thing.id: (one.where.name, one.by, one.reason) for one in settling.settled_at(land.divided)}
    assert told[land.post.id] == ("Đắk Ơ", coordinator.display_name, WHY)


def test_it_is_taken_back_and_waits_again(land):
    land.settle(land.dak_o, post_ids=[land.post.id], organisation_ids=[land.cooperative.id])
    actions.unsettle(
        land.divided,
        post_ids=[land.post.id],
        organisation_ids=[land.cooperative.id],
        reason="Nhầm thôn",
        by=None,
        at=AT,
    )

    assert waiting(land.divided) == ({"Điểu Sơn", "Lê Thị Lan"}, {"Hợp tác xã Điều Bù Gia"})
    assert (land.post.settled_unit_id, land.leader.settled_unit_id) == (None, None)
    assert obliged(land.dak_o) == 0
    with pytest.raises(DomainError):
        actions.unsettle(land.divided, post_ids=[land.post.id], organisation_ids=[], reason="x", by=None, at=AT)


def test_what_cannot_be_is_refused(land):
    elsewhere = make.commune("Thủy Xuân", within=make.province("Huế", code="46"), code="19777")
    with pytest.raises(InvalidInput):
        land.settle(elsewhere, post_ids=[land.post.id])
    with pytest.raises(InvalidInput):
        land.settle(land.dak_o)
    with pytest.raises(InvalidInput):
        land.settle(land.dak_o, post_ids=[land.post.id], reason="  ")
    land.settle(land.dak_o, post_ids=[land.post.id])
    with pytest.raises(DomainError):
        land.settle(land.phu_nghia, post_ids=[land.post.id])
    assert land.post.settled_unit_id == land.dak_o.id


def test_a_part_that_is_divided_in_its_turn_is_asked_about_again(land):
    land.settle(land.dak_o, post_ids=[land.post.id])
    change = actions.AskedChange(
        ChangeKind.SPLIT, date(2026, 6, 1), "NQ 400", land.dak_o.code, "26001; xã; Đắk Ơ Đông\n26004; xã; Đắk Ơ Tây"
    )
    actions.change_units([change], by=None, at=AT, today=date(2026, 11, 23))

    assert waiting(land.divided)[0] == {"Điểu Sơn", "Lê Thị Lan"}
    parts = settling.parts_of([land.divided.id])[land.divided.id]
    assert land.dak_o.id not in parts
    assert len(parts) == 3


# Pages


@pytest.fixture
def coordinator(land, sign_in):
    return sign_in(make.coordinator(land.province))


def page_of(land):
    return f"{LIST}/{land.divided.id}"


def text_of(answer):
    return html.unescape(answer.text)


def picks(page):
    return set(re.findall(r'name="(post|organisation)" value="(\d+)"', page))


def test_several_are_settled_at_once_and_taken_back_on_the_page(land, coordinator):
    listed = text_of(coordinator.get(LIST))
    assert re.findall(r'data-divided="(\w+)"', listed) == ["25111"]
    page = text_of(coordinator.get(page_of(land)))
    assert "Phú Nghĩa" in page
    assert len(picks(page)) == 3

    sent = {"post": [land.post.id, land.other.id], "organisation": land.cooperative.id}
    answer = coordinator.post(
        f"{page_of(land)}/settle", data={**sent, "where": land.dak_o.id, "reason": WHY}, follow_redirects=True
    )
    page = text_of(answer)
    assert "Đã xác định nơi hiện nay cho 3 mục." in page
    assert len(re.findall(r"data-settled=", page)) == 3
    assert WHY in page
    assert "Đã xác định hết" in text_of(coordinator.get(LIST))

    back = coordinator.post(
        f"{page_of(land)}/unsettle", data={"post": land.post.id, "reason": "Nhầm"}, follow_redirects=True
    )
    assert "nay lại chờ xác định" in text_of(back)
    assert land.post.settled_unit_id is None
    assert land.other.settled_unit_id == land.dak_o.id


@pytest.mark.parametrize(("missing", "told"), [("where", "Nay thuộc"), ("reason", "Căn cứ"), ("post", "Chưa chọn")])
def test_what_is_missing_is_said_and_what_was_chosen_stays_chosen(land, coordinator, missing, told):
    sent = {"post": land.post.id, "where": land.dak_o.id, "reason": WHY}
    del sent[missing]

    answer = coordinator.post(f"{page_of(land)}/settle", data=sent)

    assert answer.status_code == 422
    assert told in text_of(answer)
    if missing != "post":
        assert re.search(rf'name="post" value="{land.post.id}"[^>]* checked', answer.text)
    assert land.post.settled_unit_id is None


def test_nobody_settles_outside_the_own_part_of_the_country(land, coordinator, sign_in):
    sent = {"post": land.post.id, "where": land.dak_o.id, "reason": WHY}
    strangers = {
        "of another province": make.coordinator(make.province("Huế", code="46")),
        "of a part": make.coordinator(land.dak_o),
        "of a trainer": make.trainer(unit=land.province),
    }
    for name, stranger in strangers.items():
        client = sign_in(stranger)
        assert client.get(page_of(land)).status_code == 403, name
        assert client.post(f"{page_of(land)}/settle", data=sent).status_code == 403, name
        assert client.post(f"{page_of(land)}/unsettle", data=sent).status_code == 403, name
    assert land.post.settled_unit_id is None
    assert "25111" not in text_of(sign_in(strangers["of another province"]).get(LIST))
    centre = sign_in(make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id))
    assert centre.post(f"{page_of(land)}/settle", data=sent).status_code == 303


def test_the_pages_cost_the_same_however_much_waits(land, coordinator):
    def cost(page):
        with count_queries() as queries:
            assert coordinator.get(page).status_code == 200
        return len(queries)

    before = cost(LIST), cost(page_of(land))
    for _one in range(5):
        make.official(unit=land.divided)
        make.leader(of=make.organisation(unit=land.divided))

    assert (cost(LIST), cost(page_of(land))) == before
