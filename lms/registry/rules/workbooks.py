"""Reads XLSX workbooks: a zip of XML that a stranger made.

Nothing is unpacked before its sizes are checked, nothing beyond the sizes that it declares, no document type or entity
is read, and only the parts with cells are looked at, a stretch at a time. Rows as the usual programs write them are
taken apart by one expression each. It is used only where it accounts for every sign of the row; any other row goes to
the XML parser, so that both ways understand the same.
"""

import codecs
import io
import math
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from string import ascii_uppercase
from typing import Final, cast

from lms.core.letters import few_marks
from lms.registry.rules.cells import COLUMNS_MOST, Cell, Formula, RawRow
from lms.registry.rules.reasons import RosterFault

MEMBERS_MOST: Final = 1000
UNPACKED_MOST: Final = 256 * 1024 * 1024
RATIO_MOST: Final = 100
RATIO_FROM: Final = 4 * 1024 * 1024
"""Small files of much white space are packed tightly and do no harm."""
WHOLE_MOST: Final = 16 * 1024 * 1024
"""The parts that say how the others are to be read are held whole."""
MARKS_MOST: Final = 12_000_000
"""Of '<' in one part: 100,000 full rows have up to 9 million."""
STRETCH: Final = 512 * 1024
ROW_MOST: Final = 8 * 1024 * 1024
"""Letters of one row: 200 cells as long as a spreadsheet program lets them be."""
HEAD_MOST: Final = 1024 * 1024
"""Letters before the first row: widths of columns and the like."""
ENCODING: Final = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']+)""")
DATE_FORMATS: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""Numbers of the built-in formats that show a day."""
NOT_LETTERS: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
CELL_NAME: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
ROWS: Final = re.compile(r"<sheetData>")
SHARED: Final = re.compile(r"<sst(?: [^<>]*)?(?<!/)>")
ROW: Final = re.compile(r'\s*<row r="(\d{1,7})"(?: [^<>]*)?(?<!/)>')
CELL: Final = re.compile(
    r'(<c r="([A-Z]{1,3})\d{1,7}"(?: s="(\d{1,6})")?(?: t="(\w{1,10})")?'
    r'(?:/>|>(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>))'
)
"""The whole cell, then its column, style, type, value and text. Without a formula, and in the usual order."""
TEXT: Final = re.compile(r'\s*<si><t(?: xml:space="preserve")?>([^<]*)</t>')
COLUMNS: Final = {
    letters: number
    for number, letters in enumerate([*ascii_uppercase, *(a + b for a in ascii_uppercase for b in ascii_uppercase)])
    if number < COLUMNS_MOST
}
"""Which column its letters stand for, as far as columns are read."""
REFERENCE: Final = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));|&")
NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def open_workbook(content: bytes) -> Iterator[Iterator[RawRow]]:
    """Each visible sheet in turn, each row that holds anything in turn. Raises RosterFault."""
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


def size_of_cells(content: bytes) -> int:
    """How many bytes the parts with cells and texts declare to be unpacked; 0 for what is no zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(
                member.file_size
                for member in archive.infolist()
                if member.filename.startswith(("xl/worksheets/", "xl/sharedStrings"))
            )
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return 0


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
        """One small XML part, whole."""
        member = self._members.get(name)
        if member is not None and member.file_size > WHOLE_MOST:
            raise RosterFault("bomb")
        return "".join(self.stretches(name)).encode()

    def stretches(self, name: str) -> Iterator[str]:
        """One XML part, a stretch at a time, without its declaration.

        Raises RosterFault if it is not there, is damaged, is not in UTF-8 or declares a document type.
        """
        member = self._members.get(name)
        if member is None:
            raise RosterFault("broken")
        decoder = codecs.getincrementaldecoder("utf-8")()
        left, marks, tail = member.file_size, MARKS_MOST, b""
        try:
            with self._zip.open(member) as file:
                is_first = True
                while data := file.read(STRETCH):
                    left -= len(data)
                    marks -= data.count(b"<")
                    seen = tail + data
                    if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen or left < 0:
                        raise RosterFault("broken" if left < 0 else "unsafe_xml")
                    if marks < 0:
                        raise RosterFault("too_many_cells")
                    tail = data[-16:]
                    if is_first:
                        data = _without_declaration(data)
                        is_first = False
                    yield decoder.decode(data)
                yield decoder.decode(b"", final=True)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, UnicodeError):
            raise RosterFault("broken") from None
        if left != 0:
            raise RosterFault("broken")


def _without_declaration(data: bytes) -> bytes:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        raise RosterFault("unsafe_xml")
    data = data.removeprefix(b"\xef\xbb\xbf")
    encoding = ENCODING.match(data)
    if encoding is not None and encoding.group(1).lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise RosterFault("unsafe_xml")
    return data.partition(b"?>")[2] if data.startswith(b"<?xml") else data


def _elements(data: bytes, name: str) -> Iterator[ET.Element]:
    """Each element of that name, whole; forgotten once the next is asked for. Names are without their namespace."""
    return _elements_of(iter((data.decode(),)), name)


def _elements_of(stretches: Iterator[str], name: str) -> Iterator[ET.Element]:
    ends = "}" + name
    parser: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(("end",))
    try:
        for stretch in stretches:
            parser.feed(stretch)
            for _event, element in cast(Iterator[tuple[str, ET.Element]], parser.read_events()):
                tag = element.tag
                if tag == name or tag.endswith(ends):
                    yield element
                    element.clear()
        parser.close()
    except ET.ParseError:
        raise RosterFault("broken") from None


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _relation_of(element: ET.Element) -> str | None:
    for key, value in element.items():
        if key.endswith("}id"):
            return value
    return None


def _target(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


class _Texts:
    """The texts that cells share: one run of bytes and where each text ends, a quarter of what a list would take."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("I", [0])

    def add(self, text: str) -> None:
        self._bytes += text.encode()
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()


class _SheetReader:
    """Reads the cells of a workbook's sheets."""

    def __init__(self, archive: _Archive, counts_from_1904: bool) -> None:
        self._archive = archive
        self._zero = date(1904, 1, 1) if counts_from_1904 else date(1899, 12, 30)
        self._texts = self._shared_texts()
        self._date_styles = self._styles_of_days()

    def _shared_texts(self) -> _Texts:
        texts = _Texts()
        name = "xl/sharedStrings.xml"
        if name not in self._archive:
            return texts
        pieces = _Pieces(self._archive.stretches(name), SHARED, "</si>")
        for piece in pieces:
            found = TEXT.fullmatch(piece)
            if found is not None:
                texts.add(_plain(found.group(1)))
            else:
                for element in pieces.elements(piece, "</si></sst>", "si"):
                    texts.add(_text_of(element))
        for element in pieces.elements_left("si"):
            texts.add(_text_of(element))
        return texts

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
        for number, cells in self._numbered_rows(name):
            number = last + 1 if number is None else number
            if number <= last:
                raise RosterFault("broken")
            last = number
            if cells:
                yield RawRow(number, cells)

    def _numbered_rows(self, name: str) -> Iterator[tuple[int | None, list[Cell]]]:
        pieces = _Pieces(self._archive.stretches(name), ROWS, "</row>")
        for piece in pieces:
            start = ROW.match(piece)
            found = CELL.findall(piece, start.end()) if start is not None else []
            if start is not None and start.end() + sum([len(cell[0]) for cell in found]) == len(piece):
                yield int(start.group(1)), self._cells(found)
            else:
                for element in pieces.elements(piece, "</row></sheetData></worksheet>", "row"):
                    yield _number_of(element), self._parsed_cells(element)
        for element in pieces.elements_left("row"):
            yield _number_of(element), self._parsed_cells(element)

    def _cells(self, found: list[tuple[str, str, str, str, str, str]]) -> list[Cell]:
        """The cells of a row that the expression has taken apart."""
        cells: list[Cell] = []
        texts, count = self._texts, len(self._texts)
        for _whole, letters, style, kind, value, text in found:
            column = COLUMNS.get(letters)
            if column is None or column < len(cells):
                continue
            cell: Cell
            if kind == "s":
                cell = texts[int(value)] if value.isdigit() and int(value) < count else None
            elif kind == "inlineStr":
                cell = _plain(text) if text else None
            elif value:
                cell = self._meaning(kind or "n", _plain(value), style or None)
            else:
                continue
            if cell is not None:
                if column > len(cells):
                    cells.extend([None] * (column - len(cells)))
                cells.append(cell)
        return cells

    def _parsed_cells(self, row: ET.Element) -> list[Cell]:
        """The cells of a row that the XML parser has read."""
        cells: list[Cell] = []
        for element in row:
            place = CELL_NAME.fullmatch(element.get("r") or "")
            column = COLUMNS.get(place.group(1)) if place else len(cells)
            if column is None or not len(cells) <= column < COLUMNS_MOST:
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
        value = self._meaning(kind, few_marks(text), element.get("s")) if text else None
        return Formula(value, formula) if formula is not None else value

    def _meaning(self, kind: str, text: str, style: str | None) -> Cell:
        if kind == "s":
            return self._texts[int(text)] if text.isdigit() and int(text) < len(self._texts) else None
        if kind == "b":
            return text == "1"
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


class _Pieces:
    """An XML part cut at the end of each of its rows (or texts), of which only a stretch is in memory."""

    def __init__(self, stretches: Iterator[str], start: re.Pattern[str], end: str) -> None:
        self._stretches = stretches
        self._end = end
        self._head = ""
        self._left = ""
        while (found := start.search(self._left)) is None and len(self._left) < HEAD_MOST:
            more = next(stretches, None)
            if more is None:
                break
            self._left += more
        if found is not None and "<!" not in self._left[: found.end()]:
            self._head, self._left = self._left[: found.end()], self._left[found.end() :]

    def __iter__(self) -> Iterator[str]:
        """Each row without its end; none at all of a part that does not begin as the usual programs begin it."""
        if not self._head:
            return
        left = self._left
        for stretch in chain(("",), self._stretches):
            pieces = few_marks(left + stretch).split(self._end)
            left = pieces.pop()
            if len(left) > ROW_MOST:
                raise RosterFault("too_many_cells")
            yield from pieces
        self._left = left

    def elements(self, piece: str, ends: str, name: str) -> Iterator[ET.Element]:
        """What the XML parser finds in one piece. ends: closes everything that is open at its end."""
        return _elements_of(iter((self._head, piece, ends)), name)

    def elements_left(self, name: str) -> Iterator[ET.Element]:
        """What the XML parser finds after the last piece, down to the very end of the part."""
        return _elements_of(chain((self._head, self._left), self._stretches), name)


def _number_of(row: ET.Element) -> int | None:
    written = row.get("r") or ""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 8 else None


def _plain(text: str) -> str:
    """What a stretch of XML text says: references replaced by what they stand for."""
    return few_marks(REFERENCE.sub(_referred, text)) if "&" in text else text


def _referred(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else 0
    if number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000:
        return chr(number)
    raise RosterFault("broken")


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
