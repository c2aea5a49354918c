"""Three figures side by side: declared, known by name, trained; more known than declared is never 100 %."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.db import db
from lms.coverage import queries
from lms.coverage.rules.declared import Concern, concern_of, declaring_levels
from lms.coverage.rules.figures import Gap
from lms.records import actions as records
from lms.records.rules import Clause
from lms.registry.models import DeclarationState, Excuse, ExcuseKind, OrganisationKind, PositionKind
from lms.registry.rules.declarations import LEADER_GROUPS, OFFICIAL_GROUPS
from lms.registry.signals import people_changed
from tests.support import make
from tests.support.queries import count_queries

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
OFFICIALS, LEADERS = PositionKind.OFFICIAL, PositionKind.LEADER


def gaps_of(unit, kind, day=DAY, known_at=None):
    found = queries.coverage(unit, day, known_at=known_at)
    asked = make.requirements()[kind]
    return queries.gaps(found)[asked.id]


def three(line):
    """Declared as far as it is, known, trained; and how many units have not declared."""
    return (line.declared, line.known, line.trained, line.missing)


def by_code(lines):
    return {line.code: three(line) for line in lines}


@pytest.fixture
def world(app):
    """A province with two communes: in the first five officials are declared, three known, one of them trained."""
    make.requirements()
    province = make.province("Cao Bằng", code="04")
    first = make.commune("Nguyên Bình", within=province, code="01801")
    second = make.commune("Bảo Lạc", within=province, code="01321")
    for _number in range(2):
        make.official(unit=first)
    make.award(make.official(unit=first).person)
    make.official(unit=second)
    make.declaration(first, {"commune": 5, "household": 4}, at=AT)
    return {"country": make.country(), "province": province, "first": first, "second": second}


# The rule


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_a_hundred_per_cent_means_that_everyone_declared_is_known_and_trained(declared, known, trained):
    gap = Gap(declared, known, min(trained, known))

    assert gap.is_overcounted == (known > declared)
    assert (gap.percent == 100) == (declared > 0 and gap.trained == declared == known)
    assert gap.is_overcounted or gap.unknown == declared - known


@pytest.mark.parametrize(
    ("clauses", "concern"),
    [
        ([Clause("official")], Concern(frozenset(OFFICIAL_GROUPS))),
        ([Clause("official", levels=frozenset({"commune"}))], Concern(frozenset({"commune"}))),
        ([Clause("leader")], Concern(frozenset(LEADER_GROUPS))),
        (
            [Clause("leader", organisation_kinds=frozenset({"household"})), Clause("official")],
            Concern(frozenset({"household", *OFFICIAL_GROUPS})),
        ),
        ([Clause("leader", product_groups=frozenset({"Đồ uống"}))], Concern(frozenset(), is_partial=True)),
        (
            [Clause("leader", units=frozenset({"vn/04"}))],
            Concern(frozenset(), is_partial=True),
        ),
        (
            [Clause("official"), Clause("leader", origins=frozenset({"new"}))],
            Concern(frozenset(OFFICIAL_GROUPS), is_partial=True),
        ),
        ([Clause("leader"), Clause("leader", origins=frozenset({"new"}))], Concern(frozenset(LEADER_GROUPS))),
    ],
)
def test_which_groups_a_requirement_is_about(clauses, concern):
    assert concern_of(clauses) == concern


def test_officials_are_declared_by_units_of_their_level_and_leaders_by_communes():
    assert declaring_levels({"province", "commune"}) == {"province", "commune"}
    assert declaring_levels(LEADER_GROUPS) == {"commune"}
    assert declaring_levels(()) == frozenset()


# A unit and the lines below it


def test_declared_known_and_trained_of_a_commune(world):
    found = gaps_of(world["first"], OFFICIALS)

    assert three(found.total) == (5, 3, 1, 0)
    assert (found.total.gap.unknown, found.total.gap.percent) == (2, Decimal("20"))
    assert by_code(found.by_group)["commune"] == (5, 3, 1, 0)
    assert three(gaps_of(world["first"], LEADERS).total) == (4, 0, 0, 0)


def test_while_a_unit_has_not_declared_the_sum_says_how_many_are_missing_and_no_share(world):
    total = gaps_of(world["province"], OFFICIALS).total

    assert (three(total), total.units) == ((5, 4, 1, 2), 3)
    assert total.gap == Gap(None, 4, 1)
    assert total.gap.percent is None


def test_lines_below_and_the_units_own_posts(world):
    make.official(unit=world["province"])
    make.declaration(world["province"], {"province": 2}, at=AT)
    found = gaps_of(world["province"], OFFICIALS)

    assert by_code(found.by_unit) == {
        "own": (2, 1, 0, 0),
        "01801": (5, 3, 1, 0),
        "01321": (None, 1, 0, 1),
    }
    assert by_code(found.by_group) == {"province": (2, 1, 0, 0), "commune": (5, 4, 1, 1)}
    assert three(found.total) == (7, 5, 1, 1)
    assert by_code(gaps_of(world["country"], OFFICIALS).by_unit) == {"04": (7, 5, 1, 1)}


def test_a_province_need_not_say_that_it_has_no_leaders_of_its_own(world):
    make.declaration(world["second"], {"household": 1}, at=AT)

    assert three(gaps_of(world["province"], LEADERS).total) == (5, 0, 0, 0)
    assert three(gaps_of(world["province"], OFFICIALS).total) == (5, 4, 1, 1)


def test_a_group_that_is_declared_but_of_which_nobody_is_known_has_its_line(world):
    make.declaration(world["country"], {"central": 3}, at=AT)

    assert by_code(gaps_of(world["country"], OFFICIALS).by_group)["central"] == (3, 0, 0, 0)


def test_the_excused_are_known(world):
    person = make.official(unit=world["first"]).person
    before = gaps_of(world["first"], OFFICIALS).total
    db.session.add(
        Excuse(
            person_id=person.id,
            kind=ExcuseKind.MATERNITY,
            started_on=DAY - timedelta(9),
            ended_on=DAY,
            note="QĐ 12",
            entered_at=AT,
        )
    )
    db.session.flush()
    people_changed.send("test", person_ids=[person.id], at=AT)

    assert three(gaps_of(world["first"], OFFICIALS).total) == three(before) == (5, 4, 1, 0)


def test_more_known_than_declared_is_to_be_resolved(world):
    for _number in range(4):
        make.award(make.official(unit=world["first"]).person)
    total = gaps_of(world["first"], OFFICIALS).total

    assert three(total) == (5, 7, 5, 0)
    assert total.gap.is_overcounted
    assert total.gap.percent is None


def test_a_past_day_has_what_was_declared_then_and_was_known_then(world):
    later = AT + timedelta(days=10)
    make.declaration(world["first"], {"commune": 6}, counted_on=date(2026, 9, 1), at=later)

    assert three(gaps_of(world["first"], OFFICIALS, date(2026, 8, 31)).total)[0] == 5
    assert three(gaps_of(world["first"], OFFICIALS, date(2026, 9, 1)).total)[0] == 6
    assert three(gaps_of(world["first"], OFFICIALS, date(2026, 9, 1), known_at=AT).total)[0] == 5


def test_of_a_requirement_about_a_part_of_a_group_nothing_is_told_as_declared(world):
    asked = make.requirements()[LEADERS]
    make.leader(of=make.organisation(kind=OrganisationKind.HOUSEHOLD, unit=world["first"]))
    draft = records.Draft(
        effective_from=date(2026, 1, 1),
        legal_basis="QĐ 1",
        clauses=[Clause("leader", origins=frozenset({"new"})), Clause("leader", organisation_kinds={"household"})],
        qualifications=asked.versions[0].qualifications,
    )
    records.publish(asked, draft, by=None, at=AT)
    db.session.expire(asked)
    found = gaps_of(world["first"], LEADERS)

    assert found.concern.is_partial
    assert three(found.total)[:2] == (None, 1)
    assert by_code(found.by_group)["household"] == (4, 1, 0, 0)
    assert by_code(found.by_group)["cooperative"][0] is None


def test_the_three_figures_cost_three_statements_whatever_there_is(world):
    found = queries.coverage(world["country"], DAY)
    with count_queries() as few:
        queries.gaps(found)
    for _number in range(4):
        make.declaration(make.commune(within=make.province()))
    found = queries.coverage(world["country"], DAY)
    with count_queries() as many:
        queries.gaps(found)

    assert (len(few), len(many)) == (3, 3), many


# Where they do not agree


def sizes(found):
    return [(one.unit.name, one.size) for one in found]


def test_units_are_told_by_what_is_to_be_done_the_largest_difference_first(world):
    province = world["province"]
    few, many, equal = (make.commune(name, within=province) for name in ("Ít", "Nhiều", "Đủ"))
    for unit, declared, known in ((few, 3, 2), (many, 1, 4), (equal, 2, 2)):
        for _number in range(known):
            make.official(unit=unit)
        make.declaration(unit, {"commune": declared}, at=AT)
    found = queries.mismatches(province, make.requirements()[OFFICIALS], DAY)

    assert sizes(found.overcounted) == [("Nhiều", 3)]
    assert sizes(found.unnamed) == [("Nguyên Bình", 2), ("Ít", 1)]
    assert sizes(found.undeclared) == [("Bảo Lạc", 1), ("Cao Bằng", 0)]
    assert found.agreeing == 1


def test_leaders_without_a_commune_stand_out_at_their_province(world):
    led = make.organisation(unit=world["province"])
    make.leader(of=led)
    make.declaration(world["second"], {"household": 1}, state=DeclarationState.SUBMITTED, at=AT)
    found = queries.mismatches(world["country"], make.requirements()[LEADERS], DAY)

    assert sizes(found.undeclared) == [("Cao Bằng", 1), ("Bảo Lạc", 0)]
    assert sizes(found.unnamed) == [("Nguyên Bình", 4)]


def test_mismatches_take_as_many_statements_for_the_country_as_for_a_commune(world):
    asked = make.requirements()[OFFICIALS]
    counts = []
    for unit in (world["first"], world["country"]):
        with count_queries() as run:
            queries.mismatches(unit, asked, DAY)
        counts.append(len(run))

    assert max(counts) <= 4
