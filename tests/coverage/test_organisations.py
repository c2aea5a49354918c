"""Organisations: covered when whoever leads them now is trained; a change of leader opens them again."""

from dataclasses import astuple
from datetime import date

import pytest

from lms.core.db import db
from lms.coverage import queries
from lms.records.models import Award
from lms.registry.models import OrganisationKind, Position, PositionKind
from tests.support import make
from tests.support.queries import count_queries

DAY = date(2026, 3, 1)
LEADERS = "production-business"


@pytest.fixture
def province(app):
    make.requirements()
    return make.province("Cao Bằng", code="04")


@pytest.fixture
def led(province):
    """led(*leaders): an organisation; each leader is a span of days with what is so of them."""

    def make_led(*leaders, **of):
        organisation = make.organisation(unit=make.commune(within=province), **of)
        for started_on, ended_on, is_trained in leaders:
            post = make.leader(of=organisation, started_on=started_on, ended_on=ended_on)
            if is_trained:
                make.award(post.person, LEADERS, awarded_on=date(2026, 1, 1))
        return organisation

    return make_led


def counts(unit, day=DAY):
    """(taking part, covered, excused, leaderless, still open) of all kinds together."""
    total = queries.organisations(unit, make.requirements()[PositionKind.LEADER], day)[-1]
    return total.taking_part, total.covered, total.excused, total.leaderless, total.open


BEFORE, SINCE = (date(2025, 8, 1), date(2026, 2, 1)), date(2026, 2, 2)


@pytest.mark.parametrize(
    ("leaders", "counted"),
    [
        ([(SINCE, None, True)], (1, 1, 0, 0, 0)),
        ([(SINCE, None, False)], (1, 0, 0, 0, 1)),
        ([(*BEFORE, True), (SINCE, None, False)], (1, 0, 0, 0, 1)),
        ([(*BEFORE, False), (SINCE, None, True)], (1, 1, 0, 0, 0)),
        ([(SINCE, None, True), (SINCE, None, False)], (1, 0, 0, 0, 1)),
        ([(SINCE, None, True), (SINCE, None, True)], (1, 1, 0, 0, 0)),
        ([(*BEFORE, True)], (1, 0, 0, 1, 0)),
        ([], (1, 0, 0, 1, 0)),
        ([(date(2026, 3, 2), None, True)], (0, 0, 0, 0, 0)),
    ],
    ids=["trained", "not trained", "successor open", "successor trained", "one of two", "both of two", "left", "never",
         "later"],
)  # fmt: skip
def test_what_counts_is_who_leads_it_on_the_day(province, led, leaders, counted):
    led(*leaders)

    assert counts(province) == counted


def test_a_change_of_leader_opens_it_from_that_day(province, led):
    led((*BEFORE, True), (SINCE, None, False))

    assert counts(province, date(2026, 2, 1)) == (1, 1, 0, 0, 0)
    assert counts(province, date(2026, 2, 2)) == (1, 0, 0, 0, 1)


def test_an_excused_leader_stands_outside_and_a_second_one_decides(province, led):
    alone = led((SINCE, None, False))
    with_other = led((SINCE, None, True), (SINCE, None, False))
    for organisation in (alone, with_other):
        untrained = [post for post in leaders_of(organisation) if not is_trained(post)]
        make.excuse(untrained[0].person, started_on=SINCE)

    assert counts(province) == (2, 1, 1, 0, 0)


def leaders_of(organisation):
    return db.session.query(Position).filter_by(organisation_id=organisation.id).all()


def is_trained(post):
    return db.session.query(Award).filter_by(person_id=post.person_id).count() > 0


def test_days_in_the_programme(province, led):
    led((date(2026, 1, 1), None, True), left_on=date(2026, 2, 28))
    led((date(2026, 1, 1), None, True), joined_on=date(2026, 3, 2))
    led((date(2026, 1, 1), None, True), joined_on=date(2026, 3, 1), left_on=date(2026, 3, 1))

    assert counts(province) == (1, 1, 0, 0, 0)


def test_by_kind_and_by_unit(province, led):
    led((SINCE, None, True), kind=OrganisationKind.HOUSEHOLD)
    led((SINCE, None, False), kind=OrganisationKind.ENTERPRISE)
    make.leader(unit=make.commune(within=make.province("Cà Mau", code="96")), started_on=SINCE)
    requirement = make.requirements()[PositionKind.LEADER]
    by_kind = {
        line.kind: (line.taking_part, line.covered) for line in queries.organisations(province, requirement, DAY)
    }

    assert by_kind == {
        OrganisationKind.ENTERPRISE: (1, 0),
        OrganisationKind.COOPERATIVE: (0, 0),
        OrganisationKind.COOPERATIVE_GROUP: (0, 0),
        OrganisationKind.HOUSEHOLD: (1, 1),
        None: (2, 1),
    }
    assert counts(make.country())[0] == 3


def test_the_share_is_of_those_that_count(province, led):
    led((SINCE, None, True))
    led((SINCE, None, False))
    led()
    total = queries.organisations(province, make.requirements()[PositionKind.LEADER], DAY)[-1]

    assert astuple(total) == (None, 3, 1, 0, 1)
    assert str(total.percent) == "33.3"


def test_one_statement_however_many(province, led):
    requirement = make.requirements()[PositionKind.LEADER]
    for _ in range(5):
        led((SINCE, None, True))
    db.session.flush()
    with count_queries() as run:
        queries.organisations(province, requirement, DAY)

    assert len(run) == 1


def test_the_page(province, led, sign_in):
    led((SINCE, None, True), kind=OrganisationKind.HOUSEHOLD)
    led((SINCE, None, False))
    text = sign_in(make.coordinator(province)).get("/coverage/units/04/organisations?day=2026-03-01").text

    assert "1 trên 2" in text
    assert "/coverage/units/04/outstanding/leaders?day=2026-03-01" in text
    assert "Cán bộ quản lý, điều hành" not in text.split("<h1>")[1]
