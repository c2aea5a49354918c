"""Organisations: entered, corrected, led by somebody else, gone; each act by the people of the place alone."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.secrets import unseal
from lms.coverage import queries as coverage
from lms.coverage.queries.standings import organisation_standings
from lms.records.models import Duty
from lms.registry import actions, policies
from lms.registry.actions import OrganisationFacts
from lms.registry.models import Organisation, OrganisationKind, Origin, Position, PositionKind
from lms.registry.rules.products import PRODUCTS, PRODUCTS_2019
from tests.support import make
from tests.support.queries import count_queries

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
TAX_CODE = "3600000014"
OWNER = "075089060816"


def facts(unit, name="Hợp tác xã Đồi Chè", kind=OrganisationKind.COOPERATIVE, **more):
    return OrganisationFacts(name=name, kind=kind, unit=unit, **more)


def add(unit, name="Hợp tác xã Đồi Chè", kind=OrganisationKind.COOPERATIVE, **more):
    return actions.add_organisation(facts(unit, name, kind, **more), by=None, at=AT)


def figures(unit):
    """Obliged and trained leaders of a unit today."""
    found = {one.requirement.code: one.total for one in coverage.coverage(unit, TODAY).requirements}
    return found["leaders"].obliged, found["leaders"].trained


def standing(organisation, on=TODAY):
    return organisation_standings([organisation.id], on)[organisation.id].standing


# What may be said of one


def test_what_was_entered_is_kept(commune):
    made = add(
        commune,
        "  Hợp  tác xã Đồi Chè ",
        legal_form="Hợp tác xã",
        tax_code=TAX_CODE,
        product_group="Đồ uống",
        product_group_2019="Thảo dược",
        origin=Origin.NEW,
        joined_on=date(2021, 3, 1),
    )

    assert (made.name, made.search_key) == ("Hợp tác xã Đồi Chè", "hop tac xa doi che")
    assert (made.tax_code, made.origin, made.joined_on) == (TAX_CODE, Origin.NEW, date(2021, 3, 1))
    assert (made.product_group, made.product_group_2019) == ("Đồ uống", "Thảo dược")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"name": "=1+1"},
        {"name": "x" * 181},
        {"tax_code": "3600000015"},
        {"product_group": "Vải và may mặc"},
        {"product_group_2019": "Sinh vật cảnh"},
        {"joined_on": date(2026, 11, 24)},
        {"owner_id_number": OWNER},
        {"kind": OrganisationKind.HOUSEHOLD, "owner_id_number": OWNER, "tax_code": TAX_CODE},
        {"kind": OrganisationKind.HOUSEHOLD, "owner_id_number": "75089060816"},
    ],
)
def test_what_cannot_be_is_refused(commune, wrong):
    with pytest.raises(InvalidInput):
        add(commune, **{"name": "Hợp tác xã Đồi Chè", **wrong})

    assert db.session.scalar(select(Organisation)) is None


def test_a_household_is_known_by_its_owners_number_which_is_kept_sealed(commune):
    made = add(commune, "Hộ ông Páo", OrganisationKind.HOUSEHOLD, owner_id_number=OWNER)

    assert made.owner_id_sealed is not None
    assert unseal(made.owner_id_sealed) == OWNER
    assert OWNER not in str([entry.details for entry in db.session.scalars(select(AuditEntry))])
    with pytest.raises(DomainError, match="hộ khác"):
        add(commune, "Hộ bà Mỷ", OrganisationKind.HOUSEHOLD, owner_id_number=OWNER)


def test_a_household_that_gets_a_tax_code_is_known_by_that_alone(commune):
    made = add(commune, "Hộ ông Páo", OrganisationKind.HOUSEHOLD, owner_id_number=OWNER)

    actions.correct_organisation(made, facts(commune, "Hộ ông Páo", OrganisationKind.HOUSEHOLD), by=None, at=AT)
    assert made.owner_id_sealed is not None
    with_code = facts(commune, "Hộ ông Páo", OrganisationKind.HOUSEHOLD, tax_code=TAX_CODE)
    actions.correct_organisation(made, with_code, by=None, at=AT)

    assert (made.tax_code, made.owner_id_sealed, made.owner_id_index) == (TAX_CODE, None, None)


def test_nobody_is_entered_twice(commune, elsewhere):
    add(commune, "Hợp tác xã Đồi Chè")
    add(commune, "Hợp tác xã Suối Lạnh", tax_code=TAX_CODE)

    with pytest.raises(DomainError, match="Suối Lạnh"):
        add(elsewhere, "Tên khác", tax_code=TAX_CODE)
    with pytest.raises(DomainError, match="cùng tên"):
        add(commune, "HỢP TÁC XÃ  đồi chè")
    # The same name elsewhere, or of another kind, is another organisation.
    add(elsewhere, "Hợp tác xã Đồi Chè")
    add(commune, "Hợp tác xã Đồi Chè", OrganisationKind.COOPERATIVE_GROUP)


# Corrections and what follows from them


def test_a_correction_is_written_down_and_the_figures_follow(commune):
    make.requirements()
    made = add(commune)
    make.leader(of=made)

    assert actions.correct_organisation(
        made, facts(commune, kind=OrganisationKind.HOUSEHOLD, product_group="Đồ uống"), by=None, at=AT
    )

    cuts = coverage.coverage(commune.parent, TODAY).requirements[-1].cuts
    of_kind = {line.code: line.figures.obliged for line in cuts["group"]}
    of_product = {line.code: line.figures.obliged for line in cuts["product"]}
    assert (of_kind["household"], of_kind["cooperative"], of_product["drinks"]) == (1, 0, 1)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registry.correct_organisation")).one()
    assert entry.details["before"]["kind"] == "cooperative"
    assert entry.details["after"]["kind"] == "household"


def test_saying_the_same_again_changes_nothing(commune):
    made = add(commune)
    before = db.session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()))

    assert not actions.correct_organisation(made, facts(commune), by=None, at=AT)
    assert db.session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc())) == before


def test_an_organisation_entered_in_the_wrong_place_takes_its_leaders_along(commune, elsewhere):
    make.requirements()
    made = add(commune)
    post = make.leader(of=made)
    assert (figures(commune)[0], figures(elsewhere)[0]) == (1, 0)

    actions.correct_organisation(made, facts(elsewhere), by=None, at=AT)

    assert post.unit_id == elsewhere.id
    assert (figures(commune)[0], figures(elsewhere)[0]) == (0, 1)


def test_a_new_name_is_borne_by_the_posts_that_are_held(commune):
    made = add(commune, "Hợp tác xã Đồi Chè")
    ended = make.leader(of=made, ended_on=date(2026, 1, 31))
    held = make.leader(of=made, started_on=date(2026, 2, 1))

    actions.correct_organisation(made, facts(commune, "Hợp tác xã Chè Shan Tân Lợi"), by=None, at=AT)

    assert (ended.workplace, held.workplace) == ("Hợp tác xã Đồi Chè", "Hợp tác xã Chè Shan Tân Lợi")
    assert held.workplace_key == made.match_key


# Leaving


def test_leaving_ends_the_duty_and_taking_it_back_brings_it_back(commune):
    make.requirements()
    made = add(commune, joined_on=date(2024, 1, 1))
    make.leader(of=made)
    assert (figures(commune), standing(made)) == ((1, 0), "outstanding")

    actions.leave_programme(made, date(2026, 10, 31), reason="Giải thể", by=None, at=AT)
    assert (figures(commune), standing(made)) == ((0, 0), "not_obliged")
    assert standing(made, date(2026, 10, 31)) == "outstanding"

    actions.stay_in_programme(made, reason="Ghi nhầm", by=None, at=AT)
    assert (figures(commune), made.left_on) == ((1, 0), None)


@pytest.mark.parametrize(
    ("on", "reason"), [(date(2023, 12, 31), "Giải thể"), (date(2026, 11, 24), "Giải thể"), (TODAY, "  ")]
)
def test_leaving_on_a_day_that_cannot_be_or_without_a_reason_is_refused(commune, on, reason):
    made = add(commune, joined_on=date(2024, 1, 1))

    with pytest.raises(InvalidInput):
        actions.leave_programme(made, on, reason=reason, by=None, at=AT)


# Who leads it


def test_a_change_of_leader_is_one_act_and_reopens_the_duty(commune):
    make.requirements()
    made = add(commune)
    old, new = make.person("Ma Seo Páo"), make.person("Vừ Thị Mỷ")
    post = make.leader(old, of=made)
    make.award(old, "production-business")
    assert (standing(made), figures(commune)) == ("trained", (1, 1))

    begun = actions.change_leader(made, new, on=date(2026, 11, 1), title="Giám đốc", ending=[post], by=None, at=AT)

    assert (post.ended_on, begun.started_on, begun.title) == (date(2026, 10, 31), date(2026, 11, 1), "Giám đốc")
    assert (standing(made), figures(commune)) == ("outstanding", (1, 0))
    assert standing(made, date(2026, 10, 31)) == "trained"
    make.award(new, "production-business", awarded_on=date(2026, 11, 1))
    assert standing(made) == "trained"


def test_two_may_lead_together_and_both_must_be_trained(commune):
    make.requirements()
    made = add(commune)
    first, second = make.person("Ma Seo Páo"), make.person("Vừ Thị Mỷ")
    make.leader(first, of=made)
    actions.change_leader(made, second, on=date(2026, 1, 1), title="", by=None, at=AT)

    make.award(first, "production-business")
    assert standing(made) == "outstanding"
    make.award(second, "production-business")
    assert standing(made) == "trained"


def test_whoever_has_no_leader_is_not_covered(commune):
    make.requirements()
    made = add(commune)
    make.leader(of=made, ended_on=date(2026, 1, 1))

    assert standing(made) == "leaderless"


def test_nobody_follows_a_leader_before_that_one_began(commune):
    made = add(commune)
    post = make.leader(make.person("Ma Seo Páo"), of=made, started_on=date(2026, 6, 1))

    with pytest.raises(InvalidInput, match="Ma Seo Páo"):
        actions.change_leader(made, make.person(), on=date(2026, 6, 1), title="", ending=[post], by=None, at=AT)
    assert post.ended_on is None


def test_who_leads_it_already_cannot_begin_again(commune):
    made = add(commune)
    post = make.leader(of=made)

    with pytest.raises(DomainError, match="đã được ghi"):
        actions.change_leader(made, post.person, on=date(2026, 6, 1), title="", by=None, at=AT)
    assert len(db.session.scalars(select(Position)).all()) == 1


# Pages


@pytest.fixture
def leads(coordinator, sign_in):
    return sign_in(coordinator)


def form(unit, **more):
    return {"name": "Hợp tác xã Đồi Chè", "kind": "cooperative", "unit_id": unit.id, **more}


def test_from_an_empty_list_to_a_new_leader(clock, commune, leads):
    make.requirements()
    assert "Chưa có chủ thể nào" in leads.get("/registry/organisations").text

    sent = leads.post("/registry/organisations/new", data=form(commune, tax_code=TAX_CODE, joined_on="01/03/2021"))
    page = leads.get(sent.location).text
    assert TAX_CODE in page
    assert "01/03/2021" in page
    assert "Chưa rõ lãnh đạo" in page

    there = f"{sent.location}/leaders/new"
    assert "Không tìm thấy ai" in leads.get(f"{there}?q=Páo").text
    begun = leads.post(
        there, data={"person": "new", "full_name": "Ma Seo Páo", "started_on": "2024-05-01", "title": "Giám đốc"}
    )
    assert begun.status_code == 303
    page = leads.get(sent.location).text
    assert "Lãnh đạo còn phải học" in page

    old = db.session.scalars(select(Position)).one()
    found = leads.get(f"{there}?q=pao").text
    assert f"person={old.person_id}" in found
    leads.post(
        there,
        data={"person": "new", "full_name": "Vừ Thị Mỷ", "started_on": "2026-11-01", "ending": old.id, "title": ""},
    )

    page = leads.get(sent.location).text
    rows = re.findall(r'<tr data-post="\d+">.*?</tr>', page, re.DOTALL)
    assert ["Vừ Thị Mỷ" in rows[0], "đang giữ" in rows[0]] == [True, True]
    assert ["Ma Seo Páo" in rows[1], "31/10/2026" in rows[1]] == [True, True]


def test_a_form_that_was_refused_keeps_what_was_typed_and_says_what_to_mend(commune, leads):
    answer = leads.post("/registry/organisations/new", data=form(commune, tax_code="3600000015", name="Chè Tân Lợi"))

    assert answer.status_code == 422
    assert "chữ số kiểm tra không khớp" in answer.text
    assert 'value="Chè Tân Lợi"' in answer.text
    known = make.organisation("Hợp tác xã Suối Lạnh", unit=commune)
    known.tax_code = TAX_CODE
    again = leads.post("/registry/organisations/new", data=form(commune, tax_code=TAX_CODE))
    assert again.status_code == 422
    assert "Suối Lạnh" in again.text


def test_twelve_digits_of_a_household_are_its_owners_number_wherever_they_are_typed(commune, leads):
    sent = leads.post("/registry/organisations/new", data=form(commune, kind="household", tax_code=OWNER))

    made = db.session.scalars(select(Organisation)).one()
    assert made.tax_code is None
    assert made.owner_id_sealed is not None
    for page in (leads.get(sent.location).text, leads.get(f"{sent.location}/edit").text):
        assert "********0816" in page
        assert OWNER not in page


def test_who_leads_the_country_names_a_province_and_then_the_commune(commune, elsewhere, administrator, sign_in):
    client = sign_in(administrator)

    def send(name):
        return client.post("/registry/organisations/new", data=form(commune.parent, commune=name))

    assert send("Thủy Xuân").status_code == 422
    assert send("xã Tân Lợi").status_code == 303
    assert db.session.scalars(select(Organisation)).one().unit_id == commune.id


def test_only_who_leads_there_may_write(commune, elsewhere, coordinator, sign_in):
    client = sign_in(coordinator)
    here, there = make.organisation(unit=commune), make.organisation(unit=elsewhere)

    assert client.post("/registry/organisations/new", data=form(elsewhere)).status_code == 422
    assert client.post(f"/registry/organisations/{here.id}/edit", data=form(elsewhere)).status_code == 422
    assert client.post(f"/registry/organisations/{there.id}/edit", data=form(elsewhere)).status_code == 403
    stranger = make.official(unit=elsewhere).person
    begins = {"person": stranger.id, "started_on": "2026-01-01"}
    assert client.post(f"/registry/organisations/{here.id}/leaders/new", data=begins).status_code == 403
    mine = make.official(unit=commune).person
    begins["person"] = mine.id
    assert client.post(f"/registry/organisations/{here.id}/leaders/new", data=begins).status_code == 303


def test_somebody_elses_leader_cannot_be_ended(commune, leads):
    here, other = make.organisation(unit=commune), make.organisation(unit=commune)
    post = make.leader(of=other)

    answer = leads.post(
        f"/registry/organisations/{here.id}/leaders/new",
        data={"person": "new", "full_name": "Vừ Thị Mỷ", "started_on": "2026-11-01", "ending": post.id},
    )

    assert answer.status_code in (303, 422)
    assert db.session.get_one(Position, post.id).ended_on is None


def test_the_list_is_narrowed(clock, commune, elsewhere, leads, administrator, sign_in):
    tea = make.organisation("Hợp tác xã Đồi Chè", unit=commune)
    tea.product_group, tea.origin, tea.tax_code = "Đồ uống", Origin.NEW, TAX_CODE
    gone = make.organisation("Tổ hợp tác Suối Lạnh", kind=OrganisationKind.COOPERATIVE_GROUP, unit=commune.parent)
    gone.left_on = date(2026, 1, 1)
    make.organisation("Hợp tác xã Sông Hương", unit=elsewhere)

    def named(question, client=leads):
        return re.findall(r'organisations/\d+">([^<]+)</a>', client.get(f"/registry/organisations?{question}").text)

    everything = ["Hợp tác xã Đồi Chè", "Tổ hợp tác Suối Lạnh"]
    assert named("") == everything
    assert named("", sign_in(administrator)) == ["Hợp tác xã Đồi Chè", "Hợp tác xã Sông Hương", "Tổ hợp tác Suối Lạnh"]
    assert named("q=doi+che") == named("q=đồi+chè") == named("q=36000") == everything[:1]
    assert named("q=hưong") == []
    assert named("kind=cooperative_group") == named("state=left") == everything[1:]
    assert named("product=drinks") == named("origin=new") == named("state=in") == everything[:1]
    assert named(f"unit={commune.path}") == everything[:1]
    assert leads.get(f"/registry/organisations?unit={elsewhere.path}").status_code == 422


def test_a_long_list_comes_page_by_page_and_each_costs_the_same(commune, leads):
    for number in range(120):
        make.leader(of=make.organisation(f"Hợp tác xã {number:03}", unit=commune))
    address, seen, costs = "/registry/organisations", [], []

    while address:
        with count_queries() as queries:
            page = leads.get(address).text
        costs.append(len(queries))
        seen += re.findall(r'organisations/\d+">([^<]+)</a>', page)
        following = re.search(r'rel="next" href="([^"]+)', page)
        address = following.group(1).replace("&amp;", "&") if following else None

    assert seen == [f"Hợp tác xã {number:03}" for number in range(120)]
    assert len(set(costs)) == 1, costs
    assert costs[0] <= 12, queries


def test_the_page_and_the_list_agree(commune, elsewhere, administrator, coordinator):
    made = [make.organisation(unit=unit) for unit in (commune, commune.parent, elsewhere, make.country())]

    for user in (administrator, coordinator, make.user(), make.trainer()):
        listed = set(db.session.scalars(select(Organisation.id).where(policies.visible_organisations(user))))
        assert listed == {one.id for one in made if policies.can_see_organisation(user, one)}
    assert [policies.can_see_organisation(coordinator, one) for one in made] == [True, True, False, False]


def test_every_group_of_products_has_a_key_of_its_own():
    for groups in (PRODUCTS, PRODUCTS_2019):
        assert len(groups) == len(set(groups.values())) == 6


def test_duties_name_the_organisation_as_their_cause(commune):
    make.requirements()
    made = add(commune)
    make.leader(of=made)
    actions.leave_programme(made, date(2026, 10, 31), reason="Giải thể", by=None, at=AT)

    superseded, current = db.session.scalars(select(Duty).order_by(Duty.id)).all()
    assert superseded.superseded_cause is not None
    assert (superseded.superseded_cause.value, current.cause.value) == ("organisation", "organisation")
    assert current.ended_on == date(2026, 10, 31)
    assert made.kind is OrganisationKind.COOPERATIVE
    assert db.session.scalars(select(Position)).one().kind is PositionKind.LEADER
