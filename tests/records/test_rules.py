"""When a duty and an award hold, to the day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.records.rules import Span, award_counts, duty_span, is_obliged, is_trained

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
        if is_obliged([duty], day)
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


def test_one_award_that_counts_is_enough():
    revoked = (date(2026, 1, 1), date(2026, 2, 1))
    good = (date(2026, 3, 1), None)

    assert is_trained([revoked, good], date(2026, 3, 1))
    assert not is_trained([revoked, good], date(2026, 2, 15))
    assert not is_trained([], date(2026, 3, 1))
