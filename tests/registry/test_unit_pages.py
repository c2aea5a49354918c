"""Finding units in every list, and the page of one: what it was, is and became, and what stands there."""

import html
import re
from datetime import date

import pytest

from lms.accounts.models import Role
from lms.core.db import db
from lms.registry import actions, queries
from lms.registry.models import ChangeKind, SuccessionKind, UnitKind, UnitSuccession
from lms.registry.queries import finding
from tests.support import make
from tests.support.queries import count_queries

AT = make.LONG_AGO
TODAY = date(2026, 11, 23)


@pytest.fixture
def land(app, clock):
    """Bình Phước and Yên Bái of before, Đồng Nai and Lào Cai of today; the digits 15 mean both of the latter pair."""
    old, yen_bai = make.old_province("Bình Phước", code="70"), make.old_province("Yên Bái", code="15")
    province, lao_cai = make.province("Đồng Nai", code="75"), make.province("Lào Cai", code="15")
    bom_bo = make.old_commune("Bom Bo", within=old, code="25112")
    divided = make.old_commune("Bù Gia", within=old, code="25111")
    phu_nghia = make.commune("Phú Nghĩa", within=province, code="25220")
    dak_o = make.commune("Đắk Ơ", within=province, code="25229")
    make.commune("Hòa Bình", within=lao_cai, code="03000")
    for earlier, *later in ((old, province), (yen_bai, lao_cai), (bom_bo, phu_nghia), (divided, phu_nghia, dak_o)):
        make.succession(earlier, *later)
    return {unit.name: unit for unit in (old, yen_bai, province, lao_cai, bom_bo, divided, phu_nghia, dak_o)}


def found(text, **more):
    return [queries_code(unit) for unit in finding.find_units(text, **more).units]


def queries_code(unit):
    return unit.path.rpartition("/")[2]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Phú Nghĩa", ["25220"]),
        ("phu nghia", ["25220"]),
        ("Xã Phú Nghĩa", ["25220"]),
        ("xa phu nghia, dong nai", ["25220"]),
        ("Phú Nghĩa, Lào Cai", []),
        ("Bù Gia", ["vn-2004:25111"]),
        # A commune of before lies in the province of today as well.
        ("Bù Gia, Đồng Nai", ["vn-2004:25111"]),
        ("Hoà Bình", ["03000"]),
        ("dak o", ["25229"]),
        # Without the right marks it is found when none has these.
        ("Đăk Ơ", ["25229"]),
        ("25220", ["25220"]),
        # The same digits in both lists, today's first.
        ("15", ["15", "vn-2004:15"]),
        ("vn-2004:15", ["vn-2004:15"]),
        ("%", []),
        ("Không Có", []),
    ],
)
def test_units_are_found_by_name_or_code_in_both_lists(land, text, codes):
    assert found(text) == codes


def test_only_those_of_today_where_that_is_asked(land):
    assert found("15", is_today=True) == ["15"]
    assert found("Bù Gia", is_today=True) == []


def test_a_unit_is_found_by_the_name_that_it_had(land):
    change = actions.AskedChange(
        ChangeKind.RENAME, date(2026, 6, 1), "NQ 400", "25220", name="Đắk Nhau", new_kind=UnitKind.PHUONG
    )
    actions.change_units([change], by=None, at=AT, today=TODAY)

    result = finding.find_units("phú nghĩa")
    assert [unit.name for unit in result.units] == ["Đắk Nhau"]
    assert list(result.names.values()) == [["Phú Nghĩa"]]


# Pages


@pytest.fixture
def reader(land, sign_in):
    return sign_in(make.coordinator(land["Đồng Nai"]))


def text_of(answer):
    return html.unescape(answer.text)


def codes(page, what):
    return re.findall(rf'data-{what}="([^"]+)"', page)


def test_the_list_begins_with_the_provinces_and_finds(reader):
    assert "/registry/units/75" in text_of(reader.get("/registry/units"))

    page = text_of(reader.get("/registry/units?q=bu+gia"))
    assert codes(page, "unit") == ["vn-2004:25111"]
    assert "Đến 30/06/2025" in page
    assert "Không tìm thấy" in text_of(reader.get("/registry/units?q=xyz"))
    assert reader.get("/registry/units", query_string={"q": "a" * 200}).status_code == 422


def test_the_page_of_a_commune_says_what_it_was_formed_of_by_which_document(reader, land):
    page = text_of(reader.get("/registry/units/25220"))

    assert codes(page, "before") == ["vn-2004:25112", "vn-2004:25111"]
    assert "NQ 202/2025/QH15" in page
    assert "/coverage/units/25220" in page
    after = text_of(reader.get("/registry/units/vn-2004:25111"))
    assert codes(after, "after") == ["25229", "25220"]
    assert f"/registry/units/divided/{land['Bù Gia'].id}" in after


def test_the_districts_that_ended_in_a_province_are_told_apart_from_the_provinces_that_it_was(reader, land):
    district = make.old_commune("Bù Đăng", within=land["Bình Phước"], code="696")
    db.session.add(
        UnitSuccession(
            from_unit_id=district.id,
            to_unit_id=land["Đồng Nai"].id,
            kind=SuccessionKind.ABOLISH,
            on=make.LONG_AGO_DAY,
            legal_basis="QĐ 19/2025/QĐ-TTg",
        )
    )

    whole, ended = text_of(reader.get("/registry/units/75")).split("<summary>1 huyện, quận, thị xã")
    assert codes(whole, "before") == ["vn-2004:70"]
    assert codes(ended, "before") == ["vn-2004:696"]


def test_the_same_digits_in_the_other_list_are_pointed_out(reader):
    assert "Yên Bái" in text_of(reader.get("/registry/units/15"))
    assert "Tỉnh Lào Cai" in text_of(reader.get("/registry/units/vn-2004:15"))
    assert "danh mục khác" not in text_of(reader.get("/registry/units/75"))


def test_the_units_inside_are_those_of_the_day(reader):
    today = text_of(reader.get("/registry/units/75"))
    assert codes(today, "below") == ["25229", "25220"]
    # What is Đồng Nai today was Bình Phước then.
    then = text_of(reader.get("/registry/units/75?day=2025-01-01"))
    assert codes(then, "below") == ["vn-2004:70"]
    assert codes(text_of(reader.get("/registry/units/vn-2004:70?day=2025-01-01")), "below") == [
        "vn-2004:25112",
        "vn-2004:25111",
    ]
    assert reader.get("/registry/units/75?day=2030-01-01").status_code == 422


def test_names_and_places_over_time_and_the_resolution_that_changed_them(reader):
    change = actions.AskedChange(ChangeKind.MOVE, date(2026, 6, 1), "NQ 400/NQ-UBTVQH16", "25229", "15")
    entered = actions.change_units([change], by=None, at=AT, today=TODAY)

    page = text_of(reader.get("/registry/units/25229"))
    rows = re.findall(r"<tr>\s*<th scope=\"row\">Xã Đắk Ơ</th>.*?</tr>", page, re.S)
    assert ["Lào Cai" in row for row in rows] == [True, False]
    assert "31/05/2026" in rows[1]
    assert f"/registry/units/changes/{entered.number}" in page
    # The province's land of before has a page of its own.
    province = text_of(reader.get("/registry/units/75"))
    extent = re.search(r'href="(/registry/units/vn-2025@[^"]+)"', province)[1]
    assert "Đây là địa bàn cũ" in text_of(reader.get(extent))


def test_what_stands_in_a_commune_is_told_to_who_leads_there(reader, land, sign_in):
    make.official(make.official(unit=land["Phú Nghĩa"]).person, unit=land["Phú Nghĩa"], started_on=date(2026, 1, 1))
    make.official(unit=land["Bom Bo"])
    make.organisation(unit=land["Phú Nghĩa"])
    make.organisation(unit=land["Phú Nghĩa"], joined_on=date(2025, 8, 1), left_on=date(2026, 1, 1))
    db.session.commit()

    def figures(client):
        page = text_of(client.get("/registry/units/25220"))
        return re.findall(r'class="figure__value number">(\d+)<', page), "/coverage/units/25220" in page

    assert figures(reader) == (["3", "2", "1"], True)
    # Everyone who leads somewhere may read what became of a unit; not what stands in it.
    assert figures(sign_in(make.coordinator(land["Lào Cai"]))) == ([], False)


def test_who_leads_nowhere_looks_nothing_up_and_what_is_not_there_is_not_there(reader, land, sign_in):
    trainer = sign_in(make.trainer(unit=land["Đồng Nai"]))
    assert trainer.get("/registry/units").status_code == 403
    assert trainer.get("/registry/units/75").status_code == 403
    assert reader.get("/registry/units/99999").status_code == 404
    assert reader.get("/registry/units/vn-1999:75").status_code == 404
    centre = sign_in(make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id))
    assert codes(text_of(centre.get("/registry/units/vn")), "below") == ["75", "15"]


def test_the_page_of_a_unit_costs_the_same_however_many_lie_in_it(reader, land):
    def cost(page):
        with count_queries() as statements:
            assert reader.get(page).status_code == 200
        return len(statements)

    before = [cost(page) for page in ("/registry/units/75", "/registry/units?q=xa", "/registry/units/25220")]
    for number in range(5):
        make.succession(make.old_commune(f"Xã {number}", within=land["Bình Phước"]), land["Phú Nghĩa"])
        make.commune(f"Xã mới {number}", within=land["Đồng Nai"])

    assert [cost(page) for page in ("/registry/units/75", "/registry/units?q=xa", "/registry/units/25220")] == before
    assert queries.unit_by_code("75") is not None
