"""The map of squares: every province of today, the same figures as in the table, and the islands where they belong."""

import csv
import re
from decimal import Decimal

import pytest

from lms.coverage.rules import tiles
from lms.registry.queries import DATA
from tests.coverage import tables
from tests.support import make


def provinces_of_today():
    with (DATA / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["code"]
        for row in rows
        if row["code_list"] == "vn-2025" and row["level"] == "province" and not row["valid_to"]
    }


def test_every_province_of_today_has_a_square_of_its_own():
    assert tiles.PLACES.keys() == provinces_of_today()
    taken = [*tiles.PLACES.values(), *(one.place for one in tiles.ISLANDS)]
    assert len(set(taken)) == len(taken)
    assert all(0 <= column < tiles.COLUMNS and 0 <= row < tiles.ROWS for column, row in taken)


def test_the_islands_belong_to_their_provinces():
    with (DATA / "units.csv").open(encoding="utf-8", newline="") as file:
        above = {row["name"]: row["parent_code"] for row in csv.DictReader(file) if row["code_list"] == "vn-2025"}

    assert {one.name: one.province for one in tiles.ISLANDS} == {"Hoàng Sa": "48", "Trường Sa": "56"}
    assert all(above[one.name] == one.province for one in tiles.ISLANDS)


def test_only_everybody_is_the_darkest():
    shares = ("0", "24.9", "25", "50", "75", "99.9", "100")

    assert [tiles.shade_of(Decimal(share)) for share in shares] == [0, 0, 1, 2, 3, 3, 4]
    assert tiles.shade_of(None) is None


@pytest.mark.parametrize(("name", "words"), [("Huế", ["Huế"]), ("Hồ Chí Minh", ["Hồ Chí", "Minh"])])
def test_a_name_stands_in_two_lines(name, words):
    assert tiles.words_of(name) == words


def drawn(text):
    """(province, share) of every square."""
    return set(re.findall(r'data-tile="([^"]+)".*?tiles__share"[^>]*>([^<]*)</text>', text, re.DOTALL))


def test_the_squares_say_what_the_table_says_and_lead_on(world, reader):
    make.province("Đà Nẵng", code="48")
    text = reader().get("/coverage/map?day=2026-03-02").text

    assert drawn(text) == {("04", "50%"), ("96", "0%"), ("48", "—")}
    lines = {line.code: line.percent for line in tables.of_page(text)}
    assert lines == {"04": Decimal(50), "96": Decimal(0), "vn": Decimal(25)}
    assert 'href="/coverage/units/04?day=2026-03-02&amp;requirement=officials"' in text
    assert all(name in text for name in ('data-islands="Hoàng Sa"', 'data-islands="Trường Sa"', "thuộc tỉnh Khánh Hòa"))


def test_the_map_is_todays_whatever_the_day(world, reader):
    old = make.old_province("Bắc Kạn", code="06")
    make.succession(old, world["north"])
    make.official(unit=old, started_on=make.OLD_LAST_DAY)
    text = reader().get("/coverage/map?day=2025-06-30").text

    assert drawn(text) == {("04", "0%"), ("96", "—")}
    assert "Bắc Kạn" not in text


def test_whom_to_count_can_be_chosen(world, reader):
    client = reader()

    assert ("04", "100%") in drawn(client.get("/coverage/map?day=2026-03-02&key=sex/female").text)
    assert client.get("/coverage/map?key=sex/nobody").status_code == 422


def test_the_map_is_for_whoever_leads_the_country(world, reader):
    assert reader("north").get("/coverage/map").status_code == 403
    assert reader().get("/coverage/map").status_code == 200
    assert "/coverage/map" in reader().get("/coverage").text
    assert "/coverage/map" not in reader("north").get("/coverage").text
