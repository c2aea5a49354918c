"""Opens the files that people send: XLSX and CSV bytes in, rows of plain cells out, and nothing that was not expected.

Every row is read when it is asked for, so that a long file is never in memory as a whole more than once.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from lms.core.letters import few_marks
from lms.registry.rules.cells import COLUMNS_MOST, Cell, Formula, RawRow
from lms.registry.rules.reasons import RosterFault
from lms.registry.rules.workbooks import open_workbook, size_of_cells

__all__ = ["Cell", "Formula", "RawRow", "is_long", "open_sheets"]

DELIMITERS: Final = ";,\t"
GUARDED: Final = re.compile("'[ \"']*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
"""A text that would start a formula, with the apostrophe that lms.web.sheets puts in front of it."""
OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOT_SHEETS: Final = (b"PK", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"Rar!", b"7z")
LONG_LINES: Final = 2_000
LONG_TEXT: Final = 1024 * 1024
LONG_CELLS: Final = 1024 * 1024
"""Unpacked bytes of a workbook's cells and texts: some 1,200 to 2,200 rows of a list."""


def open_sheets(content: bytes) -> Iterator[Iterator[RawRow]]:
    """Each sheet of a file in turn, each row in turn. Raises RosterFault."""
    if not content[:4096].strip(b"\x00\xef\xbb\xbf \r\n\t") and not content.strip(b"\x00\xef\xbb\xbf \r\n\t"):
        raise RosterFault("empty")
    if content.startswith(OLE2):
        raise RosterFault(_kind_of_ole2(content))
    if content.startswith(b"PK\x03\x04"):
        return open_workbook(content)
    if content.startswith(NOT_SHEETS):
        raise RosterFault("not_a_sheet")
    return _open_csv(_in_utf_8(content))


def is_long(content: bytes, times: int = 1) -> bool:
    """Whether a file is too much to be dealt with while somebody waits for a page. Says no for what is no sheet.

    times: how much longer a row takes than one of a roster.
    """
    if content.startswith(b"PK\x03\x04"):
        return size_of_cells(content) * times > LONG_CELLS
    return content.count(b"\n") * times > LONG_LINES or len(content) * times > LONG_TEXT


def _kind_of_ole2(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "encrypted"
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "old_excel"
    return "not_a_sheet"


def _in_utf_8(content: bytes) -> bytes:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeError:
            raise RosterFault("not_a_sheet") from None
    if b"\x00" in content:
        raise RosterFault("not_a_sheet")
    return content


def _is_mostly_text(content: bytes) -> bool:
    start = content[:4096]
    controls = sum(byte < 32 and byte not in (9, 10, 13) for byte in start)
    return controls * 50 < len(start)


def _open_csv(content: bytes) -> Iterator[Iterator[RawRow]]:
    start = content[:8192].decode("utf-8-sig", "ignore")
    for delimiter in sorted(DELIMITERS, key=start.count, reverse=True):
        yield _csv_rows(content, delimiter)


def _csv_rows(content: bytes, delimiter: str) -> Iterator[RawRow]:
    lines = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
    try:
        for number, cells in enumerate(csv.reader(map(few_marks, lines), delimiter=delimiter), 1):
            yield RawRow(number, [_bare(cell) or None for cell in cells[:COLUMNS_MOST]])
    except UnicodeDecodeError:
        raise RosterFault("encoding" if _is_mostly_text(content) else "not_a_sheet") from None
    except csv.Error:
        raise RosterFault("broken") from None


def _bare(cell: str) -> str:
    """A text without the apostrophe that keeps a spreadsheet program from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and GUARDED.match(cell) else cell
