"""Slips: an account for whoever can sign in to one, a code that is told once, and never both halves on one paper."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from lms.accounts.models import NameKind, User
from lms.accounts.queries import user_by_name
from lms.core.db import db
from lms.registry import actions
from lms.registry.models import Person
from tests.registry.sheetfiles import csv_file, official
from tests.support import make

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def people_of(*rows, by):
    actions.apply_roster(actions.preview_roster(csv_file(*rows), "ds.csv", by=by, at=AT), by=by, at=AT)
    return list(db.session.scalars(select(Person).order_by(Person.sort_key)))


def users():
    return db.session.scalar(select(func.count()).select_from(User))


def test_an_account_can_be_found_by_phone_id_and_address(administrator):
    [person] = people_of(official(), by=administrator)

    [slip] = actions.invite_people([person], by=administrator, at=AT)

    assert person.account is not None
    for name in ("0928816302", "+84 928 816 302", "075089060816", "TUAN@example.vn"):
        assert user_by_name(name) is person.account
    assert slip.code
    assert [kind for kind, _shown in slip.names] == [NameKind.PHONE, NameKind.ID_NUMBER, NameKind.EMAIL]


def test_the_slip_shows_only_the_end_of_each_name(administrator):
    [person] = people_of(official(), by=administrator)

    [slip] = actions.invite_people([person], by=administrator, at=AT)

    assert dict(slip.names) == {
        NameKind.PHONE: "…6302",
        NameKind.ID_NUMBER: "…0816",
        NameKind.EMAIL: "tu…@example.vn",
    }
    assert slip.code not in repr(slip)


def test_a_new_slip_is_for_the_same_account(administrator):
    [person] = people_of(official(), by=administrator)
    [first] = actions.invite_people([person], by=administrator, at=AT)
    before = users()

    [second] = actions.invite_people([person], by=administrator, at=AT)

    assert users() == before
    assert first.code != second.code


def test_a_telephone_that_two_people_share_opens_one_account(administrator):
    rows = [official(), official(**{"Họ và tên": "Lê An", "Số CCCD": "075089060817", "Email": ""})]
    people = people_of(*rows, by=administrator)

    slips = actions.invite_people(people, by=administrator, at=AT)

    names = [{kind for kind, _shown in slip.names} for slip in slips]
    assert sum(NameKind.PHONE in held for held in names) == 1
    assert all(NameKind.ID_NUMBER in held for held in names)


def test_nobody_gets_an_account_that_they_could_not_open(administrator):
    rows = [official(), official(**{"Họ và tên": "Lê An", "Số CCCD": "", "Email": ""})]
    people = people_of(*rows, by=administrator)
    tuan, an = sorted(people, key=lambda person: person.full_name, reverse=True)
    actions.invite_people([tuan], by=administrator, at=AT)
    before = users()

    [slip] = actions.invite_people([an], by=administrator, at=AT)

    assert slip.code is None
    assert an.account is None
    assert users() == before


def test_somebody_who_signs_in_by_a_name_is_told_so(commune):
    account = make.user(names={NameKind.LOGIN: "phoi.dn"})
    person = make.official(make.person("Trần Phối", account=account), unit=commune).person

    [slip] = actions.invite_people([person], by=None, at=AT)

    assert slip.names == ((NameKind.LOGIN, ""),)
