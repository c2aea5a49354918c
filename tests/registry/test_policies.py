"""Who may see whom: the page of one person and the list of all agree, for every account and every person."""

import pytest
from sqlalchemy import select

from lms.accounts.models import Role
from lms.core.db import db
from lms.registry import policies
from lms.registry.models import Person, RosterImport
from tests.registry.sheetfiles import csv_file, official
from tests.registry.test_importing import AT, actions
from tests.support import make


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
