"""Makes the units' CSV files from a public data set and the resolutions below; run by `make units` only."""

import argparse
import csv
import json
import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent

NEW_LIST: Final = "vn-2025"
OLD_LIST: Final = "vn-2004"
REFORM: Final = date(2025, 7, 1)
OLD_LIST_FROM: Final = date(2008, 8, 1)
"""The day from which there were 63 provinces (Hà Tây had joined Hà Nội). No training record here is older."""
OLD_LIST_BASIS: Final = "QĐ 124/2004/QĐ-TTg; NQ 15/2008/QH12"
MERGER_BASIS: Final = "NQ 202/2025/QH15; QĐ 19/2025/QĐ-TTg"
LIST_BASIS: Final = "QĐ 19/2025/QĐ-TTg"
OLD_LOWER_BASIS: Final = "QĐ 124/2004/QĐ-TTg"
COMMUNES_BASIS: Final = "NQ của UBTVQH ngày 16/06/2025; QĐ 19/2025/QĐ-TTg"
"""There is one resolution for each of the 34 provinces, all of this day."""

KINDS: Final = {
    "Tỉnh": "tinh",
    "Thành phố": "thanh_pho",
    "Quận": "quan",
    "Huyện": "huyen",
    "Thị xã": "thi_xa",
    "Thị trấn": "thi_tran",
    "Xã": "xa",
    "Phường": "phuong",
    "Đặc khu": "dac_khu",
}
LEVELS: Final = ("province", "district", "commune")


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
    """One row of successions.csv: which unit of the new list took over one of the old list, whole or in part."""

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

MISTAKEN: Final = frozenset(
    {
        ("06079", "06184"),  # Hồng Phong: Bình Gia, not Cao Lộc
        ("10798", "11911"), ("11890", "10804"), ("11890", "10843"),  # Hòa Bình: Kim Thành and Vĩnh Bảo
        ("25462", "27694"), ("27691", "25459"),  # Phường 4: Tây Ninh and Tân An
        ("28252", "29869"), ("28270", "29869"),  # Phường 4 and 6: Mỹ Tho, not Cao Lãnh
        ("28437", "29869"), ("28439", "29869"),  # Phường 3 and 4: Cai Lậy, not Cao Lãnh
        ("29902", "29869"), ("29908", "29869"),  # Phường 3 and 4: Sa Đéc, not Cao Lãnh
        ("28924", "29734"), ("29734", "28921"),  # Hòa Lộc: Mỏ Cày Bắc and Tam Bình
        ("29623", "29182"),  # Mỹ An: Mang Thít, not Thạnh Phú
        ("31246", "31726"), ("31714", "31246"),  # Thạnh Quới: Vĩnh Thạnh and Mỹ Xuyên
        ("31268", "31666"), ("31666", "31288"),  # Tân Thạnh: Thới Lai and Long Phú
        ("31378", "31654"), ("31657", "31378"),  # Phú Hữu: Châu Thành and Long Phú
        ("31379", "31582"), ("31582", "31378"),  # Phú Tân: both districts are called Châu Thành
        ("31438", "31741"), ("31741", "31408"),  # Tân Long: Phụng Hiệp and Ngã Năm
        ("31474", "31741"), ("31744", "31473"),  # Long Bình: Long Mỹ and Ngã Năm
        ("31480", "31639"), ("31669", "31480"),  # Long Phú: Long Mỹ and Long Phú
        ("31483", "31591"), ("31606", "31495"),  # Thuận Hưng: Long Mỹ and Mỹ Tú
    }
)  # fmt: skip
"""Parts (old commune, new commune) that the source has and that are not: two old communes of one new province bear the
same name, and what was formed of one was written down for both. The new commune lies more than three times its own
radius away from the old one, and nothing else of the old one's district went there."""

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
        if text.casefold().startswith(f"{prefix} ".casefold()):
            name = text[len(prefix) + 1 :]
            return kind, name[0].upper() + name[1:]
    raise ValueError(f"{full_name!r} does not begin with a type of unit")


def units_of(source: sqlite3.Connection) -> list[Unit]:
    """Every unit of both lists, one row for each window."""
    units = [
        *_provinces_of(source, "admin_units", NEW_LIST),
        *_communes_of(source),
        *_provinces_of(source, "admin_units_legacy", OLD_LIST),
        *_old_districts_of(source),
        *_old_communes_of(source),
    ]
    for change in CHANGES:
        units = _changed(units, change)
    return sorted(units, key=lambda unit: (unit.code_list, LEVELS.index(unit.level), unit.code, unit.valid_from))


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


def _old_districts_of(source: sqlite3.Connection) -> Iterable[Unit]:
    for code, parent_code, full_name in source.execute(
        "SELECT DISTINCT districtCode, provinceCode, district FROM admin_units_legacy"
    ):
        yield _old("district", code, parent_code, full_name)


def _old_communes_of(source: sqlite3.Connection) -> Iterable[Unit]:
    # Five island districts had no communes.
    for code, parent_code, full_name in source.execute(
        "SELECT wardCode, districtCode, ward FROM admin_units_legacy WHERE wardCode IS NOT NULL"
    ):
        yield _old("commune", code, parent_code, full_name)


def _old(level: str, code: str, parent_code: str, full_name: str) -> Unit:
    kind, name = split_name(full_name)
    last_day = REFORM - timedelta(days=1)
    return Unit(OLD_LIST, code, level, parent_code, kind, name, OLD_LIST_FROM, last_day, OLD_LOWER_BASIS)


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


def successions_of(source: sqlite3.Connection, parts: Iterable[tuple[str, str]]) -> list[Succession]:
    """Which new unit took over each old one: provinces, then districts, then communes.

    parts: old commune (or island district) and new commune, for every part of the old one that went there.
    """
    heirs = {old: new for new, olds in MERGERS.items() for old in olds}
    found = []
    for (code,) in source.execute("SELECT DISTINCT provinceCode FROM admin_units_legacy ORDER BY 1"):
        kind, basis = ("merge", MERGER_BASIS) if code in heirs else ("continue", LIST_BASIS)
        found.append(_succession(code, heirs.get(code, code), kind, basis))
    parts = sorted(parts)
    went_on = {old for old, _new in parts}
    for code, province in source.execute(
        "SELECT DISTINCT districtCode, provinceCode FROM admin_units_legacy ORDER BY 1"
    ):
        if code not in went_on:
            found.append(_succession(code, heirs.get(province, province), "abolish", LIST_BASIS))
    divided = Counter(old for old, _new in parts)
    joined = Counter(new for _old, new in parts)
    for old, new in parts:
        kind = "split" if divided[old] > 1 else "merge" if joined[new] > 1 else "continue"
        found.append(_succession(old, new, kind, COMMUNES_BASIS))
    return found


def _succession(old: str, new: str, kind: str, basis: str) -> Succession:
    return Succession(OLD_LIST, old, NEW_LIST, new, REFORM, kind, basis)


def parts_of(source: sqlite3.Connection, converter: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Old and new code of every part, from what the source's converter of addresses knows by names."""
    old_codes = {
        f"{province}_{district}_{ward or ''}": ward_code or district_code
        for province, district, ward, ward_code, district_code in source.execute(
            "SELECT provinceKey, districtKey, wardKey, wardCode, districtCode FROM admin_units_legacy"
        )
    }
    new_codes = {
        (province, ward): code
        for province, ward, code in source.execute("SELECT provinceKey, wardKey, wardCode FROM admin_units")
    }
    found = {
        (old_codes[old], new_codes[province, new])
        for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items()
        for new, olds in wards.items()
        for old in olds
    } | {
        (old_codes[old], new_codes[province, part["newWardKey"]])
        for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items()
        for old, parts in divided.items()
        for part in parts
    }
    if not found >= MISTAKEN:
        raise ValueError(f"the source no longer has these mistakes: {sorted(MISTAKEN - found)}")
    found -= MISTAKEN
    if {old for old, _new in found} != set(old_codes.values()) or {new for _old, new in found} != set(
        new_codes.values()
    ):
        raise ValueError("an old commune went on nowhere, or a new one was formed of nothing")
    return found


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
    """Read the data set in the folder named on the command line and write the three files beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="the folder data/ of the package vietnamadminunits")
    folder = parser.parse_args().source
    converter = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    source = sqlite3.connect(f"file:{folder / 'dataset.db'}?mode=ro", uri=True)
    write(HERE / "units.csv", Unit, units_of(source))
    write(HERE / "successions.csv", Succession, successions_of(source, parts_of(source, converter)))
    write(HERE / "aliases.csv", Alias, aliases())
    source.close()


if __name__ == "__main__":
    main()
