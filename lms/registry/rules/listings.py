"""Listings: files of all organisations, posts and the like, which leave the house and may come back changed.

A listing is known by its columns. Pure: what stands in a file is read here, and what it means is decided elsewhere.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any, Final

from lms.registry.rules.cells import Cell, Formula, RawRow
from lms.registry.rules.dates import read_day
from lms.registry.rules.emails import read_email
from lms.registry.rules.id_numbers import masked, read_id_number
from lms.registry.rules.names import search_key, tidy
from lms.registry.rules.phones import read_phone
from lms.registry.rules.reasons import Finding, RosterFault, Severity
from lms.registry.rules.rows import VALUE_MOST, veiled
from lms.registry.rules.sheets import open_sheets
from lms.registry.rules.tables import BLANKS, HEADER_WITHIN, OpenTable, as_text, heading_key
from lms.registry.rules.tax_codes import read_tax_code

LABEL_MOST: Final = 200
HIDDEN: Final = "*"
"""Stands in a number of which only the last signs are shown."""
Read = Callable[[Cell, date], Any]
Written = str | int | date | None
"""What a listing writes into a cell."""


class Unreadable(Exception):
    """A cell does not say what its column is about."""

    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.value = value


@dataclass(frozen=True)
class Column:
    """One column of a listing."""

    key: str
    heading: str
    """Always in Vietnamese: by it the column is found when the file comes back."""
    about: str
    """What is to be written there, for the sheet of explanations; translated where it is shown."""
    example: Written
    read: Read
    """What a cell that is not blank means. Raises Unreadable."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What stands in the file for each of the column's codes."""
    is_needed: bool = False
    """Without this heading it is not a file of this listing."""
    is_fixed: bool = False
    """Of what is known already a listing cannot change this."""
    is_told_only: bool = False
    """Written for whoever reads the file; nothing is taken from it."""
    is_secret: bool = False
    """Written with its last four signs only."""

    def shown(self, value: Any) -> Written:
        """A value as it stands in a file."""
        return self.words.get(value, value) if isinstance(value, str) else value


def text(most: int) -> Read:
    """Words, tidied."""

    def read(cell: Cell, _today: date) -> str | None:
        found = tidy(as_text(cell))
        if len(found) > most:
            raise Unreadable("too_long", str(most))
        return found or None

    return read


def number(most: int) -> Read:
    """A whole number, from 0."""

    def read(cell: Cell, _today: date) -> int | None:
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        written = as_text(cell).strip()
        if written.casefold() in BLANKS:
            return None
        if not (written.isascii() and written.isdigit() and len(written) < 12 and int(written) <= most):
            raise Unreadable("not_a_number", written)
        return int(written)

    return read


KEY: Final = number(2**31 - 1)
"""What a thing is known by here."""


def day(cell: Cell, today: date) -> date | None:
    """A day."""
    written = tidy(as_text(cell))
    if written.casefold() in BLANKS:
        return None
    found = read_day(cell, last=today)
    if found is None:
        raise Unreadable("not_a_day", written)
    return found


def choice(words: Mapping[str, str], also: Mapping[str, str] | None = None) -> Read:
    """One of some codes, written in words. Case and marks do not count.

    also: other words for a code, folded.
    """
    codes = {**(also or {}), **{search_key(word): code for code, word in words.items()}}

    def read(cell: Cell, _today: date) -> str | None:
        written = tidy(as_text(cell))
        if written.casefold() in BLANKS:
            return None
        found = codes.get(search_key(written))
        if found is None:
            raise Unreadable("not_a_choice", written)
        return found

    return read


def tax_code(cell: Cell, _today: date) -> str | None:
    """A tax number that is right by its check digit."""
    reading = read_tax_code(cell, is_household=False)
    if reading.finding is not None and reading.finding.severity is Severity.REFUSED:
        raise Unreadable(reading.finding.code, reading.finding.value)
    return reading.tax_code


def id_number(cell: Cell, _today: date) -> str | None:
    """A personal id, or one of which the last signs are shown."""
    if HIDDEN in as_text(cell):
        return as_text(cell).strip()
    reading = read_id_number(cell, sex=None, birth_on=None)
    if reading.number is None and reading.findings:
        raise Unreadable(reading.findings[0].code, reading.findings[0].value)
    return reading.number


def phone(cell: Cell, _today: date) -> str | None:
    """A telephone number, or one of which the last signs are shown."""
    if HIDDEN in as_text(cell):
        return as_text(cell).strip()
    reading = read_phone(cell)
    if reading.phone is None and reading.finding is not None:
        raise Unreadable("not_a_phone", reading.finding.value)
    return reading.phone


def email(cell: Cell, _today: date) -> str | None:
    """An address that could be delivered to."""
    written = as_text(cell).strip()
    found = read_email(written)
    if found is None:
        raise Unreadable("email_invalid", written)
    return found


@dataclass(slots=True)
class Entry:
    """One row of a listing as it is understood."""

    number: int
    label: str
    told: dict[str, Any]
    """What it says, by the keys of the columns that stand in the file; None where a cell is blank."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(finding.severity is Severity.REFUSED for finding in self.findings)


class OpenListing(OpenTable):
    """A listing found in a file, of which the rows are read as they are asked for, once."""

    def _is_no_row(self, row: RawRow) -> bool:
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row.cells)


def open_listing(content: bytes, kinds: Mapping[str, Sequence[Column]]) -> OpenListing | None:
    """The listing within a file, told by its headings; None if it is none. Raises RosterFault.

    kinds: the columns of every listing, by its name.
    """
    empty: RosterFault | None = None
    for sheet in open_sheets(content):
        above: list[RawRow] = []
        for row in sheet:
            if row.number > HEADER_WITHIN:
                break
            above.append(row)
            found = _kind_of(row, kinds)
            if found is None:
                continue
            try:
                return OpenListing(found[0], row, found[1], chain(sheet))
            except RosterFault as fault:
                if fault.code != "no_rows":
                    raise
                empty = fault
                break
    if empty is not None:
        raise empty
    return None


def _kind_of(row: RawRow, kinds: Mapping[str, Sequence[Column]]) -> tuple[str, dict[str, int]] | None:
    headings: dict[str, int] = {}
    for at, cell in enumerate(row.cells):
        if isinstance(cell, str):
            headings.setdefault(heading_key(cell), at)
    best: tuple[str, dict[str, int]] | None = None
    for kind, columns in kinds.items():
        places = {
            column.key: headings[heading_key(column.heading)]
            for column in columns
            if heading_key(column.heading) in headings
        }
        is_whole = all(column.key in places for column in columns if column.is_needed)
        # Some columns stand in several listings: it is the one of which most are there.
        if is_whole and (best is None or len(places) > len(best[1])):
            best = kind, places
    return best


def read_entry(
    raw: RawRow, places: Mapping[str, int], columns: Sequence[Column], *, labels: Sequence[str], today: date
) -> Entry:
    """Understand one row. Every reason is found, not only the first.

    places: which column of the file holds what.
    labels: the keys of the columns by which a person finds the row; the first that is not blank.
    """
    told: dict[str, Any] = {}
    findings: list[Finding] = []
    for column in columns:
        at = places.get(column.key)
        if at is None:
            continue
        cell = raw.cells[at] if at < len(raw.cells) else None
        told[column.key] = None
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        try:
            if isinstance(cell, Formula):
                raise Unreadable("formula")
            told[column.key] = column.read(cell, today)
        except Unreadable as fault:
            if not column.is_told_only:
                findings.append(Finding(fault.code, veiled(fault.value)[:VALUE_MOST], field=column.key))
    cells = (raw.cells[places[key]] for key in labels if key in places and places[key] < len(raw.cells))
    written = (tidy(as_text(cell)) for cell in cells if not isinstance(cell, Formula))
    shown = veiled(next(filter(None, written), ""))[:LABEL_MOST]
    return Entry(raw.number, shown, told, findings)


def refuse_twice(entries: Iterable[Entry], keys: Sequence[str]) -> None:
    """What tells one thing from all others may stand in one row alone: any further one is refused."""
    seen: dict[tuple[str, Any], int] = {}
    for entry in entries:
        for key in keys:
            value = entry.told.get(key)
            if value is None or (isinstance(value, str) and HIDDEN in value):
                continue
            first = seen.setdefault((key, value), entry.number)
            if first != entry.number:
                entry.findings.append(Finding("twice", str(first), field=key))


def refuse_two_ways(entries: Iterable[Entry], key: str, facts: Sequence[str]) -> None:
    """Rows about the same thing must say the same of it: one that says otherwise than the first is refused."""
    seen: dict[Any, Entry] = {}
    for entry in entries:
        value = entry.told.get(key)
        if value is None:
            continue
        first = seen.setdefault(value, entry)
        for fact in facts:
            if first.told.get(fact) != entry.told.get(fact):
                entry.findings.append(Finding("two_ways", str(first.number), field=fact))


def as_kept(column: Column, value: Any) -> Any:
    """A value that is kept, as it would be read from the file that it was written to."""
    return (tidy(value) or None) if isinstance(value, str) and not column.words else value


def hidden(column: Column, value: Any) -> Any:
    """A value as whoever is not to see all of it may."""
    return masked(value) if column.is_secret and isinstance(value, str) else value


def lines_of(
    columns: Sequence[Column], values: Iterable[Mapping[str, Any]], *, shown: Collection[str]
) -> Iterator[list[Written]]:
    """Rows for a file.

    shown: the keys of the columns of which secrets leave whole.
    """
    for row in values:
        yield [
            column.shown(value if column.key in shown else hidden(column, value))
            for column in columns
            for value in (row.get(column.key),)
        ]
