"""The percentage: cut, and 100 only when everybody is trained."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.coverage.rules import Figures
from lms.web.formats import percent


@pytest.mark.parametrize(
    ("trained", "obliged", "share"),
    [(0, 0, None), (0, 3, "0"), (1, 3, "33.3"), (2, 3, "66.6"), (9999, 10000, "99.9"), (3, 3, "100")],
)
def test_the_share_is_cut_to_a_tenth(trained, obliged, share):
    assert Figures(obliged, trained).percent == (None if share is None else Decimal(share))


@given(st.integers(1, 3_000_000), st.data())
def test_a_hundred_means_everybody(obliged, data):
    trained = data.draw(st.integers(0, obliged))

    assert (Figures(obliged, trained).percent == 100) == (trained == obliged)


def test_where_nobody_is_obliged_there_is_no_percentage(app):
    assert percent(Figures().percent) == "—"
