"""Counting anew proves the kept figures, and finds and mends what is wrong."""

from datetime import date

import pytest
from sqlalchemy import delete, func, select, update

from lms.core.db import db
from lms.coverage import actions
from lms.coverage.models import Attainment, Figure, Mixture, Share
from lms.registry.models import Person
from lms.registry.signals import people_changed
from tests.support import make


@pytest.fixture
def world(app):
    make.requirements()
    province = make.province()
    officials = [make.official(unit=make.commune(within=province)) for _ in range(3)]
    make.leader(officials[0].person, unit=make.commune(within=province), ended_on=date(2026, 3, 31))
    make.award(officials[0].person, awarded_on=date(2025, 9, 1))
    lost, kept = officials[1].person, officials[2].person
    lost.merged_into_id = kept.id
    db.session.flush()
    people_changed.send("test", person_ids=[lost.id, kept.id], at=make.LONG_AGO)


def everything():
    """All that is kept, to compare."""
    found = []
    for model in (Attainment, Share, Figure, Mixture):
        rows = db.session.execute(select(*model.__table__.c)).all()
        if model in (Figure, Mixture):
            rows = [row for row in rows if row.obliged or row.trained or row.excused]
        found.append(sorted(map(repr, rows)))
    return found


def test_what_is_kept_is_the_truth(world):
    found = actions.recount(is_repairing=False)

    assert found.is_right
    assert found.people == db.session.scalar(select(func.count()).select_from(Person))


SPOILT = {
    "a figure": lambda: db.session.execute(update(Figure).where(Figure.key == "all").values(obliged=7)),
    "lost figures": lambda: db.session.execute(delete(Figure)),
    "a lost month": lambda: db.session.execute(delete(Figure).where(Figure.bucket == 202509)),
    "a mixture": lambda: db.session.execute(update(Mixture).values(trained=7)),
    "lost mixtures": lambda: db.session.execute(delete(Mixture)),
    "lost shares": lambda: db.session.execute(delete(Share)),
    "lost attainments": lambda: db.session.execute(delete(Attainment)),
    "a day": lambda: db.session.execute(update(Attainment).values(ended_on=date(2026, 1, 1))),
    "everything lost": lambda: [db.session.execute(delete(model)) for model in (Figure, Mixture, Share, Attainment)],
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_whatever_is_wrong_is_found_and_mended(world, spoil):
    right = everything()
    spoil()
    assert everything() != right

    assert not actions.recount(is_repairing=False).is_right
    assert everything() != right
    assert not actions.recount(is_repairing=True).is_right
    assert everything() == right
    assert actions.recount(is_repairing=False).is_right


def test_the_command_tells_by_its_end(app, world):
    def run(*words):
        db.session.remove()
        return app.test_cli_runner().invoke(args=list(words))

    db.session.commit()
    assert run("coverage", "recount").exit_code == 0
    db.session.execute(delete(Figure))
    db.session.commit()
    assert run("coverage", "recount").exit_code == 1
    assert run("coverage", "recount", "--repair").exit_code == 0
    assert run("coverage", "recount").exit_code == 0


def test_data_that_came_in_past_the_product_is_noticed(world):
    assert not actions.is_uncounted()
    for model in (Figure, Share, Attainment):
        db.session.execute(delete(model))

    assert actions.is_uncounted()
