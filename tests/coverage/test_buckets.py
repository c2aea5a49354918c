"""Changes gathered by day, month and year add up to what a sum over days gives."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lms.coverage.rules.buckets import buckets_of, ranges_up_to

days = st.dates(date(2008, 1, 1), date(2050, 12, 31))


@given(st.lists(st.tuples(days, st.integers(-9, 9)), max_size=30), days)
def test_the_ranges_up_to_a_day_hold_every_change_until_then_once(changes, day):
    kept: dict[int, int] = {}
    for changed_on, amount in changes:
        for bucket in buckets_of(changed_on):
            kept[bucket] = kept.get(bucket, 0) + amount

    found = sum(
        amount for bucket, amount in kept.items() for first, last in ranges_up_to(day) if first <= bucket <= last
    )

    assert found == sum(amount for changed_on, amount in changes if changed_on <= day)


def test_few_rows_are_read_whatever_the_day():
    years, months, whole_days = ranges_up_to(date(2026, 12, 31))

    assert (years, months, whole_days) == ((0, 2025), (202600, 202611), (20261200, 20261231))
