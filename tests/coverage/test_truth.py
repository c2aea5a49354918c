"""The kept figures and those counted from the facts, against the plainest count over random histories."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lms.core.db import db
from lms.coverage.queries import direct, kept
from lms.coverage.rules.keys import CUTS
from lms.coverage.rules.shares import ALL, OWN
from lms.coverage.words import CUT_LABELS
from tests.coverage.history import DAYS, PARENT, Product, count, histories, sexes

KEYS = [ALL, OWN, *(f"{cut}/{line}" for cut, labels in CUT_LABELS.items() for line in labels)]
DAYS_BETWEEN = sorted({*DAYS, *(day.replace(day=1) for day in DAYS)})


def expected(world, product, day):
    return {
        (asked.id, product.units[place].id, key): tuple(figures)
        for code, asked in product.asked.items()
        for (place, key), figures in count(world, code, day).items()
    }


def plain(found, is_counted=lambda place: True):
    return {
        place: (figures.obliged, figures.trained, figures.excused)
        for place, figures in found.items()
        if is_counted(place) and (figures.obliged or figures.excused)
    }


# No shrinking: a case takes a second, and a failing history is short enough to read as it is.
@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(
    sexes=sexes,
    history=histories,
    half=st.integers(0, 14),
    looked_at=st.sets(st.sampled_from(DAYS), min_size=3, max_size=3),
)
def test_whatever_happens_the_figures_are_those_of_a_plain_count(app, sexes, history, half, looked_at):
    product = Product(sexes)
    asked_ids = [asked.id for asked in product.asked.values()]
    unit_ids = [unit.id for unit in product.units.values()]
    communes = {product.units[place].id for place in PARENT if "/" in place}
    try:
        then, known_at = product.world.snapshot(), product.at
        for number, step in enumerate(history):
            product.do(step)
            if number < half:
                then, known_at = product.world.snapshot(), product.at
        for day in DAYS_BETWEEN:
            truth = expected(product.world, product, day)
            found = kept.figures(asked_ids, unit_ids, KEYS, day) | kept.mixed(asked_ids, unit_ids, day)
            assert plain(found) == truth, day
            for key in KEYS:
                of_one = {
                    place: figures for place, figures in found.items() if place[1] in communes and place[2] == key
                }
                if key not in (ALL, OWN):
                    assert plain(kept.mixed(asked_ids, sorted(communes), day, key)) == plain(of_one), (day, key)
        for day in looked_at:
            for world, known in ((product.world, None), (then, known_at)):
                truth = expected(world, product, day)
                found = direct.figures(asked_ids, unit_ids, day, cuts=CUTS, known_at=known)
                found |= direct.figures(asked_ids, unit_ids, day, known_at=known, is_own=True)
                assert plain(found, lambda place: place[2] != OWN or place[1] not in communes) == truth, (day, known)
    finally:
        db.session.rollback()
        db.session.expunge_all()
