"""One question, one answer: the page, the files, the print, the API and the command agree cell by cell."""

import json
import re
from collections import Counter
from datetime import date

import pytest

from lms.core.db import db
from lms.coverage import queries
from lms.records.models import Requirement
from tests.coverage import tables
from tests.support import make


@pytest.fixture
def names(world):
    """Codes of the requirements by their names."""
    return dict(db.session.query(Requirement.name, Requirement.code).all())


QUESTIONS = [
    {},
    {"day": "2026-03-01"},
    {"day": "2026-03-02"},
    {"day": "2026-03-02", "key": "sex/female"},
    {"day": "2026-03-02", "key": "group/commune"},
    {"day": "2026-03-02", "key": "source/prior_training"},
    {"day": "2026-03-02", "known": "2026-06-30"},
    {"day": "2025-01-01", "map": "today"},
    {"day": "2018-05-06"},
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: "&".join(question.values()) or "today")
def test_every_output_says_the_same(app, world, names, reader, question):
    client = reader()
    for where in ("country", "north", "commune"):
        for requirement in ("officials", "leaders"):
            compare(app, client, names, world[where].code, {**question, "requirement": requirement})


def compare(app, client, names, code, asked):
    by_api = tables.of_json(client.get(f"/api/coverage/units/{code}", query_string=asked).json)
    told = [line for _requirement, line in by_api]
    assert {name for name, _line in by_api} == {asked["requirement"]}

    sheet = tables.of_sheet(client.get(f"/coverage/units/{code}/figures.xlsx", query_string=asked).data)
    text = tables.of_text(client.get(f"/coverage/units/{code}/figures.csv", query_string=asked).data)
    printed = client.get(f"/coverage/units/{code}/print", query_string=asked).text
    page = client.get(f"/coverage/units/{code}", query_string=asked).text

    assert [(names[name], line) for name, line in sheet] == by_api
    assert [(names[name], line) for name, line in text] == by_api
    assert by_command(app, code, asked) == by_api
    # Units where nobody is obliged stand below their table by name alone.
    empty = [line for line in told if line.cut == "unit" and not (line.obliged or line.trained or line.excused)]
    assert tables.of_print(printed) == [line for line in told if line not in empty]
    assert ("đơn vị chưa có ai thuộc diện: " in printed) == bool(empty)
    on_page = tables.of_page(page)
    total = told[0]
    if not (total.obliged or total.excused or total.trained):
        assert on_page == []
        return
    # The total stands under more than one table.
    assert set(on_page) == set(told) - set(empty)
    assert max(Counter(line for line in on_page if line.cut != "total").values(), default=1) == 1
    for line in empty:
        assert re.search(rf'href="/coverage/units/{line.code}\?', page), line


def by_command(app, code, asked):
    arguments = ["--unit", code, "--requirement", asked["requirement"], "--json"]
    for name, option in (("day", "--as-of"), ("key", "--key"), ("known", "--known")):
        arguments += [option, asked[name]] if name in asked else []
    arguments += ["--today-map"] if "map" in asked else []
    answer = app.test_cli_runner().invoke(args=["coverage", "show", *arguments])
    assert answer.exit_code == 0, answer.output
    return tables.of_json(json.loads(answer.output))


def test_files_hold_every_requirement_when_none_is_named(world, names, reader):
    client = reader()
    by_api = tables.of_json(client.get("/api/coverage/units/04?day=2026-03-02").json)

    assert {requirement for requirement, _line in by_api} == {"officials", "leaders"}
    sheet = tables.of_sheet(client.get("/coverage/units/04/figures.xlsx?day=2026-03-02").data)
    assert [(names[name], line) for name, line in sheet] == by_api


def test_the_lines_of_a_province(world, reader):
    told = tables.of_json(reader().get("/api/coverage/units/04?day=2026-03-02&requirement=officials").json)
    lines = {(line.cut, line.code): line[2:5] + line[6:] for _requirement, line in told}

    assert lines["total", "04"] == (2, 1, 1, 1)
    assert lines["unit", "own"] == (1, 1, 0, 0)
    assert lines["unit", "01801"] == (1, 1, 0, 0)
    assert lines["unit", "01321"] == (1, 0, 1, 1)
    assert lines["unit", "01387"] == (0, 0, 0, 0)
    assert lines["group", "province"] == (1, 1, 0, 0)
    assert lines["group", "commune"] == (2, 1, 1, 1)
    assert lines["sex", "female"] == (1, 1, 0, 1)
    assert lines["source", "prior_training"] == (None, 1, None, None)
    assert not [place for place in lines if place[0] in ("product", "origin")]


def test_leaders_are_cut_by_what_they_lead(world, reader):
    told = tables.of_json(reader().get("/api/coverage/units/04?day=2026-03-02&requirement=leaders").json)
    lines = {(line.cut, line.code): line.obliged for _requirement, line in told}

    assert lines["group", "household"] == lines["product", "drinks"] == lines["origin", "new"] == 1
    assert lines["product-2019", "unknown"] == 1
    assert lines["group", "cooperative"] == 0


def test_one_line_alone_is_counted_in_the_units_below(world, reader):
    told = tables.of_json(reader().get("/api/coverage/units/04?day=2026-03-02&key=sex/female").json)
    lines = {(line.cut, line.code): line[2:5] + line[6:] for requirement, line in told if requirement == "officials"}

    assert lines == {
        ("total", "04"): (1, 1, 0, 1),
        ("unit", "01801"): (1, 1, 0, 0),
        ("unit", "01321"): (0, 0, 0, 1),
        ("unit", "01387"): (0, 0, 0, 0),
    }


def test_what_was_known_on_a_day_leaves_out_what_was_entered_later(world, reader):
    client = reader()
    late = make.official(make.person("Vi Văn Muộn"), unit=world["north"], started_on=date(2026, 1, 1))
    make.award(late.person, awarded_on=date(2026, 2, 1))

    def total(**question):
        told = client.get("/api/coverage/units/04", query_string={"requirement": "officials", **question}).json
        return tables.of_json(told)[0][1][2:4]

    assert total(day="2026-03-02") == (3, 2)
    # The makers write posts down on 01/07/2025 and awards on 01/11/2026.
    assert total(day="2026-03-02", known="2026-10-31") == (3, 0)
    assert total(day="2026-03-02", known="2025-06-30") == (0, 0)


def test_the_api_says_what_it_answers(world, reader):
    told = reader("north").get("/api/coverage/units/04?day=2026-03-02&map=today&known=2026-06-30").json

    assert (told["unit"], told["unit_name"], told["as_of"], told["key"]) == ("04", "Tỉnh Cao Bằng", "2026-03-02", "all")
    assert told["known_at"] == "2026-06-30T16:59:59+00:00"
    assert [(one["code"], one["version"], one["effective_from"]) for one in told["requirements"]] == [
        ("officials", 1, "2018-05-07"),
        ("leaders", 1, "2018-05-07"),
    ]
    assert "QĐ-TTg" in told["requirements"][0]["legal_basis"]


def test_the_api_answers_programs_in_json(world, reader, client):
    stranger = client.get("/api/coverage/units/04")
    assert (stranger.status_code, stranger.json["status"]) == (401, 401)
    elsewhere = reader("south").get("/api/coverage/units/04")
    assert (elsewhere.status_code, elsewhere.json["title"]) == (403, "Bạn không có quyền xem trang này")
    assert reader().get("/api/coverage/units/nope").json["status"] == 404
    wrong = reader().get("/api/coverage/units/04?day=31/02/2026&key=sex/nobody")
    assert (wrong.status_code, sorted(wrong.json["errors"])) == (422, ["day", "key"])


def test_the_text_table_is_for_spreadsheet_programs_here(world, reader):
    answer = reader().get("/coverage/units/04/figures.csv?day=2026-03-02&requirement=officials")
    lines = answer.data.decode("utf-8-sig").splitlines()

    assert lines[0].startswith("Yêu cầu;Cách tính;Mã;")
    assert lines[1].endswith("Tỉnh Cao Bằng;2;1;1;50;1")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "filename=do-bao-phu-04-2026-03-02-officials.csv" in answer.headers["Content-Disposition"]


def test_the_total_of_a_unit_is_told_where_no_line_is_asked_for(world):
    found = queries.coverage(world["north"], date(2026, 3, 2), of=["officials"])

    assert [(part.requirement.code, part.total.obliged, part.is_detailed) for part in found.requirements] == [
        ("officials", 2, True),
        ("leaders", 1, False),
    ]
    assert {row.requirement.code for row in queries.rows(found)} == {"officials"}
