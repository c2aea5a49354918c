"""Makes the units' CSV files from a public data set and the resolutions below; run by `make units` only."""

import argparse
import csv
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent

NEW_LIST: Final = "vn-2025"
OLD_LIST: Final = "vn-2004"
REFORM: Final = date(2025, 7, 1)
OLD_LIST_FROM: Final = date(2008, 8, 1)
"""The day from which there were 63 provinces (Hà Tây had joined Hà Nội). No training record here is older."""
OLD_LIST_BASIS: Final = "QĐ 124/2004/QĐ-TTg; NQ 15/2008/QH12"
MERGER_BASIS: Final = "NQ 202/2025/QH15; QĐ 19/2025/QĐ-TTg"
LIST_BASIS: Final = "QĐ 19/2025/QĐ-TTg"

KINDS: Final = {
    "Tỉnh": "tinh",
    "Thành phố": "thanh_pho",
    "Xã": "xa",
    "Phường": "phuong",
    "Đặc khu": "dac_khu",
}


@dataclass(frozen=True)
class Unit:
    """One row of units.csv: what a code meant from one day to another, both included."""

    code_list: str
    code: str
    level: str
    parent_code: str
    kind: str
    name: str
    valid_from: date
    valid_to: date | None
    legal_basis: str


@dataclass(frozen=True)
class Succession:
    """One row of successions.csv: which unit of the new list took over one of the old list."""

    from_code_list: str
    from_code: str
    to_code_list: str
    to_code: str
    on: date
    kind: str
    legal_basis: str


@dataclass(frozen=True)
class Alias:
    """One row of aliases.csv: a spelling that people write and that is not the name."""

    alias: str
    code_list: str
    code: str


@dataclass(frozen=True)
class Change:
    """From a day on, these units are of another kind, by a resolution."""

    on: date
    kind: str
    codes: tuple[str, ...]
    legal_basis: str


CHANGES: Final = (
    Change(date(2026, 4, 30), "thanh_pho", ("75",), "NQ 30/2026/QH16"),
    Change(
        date(2026, 4, 30),
        "phuong",
        ("25270", "25357", "25363", "26116", "26170", "26248", "26326", "26368", "26425", "26485"),
        "NQ 237/NQ-UBTVQH16",
    ),
    Change(date(2026, 9, 1), "thanh_pho", ("22",), "NQ 36/2026/QH16"),
    Change(date(2026, 9, 20), "thanh_pho", ("24",), "NQ 39/2026/QH16"),
    Change(
        date(2026, 9, 20),
        "phuong",
        (
            "07294", "07375", "07399", "07444", "07840", "09193",
            "09292", "09313", "09319", "09454", "09475", "09496",
        ),
        "NQ 388/NQ-UBTVQH16",
    ),
)  # fmt: skip
"""Changes since the reform. Codes and names stay; only the kind changes."""

HUE: Final = "46"
HUE_CITY_FROM: Final = date(2025, 1, 1)
HUE_CITY_BASIS: Final = "NQ 175/2024/QH15"

MERGERS: Final[Mapping[str, Sequence[str]]] = {
    "08": ("02", "08"),
    "15": ("10", "15"),
    "19": ("06", "19"),
    "24": ("24", "27"),
    "25": ("17", "25", "26"),
    "31": ("30", "31"),
    "33": ("33", "34"),
    "37": ("35", "36", "37"),
    "44": ("44", "45"),
    "48": ("48", "49"),
    "51": ("51", "62"),
    "52": ("52", "64"),
    "56": ("56", "58"),
    "66": ("54", "66"),
    "68": ("60", "67", "68"),
    "75": ("70", "75"),
    "79": ("74", "77", "79"),
    "80": ("72", "80"),
    "82": ("82", "87"),
    "86": ("83", "84", "86"),
    "91": ("89", "91"),
    "92": ("92", "93", "94"),
    "96": ("95", "96"),
}
"""Code in the new list -> codes in the old list. The eleven provinces not named here kept code and land."""

ALIASES: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "TP.HCM": ((NEW_LIST, "79"), (OLD_LIST, "79")),
    "TPHCM": ((NEW_LIST, "79"), (OLD_LIST, "79")),
    "TP HCM": ((NEW_LIST, "79"), (OLD_LIST, "79")),
    "HCM": ((NEW_LIST, "79"), (OLD_LIST, "79")),
    "Sài Gòn": ((NEW_LIST, "79"), (OLD_LIST, "79")),
    "TPHN": ((NEW_LIST, "01"), (OLD_LIST, "01")),
    "Thừa Thiên Huế": ((NEW_LIST, HUE), (OLD_LIST, HUE)),
    "Thừa Thiên - Huế": ((NEW_LIST, HUE), (OLD_LIST, HUE)),
    "TT Huế": ((NEW_LIST, HUE), (OLD_LIST, HUE)),
    "Đắc Lắc": ((NEW_LIST, "66"), (OLD_LIST, "66")),
    "Đăk Lăk": ((NEW_LIST, "66"), (OLD_LIST, "66")),
    "Bà Rịa Vũng Tàu": ((OLD_LIST, "77"),),
    "BR-VT": ((OLD_LIST, "77"),),
    "BRVT": ((OLD_LIST, "77"),),
    "Đắc Nông": ((OLD_LIST, "67"),),
    "Đăk Nông": ((OLD_LIST, "67"),),
    "Bắc Cạn": ((OLD_LIST, "06"),),
    "Kontum": ((OLD_LIST, "62"),),
}  # fmt: skip


def clean(text: str) -> str:
    """NFC, single spaces, none at the ends."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def split_name(full_name: str) -> tuple[str, str]:
    """'Phường Ba Đình' -> ('phuong', 'Ba Đình'). Raises ValueError if it begins with no known type."""
    text = clean(full_name)
    for prefix, kind in KINDS.items():
        if text.startswith(prefix + " "):
            return kind, text.removeprefix(prefix + " ")
    raise ValueError(f"{full_name!r} does not begin with a type of unit")


def units_of(source: sqlite3.Connection) -> list[Unit]:
    """Every unit of both lists, one row for each window."""
    units = [
        *_provinces_of(source, "admin_units", NEW_LIST),
        *_communes_of(source),
        *_provinces_of(source, "admin_units_legacy", OLD_LIST),
    ]
    for change in CHANGES:
        units = _changed(units, change)
    return sorted(units, key=lambda unit: (unit.code_list, unit.level != "province", unit.code, unit.valid_from))


def _provinces_of(source: sqlite3.Connection, table: str, code_list: str) -> Iterable[Unit]:
    new = code_list == NEW_LIST
    starts, ends = (REFORM, None) if new else (OLD_LIST_FROM, REFORM - timedelta(days=1))
    # The table's name is one of two written in this file, never input.
    rows = source.execute(f"SELECT DISTINCT provinceCode, province FROM {table}")  # noqa: S608
    for code, full_name in rows:
        kind, name = split_name(full_name)
        basis = OLD_LIST_BASIS
        if new:
            basis = MERGER_BASIS if code in MERGERS else LIST_BASIS
        if not new and code == HUE:
            before = HUE_CITY_FROM - timedelta(days=1)
            yield Unit(code_list, code, "province", "", "tinh", "Thừa Thiên Huế", starts, before, basis)
            yield Unit(code_list, code, "province", "", kind, name, HUE_CITY_FROM, ends, HUE_CITY_BASIS)
        else:
            yield Unit(code_list, code, "province", "", kind, name, starts, ends, basis)


def _communes_of(source: sqlite3.Connection) -> Iterable[Unit]:
    # The type is read from the name: the source's own column of types is wrong in four rows.
    for code, parent_code, full_name in source.execute("SELECT wardCode, provinceCode, ward FROM admin_units"):
        kind, name = split_name(full_name)
        yield Unit(NEW_LIST, code, "commune", parent_code, kind, name, REFORM, None, LIST_BASIS)


def _changed(units: Sequence[Unit], change: Change) -> list[Unit]:
    """The same rows, with the open window of each changed code closed and a new one opened."""
    left = set(change.codes)
    result = []
    for unit in units:
        if unit.code_list == NEW_LIST and unit.code in left and unit.valid_to is None:
            left.discard(unit.code)
            result.append(replace(unit, valid_to=change.on - timedelta(days=1)))
            result.append(replace(unit, kind=change.kind, valid_from=change.on, legal_basis=change.legal_basis))
        else:
            result.append(unit)
    if left:
        raise ValueError(f"{change.legal_basis} changes units that the source does not have: {sorted(left)}")
    return result


def successions_of(units: Iterable[Unit]) -> list[Succession]:
    """One row for each of the 63 old provinces."""
    heirs = {old: new for new, olds in MERGERS.items() for old in olds}
    codes = sorted({unit.code for unit in units if unit.code_list == OLD_LIST})
    return [
        Succession(
            OLD_LIST,
            code,
            NEW_LIST,
            heirs.get(code, code),
            REFORM,
            "merge" if code in heirs else "continue",
            MERGER_BASIS if code in heirs else LIST_BASIS,
        )
        for code in codes
    ]


def aliases() -> list[Alias]:
    """One row for each spelling and each unit that it may mean."""
    return [Alias(clean(alias), *unit) for alias, units in ALIASES.items() for unit in units]


def write(path: Path, kind: type, rows: Iterable[Unit | Succession | Alias]) -> None:
    """A CSV file with a header, UTF-8, one line feed a row; an open end is written as nothing."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(kind))
        writer.writerows(astuple(row) for row in rows)


def main() -> None:
    """Read the data set named on the command line and write the three files beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="data/dataset.db of the package vietnamadminunits")
    source = sqlite3.connect(f"file:{parser.parse_args().source}?mode=ro", uri=True)
    units = units_of(source)
    source.close()
    write(HERE / "units.csv", Unit, units)
    write(HERE / "successions.csv", Succession, successions_of(units))
    write(HERE / "aliases.csv", Alias, aliases())


if __name__ == "__main__":
    main()
