"""Two persons found to be one human being: counted once from that instant, both histories kept, and told apart."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from courses import queries as courses
from lms.accounts.models import NameKind, Role
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.coverage import actions as coverage_actions
from lms.coverage import queries as coverage
from lms.records import queries as records
from lms.registry import actions, policies, queries
from lms.registry.models import DuplicatePair, Person, PersonMerge
from tests.registry.sheetfiles import csv_file, official
from tests.support import make
from tests.support.threads import at_once

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
REASON = "Cùng số định danh trên thẻ căn cước"


def merge(lost, kept, *, at=AT, by=None):
    return actions.merge_people(lost, kept, reason=REASON, by=by, at=at)


def undo(lost, *, at=AT, by=None):
    return actions.undo_merge(open_merge(lost), reason="Hai người khác nhau", by=by, at=at)


def open_merge(lost):
    asked = select(PersonMerge).where(PersonMerge.from_id == lost.id, PersonMerge.undone_at.is_(None))
    return db.session.scalars(asked).one()


def leads_to(*people):
    """As whom each counts, by the person and by the open merge, which must agree."""
    found = []
    for person in people:
        asked = select(PersonMerge.into_id).where(PersonMerge.from_id == person.id, PersonMerge.undone_at.is_(None))
        assert db.session.scalars(asked).one_or_none() == person.merged_into_id
        found.append(person.merged_into_id)
    return found


def figures(unit, known_at=None):
    """Obliged and trained officials of a unit today."""
    total = coverage.coverage(unit, TODAY, known_at=known_at).requirements[0].total
    return total.obliged, total.trained


@pytest.fixture
def two(commune, elsewhere):
    """One who works in Tân Lợi and is trained, one who works in Huế and is not."""
    make.requirements()
    here = make.official(make.person("Ma Thị Đào"), unit=commune).person
    there = make.official(make.person("Ma Thị Đào"), unit=elsewhere).person
    make.award(here, awarded_on=date(2026, 3, 1))
    return here, there


# Counted once


def test_from_the_instant_of_merging_they_count_once_and_what_one_has_the_other_has(two, commune, elsewhere):
    here, there = two
    country = make.country()
    assert (figures(country), figures(elsewhere)) == ((2, 1), (1, 0))

    merge(there, here)

    assert [figures(unit) for unit in (country, commune, elsewhere)] == [(1, 1)] * 3
    assert coverage_actions.recount(is_repairing=False).is_right
    assert [len(one.positions) for one in two] == [1, 1]


def test_undoing_gives_both_back_what_they_had(two, commune, elsewhere):
    here, there = two
    merge(there, here)

    undo(there, at=AT + timedelta(hours=1))

    assert [figures(unit) for unit in (make.country(), commune, elsewhere)] == [(2, 1), (1, 1), (1, 0)]
    assert coverage_actions.recount(is_repairing=False).is_right
    kept = db.session.scalars(select(PersonMerge)).one()
    assert (kept.reason, kept.undo_reason) == (REASON, "Hai người khác nhau")


def test_what_was_known_at_each_instant_can_be_told_afterwards(two):
    here, there = two
    merge(there, here)
    undo(there, at=AT + timedelta(hours=2))
    country = make.country()

    assert figures(country, AT - timedelta(seconds=1)) == (2, 1)
    assert figures(country, AT + timedelta(hours=1)) == (1, 1)
    assert figures(country, AT + timedelta(hours=3)) == (2, 1)


def test_both_acts_are_written_down(two, coordinator):
    here, there = two
    merge(there, here, by=coordinator)
    undo(there, by=coordinator)

    entries = [
        (entry.action, entry.subject_id, entry.actor_id)
        for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        if "merge" in entry.action
    ]
    assert entries == [
        ("registry.merge_people", there.id, coordinator.id),
        ("registry.undo_merge", there.id, coordinator.id),
    ]


def test_the_figures_are_right_after_every_step_of_a_chain(two, commune):
    here, there = two
    third = make.official(make.person("Ma Thị Đào"), unit=commune).person
    make.excuse(third, started_on=TODAY)
    country = make.country()
    told = []
    for act in (
        lambda: merge(here, there),
        lambda: merge(there, third),
        lambda: undo(there),
        lambda: merge(third, here),
        lambda: undo(here),
        lambda: undo(third),
    ):
        act()
        assert coverage_actions.recount(is_repairing=False).is_right
        told.append(figures(country))

    # Obliged and not excused, and trained of those: the third is excused from everything.
    assert told == [(1, 1), (0, 0), (1, 1), (0, 0), (1, 0), (2, 1)]


# One after another


def test_whoever_was_merged_into_somebody_goes_along_and_comes_back_with_them(app):
    a, b, c = (make.person(name) for name in ("A", "B", "C"))
    merge(a, b)
    merge(b, c)
    assert leads_to(a, b, c) == [c.id, c.id, None]

    undo(b)
    assert leads_to(a, b, c) == [b.id, None, None]
    undo(a)
    assert leads_to(a, b, c) == [None, None, None]


def test_merging_into_one_who_is_merged_leads_on_and_is_undone_with_whom_it_was_found_through(app):
    a, b, c = (make.person(name) for name in ("A", "B", "C"))
    merge(b, c)

    merge(a, b)

    assert leads_to(a, b, c) == [c.id, c.id, None]
    assert open_merge(a).same_as_id == b.id
    undo(b)
    assert leads_to(a, b, c) == [b.id, None, None]


def test_undoing_one_leaves_the_others(app):
    a, b, c = (make.person(name) for name in ("A", "B", "C"))
    merge(a, c)
    merge(b, c)

    undo(a)

    assert leads_to(a, b, c) == [None, c.id, None]


def test_nobody_is_merged_twice_in_a_ring_or_with_themselves(app):
    a, b, c = (make.person(name) for name in ("A", "B", "C"))
    merge(a, b)

    for lost, kept in ((a, b), (b, a), (a, a)):
        with pytest.raises(DomainError, match="đã được gộp làm một"):
            merge(lost, kept)
    with pytest.raises(DomainError, match="vừa được gộp vào người khác"):
        merge(a, c)
    assert leads_to(a, b, c) == [b.id, None, None]


def test_a_merge_needs_a_reason_and_is_undone_once(app):
    a, b = make.person("A"), make.person("B")
    with pytest.raises(InvalidInput):
        actions.merge_people(a, b, reason="  ", by=None, at=AT)
    made = merge(a, b)
    with pytest.raises(InvalidInput):
        actions.undo_merge(made, reason="", by=None, at=AT)
    undo(a)

    with pytest.raises(DomainError, match="không còn hiệu lực"):
        actions.undo_merge(made, reason="Lần nữa", by=None, at=AT)


def test_the_database_takes_no_second_open_merge_and_no_person_merged_into_themselves(app):
    a, b, c = (make.person(name) for name in ("A", "B", "C"))
    merge(a, b)

    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(PersonMerge(from_id=a.id, into_id=c.id, reason=REASON, merged_at=AT))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(PersonMerge(from_id=c.id, into_id=c.id, reason=REASON, merged_at=AT))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        c.merged_into_id = c.id
    assert leads_to(a) == [b.id]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=14))
def test_whatever_is_merged_and_undone_everybody_counts_as_who_was_found_to_be_the_same(app, acts):
    """Against the plainest account: who was found to be the same as whom, and nothing else."""
    people = [make.person(f"Người {number}") for number in range(5)]
    same_as: dict[int, int] = {}

    def one_of(number):
        return one_of(same_as[number]) if number in same_as else number

    for lost, kept, is_undoing in acts:
        if is_undoing and lost in same_as:
            undo(people[lost])
            del same_as[lost]
        elif not is_undoing and lost not in same_as and one_of(kept) != lost:
            merge(people[lost], people[kept])
            same_as[lost] = kept
        ones = [one_of(number) for number in range(5)]
        assert leads_to(*people) == [None if one == at else people[one].id for at, one in enumerate(ones)]


# At once


def outcomes(met):
    return sorted("done" if not isinstance(one, Exception) else type(one).__name__ for one in met)


def test_of_two_who_merge_the_same_person_at_once_one_does(app):
    ids = [make.person(name).id for name in ("A", "B", "C")]
    db.session.commit()
    targets = iter(ids[1:])

    met = at_once(app, 2, lambda: merge(db.session.get(Person, ids[0]), db.session.get(Person, next(targets))).id)

    assert outcomes(met) == ["DomainError", "done"], met
    assert len(db.session.scalars(select(PersonMerge)).all()) == 1


def test_of_two_who_merge_each_into_the_other_at_once_one_does(app):
    ids = [make.person(name).id for name in ("A", "B")]
    db.session.commit()
    ways = iter([ids, ids[::-1]])

    def act():
        lost, kept = next(ways)
        return merge(db.session.get(Person, lost), db.session.get(Person, kept)).id

    met = at_once(app, 2, act)

    assert outcomes(met) == ["DomainError", "done"], met
    assert sorted(person.merged_into_id is None for person in db.session.scalars(select(Person))) == [False, True]


def test_three_who_merge_in_a_ring_at_once_end_with_one_who_counts(app):
    ids = [make.person(name).id for name in ("A", "B", "C")]
    db.session.commit()
    ways = iter(zip(ids, [*ids[1:], ids[0]], strict=True))

    def act():
        lost, kept = next(ways)
        return merge(db.session.get(Person, lost), db.session.get(Person, kept)).id

    met = at_once(app, 3, act)

    assert outcomes(met) == ["DomainError", "done", "done"], met
    people = db.session.scalars(select(Person)).all()
    [one] = [person for person in people if person.merged_into_id is None]
    assert {person.merged_into_id for person in people if person is not one} == {one.id}


def test_of_two_who_undo_at_once_one_does(app):
    lost, kept = make.person("A"), make.person("B")
    merge_id = merge(lost, kept).id
    db.session.commit()

    def act():
        found = db.session.get(PersonMerge, merge_id)
        return actions.undo_merge(found, reason="Hai người", by=None, at=AT).id

    met = at_once(app, 2, act)

    assert outcomes(met) == ["DomainError", "done"], met


# What follows: lists, rosters, accounts, lessons, certificates


def test_lists_and_searches_show_the_one_that_is_kept_with_the_posts_of_both(
    clock, two, commune, elsewhere, coordinator, administrator, sign_in
):
    here, there = two
    there.full_name, there.search_key, there.match_key = "Ma Thị Đảo", "ma thi dao", "ma thị đảo"
    actions.set_id_number(there, "046189060817", by=None, at=AT)
    merge(there, here)
    visible = policies.visible_people(administrator)

    def found(**asked):
        return [one.id for one in queries.people_page(visible, queries.PeopleFilter(**asked)).items]

    assert found() == found(text="đảo") == found(text="046189060817") == found(unit=elsewhere) == [here.id]
    page = sign_in(administrator).get(f"/registry/people/{here.id}").text
    assert "Thủy Xuân" in page
    assert "Tân Lợi" in page
    assert sign_in(administrator).get(f"/registry/people/{there.id}").location == f"/registry/people/{here.id}"


def test_who_leads_where_either_works_sees_the_one(two, commune, elsewhere, coordinator):
    here, there = two
    of_there = make.role(make.user(), Role.COORDINATOR, unit_id=elsewhere.parent_id)
    assert not policies.can_see_person(of_there, here)

    merge(there, here)

    for user in (coordinator, of_there):
        for person in two:
            assert policies.can_see_person(user, person)
            seen = select(Person.id).where(Person.id == person.id, policies.visible_people(user))
            assert db.session.scalar(seen) == person.id
    undo(there)
    assert not policies.can_see_person(of_there, here)
    seen = db.session.scalars(select(Person.id).where(policies.visible_people(of_there))).all()
    assert seen == [there.id]


def test_a_row_of_a_roster_about_the_merged_one_is_about_the_one_that_is_kept(commune, administrator):
    kept = make.official(make.person("Trần Đức Tuấn"), unit=commune.parent).person
    lost = make.official(make.person("Trần Đức Tuân"), unit=commune).person
    actions.set_id_number(lost, official()["Số CCCD"], by=None, at=AT)
    merge(lost, kept)

    for name in ("Trần Đức Tuấn", "Trần Đức Tuân"):
        roster = actions.preview_roster(csv_file(official(**{"Họ và tên": name})), "ds.csv", by=administrator, at=AT)
        actions.apply_roster(roster, by=administrator, at=AT)

    assert kept.phone == "0928816302"
    assert lost.phone is None
    assert db.session.scalars(select(Person.id).order_by(Person.id)).all() == [kept.id, lost.id]
    assert len(kept.positions) == 2
    assert roster.totals["unchanged"] == 1


def test_an_account_of_either_signs_in_and_sees_the_one_record(clock, two, commune, sign_in):
    here, there = two
    accounts = [make.user("Tài khoản một"), make.user("Tài khoản hai")]
    here.account, there.account = accounts
    training = make.training_class(unit=commune.parent)
    enrolment = make.enrolment(training, holder=there)
    merge(there, here)

    for account in accounts:
        client = sign_in(account)
        assert records.person_of(account).id == here.id
        assert "01/03/2026" in client.get("/my/record").text
        assert f"/learning/{enrolment.id}" in client.get("/learning").text
        assert client.get(f"/learning/{enrolment.id}").status_code == 200
        assert client.get("/my/certificates").text.count("GCN-OCOP") >= 1
    undo(there)
    assert sign_in(accounts[0]).get(f"/learning/{enrolment.id}").status_code == 403
    assert sign_in(accounts[1]).get(f"/learning/{enrolment.id}").status_code == 200
    assert "GCN-OCOP" not in sign_in(accounts[1]).get("/my/certificates").text


def test_a_slip_opens_the_account_that_either_has(two):
    here, there = two
    there.account = make.user("Một tài khoản", names={NameKind.PHONE: "0911111111"})
    here.phone = "0922222222"
    merge(there, here)

    [slip] = actions.invite_people([here], by=None, at=AT)

    assert slip.code is not None
    assert here.account is None


def test_a_class_lists_the_one_that_is_kept_and_asks_nobody_twice(two, commune):
    here, there = two
    training = make.training_class(unit=make.country())
    assert [one.id for one in courses.outstanding_people(training, TODAY)] == [there.id]

    merge(here, there)

    # What the one was awarded, the other has.
    assert list(courses.outstanding_people(training, TODAY)) == []


# Deciding about a pair closes it


def test_a_merge_closes_the_pairs_between_the_two_and_undoing_remembers_that_they_are_two(app):
    a, b = make.person("A"), make.person("A")
    pair = make.pair(a, b)

    merge(a, b)
    db.session.refresh(pair)
    assert pair.is_same is True
    undo(a)
    db.session.refresh(pair)
    assert pair.is_same is False
    for one in (a, b):
        one.birth_on = date(1987, 3, 14)
    assert actions.find_duplicates([a.id, b.id], at=AT) == 0
    assert len(db.session.scalars(select(DuplicatePair)).all()) == 1
