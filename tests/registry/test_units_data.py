"""The units' CSV files agree with the resolutions, with each other and with independent counts."""

import csv
import unicodedata
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "lms" / "registry" / "data"
REFORM = date(2025, 7, 1)
LAST_CHANGE = date(2026, 9, 20)
LATER = date(2026, 11, 23)

COMMUNES_IN_JULY_2025 = {
    # province: (phường, xã, đặc khu), as counted by an independent list; Đồng Nai (75) before its ten wards
    "01": (51, 75, 0), "04": (3, 53, 0), "08": (7, 117, 0), "11": (3, 42, 0), "12": (2, 36, 0),
    "14": (8, 67, 0), "15": (10, 89, 0), "19": (15, 77, 0), "20": (4, 61, 0), "22": (30, 22, 2),
    "24": (33, 66, 0), "25": (15, 133, 0), "31": (45, 67, 2), "33": (11, 93, 0), "37": (32, 97, 0),
    "38": (19, 147, 0), "40": (11, 119, 0), "42": (9, 60, 0), "44": (8, 69, 1), "46": (21, 19, 0),
    "48": (23, 70, 1), "51": (9, 86, 1), "52": (25, 110, 0), "56": (16, 48, 1), "66": (14, 88, 0),
    "68": (20, 103, 1), "75": (23, 72, 0), "79": (113, 54, 1), "80": (14, 82, 0), "82": (20, 82, 0),
    "86": (19, 105, 0), "91": (14, 85, 3), "92": (31, 72, 0), "96": (9, 55, 0),
}  # fmt: skip
REUSED_CODES = {
    # code: (name in the list of 63, name in the list of 34)
    "15": ("Yên Bái", "Lào Cai"), "24": ("Bắc Giang", "Bắc Ninh"), "44": ("Quảng Bình", "Quảng Trị"),
    "52": ("Bình Định", "Gia Lai"), "80": ("Long An", "Tây Ninh"), "82": ("Tiền Giang", "Đồng Tháp"),
    "91": ("Kiên Giang", "An Giang"),
}  # fmt: skip

Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


UNITS = rows_of("units.csv")


def window(row: Row) -> tuple[date, date]:
    ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
    return date.fromisoformat(row["valid_from"]), ends


def in_force(on: date, code_list: str, level: str) -> list[Row]:
    return [
        row
        for row in UNITS
        if row["code_list"] == code_list and row["level"] == level and window(row)[0] <= on <= window(row)[1]
    ]


def kinds(on: date, level: str = "commune", parent_code: str | None = None) -> Counter[str]:
    return Counter(
        row["kind"]
        for row in in_force(on, "vn-2025", level)
        if parent_code is None or row["parent_code"] == parent_code
    )


@pytest.mark.parametrize("on", [REFORM, date(2026, 4, 29), date(2026, 4, 30), LATER])
def test_there_are_34_provinces_and_3321_communes(on):
    assert len(in_force(on, "vn-2025", "province")) == 34
    assert len(in_force(on, "vn-2025", "commune")) == 3321


@pytest.mark.parametrize(
    ("on", "cities", "provinces"),
    [
        (REFORM, 6, 28),
        (date(2026, 4, 30), 7, 27),
        (date(2026, 9, 1), 8, 26),
        (LAST_CHANGE, 9, 25),
        (LATER, 9, 25),
    ],
)
def test_provinces_become_cities_on_their_days(on, cities, provinces):
    assert kinds(on, "province") == {"thanh_pho": cities, "tinh": provinces}


@pytest.mark.parametrize(
    ("on", "communes", "wards"),
    [
        (REFORM, 2621, 687),
        (date(2026, 4, 29), 2621, 687),
        (date(2026, 4, 30), 2611, 697),
        (date(2026, 9, 19), 2611, 697),
        (LAST_CHANGE, 2599, 709),
        (LATER, 2599, 709),
    ],
)
def test_communes_become_wards_on_their_days(on, communes, wards):
    assert kinds(on) == {"xa": communes, "phuong": wards, "dac_khu": 13}


@pytest.mark.parametrize("province", sorted(COMMUNES_IN_JULY_2025))
def test_each_province_has_the_communes_of_the_independent_list(province):
    wards, communes, special_zones = COMMUNES_IN_JULY_2025[province]

    counted = kinds(REFORM, parent_code=province)

    assert (counted["phuong"], counted["xa"], counted["dac_khu"]) == (wards, communes, special_zones)


def test_there_were_63_provinces_the_day_before_and_none_of_them_after():
    assert len(in_force(REFORM - timedelta(days=1), "vn-2004", "province")) == 63
    assert in_force(REFORM, "vn-2004", "province") == []


def test_hue_was_a_province_until_the_end_of_2024():
    def hue(on: date) -> tuple[str, str]:
        (row,) = (row for row in in_force(on, "vn-2004", "province") if row["code"] == "46")
        return row["kind"], row["name"]

    assert hue(date(2024, 12, 31)) == ("tinh", "Thừa Thiên Huế")
    assert hue(date(2025, 1, 1)) == ("thanh_pho", "Huế")


def test_windows_of_one_code_neither_overlap_nor_leave_a_hole():
    windows = defaultdict(list)
    for row in UNITS:
        windows[row["code_list"], row["code"]].append(window(row))
    for code, spans in windows.items():
        spans.sort()
        assert all(starts <= ends for starts, ends in spans), code
        for (_, ends), (starts, _) in pairwise(spans):
            assert starts == ends + timedelta(days=1), code
        assert spans[-1][1] == (date.max if code[0] == "vn-2025" else REFORM - timedelta(days=1)), code


def test_every_commune_lies_in_a_province_and_provinces_in_nothing():
    provinces = {row["code"] for row in in_force(REFORM, "vn-2025", "province")}

    assert {row["parent_code"] for row in UNITS if row["level"] == "commune"} == provinces
    assert {row["parent_code"] for row in UNITS if row["level"] == "province"} == {""}


def test_names_are_clean_and_codes_keep_their_zeros():
    for row in UNITS:
        assert row["name"] == unicodedata.normalize("NFC", " ".join(row["name"].split()))
        assert not row["name"].startswith(("Tỉnh ", "Thành phố ", "Xã ", "Phường ", "Đặc khu "))
        assert row["code"].isdigit()
        assert len(row["code"]) == (2 if row["level"] == "province" else 5)
        assert row["legal_basis"]


def test_no_two_communes_of_a_province_are_called_alike():
    called = Counter((row["parent_code"], row["kind"], row["name"]) for row in in_force(LATER, "vn-2025", "commune"))

    assert [name for name, count in called.items() if count > 1] == []


@pytest.mark.parametrize("code", sorted(REUSED_CODES))
def test_a_reused_code_means_another_province_before_and_after(code):
    names = tuple(
        next(row["name"] for row in in_force(on, code_list, "province") if row["code"] == code)
        for on, code_list in ((date(2025, 6, 30), "vn-2004"), (REFORM, "vn-2025"))
    )

    assert names == REUSED_CODES[code]


def test_each_old_province_is_succeeded_by_one_new_one():
    successions = rows_of("successions.csv")
    old = {row["code"] for row in UNITS if row["code_list"] == "vn-2004"}
    new = {row["code"] for row in in_force(REFORM, "vn-2025", "province")}

    assert sorted(row["from_code"] for row in successions) == sorted(old)
    assert {row["to_code"] for row in successions} == new
    assert {row["on"] for row in successions} == {"2025-07-01"}
    heirs = Counter(row["to_code"] for row in successions)
    for row in successions:
        assert row["kind"] == ("continue" if heirs[row["to_code"]] == 1 else "merge")
    assert sum(count == 1 for count in heirs.values()) == 11


@pytest.mark.parametrize(
    ("old", "new"),
    [("Yên Bái", "Lào Cai"), ("Bắc Giang", "Bắc Ninh"), ("Hải Dương", "Hải Phòng"), ("Long An", "Tây Ninh"),
     ("Bà Rịa - Vũng Tàu", "Hồ Chí Minh"), ("Hòa Bình", "Phú Thọ"), ("Kon Tum", "Quảng Ngãi")],
)  # fmt: skip
def test_the_province_is_found_that_took_over(old, new):
    names = {(row["code_list"], row["code"]): row["name"] for row in UNITS if row["level"] == "province"}
    heirs = {
        names[row["from_code_list"], row["from_code"]]: names[row["to_code_list"], row["to_code"]]
        for row in rows_of("successions.csv")
    }

    assert heirs[old] == new


def test_an_alias_names_a_unit_and_is_no_unit_s_own_name_today():
    codes = {(row["code_list"], row["code"]) for row in UNITS}
    today = {row["name"] for row in in_force(LATER, "vn-2025", "province")}
    for row in rows_of("aliases.csv"):
        assert (row["code_list"], row["code"]) in codes
        assert row["alias"] not in today
