"""What a resolution on units does to them: who ends, who begins, who is called or stands otherwise. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from lms.registry.rules.names import tidy
from lms.registry.rules.units import KIND_WORDS

KINDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "province": ("tinh", "thanh_pho"),
    "commune": ("xa", "phuong", "dac_khu"),
}
"""The kinds that units of a level can be made today. The district level has ended, the country never changes."""
DIGITS: Final = {"province": 2, "commune": 5}
"""How long a level's codes are."""
NAME_MOST: Final = 100
UnitId = int
Code = str


class ChangeFault(Exception):
    """Why a change cannot be made as asked: the reason's name, and what the sentence about it names."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Known:
    """A unit as it stands today."""

    id: UnitId
    code: Code
    level: str
    kind: str
    name: str
    above: UnitId | None
    born_on: date
    """Its first day of all."""
    extent_since: date
    """The first day of its present land."""
    named_since: date
    """The first day of its present name, kind and place under another unit."""
    is_standing: bool
    has_units_below: bool


@dataclass(frozen=True, slots=True)
class Fresh:
    """A unit that the resolution sets up."""

    code: Code
    kind: str
    name: str

    @property
    def level(self) -> str | None:
        """The level that its kind belongs to."""
        return next((level for level, kinds in KINDS_OF.items() if self.kind in kinds), None)


@dataclass(frozen=True, slots=True)
class Called:
    """A unit that goes on, from the day on under this name and kind, under this unit."""

    unit: UnitId
    kind: str
    name: str
    above: UnitId | Code | None
    """A code stands for a unit that the same resolution sets up."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A unit that begins, on a level, under another."""

    fresh: Fresh
    level: str
    above: UnitId


@dataclass(frozen=True, slots=True)
class Heir:
    """All or a part of a unit goes on as another."""

    earlier: UnitId
    later: UnitId | Code
    kind: str
    """'continue', 'merge' or 'split'."""


@dataclass
class ChangePlan:
    """Everything that a change writes."""

    on: date
    begun: list[Begun] = field(default_factory=list)
    ended: list[UnitId] = field(default_factory=list)
    called: list[Called] = field(default_factory=list)
    extents: list[UnitId] = field(default_factory=list)
    """Units that go on with more or less land, and leave their earlier extent behind."""
    heirs: list[Heir] = field(default_factory=list)

    @property
    def concerned(self) -> frozenset[UnitId]:
        """Every unit that is there already and is changed in some way."""
        return frozenset(
            [*self.ended, *self.extents, *(one.unit for one in self.called), *(one.earlier for one in self.heirs)]
            + [one.later for one in self.heirs if isinstance(one.later, int)]
        )

    @property
    def divided(self) -> list[UnitId]:
        """Units that end and go on in several: where their posts lie somebody must say."""
        parts = [one.earlier for one in self.heirs if one.kind == "split"]
        return [unit for unit in self.ended if unit in parts]


class Land:
    """The units that a change may be about, and the day that it is of."""

    def __init__(self, units: Iterable[Known], on: date, today: date) -> None:
        self._units = {unit.id: unit for unit in units}
        self._codes = {unit.code for unit in self._units.values()}
        self.on = on
        if on > today:
            raise ChangeFault("future")

    def __getitem__(self, unit: UnitId) -> Known:
        return self._units[unit]

    def below(self, unit: UnitId) -> list[Known]:
        """The units directly below one that stand, by code."""
        found = (one for one in self._units.values() if one.above == unit and one.is_standing)
        return sorted(found, key=lambda one: one.code)

    def standing(self, units: Sequence[UnitId]) -> list[Known]:
        """Units that can be changed together on the day."""
        if not units:
            raise ChangeFault("no_unit")
        found = [self._units[unit] for unit in units]
        for unit in found:
            if found.count(unit) > 1:
                raise ChangeFault("twice", unit=unit.name)
            if unit.level not in KINDS_OF:
                raise ChangeFault("not_changeable", unit=unit.name)
            if not unit.is_standing:
                raise ChangeFault("ended", unit=unit.name)
            if unit.born_on >= self.on:
                raise ChangeFault("not_there_yet", unit=unit.name, day=unit.born_on)
            if unit.level != found[0].level:
                raise ChangeFault("levels_differ", unit=unit.name, other=found[0].name)
        return found

    def begin(self, fresh: Fresh, level: str) -> Fresh:
        """A unit that can be set up on a level."""
        if fresh.level != level:
            raise ChangeFault("wrong_kind", unit=fresh.name)
        if not (fresh.code.isdecimal() and fresh.code.isascii() and len(fresh.code) == DIGITS[level]):
            raise ChangeFault("wrong_code", code=fresh.code, digits=DIGITS[level])
        if fresh.code in self._codes:
            raise ChangeFault("code_taken", code=fresh.code)
        check_name(fresh.name)
        return fresh


@dataclass(frozen=True, slots=True)
class Shift:
    """A unit that comes to count in another one, or counts in it no more."""

    unit: UnitId
    within: UnitId
    is_gained: bool


def shifts_of(land: Land, plan: ChangePlan) -> list[Shift]:
    """Whose scope a change makes wider or narrower: for each unit that moves, in which units of before it counts anew
    and in which no more. What ended keeps what lay in it, for whoever led it."""
    above = {begun.fresh.code: begun.above for begun in plan.begun}
    above_after = {one.unit: one.above for one in plan.called}
    ended = frozenset(plan.ended)

    def over(unit: UnitId | Code | None, *, after: bool) -> frozenset[UnitId]:
        found = set()
        while unit is not None:
            if isinstance(unit, int):
                found.add(unit)
                unit = above_after.get(unit, land[unit].above) if after else land[unit].above
            else:
                unit = above[unit]
        return frozenset(found)

    heirs: dict[UnitId, list[UnitId | Code]] = {}
    for heir in plan.heirs:
        heirs.setdefault(heir.earlier, []).append(heir.later)
    shifts = []
    for unit in dict.fromkeys([*plan.ended, *(one.unit for one in plan.called)]):
        parts = heirs.get(unit, []) if unit in ended else []
        before = over(unit, after=False)
        later = frozenset.intersection(*(over(part, after=True) for part in parts)) if parts else over(unit, after=True)
        shifts += [Shift(unit, within, True) for within in sorted(later - before)]
        shifts += [Shift(unit, within, False) for within in sorted(before - later - ended)]
    return shifts


def check_name(name: str) -> None:
    """Raises ChangeFault if a unit cannot be called so."""
    if not name or len(name) > NAME_MOST or name != tidy(name):
        raise ChangeFault("wrong_name")


def plan_rename(land: Land, units: Sequence[UnitId], *, name: str | None, kind: str | None) -> ChangePlan:
    """Units are called otherwise, or become units of another kind. name: of a single unit only."""
    plan = ChangePlan(land.on)
    found = land.standing(units)
    if name is not None:
        check_name(name)
        if len(found) > 1:
            raise ChangeFault("one_name_for_many")
    if kind is not None and kind not in KINDS_OF[found[0].level]:
        raise ChangeFault("wrong_kind", unit=found[0].name)
    for unit in found:
        _check_named(land, unit)
        called = Called(unit.id, kind or unit.kind, name or unit.name, unit.above)
        if (called.kind, called.name) == (unit.kind, unit.name):
            raise ChangeFault("no_change", unit=unit.name)
        plan.called.append(called)
    return plan


def plan_merge(land: Land, units: Sequence[UnitId], into: UnitId | Fresh) -> ChangePlan:
    """Several units become one: a new one, or one of today that goes on with more land."""
    plan = ChangePlan(land.on)
    found = land.standing([unit for unit in units if unit != into])
    if isinstance(into, Fresh):
        fresh = land.begin(into, found[0].level)
        assert found[0].above is not None
        above: UnitId | None = found[0].above
        plan.begun.append(Begun(fresh, found[0].level, found[0].above))
        heir: UnitId | Code = fresh.code
        kind = "merge" if len(found) > 1 else "continue"
    else:
        (*_givers, taker) = land.standing([*(unit.id for unit in found), into])
        _leave_extent(land, plan, taker)
        above, heir, kind = taker.above, taker.id, "merge"
    for unit in found:
        _end(land, plan, unit)
        plan.heirs.append(Heir(unit.id, heir, kind))
        _follow_above(land, plan, unit.above, above)
        for lower in land.below(unit.id):
            _check_named(land, lower)
            plan.called.append(Called(lower.id, lower.kind, lower.name, heir))
    return plan


def plan_split(land: Land, unit: UnitId, into: Sequence[UnitId | Fresh], *, stands: bool) -> ChangePlan:
    """A unit is divided among several, or stands and gives parts of itself away."""
    plan = ChangePlan(land.on)
    (divided,) = land.standing([unit])
    if divided.has_units_below:
        raise ChangeFault("has_units_below", unit=divided.name)
    if len(into) < (1 if stands else 2):
        raise ChangeFault("too_few_parts", unit=divided.name)
    assert divided.above is not None
    if stands:
        _leave_extent(land, plan, divided)
    else:
        _end(land, plan, divided)
    _check_distinct(into)
    for part in into:
        if isinstance(part, Fresh):
            fresh = land.begin(part, divided.level)
            plan.begun.append(Begun(fresh, divided.level, divided.above))
            plan.heirs.append(Heir(divided.id, fresh.code, "split"))
        else:
            _divided, taker = land.standing([divided.id, part])
            _leave_extent(land, plan, taker)
            plan.heirs.append(Heir(divided.id, taker.id, "split"))
            _follow_above(land, plan, divided.above, taker.above)
    return plan


def plan_move(land: Land, units: Sequence[UnitId], under: UnitId | Fresh) -> ChangePlan:
    """Communes come to stand under another province: one of today, or one that is set up of them."""
    plan = ChangePlan(land.on)
    found = land.standing(units)
    if found[0].level != "commune":
        raise ChangeFault("only_communes_move", unit=found[0].name)
    if isinstance(under, Fresh):
        fresh = land.begin(under, "province")
        country = next(iter({land[unit.above].above for unit in found if unit.above is not None}))
        assert country is not None
        plan.begun.append(Begun(fresh, "province", country))
        above: UnitId | Code = fresh.code
    else:
        (taker,) = land.standing([under])
        if taker.level != "province":
            raise ChangeFault("wrong_kind", unit=taker.name)
        above = taker.id
    for unit in found:
        if unit.above == above:
            raise ChangeFault("no_change", unit=unit.name)
        _check_named(land, unit)
        plan.called.append(Called(unit.id, unit.kind, unit.name, above))
        _follow_above(land, plan, unit.above, above)
    return plan


def _check_distinct(parts: Sequence[UnitId | Fresh]) -> None:
    codes = [part.code if isinstance(part, Fresh) else part for part in parts]
    for part, code in zip(parts, codes, strict=True):
        if codes.count(code) > 1:
            raise ChangeFault("twice", unit=part.name if isinstance(part, Fresh) else code)


def _check_named(land: Land, unit: Known) -> None:
    if unit.named_since > land.on:
        raise ChangeFault("changed_since", unit=unit.name, day=unit.named_since)


def _check_extent(land: Land, unit: Known) -> None:
    if unit.extent_since > land.on:
        raise ChangeFault("changed_since", unit=unit.name, day=unit.extent_since)


def _leave_extent(land: Land, plan: ChangePlan, unit: Known) -> None:
    _check_extent(land, unit)
    if unit.id not in plan.extents and unit.extent_since < land.on:
        plan.extents.append(unit.id)


def _end(land: Land, plan: ChangePlan, unit: Known) -> None:
    _check_named(land, unit)
    for since in (unit.extent_since, unit.named_since):
        if since >= land.on:
            raise ChangeFault("changed_since", unit=unit.name, day=since)
    plan.ended.append(unit.id)


def _follow_above(land: Land, plan: ChangePlan, giver: UnitId | None, taker: UnitId | Code | None) -> None:
    """The unit above one whose land goes elsewhere loses it, and the one above the other gains it."""
    if giver == taker or giver is None or taker is None:
        return
    _leave_extent(land, plan, land[giver])
    if isinstance(taker, int):
        _leave_extent(land, plan, land[taker])
    heir = Heir(giver, taker, "split")
    if heir not in plan.heirs:
        plan.heirs.append(heir)


@dataclass(frozen=True, slots=True)
class Line:
    """A unit as somebody writes it down: by its code alone, by its name, or with kind and name where it is new."""

    code: Code = ""
    fresh: Fresh | None = None
    name: str = ""
    """The unit's name, with 'Xã' before it or not."""
    province: str = ""
    """The name of the province that it lies in, after a comma."""


def read_line(text: str) -> Line:
    """'25993', '26999; phường; Tân Mới' for a new unit, or 'Xã Tân Lợi, Đồng Nai'. Raises ChangeFault if it is none."""
    parts = [tidy(part) for part in text.split(";")]
    if len(parts) == 3:
        kind = KIND_WORDS.get(parts[1].casefold(), "")
        return Line(fresh=Fresh(parts[0], kind, parts[2]))
    if len(parts) > 1 or not parts[0]:
        raise ChangeFault("unreadable", line=tidy(text))
    if parts[0].isdecimal():
        return Line(code=parts[0])
    name, _comma, province = parts[0].partition(",")
    return Line(name=tidy(name), province=tidy(province))


def read_lines(text: str) -> list[Line]:
    """The units of a text, one a line; empty lines do not count."""
    return [read_line(line) for line in text.splitlines() if tidy(line)]
