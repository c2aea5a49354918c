"""Declared, known by name and trained on the pages, and the page that says where the first two do not agree."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from lms.accounts.models import Role
from lms.coverage.views import reconciliation
from tests.support import make

AT = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def declared(world):
    """Of the officials of the first province one is not known by name yet, and one is more than was declared."""
    north = world["north"]
    made = {"few": make.commune("Ít Hơn", within=north, code="01501"), "all": make.commune("Đủ", within=north)}
    make.declaration(world["north"], {"province": 1}, at=AT)
    make.declaration(world["commune"], {"commune": 3}, at=AT)
    for _number in range(2):
        make.official(unit=made["few"])
    make.declaration(made["few"], {"commune": 1}, at=AT)
    make.official(unit=made["all"])
    make.declaration(made["all"], {"commune": 1}, at=AT)
    return {**world, **made}


def three(text):
    """The three figures of each requirement as they stand on a page."""
    return re.findall(r'data-three="([^"]*)"', text)


def units(text):
    return re.findall(r'<tr data-unit="([^"]+)"', text)


def test_the_main_page_and_the_page_of_figures_lead_with_the_three(declared, reader):
    client = reader("north")

    assert three(client.get("/").text) == ["6/6/1", "0/1/0"]
    assert three(client.get("/coverage").text) == ["6/6/1"]


def test_more_known_than_declared_is_an_error_and_never_a_hundred(declared, reader):
    client = reader("north")
    make.award(make.official(unit=declared["few"]).person)
    text = client.get("/coverage/units/01501").text

    assert three(text) == ["1/3/1"]
    assert "Đã có tên nhiều hơn số khai báo" in text
    assert "cần rà lại trước khi nói đến 100%." in text
    assert "/coverage/units/01501/reconciliation?requirement=officials" in text
    # The sum of a province hides it; its page says so all the same.
    assert "Có nơi đã có tên nhiều hơn số khai báo" in client.get("/coverage").text
    assert "Đã có tên nhiều hơn số khai báo" not in client.get(f"/coverage/units/{declared['all'].code}").text


def test_places_stand_by_what_is_to_be_done_the_largest_difference_first(declared, reader):
    client = reader("north")
    first = client.get("/coverage/reconciliation").text
    assert "Nhiều hơn số khai báo (1)" in first
    assert units(first) == ["01501"]
    assert units(client.get("/coverage/reconciliation?show=unnamed").text) == ["01801"]
    assert units(client.get("/coverage/reconciliation?show=undeclared").text) == ["01321", "01387"]
    assert "2 đơn vị đã khớp đến từng người" in first


def test_a_long_list_goes_on_from_the_last_unit_of_a_page(declared, reader, monkeypatch):
    monkeypatch.setattr(reconciliation, "PAGE", 1)
    client = reader("north")
    first = client.get("/coverage/reconciliation?show=undeclared").text
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = client.get(following).text

    assert (units(first), units(second)) == (["01321"], ["01387"])
    assert 'rel="next"' not in second


def test_down_from_the_country_to_a_commune(declared, reader):
    country = reader().get("/coverage/reconciliation").text
    assert 'href="/coverage/units/04/reconciliation?requirement=officials"' in country
    assert "(Tỉnh Cao Bằng)" in country

    commune = reader().get("/coverage/units/01501/reconciliation").text
    assert f"/registry/declarations/{declared['few'].id}" in commune
    assert "/coverage/units/01501/outstanding/officials" in commune


def test_the_files_hold_every_place_that_does_not_agree(declared, reader):
    client = reader("north")
    sheet = load_workbook(io.BytesIO(client.get("/coverage/units/04/reconciliation.xlsx").data)).active
    cells = [row for row in sheet.iter_rows(values_only=True) if row[4] is not None or row[1] in ("01321", "01387")]
    text = client.get("/coverage/units/04/reconciliation.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))

    assert [row[1] for row in cells[1:]] == [row[1] for row in rows[1:]] == ["01501", "01801", "01321", "01387"]
    assert rows[1] == ["Nhiều hơn số khai báo", "01501", "Xã Ít Hơn", "Tỉnh Cao Bằng", "1", "2", "1", "0"]
    assert rows[2][4:] == ["3", "1", "-2", "1"]
    assert rows[3][4] == ""


def test_another_province_is_not_looked_through(declared, reader):
    client = reader("north")
    for address in ("reconciliation", "reconciliation.xlsx", "reconciliation.csv"):
        assert client.get(f"/coverage/units/96/{address}").status_code == 403
        assert client.get(f"/coverage/units/04/{address}").status_code == 200
    assert "Năm Căn" not in client.get("/coverage/reconciliation?show=undeclared").text


def test_a_list_that_there_is_not(declared, reader):
    assert reader().get("/coverage/reconciliation?show=nonsense").status_code == 404


def test_without_requirements_there_is_nothing_to_compare(app, sign_in):
    client = sign_in(make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id))

    assert "Chưa có yêu cầu tập huấn nào" in client.get("/coverage/reconciliation").text
    assert client.get("/coverage/units/vn/reconciliation.xlsx").status_code == 404
