"""Resolutions on units: what they write, that the figures of every map stay right, and that they can be taken back."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.coverage.queries import coverage
from lms.coverage.queries.direct import figures as counted
from lms.registry import actions, policies, queries
from lms.registry.actions import AskedChange
from lms.registry.models import (
    ChangeKind,
    PositionKind,
    Unit,
    UnitKind,
    UnitName,
    UnitReach,
    UnitSuccession,
)
from tests.support import make

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ON = date(2026, 6, 1)
BEFORE = date(2026, 2, 10)
BASIS = "Nghị quyết số 400/NQ-UBTVQH16"


def ask(kind, units, into="", *, on=ON, **more):
    return AskedChange(ChangeKind(kind), on, BASIS, units, into, **more)


def change(kind, units, into="", *, on=ON, expected="", **more):
    return actions.change_units([ask(kind, units, into, on=on, **more)], by=None, at=AT, today=TODAY, expected=expected)


def unit(code):
    return queries.unit_by_code(code)


def extent(code):
    """What a unit was before it gained or lost land."""
    return db.session.scalars(select(Unit).where(Unit.extent_of_id == unit(code).id)).one()


def names(of):
    return [
        (name.kind.value, name.name, name.parent_id, name.valid_from, name.valid_to)
        for name in db.session.scalars(select(UnitName).where(UnitName.unit_id == of.id).order_by(UnitName.valid_from))
    ]


@pytest.fixture
def land(app):
    """Đồng Nai (75) with three communes, Lâm Đồng (68) with two, and who works there; some hold two posts."""
    make.requirements()
    dong_nai, lam_dong = make.province("Đồng Nai", code="75"), make.province("Lâm Đồng", code="68")
    communes = {
        code: make.commune(name, within=within, code=code)
        for code, name, within in (
            ("25993", "Tân Lợi", dong_nai),
            ("25996", "Đồng Tâm", dong_nai),
            ("25999", "Tân Hưng", dong_nai),
            ("24664", "Đức Lập", lam_dong),
            ("24670", "Đắk Mil", lam_dong),
        )
    }
    for code, count in (("25993", 3), ("25996", 2), ("25999", 1), ("24664", 4), ("24670", 1)):
        for _one in range(count):
            make.official(unit=communes[code])
    for codes in (("25993", "25996"), ("25993", "24664")):
        person = make.person()
        for code in codes:
            make.official(person, unit=communes[code])
    make.official(unit=dong_nai)
    make.award(make.official(unit=communes["25993"], started_on=date(2025, 9, 1)).person, awarded_on=date(2026, 1, 5))
    return communes


PEOPLE = {"25993": 6, "25996": 3, "25999": 1, "24664": 5, "24670": 1, "75": 10, "68": 6, "vn": 15}
"""How many people each has, each counted once."""


def obliged(of, day=BEFORE, **more):
    """How many officials are obliged in a unit on a day; the kept figures, held to a count from the facts."""
    requirement = make.requirements()[PositionKind.OFFICIAL]
    (part,) = (part for part in coverage(of, day, **more).requirements if part.requirement.code == requirement.code)
    truth = counted([requirement.id], [of.id], day)
    assert part.total == truth.get((requirement.id, of.id, "all"), part.total.__class__())
    return part.total.obliged


def lines(of, day=BEFORE, *, map_day=None):
    """The units in a unit on a map, with their people."""
    requirement = make.requirements()[PositionKind.OFFICIAL]
    (part,) = (
        part
        for part in coverage(of, day, of=[requirement.code], map_day=map_day).requirements
        if part.requirement.code == requirement.code
    )
    return {line.unit.name: line.figures.obliged for line in part.by_unit if line.unit is not None}


def test_the_figures_before_any_change(land):
    assert {code: obliged(unit(code)) for code in PEOPLE} == PEOPLE


def test_a_unit_is_called_otherwise_from_a_day_on(land):
    change("rename", "25993", name="Tân Lợi Mới", new_kind=UnitKind.PHUONG)

    commune = unit("25993")
    assert (commune.kind, commune.name, commune.path) == (UnitKind.PHUONG, "Tân Lợi Mới", "vn/75/25993")
    assert names(commune) == [
        ("xa", "Tân Lợi", commune.parent_id, make.LONG_AGO_DAY, date(2026, 5, 31)),
        ("phuong", "Tân Lợi Mới", commune.parent_id, ON, None),
    ]
    assert obliged(commune) == PEOPLE["25993"]


def test_several_become_wards_at_once(land):
    entered = change("rename", "25993\n\n25996\nXã Tân Hưng, Đồng Nai", new_kind=UnitKind.PHUONG)

    assert {unit(code).kind for code in ("25993", "25996", "25999")} == {UnitKind.PHUONG}
    assert [one.code for one in entered.units] == ["25993", "25996", "25999"]


def test_two_become_a_new_one(land):
    change("merge", "25993\n25996", "26001; phường; Đồng Lợi")

    made = unit("26001")
    assert (made.level.value, made.kind, made.path, made.valid_from) == ("commune", UnitKind.PHUONG, "vn/75/26001", ON)
    assert (unit("25993").valid_to, unit("25996").valid_to) == (date(2026, 5, 31), date(2026, 5, 31))
    # Somebody with posts in both counts once in what they became.
    assert obliged(made) == PEOPLE["25993"] + PEOPLE["25996"] - 1
    # The same past day on the map of then and on the map of today.
    assert lines(unit("75")) == {"Tân Lợi": 6, "Đồng Tâm": 3, "Tân Hưng": 1}
    assert lines(unit("75"), map_day=TODAY) == {"Đồng Lợi": 8, "Tân Hưng": 1}
    assert {code: obliged(unit(code)) for code in ("75", "68", "vn")} == {"75": 10, "68": 6, "vn": 15}


def test_one_takes_another_in_and_goes_on(land):
    change("merge", "25993", "25996")

    assert unit("25993").valid_to == date(2026, 5, 31)
    taker, before = unit("25996"), extent("25996")
    assert (taker.valid_from, taker.valid_to) == (ON, None)
    assert (before.path, before.valid_from, before.valid_to) == (
        "vn/75/vn-2025@2026-05-31:25996",
        make.LONG_AGO_DAY,
        date(2026, 5, 31),
    )
    assert (obliged(taker), obliged(before), obliged(unit("25993"))) == (8, 3, 6)
    assert lines(unit("75")) == {"Tân Lợi": 6, "Đồng Tâm": 3, "Tân Hưng": 1}
    assert lines(unit("75"), map_day=TODAY) == {"Đồng Tâm": 8, "Tân Hưng": 1}
    # Its name and its posts go on as they were.
    assert names(taker) == [("xa", "Đồng Tâm", taker.parent_id, make.LONG_AGO_DAY, None)]
    make.official(unit=taker, started_on=date(2026, 7, 1))
    assert obliged(taker, TODAY) == 9


def test_one_is_divided_and_its_posts_count_in_the_province_until_somebody_says_where(land):
    looked = actions.look_at_changes([ask("split", "25993", "26001; xã; Tân Lợi Đông\n26004; xã; Tân Lợi Tây")], TODAY)
    assert (looked.post_count, looked.person_count, looked.divided_post_count) == (6, 6, 6)

    change("split", "25993", "26001; xã; Tân Lợi Đông\n26004; xã; Tân Lợi Tây", expected=looked.digest)

    assert (obliged(unit("26001")), obliged(unit("26004")), obliged(unit("25993"))) == (0, 0, 6)
    assert obliged(unit("75")) == 10
    assert lines(unit("75"), map_day=TODAY) == {
        "Tân Lợi Đông": 0,
        "Tân Lợi Tây": 0,
        "Đồng Tâm": 3,
        "Tân Hưng": 1,
    }
    kinds = db.session.scalars(select(UnitSuccession.kind).where(UnitSuccession.on == ON)).all()
    assert [kind.value for kind in kinds] == ["split", "split"]


def test_one_that_stands_gives_a_part_away(land):
    change("split", "25993", "25996", stands=True)

    assert unit("25993").valid_to is None
    assert (obliged(unit("25993")), obliged(extent("25993"))) == (6, 6)
    assert (obliged(unit("25996")), obliged(extent("25996"))) == (3, 3)
    assert lines(unit("75")) == {"Tân Lợi": 6, "Đồng Tâm": 3, "Tân Hưng": 1}


def test_one_comes_to_stand_under_another_province(land):
    change("move", "25993", "68")

    moved = unit("25993")
    assert (moved.path, moved.parent.code) == ("vn/68/25993", "68")
    assert [(name[2], name[3]) for name in names(moved)] == [(unit("75").id, make.LONG_AGO_DAY), (unit("68").id, ON)]
    # On today's map the past day has it in Lâm Đồng: two of its people have posts in both provinces.
    assert (obliged(unit("75")), obliged(unit("68"))) == (5, 11)
    assert lines(unit("68"), map_day=TODAY) == {"Đức Lập": 5, "Đắk Mil": 1, "Tân Lợi": 6}
    # On the map of then it is in Đồng Nai.
    assert (obliged(extent("75")), obliged(extent("68"))) == (10, 6)
    assert lines(extent("75")) == {"Tân Lợi": 6, "Đồng Tâm": 3, "Tân Hưng": 1}
    assert lines(unit("vn")) == {"Đồng Nai": 10, "Lâm Đồng": 6}
    assert lines(unit("vn"), map_day=TODAY) == {"Đồng Nai": 5, "Lâm Đồng": 11}
    # A page of the province as it is shows of then's communes only what is still its own.
    assert lines(unit("75")) == {"Đồng Tâm": 3, "Tân Hưng": 1}
    assert obliged(unit("vn")) == 15


def test_a_new_province_is_set_up_of_communes(land):
    change("move", "25999\n24670", "90; thành phố; Trường Sơn")

    made = unit("90")
    assert (made.path, made.kind, made.parent.code) == ("vn/90", UnitKind.THANH_PHO, "vn")
    assert (obliged(made), obliged(unit("75")), obliged(unit("68"))) == (2, 9, 5)
    assert lines(unit("vn"), map_day=TODAY) == {"Đồng Nai": 9, "Lâm Đồng": 5, "Trường Sơn": 2}
    assert lines(unit("vn")) == {"Đồng Nai": 10, "Lâm Đồng": 6}


@pytest.mark.parametrize("into", ["68", "90; tỉnh; Nam Trung"])
def test_provinces_become_one_and_their_communes_come_along(land, into):
    change("merge", "75" if into == "68" else "75\n68", into)

    made = unit(into[:2])
    assert {unit(code).path for code in land} == {f"vn/{into[:2]}/{code}" for code in land}
    assert obliged(made) == 15
    assert obliged(unit("75")) == 10
    assert lines(unit("vn")) == {"Đồng Nai": 10, "Lâm Đồng": 6}
    assert lines(unit("vn"), map_day=TODAY) == {made.name: 15}
    # Of the province of today, on the map of then: the provinces that it was.
    assert lines(made) == {"Đồng Nai": 10, "Lâm Đồng": 6}


def test_a_commune_of_another_province_joins_and_both_provinces_keep_what_they_were(land):
    change("merge", "24664", "25993")

    assert (obliged(unit("75")), obliged(unit("68"))) == (14, 1)
    assert (obliged(extent("75")), obliged(extent("68"))) == (10, 6)
    assert obliged(unit("25993")) == 10
    assert lines(unit("vn")) == {"Đồng Nai": 10, "Lâm Đồng": 6}


def test_changes_follow_upon_each_other(land):
    change("merge", "25993\n25996", "26001; xã; Đồng Lợi")
    change("move", "26001", "68", on=date(2026, 8, 1))
    change("split", "26001", "26004; xã; Đồng\n26007; xã; Lợi", on=date(2026, 10, 1))

    # Who worked in Tân Lợi counts in what the parts of Đồng Lợi have in common: Lâm Đồng.
    assert (obliged(unit("75")), obliged(unit("68"))) == (2, 13)
    assert obliged(unit("26004")) == 0
    assert lines(unit("vn")) == {"Đồng Nai": 10, "Lâm Đồng": 6}
    assert lines(unit("vn"), map_day=date(2026, 7, 1)) == {"Đồng Nai": 10, "Lâm Đồng": 6}
    assert lines(unit("vn"), map_day=date(2026, 9, 1)) == {"Đồng Nai": 2, "Lâm Đồng": 13}


def test_it_is_written_down_who_entered_it(land):
    administrator = make.user()
    entered = actions.change_units([ask("merge", "25993", "25996")], by=administrator, at=AT, today=TODAY)

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registry.change_units")).one()
    assert (entry.actor_id, entry.subject_id, entered.entered_by_id) == (administrator.id, entered.id, administrator.id)
    assert entry.details == {
        "kind": "merge",
        "on": "2026-06-01",
        "legal_basis": BASIS,
        "units": ["25993"],
        "into": ["25996"],
    }
    assert [one.code for one in entered.units] == ["25993", "25996"]


def test_what_would_happen_is_told_and_nothing_written(land):
    looked = actions.look_at_changes([ask("merge", "25993\n25996", "26001; phường; Đồng Lợi")], TODAY)

    assert (looked.post_count, looked.person_count, looked.divided_post_count) == (9, 8, 0)
    assert unit("26001") is None
    assert unit("25993").valid_to is None
    assert not db.session.scalars(select(UnitSuccession)).all()


def test_nothing_else_is_written_than_was_looked_at(land):
    looked = actions.look_at_changes([ask("merge", "25993", "25996")], TODAY)
    change("rename", "25993", name="Tân Lợi Mới", on=date(2026, 3, 1))
    assert change("merge", "25993", "25996", expected=looked.digest)

    looked = actions.look_at_changes([ask("merge", "24664", "24670")], TODAY)
    with pytest.raises(DomainError):
        change("merge", "25999", "24670", expected=looked.digest)
    assert unit("25999").valid_to is None


REFUSED = [
    (ask("rename", "25993", name="X", on=date(2026, 11, 24)), "phía trước"),
    (ask("rename", "25993", name="X", on=make.LONG_AGO_DAY), "mới có từ ngày 01/07/2025"),
    (ask("rename", ""), "Chưa ghi"),
    (ask("rename", "25993"), "không có gì thay đổi"),
    (ask("rename", "25993\n25996", name="X"), "từng đơn vị một"),
    (ask("rename", "25993", new_kind=UnitKind.TINH), "không hợp"),
    (ask("rename", "25993", name=" "), "Tên đơn vị"),
    (ask("rename", "99999"), "Không có đơn vị mã 99999"),
    (ask("rename", "Xã Nào Đó, Đồng Nai"), "Không tìm thấy"),
    (ask("rename", "a;b"), "Không hiểu"),
    (ask("rename", "vn"), "Không tìm thấy"),
    (ask("merge", "25993\n75", "25996"), "không cùng cấp"),
    (ask("merge", "25993\n25993", "25996"), "hai lần"),
    (ask("merge", "25993", "25993"), "Chưa ghi"),
    (ask("merge", "25993", "25996\n25999"), "chỉ ghi một"),
    (ask("merge", "25993\n25996", "25999; xã; Trùng Mã"), "đã là của"),
    (ask("merge", "25993\n25996", "2600; xã; Sai Mã"), "5 chữ số"),
    (ask("merge", "25993\n25996", "26001; tỉnh; Sai Loại"), "không hợp"),
    (ask("merge", "25993\n25996", "26001; thị trấn; Sai Loại"), "không hợp"),
    (ask("merge", "26001; xã; Mới", "25996"), "như đơn vị mới"),
    (ask("split", "25993", "25996"), "ít nhất hai"),
    (ask("split", "25993", "25996\n25996"), "hai lần"),
    (ask("split", "25993", "", stands=True), "ít nhất hai"),
    (ask("split", "75", "68\n90; tỉnh; Mới"), "còn có các xã"),
    (ask("move", "75", "68"), "cấp tỉnh"),
    (ask("move", "25993", "75"), "đã đúng như vậy"),
    (ask("move", "25993", "25996"), "không hợp"),
]


def test_what_cannot_be_is_refused_with_the_reason(land):
    for asked, told in REFUSED:
        with pytest.raises(InvalidInput) as refusal:
            actions.look_at_changes([asked], TODAY)
        assert told in str(refusal.value), asked


def test_an_older_change_cannot_slip_in_before_a_newer_one(land):
    change("merge", "25993", "25996")

    for asked in (ask("merge", "25999", "25996", on=date(2026, 5, 1)), ask("rename", "25993", name="X")):
        with pytest.raises(InvalidInput):
            actions.look_at_changes([asked], TODAY)


def test_several_resolutions_of_one_day_make_one_earlier_extent(land):
    change("merge", "24664", "25993")
    change("move", "24670", "75")

    assert extent("75").valid_to == date(2026, 5, 31)
    assert (obliged(extent("75")), obliged(unit("75")), obliged(unit("68"))) == (10, 15, 0)


def everything():
    """All that is kept of units, but for the rows that nobody reads any more."""
    gone = select(Unit.id).where(Unit.code_list.startswith("withdrawn-"))

    def rows(table, unit_column):
        return sorted(
            tuple(str(value) for value in row)
            for row in db.session.execute(select(*table.__table__.columns).where(unit_column.not_in(gone)))
        )

    return (
        rows(Unit, Unit.id),
        rows(UnitName, UnitName.unit_id),
        rows(UnitSuccession, UnitSuccession.to_unit_id),
        rows(UnitReach, UnitReach.unit_id),
    )


TAKEN_BACK = [
    ask("rename", "25993", name="Tân Lợi Mới", new_kind=UnitKind.PHUONG),
    ask("merge", "25993\n25996", "26001; phường; Đồng Lợi"),
    ask("merge", "24664", "25993"),
    ask("merge", "75", "68"),
    ask("split", "25993", "26001; xã; Đông\n26004; xã; Tây"),
    ask("split", "25993", "24664", stands=True),
    ask("move", "25993\n25996", "90; thành phố; Trường Sơn"),
]


def test_what_was_entered_wrongly_is_taken_back_whole(land):
    before = everything()
    for asked in TAKEN_BACK:
        entered = actions.change_units([asked], by=None, at=AT, today=TODAY)
        assert everything() != before

        actions.withdraw_changes(entered, "Nhập nhầm xã", by=None, at=AT)

        assert everything() == before, asked
        assert entered.withdraw_reason == "Nhập nhầm xã"
    assert {code: obliged(unit(code)) for code in PEOPLE} == PEOPLE
    # They can be entered again as they should have been.
    assert change("merge", "25993\n25996", "26001; phường; Đồng Lợi")


def test_what_something_rests_on_is_not_taken_back(land):
    first = change("merge", "25993\n25996", "26001; xã; Đồng Lợi")
    second = change("rename", "26001", name="Đồng Lợi Mới", on=date(2026, 7, 1))

    with pytest.raises(DomainError):
        actions.withdraw_changes(first, "Nhập nhầm", by=None, at=AT)
    actions.withdraw_changes(second, "Nhập nhầm", by=None, at=AT)
    make.official(unit=unit("26001"), started_on=ON)
    with pytest.raises(DomainError):
        actions.withdraw_changes(first, "Nhập nhầm", by=None, at=AT)
    with pytest.raises(DomainError):
        actions.withdraw_changes(second, "Nhập nhầm", by=None, at=AT)


def test_the_files_do_not_write_over_what_was_entered(official_units):
    entered = [
        change("rename", "68", new_kind=UnitKind.THANH_PHO),
        change("merge", "24664", "24670"),
        change("move", "24697", "66"),
    ]

    assert actions.load_units(AT).is_nothing
    assert (unit("68").kind, unit("24664").valid_to, unit("24697").path) == (
        UnitKind.THANH_PHO,
        date(2026, 5, 31),
        "vn/66/24697",
    )

    for one in reversed(entered):
        actions.withdraw_changes(one, "Nhập nhầm", by=None, at=AT)
    assert actions.load_units(AT).is_nothing
    assert unit("68").kind is UnitKind.TINH


def test_who_leads_the_unit_that_took_another_in_sees_its_people(land):
    person = make.official(unit=land["24664"]).person
    coordinator = make.coordinator(unit("25993"))
    assert not policies.can_see_person(coordinator, person)

    change("merge", "24664", "25993")

    assert policies.can_see_person(coordinator, person)
