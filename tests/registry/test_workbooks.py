"""The quick way through a workbook and the XML parser's way understand the same, whoever wrote the file."""

import contextlib
import io
import re
import string
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.registry.rules import workbooks
from lms.registry.rules.reasons import RosterFault
from lms.registry.rules.sheets import Formula, is_long, open_sheets
from tests.registry.sheetfiles import csv_file, official, repacked, xlsx_file
from tests.registry.test_sheets import NAMESPACE, SHEET, part_of

TEXTS = st.text(
    st.one_of(
        st.sampled_from("&<>\"' ]]\t\n;=+-@'ăâđêôơưẤỘỷà\u0301\u0323\U0001f33e"),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")),
    ),
    min_size=1,
    max_size=12,
).filter(str.strip)
CELLS = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(10**12), 10**12),
    st.integers(-(10**9), 10**9).map(lambda eighths: eighths / 8),
    st.booleans(),
    st.dates(date(1920, 1, 1), date(2090, 1, 1)),
)
ROWS = st.lists(st.lists(CELLS, max_size=6), max_size=6)


def written_by_xlsxwriter(rows, **options):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, bool):
                sheet.write_boolean(at, column, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(at, column, cell, day)
            elif isinstance(cell, str):
                sheet.write_string(at, column, cell)
            elif cell is not None:
                sheet.write_number(at, column, cell)
    book.close()
    return target.getvalue()


def written_by_openpyxl(rows):
    book = openpyxl.Workbook()
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = book.active.cell(at, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def the_slow_way(content):
    """The same workbook, written so that no row and no text is as usual."""
    parts = {SHEET: part_of(content, SHEET).replace(b"<row ", b"<row  ")}
    with contextlib.suppress(KeyError):
        parts["xl/sharedStrings.xml"] = part_of(content, "xl/sharedStrings.xml").replace(b"<si>", b"<si ><!-- ; -->")
    return repacked(content, parts)


def everything_in(content):
    [rows] = [[(row.number, list(row.cells)) for row in sheet] for sheet in open_sheets(content)]
    return rows


def plain(rows):
    """What a reader can know: rows and cells that hold nothing at the end are not there."""
    kept = []
    for number, row in enumerate(rows, 1):
        cells = list(row)
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            kept.append((number, cells))
    return kept


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_both_ways_read_what_was_written(rows):
    for content in (
        written_by_xlsxwriter(rows),
        written_by_xlsxwriter(rows, constant_memory=True),
        written_by_openpyxl(rows),
    ):
        quick = everything_in(content)

        assert quick == everything_in(the_slow_way(content))
        assert quick == plain(rows)


def test_the_quick_way_is_the_one_that_is_taken(monkeypatch):
    def parse(*_what):
        raise AssertionError("the XML parser was asked for a usual row")

    monkeypatch.setattr(workbooks._SheetReader, "_parsed_cells", parse)
    rows = [["Họ và tên", 12, date(2020, 2, 29)], ["Đỗ Thị Ánh & con", 1.5, None]]

    assert everything_in(written_by_xlsxwriter(rows)) == plain(rows)
    assert everything_in(written_by_xlsxwriter(rows, constant_memory=True)) == plain(rows)
    assert everything_in(written_by_openpyxl(rows)) == plain(rows)
    with pytest.raises(AssertionError, match="XML parser"):
        everything_in(the_slow_way(written_by_openpyxl(rows)))


def in_a_sheet(body):
    start = b"<worksheet " + NAMESPACE + b"><sheetData>"
    return repacked(xlsx_file(official()), {SHEET: start + body + b"</sheetData></worksheet>"})


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        (b'<c r="A1" t="str"><f>1+1</f><v>2</v></c>', [Formula("2", "=1+1")]),
        (b'<c r="A1"><f>HYPERLINK("x")</f></c>', [Formula(None, '=HYPERLINK("x")')]),
        (b'<c r="A1"><v>1</v></c><!-- <c r="B1"><v>2</v></c> -->', [1]),
        (b'<c r="A1" t="inlineStr"><is><r><t>An</t></r><r><t> B</t></r></is></c>', ["An B"]),
        (b'<c t="inlineStr" r="B1"><is><t>An</t></is></c>', [None, "An"]),
        (b'<c r="A1" t="inlineStr"><is><t><![CDATA[<An>]]></t></is></c>', ["<An>"]),
        (b'<c r="A1" t="inlineStr"><is><t>&#7840;&#x41;&amp;&lt;</t></is></c>', ["ẠA&<"]),
        (b'<c r="C1"><v>3</v></c><c r="A1"><v>1</v></c>', [None, None, 3]),
        (b'<c r="GS1"><v>3</v></c>', []),
        (b'<c r="A1" t="e"><v>#REF!</v></c>', ["#REF!"]),
        (b'<x:c xmlns:x="urn:other" r="A1"><x:v>5</x:v></x:c>', [5]),
    ],
)
def test_rows_out_of_the_ordinary(row, cells):
    read = everything_in(in_a_sheet(b'<row r="1">' + row + b'</row><row r="2"><c r="A2"><v>9</v></c></row>'))

    assert read == [*([(1, cells)] if cells else []), (2, [9])]


@pytest.mark.parametrize(
    "body",
    [
        b'<row r="1"><c r="A1"><v>1</v></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>&nothing;</t></is></c></row>',
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>&#0;</t></is></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row>&amp',
        b'<row r="1"><c r="A1"><v>\xff</v></c></row>',
    ],
)
def test_what_is_no_workbook_is_broken_either_way(body):
    for content in (in_a_sheet(body), in_a_sheet(body.replace(b"<row ", b"<row  "))):
        with pytest.raises(RosterFault) as caught:
            everything_in(content)
        assert caught.value.code == "broken"


def test_a_whole_sheet_with_prefixes_is_read():
    body = part_of(xlsx_file(official()), SHEET)
    prefixed = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", body).replace(b"xmlns=", b"xmlns:x=")

    assert everything_in(repacked(xlsx_file(official()), {SHEET: prefixed})) == everything_in(xlsx_file(official()))


def test_a_document_type_cannot_hide_behind_a_long_remark():
    hidden = b"<!--" + b" " * 700_000 + b"--><!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>"
    with pytest.raises(RosterFault) as caught:
        everything_in(repacked(xlsx_file(official()), {SHEET: hidden}, compression=0))

    assert caught.value.code == "unsafe_xml"


def test_a_row_without_end_is_not_held():
    endless = b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"x" * 9_000_000 + b"</t></is></c></row>"
    with pytest.raises(RosterFault) as caught:
        everything_in(in_a_sheet(endless + string.ascii_letters.encode()))

    assert caught.value.code in ("too_many_cells", "bomb")


def test_what_is_long_is_told_without_unpacking_it():
    lines = [official() for _row in range(2_500)]

    assert is_long(xlsx_file(*lines))
    assert is_long(csv_file(*lines))
    assert not is_long(xlsx_file(*lines[:500]))
    assert not is_long(csv_file(*lines[:500]))
    assert not is_long(b"PK\x03\x04 no zip at all")
