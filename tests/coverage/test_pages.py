"""The pages, the spreadsheet and the command: the same figures, for whom they are meant, in few queries."""

import io
import json
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
from lms.records import actions
from lms.registry.models import OrganisationKind, PositionKind
from tests.support import make
from tests.support.queries import count_queries

ASKING = 3
"""Statements that find out who asks: the session with its user, the roles, their scope."""


@pytest.fixture
def world(app):
    """Two provinces; in the first a trained and an untrained official and an untrained leader."""
    make.requirements()
    north, south = make.province("Cao Bằng", code="04"), make.province("Cà Mau", code="96")
    communes = [
        make.commune("Nguyên Bình", within=north, code="01801"),
        make.commune("Bảo Lạc", within=north, code="01321"),
    ]
    far = make.commune("Năm Căn", within=south, code="32128")
    trained = make.person("Đỗ Thị Mai")
    make.official(trained, unit=communes[0], started_on=date(2026, 1, 1))
    make.official(trained, unit=north, started_on=date(2026, 1, 1))
    make.award(trained, awarded_on=date(2026, 3, 2))
    make.official(make.person("Nông Văn Tú"), unit=communes[1], started_on=date(2026, 2, 1))
    make.leader(
        make.person("Lý Thị Sua"),
        of=make.organisation(kind=OrganisationKind.HOUSEHOLD, unit=communes[0]),
        started_on=date(2026, 1, 1),
    )
    make.official(make.person("Trần Văn Út"), unit=far, started_on=date(2026, 1, 1))
    make.official(make.person("Phạm Văn Nam"), unit=make.country(), started_on=date(2026, 1, 1))
    db.session.flush()
    return {"country": make.country(), "north": north, "south": south, "commune": communes[0], "far": far}


@pytest.fixture
def reader(world, sign_in):
    """reader(where, role): a client of somebody who holds the role there."""
    return lambda where="country", role=Role.COORDINATOR: sign_in(make.role(make.user(), role, unit_id=world[where].id))


def figures_on_page(text):
    """(line, obliged, trained, outstanding, percent) of every table line on a page."""
    lines = set()
    for code, row in re.findall(r'<tr data-line="([^"]+)">(.*?)</tr>', text, re.S):
        cells = [unescape(cell).strip() for cell in re.findall(r'<td class="number"[^>]*>(.*?)</td>', row, re.S)]
        lines.add((code, *(int(cell.replace(".", "")) for cell in cells[:3]), cells[3]))
    return lines


def shown(percent):
    """A percentage of a file as a page writes it."""
    return "—" if percent is None else f"{percent:g}%".replace(".", ",")


def figures_in_sheet(content, labels):
    sheet = load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if row[3] == "Thuộc diện")
    return [
        (requirement, {"Tổng số": "total"}.get(cut) or labels[line], obliged, trained, outstanding, shown(percent))
        for requirement, cut, line, obliged, trained, outstanding, percent in rows[start + 1 :]
    ]


@pytest.mark.parametrize("where", ["country", "north", "commune"])
@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-02"])
def test_page_spreadsheet_and_command_tell_the_same(app, world, reader, where, day):
    unit, client = world[where], reader()
    code = unit.code
    told = json.loads(
        app.test_cli_runner().invoke(args=["coverage", "show", "--as-of", day, "--unit", code, "--json"]).output
    )["figures"]
    labels = {one["label"]: one["code"] for one in told}
    names = {"officials": "Cán bộ quản lý, điều hành Chương trình OCOP"}
    by_command = [
        (
            one["requirement"],
            "total" if one["cut"] == "total" else one["code"],
            one["obliged"],
            one["trained"],
            one["outstanding"],
            shown(one["percent"]),
        )
        for one in told
    ]
    sheet = client.get(f"/coverage/units/{code}/figures.xlsx?day={day}")
    in_sheet = figures_in_sheet(sheet.data, labels)
    codes = {one["requirement"]: None for one in told}

    assert [line[1:] for line in in_sheet] == [line[1:] for line in by_command]
    assert in_sheet[0][0] == names["officials"]
    for requirement in codes:
        page = client.get(f"/coverage/units/{code}?day={day}&requirement={requirement}").text
        # A unit where nobody is obliged stands below the table by its name, without figures.
        units = {one["code"] for one in told if one["cut"] == "unit"}
        expected = {
            line[1:] for line in by_command if line[0] == requirement and not (line[1] in units and line[2] == 0)
        }
        is_empty = all(line[2] == 0 for line in by_command if line[0] == requirement)
        assert figures_on_page(page) == (set() if is_empty else expected)


def test_the_figures_of_the_country(reader):
    text = reader().get("/coverage?day=2026-03-02").text

    assert {("own", 1, 0, 1, "0%"), ("04", 2, 1, 1, "50%"), ("96", 1, 0, 1, "0%"), ("total", 4, 1, 3, "25%")} <= (
        figures_on_page(text)
    )
    assert "Trung ương" in text
    assert "tính đến hết ngày 02/03/2026" in text


def test_an_award_moves_the_figures_at_once(world, reader):
    client = reader("far")
    assert ("total", 1, 0, 1, "0%") in figures_on_page(client.get("/coverage").text)

    make.award(make.official(unit=world["far"]).person)

    assert ("total", 2, 1, 1, "50%") in figures_on_page(client.get("/coverage").text)


def test_a_revoked_award_counts_up_to_its_last_day(world, reader):
    person = make.official(unit=world["far"], started_on=date(2026, 1, 1)).person
    award = make.award(person, awarded_on=date(2026, 3, 1))
    actions.revoke_award(award, on=date(2026, 4, 1), reason="Ghi nhầm", by=None, at=award.entered_at)
    client = reader("far")

    assert ("total", 2, 1, 1, "50%") in figures_on_page(client.get("/coverage?day=31/03/2026").text)
    assert ("total", 2, 0, 2, "0%") in figures_on_page(client.get("/coverage?day=01/04/2026").text)


def test_before_the_plan_nobody_is_obliged_and_nothing_is_a_hundred(reader):
    text = reader().get("/coverage?day=2018-05-06").text

    assert "Chưa có ai thuộc diện phải học tính đến ngày 06/05/2018" in text
    assert "—" in text
    assert "%" not in text.split("<h1>")[1].split("</main>")[0]


def test_without_requirements_the_page_says_what_to_do(app, sign_in):
    administrator = sign_in(make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id))

    assert "Chưa có yêu cầu tập huấn nào" in administrator.get("/coverage").text


def test_down_to_the_names(world, reader):
    client = reader("north")
    page = client.get("/coverage?day=2026-03-02").text
    assert "/coverage/units/01321?day=2026-03-02&amp;requirement=officials" in page

    commune = client.get("/coverage/units/01321?day=2026-03-02").text
    assert "/coverage/units/01321/outstanding/officials?day=2026-03-02" in commune

    names = client.get("/coverage/units/01321/outstanding/officials?day=2026-03-02").text
    assert "Nông Văn Tú" in names
    assert "Cán bộ phụ trách OCOP" in names
    assert "01/02/2026" in names
    assert "Đỗ Thị Mai" not in names
    person = re.search(r"/people/\d+/record\?day=2026-03-02", names)
    assert client.get(person[0]).status_code == 200


def test_names_come_fifty_to_a_page(world, reader):
    for number in range(60):
        make.official(make.person(f"Trần Văn {chr(97 + number // 26)}{chr(97 + number % 26)}"), unit=world["far"])
    client = reader("south")
    first = client.get("/coverage/units/96/outstanding/officials").text
    onward = unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])
    second = client.get(onward).text

    assert (first.count("data-person"), second.count("data-person")) == (50, 11)
    back = unescape(re.search(r'rel="prev" href="([^"]+)"', second)[1])
    assert re.findall(r'data-person="(\d+)"', client.get(back).text) == re.findall(r'data-person="(\d+)"', first)


def test_most_outstanding_first(reader, world):
    make.official(unit=world["far"])
    rows = re.findall(r'data-line="([^"]+)"', reader().get("/coverage?sort=outstanding").text)

    assert rows[:3] == ["96", "own", "04"]


ADDRESSES = (
    "/coverage/units/{code}",
    "/coverage/units/{code}/figures.xlsx",
    "/coverage/units/{code}/outstanding/officials",
)
MAY_SEE = {
    "country": {"country", "north", "south", "commune", "far"},
    "north": {"north", "commune"},
    "commune": {"commune"},
}


@pytest.mark.parametrize("top", MAY_SEE)
def test_readers_see_the_own_part_of_the_country(world, reader, top):
    client = reader(top, Role.ADMINISTRATOR if top == "country" else Role.COORDINATOR)
    codes = {where: unit.code for where, unit in world.items()}
    for address in ADDRESSES:
        statuses = {where: client.get(address.format(code=code)).status_code for where, code in codes.items()}

        assert statuses == {where: 200 if where in MAY_SEE[top] else 403 for where in world}


def test_learners_trainers_and_visitors_see_none(world, reader, sign_in, client):
    learner, trainer = sign_in(make.user()), reader("north", Role.TRAINER)
    for address in ("/coverage", *ADDRESSES):
        path = address.format(code="04")
        assert learner.get(path).status_code == 403
        assert trainer.get(path).status_code == 403
        assert client.get(path).status_code == 302


def test_a_trainers_role_elsewhere_widens_nothing(world, sign_in):
    user = make.role(make.user(), Role.COORDINATOR, unit_id=world["south"].id)
    make.role(user, Role.TRAINER, unit_id=world["north"].id)

    assert sign_in(user).get("/coverage/units/04").status_code == 403


def test_two_provinces_are_two_tabs(world, sign_in):
    user = make.role(make.user(), Role.COORDINATOR, unit_id=world["south"].id)
    make.role(user, Role.COORDINATOR, unit_id=world["north"].id)
    text = sign_in(user).get("/coverage").text

    assert "/coverage/units/04" in text
    assert "/coverage/units/96" in text


def test_a_reader_of_one_province_is_not_led_above_it(reader):
    text = reader("north").get("/coverage/units/01801").text

    assert 'href="/coverage/units/04"' in text
    assert "/coverage/units/vn" not in text


@pytest.mark.parametrize("day", ["31/02/2026", "hôm qua", "2999-01-01", "'; --"])
def test_a_day_that_will_not_do_is_said_beside_the_field(reader, day):
    client = reader()
    answers = [
        client.get(address.format(code="04"), query_string={"day": day}) for address in ("/coverage", *ADDRESSES)
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert all('id="day-errors"' in answer.text and not figures_on_page(answer.text) for answer in answers)


def test_units_and_requirements_that_do_not_exist(reader):
    client = reader()

    assert {client.get(address.format(code="nope")).status_code for address in ADDRESSES} == {404}
    assert client.get("/coverage/units/04/outstanding/nope").status_code == 404


def test_an_edge_that_is_nobody_is_the_first_page(reader):
    client = reader()
    for edge in ("after=999999", "before=999999", "after=x", "after=-1", "after=99999999999999999999999"):
        answer = client.get(f"/coverage/units/04/outstanding/officials?{edge}")

        assert answer.status_code == 200
        assert "Nông Văn Tú" in answer.text


def test_the_number_of_queries_does_not_grow_with_the_people(world, reader):
    client = reader("north")

    def asked():
        numbers = {}
        for address in ("/coverage", *ADDRESSES):
            with count_queries() as run:
                assert client.get(address.format(code="04")).status_code == 200
            numbers[address] = len(run)
        return numbers

    few = asked()
    organisation = make.organisation(unit=world["commune"])
    for number in range(150):
        make.official(make.person(f"Trần Văn {number}"), unit=world["north"])
        make.leader(of=organisation)

    assert asked() == few
    assert max(few.values()) - ASKING <= 6, few


def test_the_command_for_people(app, world):
    answer = app.test_cli_runner().invoke(args=["coverage", "show", "--as-of", "02/03/2026", "--unit", "04"])

    assert answer.exit_code == 0
    assert "Tỉnh Cao Bằng (04), 02/03/2026" in answer.output
    assert re.search(r"2 +1 +1 +50%  Tỉnh Cao Bằng", answer.output)


def test_the_command_counts_the_country_when_no_unit_is_named(app, world):
    answer = app.test_cli_runner().invoke(args=["coverage", "show", "--json"])

    assert json.loads(answer.output)["unit"] == "vn"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--unit", "00"], "there is no unit with code 00"),
        (["--as-of", "31/02/2026"], "31/02/2026"),
        (["--as-of", "2999-01-01"], "still to come"),
    ],
)
def test_the_command_refuses_what_it_cannot_count(app, world, arguments, said):
    answer = app.test_cli_runner().invoke(args=["coverage", "show", *arguments])

    assert answer.exit_code == 2
    assert said in answer.output


def test_the_sheet_holds_numbers_and_no_formula(world, reader):
    world["far"].name = "=1+1"
    content = reader().get("/coverage/units/96/figures.xlsx").data
    cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]

    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "Xã =1+1" in [cell.value for cell in cells]


def test_in_english(reader):
    client = reader()
    client.remember(locale="en")

    assert "Officials who run the OCOP programme" in client.get("/coverage").text


def test_the_names_leave_as_a_spreadsheet_and_the_trail_says_who_took_them(world, reader):
    client, code = reader(), world["country"].code
    page = client.get(f"/coverage/units/{code}/outstanding/officials").text
    answer = client.post(f"/coverage/units/{code}/outstanding/officials.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if row[0] == "STT")
    names = [row[1] for row in rows[start + 1 :]]
    shown = [unescape(name) for name in re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a></th>', page)]

    assert names
    assert names == shown
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "coverage.export_outstanding")).one()
    assert entry.details == {"requirement": "officials", "rows": len(names)}


def test_a_long_list_leaves_whole(world, reader, monkeypatch):
    monkeypatch.setattr(queries, "PART", 2)
    for _ in range(5):
        make.official(unit=world["country"])
    day = today()
    officials = make.requirements()[PositionKind.OFFICIAL]
    everyone = [one.person.id for one in queries.everyone_outstanding(world["country"], officials, day)]

    assert everyone == [one.person.id for one in queries.outstanding(world["country"], officials, day).people]
    assert len(everyone) > 5
