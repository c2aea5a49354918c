"""The two rosters as they came: every row that is odd comes out as it should, found by another reading of the files."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from lms.core.db import db
from lms.registry import actions
from lms.registry.models import Organisation, Person, Position
from tests.support.databases import application, scratch
from tests.support.queries import count_queries

FILES = Path(__file__).parent / "files"
OFFICIALS = FILES / "danh-sach-can-bo.xlsx"
LEADERS = FILES / "danh-sach-lanh-dao.csv"
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


class Line(NamedTuple):
    """One person's row as another reader reads it."""

    number: int
    name: str
    birth: Any
    sex: str
    id: Any
    phone: Any
    email: str
    province: str
    commune: str
    tax: str


def officials() -> list[Line]:
    sheet = openpyxl.load_workbook(OFFICIALS).active
    lines = []
    for number, row in enumerate(sheet.iter_rows(min_row=5, max_row=1247, values_only=True), 5):
        if any(cell is not None for cell in row):
            cells = ["" if cell is None else cell for cell in row]
            lines.append(Line(number, *cells[1:7], cells[10], cells[11], ""))
    return lines


def leaders() -> list[Line]:
    text = LEADERS.read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    return [Line(number, *row[1:7], row[12], row[13], row[10]) for number, row in enumerate(rows[1:], 2)]


def plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def day_of(line: Line) -> date | None:
    if isinstance(line.birth, datetime):
        return line.birth.date()
    day, month, year = map(int, re.split(r"\D", line.birth))
    try:
        return date(year, month, day)
    except ValueError:
        return None


def beginning_of_id(line: Line) -> str | None:
    """What the fourth to sixth digit must be for this sex and birth year."""
    day = day_of(line)
    if day is None:
        return None
    digit = {("Nam", 19): 0, ("Nữ", 19): 1, ("Nam", 20): 2, ("Nữ", 20): 3}[line.sex, day.year // 100]
    return f"{digit}{day.year % 100:02}"


def is_short(line: Line) -> bool:
    return line.id != "" and str(line.id).isdigit() and len(str(line.id)) < 12


def is_restorable(line: Line) -> bool:
    return is_short(line) and str(line.id).zfill(12)[3:6] == beginning_of_id(line)


BY_LOOKING: dict[str, Callable[[Line], bool]] = {
    "name_missing": lambda line: line.name == "",
    "name_formula": lambda line: line.name.startswith("=HYPERLINK"),
    "birth_on_invalid": lambda line: line.birth == "31/02/1980",
    "birth_on_future": lambda line: (day_of(line) or TODAY) > TODAY,
    "id_number_letters": lambda line: "O" in str(line.id),
    "id_number_restored": is_restorable,
    "id_number_length": lambda line: is_short(line) and not is_restorable(line),
    "id_number_missing": lambda line: line.id == "",
    "phone_converted": lambda line: re.fullmatch(r"0169\d{7}", str(line.phone)) is not None,
    "email_invalid": lambda line: line.email == "khong co @ email",
    "province_unknown": lambda line: line.province == "Tỉnh Hà Bắc Mới",
    "province_before_2025": lambda line: (
        line.province.removeprefix("Tỉnh ")
        in ("Bến Tre", "Bạc Liêu", "Hà Giang", "Bắc Giang", "Yên Bái", "Đắk Nông", "Nam Định")
    ),
}
"""The rows that must have a reason, told by looking at the cells alone."""

COMMUNES_ELSEWHERE = {
    "officials": {503: "Xã An Qui", 573: "Xã Thiện Hòa", 911: "Xã Sơn Cẩm Hà", 940: "Xã Mường Mùn"},
    "leaders": {
        199: "Xã Phục Hòa", 242: "Xã Lộc Hà", 407: "Xã Đại Lãnh", 480: "Xã Phú Lộc", 633: "Phường Bình Long",
        762: "Xã Hồng Vân", 769: "Xã Phước Vinh", 887: "Xã Hưng Đạo", 1040: "Phường Bình Quới", 1073: "Xã Rạch Kiến",
        1080: "Xã Tà Năng", 1081: "Xã Xuân Hòa", 1109: "Xã Thượng Đức", 1302: "Xã Tả Phìn", 1439: "Xã Yên Trạch",
        1449: "Xã Thạnh An", 1637: "Xã Ea Hiao", 1724: "Phường Đào Viên",
    },
}  # fmt: skip
"""Looked up one by one in the list of units: none of these lies in the province that its row names."""

TOTALS = {
    # 1,240 rows: 25 ids again with the same name; 13 without id who are somebody in the file; 149 refused
    "officials": {
        "created": 1053, "changed": 0, "unchanged": 0, "merged": 25, "review": 13, "refused": 149, "skipped": 8,
    },
    # 1,800 rows: 38 ids again with the same name; 12 without id who are somebody in the file; 270 refused
    "leaders": {
        "created": 1480, "changed": 0, "unchanged": 0, "merged": 38, "review": 12, "refused": 270, "skipped": 0,
    },
}  # fmt: skip

REFUSED_BY = {
    "officials": {
        "name_missing": 18, "name_formula": 10, "birth_on_invalid": 22, "birth_on_future": 16, "id_number_letters": 11,
        "id_number_length": 26, "id_number_other_name": 10, "email_invalid": 20, "province_unknown": 12,
        "commune_elsewhere": 4,
    },
    "leaders": {
        "name_missing": 32, "name_formula": 23, "birth_on_invalid": 43, "birth_on_future": 25, "id_number_letters": 16,
        "id_number_length": 35, "id_number_other_name": 18, "email_invalid": 21, "province_unknown": 25,
        "commune_elsewhere": 18, "tax_code_invalid": 14,
    },
}  # fmt: skip


def same_ids(lines: list[Line]) -> tuple[set[int], set[int]]:
    """Rows that repeat an id of an earlier row: with the same name, and with another."""
    owners: dict[str, str] = {}
    again, other = set(), set()
    for line in lines:
        if line.name == "" or not re.fullmatch(r"\d{12}", str(line.id)):
            continue
        if line.id in owners:
            (again if owners[line.id] == plain(line.name) else other).add(line.number)
        owners.setdefault(line.id, plain(line.name))
    return again, other


def waiting(lines: list[Line]) -> set[int]:
    """Rows without an id whose name and birth date another row has with one."""
    with_id = {(plain(line.name), str(line.birth)) for line in lines if line.id != ""}
    return {line.number for line in lines if line.id == "" and (plain(line.name), str(line.birth)) in with_id}


def wrong_tax(line: Line) -> bool:
    if not line.tax:
        return False
    weighted = sum(
        int(digit) * weight for digit, weight in zip(line.tax, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=False)
    )
    return str(10 - weighted % 11) != line.tax[9:]


@pytest.fixture(scope="module")
def plans(sqlite) -> dict[str, actions.LookedThrough]:
    """What the product decides on an empty registry, by kind: decided once, because nothing is changed by looking."""
    with sqlite.fresh(with_units=True) as database_url, scratch("lms-instance-") as instance:
        app = application(database_url, instance)
        with app.app_context():
            found = {
                kind: actions.look_through(path.read_bytes(), by=None, at=AT)
                for kind, path in (("officials", OFFICIALS), ("leaders", LEADERS))
            }
            db.session.rollback()
            db.session.remove()
            db.engine.dispose()
    return found


@pytest.fixture(params=["officials", "leaders"])
def roster(request, plans):
    """A kind of file, another reading of it, and what the product decides."""
    lines = officials() if request.param == "officials" else leaders()
    return request.param, lines, plans[request.param]


def rows_that_say(plan, code):
    return {row.row.number for row in plan.rows if any(found.code == code for found in row.findings)}


def test_every_row_is_decided_once(roster):
    _kind, lines, plan = roster

    assert [row.row.number for row in plan.rows] == [line.number for line in lines]


def test_each_reason_is_given_to_exactly_the_rows_that_have_it(roster):
    _kind, lines, plan = roster

    for code, is_so in BY_LOOKING.items():
        assert rows_that_say(plan, code) == {line.number for line in lines if is_so(line)}, code


def test_repeated_ids_are_merged_or_refused_by_their_name(roster):
    _kind, lines, plan = roster
    again, other = same_ids(lines)

    assert rows_that_say(plan, "same_person") == again
    assert rows_that_say(plan, "id_number_other_name") == other


def test_people_without_an_id_who_are_in_the_file_wait(roster):
    _kind, lines, plan = roster

    assert {row.row.number for row in plan.rows if row.outcome == "review"} == waiting(lines)


def test_communes_of_another_province_are_refused(roster):
    kind, lines, plan = roster
    written = {line.number: line.commune for line in lines}

    assert {number: written[number] for number in rows_that_say(plan, "commune_elsewhere")} == COMMUNES_ELSEWHERE[kind]
    assert rows_that_say(plan, "commune_unknown") == set()
    assert rows_that_say(plan, "commune_ambiguous") == set()


def test_tax_numbers_with_a_wrong_check_digit_are_refused(roster):
    _kind, lines, plan = roster

    assert rows_that_say(plan, "tax_code_invalid") == {line.number for line in lines if wrong_tax(line)}


def test_a_sex_that_the_id_contradicts_is_said(roster):
    _kind, lines, plan = roster
    contradicted = {
        line.number
        for line in lines
        if re.fullmatch(r"\d{12}", str(line.id)) and (int(str(line.id)[3]) % 2 == 1) != (line.sex == "Nữ")
    }

    assert rows_that_say(plan, "id_number_sex") == contradicted


def test_every_reason_of_every_row_is_one_of_these(roster):
    kind, _lines, plan = roster
    looked_for = {*BY_LOOKING, "same_person", "same_name_and_birth", "id_number_other_name", "id_number_sex"}
    looked_for |= {"id_number_birth_year", "commune_elsewhere", "tax_code_invalid", "commune_missing"}

    assert {found.code for row in plan.rows for found in row.findings} <= looked_for
    if kind == "officials":
        assert rows_that_say(plan, "commune_missing") == set()
    else:
        assert rows_that_say(plan, "commune_missing") == rows_that_say(plan, "province_before_2025")


def test_a_birth_year_is_contradicted_only_by_somebody_elses_id(roster):
    _kind, _lines, plan = roster

    assert rows_that_say(plan, "id_number_birth_year") <= rows_that_say(plan, "id_number_other_name")


def test_the_totals(roster):
    kind, _lines, plan = roster
    counted = {name: count for name, count in plan.totals.items() if name != "warned"}
    refused_by = Counter(found.code for row in plan.rows for found in row.findings if found.severity == "refused")

    assert counted == TOTALS[kind]
    assert dict(refused_by) == REFUSED_BY[kind]
    assert plan.totals["warned"] == len(
        {row.row.number for row in plan.rows for found in row.findings if found.severity == "warning"}
    )


def test_markup_and_double_spaces_are_kept_and_tidied(plans):
    workplaces = {row.row.number: row.row.workplace for row in plans["officials"].rows}

    assert workplaces[34] == "UBND Phường Kinh Môn <script>alert(1)</script>"
    assert workplaces[163] == "UBND Phường Rạch Dừa"


def test_old_provinces_are_todays(plans):
    units_of = {row.row.number: row.row.unit for row in plans["officials"].rows}

    assert {
        number: (units_of[number].name, units_of[number].path[:5]) for number in (274, 545, 560, 572, 617, 734)
    } == {
        274: ("Tam Bình", "vn/86"),  # Bến Tre
        545: ("Cà Mau", "vn/96"),  # Bạc Liêu
        560: ("Tuyên Quang", "vn/08"),  # Hà Giang
        572: ("Kép", "vn/24"),  # Bắc Giang
        617: ("Châu Thành", "vn/86"),  # Bến Tre
        734: ("Yên Thành", "vn/15"),  # Yên Bái
    }


def test_both_files_are_imported_and_a_second_time_changes_nothing(official_units):
    def counts():
        return [db.session.query(table).count() for table in (Person, Position, Organisation)]

    first = [actions.import_roster(path.read_bytes(), path.name, by=None, at=AT) for path in (OFFICIALS, LEADERS)]
    after_first = counts()
    again = [actions.import_roster(path.read_bytes(), path.name, by=None, at=AT) for path in (OFFICIALS, LEADERS)]

    assert after_first[0] == sum(looked.totals["created"] for looked in first) == 1053 + 1480
    assert counts() == after_first
    for before, after in zip(first, again, strict=True):
        totals = {**before.totals, "created": 0, "unchanged": before.totals["created"]}
        assert after.totals == totals


def test_the_number_of_statements_does_not_grow_with_the_rows(official_units):
    with count_queries() as queries:
        actions.import_roster(LEADERS.read_bytes(), LEADERS.name, by=None, at=AT)

    assert len(queries) <= 100, queries
