"""Spreadsheets that leave the house: text stays text, so no cell ever starts a formula at the reader's."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import xlsxwriter
from flask import Response

from lms.core.clock import VIETNAM

Cell = str | int | float | date | datetime | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")


def workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, above: Sequence[str] = ()) -> bytes:
    """An XLSX file of one sheet: lines above (what, as of when), a header, the rows.

    Strings are written as strings whatever they begin with; numbers and days as numbers and days.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    heading = book.add_format({"bold": True, "font_size": 13})
    day_format = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet(title[:31])
    sheet.set_column(0, max(len(header) - 1, 0), 18)
    line = 0
    for text in above:
        sheet.write_string(line, 0, text, heading if line == 0 else None)
        line += 1
    for column, text in enumerate(header):
        sheet.write_string(line, column, text, bold)
    for row in rows:
        line += 1
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, datetime):
                sheet.write_datetime(line, column, value.astimezone(VIETNAM).replace(tzinfo=None), day_format)
            elif isinstance(value, date):
                sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), day_format)  # noqa: DTZ001
            elif isinstance(value, str):
                sheet.write_string(line, column, value)
            else:
                sheet.write_number(line, column, value)
    book.close()
    return target.getvalue()


def text_table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file as spreadsheet programs in Vietnam open it: UTF-8 with its mark, semicolons, decimal commas.

    A text that would start a formula gets an apostrophe in front.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";")
    writer.writerow([_as_text(cell) for cell in header])
    writer.writerows([_as_text(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.lstrip(" \"'")[:1] in FORMULA_STARTS else cell
    if isinstance(cell, datetime):
        return cell.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return str(cell).removesuffix(".0").replace(".", ",")


def download(content: bytes, name: str, media_type: str = XLSX) -> Response:
    """An answer that the browser saves under a name, and never shows as a page of ours."""
    response = Response(content, mimetype=media_type)
    visible = "".join(sign for sign in name if sign.isprintable())
    response.headers.set("Content-Disposition", "attachment", filename=visible)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
