"""The made-up country that speed is measured on is a country like any other: what is kept of it is the truth."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select, text

from benchmarks.country.installation import ENGINES, Country, check, country, opened, samples
from benchmarks.country.land import survey
from benchmarks.country.lives import LAST_DAY, lives
from lms.core.db import db
from lms.coverage import actions as coverage
from lms.coverage.queries import direct
from lms.coverage.rules.keys import CUTS
from lms.records import actions as records
from lms.records.models import Award, Duty
from lms.records.queries import requirements
from lms.registry.models import Excuse, Level, Person, Position
from tests.support.databases import scratch

PEOPLE = 240


@pytest.fixture(scope="module")
def made():
    with scratch("lms-country-") as data:
        data.chmod(0o755)  # the server reaches its own folder in it
        yield country(PEOPLE, data)


@pytest.fixture(params=ENGINES)
def opened_country(request, made):
    with opened(made, request.param):
        yield made


def test_the_whole_product_finds_nothing_to_put_right_in_it(opened_country: Country):
    duties = select(func.count(), func.max(Duty.id)).select_from(Duty)
    before = db.session.execute(duties).one()

    # First of all: whoever is looked at anew, as below, is put right.
    found = coverage.recount(is_repairing=False)
    check(samples())
    records.oblige(db.session.scalars(select(Position.id)).all(), at=db.session.scalar(func.max(Duty.recorded_at)))

    assert found.is_right
    assert found.people == PEOPLE
    assert db.session.execute(duties).one() == before


def test_three_awards_for_each_person_and_something_of_everything(opened_country: Country):
    def count(*conditions):
        return db.session.scalar(select(func.count()).select_from(Award).where(*conditions))

    assert count(Award.corrects_id.is_(None)) == 3 * PEOPLE
    assert count(Award.corrects_id.is_not(None))
    assert count(Award.revoked_on > Award.awarded_on)
    for what in (
        Person.merged_into_id.is_not(None),
        Duty.superseded_at.is_not(None),
        Excuse.id > 0,
        Position.organisation_id.is_not(None),
    ):
        assert db.session.scalar(select(func.count()).where(what)), what


def test_no_row_names_one_that_is_not_there(made: Country):
    with opened(made, "sqlite"):
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_the_same_people_live_the_same_lives_each_time(made: Country):
    with opened(made, "sqlite"):
        land = survey()

    first, again = (list(lives(land, 2018, 101, 40)) for _time in range(2))

    assert first == again
    assert first != list(lives(land, 2019, 101, 40))


def test_counting_a_commune_from_the_facts_reads_the_facts_of_its_own_people_alone(made: Country):
    with opened(made, "sqlite"):
        commune = next(unit for unit in samples() if unit.level is Level.COMMUNE)
        asked = [one.id for one in requirements()]

        with plans() as steps:
            direct.figures(asked, [commune.id], LAST_DAY, cuts=CUTS)

        assert any("duty USING" in step for step in steps), steps
        of_everyone = re.compile(r"SCAN (duty|position|person|award|organisation|holder)\b")
        assert not [step for step in steps if of_everyone.search(step)]


@contextmanager
def plans():
    """Collects how SQLite carries out what is asked inside the block: 'SEARCH duty USING INDEX …', 'SCAN person'."""
    steps: list[str] = []

    def explain(connection, _cursor, statement, parameters, *_rest):
        if statement.startswith(("SELECT", "WITH")):
            cursor = connection.connection.cursor()
            steps.extend(row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        yield steps
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)
