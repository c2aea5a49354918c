"""The lists of names: outstanding, trained, excused; on the page, and as a file, which the trail tells of."""

import io
import re
from datetime import date
from html import unescape

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from lms.accounts.models import Role
from lms.core.audit import AuditEntry
from lms.core.clock import today
from lms.core.db import db
from lms.coverage import queries
from lms.coverage.queries import direct, people
from lms.registry.models import Person, PersonMerge, PositionKind
from lms.registry.signals import people_changed
from tests.support import make

STANDINGS = ("outstanding", "trained", "excused")


def names_on(page):
    return [unescape(name) for name in re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a></th>', page)]


def test_each_list_holds_its_people(world, reader):
    client = reader("north")

    def names(standing, day="2026-03-02"):
        return names_on(client.get(f"/coverage/units/04/{standing}/officials?day={day}").text)

    assert names("outstanding") == ["Nông Văn Tú"]
    assert names("trained") == ["Đỗ Thị Mai"]
    assert names("excused") == ["Hoàng Thị Nga"]
    assert names("outstanding", "2026-01-15") == ["Đỗ Thị Mai", "Hoàng Thị Nga"]
    assert names("excused", "2026-01-31") == []


def test_a_list_says_why_somebody_is_in_it(world, reader):
    client = reader("north")
    outstanding = client.get("/coverage/units/01321/outstanding/officials?day=2026-03-02").text
    trained = client.get("/coverage/units/01801/trained/officials?day=2026-03-02").text
    excused = client.get("/coverage/units/01321/excused/officials?day=2026-03-02").text

    assert "Cán bộ phụ trách OCOP" in outstanding
    assert "01/02/2026" in outstanding
    assert "02/03/2026 · Công nhận đào tạo nghề đã học" in trained
    assert "Nghỉ thai sản (01/02/2026 – chưa rõ ngày hết)" in excused
    person = re.search(r"/people/\d+/record\?day=2026-03-02", outstanding)
    assert client.get(person[0]).status_code == 200


def test_the_lists_and_the_figures_are_of_the_same_people(world):
    """Over posts in two communes, excuses of one post alone, merged persons and posts that were settled."""
    north, commune, far = world["north"], world["commune"], world["far"]
    for number in range(12):
        holder = make.person(f"Lò Văn {number}")
        first = make.official(holder, unit=commune, started_on=date(2026, 1, 1 + number))
        if number % 2:
            make.official(holder, unit=far, ended_on=date(2026, 6, 30) if number % 4 == 1 else None)
        if number % 3 == 0:
            make.excuse(holder, position=first if number % 2 else None)
        if number % 5 == 0:
            make.award(holder, awarded_on=date(2026, 2, 2 + number))
    kept, other = make.person("Lò Thị Một"), make.person("Lò Thị Hai")
    make.official(kept, unit=far)
    make.official(other, unit=commune)
    make.award(other, awarded_on=date(2026, 2, 1))
    merge(other, kept)
    settled = make.official(make.person("Lò Thị Ba"), unit=far)
    settled.settled_unit_id = commune.id
    db.session.flush()
    requirement = make.requirements()[PositionKind.OFFICIAL]

    for unit in (make.country(), north, commune, far):
        for day in (date(2026, 1, 5), date(2026, 3, 2), date(2026, 8, 1)):
            truth = direct.standings(requirement.id, unit.id, day)
            assert truth or unit is not north
            for standing in STANDINGS:
                found = [one.person.id for one in queries.everyone_listed(unit, requirement, standing, day)]
                assert len(found) == len(set(found))
                assert set(found) == {one for one, stands in truth.items() if stands == standing}, (unit.code, day)


def merge(one, into):
    db.session.get_one(Person, one.id).merged_into_id = into.id
    db.session.add(PersonMerge(from_id=one.id, into_id=into.id, reason="Một người", merged_at=make.LONG_AGO))
    db.session.flush()
    people_changed.send("test", person_ids=[one.id, into.id], at=make.LONG_AGO)


@pytest.mark.parametrize("where", ["country", "south"])
@pytest.mark.parametrize("standing", STANDINGS)
def test_names_come_fifty_to_a_page(world, reader, where, standing):
    names = [f"Trần Văn {chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(60)]
    for name in names:
        post = make.official(make.person(name), unit=world["far"])
        if standing == "trained":
            make.award(post.person)
        elif standing == "excused":
            make.excuse(post.person)
    client = reader(where)
    first = client.get(f"/coverage/units/{world[where].code}/{standing}/officials").text
    onward = unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])
    second = client.get(onward).text

    assert first.count("data-person") == 50
    assert set(names) <= {*names_on(first), *names_on(second)}
    back = unescape(re.search(r'rel="prev" href="([^"]+)"', second)[1])
    assert names_on(client.get(back).text) == names_on(first)


def test_an_edge_that_is_nobody_is_the_first_page(reader):
    client = reader()
    for edge in ("after=999999", "before=999999", "after=x", "after=-1", "after=99999999999999999999999"):
        answer = client.get(f"/coverage/units/04/outstanding/officials?{edge}")

        assert answer.status_code == 200
        assert "Nông Văn Tú" in answer.text


def rows_of(content):
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if row[0] == "STT")
    return rows[start], rows[start + 1 :]


@pytest.mark.parametrize("standing", STANDINGS)
def test_the_names_leave_as_a_spreadsheet_and_the_trail_says_who_took_them(world, reader, standing):
    client, code = reader(), world["country"].code
    page = client.get(f"/coverage/units/{code}/{standing}/officials").text
    _header, rows = rows_of(client.post(f"/coverage/units/{code}/{standing}/officials.xlsx").data)

    assert rows
    assert [row[1] for row in rows] == names_on(page)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "coverage.export_people")).one()
    assert entry.actor_id is not None
    assert entry.details == {
        "standing": standing,
        "requirement": "officials",
        "day": today().isoformat(),
        "rows": len(rows),
    }


def test_only_coordinators_take_phone_numbers_along(world, reader):
    person = db.session.scalars(select(Person).where(Person.full_name == "Nông Văn Tú")).one()
    person.phone = "0912345678"
    address = "/coverage/units/04/outstanding/officials.xlsx"

    header, rows = rows_of(reader("north").post(address).data)
    assert (header[-1], rows[0][-1]) == ("Điện thoại", "0912345678")
    _header, rows = rows_of(reader("country", Role.ADMINISTRATOR).post(address).data)
    assert rows[0][-1] is None


def test_names_leave_only_from_the_own_part_of_the_country(world, reader):
    client = reader("north")

    assert client.post("/coverage/units/96/outstanding/officials.xlsx").status_code == 403
    assert client.post("/coverage/units/04/outstanding/officials.xlsx").status_code == 200
    assert client.post("/coverage/units/04/nowhere/officials.xlsx").status_code == 404


def test_a_long_list_leaves_whole(world, monkeypatch):
    monkeypatch.setattr(people, "PART", 2)
    for _ in range(5):
        make.official(unit=world["country"])
    officials = make.requirements()[PositionKind.OFFICIAL]
    for unit in (world["country"], world["north"]):
        everyone = [one.person.id for one in queries.everyone_listed(unit, officials, "outstanding", today())]

        assert everyone == [one.person.id for one in queries.listed(unit, officials, "outstanding", today()).people]
