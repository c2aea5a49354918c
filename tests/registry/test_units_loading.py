"""The official units are loaded from their files, once."""

from datetime import UTC, date, datetime

from sqlalchemy import delete, func, select

from lms.core.db import db
from lms.coverage.queries import coverage
from lms.registry import actions, queries
from lms.registry.models import Level, PositionKind, Unit, UnitKind, UnitName, UnitReach, UnitSuccession
from lms.registry.rules.units import unit_key
from tests.support import make
from tests.support.queries import count_queries

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def existing(level):
    return db.session.scalar(select(func.count()).select_from(Unit).where(Unit.level == level, Unit.valid_to.is_(None)))


def test_loading(app):
    loaded = actions.load_units(AT)

    assert (existing(Level.CENTRAL), existing(Level.PROVINCE), existing(Level.COMMUNE)) == (1, 34, 3321)
    assert existing(Level.DISTRICT) == 0
    units, names, successions = (
        db.session.scalar(select(func.count()).select_from(table)) for table in (Unit, UnitName, UnitSuccession)
    )
    assert units == 1 + 34 + 3321 + 63 + 696 + 10_035
    assert loaded.created == units + names + successions

    db.session.commit()
    with count_queries() as queries:
        assert actions.load_units(AT).is_nothing
    assert [query for query in queries if not query.startswith("SELECT")] == []
    assert len(queries) < 15, queries


def test_the_number_of_statements_does_not_grow_with_the_units(app):
    with count_queries() as queries:
        actions.load_units(AT)

    assert len(queries) < 400, len(queries)


def within(code, code_list="vn-2025"):
    """The paths of the units in which something at a unit counts."""
    unit = queries.unit_by_code(code, code_list)
    return set(
        db.session.scalars(
            select(Unit.path).join(UnitReach, UnitReach.within_id == Unit.id).where(UnitReach.unit_id == unit.id)
        )
    )


def test_an_old_commune_counts_on_every_map(official_units):
    dak_mil = {"vn", "vn/vn-2004:67", "vn/vn-2004:67/vn-2004:663", "vn/68"}

    # Thị trấn Đắk Mil, Đắk Nông went on in xã Đức Lập, Lâm Đồng.
    assert within("24664", "vn-2004") == {*dak_mil, "vn/vn-2004:67/vn-2004:663/vn-2004:24664", "vn/68/24664"}
    assert within("24664") == {*dak_mil, "vn/68/24664"}
    assert within("663", "vn-2004") == dak_mil
    # Phường Thịnh Liệt, Hà Nội was divided among four.
    assert within("00331", "vn-2004") == {
        "vn",
        "vn/01",
        "vn/vn-2004:01",
        "vn/vn-2004:01/vn-2004:008",
        "vn/vn-2004:01/vn-2004:008/vn-2004:00331",
    }
    # Cao Bằng went on alone; Lâm Đồng took in two others.
    assert within("04") == {"vn", "vn/04", "vn/vn-2004:04"}
    assert within("68") == {"vn", "vn/68"}


def test_names_say_under_which_unit_they_stood(official_units):
    for code, code_list, above in [
        ("24664", "vn-2004", "vn-2004:663"),
        ("24664", "vn-2025", "68"),
        ("68", "vn-2025", "vn"),
    ]:
        unit = queries.unit_by_code(code, code_list)
        (name,) = db.session.scalars(select(UnitName).where(UnitName.unit_id == unit.id))
        assert db.session.get(Unit, name.parent_id).path.rpartition("/")[2] == above


def test_a_roster_can_name_provinces_of_before_but_no_commune_of_before(official_units):
    places = queries.places()
    assert len(places.provinces) > 34
    assert sum(len(found) for keys in places.communes.values() for found in keys.values()) == 3321
    assert places.former_provinces[unit_key("Đắk Nông")].name == "Lâm Đồng"
    assert unit_key("Đắk Mil") in places.commune_keys
    assert unit_key("Thịnh Liệt") not in places.commune_keys


def test_a_difference_is_brought_in(official_units):
    queries.unit_by_code("75").name = "Đồng Nai cũ"
    db.session.flush()

    assert actions.load_units(AT).changed == 1
    assert queries.unit_by_code("75").name == "Đồng Nai"


def test_a_code_of_the_old_list_is_another_unit_than_the_same_code_today(official_units):
    old, today = queries.unit_by_code("15", "vn-2004"), queries.unit_by_code("15")

    assert (old.name, old.path, old.valid_to) == ("Yên Bái", "vn/vn-2004:15", date(2025, 6, 30))
    assert (today.name, today.path, today.valid_to) == ("Lào Cai", "vn/15", None)


def test_a_province_that_became_a_city_keeps_both_names(official_units):
    dong_nai = queries.unit_by_code("75")
    names = db.session.scalars(
        select(UnitName).where(UnitName.unit_id == dong_nai.id).order_by(UnitName.valid_from)
    ).all()

    assert dong_nai.kind is UnitKind.THANH_PHO
    assert [(name.kind, name.valid_from) for name in names] == [
        (UnitKind.TINH, date(2025, 7, 1)),
        (UnitKind.THANH_PHO, date(2026, 4, 30)),
    ]


def test_what_people_count_in_follows_when_the_files_say_more_than_before(official_units):
    """An installation that knew the provinces of before only: who holds a post now counts in the old province too."""
    make.requirements()
    officials = make.requirements()[PositionKind.OFFICIAL]
    commune, old_province = queries.unit_by_code("24664"), queries.unit_by_code("67", "vn-2004")
    db.session.execute(delete(UnitReach).where(UnitReach.unit_id == commune.id, UnitReach.within_id == old_province.id))
    make.official(unit=commune)

    def obliged():
        (found,) = (
            part.total.obliged
            for part in coverage(old_province, AT.date(), of=[officials.code]).requirements
            if part.requirement.code == officials.code
        )
        return found

    assert obliged() == 0

    actions.load_units(AT)

    assert obliged() == 1


def test_the_country_is_found_by_its_code(official_units):
    assert queries.unit_by_code("vn").path == "vn"
    assert queries.unit_by_code("99") is None


def test_units_to_choose_from_come_in_the_order_of_places(official_units):
    offered = [unit.name for unit in queries.units_below(("vn",))]

    assert offered[:5] == ["Việt Nam", "An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng"]
    assert len(offered) == 35
