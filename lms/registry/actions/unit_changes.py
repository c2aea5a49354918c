"""Entering a resolution on units: looked at first, then written in one transaction; taken back where it was wrong."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Date, delete, insert, inspect, select, update

from lms.core import audit
from lms.core.db import Model, db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import gettext as _
from lms.registry import queries
from lms.registry.actions.unit_reach import write_reach
from lms.registry.models import (
    ChangeKind,
    Level,
    SuccessionKind,
    Unit,
    UnitChange,
    UnitChangeUnit,
    UnitKind,
    UnitName,
    UnitSuccession,
)
from lms.registry.rules.names import search_key, tidy
from lms.registry.rules.unit_changes import (
    Begun,
    ChangeFault,
    ChangePlan,
    Known,
    Land,
    Line,
    Shift,
    plan_merge,
    plan_move,
    plan_rename,
    plan_split,
    read_lines,
    shifts_of,
)
from lms.registry.rules.units import TODAY_LIST, path_of, read_commune, read_province, unit_key
from lms.registry.words import change_refusal

DAY: Final = timedelta(days=1)
Ids = Mapping[int | str, int]
"""A unit by its id, or by its code where the resolution sets it up."""


@dataclass(frozen=True)
class AskedChange:
    """One change of a resolution as it is entered. `units` and `into` are texts with a unit on each line."""

    kind: ChangeKind
    on: date
    legal_basis: str
    units: str
    into: str = ""
    """What they become, what a unit is divided among, or what they come to stand under."""
    name: str | None = None
    new_kind: UnitKind | None = None
    stands: bool = False
    """Of a unit that only gives parts of itself away."""


class RefusedChange(InvalidInput):
    """One change of a resolution cannot be made. index: which, from 0."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index


@dataclass(frozen=True)
class LookedAtChange:
    """What one change would do."""

    asked: AskedChange
    plan: ChangePlan
    units: Mapping[int, Known]
    """All units as they are before it, by id."""
    shifts: Sequence[Shift]
    """Who gets or loses what into or out of their scope."""

    def told(self) -> dict[str, Any]:
        """The plan, with units by their codes: the same as long as it would do the same."""

        def code(unit: int | str | None) -> str | None:
            return self.units[unit].code if isinstance(unit, int) else unit

        return {
            "on": self.plan.on.isoformat(),
            "begun": [[*asdict(one.fresh).values(), code(one.above)] for one in self.plan.begun],
            "ended": [code(unit) for unit in self.plan.ended],
            "called": [[code(one.unit), one.kind, one.name, code(one.above)] for one in self.plan.called],
            "extents": [code(unit) for unit in self.plan.extents],
            "heirs": [[code(one.earlier), code(one.later), one.kind] for one in self.plan.heirs],
        }


@dataclass(frozen=True)
class LookedAtResolution:
    """What a resolution would do, change by change, and to how many in all."""

    changes: Sequence[LookedAtChange]
    post_count: int
    """Posts held on the day whose unit ends, moves or is called otherwise."""
    person_count: int
    organisation_count: int
    divided_post_count: int
    """Posts of divided units: somebody must say where each lies."""
    divided_organisation_count: int

    @property
    def digest(self) -> str:
        """The same as long as the resolution would do the same."""
        return _digest(self.changes)


def _digest(changes: Sequence[LookedAtChange]) -> str:
    told = json.dumps([change.told() for change in changes], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def look_at_changes(asked: Sequence[AskedChange], today: date) -> LookedAtResolution:
    """What a resolution would do, without doing it: each change upon those before it.

    Raises RefusedChange for the first that cannot be made.
    """
    looked = []
    with db.session.begin_nested() as trial:
        for index, one in enumerate(asked):
            looked.append(_look(one, index, today))
            if one is not asked[-1]:
                _write(looked[-1])
        trial.rollback()
    db.session.expire_all()
    moved = {unit for one in looked for unit in (*one.plan.ended, *(called.unit for called in one.plan.called))}
    divided = {unit for one in looked for unit in one.plan.divided}
    on = max(one.asked.on for one in looked)
    posts, people = queries.held_at(moved, on)
    divided_posts, _people = queries.held_at(divided, on) if divided else (0, 0)
    return LookedAtResolution(
        looked,
        posts,
        people,
        queries.organisations_at(moved),
        divided_posts,
        queries.organisations_at(divided) if divided else 0,
    )


def _look(asked: AskedChange, index: int, today: date) -> LookedAtChange:
    known = queries.known_units()
    try:
        land = Land(known, asked.on, today)
        plan = _plan(asked, land, known)
    except ChangeFault as fault:
        raise RefusedChange(index, change_refusal(fault)) from None
    return LookedAtChange(asked, plan, {unit.id: unit for unit in known}, shifts_of(land, plan))


def _plan(asked: AskedChange, land: Land, known: Collection[Known]) -> ChangePlan:
    units = [_existing(line, known) for line in read_lines(asked.units)]
    if asked.kind is ChangeKind.RENAME:
        return plan_rename(land, units, name=asked.name, kind=asked.new_kind.value if asked.new_kind else None)
    into = [line.fresh or _existing(line, known) for line in read_lines(asked.into)]
    if asked.kind is ChangeKind.SPLIT:
        return plan_split(land, _one(units), into, stands=asked.stands)
    plan = plan_merge if asked.kind is ChangeKind.MERGE else plan_move
    return plan(land, units, _one(into))


def _one(found: Sequence[Any]) -> Any:
    if len(found) != 1:
        raise ChangeFault("no_unit" if not found else "one_only")
    return found[0]


def _existing(line: Line, known: Collection[Known]) -> int:
    if line.fresh is not None:
        raise ChangeFault("not_new", unit=line.fresh.name)
    if line.code:
        found = next((unit.id for unit in known if unit.code == line.code), None)
        if found is None:
            raise ChangeFault("unknown_code", code=line.code)
        return found
    places = queries.places()
    if not line.province:
        province = read_province(line.name, places)
        if province.place is None or province.is_former:
            raise ChangeFault("unknown_name", unit=line.name)
        return province.place.id
    above = read_province(line.province, places)
    commune = read_commune(line.name, above.place, places) if above.place is not None else None
    if commune is None or commune.place is None or commune.code == "commune_kind":
        raise ChangeFault("unknown_name", unit=f"{line.name}, {line.province}")
    return commune.place.id


def change_units(
    asked: Sequence[AskedChange], *, by: audit.Actor | None, at: datetime, today: date, expected: str = ""
) -> UnitChange:
    """Write a resolution down and into the units: all its changes or none. Where people count follows in the same
    transaction. Returns its first change, by which the whole is known.

    expected: the digest of what somebody has looked at. Raises RefusedChange for a change that cannot be made,
    DomainError if by now it would do something else.
    """
    # Two who enter resolutions at once do so one after the other.
    db.session.execute(select(Unit.id).where(Unit.level == Level.CENTRAL).with_for_update())
    looked: list[LookedAtChange] = []
    written: list[UnitChange] = []
    with db.session.begin_nested():
        for index, one in enumerate(asked):
            looked.append(_look(one, index, today))
            change = UnitChange(
                entered_with_id=written[0].id if written else None,
                kind=one.kind,
                on=one.on,
                legal_basis=one.legal_basis,
                asked=_told(one),
                before=_write(looked[-1]),
                entered_by_id=by.id if by is not None else None,
                entered_at=at,
            )
            db.session.add(change)
            db.session.flush()
            concerned = {*looked[-1].plan.concerned, *change.before["made"]["begun"]}
            db.session.execute(
                insert(UnitChangeUnit), [{"change_id": change.id, "unit_id": unit_id} for unit_id in sorted(concerned)]
            )
            audit.record("registry.change_units", change, by=by, at=at, **_told(one))
            written.append(change)
        if expected and _digest(looked) != expected:
            raise DomainError(_("Các đơn vị vừa thay đổi. Xin xem lại trước khi ghi."))
    write_reach(at=at)
    return written[0]


def _write(looked: LookedAtChange) -> dict[str, Any]:
    """Write one change into the units; where people count is for the caller to say. Returns what it takes to undo it:
    the rows as they were, and the ids of what was made."""
    asked, plan = looked.asked, looked.plan
    before = _before(plan)
    ids: dict[int | str, int] = {unit_id: unit_id for unit_id in looked.units}
    begun = _begin(plan, asked.legal_basis, ids)
    extents = _leave_extents(plan)
    _end(plan)
    _call(looked, ids)
    passed_on = _pass_on(plan, asked.legal_basis, ids)
    db.session.expire_all()
    return {**before, "made": {"begun": begun, "units": [*begun, *extents], "successions": passed_on}}


def _told(asked: AskedChange) -> dict[str, Any]:
    """What was entered, for the audit trail and for whoever checks it against the resolution."""
    told = {
        "kind": asked.kind.value,
        "on": asked.on.isoformat(),
        "legal_basis": asked.legal_basis,
        "units": asked.units.split("\n") if asked.units else [],
        "into": asked.into.split("\n") if asked.into else [],
        "name": asked.name,
        "new_kind": asked.new_kind.value if asked.new_kind is not None else None,
        "stands": asked.stands,
    }
    return {key: value for key, value in told.items() if value}


def _rows(model: type[Model], condition: Any) -> list[dict[str, Any]]:
    """Whole rows as JSON can hold them."""
    columns = dict(inspect(model).columns.items())
    return [
        {name: _plain(value) for name, value in zip(columns, row, strict=True)}
        for row in db.session.execute(select(*columns.values()).where(condition))
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _before(plan: ChangePlan) -> dict[str, Any]:
    """The rows that the change writes over, as they are."""
    changed = {*plan.ended, *plan.extents, *(one.unit for one in plan.called)}
    return {
        "units": _rows(Unit, Unit.id.in_(changed)),
        "names": _rows(UnitName, UnitName.unit_id.in_(changed)),
    }


def _names_of(name: str) -> dict[str, Any]:
    return {"name": name, "match_key": unit_key(name), "search_key": search_key(name)}


def _begin(plan: ChangePlan, legal_basis: str, ids: dict[int | str, int]) -> list[int]:
    made = []
    for begun in plan.begun:
        unit = _make(begun, plan.on)
        ids[begun.fresh.code] = unit.id
        made.append(unit.id)
        db.session.add(
            UnitName(
                unit_id=unit.id,
                kind=unit.kind,
                parent_id=unit.parent_id,
                valid_from=plan.on,
                legal_basis=legal_basis,
                **_names_of(unit.name),
            )
        )
    db.session.flush()
    return made


def _make(begun: Begun, on: date) -> Unit:
    fresh = begun.fresh
    above = db.session.get_one(Unit, begun.above)
    unit = Unit(
        code_list=TODAY_LIST,
        code=fresh.code,
        level=Level(begun.level),
        kind=UnitKind(fresh.kind),
        name=fresh.name,
        match_key=unit_key(fresh.name),
        parent_id=above.id,
        path=path_of(TODAY_LIST, fresh.code, above=above.path),
        valid_from=on,
    )
    db.session.add(unit)
    db.session.flush()
    return unit


def _leave_extents(plan: ChangePlan) -> list[int]:
    """Put the land that units had until now apart, as units of their own, with the names of those days."""
    last_day = plan.on - DAY
    made = []
    for unit in db.session.scalars(select(Unit).where(Unit.id.in_(plan.extents)).order_by(Unit.id)).all():
        code_list = f"{unit.code_list}@{last_day.isoformat()}"
        above = db.session.get_one(Unit, unit.parent_id)
        extent = Unit(
            code_list=code_list,
            code=unit.code,
            level=unit.level,
            kind=unit.kind,
            name=unit.name,
            match_key=unit.match_key,
            parent_id=unit.parent_id,
            path=path_of(code_list, unit.code, above=above.path),
            valid_from=unit.valid_from,
            valid_to=last_day,
            extent_of_id=unit.id,
        )
        db.session.add(extent)
        db.session.flush()
        made.append(extent.id)
        for name in db.session.scalars(
            select(UnitName).where(UnitName.unit_id == unit.id, UnitName.valid_from <= last_day)
        ).all():
            if name.valid_to is None or name.valid_to >= extent.valid_from:
                db.session.add(
                    UnitName(
                        unit_id=extent.id,
                        kind=name.kind,
                        name=name.name,
                        match_key=name.match_key,
                        search_key=name.search_key,
                        parent_id=name.parent_id,
                        valid_from=max(name.valid_from, extent.valid_from),
                        valid_to=min(name.valid_to or last_day, last_day),
                        legal_basis=name.legal_basis,
                    )
                )
        unit.valid_from = plan.on
    db.session.flush()
    return made


def _end(plan: ChangePlan) -> None:
    last_day = plan.on - DAY
    db.session.execute(update(Unit).where(Unit.id.in_(plan.ended)).values(valid_to=last_day))
    _close_names(plan.ended, last_day)


def _close_names(unit_ids: Collection[int], last_day: date) -> None:
    db.session.execute(
        update(UnitName)
        .where(UnitName.unit_id.in_(unit_ids), UnitName.valid_to.is_(None), UnitName.valid_from <= last_day)
        .values(valid_to=last_day)
    )


def _call(looked: LookedAtChange, ids: Ids) -> None:
    """Give units that go on their new name, kind and place; what began on the same day is written over."""
    plan, legal_basis = looked.plan, looked.asked.legal_basis
    called = {one.unit: one for one in plan.called}
    _close_names(called.keys(), plan.on - DAY)
    of_the_day = {
        row.unit_id: row.id
        for row in db.session.execute(
            select(UnitName.unit_id, UnitName.id).where(
                UnitName.unit_id.in_(called.keys()), UnitName.valid_from == plan.on
            )
        )
    }
    above_ids = {ids[one.above] for one in plan.called if one.above is not None}
    paths = {row.id: row.path for row in db.session.execute(select(Unit.id, Unit.path).where(Unit.id.in_(above_ids)))}
    names, names_again, units = [], [], []
    for unit_id, one in sorted(called.items()):
        above = ids[one.above] if one.above is not None else None
        values = {"kind": UnitKind(one.kind), "parent_id": above, **_names_of(one.name)}
        if unit_id in of_the_day:
            names_again.append({"id": of_the_day[unit_id], "legal_basis": legal_basis, **values})
        else:
            names.append({"unit_id": unit_id, "valid_from": plan.on, "legal_basis": legal_basis, **values})
        path = path_of(TODAY_LIST, looked.units[unit_id].code, above=paths[above] if above is not None else None)
        units.append({"id": unit_id, "path": path, **{key: values[key] for key in values if key != "search_key"}})
    for statement, rows in ((insert(UnitName), names), (update(UnitName), names_again), (update(Unit), units)):
        if rows:
            db.session.execute(statement, rows)


def _pass_on(plan: ChangePlan, legal_basis: str, ids: Ids) -> list[int]:
    """Write down what went on as what. Another resolution of the same day may have said so of two provinces already."""
    said = {
        (row.from_unit_id, row.to_unit_id)
        for row in db.session.execute(
            select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id).where(UnitSuccession.on == plan.on)
        )
    }
    rows = [
        UnitSuccession(
            from_unit_id=heir.earlier,
            to_unit_id=ids[heir.later],
            kind=SuccessionKind(heir.kind),
            on=plan.on,
            legal_basis=legal_basis,
        )
        for heir in plan.heirs
        if (heir.earlier, ids[heir.later]) not in said
    ]
    db.session.add_all(rows)
    db.session.flush()
    return [row.id for row in rows]


def withdraw_changes(change: UnitChange, reason: str, *, by: audit.Actor | None, at: datetime) -> None:
    """Take back a resolution that was entered wrongly, whole: everything is again as it was, but for the note of it.

    change: any of its changes. Raises InvalidInput without a reason, DomainError where something rests on it by now.
    """
    reason = tidy(reason)
    if not reason:
        raise InvalidInput(_("Hãy ghi lý do."))
    db.session.execute(select(Unit.id).where(Unit.level == Level.CENTRAL).with_for_update())
    for one in reversed(queries.entered_together(change)):
        _take_back(one)
        one.withdrawn_by_id = by.id if by is not None else None
        one.withdrawn_at = at
        one.withdraw_reason = reason
        audit.record("registry.withdraw_change", one, by=by, at=at, reason=reason)
        db.session.flush()
        db.session.expire_all()
    write_reach(at=at)


def _take_back(change: UnitChange) -> None:
    if change.withdrawn_at is not None:
        raise DomainError(_("Thay đổi này đã được thu hồi."))
    if (later := queries.changed_after(change)) is not None:
        raise DomainError(
            _("Các đơn vị này đã thay đổi thêm sau đó (số %(id)s). Hãy thu hồi thay đổi sau trước.", id=later.number)
        )
    made = change.before["made"]
    if queries.is_used(made["units"]):
        raise DomainError(
            _(
                "Đã có chức vụ, chủ thể, lớp, bản khai, báo cáo hoặc người được giao quản lý ghi ở đơn vị mới lập, nên"
                " không thu hồi được nữa."
            )
        )
    db.session.execute(delete(UnitSuccession).where(UnitSuccession.id.in_(made["successions"])))
    for unit in db.session.scalars(select(Unit).where(Unit.id.in_(made["units"]))).all():
        # Figures of past days know it, so the row stays, in a list of codes that nobody reads.
        unit.code_list = f"withdrawn-{change.id}"
        unit.path = f"{unit.path.rpartition('/')[0]}/{unit.code_list}:{unit.code}"
        unit.valid_to, unit.extent_of_id = unit.valid_to or unit.valid_from, None
    db.session.flush()
    restored = [row["id"] for row in change.before["units"]]
    db.session.execute(delete(UnitName).where(UnitName.unit_id.in_([*restored, *made["units"]])))
    if change.before["names"]:
        db.session.execute(insert(UnitName), [_read_back(UnitName, row) for row in change.before["names"]])
    if change.before["units"]:
        db.session.execute(update(Unit), [_read_back(Unit, row) for row in change.before["units"]])


def _read_back(model: type[Model], row: Mapping[str, Any]) -> dict[str, Any]:
    days = {name for name, column in inspect(model).columns.items() if isinstance(column.type, Date)}
    return {
        name: date.fromisoformat(value) if name in days and value is not None else value for name, value in row.items()
    }
