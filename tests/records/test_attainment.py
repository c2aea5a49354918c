"""On which days somebody has what is asked."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.records.rules import Asked, Attained, Earned, Span, Window, attained_spans, earliest_counting, effective_spans
from lms.records.rules.spans import due_day, months_later

DAY = timedelta(days=1)
ALWAYS = Span(date(2018, 5, 7), None)


def one(qualification=1, **more):
    return Window(ALWAYS, Asked(frozenset({qualification}), 1, None, **more))


def won(number, day, qualification=1, **more):
    return Earned(number, qualification, day, **more)


def spans(windows, *earned):
    return [(span.started_on, span.ended_on, span.award_id) for span in attained_spans(windows, earned)]


def test_one_award_counts_from_its_day_on():
    assert spans([one()], won(1, date(2025, 3, 1))) == [(date(2025, 3, 1), None, 1)]
    assert spans([one()], won(1, date(2025, 3, 1), qualification=2)) == []


def test_an_award_before_the_requirement_counts_from_its_first_day():
    assert spans([one()], won(1, date(2017, 1, 1))) == [(ALWAYS.started_on, None, 1)]


def test_after_a_revocation_a_later_award_goes_on_without_a_gap():
    earned = [won(1, date(2025, 3, 1), revoked_on=date(2025, 9, 1)), won(2, date(2025, 6, 1))]

    assert spans([one()], *earned) == [(date(2025, 3, 1), date(2025, 8, 31), 1), (date(2025, 9, 1), None, 2)]


def test_an_award_that_expires_opens_a_gap_until_the_next():
    earned = [won(1, date(2024, 2, 29)), won(2, date(2025, 6, 1))]

    assert spans([one(valid_months=12)], *earned) == [
        (date(2024, 2, 29), date(2025, 2, 27), 1),
        (date(2025, 6, 1), date(2026, 5, 31), 2),
    ]


def test_all_of_several_begin_with_the_last_one_and_end_with_the_first_that_ends():
    both = Window(ALWAYS, Asked(frozenset({1, 2}), 2, None))
    earned = [won(1, date(2025, 1, 1)), won(2, date(2025, 5, 1), qualification=2, revoked_on=date(2025, 8, 1))]

    assert spans([both], *earned) == [(date(2025, 5, 1), date(2025, 7, 31), 2)]


def test_hours_add_up_over_awards():
    hours = Window(ALWAYS, Asked(frozenset({1, 2}), None, 20))
    earned = [
        won(1, date(2025, 1, 1), hours=12),
        won(2, date(2025, 2, 1), 2, hours=7),
        won(3, date(2025, 3, 1), hours=1),
    ]

    assert spans([hours], *earned[:2]) == []
    assert spans([hours], *earned) == [(date(2025, 3, 1), None, 3)]


def test_what_was_asked_may_change_on_a_day():
    before = Window(Span(date(2018, 5, 7), date(2025, 12, 31)), Asked(frozenset({1}), 1, None))
    after = Window(Span(date(2026, 1, 1), None), Asked(frozenset({1, 2}), 2, None))
    earned = [won(1, date(2025, 3, 1)), won(2, date(2026, 4, 1), qualification=2)]

    assert spans([before, after], *earned) == [
        (date(2025, 3, 1), date(2025, 12, 31), 1),
        (date(2026, 4, 1), None, 2),
    ]


def test_the_same_award_goes_on_over_a_change_that_asks_the_same():
    before, after = Span(date(2018, 5, 7), date(2025, 12, 31)), Span(date(2026, 1, 1), None)
    asked = Asked(frozenset({1}), 1, None)

    assert attained_spans(
        [Window(before, asked), Window(after, asked)], [won(7, date(2025, 3, 1), source="course")]
    ) == [Attained(date(2025, 3, 1), None, 7, "course")]


days = st.dates(date(2017, 1, 1), date(2030, 1, 1))


@given(days, st.integers(1, 60))
def test_the_earliest_award_that_still_counts_is_exactly_the_earliest(day, months):
    earliest = earliest_counting(day, months)

    assert months_later(earliest, months) > day
    assert months_later(earliest - DAY, months) <= day


@given(st.lists(days, min_size=1, max_size=5), days)
def test_on_a_day_the_latest_version_that_has_begun_is_in_effect(first_days, day):
    in_effect = [
        number for number, span in enumerate(effective_spans(first_days)) if span is not None and span.holds_on(day)
    ]
    begun = [number for number, first in enumerate(first_days) if first <= day]

    assert in_effect == ([max(begun)] if begun else [])


def test_a_fixed_due_day_is_never_before_the_duty():
    assert due_day(date(2025, 3, 1), date(2025, 12, 31), None) == date(2025, 12, 31)
    assert due_day(date(2026, 3, 1), date(2025, 12, 31), None) == date(2026, 3, 1)
    assert due_day(date(2026, 3, 1), None, 90) == date(2026, 5, 30)
    assert due_day(date(2026, 3, 1), None, None) is None
