"""The official units are loaded from their files, once."""

from datetime import UTC, date, datetime

from sqlalchemy import func, select

from lms.core.db import db
from lms.registry import actions, queries
from lms.registry.models import Level, Unit, UnitKind, UnitName, UnitSuccession

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def existing(level):
    return db.session.scalar(select(func.count()).select_from(Unit).where(Unit.level == level, Unit.valid_to.is_(None)))


def test_loading(app):
    loaded = actions.load_units(AT)

    assert loaded.created > 3355
    assert existing(Level.PROVINCE) == 34
    assert existing(Level.COMMUNE) == 3321
    assert existing(Level.CENTRAL) == 1
    assert db.session.scalar(select(func.count()).select_from(UnitSuccession)) == 63

    assert actions.load_units(AT).is_nothing


def test_a_difference_is_brought_in(app):
    actions.load_units(AT)
    queries.unit_by_code("75").name = "Đồng Nai cũ"
    db.session.flush()

    assert actions.load_units(AT).changed == 1
    assert queries.unit_by_code("75").name == "Đồng Nai"


def test_a_code_of_the_old_list_is_another_unit_than_the_same_code_today(app):
    actions.load_units(AT)
    old, today = queries.unit_by_code("15", "vn-2004"), queries.unit_by_code("15")

    assert (old.name, old.path, old.valid_to) == ("Yên Bái", "vn/vn-2004:15", date(2025, 6, 30))
    assert (today.name, today.path, today.valid_to) == ("Lào Cai", "vn/15", None)


def test_a_province_that_became_a_city_keeps_both_names(app):
    actions.load_units(AT)
    dong_nai = queries.unit_by_code("75")
    names = db.session.scalars(
        select(UnitName).where(UnitName.unit_id == dong_nai.id).order_by(UnitName.valid_from)
    ).all()

    assert dong_nai.kind is UnitKind.THANH_PHO
    assert [(name.kind, name.valid_from) for name in names] == [
        (UnitKind.TINH, date(2025, 7, 1)),
        (UnitKind.THANH_PHO, date(2026, 4, 30)),
    ]


def test_the_country_is_found_by_its_code(app):
    actions.load_units(AT)

    assert queries.unit_by_code("vn").path == "vn"
    assert queries.unit_by_code("99") is None


def test_units_to_choose_from_come_in_the_order_of_places(app):
    actions.load_units(AT)
    offered = [unit.name for unit in queries.units_below(("vn",))]

    assert offered[:5] == ["Việt Nam", "An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng"]
    assert len(offered) == 35
