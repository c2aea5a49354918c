"""Opens roster files: XLSX and CSV bytes in, rows of plain cells out, and nothing that was not expected.

An XLSX file is a zip of XML that a stranger made. Nothing is unpacked before its sizes are checked, nothing beyond
the sizes that it declares, no document type or entity is read, only the parts with cells are looked at, and rows are
read one by one up to a limit.
"""

import csv
import io
import math
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from lms.core.letters import few_marks
from lms.registry.rules.reasons import RosterFault

MEMBERS_MOST: Final = 1000
UNPACKED_MOST: Final = 100 * 1024 * 1024
RATIO_MOST: Final = 100
RATIO_FROM: Final = 4 * 1024 * 1024
"""Small files of much white space are packed tightly and do no harm."""
COLUMNS_MOST: Final = 200
MARKS_MOST: Final = 2_000_000
"""Of '<' in one part: each is at most one more thing to hold in memory. 20,000 full rows have about 1.8 million."""
DELIMITERS: Final = ";,\t"
OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCODING: Final = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']+)""")
DATE_FORMATS: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""Numbers of the built-in formats that show a day."""
NOT_LETTERS: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
CELL_NAME: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that is computed: `shown` is what the spreadsheet program last showed there, `written` the formula."""

    shown: object = None
    written: str = "="


Cell = str | int | float | bool | date | Formula | None


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file. `number` is what the spreadsheet program writes beside it."""

    number: int
    cells: Sequence[Cell]


def open_sheets(content: bytes) -> Iterator[Iterator[RawRow]]:
    """Each sheet of a roster file in turn, each row in turn. Raises RosterFault."""
    if not content.strip(b"\x00\xef\xbb\xbf \r\n\t"):
        raise RosterFault("empty")
    if content.startswith(OLE2):
        raise RosterFault(_kind_of_ole2(content))
    if content.startswith(b"PK\x03\x04"):
        return _open_xlsx(content)
    if content.startswith(
        (b"PK", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"Rar!", b"7z")
    ):
        raise RosterFault("not_a_sheet")
    text = _decode(content)
    return _open_csv(few_marks(text))


def _kind_of_ole2(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "encrypted"
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "old_excel"
    return "not_a_sheet"


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
        if b"\x00" in content[:4096]:
            raise RosterFault("not_a_sheet")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise RosterFault("encoding" if _is_mostly_text(content) else "not_a_sheet") from None
    if "\x00" in text:
        raise RosterFault("not_a_sheet")
    return text


def _is_mostly_text(content: bytes) -> bool:
    start = content[:4096]
    controls = sum(byte < 32 and byte not in (9, 10, 13) for byte in start)
    return controls * 50 < len(start)


def _open_csv(text: str) -> Iterator[Iterator[RawRow]]:
    for delimiter in sorted(DELIMITERS, key=text[:8192].count, reverse=True):
        yield _csv_rows(text, delimiter)


def _csv_rows(text: str, delimiter: str) -> Iterator[RawRow]:
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            yield RawRow(number, [cell if cell else None for cell in cells[:COLUMNS_MOST]])
    except csv.Error:
        raise RosterFault("broken") from None


class _Archive:
    """A zip whose sizes were checked, and that gives no more than it declared."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            raise RosterFault("broken") from None
        members = self._zip.infolist()
        unpacked = sum(member.file_size for member in members)
        if (
            len(members) > MEMBERS_MOST
            or unpacked > UNPACKED_MOST
            or (unpacked > RATIO_FROM and unpacked > RATIO_MOST * len(content))
        ):
            raise RosterFault("bomb")
        if any(member.flag_bits & 1 for member in members):
            raise RosterFault("encrypted")
        if len({member.filename.casefold() for member in members}) != len(members):
            raise RosterFault("broken")
        self._members = {member.filename: member for member in members}

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """One XML part, whole. Raises RosterFault if it is not there, is damaged or declares a document type."""
        member = self._members.get(name)
        if member is None:
            raise RosterFault("broken")
        try:
            with self._zip.open(member) as file:
                data = file.read(member.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError):
            raise RosterFault("broken") from None
        if len(data) != member.file_size:
            raise RosterFault("broken")
        encoding = ENCODING.match(data.lstrip(b"\xef\xbb\xbf"))
        if encoding is not None and encoding.group(1).lower() not in (b"utf-8", b"us-ascii", b"ascii"):
            raise RosterFault("unsafe_xml")
        if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4] or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise RosterFault("unsafe_xml")
        if data.count(b"<") > MARKS_MOST:
            raise RosterFault("too_many_cells")
        return data


def _elements(data: bytes, name: str) -> Iterator[ET.Element]:
    """Each element of that name, whole; forgotten once the next is asked for. Names are without their namespace."""
    ends = "}" + name
    try:
        for _event, element in ET.iterparse(io.BytesIO(data)):  # noqa: S314 - no part with a document type comes here
            tag = element.tag
            if tag == name or tag.endswith(ends):
                yield element
                element.clear()
    except ET.ParseError:
        raise RosterFault("broken") from None


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _open_xlsx(content: bytes) -> Iterator[Iterator[RawRow]]:
    archive = _Archive(content)
    if "xl/workbook.xml" not in archive:
        is_sheet = "xl/workbook.bin" in archive or "content.xml" in archive
        raise RosterFault("other_format" if is_sheet else "not_a_sheet")
    if "xl/_rels/workbook.xml.rels" not in archive:
        raise RosterFault("broken")
    book = archive.read("xl/workbook.xml")
    targets = {
        element.get("Id"): _target(element.get("Target") or "")
        for element in _elements(archive.read("xl/_rels/workbook.xml.rels"), "Relationship")
    }
    counts_from_1904 = any(element.get("date1904") in ("1", "true") for element in _elements(book, "workbookPr"))
    names = [
        targets.get(_relation_of(element))
        for element in _elements(book, "sheet")
        if element.get("state") in (None, "visible")
    ]
    reader = _SheetReader(archive, counts_from_1904)
    for name in names:
        if name is not None and name in archive and name.startswith("xl/worksheets/"):
            yield reader.rows(name)


def _relation_of(element: ET.Element) -> str | None:
    for key, value in element.items():
        if key.endswith("}id"):
            return value
    return None


def _target(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


class _SheetReader:
    """Reads the cells of a workbook's sheets."""

    def __init__(self, archive: _Archive, counts_from_1904: bool) -> None:
        self._archive = archive
        self._zero = date(1904, 1, 1) if counts_from_1904 else date(1899, 12, 30)
        self._texts = self._shared_texts()
        self._date_styles = self._styles_of_days()

    def _shared_texts(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self._archive:
            return []
        return [_text_of(element) for element in _elements(self._archive.read("xl/sharedStrings.xml"), "si")]

    def _styles_of_days(self) -> frozenset[str]:
        if "xl/styles.xml" not in self._archive:
            return frozenset()
        data = self._archive.read("xl/styles.xml")
        own = {element.get("numFmtId"): element.get("formatCode") or "" for element in _elements(data, "numFmt")}
        found = set()
        for cell_styles in _elements(data, "cellXfs"):
            # Its children come whole too, because they end before it does.
            for number, style in enumerate(cell_styles):
                format_id = style.get("numFmtId") or "0"
                code = own.get(format_id)
                if code is not None:
                    is_day = re.search("[dy]", NOT_LETTERS.sub("", code.lower())) is not None
                else:
                    is_day = format_id.isdigit() and int(format_id) in DATE_FORMATS
                if is_day:
                    found.add(str(number))
        return frozenset(found)

    def rows(self, name: str) -> Iterator[RawRow]:
        """The rows of one sheet that hold anything."""
        last = 0
        for element in _elements(self._archive.read(name), "row"):
            written = element.get("r") or ""
            number = int(written) if written.isascii() and written.isdigit() and len(written) < 8 else last + 1
            if number <= last:
                raise RosterFault("broken")
            last = number
            cells = self._cells(element)
            if cells:
                yield RawRow(number, cells)

    def _cells(self, row: ET.Element) -> list[Cell]:
        cells: list[Cell] = []
        for element in row:
            place = CELL_NAME.fullmatch(element.get("r") or "")
            column = _column(place.group(1)) if place else len(cells)
            if column >= COLUMNS_MOST or column < len(cells):
                continue
            value = self._value(element)
            if value is not None:
                cells.extend([None] * (column - len(cells)))
                cells.append(value)
        return cells

    def _value(self, element: ET.Element) -> Cell:
        kind = element.get("t", "n")
        text: str | None = None
        formula: str | None = None
        for child in element:
            tag = _local(child)
            if tag == "v":
                text = child.text
            elif tag == "is":
                text = _text_of(child)
            elif tag == "f":
                formula = f"={child.text or ''}"
        value = self._meaning(kind, text, element.get("s")) if text else None
        return Formula(value, formula) if formula is not None else value

    def _meaning(self, kind: str, text: str, style: str | None) -> Cell:
        if kind == "s":
            return self._texts[int(text)] if text.isdigit() and int(text) < len(self._texts) else None
        if kind == "b":
            return text == "1"
        text = few_marks(text)
        if kind == "d":
            try:
                return datetime.fromisoformat(text).date()
            except ValueError:
                return text
        if kind != "n":
            return text
        try:
            number = float(text)
        except ValueError:
            return text
        if not math.isfinite(number):
            return text
        if style in self._date_styles and 0 < number < 2_958_466:
            return self._zero + timedelta(days=int(number))
        return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _text_of(element: ET.Element) -> str:
    """The text of a shared or inline string: its own and that of its runs, without what tells how to read it aloud."""
    pieces = []
    for child in element:
        tag = _local(child)
        if tag == "t":
            pieces.append(child.text or "")
        elif tag == "r":
            pieces.extend(part.text or "" for part in child if _local(part) == "t")
    return few_marks("".join(pieces))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
