"""One row of a roster: what it says, tidied, and everything that is to be said about it."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from lms.registry.rules import names
from lms.registry.rules.dates import read_day
from lms.registry.rules.emails import read_email
from lms.registry.rules.id_numbers import masked, read_id_number, sex_of
from lms.registry.rules.phones import read_phone
from lms.registry.rules.products import PRODUCTS
from lms.registry.rules.reasons import Finding, Severity
from lms.registry.rules.sheets import Cell, Formula, RawRow
from lms.registry.rules.tables import LEADERS, as_text, value_of
from lms.registry.rules.tax_codes import read_tax_code
from lms.registry.rules.units import Place, Places, read_commune, read_province, titled

NAME_MOST: Final = 100
WORKPLACE_MOST: Final = 180
TITLE_MOST: Final = 120
LEGAL_FORM_MOST: Final = 60
VALUE_MOST: Final = 80
PLACES_MOST: Final = 20_000
"""Of written places that are remembered while a list is read."""
LONG_NUMBER: Final = re.compile(r"\d(?:[ .\-]?\d){8,}")
"""A personal id or a telephone number that slipped into another column."""
AGE_LEAST: Final = 15
AGE_MOST: Final = 100
SEXES: Final = {
    "Nam": "male",
    "Nữ": "female",
    "nam": "male",
    "nu": "female",
    "male": "male",
    "female": "female",
    "m": "male",
    "f": "female",
}
LEVELS: Final = {
    "trung uong": "central",
    "tw": "central",
    "tinh": "province",
    "cap tinh": "province",
    "tinh thanh pho": "province",
    "thanh pho": "province",
    "xa": "commune",
    "cap xa": "commune",
    "xa phuong": "commune",
    "phuong": "commune",
    "dac khu": "commune",
    "cap trung uong": "central",
}
DISTRICTS: Final = frozenset(("huyen", "cap huyen", "quan", "thi xa", "huyen thi"))
_GROUP_OF: Final = {names.match_key(group): group for group in PRODUCTS}
ORGANISATION_KINDS: Final = (
    ("lien hiep hop tac xa", "cooperative"),
    ("hop tac xa", "cooperative"),
    ("htx", "cooperative"),
    ("to hop tac", "cooperative_group"),
    ("tht", "cooperative_group"),
    ("cong ty", "enterprise"),
    ("doanh nghiep", "enterprise"),
    ("dn", "enterprise"),
    ("ho", "household"),
    ("co so", "household"),
)
"""How a legal form begins, without marks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as it is understood. With a refusing finding among its findings it is not taken."""

    number: int
    label: str
    """The name as it stood, for finding the row again."""
    kind: str
    """'officials' or 'leaders'."""
    full_name: str = ""
    match_key: str = ""
    birth_on: date | None = None
    sex: str | None = None
    id_number: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = None
    title: str = ""
    workplace: str = ""
    workplace_key: str = ""
    level: str | None = None
    unit: Place | None = None
    legal_form: str = ""
    organisation_kind: str | None = None
    tax_code: str | None = None
    product_group: str | None = None
    started_on: date | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_refused(self) -> bool:
        return any(finding.severity is Severity.REFUSED for finding in self.findings)


class RowReader:
    """Understands the rows of one roster, one after another. Remembers what its columns repeat."""

    def __init__(self, columns: dict[str, int], kind: str, places: Places, *, today: date) -> None:
        self._columns = columns
        self._kind = kind
        self._today = today
        self._units = _UnitReader(places, is_leader=kind == LEADERS)

    def read(self, raw: RawRow) -> Row:
        """Understand one row. Every reason is found, not only the first."""
        is_leader = self._kind == LEADERS
        reader = _Reader(raw, self._columns, self._today)
        full_name = reader.full_name()
        birth_on = reader.birth_on()
        written_sex = reader.sex()
        id_number = reader.id_number(written_sex, birth_on)
        started_on = reader.started_on(birth_on)
        level = None if is_leader else reader.level()
        unit, level, found = self._units.read(level, reader.text("province"), reader.text("commune"))
        reader.findings.extend(found)
        workplace = reader.workplace(is_leader=is_leader)
        legal_form, organisation_kind = reader.legal_form(workplace) if is_leader else ("", None)
        label = reader.label(full_name)
        return Row(
            number=raw.number,
            label=label,
            kind=self._kind,
            full_name=full_name,
            match_key=names.match_key(full_name),
            birth_on=birth_on,
            sex=written_sex or (sex_of(id_number) if id_number else None),
            id_number=id_number,
            phone=reader.phone(),
            email=reader.email(),
            title=reader.text("title")[:TITLE_MOST],
            workplace=workplace,
            workplace_key=_place_key(workplace),
            level=level,
            unit=unit,
            legal_form=legal_form,
            organisation_kind=organisation_kind,
            tax_code=reader.tax_code(is_household=organisation_kind == "household") if is_leader else None,
            product_group=reader.product_group() if is_leader else None,
            started_on=started_on,
            findings=tuple(reader.findings),
        )


def read_row(raw: RawRow, columns: dict[str, int], kind: str, places: Places, *, today: date) -> Row:
    """Understand one row alone."""
    return RowReader(columns, kind, places, today=today).read(raw)


@lru_cache(maxsize=16384)
def _tidied(text: str) -> str:
    """For what lists repeat from row to row: titles, offices, places."""
    return names.tidy(text)


@lru_cache(maxsize=256)
def _level_key(text: str) -> str:
    return " ".join(names.search_key(text).replace("/", " ").replace(",", " ").split())


@lru_cache(maxsize=16384)
def _place_key(workplace: str) -> str:
    return names.match_key(workplace)


def veiled(text: str) -> str:
    """What stood in a cell, for storing beside the row: long numbers with their last four signs only."""
    return LONG_NUMBER.sub(lambda found: masked(found[0]), text)


class _Reader:
    """Reads the fields of one row and collects what is to be said about them."""

    def __init__(self, raw: RawRow, columns: dict[str, int], today: date) -> None:
        self._raw = raw
        self._columns = columns
        self._today = today
        self.findings: list[Finding] = []

    def _say(self, code: str, value: str = "") -> None:
        self.findings.append(Finding(code, veiled(value)[:VALUE_MOST]))

    def _cell(self, name: str) -> Cell:
        return value_of(self._raw, self._columns, name)

    def _computed(self, name: str) -> Cell:
        """A cell, or what its formula last showed: for fields that may be computed."""
        cell = self._cell(name)
        return cell.shown if isinstance(cell, Formula) else cell  # type: ignore[return-value]

    def text(self, name: str) -> str:
        cell = self._computed(name)
        return "" if cell is None else _tidied(cell if isinstance(cell, str) else as_text(cell))

    def label(self, full_name: str) -> str:
        cell = self._cell("full_name")
        # A name that was tidy already is one text with its label, not two.
        return veiled(full_name if cell == full_name else names.tidy(as_text(cell)))[:200]

    def full_name(self) -> str:
        cell = self._cell("full_name")
        if isinstance(cell, Formula) or (isinstance(cell, str) and names.starts_formula(cell)):
            self._say("name_formula")
            return ""
        name = names.clean_name(as_text(cell))
        if not name:
            self._say("name_missing")
        elif len(name) > NAME_MOST:
            self._say("name_too_long")
        elif names.has_odd_signs(name):
            self._say("name_signs", name)
        return name[:NAME_MOST]

    def birth_on(self) -> date | None:
        cell = self._computed("birth_on")
        if cell is None:
            self._say("birth_on_missing")
            return None
        day = read_day(cell, last=self._today, least_age=AGE_LEAST)
        if day is None:
            self._say("birth_on_invalid", names.tidy(as_text(cell)))
            return None
        if day > self._today:
            self._say("birth_on_future", as_text(day))
        elif not AGE_LEAST <= _years(day, self._today) <= AGE_MOST:
            self._say("birth_on_unlikely", as_text(day))
        return day

    def sex(self) -> str | None:
        text = self.text("sex")
        if not text:
            return None
        found = SEXES.get(text) or SEXES.get(names.search_key(text))
        if found is None:
            self._say("sex_unreadable", text)
        return found

    def id_number(self, sex: str | None, birth_on: date | None) -> str | None:
        cell = self._computed("id_number")
        if cell is None:
            self._say("id_number_missing")
            return None
        if birth_on is not None and birth_on > self._today:
            birth_on = None
        reading = read_id_number(cell, sex=sex, birth_on=birth_on)
        self.findings.extend(reading.findings)
        if reading.number is None and not reading.findings:
            self._say("id_number_missing")
        return reading.number

    def phone(self) -> str | None:
        cell = self._computed("phone")
        if cell is None:
            return None
        reading = read_phone(cell)
        if reading.finding is not None:
            self.findings.append(reading.finding)
        return reading.phone

    def email(self) -> str | None:
        text = self.text("email")
        if not text:
            return None
        address = read_email(text)
        if address is None:
            self._say("email_invalid", text)
        return address

    def started_on(self, birth_on: date | None) -> date | None:
        cell = self._computed("started_on")
        if cell is None:
            self._say("started_on_missing")
            return None
        day = read_day(cell, last=self._today)
        if day is None:
            self._say("started_on_invalid", names.tidy(as_text(cell)))
            return None
        if day > self._today:
            self._say("started_on_future", as_text(day))
        elif birth_on is not None and birth_on <= self._today and day <= birth_on:
            self._say("started_on_before_birth", as_text(day))
        return day

    def workplace(self, *, is_leader: bool) -> str:
        cell = self._cell("workplace")
        if isinstance(cell, Formula) or (isinstance(cell, str) and names.starts_formula(cell)):
            self._say("workplace_formula")
            return ""
        name = self.text("workplace")
        if not name:
            self._say("workplace_missing" if is_leader else "workplace_empty")
        elif len(name) > WORKPLACE_MOST:
            self._say("workplace_too_long")
        return name[:WORKPLACE_MOST]

    def legal_form(self, workplace: str) -> tuple[str, str | None]:
        text = self.text("legal_form")[:LEGAL_FORM_MOST]
        kind = _organisation_kind(text or workplace)
        if kind is None:
            self._say("legal_form_unknown", text)
        return text, kind

    def tax_code(self, *, is_household: bool) -> str | None:
        cell = self._computed("tax_code")
        if cell is None:
            return None
        reading = read_tax_code(cell, is_household=is_household)
        if reading.finding is not None:
            self.findings.append(reading.finding)
        return reading.tax_code

    def product_group(self) -> str | None:
        text = self.text("product_group")
        if not text:
            return None
        group = _GROUP_OF.get(names.match_key(text))
        if group is None:
            self._say("product_group_unknown", text)
        return group

    def level(self) -> str | None:
        text = self.text("level")
        if not text:
            return None
        key = _level_key(text)
        if key in DISTRICTS:
            self._say("level_ended")
        elif key not in LEVELS:
            self._say("level_unknown", text)
        return LEVELS.get(key)


class _UnitReader:
    """Finds the unit that a row belongs to; lists repeat few places over many rows."""

    def __init__(self, places: Places, *, is_leader: bool) -> None:
        self._places = places
        self._is_leader = is_leader
        self._known: dict[tuple[str | None, str, str], tuple[Place | None, str | None, tuple[Finding, ...]]] = {}

    def read(
        self, level: str | None, province: str, commune: str
    ) -> tuple[Place | None, str | None, tuple[Finding, ...]]:
        """The unit, the level of an official's post, and what is to be said about it."""
        written = (level, province, commune)
        if written not in self._known:
            findings: list[Finding] = []
            unit, level = self._find(level, province, commune, findings)
            if len(self._known) >= PLACES_MOST:
                return unit, level, tuple(findings)
            self._known[written] = unit, level, tuple(findings)
        return self._known[written]

    def _find(
        self, level: str | None, province_text: str, commune_text: str, findings: list[Finding]
    ) -> tuple[Place | None, str | None]:
        def say(code: str, value: str = "") -> None:
            findings.append(Finding(code, veiled(value)[:VALUE_MOST]))

        places = self._places
        if level == "central":
            return places.centre, level
        if not province_text:
            say("province_missing")
            return None, level
        reading = read_province(province_text, places)
        if reading.candidates:
            say("province_ambiguous", ", ".join(titled(place) for place in reading.candidates))
            return None, level
        if reading.place is None:
            say("province_unknown", province_text)
            return None, level
        if reading.is_unmarked and not reading.is_former:
            say("province_unmarked", titled(reading.place))
        if reading.is_former:
            say("province_before_2025", titled(reading.place))
        if level == "province":
            return reading.place, level
        if not commune_text:
            if self._is_leader or level == "commune":
                say("commune_missing")
            return reading.place, None if self._is_leader else level or "province"
        found = read_commune(commune_text, reading.place, places)
        if found.candidates:
            say(found.code, ", ".join(titled(place) for place in found.candidates))
        elif found.place is None:
            say(found.code, commune_text)
        elif found.code:
            say(found.code, titled(found.place))
        return found.place, None if self._is_leader else "commune"


def _years(birth_on: date, today: date) -> int:
    return today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))


def _organisation_kind(text: str) -> str | None:
    key = names.search_key(text).replace(".", " ")
    for beginning, kind in ORGANISATION_KINDS:
        if key == beginning or key.startswith(beginning + " "):
            return kind
    return None
