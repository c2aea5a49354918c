"""Bringing rosters in: looked through without changing anything, then applied whole or not at all."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from flask import current_app
from sqlalchemy import delete, insert, text, update
from sqlalchemy.orm import InstrumentedAttribute

from lms.accounts.models import User
from lms.core import audit, storage
from lms.core.clock import day_of
from lms.core.db import Model, db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.core.secrets import seal
from lms.registry import policies, queries
from lms.registry.models import (
    Level,
    Organisation,
    OrganisationKind,
    Outcome,
    Person,
    Position,
    PositionKind,
    RosterImport,
    RosterKind,
    RosterRow,
    Sex,
)
from lms.registry.rules.names import search_key, sort_key
from lms.registry.rules.plan import Firm, Plan, Post, RowPlan, Someone, make_plan
from lms.registry.rules.reasons import RosterFault
from lms.registry.rules.rows import read_row
from lms.registry.rules.tables import Table, find_table
from lms.registry.signals import positions_changed
from lms.registry.words import refusal_of

APPLY_LOCK: Final = 0x0C0B
"""Any number, the same for every roster: PostgreSQL applies them one after another, as SQLite does by itself."""
MEGABYTE: Final = 1024 * 1024
WRITTEN_AT_ONCE: Final = 1000


@dataclass(frozen=True)
class LookedThrough:
    """A roster and what it would do."""

    table: Table
    plan: Plan

    @property
    def totals(self) -> dict[str, Any]:
        """As kept with the import: rows by outcome, and the columns that nothing is taken from."""
        return {**self.plan.totals, "unknown_columns": list(self.table.unknown)}


@dataclass(frozen=True)
class Applied:
    """What came of applying a roster. If not applied, the plan has changed and is to be shown first."""

    is_applied: bool
    totals: dict[str, Any]


def look_through(content: bytes, *, by: User | None, at: datetime, kind: str | None = None) -> LookedThrough:
    """Decide every row of a roster file without changing anything. Raises InvalidInput if the file cannot be taken.

    by: whose scope counts; None for the system itself, which may write everywhere.
    """
    limit = int(current_app.config.get("MAX_ROSTER_BYTES", 20 * MEGABYTE))
    try:
        if len(content) > limit:
            raise RosterFault("too_large", limit=limit // MEGABYTE)
        table = find_table(content, kind=kind)
    except RosterFault as fault:
        raise refusal_of(fault) from None
    return _decide(table, None if by is None else policies.scope_of(by), at)


def _decide(table: Table, scope: Collection[str] | None, at: datetime) -> LookedThrough:
    if queries.unit_by_code(queries.CENTRE) is None:
        raise InvalidInput(_("Chưa có đơn vị hành chính nào. Hãy chạy trước: flask registry load-units"))
    places = queries.places()
    today = day_of(at)
    rows = [read_row(raw, table.columns, table.kind, places, today=today) for raw in table.rows]
    indexes = {row.number: queries.id_number_index(row.id_number) for row in rows if row.id_number}
    known = queries.known_for(rows, indexes, scope)
    plan = make_plan(rows, known, indexes, today=today, scope=scope, skipped=table.skipped)
    return LookedThrough(table, plan)


def preview_roster(content: bytes, name: str, *, by: User | None, at: datetime) -> RosterImport:
    """Keep a roster file with what it would do, for somebody to read before it is applied."""
    looked = look_through(content, by=by, at=at)
    roster_import = _keep(content, name, looked, by=by, at=at)
    _write_rows(roster_import, looked.plan)
    return roster_import


def _keep(content: bytes, name: str, looked: LookedThrough, *, by: User | None, at: datetime) -> RosterImport:
    media_type = storage.MEDIA_TYPES["xlsx" if content.startswith(b"PK") else "csv"]
    stored = storage.store(content, name=name, media_type=media_type, by=by, at=at)
    roster_import = RosterImport(
        file=stored,
        kind=RosterKind(looked.table.kind),
        uploaded_by_id=by.id if by is not None else None,
        uploaded_at=at,
        totals=looked.totals,
    )
    db.session.add(roster_import)
    db.session.flush()
    audit.record("registry.preview_roster", roster_import, by=by, at=at, totals=looked.plan.totals)
    return roster_import


def apply_roster(roster_import: RosterImport, *, by: User, at: datetime) -> Applied:
    """Do what a roster was shown to do, all of it or nothing.

    The plan is made again on the database of this moment. If it is no longer the one that was shown, nothing is
    applied: the new plan takes its place, to be read first. Applying an applied roster changes nothing.
    """
    _one_at_a_time()
    db.session.refresh(roster_import, with_for_update=True)
    if roster_import.applied_at is not None:
        return Applied(True, roster_import.totals)
    content = storage.path_of(roster_import.file).read_bytes()
    looked = look_through(content, by=by, at=at, kind=roster_import.kind.value)
    shown = queries.decided_rows(roster_import)
    if shown != [(row.row.number, row.row.label, row.outcome, _reasons(row)) for row in looked.plan.rows]:
        roster_import.totals = looked.totals
        _write_rows(roster_import, looked.plan)
        return Applied(False, roster_import.totals)
    _apply(roster_import, looked, by=by, at=at)
    return Applied(True, roster_import.totals)


def import_roster(
    content: bytes, name: str, *, by: User | None, at: datetime, kind: str | None = None
) -> LookedThrough:
    """Look a roster through and apply it in one go: what a command does, where nobody reads in between.

    by: None for the system itself.
    """
    _one_at_a_time()
    looked = look_through(content, by=by, at=at, kind=kind)
    roster_import = _keep(content, name, looked, by=by, at=at)
    _apply(roster_import, looked, by=by, at=at)
    return looked


def _one_at_a_time() -> None:
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPLY_LOCK})


def _apply(roster_import: RosterImport, looked: LookedThrough, *, by: User | None, at: datetime) -> None:
    firm_ids = _write_firms(looked.plan.firms)
    person_ids = _write_people(looked.plan.people, at)
    position_ids = _write_posts(looked.plan.people, person_ids, firm_ids)
    _write_rows(roster_import, looked.plan, person_ids)
    roster_import.totals = looked.totals
    roster_import.applied_by_id = by.id if by is not None else None
    roster_import.applied_at = at
    audit.record("registry.apply_roster", roster_import, by=by, at=at, totals=looked.plan.totals)
    db.session.flush()
    db.session.expire_all()
    if position_ids:
        positions_changed.send(roster_import, position_ids=position_ids, at=at)


def _write_firms(firms: Sequence[Firm]) -> dict[Firm, int]:
    fresh = [firm for firm in firms if firm.id is None]
    changed = [{"id": firm.id, **firm.changes} for firm in firms if firm.id is not None]
    if changed:
        db.session.execute(update(Organisation), changed)
    inserted = _insert(
        Organisation,
        (Organisation.id, Organisation.unit_id, Organisation.match_key, Organisation.kind, Organisation.tax_code),
        [
            {
                "name": firm.name,
                "match_key": firm.match_key,
                "kind": OrganisationKind(firm.kind),
                "legal_form": firm.legal_form,
                "tax_code": firm.tax_code,
                "product_group": firm.product_group,
                "unit_id": firm.unit_id,
                "joined_on": firm.joined_on,
            }
            for firm in fresh
        ],
    )
    by_place = {tuple(place): new_id for new_id, *place in inserted}
    return {firm: by_place[firm.unit_id, firm.match_key, OrganisationKind(firm.kind), firm.tax_code] for firm in fresh}


def _write_people(people: Sequence[Someone], at: datetime) -> dict[Someone, int]:
    fresh = [someone for someone in people if someone.id is None]
    changed = [
        {"id": someone.id, **_person_changes(someone)}
        for someone in people
        if someone.id is not None and someone.changes
    ]
    if changed:
        db.session.execute(update(Person), changed)
    known = {someone: someone.id for someone in people if someone.id is not None}
    told_apart = [someone for someone in fresh if someone.identity is not None]
    told = (Person.id, Person.id_number_index)
    inserted = _insert(Person, told, (_person_values(someone, at) for someone in told_apart))
    by_identity = {identity: new_id for new_id, identity in inserted}
    made = {someone: by_identity[someone.identity] for someone in told_apart}
    for someone in fresh:
        if someone.identity is None:
            [(made[someone],)] = _insert(Person, (Person.id,), [_person_values(someone, at)])
    return {**known, **made}


def _person_values(someone: Someone, at: datetime) -> dict[str, Any]:
    number = someone.row.id_number if someone.row is not None else None
    return {
        "full_name": someone.full_name,
        "sort_key": sort_key(someone.full_name),
        "search_key": search_key(someone.full_name),
        "match_key": someone.match_key,
        "birth_on": someone.birth_on,
        "sex": _sex(someone.sex),
        "id_number_sealed": seal(number) if number is not None else None,
        "id_number_index": someone.identity,
        "phone": someone.phone,
        "email": someone.email,
        "created_at": at,
    }


def _person_changes(someone: Someone) -> dict[str, Any]:
    changes = dict(someone.changes)
    number = changes.pop("id_number", None)
    if number is not None:
        changes["id_number_sealed"] = seal(number)
        changes["id_number_index"] = someone.identity
    if "sex" in changes:
        changes["sex"] = _sex(changes["sex"])
    return changes


def _sex(value: str | None) -> Sex | None:
    return Sex(value) if value is not None else None


def _write_posts(people: Sequence[Someone], person_ids: dict[Someone, int], firm_ids: dict[Firm, int]) -> list[int]:
    """Write new and changed posts; returns the ids of all of them."""

    def firm_id(firm: Firm | None) -> int | None:
        if firm is None:
            return None
        return firm.id if firm.id is not None else firm_ids[firm]

    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for someone in people:
        for post in someone.posts:
            if post.id is None:
                fresh.append(_post_values(post, person_ids[someone], firm_id(post.firm)))
            elif post.changes:
                values = dict(post.changes)
                if "firm" in values:
                    values["organisation_id"] = firm_id(values.pop("firm"))
                if "level" in values:
                    values["level"] = _level(values["level"])
                changed.append({"id": post.id, **values})
    if changed:
        db.session.execute(update(Position), changed)
    return [new_id for (new_id,) in _insert(Position, (Position.id,), fresh)] + [values["id"] for values in changed]


def _post_values(post: Post, person_id: int, organisation_id: int | None) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "kind": PositionKind(post.kind),
        "level": _level(post.level),
        "title": post.title,
        "workplace": post.workplace,
        "workplace_key": post.workplace_key,
        "unit_id": post.unit_id,
        "organisation_id": organisation_id,
        "started_on": post.started_on,
        "ended_on": post.ended_on,
    }


def _level(value: str | None) -> Level | None:
    return Level(value) if value is not None else None


def _insert(
    model: type[Organisation | Person | Position | RosterRow],
    told: Sequence[InstrumentedAttribute[Any]],
    values: Iterable[dict[str, Any]],
) -> list[Any]:
    """Insert many rows in few statements; returns what is told of each.

    The rows come back in any order: asking for the order of the values would make SQLite insert them one by one.
    Written past the unit of work, a part at a time: a long list would else be in memory several times over.
    """
    statement = insert(Model.metadata.tables[model.__tablename__])
    if told:
        statement = statement.returning(*told)
    rest = iter(values)
    rows: list[Any] = []
    while part := list(islice(rest, WRITTEN_AT_ONCE)):
        result = db.session.execute(statement, part)
        if told:
            rows.extend(result)
    return rows


def _reasons(row: RowPlan) -> list[dict[str, Any]]:
    return [finding.as_dict() for finding in row.findings]


def _write_rows(roster_import: RosterImport, plan: Plan, person_ids: dict[Someone, int] | None = None) -> None:
    """Keep what was decided for each row, in the place of what was kept before."""
    db.session.execute(delete(RosterRow).where(RosterRow.roster_import_id == roster_import.id))
    person_ids = person_ids or {}
    import_id = roster_import.id
    _insert(
        RosterRow,
        (),
        (
            {
                "roster_import_id": import_id,
                "number": row.row.number,
                "outcome": Outcome(row.outcome),
                "reasons": _reasons(row),
                "label": row.row.label,
                "person_id": _person_id(row.someone, person_ids),
            }
            for row in plan.rows
        ),
    )


def _person_id(someone: Someone | None, person_ids: dict[Someone, int]) -> int | None:
    if someone is None:
        return None
    return person_ids.get(someone, someone.id) if person_ids else someone.id
