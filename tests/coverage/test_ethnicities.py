"""The figures by ethnic group: for a purpose alone, written down each time, never so small as to point at somebody."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.accounts.models import Role
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.coverage.rules import Figures
from lms.coverage.rules.small_cells import LEAST, guarded
from lms.registry.models import Ethnicity, PersonMerge
from lms.registry.signals import people_changed
from tests.support import make

ASKED = {"requirement": "officials", "day": "2026-11-20", "purpose": "Báo cáo theo công văn số 15"}
FIGURES = st.integers(0, 30).flatmap(lambda obliged: st.builds(Figures, st.just(obliged), st.integers(0, obliged)))
GROUPS = st.dictionaries(st.sampled_from(["", "Kinh", "Tày", "Nùng", "Mông", "Dao", "Thái"]), FIGURES)


@given(GROUPS)
def test_no_number_that_is_told_points_at_a_few_people(groups):
    lines = guarded(groups)

    for line in lines:
        assert line.obliged >= LEAST
        for number in (line.trained, line.outstanding):
            assert number is None or number == 0 or number >= LEAST
    told = [name for line in lines for name in line.names]
    assert len(told) == len(set(told))
    assert all(len(line.names) > 1 or groups[line.names[0]].obliged >= LEAST for line in lines)


@given(GROUPS)
def test_nothing_that_is_not_told_is_found_by_taking_the_rest_from_the_sum(groups):
    lines = guarded(groups)
    hidden = [line for line in lines if line.trained is None]

    assert len(hidden) != 1 or len(lines) == 1
    # Either everybody is told of, or so few altogether that nothing is.
    people = sum(figures.obliged for figures in groups.values())
    assert sum(line.obliged for line in lines) in (people, 0)
    if not lines:
        assert people < LEAST


@given(GROUPS)
def test_what_is_told_is_true(groups):
    for line in guarded(groups):
        assert line.obliged == sum(groups[name].obliged for name in line.names)
        assert line.trained is None or line.trained == sum(groups[name].trained for name in line.names)


@pytest.fixture
def groups(world):
    """Of the officials of the first province seven are Tày, of whom six are trained, six Kinh, three Dao."""
    for number in range(7):
        person = make.official(unit=world["commune"]).person
        db.session.add(Ethnicity(person_id=person.id, name="Tày"))
        if number:
            make.award(person, awarded_on=date(2026, 10, 1))
    for _number in range(6):
        db.session.add(Ethnicity(person_id=make.official(unit=world["north"]).person.id, name="Kinh"))
    for _number in range(3):
        db.session.add(Ethnicity(person_id=make.official(unit=world["commune"]).person.id, name="Dao"))
    db.session.flush()
    return world


def lines_of(text):
    """{group: (obliged, trained, outstanding)} of the table."""
    return {
        group: tuple(re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'<td class="number"[^>]*>(.*?)</td>', row))
        for group, row in re.findall(r'<tr data-group="([^"]*)">(.*?)</tr>', text, re.DOTALL)
    }


def test_nothing_is_told_until_it_is_said_what_for_and_that_is_written_down(groups, reader):
    client = reader("north")
    assert lines_of(client.get("/coverage/units/04/ethnicities").text) == {}
    refused = client.post("/coverage/units/04/ethnicities", data={**ASKED, "purpose": "  ab "})
    assert (refused.status_code, lines_of(refused.text)) == (422, {})
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "coverage.read_ethnicities")).all() == []

    told = client.post("/coverage/units/04/ethnicities", data=ASKED)
    assert told.status_code == 200
    assert lines_of(told.text) == {
        "Tày": ("7", "không nêu", "không nêu"),
        "Kinh": ("6", "0", "6"),
        ", Dao": ("5", "không nêu", "không nêu"),
    }
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "coverage.read_ethnicities")).one()
    assert (entry.subject_id, entry.details["purpose"]) == (groups["north"].id, ASKED["purpose"])
    assert "Tày" not in str(entry.details)


def test_the_group_of_somebody_known_twice_counts_once(groups, reader):
    into = make.official(unit=groups["north"]).person
    twin = make.official(unit=groups["commune"]).person
    db.session.add(Ethnicity(person_id=twin.id, name="Kinh"))
    twin.merged_into_id = into.id
    db.session.add(PersonMerge(from_id=twin.id, into_id=into.id, reason="Cùng một người", merged_at=make.LONG_AGO))
    db.session.flush()
    people_changed.send("test", person_ids=[into.id, twin.id], at=make.LONG_AGO)

    assert lines_of(reader("north").post("/coverage/units/04/ethnicities", data=ASKED).text)["Kinh"] == ("7", "0", "7")


def test_too_few_people_are_not_told_apart_at_all(world, reader):
    text = reader("south").post("/coverage/units/96/ethnicities", data=ASKED).text

    assert lines_of(text) == {}
    assert "Có quá ít người" in text


def test_only_of_ones_own_province_and_never_of_a_commune(groups, reader):
    client = reader("north")
    for method in (client.get, client.post):
        assert method("/coverage/units/96/ethnicities").status_code == 403
        assert method("/coverage/units/01801/ethnicities").status_code == 404
        assert method("/coverage/units/04/ethnicities").status_code in (200, 422)
    assert "/coverage/units/04/ethnicities" in client.get("/coverage").text
    assert "/ethnicities" not in client.get("/coverage/units/01801").text


def test_who_read_it_is_seen_by_the_administrator_of_the_country(groups, reader):
    client = reader("north")
    assert ASKED["purpose"] not in client.get("/coverage/units/04/ethnicities").text
    client.post("/coverage/units/04/ethnicities", data=ASKED)

    assert "Ai đã xem" not in client.get("/coverage/units/04/ethnicities").text
    administrator = reader("country", Role.ADMINISTRATOR)
    assert ASKED["purpose"] in administrator.get("/coverage/units/04/ethnicities").text
    assert "Chưa có ai xem" in administrator.get("/coverage/units/vn/ethnicities").text


def test_it_is_in_no_file_and_no_answer_for_programs(groups, reader):
    client = reader("north")
    for address in ("figures.csv", "print", ""):
        assert "Tày" not in client.get(f"/coverage/units/04/{address}".rstrip("/")).text
    assert "Tày" not in client.get("/api/coverage/units/04").text
