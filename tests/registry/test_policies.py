"""Who may see whom: the page of one person and the list of all agree, for every account and every person."""

import pytest
from sqlalchemy import select

from lms.accounts.models import Role
from lms.core.db import db
from lms.registry import policies
from lms.registry.models import Declaration, DeclarationState, Person, RosterImport, Unit
from tests.registry.sheetfiles import csv_file, official
from tests.registry.test_importing import AT, actions
from tests.support import make
from tests.support.queries import count_queries


@pytest.fixture
def people(commune, elsewhere):
    """Somebody at each place, somebody at two, somebody nowhere, somebody whose post has ended."""
    both = make.official(unit=commune).person
    make.official(both, unit=elsewhere)
    return [
        make.official(unit=commune).person,
        make.official(unit=elsewhere).person,
        make.official(unit=commune.parent).person,
        make.official(unit=make.country()).person,
        both,
        make.person("Không Chức Vụ"),
        make.leader(unit=commune, ended_on=make.LONG_AGO_DAY).person,
    ]


@pytest.fixture
def accounts(commune, elsewhere, administrator, coordinator):
    two = make.role(make.user(), Role.COORDINATOR, unit_id=elsewhere.id)
    return {
        "administrator": administrator,
        "coordinator": coordinator,
        "of a commune": make.role(make.user(), Role.COORDINATOR, unit_id=commune.id),
        "of two places": make.role(two, Role.COORDINATOR, unit_id=commune.id),
        "trainer": make.role(make.user(), Role.TRAINER, unit_id=make.country().id),
        "learner": make.user(),
    }


def test_the_page_and_the_list_agree(people, accounts):
    for name, user in accounts.items():
        listed = set(db.session.scalars(select(Person.id).where(policies.visible_people(user))))
        seen = {person.id for person in people if policies.can_see_person(user, person)}
        assert listed == seen, name


def test_an_area_is_a_unit_and_everything_below_it(people, accounts):
    def seen(name):
        return [policies.can_see_person(accounts[name], person) for person in people]

    assert seen("administrator") == [True, True, True, True, True, False, True]
    assert seen("coordinator") == [True, False, True, False, True, False, True]
    assert seen("of a commune") == [True, False, False, False, True, False, True]
    assert seen("of two places") == [True, True, False, False, True, False, True]
    assert seen("trainer") == seen("learner") == [False] * 7


def test_the_import_and_the_list_of_imports_agree(accounts):
    sent = [actions.preview_roster(csv_file(official()), "ds.csv", by=accounts[by], at=AT)
            for by in ("administrator", "coordinator", "of a commune")]  # fmt: skip

    for name, user in accounts.items():
        listed = set(db.session.scalars(select(RosterImport.id).where(policies.visible_imports(user))))
        assert listed == {one.id for one in sent if policies.can_see_import(user, one)}, name


def test_a_post_that_has_ended_gives_no_say_over_somebody_s_password(people, coordinator):
    here, ended = people[0], people[-1]

    assert policies.can_invite(coordinator, here)
    assert policies.can_see_person(coordinator, ended)
    assert not policies.can_invite(coordinator, ended)


@pytest.fixture
def maps(app):
    """Two provinces of today with communes, and posts of before the reform.

    Bình Phước went on whole in Đồng Nai: of its communes Bom Bo went on in Phú Nghĩa, Đắk Ơ was divided between
    Phú Nghĩa and Đa Kia. Đắk Nông was divided between both provinces, its commune Biên Giới between Đa Kia and
    Đắk Lua.
    """
    here, there = make.province("Đồng Nai", code="75"), make.province("Lâm Đồng", code="68")
    phu_nghia, da_kia = make.commune("Phú Nghĩa", within=here), make.commune("Đa Kia", within=here)
    dak_lua = make.commune("Đắk Lua", within=there)
    whole, divided = make.old_province("Bình Phước", code="70"), make.old_province("Đắk Nông", code="67")
    bom_bo, dak_o = make.old_commune("Bom Bo", within=whole), make.old_commune("Đắk Ơ", within=whole)
    bien_gioi = make.old_commune("Biên Giới", within=divided)
    make.succession(whole, here)
    make.succession(divided, here, there)
    make.succession(bom_bo, phu_nghia)
    make.succession(dak_o, phu_nghia, da_kia)
    make.succession(bien_gioi, da_kia, dak_lua)
    units = (here, there, phu_nghia, da_kia, dak_lua, whole, divided, bom_bo, dak_o, bien_gioi)
    return {unit.name: unit for unit in units} | {"country": make.country()}


def leaders(maps):
    return {name: make.role(make.user(), Role.COORDINATOR, unit_id=unit.id) for name, unit in maps.items()}


@pytest.mark.parametrize(
    ("place", "seen_by"),
    [
        ("Bom Bo", {"Bom Bo", "Phú Nghĩa", "Bình Phước", "Đồng Nai"}),
        ("Đắk Ơ", {"Đắk Ơ", "Bình Phước", "Đồng Nai"}),
        ("Bình Phước", {"Bình Phước", "Đồng Nai"}),
        ("Biên Giới", {"Biên Giới", "Đắk Nông"}),
        ("Đắk Nông", {"Đắk Nông"}),
    ],
)
def test_a_post_of_before_is_seen_by_who_leads_where_it_went_on(maps, place, seen_by):
    person = make.official(unit=maps[place]).person

    for name, user in leaders(maps).items():
        may = name in seen_by | {"country"}
        listed = db.session.scalar(select(Person.id).where(Person.id == person.id, policies.visible_people(user)))
        assert policies.can_see_person(user, person) == may, name
        assert policies.can_invite(user, person) == may, name
        assert (listed is not None) == may, name


def test_who_leads_a_part_of_a_divided_unit_sees_a_post_once_somebody_said_that_it_lies_there(maps):
    users = leaders(maps)
    post = make.official(unit=maps["Biên Giới"])

    def seen():
        listed = {
            name
            for name, user in users.items()
            if db.session.scalars(select(Person).where(policies.visible_people(user))).all()
        }
        assert {name for name, user in users.items() if policies.can_see_person(user, post.person)} == listed
        return listed

    assert seen() == {"country", "Đắk Nông", "Biên Giới"}

    post.settled_unit_id = maps["Đắk Lua"].id
    db.session.flush()

    assert seen() == {"country", "Đắk Nông", "Biên Giới", "Lâm Đồng", "Đắk Lua"}


def test_the_page_of_a_unit_and_the_list_of_units_agree_on_every_map(maps):
    everyone = db.session.scalars(select(Unit)).all()
    for name, user in leaders(maps).items():
        listed = set(db.session.scalars(select(Unit.id).where(policies.units_in_scope(user))))
        assert listed == {unit.id for unit in everyone if policies.can_see_unit(user, unit)}, name


def test_what_one_may_see_costs_the_same_whatever_one_leads(maps):
    posts = [make.official(unit=unit) for unit in maps.values()]
    for user in leaders(maps).values():
        assert user.roles
        with count_queries() as queries:
            policies.posts_in_scope(user, posts)
        assert len(queries) == 1, queries


@pytest.fixture
def declared(commune, elsewhere, coordinator):
    """A declaration that waits to be checked at each level, each submitted by who coordinates Đồng Nai."""
    units = [make.country(), commune.parent, commune, elsewhere.parent, elsewhere]
    return [make.declaration(unit, state=DeclarationState.SUBMITTED, by=coordinator) for unit in units]


def test_what_one_may_do_with_a_declaration_is_what_lists_say(accounts, declared):
    for name, user in accounts.items():
        seen = set(db.session.scalars(select(Declaration.id).where(policies.visible_declarations(user))))
        checked = set(db.session.scalars(select(Unit.id).where(policies.units_to_check(user))))
        lockable = set(db.session.scalars(select(Declaration.id).where(policies.lockable_declarations(user))))

        assert seen == {one.id for one in declared if policies.can_see_declaration(user, one)}, name
        assert checked == {one.unit_id for one in declared if policies.can_check(user, one.unit)}, name
        assert lockable == {one.id for one in declared if policies.can_lock(user, one)}, name


def test_a_declaration_is_checked_above_its_unit_and_received_by_the_centre(accounts, declared):
    def checks(name):
        return [policies.can_check(accounts[name], one.unit) for one in declared]

    assert checks("administrator") == [True] * 5
    assert checks("coordinator") == [False, False, True, False, False]
    assert checks("of a commune") == checks("of two places") == [False] * 5
    assert checks("trainer") == checks("learner") == [False] * 5
    assert [policies.can_receive(user) for user in accounts.values()] == [True, *[False] * (len(accounts) - 1)]


def test_who_submitted_a_declaration_may_check_it_but_not_lock_it(accounts, coordinator, declared):
    of_the_commune = declared[2]
    another = make.coordinator(of_the_commune.unit.parent)

    assert policies.can_check(coordinator, of_the_commune.unit)
    assert not policies.can_lock(coordinator, of_the_commune)
    assert policies.can_lock(another, of_the_commune)
