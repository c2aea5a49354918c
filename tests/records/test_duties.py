"""Duties follow the positions that oblige."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lms.core.db import db
from lms.records import actions, queries
from lms.records.models import Duty, Qualification, Requirement
from lms.registry.models import PositionKind
from lms.registry.signals import positions_changed
from tests.support import make
from tests.support.queries import count_queries


def duty_of(position):
    db.session.expire_all()
    return db.session.scalar(select(Duty).where(Duty.position_id == position.id, Duty.superseded_at.is_(None)))


def tell(*positions):
    db.session.flush()
    positions_changed.send("test", position_ids=[position.id for position in positions], at=make.LONG_AGO)


def test_the_plan_asks_officials_and_leaders(app):
    asked = make.requirements()

    [officials], [leaders] = (asked[kind].versions for kind in (PositionKind.OFFICIAL, PositionKind.LEADER))
    assert [qualification.code for qualification in officials.qualifications] == ["programme-management"]
    assert [qualification.code for qualification in leaders.qualifications] == ["production-business"]
    assert "490/QĐ-TTg ngày 07/5/2018" in officials.legal_basis


def test_loading_the_requirements_again_changes_nothing(app):
    assert actions.load_requirements(make.LONG_AGO)
    assert not actions.load_requirements(make.LONG_AGO)
    assert db.session.scalar(select(func.count()).select_from(Requirement)) == 2
    assert db.session.scalar(select(func.count()).select_from(Qualification)) == 2


def test_the_command_says_whether_anything_changed(app):
    runner = app.test_cli_runner()

    assert "updated" in runner.invoke(args=["records", "load-requirements"]).output
    assert "unchanged" in runner.invoke(args=["records", "load-requirements"]).output


def test_a_requirement_that_comes_later_obliges_those_already_in_post(app):
    position = make.official()
    assert duty_of(position) is None

    make.requirements()

    assert duty_of(position).started_on == position.started_on


def test_a_person_is_obliged_from_the_day_they_hold_the_position(app):
    make.requirements()
    position = make.leader(started_on=date(2026, 2, 3))

    duty = duty_of(position)

    assert (duty.person_id, duty.started_on, duty.ended_on) == (position.person_id, date(2026, 2, 3), None)
    assert duty.requirement.code == "leaders"


def test_the_duty_ends_with_the_position(app):
    make.requirements()
    position = make.official()
    position.ended_on = date(2026, 6, 30)
    tell(position)

    assert duty_of(position).ended_on == date(2026, 6, 30)


def test_a_corrected_first_day_moves_the_duty(app):
    make.requirements()
    position = make.official(started_on=date(2026, 5, 1))
    position.started_on = date(2026, 1, 1)
    tell(position)

    assert duty_of(position).started_on == date(2026, 1, 1)


def test_a_position_given_to_the_right_person_takes_its_duty_along(app):
    make.requirements()
    position = make.official()
    position.person_id = make.person("Trần Văn Bình").id
    tell(position)

    assert duty_of(position).person_id == position.person_id


def test_a_post_left_before_the_plan_obliges_nobody(app):
    make.requirements()
    position = make.official(started_on=date(2015, 1, 1))
    assert duty_of(position).started_on == date(2018, 5, 7)
    position.ended_on = date(2018, 5, 6)
    tell(position)

    assert duty_of(position) is None


def test_telling_twice_keeps_the_same_duty(app):
    make.requirements()
    position = make.official()
    first = duty_of(position).id
    tell(position, position)

    assert duty_of(position).id == first
    assert db.session.scalar(select(func.count()).select_from(Duty)) == 1


@pytest.mark.parametrize("size", [1, 30])
def test_the_number_of_statements_does_not_grow_with_the_positions(app, size):
    unit = make.commune()
    positions = [make.official(unit=unit).id for _ in range(size)]
    make.requirements()
    db.session.execute(Duty.__table__.delete())
    db.session.flush()

    with count_queries() as run:
        actions.oblige(positions, at=make.LONG_AGO)

    assert len(run) <= 14, run
    assert db.session.scalar(select(func.count()).select_from(Duty)) == size


def test_more_positions_than_fit_in_one_statement(app, monkeypatch):
    monkeypatch.setattr("lms.records.actions.duties.CHUNK", 2)
    unit = make.commune()
    positions = [make.official(unit=unit) for _ in range(5)]
    make.requirements()

    assert all(duty_of(position) for position in positions)


def test_standing_names_the_earliest_duty_and_the_award_that_counts(app):
    make.requirements()
    person = make.person()
    make.official(person, started_on=date(2026, 3, 1))
    make.official(person, started_on=date(2026, 1, 1))
    make.leader(person, started_on=date(2026, 2, 1))
    award = make.award(person, "programme-management", awarded_on=date(2026, 4, 1))

    standings = {one.requirement.code: one for one in queries.standing_of(person, date(2026, 5, 1))}

    assert standings["officials"].duty_since == date(2026, 1, 1)
    assert standings["officials"].award is award
    assert standings["leaders"].award is None
    assert queries.standing_of(person, date(2025, 12, 31)) == []
    assert [one.award for one in queries.standing_of(person, date(2026, 3, 31))] == [None, None]
