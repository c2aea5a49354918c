"""One row of a roster: what is taken silently, what with a warning, what is refused, each with its own reason."""

import unicodedata
from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from lms.registry.rules.reasons import FIELDS, REASONS, Severity
from lms.registry.rules.rows import read_row
from lms.registry.rules.sheets import Formula, RawRow
from lms.registry.rules.tables import find_table
from lms.registry.rules.units import Place, places_of, read_commune, read_province, unit_key, without_kind
from tests.registry.places import (
    BAC_HA_WARD,
    CENTRE,
    DONG_NAI,
    HO_CHI_MINH,
    HUE,
    KHANH_HOA,
    LAO_CAI,
    MDRAK,
    PLACES,
    TAM_PHUOC,
    TAN_LOI,
    THUY_XUAN,
)
from tests.registry.sheetfiles import csv_file, leader, official

TODAY = date(2026, 11, 23)


def read(row, **formulas):
    """A row as it is understood; formulas: columns (by field) whose cell is computed."""
    table = find_table(csv_file(row))
    raw = table.rows[0]
    cells = list(raw.cells)
    for field, shown in formulas.items():
        cells[table.columns[field]] = Formula(shown)
    return read_row(RawRow(raw.number, cells), table.columns, table.kind, PLACES, today=TODAY)


def codes(row, severity=None):
    return [found.code for found in row.findings if severity in (None, found.severity)]


def test_a_good_official_has_nothing_to_be_said():
    row = read(official())

    assert codes(row) == []
    assert (row.full_name, row.birth_on, row.sex, row.level) == ("Trần Đức Tuấn", date(1989, 3, 13), "male", "commune")
    assert (row.unit, row.started_on) == (TAN_LOI, date(2019, 2, 1))


def test_a_good_leader_has_nothing_to_be_said():
    row = read(leader())

    assert codes(row) == []
    assert (row.organisation_kind, row.tax_code, row.unit) == ("cooperative", "7936173040", TAN_LOI)
    assert row.level is None


@pytest.mark.parametrize(
    "change",
    [
        {"Họ và tên": "  TRẦN  ĐỨC  TUẤN "},
        {"Họ và tên": "trần đức tuấn"},
        {"Họ và tên": unicodedata.normalize("NFD", "Trần Đức Tuấn")},
        {"Ngày sinh": "13-3-1989"},
        {"Ngày sinh": "13.3.1989"},
        {"Ngày sinh": "1989-03-13"},
        {"Điện thoại": "928816302"},
        {"Điện thoại": "+84 928.816.302"},
        {"Xã/Phường": "Tân Lợi"},
        {"Xã/Phường": "xã  tân lợi"},
        {"Tỉnh/Thành phố": "Đồng Nai"},
        {"Tỉnh/Thành phố": "TP. Đồng Nai"},
        {"Tỉnh/Thành phố": "Tỉnh Đồng Nai"},
    ],
)
def test_what_is_taken_silently(change):
    assert replace(read(official(**change)), label="") == replace(read(official()), label="")


def test_markup_in_a_workplace_is_kept_as_text():
    row = read(leader(**{"Tên tổ chức kinh tế": "HTX Tân Lợi <script>alert(1)</script>"}))

    assert row.workplace == "HTX Tân Lợi <script>alert(1)</script>"
    assert codes(row) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Số CCCD": "75089060816"}, "id_number_restored"),
        ({"Số CCCD": "000089060816"}, "id_number_prefix"),
        ({"Giới tính": "Nữ"}, "id_number_sex"),
        ({"Ngày sinh": "13/03/1990"}, "id_number_birth_year"),
        ({"Số CCCD": ""}, "id_number_missing"),
        ({"Số CCCD": "không có"}, "id_number_missing"),
        ({"Điện thoại": "01697815313"}, "phone_converted"),
        ({"Điện thoại": "hỏi cán bộ xã"}, "phone_unreadable"),
        ({"Tỉnh/Thành phố": "Bình Phước"}, "province_before_2025"),
        ({"Xã/Phường": ""}, "commune_missing"),
        ({"Xã/Phường": "Phường Tân Lợi"}, "commune_kind"),
        ({"Giới tính": "?"}, "sex_unreadable"),
        ({"Ngày sinh": ""}, "birth_on_missing"),
        ({"Đơn vị công tác": ""}, "workplace_empty"),
        ({"Ngày nhận nhiệm vụ": ""}, "started_on_missing"),
        ({"Họ và tên": "Trần Đức Tuấn (1989)"}, "name_signs"),
    ],
)
def test_what_is_taken_with_a_warning(change, code):
    row = read(official(**change))

    assert codes(row) == [code]
    assert REASONS[code].severity is Severity.WARNING
    assert not row.is_refused


@pytest.mark.parametrize("birth_on", ["13/03/2015", "13/03/1919"])
def test_an_unlikely_age_is_a_warning(birth_on):
    assert "birth_on_unlikely" in codes(read(official(**{"Ngày sinh": birth_on})), Severity.WARNING)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Họ và tên": ""}, "name_missing"),
        ({"Họ và tên": " \u200b "}, "name_missing"),
        ({"Họ và tên": '=HYPERLINK("http://x","An")'}, "name_formula"),
        ({"Họ và tên": "+An"}, "name_formula"),
        ({"Họ và tên": "@An"}, "name_formula"),
        ({"Họ và tên": "An " * 40}, "name_too_long"),
        ({"Ngày sinh": "31/02/1980"}, "birth_on_invalid"),
        ({"Ngày sinh": "06/05/2031"}, "birth_on_future"),
        ({"Ngày nhận nhiệm vụ": "31/02/2020"}, "started_on_invalid"),
        ({"Ngày nhận nhiệm vụ": "24/11/2026"}, "started_on_future"),
        ({"Ngày nhận nhiệm vụ": "01/02/1980"}, "started_on_before_birth"),
        ({"Số CCCD": "07508906081"}, "id_number_length"),
        ({"Số CCCD": "067067O33901"}, "id_number_letters"),
        ({"Email": "khong co @ email"}, "email_invalid"),
        ({"Tỉnh/Thành phố": "Tỉnh Hà Bắc Mới"}, "province_unknown"),
        ({"Tỉnh/Thành phố": ""}, "province_missing"),
        ({"Xã/Phường": "Phường Thủy Xuân"}, "commune_elsewhere"),
        ({"Xã/Phường": "Xã Không Có"}, "commune_unknown"),
        ({"Tỉnh/Thành phố": "Lào Cai", "Xã/Phường": "Bắc Hà"}, "commune_ambiguous"),
        ({"Cấp": "Huyện"}, "level_ended"),
        ({"Cấp": "Tổ dân phố"}, "level_unknown"),
        ({"Đơn vị công tác": "=1+1"}, "workplace_formula"),
        ({"Đơn vị công tác": "x" * 181}, "workplace_too_long"),
    ],
)
def test_what_is_refused(change, code):
    row = read(official(**change))

    assert codes(row, Severity.REFUSED) == [code]
    assert row.is_refused


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Mã số thuế": "7936173041"}, "tax_code_invalid"),
        ({"Loại hình": "Câu lạc bộ"}, "legal_form_unknown"),
        ({"Tên tổ chức kinh tế": ""}, "workplace_missing"),
    ],
)
def test_what_is_refused_of_a_leader(change, code):
    assert codes(read(leader(**change)), Severity.REFUSED) == [code]


def test_a_formula_cell_is_refused_where_a_name_belongs_and_taken_elsewhere():
    assert codes(read(official(), full_name="Quách Hữu Khánh")) == ["name_formula"]
    assert codes(read(official(), workplace="UBND")) == ["workplace_formula"]
    assert codes(read(official(), birth_on=date(1989, 3, 13), phone=928816302)) == []


def test_a_row_says_all_its_reasons():
    row = read(
        official(
            **{
                "Họ và tên": "",
                "Ngày sinh": "31/02/1980",
                "Email": "@",
                "Tỉnh/Thành phố": "Mới",
                "Số CCCD": "0750O9060816",
            }
        )
    )

    assert set(codes(row)) == {
        "name_missing", "birth_on_invalid", "email_invalid", "province_unknown", "id_number_letters",
    }  # fmt: skip


def test_a_day_to_come_is_not_held_against_the_id():
    assert codes(read(official(**{"Ngày sinh": "06/05/2031"}))) == ["birth_on_future"]


def test_the_sex_is_taken_from_the_id_where_it_is_not_written():
    assert read(official(**{"Giới tính": ""})).sex == "male"


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("Công ty TNHH", "enterprise"),
        ("Công ty cổ phần", "enterprise"),
        ("Doanh nghiệp tư nhân", "enterprise"),
        ("Hợp tác xã", "cooperative"),
        ("HTX", "cooperative"),
        ("Liên hiệp hợp tác xã", "cooperative"),
        ("Tổ hợp tác", "cooperative_group"),
        ("Hộ kinh doanh", "household"),
        ("Cơ sở sản xuất", "household"),
    ],
)
def test_legal_forms_are_of_four_kinds(form, kind):
    assert read(leader(**{"Loại hình": form, "Mã số thuế": ""})).organisation_kind == kind


def test_the_name_tells_the_kind_where_the_legal_form_is_missing():
    assert read(leader(**{"Loại hình": ""})).organisation_kind == "cooperative"


def test_a_product_group_is_one_of_six_or_left_out():
    assert read(leader(**{"Nhóm sản phẩm": "THỰC PHẨM"})).product_group == "Thực phẩm"
    assert codes(read(leader(**{"Nhóm sản phẩm": "Ô tô"}))) == ["product_group_unknown"]


@pytest.mark.parametrize(
    ("level", "province", "commune", "unit", "kept"),
    [
        ("Trung ương", "", "", CENTRE, "central"),
        ("TW", "Đồng Nai", "", CENTRE, "central"),
        ("Tỉnh", "Đồng Nai", "", DONG_NAI, "province"),
        ("cấp tỉnh", "Đồng Nai", "Xã Tân Lợi", DONG_NAI, "province"),
        ("Xã", "Đồng Nai", "Xã Tân Lợi", TAN_LOI, "commune"),
        ("", "Đồng Nai", "Xã Tân Lợi", TAN_LOI, "commune"),
        ("", "Đồng Nai", "", DONG_NAI, "province"),
    ],
)
def test_the_level_says_where_the_post_is(level, province, commune, unit, kept):
    row = read(official(**{"Cấp": level, "Tỉnh/Thành phố": province, "Xã/Phường": commune}))

    assert (row.unit, row.level) == (unit, kept)
    assert not row.is_refused


@pytest.mark.parametrize(
    ("text", "place", "is_former"),
    [
        ("Huế", HUE, False),
        ("Thành phố Huế", HUE, False),
        ("TP Huế", HUE, False),
        ("Thừa Thiên Huế", HUE, False),
        ("Khánh Hoà", KHANH_HOA, False),
        ("KHÁNH HÒA", KHANH_HOA, False),
        ("TP.HCM", HO_CHI_MINH, False),
        ("TP. Hồ Chí Minh", HO_CHI_MINH, False),
        ("Bình Phước", DONG_NAI, True),
        ("Tỉnh Yên Bái", LAO_CAI, True),
        ("Lào Cai", LAO_CAI, False),
        ("Hà Bắc Mới", None, False),
        ("", None, False),
    ],
)
def test_provinces_of_today_of_before_and_none(text, place, is_former):
    reading = read_province(text, PLACES)

    assert (reading.place, reading.is_former) == (place, is_former)


@pytest.mark.parametrize(
    ("text", "province", "place"),
    [
        ("Phường Thuỷ Xuân", HUE, THUY_XUAN),
        ("P. Thủy Xuân", HUE, THUY_XUAN),
        ("Xã M’Drắk", LAO_CAI, MDRAK),
        ("Phường Bắc Hà", LAO_CAI, BAC_HA_WARD),
        ("Xã Tam Phước", DONG_NAI, TAM_PHUOC),
    ],
)
def test_communes_by_name_and_by_the_kind_they_are_or_were(text, province, place):
    assert read_commune(text, province, PLACES).place == place
    assert read_commune(text, province, PLACES).code == ""


QUANG_NINH: Final = Place(20, "vn/22", unit_key("Quảng Ninh"), "Quảng Ninh", "tinh")
QUANG_NINH_TOO: Final = Place(21, "vn/99", unit_key("Quang Nình"), "Quang Nình", "tinh")
TWINS: Final = places_of(
    PLACES.centre,
    [QUANG_NINH, QUANG_NINH_TOO],
    [
        Place(30, "vn/22/1", unit_key("Tân Lợi"), "Tân Lợi", "xa"),
        Place(31, "vn/22/2", unit_key("Tấn Lợi"), "Tấn Lợi", "phuong", frozenset({"phuong", "xa"})),
        Place(32, "vn/22/3", unit_key("Tân Lới"), "Tân Lới", "dac_khu"),
    ],
    former={unit_key("Hòa Bình"): QUANG_NINH, unit_key("Hoa Bính"): QUANG_NINH_TOO},
    spellings={},
)
"""Names that only their marks tell apart."""


@pytest.mark.parametrize(
    ("text", "place", "is_former"),
    [
        ("Dong Nai", DONG_NAI, False),
        ("TINH DONG NAI", DONG_NAI, False),
        ("thanh pho ho chi minh", HO_CHI_MINH, False),
        ("Tp Hue", HUE, False),
        ("Khanh Hoa", KHANH_HOA, False),
        ("Thua Thien Hue", HUE, False),
        ("Binh Phuoc", DONG_NAI, True),
        ("Tinh Yen Bai", LAO_CAI, True),
        # With marks, a wrong one is a wrong name.
        ("Đong Nai", None, False),
        ("Ha Bac Moi", None, False),
    ],
)
def test_a_province_may_be_written_without_any_marks_where_only_one_can_be_meant(text, place, is_former):
    reading = read_province(text, PLACES)

    assert (reading.place, reading.is_former, reading.candidates) == (place, is_former, ())
    assert reading.is_unmarked == (place is not None)


def test_where_several_can_be_meant_none_is_taken_and_they_are_named():
    assert read_province("Quang Ninh", TWINS).candidates == (QUANG_NINH, QUANG_NINH_TOO)
    assert read_province("Tinh Hoa Binh", TWINS).place is None
    assert read_province("Quảng Ninh", TWINS).place == QUANG_NINH

    reading = read_commune("Tan Loi", QUANG_NINH, TWINS)
    assert (reading.place, [place.id for place in reading.candidates]) == (None, [30, 31, 32])
    # A kind before the name decides as far as it goes.
    assert [place.id for place in read_commune("xa Tan Loi", QUANG_NINH, TWINS).candidates] == [30, 31]
    assert read_commune("Dac khu Tan Loi", QUANG_NINH, TWINS).place.id == 32


@pytest.mark.parametrize(
    ("text", "province", "place"),
    [
        ("Phuong Thuy Xuan", HUE, THUY_XUAN),
        ("tam phuoc", DONG_NAI, TAM_PHUOC),
        ("xa M'Drak", LAO_CAI, MDRAK),
        ("Phuong Bac Ha", LAO_CAI, BAC_HA_WARD),
    ],
)
def test_a_commune_may_be_written_without_any_marks(text, province, place):
    reading = read_commune(text, province, PLACES)

    assert (reading.place, reading.code) == (place, "commune_unmarked")


def test_of_what_is_written_without_marks_the_row_says_how_it_was_understood():
    row = read(official(**{"Tỉnh/Thành phố": "Dong Nai", "Xã/Phường": "Xa Tan Loi"}))

    assert row.unit == TAN_LOI
    assert not row.is_refused
    said = {finding.code: finding.value for finding in row.findings}
    assert said["province_unmarked"] == "Thành phố Đồng Nai"
    assert said["commune_unmarked"] == "Xã Tân Lợi"


def test_a_kind_is_only_what_stands_before_a_name():
    assert without_kind("Xã Thành Công") == ("xa", "Thành Công")
    assert without_kind("Thành phố Huế") == ("thanh_pho", "Huế")
    assert without_kind("Phường") == (None, "Phường")
    assert without_kind("Xanh Lơ") == (None, "Xanh Lơ")


def test_every_reason_belongs_to_a_column_that_has_a_name():
    assert {reason.field for reason in REASONS.values()} <= set(FIELDS)


def test_every_reason_says_something_of_its_own():
    assert len({reason.text for reason in REASONS.values()}) == len(REASONS)
