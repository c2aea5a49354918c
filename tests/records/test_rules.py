"""When a duty and an award hold, to the day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.records.rules import (
    Asked,
    Clause,
    Counting,
    Decision,
    Earned,
    Lack,
    Post,
    Span,
    award_counts,
    counting_on,
    decide,
    duty_span,
    lack_on,
)

DAY = timedelta(days=1)
BEGINS = date(2018, 5, 7)
days = st.dates(date(2015, 1, 1), date(2030, 1, 1))
spans = st.builds(
    lambda start, length: Span(start, None if length is None else start + length * DAY),
    days,
    st.none() | st.integers(0, 2000),
)


@pytest.mark.parametrize(
    ("position", "duty"),
    [
        (Span(date(2020, 1, 1), None), Span(date(2020, 1, 1), None)),
        (Span(date(2010, 1, 1), None), Span(BEGINS, None)),
        (Span(date(2010, 1, 1), BEGINS), Span(BEGINS, BEGINS)),
        (Span(date(2010, 1, 1), BEGINS - DAY), None),
    ],
    ids=["held since", "held before", "left on the first day", "left before"],
)
def test_a_position_obliges_from_the_first_day_of_the_requirement(position, duty):
    assert duty_span(position, Span(BEGINS, None)) == duty


@given(spans, days, days)
def test_a_duty_holds_exactly_while_position_and_requirement_do(position, valid_from, day):
    duty = duty_span(position, Span(valid_from, None))

    assert (duty is not None and duty.holds_on(day)) == (position.holds_on(day) and day >= valid_from)


def test_first_and_last_day_of_a_duty_count():
    duty = Span(date(2026, 3, 1), date(2026, 3, 31))

    assert [
        day
        for day in (duty.started_on - DAY, duty.started_on, duty.ended_on, duty.ended_on + DAY)
        if duty.holds_on(day)
    ] == [
        date(2026, 3, 1),
        date(2026, 3, 31),
    ]


def test_an_award_counts_from_its_day_to_the_day_before_its_revocation():
    earned, revoked = date(2026, 3, 1), date(2026, 4, 1)

    assert not award_counts(earned, revoked, earned - DAY)
    assert award_counts(earned, revoked, earned)
    assert award_counts(earned, revoked, revoked - DAY)
    assert not award_counts(earned, revoked, revoked)


def test_an_award_revoked_from_its_own_day_never_counted():
    earned = date(2026, 3, 1)

    assert not any(award_counts(earned, earned, earned + n * DAY) for n in range(-2, 3))


@pytest.mark.parametrize(
    ("obliging", "excused", "is_attained", "decision"),
    [
        ([], [], True, Decision.NOT_OBLIGED),
        ([], [None], True, Decision.NOT_OBLIGED),
        ([1], [], False, Decision.OUTSTANDING),
        ([1], [], True, Decision.TRAINED),
        ([1, 2], [1], False, Decision.OUTSTANDING),
        ([1, 2], [1, 2], True, Decision.EXCUSED),
        ([1, 2], [None], True, Decision.EXCUSED),
        ([1], [3], True, Decision.TRAINED),
    ],
)
def test_who_is_excused_from_all_that_obliges_stands_outside(obliging, excused, is_attained, decision):
    assert decide(obliging, excused, is_attained=is_attained) is decision


FIRST = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("earned", "counting"),
    [
        (Earned(1, 7, FIRST), Counting.COUNTS),
        (Earned(1, 8, FIRST), Counting.NOT_ASKED),
        (Earned(1, 7, FIRST + DAY), Counting.NOT_YET),
        (Earned(1, 7, date(2026, 1, 1), FIRST), Counting.REVOKED),
        (Earned(1, 7, date(2025, 3, 1)), Counting.EXPIRED),
        (Earned(1, 7, date(2025, 3, 2)), Counting.COUNTS),
    ],
)
def test_each_award_is_said_to_count_or_why_it_does_not(earned, counting):
    assert counting_on(earned, Asked(frozenset({7}), 1, None, valid_months=12), FIRST) is counting


def test_what_is_lacking_is_named_and_counted():
    one, other = Earned(1, 7, FIRST, hours=8), Earned(2, 8, FIRST, hours=16)
    both = frozenset({7, 8, 9})

    assert lack_on([one, other], Asked(both, 2, None), FIRST) is None
    assert lack_on([one], Asked(both, 2, None), FIRST) == Lack(frozenset({8, 9}), count=1)
    assert lack_on([one, other], Asked(both, None, 30), FIRST) == Lack(both, hours=6)
    assert lack_on([one, other], Asked(both, None, 24), FIRST) is None
    assert lack_on([one], Asked(both, 1, None), FIRST - DAY) == Lack(both, count=1)


clauses = st.builds(
    Clause,
    st.sampled_from(["official", "leader"]),
    levels=st.frozensets(st.sampled_from(["province", "commune"])),
    organisation_kinds=st.frozensets(st.sampled_from(["household", "cooperative"])),
    product_groups=st.frozensets(st.sampled_from(["Đồ uống", "Thực phẩm"])),
    origins=st.frozensets(st.sampled_from(["new", "existing"])),
    units=st.frozensets(st.sampled_from(["vn", "vn/04", "vn/91"])),
)
posts = st.builds(
    Post,
    st.sampled_from(["official", "leader"]),
    level=st.sampled_from([None, "province", "commune"]),
    organisation_kind=st.sampled_from([None, "household", "cooperative"]),
    product_group=st.sampled_from([None, "Đồ uống", "Thực phẩm"]),
    origin=st.sampled_from([None, "new", "existing"]),
    within=st.frozensets(st.sampled_from(["vn", "vn/04", "vn/91"])),
)


@given(clauses, posts)
def test_a_clause_is_met_exactly_where_no_condition_is_named_as_unmet(clause, post):
    assert clause.is_met_by(post) == (not clause.unmet_by(post))
