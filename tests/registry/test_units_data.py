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
SUCCESSIONS = rows_of("successions.csv")
LAST_OLD_DAY = REFORM - timedelta(days=1)
ISLANDS = {"318": "11948", "471": "19742", "498": "20333", "536": "21548", "755": "26732"}
"""Districts of islands, which had no communes, and the special zones of today."""


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


def test_every_unit_lies_in_one_of_its_list_and_provinces_in_nothing():
    above = {"province": None, "district": "province", "commune": "district"}
    for code_list in ("vn-2004", "vn-2025"):
        codes = defaultdict(set)
        for row in UNITS:
            if row["code_list"] == code_list:
                codes[row["level"]].add(row["code"])
        for row in UNITS:
            if row["code_list"] == code_list:
                level = "province" if code_list == "vn-2025" and row["level"] == "commune" else above[row["level"]]
                assert row["parent_code"] in (codes[level] if level is not None else {""}), row
    assert {row["parent_code"] for row in in_force(REFORM, "vn-2025", "commune")} == {
        row["code"] for row in in_force(REFORM, "vn-2025", "province")
    }


def test_names_are_clean_and_codes_keep_their_zeros():
    kinds_written = ("Tỉnh ", "Thành phố ", "Quận ", "Huyện ", "Thị xã ", "Thị trấn ", "Xã ", "Đặc khu ")
    digits = {"province": 2, "district": 3, "commune": 5}
    for row in UNITS:
        assert row["name"] == unicodedata.normalize("NFC", " ".join(row["name"].split()))
        assert not row["name"].startswith(kinds_written)
        assert row["name"][0].isupper() or row["name"][0].isdigit()
        assert row["code"].isdigit()
        assert len(row["code"]) == digits[row["level"]]
        assert row["legal_basis"]


@pytest.mark.parametrize(("on", "code_list"), [(LATER, "vn-2025"), (LAST_OLD_DAY, "vn-2004")])
def test_no_two_communes_under_one_unit_are_called_alike(on, code_list):
    called = Counter((row["parent_code"], row["kind"], row["name"]) for row in in_force(on, code_list, "commune"))

    assert [name for name, count in called.items() if count > 1] == []


def test_the_old_list_has_the_districts_and_communes_of_its_last_day():
    districts = Counter(row["kind"] for row in in_force(LAST_OLD_DAY, "vn-2004", "district"))
    communes = Counter(row["kind"] for row in in_force(LAST_OLD_DAY, "vn-2004", "commune"))

    assert districts == {"quan": 49, "huyen": 508, "thi_xa": 52, "thanh_pho": 87}
    assert sum(districts.values()) == 696
    assert communes == {"xa": 7692, "phuong": 1726, "thi_tran": 617}
    assert sum(communes.values()) == 10_035
    assert in_force(REFORM, "vn-2004", "district") == in_force(REFORM, "vn-2004", "commune") == []


@pytest.mark.parametrize("code", sorted(REUSED_CODES))
def test_a_reused_code_means_another_province_before_and_after(code):
    names = tuple(
        next(row["name"] for row in in_force(on, code_list, "province") if row["code"] == code)
        for on, code_list in ((date(2025, 6, 30), "vn-2004"), (REFORM, "vn-2025"))
    )

    assert names == REUSED_CODES[code]


LEVEL_OF = {(row["code_list"], row["code"]): row["level"] for row in UNITS}


def passed_on(level: str) -> list[Row]:
    return [row for row in SUCCESSIONS if LEVEL_OF[row["from_code_list"], row["from_code"]] == level]


def test_successions_lead_from_the_old_list_to_the_new_one_on_the_day_of_the_reform():
    assert {(row["from_code_list"], row["to_code_list"], row["on"]) for row in SUCCESSIONS} == {
        ("vn-2004", "vn-2025", "2025-07-01")
    }
    pairs = Counter((row["from_code"], row["to_code"]) for row in SUCCESSIONS)
    assert [pair for pair, count in pairs.items() if count > 1] == []


def test_each_old_province_is_succeeded_by_one_new_one():
    old = {row["code"] for row in in_force(LAST_OLD_DAY, "vn-2004", "province")}
    new = {row["code"] for row in in_force(REFORM, "vn-2025", "province")}
    rows = passed_on("province")

    assert sorted(row["from_code"] for row in rows) == sorted(old)
    assert {row["to_code"] for row in rows} == new
    heirs = Counter(row["to_code"] for row in rows)
    for row in rows:
        assert row["kind"] == ("continue" if heirs[row["to_code"]] == 1 else "merge")
    assert sum(count == 1 for count in heirs.values()) == 11


def test_districts_ended_and_those_of_islands_went_on_as_special_zones():
    rows = {row["from_code"]: row for row in passed_on("district")}

    assert rows.keys() == {row["code"] for row in in_force(LAST_OLD_DAY, "vn-2004", "district")}
    assert {code: row["to_code"] for code, row in rows.items() if row["kind"] == "continue"} == ISLANDS
    assert {row["kind"] for code, row in rows.items() if code not in ISLANDS} == {"abolish"}


def test_each_commune_went_on_and_the_kind_of_it_tells_how():
    rows = [*passed_on("commune"), *(row for row in passed_on("district") if row["kind"] == "continue")]
    heirs = Counter(row["from_code"] for row in rows)
    formed_of = Counter(row["to_code"] for row in rows)

    assert {row["from_code"] for row in passed_on("commune")} == {
        row["code"] for row in in_force(LAST_OLD_DAY, "vn-2004", "commune")
    }
    assert {row["to_code"] for row in rows} == {row["code"] for row in in_force(REFORM, "vn-2025", "commune")}
    for row in rows:
        alone = "continue" if formed_of[row["to_code"]] == 1 else "merge"
        assert row["kind"] == ("split" if heirs[row["from_code"]] > 1 else alone), row
    assert Counter(heirs.values()) == {1: 9598, 2: 370, 3: 56, 4: 15, 5: 1}


def test_no_new_commune_was_formed_across_old_provinces_and_each_lies_in_the_province_that_took_its_own_over():
    parent = {(row["code_list"], row["code"]): row["parent_code"] for row in UNITS}
    heir = {row["from_code"]: row["to_code"] for row in passed_on("province")}
    lay_in = defaultdict(set)
    for row in passed_on("commune"):
        lay_in[row["to_code"]].add(parent["vn-2004", parent["vn-2004", row["from_code"]]])

    for code, provinces in lay_in.items():
        (province,) = provinces
        assert parent["vn-2025", code] == heir[province]


@pytest.mark.parametrize(
    ("new", "formed_of"),
    [
        (("01", "Ba Đình"), ["Cửa Nam", "Cửa Đông", "Kim Mã", "Ngọc Hà", "Quán Thánh", "Thụy Khuê", "Trúc Bạch",
                             "Điện Biên", "Đồng Xuân", "Đội Cấn"]),
        (("66", "Tuy Hòa"), ["1", "2", "4", "5", "7", "9", "Hòa An", "Hòa Trị"]),
        (("66", "Ea Ktur"), ["Ea BHốk", "Ea Ktur", "Ea Tiêu"]),
        (("66", "Buôn Đôn"), ["Krông Na"]),
        (("80", "Tân Ninh"), ["1", "2", "3", "4", "Hiệp Ninh", "Thái Bình"]),
    ],
)  # fmt: skip
def test_a_commune_was_formed_of_what_another_list_says(new, formed_of):
    province, name = new
    (code,) = (row["code"] for row in in_force(REFORM, "vn-2025", "commune")
               if (row["parent_code"], row["name"]) == (province, name))  # fmt: skip
    names = {row["code"]: row["name"] for row in in_force(LAST_OLD_DAY, "vn-2004", "commune")}

    assert sorted(names[row["from_code"]] for row in passed_on("commune") if row["to_code"] == code) == formed_of


@pytest.mark.parametrize(
    ("old", "new"),
    [("Yên Bái", "Lào Cai"), ("Bắc Giang", "Bắc Ninh"), ("Hải Dương", "Hải Phòng"), ("Long An", "Tây Ninh"),
     ("Bà Rịa - Vũng Tàu", "Hồ Chí Minh"), ("Hòa Bình", "Phú Thọ"), ("Kon Tum", "Quảng Ngãi")],
)  # fmt: skip
def test_the_province_is_found_that_took_over(old, new):
    names = {(row["code_list"], row["code"]): row["name"] for row in UNITS if row["level"] == "province"}
    heirs = {
        names[row["from_code_list"], row["from_code"]]: names[row["to_code_list"], row["to_code"]]
        for row in passed_on("province")
    }

    assert heirs[old] == new


def test_an_alias_names_a_unit_and_is_no_unit_s_own_name_today():
    codes = {(row["code_list"], row["code"]) for row in UNITS}
    today = {row["name"] for row in in_force(LATER, "vn-2025", "province")}
    for row in rows_of("aliases.csv"):
        assert (row["code_list"], row["code"]) in codes
        assert row["alias"] not in today
