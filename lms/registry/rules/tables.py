"""Finding the roster within a sheet: which row is the header, which columns mean what, which rows are people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Final

from lms.registry.rules.names import search_key, tidy
from lms.registry.rules.reasons import RosterFault
from lms.registry.rules.sheets import Cell, Formula, RawRow, open_sheets

OFFICIALS: Final = "officials"
LEADERS: Final = "leaders"
HEADER_WITHIN: Final = 30
HEADER_LEAST: Final = 4
ROWS_MOST: Final = 100_000
LINES_MOST: Final = 2 * ROWS_MOST
"""Of people and of lines that are none: a file of blank lines must come to an end too."""

SYNONYMS: Final = {
    "full_name": "họ và tên|họ tên|tên|họ và tên khai sinh|họ tên cán bộ|họ và tên cán bộ|full name",
    "birth_on": "ngày sinh|ngày tháng năm sinh|ngày, tháng, năm sinh|sinh ngày|năm sinh|date of birth",
    "sex": "giới tính|nam/nữ|giới|sex",
    "id_number": "số cccd|cccd|số định danh cá nhân|số định danh|mã định danh|căn cước|số căn cước|căn cước công dân"
    "|số căn cước công dân|số cccd/cmnd|cccd/cmnd|số cmnd/cccd|cmnd/cccd|id number",
    "phone": "điện thoại|số điện thoại|sđt|di động|điện thoại di động|số đt|đt|phone",
    "email": "email|e-mail|thư điện tử|địa chỉ email|địa chỉ thư điện tử|hộp thư",
    "title": "chức vụ|chức danh|chức vụ/chức danh|title",
    "workplace": "đơn vị công tác|cơ quan|nơi công tác|cơ quan công tác|cơ quan, đơn vị|đơn vị",
    "organisation": "tên tổ chức kinh tế|tổ chức kinh tế|tên tổ chức|tên chủ thể|chủ thể|tên cơ sở|tên doanh nghiệp"
    "|tên đơn vị|tên chủ thể ocop",
    "level": "cấp|cấp công tác|cấp hành chính",
    "legal_form": "loại hình|loại hình tổ chức|loại hình kinh tế|hình thức tổ chức|loại hình chủ thể",
    "tax_code": "mã số thuế|mst",
    "product_group": "nhóm sản phẩm|ngành hàng|nhóm ngành hàng",
    "province": "tỉnh/thành phố|tỉnh|tỉnh, thành phố|tỉnh/tp|tỉnh thành|province",
    "commune": "xã/phường|xã/phường/đặc khu|xã, phường, đặc khu|xã|phường/xã|xã, phường|commune",
    "started_on": "ngày nhận nhiệm vụ|tham gia từ ngày|ngày bắt đầu|từ ngày|ngày tham gia|ngày bổ nhiệm",
}
"""What a column may be called. Case, marks and punctuation do not count."""
SILENT: Final = "stt|số tt|tt|ghi chú|lý do|lý do không nhận|no"
"""Columns that lists carry and that nothing is taken from."""
NEEDED: Final = {
    OFFICIALS: ("full_name", "birth_on", "id_number", "workplace", "level", "province", "commune", "started_on"),
    LEADERS: ("full_name", "birth_on", "id_number", "workplace", "legal_form", "province", "commune", "started_on"),
}
CLOSING: Final = re.compile(
    r"(tong cong|tong so|cong|nguoi lap|lap bieu|thu truong|nguoi ky|ky ten|xac nhan|danh sach (nay )?(gom|co)"
    r"|ngay \d+ thang|.{2,40}, ngay .* thang|ghi chu)\b"
)
"""How a line under the list begins, without marks."""
FACTS: Final = ("id_number", "phone", "email", "province", "commune")
"""Columns of which a line under the list fills none; a total may stand under any other."""
BLANKS: Final = frozenset(("-", "--", "–", "—", "…", "...", ".", "/", "n/a", "null", "không", "không có", "chưa có"))
"""What people put into a cell to say that there is nothing to put into it."""
BLANK_MOST: Final = 12
"""Signs of the longest of them, with some space around it."""


def heading_key(text: str) -> str:
    """A heading folded for comparing."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", search_key(text)).split())


_FIELD_OF: Final = {heading_key(name): field for field, names in SYNONYMS.items() for name in names.split("|")}
_SILENT: Final = frozenset(heading_key(name) for name in SILENT.split("|"))


@dataclass(frozen=True, slots=True)
class Table:
    """A roster found in a file."""

    kind: str
    header: tuple[str, ...]
    """The headings as they stand, by column."""
    columns: dict[str, int]
    """Which column holds which field."""
    unknown: tuple[str, ...]
    """Headings that nothing is taken from."""
    rows: tuple[RawRow, ...]
    skipped: int
    """Rows that are no people: titles above the header, blank ones among the rest, totals at the end."""


class OpenTable:
    """A roster found in a file, of which the rows are read as they are asked for, once."""

    def __init__(self, kind: str, header: RawRow, columns: dict[str, int], rows: Iterator[RawRow]) -> None:
        self.kind: Final = kind
        self.columns: Final = columns
        self.header: Final = tuple(tidy(str(cell)) if cell is not None else "" for cell in header.cells)
        known = set(columns.values())
        self.unknown: Final = tuple(
            text for at, text in enumerate(self.header) if text and at not in known and heading_key(text) not in _SILENT
        )
        self.skipped = header.number - 1
        """Grows while the rows are read."""
        self._people = self._read(rows, header.number)
        first = next(self._people, None)
        if first is None:
            raise RosterFault("no_rows")
        self._first = first

    def __iter__(self) -> Iterator[RawRow]:
        return chain((self._first,), self._people)

    def _read(self, rows: Iterator[RawRow], last: int) -> Iterator[RawRow]:
        people = 0
        for count, row in enumerate(rows, 1):
            if count > LINES_MOST:
                raise RosterFault("too_many_rows", limit=ROWS_MOST)
            self.skipped += row.number - last - 1
            last = row.number
            if not any(row.cells) or self._is_no_row(row):
                self.skipped += 1
                continue
            people += 1
            if people > ROWS_MOST:
                raise RosterFault("too_many_rows", limit=ROWS_MOST)
            yield row

    def _is_no_row(self, row: RawRow) -> bool:
        return _is_blank(row, self.columns) or _is_closing(row, self.columns)


def find_table(content: bytes, *, kind: str | None = None) -> Table:
    """The roster within a file, whole. Raises RosterFault saying what is wrong with the file."""
    found = open_table(content, kind=kind)
    rows = tuple(found)
    return Table(found.kind, found.header, found.columns, found.unknown, rows, found.skipped)


def open_table(content: bytes, *, kind: str | None = None) -> OpenTable:
    """The roster within a file. Raises RosterFault saying what is wrong with the file, also while it is read.

    kind: 'officials' or 'leaders' where the person says; else it is told from the header.
    """
    best: RosterFault | None = None
    for sheet in open_sheets(content):
        try:
            return _table_in(sheet, kind)
        except RosterFault as fault:
            if fault.code not in ("no_header", "column_missing", "no_rows", "kind_unclear"):
                raise
            if best is None or best.code == "no_header":
                best = fault
    raise best or RosterFault("no_header")


def _table_in(sheet: Iterator[RawRow], kind: str | None) -> OpenTable:
    above: list[RawRow] = []
    for row in sheet:
        if row.number > HEADER_WITHIN:
            sheet = chain([row], sheet)
            break
        above.append(row)
    header = max(above, key=lambda row: len(_columns_of(row)), default=None)
    if header is None or len(_columns_of(header)) < HEADER_LEAST:
        raise RosterFault("no_header")
    columns = _columns_of(header)
    kind = kind or _kind_of(columns)
    columns = _with_workplace(columns)
    missing = [field for field in NEEDED[kind] if field not in columns]
    if missing:
        raise RosterFault("column_missing", columns=tuple(missing))
    below = chain((row for row in above if row.number > header.number), sheet)
    return OpenTable(kind, header, columns, below)


def _columns_of(row: RawRow) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, cell in enumerate(row.cells):
        if isinstance(cell, str) and (field := _FIELD_OF.get(heading_key(cell))):
            columns.setdefault(field, at)
    return columns


def _kind_of(columns: dict[str, int]) -> str:
    is_leaders = "legal_form" in columns or "organisation" in columns or "tax_code" in columns
    is_officials = "level" in columns
    if is_leaders == is_officials:
        raise RosterFault("kind_unclear")
    return LEADERS if is_leaders else OFFICIALS


def _with_workplace(columns: dict[str, int]) -> dict[str, int]:
    """One field for where a person works, whichever of the two headings stands there."""
    columns = dict(columns)
    organisation = columns.pop("organisation", None)
    if organisation is not None:
        columns["workplace"] = organisation
    return columns


def value_of(row: RawRow, columns: dict[str, int], field: str) -> Cell:
    """What stands in a field of a row; None for nothing, and for what people write to say nothing."""
    at = columns.get(field)
    if at is None or at >= len(row.cells):
        return None
    cell = row.cells[at]
    if isinstance(cell, str) and (cell.isspace() if len(cell) > BLANK_MOST else _says_nothing(cell)):
        return None
    return cell


@lru_cache(maxsize=4096)
def _says_nothing(text: str) -> bool:
    text = text.strip()
    return not text or text.casefold() in BLANKS


def _is_blank(row: RawRow, columns: dict[str, int]) -> bool:
    return all(value_of(row, columns, field) is None for field in columns)


def _is_closing(row: RawRow, columns: dict[str, int]) -> bool:
    if any(value_of(row, columns, field) is not None for field in FACTS):
        return False
    texts = (search_key(cell) for cell in row.cells if isinstance(cell, str))
    return any(CLOSING.match(text) for text in texts if text)


def as_text(cell: Cell) -> str:
    """A cell as it may be written back as text: days as dd/mm/yyyy, whole numbers without a point.

    Of a formula, what it last showed; the formula itself if it never showed anything.
    """
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        return as_text(cell.shown) if cell.shown is not None else cell.written  # type: ignore[arg-type]
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return str(cell)
