"""Files are opened as what they are: spreadsheets row by row, everything else refused with its own reason."""

import io
import struct
import tracemalloc
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from lms.registry.rules.reasons import RosterFault
from lms.registry.rules.sheets import Formula, open_sheets
from lms.registry.rules.tables import LINES_MOST, find_table, value_of
from tests.registry.sheetfiles import csv_file, leader, official, repacked, xlsx_file

SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def fault_of(content: bytes) -> str:
    with pytest.raises(RosterFault) as caught:
        find_table(content)
    return caught.value.code


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def test_cells_keep_what_they_are():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["chữ", 12, 1.5, True, datetime(1979, 8, 15), None, date(2020, 2, 29), "=1+1"])  # noqa: DTZ001
    target = io.BytesIO()
    book.save(target)

    [rows] = [list(sheet) for sheet in open_sheets(target.getvalue())]

    assert rows[0].number == 1
    assert rows[0].cells[:7] == ["chữ", 12, 1.5, True, date(1979, 8, 15), None, date(2020, 2, 29)]
    assert rows[0].cells[7] == Formula(None, "=1+1")


def test_rows_are_numbered_as_the_spreadsheet_program_numbers_them():
    content = xlsx_file(
        official(), official(), above=[["ỦY BAN NHÂN DÂN"], ["DANH SÁCH"], []], below=[[], ["Tổng cộng: 2"]]
    )

    table = find_table(content)

    assert [row.number for row in table.rows] == [5, 6]
    assert table.skipped == 3 + 2


def test_quoted_line_ends_and_delimiters_stay_within_their_cell():
    content = csv_file(leader(**{"Tên tổ chức kinh tế": 'HTX "Rau; củ"\nTân Lợi'}), leader())

    table = find_table(content)

    assert value_of(table.rows[0], table.columns, "workplace") == 'HTX "Rau; củ"\nTân Lợi'
    assert [row.number for row in table.rows] == [2, 3]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_any_of_the_usual_delimiters(delimiter):
    assert len(find_table(csv_file(leader(), leader(), delimiter=delimiter)).rows) == 2


def test_utf_16_is_read_by_its_mark():
    content = csv_file(leader()).decode("utf-8-sig").encode("utf-16")

    assert len(find_table(content).rows) == 1


def test_the_header_is_known_whatever_its_case_and_marks():
    row = {name.upper(): value for name, value in official().items()}
    row["HO VA TEN"] = row.pop("HỌ VÀ TÊN")

    assert find_table(csv_file(row)).kind == "officials"


def test_the_kind_is_told_from_the_header():
    assert find_table(csv_file(official())).kind == "officials"
    assert find_table(csv_file(leader())).kind == "leaders"


def test_columns_that_nothing_is_taken_from_are_named():
    table = find_table(csv_file({**official(), "Ghi chú": "x", "Màu áo": "xanh"}))

    assert table.unknown == ("Màu áo",)


def test_the_first_sheet_with_a_header_is_taken():
    book = openpyxl.load_workbook(io.BytesIO(xlsx_file(official())))
    book.create_sheet("Bìa", 0).append(["DANH SÁCH"])
    target = io.BytesIO()
    book.save(target)

    assert len(find_table(target.getvalue()).rows) == 1


def test_lines_under_the_list_are_no_people():
    below = "\r\n;Tổng cộng: ;2\r\n;Người lập biểu\r\n;Đồng Nai, ngày 23 tháng 11 năm 2026\r\n"

    table = find_table(csv_file(leader(), below=below))

    assert (len(table.rows), table.skipped) == (1, 4)


def test_a_person_named_like_a_total_is_a_person():
    assert len(find_table(csv_file(leader(**{"Họ và tên": "Tống Sơn"}), leader(**{"Họ và tên": "Cộng"}))).rows) == 2


def test_a_missing_column_is_named():
    row = official()
    del row["Số CCCD"]

    with pytest.raises(RosterFault) as caught:
        find_table(csv_file(row))

    assert caught.value.code == "column_missing"
    assert caught.value.values == {"columns": ("id_number",)}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n  \r\n", "empty"),
        (b"%PDF-1.7 ...", "not_a_sheet"),
        (b"\x89PNG\r\n\x1a\n....", "not_a_sheet"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "not_a_sheet"),
        (bytes(range(256)) * 20, "not_a_sheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"), "old_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le"), "not_a_sheet"),
        (b"PK\x03\x04 cut off", "broken"),
        ("họ tên không dấu;...".encode("utf-16-le"), "not_a_sheet"),
        ("Họ và tên;Ngày sinh".encode("cp1258", "replace") + b"\xd0\xe0;\xff", "encoding"),
        (b"just some text, without any header\r\n1,2\r\n", "no_header"),
    ],
)  # fmt: skip
def test_each_wrong_file_has_its_own_reason(content, code):
    assert fault_of(content) == code


def test_a_list_of_nobody():
    row = dict.fromkeys(official())

    assert fault_of(csv_file(row)) == "no_rows"


def test_a_header_that_could_be_either_kind():
    row = {**official(), "Loại hình": "HTX"}

    assert fault_of(csv_file(row)) == "kind_unclear"
    assert find_table(csv_file(row), kind="officials").kind == "officials"


def test_too_many_people():
    header, line = csv_file(official()).split(b"\r\n")[:2]
    content = header + b"\r\n" + (line + b"\r\n") * 100_001

    assert fault_of(content) == "too_many_rows"


def test_a_zip_that_is_no_workbook():
    assert fault_of(repacked(xlsx_file(official()), {"xl/workbook.xml": None})) == "not_a_sheet"


def test_other_spreadsheets_are_named_as_such():
    content = repacked(xlsx_file(official()), {"xl/workbook.xml": None, "content.xml": b"<x/>"})

    assert fault_of(content) == "other_format"


def test_a_zip_bomb_is_not_unpacked():
    content = repacked(xlsx_file(official()), {SHEET: b" " * (90 * 1024 * 1024)})

    tracemalloc.start()
    assert fault_of(content) == "bomb"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * 1024 * 1024


def test_more_cells_than_can_be_held():
    content = xlsx_file(official())
    many = b"<worksheet " + NAMESPACE + b"><sheetData><row>" + b"<c/>" * 2_500_000 + b"</row></sheetData></worksheet>"

    assert fault_of(repacked(content, {SHEET: many}, zipfile.ZIP_STORED)) == "too_many_cells"


def test_a_file_of_blank_lines_comes_to_an_end():
    """It is not read to its end: what stands there is no text, and would be found before the number of lines."""
    blank = b"\r\n" * (LINES_MOST + 100_000)

    assert fault_of(csv_file(official()) + blank) == "too_many_rows"
    assert fault_of(csv_file(official()) + blank + b"\xff\xfe") == "too_many_rows"
    assert fault_of(csv_file(official()) + blank[:1000] + b"\xff\xfe") == "encoding"


def test_a_zip_of_too_many_parts():
    assert fault_of(repacked(xlsx_file(official()), {f"x/{number}": b"" for number in range(1000)})) == "bomb"


def test_a_part_that_is_larger_than_it_says():
    content = xlsx_file(official())
    honest = part_of(content, SHEET)
    lying = repacked(content, {SHEET: honest + b" " * 1_000_000})
    size = struct.pack("<I", len(honest) + 1_000_000)

    assert fault_of(lying.replace(size, struct.pack("<I", len(honest)))) == "broken"


def test_a_zip_with_a_password():
    content = bytearray(xlsx_file(official()))
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1

    assert fault_of(bytes(content)) == "encrypted"


def test_a_damaged_part():
    content = xlsx_file(official())

    assert fault_of(repacked(content, {SHEET: part_of(content, SHEET)[:-40]})) == "broken"


@pytest.mark.parametrize(
    "start",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<?xml version="1.0" encoding="UTF-16"?>',
        b'<?xml version="1.0" encoding="utf-7"?>',
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_no_document_type_and_no_other_encoding_is_read(start, part):
    content = xlsx_file(official())
    body = part_of(content, part).partition(b"?>")[2] or part_of(content, part)

    assert fault_of(repacked(content, {part: start + body})) == "unsafe_xml"


def test_xml_in_utf_16_cannot_hide_a_document_type():
    content = xlsx_file(official())
    hidden = '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'.encode("utf-16")

    assert fault_of(repacked(content, {SHEET: hidden})) == "unsafe_xml"


def test_one_cell_far_away_makes_no_rows_up_to_it():
    content = xlsx_file(official())
    far = (
        b"<worksheet "
        + NAMESPACE
        + b'><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )

    content = repacked(content, {SHEET: far})
    assert fault_of(content) == "no_header"
    assert [list(sheet) for sheet in open_sheets(content)] == [[]]


def test_infinite_numbers_and_wrong_references_are_just_text_or_nothing():
    content = xlsx_file(official())
    odd = (
        b"<worksheet " + NAMESPACE + b'><sheetData><row r="1"><c><v>1e999</v></c><c t="s"><v>99</v></c>'
        b'<c t="s"><v>-1</v></c><c t="d"><v>x</v></c><c s="999"><v>5</v></c></row></sheetData></worksheet>'
    )

    [rows] = [list(sheet) for sheet in open_sheets(repacked(content, {SHEET: odd}))]

    assert list(rows[0].cells) == ["1e999", "x", 5]
