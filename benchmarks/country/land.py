"""Where the made-up people live and what is asked of them: read from a database that has units and requirements."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from lms.core.db import db
from lms.coverage.queries import facts
from lms.records.actions import Draft, load_requirements, publish
from lms.records.models import Needed, Qualification, Requirement
from lms.records.queries import VersionInEffect, versions_in_effect
from lms.records.rules import Clause, Window
from lms.registry.actions import load_units
from lms.registry.models import Level, SuccessionKind, Unit, UnitReach, UnitSuccession
from lms.registry.queries import TODAY_LIST

REORGANISED: Final = date(2025, 7, 1)
"""First day of the provinces and communes of today."""
UPLANDS: Final = ("vn/04", "vn/08", "vn/11", "vn/12", "vn/14", "vn/15", "vn/19", "vn/20")
QUALIFICATIONS: Final = {
    "digital-sales": "Bán hàng trên sàn thương mại điện tử",
    "digital-records": "Ghi chép và truy xuất nguồn gốc",
    "digital-media": "Quảng bá sản phẩm trên mạng",
    "food-safety": "An toàn thực phẩm",
    "uplands-villages": "Làm việc với cộng đồng thôn bản",
    "uplands-products": "Sản phẩm bản địa",
}
BASIS: Final = "Văn bản dùng để đo tốc độ"


@dataclass(frozen=True)
class Land:
    """What lives are made from. Ids are those of the database."""

    country: int
    provinces: tuple[int, ...]
    """Today's; each stands here as often as its share of people asks for."""
    before: dict[int, tuple[tuple[int, bool], ...]]
    """By today's province and commune, the units of before 01/07/2025 that went on in it, wholly or (True) in part."""
    communes: dict[int, tuple[int, ...]]
    """By today's province."""
    qualifications: dict[str, int]
    """By code."""
    uplands: frozenset[int]
    """Today's provinces of which more is asked."""
    paths_within: dict[int, frozenset[str]]
    """Of a unit, the paths of every unit in which it counts."""
    cut_reach: dict[int, frozenset[int]]
    """Of a unit, those in which it counts whose figures are kept by every cut."""
    whole_reach: dict[int, frozenset[int]]
    """Of a unit, the others in which it counts."""
    versions: tuple[VersionInEffect, ...]
    windows: dict[int, list[Window]]


def settle_land(at: datetime) -> None:
    """Load the official units, and publish five requirements that differ in whom they oblige and what they ask."""
    load_units(at)
    load_requirements(at)
    for code, name in QUALIFICATIONS.items():
        if db.session.scalar(select(Qualification).where(Qualification.code == code)) is None:
            db.session.add(Qualification(code=code, name=name, name_en=code))
    db.session.flush()
    if db.session.scalar(select(Requirement).where(Requirement.code == "digital")) is not None:
        return
    digital = Requirement(code="digital", name="Chuyển đổi số trong Chương trình OCOP", name_en="Digital skills")
    food = Requirement(code="food-safety", name="An toàn thực phẩm", name_en="Food safety")
    uplands = Requirement(code="uplands", name="OCOP ở vùng cao", name_en="OCOP in the uplands")
    db.session.add_all([digital, food, uplands])
    officials = Clause("official", levels=frozenset({"province", "commune"}))
    some_leaders = Clause("leader", organisation_kinds=frozenset({"enterprise", "cooperative"}))
    two_of_three = _qualifications("digital-sales", "digital-records", "digital-media")
    for first, clauses in (
        (date(2021, 1, 1), (officials, some_leaders)),
        (date(2023, 7, 1), (officials, Clause("leader"))),
    ):
        publish(
            digital,
            Draft(
                effective_from=first,
                legal_basis=BASIS,
                clauses=clauses,
                qualifications=two_of_three,
                needed=Needed.SOME,
                needed_count=2,
                due_days=365,
            ),
            by=None,
            at=at,
        )
        db.session.refresh(digital)
    publish(
        food,
        Draft(
            effective_from=date(2019, 1, 1),
            legal_basis=BASIS,
            clauses=(Clause("leader", product_groups=frozenset({"Thực phẩm", "Đồ uống"})),),
            qualifications=_qualifications("food-safety"),
            valid_months=36,
            window_days=90,
        ),
        by=None,
        at=at,
    )
    publish(
        uplands,
        Draft(
            effective_from=date(2022, 1, 1),
            legal_basis=BASIS,
            clauses=(Clause("official", levels=officials.levels, units=frozenset(UPLANDS)),),
            qualifications=_qualifications("programme-management", "uplands-villages", "uplands-products"),
            needed=Needed.HOURS,
            needed_hours=24,
            due_on=date(2025, 12, 31),
        ),
        by=None,
        at=at,
    )


def _qualifications(*codes: str) -> list[Qualification]:
    return list(db.session.scalars(select(Qualification).where(Qualification.code.in_(codes))))


def survey() -> Land:
    """The land as the database has it."""
    units = db.session.scalars(select(Unit).order_by(Unit.id)).all()
    today = [unit for unit in units if unit.code_list == TODAY_LIST and unit.valid_to is None]
    provinces = [unit.id for unit in today if unit.level is Level.PROVINCE]
    communes = {
        province: tuple(unit.id for unit in today if unit.level is Level.COMMUNE and unit.parent_id == province)
        for province in provinces
    }
    level = {unit.id: unit.level for unit in units}
    before: dict[int, list[tuple[int, bool]]] = {unit.id: [] for unit in today}
    for earlier, later, kind in db.session.execute(
        select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id, UnitSuccession.kind)
        .where(UnitSuccession.on == REORGANISED)
        .order_by(UnitSuccession.id)
    ):
        if later in before and level[earlier] is level[later]:
            before[later].append((earlier, kind is SuccessionKind.SPLIT))
    reach: dict[int, set[int]] = {unit.id: set() for unit in units}
    for unit_id, within_id in db.session.execute(select(UnitReach.unit_id, UnitReach.within_id)):
        reach[unit_id].add(within_id)
    path = {unit.id: unit.path for unit in units}
    cut = {unit.id for unit in units if unit.level in facts.CUT_LEVELS}
    return Land(
        country=next(unit.id for unit in units if unit.level is Level.CENTRAL),
        provinces=tuple(province for province in provinces for _commune in communes[province]),
        before={unit_id: tuple(earlier) for unit_id, earlier in before.items() if earlier},
        communes=communes,
        qualifications={one.code: one.id for one in db.session.scalars(select(Qualification))},
        uplands=frozenset(unit.id for unit in today if unit.path in UPLANDS),
        paths_within={unit_id: frozenset(path[one] for one in within) for unit_id, within in reach.items()},
        cut_reach={unit_id: frozenset(within & cut) for unit_id, within in reach.items()},
        whole_reach={unit_id: frozenset(within - cut) for unit_id, within in reach.items()},
        versions=tuple(versions_in_effect()),
        windows=facts.windows(),
    )
