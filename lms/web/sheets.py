"""Spreadsheets that leave the house: text stays text, so no cell ever starts a formula at the reader's."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from flask import Response, send_file

from lms.core.clock import VIETNAM

Cell = str | int | float | date | datetime | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    above: Sequence[str] = ()
    """Lines above the header: what, as of when."""
    widths: Sequence[int] = ()
    """Of the columns, in signs; those that are not named are of the usual width."""


def workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, above: Sequence[str] = ()) -> bytes:
    """An XLSX file of one sheet: lines above (what, as of when), a header, the rows."""
    target = io.BytesIO()
    write_workbook(target, [Sheet(title, header, rows, above)], in_memory=True)
    return target.getvalue()


def write_workbook(target: IO[bytes], sheets: Sequence[Sheet], *, in_memory: bool = False) -> None:
    """Write an XLSX file, a row at a time; in_memory: without a file beside it.

    Strings are written as strings whatever they begin with; numbers and days as numbers and days.
    """
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "in_memory": in_memory,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    formats = {
        "bold": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "heading": book.add_format({"bold": True, "font_size": 13}),
        "day": book.add_format({"num_format": "dd/mm/yyyy"}),
    }
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.title[:31]), sheet, formats)
    book.close()


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page.set_column(0, max(len(sheet.header) - 1, 0), 18)
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    line = 0
    for text in sheet.above:
        page.write_string(line, 0, text, formats["heading"] if line == 0 else None)
        line += 1
    for column, text in enumerate(sheet.header):
        page.write_string(line, column, text, formats["bold"])
    for row in sheet.rows:
        line += 1
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, datetime):
                page.write_datetime(line, column, value.astimezone(VIETNAM).replace(tzinfo=None), formats["day"])
            elif isinstance(value, date):
                page.write_datetime(line, column, datetime(value.year, value.month, value.day), formats["day"])  # noqa: DTZ001
            elif isinstance(value, str):
                page.write_string(line, column, value)
            else:
                page.write_number(line, column, value)


def text_table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file as spreadsheet programs in Vietnam open it: UTF-8 with its mark, semicolons, decimal commas.

    A text that would start a formula gets an apostrophe in front.
    """
    target = io.BytesIO()
    write_text_table(target, header, rows)
    return target.getvalue()


def write_text_table(target: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write such a file, a row at a time."""
    text = io.TextIOWrapper(target, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_as_text(cell) for cell in header])
    writer.writerows([_as_text(cell) for cell in row] for row in rows)
    text.detach()


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
    return _saved(Response(content, mimetype=media_type), name)


def download_file(path: Path, name: str, media_type: str) -> Response:
    """`download` for a file on disk, sent a piece at a time."""
    return _saved(send_file(path, mimetype=media_type, conditional=False, etag=False), name)


def _saved(response: Response, name: str) -> Response:
    visible = "".join(sign for sign in name if sign.isprintable())
    response.headers.set("Content-Disposition", "attachment", filename=visible)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
