"""The pages: what they say, for whom they are meant, in few queries."""

import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
from openpyxl import load_workbook

from lms.accounts.models import Role
from lms.core.clock import today
from lms.records import actions
from tests.coverage import tables
from tests.support import make
from tests.support.queries import count_queries

ASKING = 5
"""Statements that find out who asks: the session with its user, the roles, their scope, twice for the way up."""


def figures_on_page(text):
    """(line, obliged, trained) of every line of the tables on a page."""
    return {(line.code, line.obliged, line.trained) for line in tables.of_page(text)}


def test_the_figures_of_the_country(reader):
    text = reader().get("/coverage?day=2026-03-02").text

    assert {("own", 1, 0), ("04", 2, 1), ("96", 1, 0), ("vn", 4, 1)} <= figures_on_page(text)
    assert "Trung ương" in text
    assert "tính đến hết ngày 02/03/2026" in text


def test_the_excused_are_told_apart(reader):
    client = reader("north")

    assert "Ngoài ra có 1 người đang được tạm miễn" in client.get("/coverage?day=2026-03-02").text
    assert "được tạm miễn" not in client.get("/coverage?day=2026-01-31").text


def test_an_award_moves_the_figures_at_once(world, reader):
    client = reader("far")
    assert ("32128", 1, 0) in figures_on_page(client.get("/coverage").text)

    make.award(make.official(unit=world["far"]).person)

    assert ("32128", 2, 1) in figures_on_page(client.get("/coverage").text)


def test_a_revoked_award_counts_up_to_its_last_day(world, reader):
    person = make.official(unit=world["far"], started_on=date(2026, 1, 1)).person
    award = make.award(person, awarded_on=date(2026, 3, 1))
    actions.revoke_award(award, on=date(2026, 4, 1), reason="Ghi nhầm", by=None, at=award.entered_at)
    client = reader("far")

    assert ("32128", 2, 1) in figures_on_page(client.get("/coverage?day=31/03/2026").text)
    assert ("32128", 2, 0) in figures_on_page(client.get("/coverage?day=01/04/2026").text)


def test_before_the_plan_nobody_is_obliged_and_nothing_is_a_hundred(reader):
    text = reader().get("/coverage?day=2018-05-06").text

    assert "Chưa có ai thuộc diện phải học tính đến ngày 06/05/2018" in text
    assert "—" in text
    assert "%" not in text.split("<h1>")[1].split("</main>")[0]


def test_without_requirements_the_page_says_what_to_do(app, sign_in):
    administrator = sign_in(make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id))

    assert "Chưa có yêu cầu tập huấn nào" in administrator.get("/coverage").text
    assert administrator.get("/coverage/units/vn/organisations").status_code == 200
    assert administrator.get("/api/coverage/units/vn").json["figures"] == []


def test_down_to_the_names(world, reader):
    client = reader("north")
    page = client.get("/coverage?day=2026-03-02").text
    assert "/coverage/units/01321?day=2026-03-02&amp;requirement=officials" in page

    commune = client.get("/coverage/units/01321?day=2026-03-02").text
    assert "/coverage/units/01321/outstanding/officials?day=2026-03-02" in commune


def test_one_line_alone(world, reader):
    text = reader("north").get("/coverage?day=2026-03-02&key=sex/female").text

    assert "Chỉ tính: Theo giới tính: Nữ" in text
    assert {("01801", 1, 1), ("04", 1, 1)} <= figures_on_page(text)
    assert "/coverage/units/01801?day=2026-03-02&amp;key=sex/female" in text
    assert {line.cut for line in tables.of_page(text)} == {"unit", "total"}


def test_of_a_source_only_the_trained_are_told(reader):
    text = reader("north").get("/coverage?day=2026-03-02&key=source/prior_training").text
    figures = text.split("<h1>")[1].split("</main>")[0]

    assert {(line.code, line.obliged, line.trained, line.percent) for line in tables.of_page(text)} >= {
        ("04", None, 1, None),
        ("01801", None, 1, None),
    }
    assert "%" not in figures
    assert "Còn phải học" not in figures


def test_as_known_on_a_past_day(world, reader):
    client = reader("north")
    known = client.get("/coverage?day=2026-03-02&known=2026-10-31").text

    assert "Như đã biết đến hết ngày 31/10/2026" in known
    assert ("04", 2, 0) in figures_on_page(known)
    assert "outstanding/officials" not in known
    # What is known today is simply what is known.
    now = client.get(f"/coverage?day=2026-03-02&known={today().isoformat()}").text
    assert "Như đã biết đến hết ngày" not in now.split("</form>")[-1]
    assert ("04", 2, 1) in figures_on_page(now)


def test_the_map_of_the_day_and_the_map_of_today(world, reader):
    make.old_province("Bắc Kạn", code="06")
    client = reader()

    def named(**question):
        text = client.get("/coverage/units/vn", query_string={"day": "2025-01-01", **question}).text
        return {code for code in ("vn-2004:06", "04") if f"/coverage/units/{code}?" in text}

    make.official(unit=world["north"], started_on=date(2024, 1, 1))
    assert named() == {"vn-2004:06"}
    assert named(map="today") == {"04"}


def test_most_outstanding_first(reader, world):
    for _number in range(2):
        make.official(unit=world["north"])
    make.official(unit=world["far"])
    client = reader()

    def rows(sort):
        return re.findall(r'data-line="unit/([^"]+)"', client.get(f"/coverage?sort={sort}").text)

    assert rows("name") == ["own", "96", "04"]
    assert rows("outstanding") == ["04", "96", "own"]


ADDRESSES = (
    "/coverage/units/{code}",
    "/coverage/units/{code}/figures.xlsx",
    "/coverage/units/{code}/figures.csv",
    "/coverage/units/{code}/print",
    "/coverage/units/{code}/organisations",
    "/coverage/units/{code}/reconciliation",
    "/coverage/units/{code}/reconciliation.xlsx",
    "/coverage/units/{code}/reconciliation.csv",
    "/coverage/units/{code}/outstanding/officials",
    "/coverage/units/{code}/trained/officials",
    "/coverage/units/{code}/excused/officials",
)
API = ("/api/coverage/units/{code}",)
MAY_SEE = {
    "country": {"country", "north", "south", "commune", "far"},
    "north": {"north", "commune"},
    "commune": {"commune"},
}


@pytest.mark.parametrize("top", MAY_SEE)
def test_readers_see_the_own_part_of_the_country(world, reader, top):
    client = reader(top, Role.ADMINISTRATOR if top == "country" else Role.COORDINATOR)
    codes = {where: unit.code for where, unit in world.items()}
    for address in (*ADDRESSES, *API):
        statuses = {where: client.get(address.format(code=code)).status_code for where, code in codes.items()}

        assert statuses == {where: 200 if where in MAY_SEE[top] else 403 for where in world}, address


def test_learners_trainers_and_visitors_see_none(world, reader, sign_in, client):
    learner, trainer = sign_in(make.user()), reader("north", Role.TRAINER)
    for address in ("/coverage", *ADDRESSES, *API):
        path = address.format(code="04")
        assert learner.get(path).status_code == 403
        assert trainer.get(path).status_code == 403
        assert client.get(path).status_code == (401 if address in API else 302)


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

    assert 'href="/coverage/units/04' in text
    assert "/coverage/units/vn" not in text


@pytest.mark.parametrize("day", ["31/02/2026", "hôm qua", "2999-01-01", "'; --"])
def test_a_day_that_will_not_do_is_said_beside_the_field(reader, day):
    client = reader()
    answers = [
        client.get(address.format(code="04"), query_string={"day": day}) for address in ("/coverage", *ADDRESSES)
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert all('id="day-errors"' in answer.text and not figures_on_page(answer.text) for answer in answers)


@pytest.mark.parametrize(
    ("name", "value"), [("known", "2999-01-01"), ("known", "hôm qua"), ("key", "sex/nobody"), ("map", "moon")]
)
def test_a_question_that_will_not_do_is_said_beside_the_field(reader, name, value):
    client = reader()
    for address in ("/coverage", *ADDRESSES[:4]):
        answer = client.get(address.format(code="04"), query_string={name: value})

        assert answer.status_code == 422
        assert f'id="{name}-errors"' in answer.text
        assert not figures_on_page(answer.text)


def test_units_and_requirements_that_do_not_exist(reader):
    client = reader()

    assert {client.get(address.format(code="nope")).status_code for address in (*ADDRESSES, *API)} == {404}
    assert client.get("/coverage/units/04/outstanding/nope").status_code == 404
    assert client.get("/coverage/units/04/nowhere/officials").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_people(world, reader):
    client = reader("north")

    def asked():
        numbers = {}
        for address in ("/coverage", *ADDRESSES, *API):
            with count_queries() as run:
                assert client.get(address.format(code="04")).status_code == 200
            numbers[address] = len(run)
        return numbers

    few = asked()
    organisation = make.organisation(unit=world["commune"])
    for number in range(150):
        holder = make.person(f"Trần Văn {number}")
        make.official(holder, unit=world["north"])
        make.leader(of=organisation)
        if number % 3:
            make.excuse(holder, started_on=today() - timedelta(1))
        elif number % 2:
            make.award(holder)

    assert asked() == few
    assert max(few.values()) - ASKING <= 18, few


def test_a_page_asks_no_more_for_more_requirements(world, reader):
    client = reader("north")

    def asked():
        with count_queries() as run:
            assert client.get("/coverage/units/04").status_code == 200
        return len(run)

    few = asked()
    make.requirement("vehicles")

    assert asked() == few


def test_the_sheet_holds_numbers_and_no_formula(world, reader):
    world["far"].name = "=1+1"
    content = reader().get("/coverage/units/96/figures.xlsx").data
    cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]

    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "Xã =1+1" in [cell.value for cell in cells]


def test_on_paper_it_has_the_form_of_a_state_document(reader):
    text = unescape(reader("north").get("/coverage/units/04/print?day=2026-03-02&requirement=officials").text)

    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: ",
        "BÁO CÁO",
        "(Tính đến hết ngày 02/03/2026)",
        "Nơi nhận:",
        "KT. ",
        "TL. ",
    ):
        assert words in text
    assert "BÁO CÁO" in text.split("CỘNG HÒA")[1]


def test_in_english(reader):
    client = reader()
    client.remember(locale="en")

    assert "Officials who run the OCOP programme" in client.get("/coverage").text
