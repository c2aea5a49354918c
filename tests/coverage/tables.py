"""The figures as each output shows them, read back to one shape: a line is where it stands and what it says."""

import csv
import io
import re
from decimal import Decimal
from html import unescape
from typing import Any, Final, NamedTuple

from openpyxl import load_workbook

from lms.coverage.words import CUT_TITLES

CUTS: Final = {"Tổng số": "total", "Theo đơn vị": "unit", **{str(title): cut for cut, title in CUT_TITLES.items()}}
MEASURES: Final = ("Thuộc diện", "Đã học xong", "Còn phải học", "Tỷ lệ", "Tạm miễn")
LINE: Final = re.compile(r'<tr data-line="([^"/]+)/([^"]+)"[^>]*>(.*?)</tr>', re.DOTALL)


class Told(NamedTuple):
    """One line of figures. None: the output says nothing there."""

    cut: str
    code: str
    obliged: int | None
    trained: int | None
    outstanding: int | None
    percent: Decimal | None
    excused: int | None


def of_json(told: dict[str, Any]) -> list[tuple[str, Told]]:
    """Lines of the API or the command, each with its requirement."""
    return [
        (
            line["requirement"],
            Told(
                line["cut"],
                line["code"],
                line["obliged"],
                line["trained"],
                line["outstanding"],
                None if line["percent"] is None else Decimal(str(line["percent"])),
                line["excused"],
            ),
        )
        for line in told["figures"]
    ]


def of_sheet(content: bytes) -> list[tuple[str, Told]]:
    """Lines of an XLSX file, each with the name of its requirement."""
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if row[4] == "Thuộc diện")
    return [
        (
            requirement,
            Told(
                CUTS[cut],
                code,
                obliged,
                trained,
                outstanding,
                None if percent is None else Decimal(str(percent)),
                excused,
            ),
        )
        for requirement, cut, code, _label, obliged, trained, outstanding, percent, excused in rows[start + 1 :]
    ]


def of_text(content: bytes) -> list[tuple[str, Told]]:
    """Lines of a CSV file, each with the name of its requirement."""
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))

    def count(cell: str) -> int | None:
        return int(cell) if cell else None

    return [
        (
            requirement,
            Told(
                CUTS[cut],
                code,
                count(obliged),
                count(trained),
                count(outstanding),
                Decimal(percent.replace(",", ".")) if percent else None,
                count(excused),
            ),
        )
        for requirement, cut, code, _label, obliged, trained, outstanding, percent, excused in rows[1:]
    ]


def of_page(text: str) -> list[Told]:
    """Lines of the tables of a page: each cell by what stands beside it on a phone. The total stands under several."""
    lines = []
    for cut, code, row in LINE.findall(text):
        cells = {
            unescape(label): unescape(value).strip()
            for label, value in re.findall(r'<td class="number" data-label="([^"]*)">(.*?)</td>', row, re.DOTALL)
        }
        # Nobody is excused where the column is left out; of a source only the trained are told.
        cells.setdefault("Tạm miễn", "0" if "Thuộc diện" in cells else "")
        lines.append(Told(cut, code, *_values([cells.get(measure, "") for measure in MEASURES])))
    return lines


def of_print(text: str) -> list[Told]:
    """Lines of the printed form, cells in their order."""
    lines = []
    for cut, code, row in LINE.findall(text):
        cells = [unescape(cell).strip() for cell in re.findall(r'<td class="number">(.*?)</td>', row, re.DOTALL)]
        lines.append(Told(cut, code, *_values(cells)))
    return lines


def _values(cells: list[str]) -> tuple[int | None, int | None, int | None, Decimal | None, int | None]:
    def count(cell: str) -> int | None:
        return int(cell.replace(".", "")) if cell else None

    obliged, trained, outstanding, percent, excused = cells
    share = Decimal(percent.rstrip("%").replace(",", ".")) if percent not in ("", "—") else None
    return count(obliged), count(trained), count(outstanding), share, count(excused)
