"""Reads of what stands in communes that were divided among several: posts and organisations, waiting and settled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from lms.accounts.models import User
from lms.core.audit import AuditEntry
from lms.core.db import Model, db
from lms.registry.models import (
    Level,
    Organisation,
    Person,
    Position,
    SuccessionKind,
    Unit,
    UnitReach,
    UnitSuccession,
)
from lms.registry.queries.parts import chunks
from lms.registry.rules.names import place_key

SHOWN_MOST: Final = 200
"""So many posts are chosen from at once; the next ones follow when these are settled."""


def divided_units() -> Select[int]:
    """Ids of the communes that ended and that no commune of today holds whole."""
    standing = aliased(Unit)
    is_held = (
        exists()
        .where(
            UnitReach.unit_id == Unit.id,
            standing.id == UnitReach.within_id,
            standing.level == Level.COMMUNE,
            standing.valid_to.is_(None),
        )
        .correlate(Unit)
    )
    return select(Unit.id).where(
        Unit.level == Level.COMMUNE,
        Unit.valid_to.is_not(None),
        Unit.extent_of_id.is_(None),
        exists().where(UnitSuccession.from_unit_id == Unit.id).correlate(Unit),
        ~is_held,
    )


def _waits(thing: type[Position] | type[Organisation]) -> ColumnElement[bool]:
    """Whether nobody has said yet where a post or an organisation lies, or what they said was divided in its turn."""
    divided = divided_units()
    return and_(
        thing.unit_id.in_(divided),
        or_(thing.settled_unit_id.is_(None), thing.settled_unit_id.in_(divided)),
    )


def _follows_its_organisation() -> ColumnElement[bool]:
    """Whether a leader's post waits for nothing but its organisation: the two are settled together."""
    return exists().where(
        Organisation.id == Position.organisation_id, Organisation.unit_id == Position.unit_id, _waits(Organisation)
    )


def _waiting_posts() -> ColumnElement[bool]:
    return and_(Position.withdrawn_at.is_(None), _waits(Position), ~_follows_its_organisation())


@dataclass(frozen=True)
class Divided:
    """A divided commune in which something stands, and how much of it still waits."""

    unit: Unit
    waiting_posts: int
    waiting_organisations: int
    settled: int

    @property
    def waiting(self) -> int:
        """All that waits for somebody to say where it lies."""
        return self.waiting_posts + self.waiting_organisations


def divided_with_things(visible: ColumnElement[bool]) -> list[Divided]:
    """Divided communes that may be seen and in which something stands: those with most waiting first.

    visible: the policy's condition on units, for statements that read Unit.
    """
    led = select(Unit.id).where(visible)

    def counted(thing: type[Position] | type[Organisation], *conditions: ColumnElement[bool]) -> dict[int, int]:
        rows = db.session.execute(
            select(thing.unit_id, func.count(thing.id))
            .where(thing.unit_id.in_(divided_units()), thing.unit_id.in_(led), *conditions)
            .group_by(thing.unit_id)
        )
        return {row[0]: row[1] for row in rows}

    posts = counted(Position, _waiting_posts())
    organisations = counted(Organisation, _waits(Organisation))
    settled_posts = counted(
        Position, Position.withdrawn_at.is_(None), Position.settled_unit_id.is_not(None), ~_waits(Position)
    )
    units: list[Unit] = []
    for part in chunks(posts.keys() | organisations.keys() | settled_posts.keys()):
        units += db.session.scalars(
            select(Unit).options(joinedload(Unit.parent).joinedload(Unit.parent)).where(Unit.id.in_(part))
        )
    found = [
        Divided(unit, posts.get(unit.id, 0), organisations.get(unit.id, 0), settled_posts.get(unit.id, 0))
        for unit in units
    ]
    return sorted(found, key=lambda one: (-one.waiting, place_key(one.unit.name), one.unit.id))


def divided_unit(unit_id: int) -> Unit | None:
    """One divided commune with those above it; None if it is none."""
    return db.session.scalar(
        select(Unit)
        .options(joinedload(Unit.parent).joinedload(Unit.parent))
        .where(Unit.id == unit_id, Unit.id.in_(divided_units()))
    )


def lasted_beyond(place: type[Unit], divided: type[Unit]) -> ColumnElement[bool]:
    """Whether a unit was still there when another had been divided.

    Only in those does a post count because of where it was settled: on the maps of before it lies in what was divided,
    and the commune that took a part of that, if it stood already, had its own land alone.
    """
    return or_(place.valid_to.is_(None), place.valid_to > divided.valid_to)


def settled_in(unit: Unit) -> Select[int]:
    """Ids of the posts that count in a unit because of where they were settled: see `lasted_beyond`."""
    reach = select(UnitReach.unit_id).where(UnitReach.within_id == unit.id)
    posts = select(Position.id).where(Position.settled_unit_id.in_(reach))
    if unit.valid_to is None:
        return posts
    return posts.join(Unit, Unit.id == Position.unit_id).where(Unit.valid_to < unit.valid_to)


def parts_of(unit_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The communes of today in which parts of each of these units went on, however many changes lie between.

    What it gave away while it stood is no part of it: a post that was there until its end did not lie in that.
    """
    giver = aliased(Unit)
    later: dict[int, set[int]] = {}
    standing: set[int] = set()
    frontier = set(unit_ids)
    while frontier:
        rows = db.session.execute(
            select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id, Unit.valid_to)
            .join(Unit, Unit.id == UnitSuccession.to_unit_id)
            .join(giver, giver.id == UnitSuccession.from_unit_id)
            .where(
                UnitSuccession.from_unit_id.in_(frontier),
                UnitSuccession.on > giver.valid_to,
                UnitSuccession.kind != SuccessionKind.ABOLISH,
                Unit.level == Level.COMMUNE,
            )
        ).all()
        for row in rows:
            later.setdefault(row.from_unit_id, set()).add(row.to_unit_id)
            if row.valid_to is None:
                standing.add(row.to_unit_id)
        frontier = {row.to_unit_id for row in rows if row.valid_to is not None} - later.keys()

    def parts(unit_id: int) -> frozenset[int]:
        found: set[int] = set()
        for one in later.get(unit_id, ()):
            found |= {one} if one in standing else parts(one)
        return frozenset(found)

    return {unit_id: parts(unit_id) for unit_id in unit_ids}


def posts_waiting(unit: Unit) -> Sequence[Position]:
    """Posts at a divided commune of which nobody has said where they lie, held ones first, by name."""
    return db.session.scalars(
        select(Position)
        .join(Position.person)
        .options(joinedload(Position.person), joinedload(Position.organisation))
        .where(Position.unit_id == unit.id, _waiting_posts())
        .order_by(Position.ended_on.is_not(None), Person.sort_key, Position.id)
        .limit(SHOWN_MOST)
    ).all()


def organisations_waiting(unit: Unit) -> Sequence[Organisation]:
    """Organisations at a divided commune of which nobody has said where they lie, by name."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.unit_id == unit.id, _waits(Organisation))
        .order_by(Organisation.sort_key, Organisation.id)
        .limit(SHOWN_MOST)
    ).all()


@dataclass(frozen=True)
class Settled:
    """A post or an organisation of a divided commune, and who said where it lies."""

    thing: Position | Organisation
    where: Unit
    at: datetime | None
    by: str | None
    reason: str


def settled_at(unit: Unit) -> list[Settled]:
    """What stands at a divided commune and was settled, the latest first; a leader's post with its organisation."""
    organisations = db.session.scalars(
        select(Organisation)
        .options(joinedload(Organisation.settled_unit))
        .where(Organisation.unit_id == unit.id, Organisation.settled_unit_id.is_not(None), ~_waits(Organisation))
        .limit(SHOWN_MOST)
    ).all()
    posts = db.session.scalars(
        select(Position)
        .options(joinedload(Position.settled_unit), joinedload(Position.person))
        .where(
            Position.unit_id == unit.id,
            Position.withdrawn_at.is_(None),
            Position.settled_unit_id.is_not(None),
            ~_waits(Position),
            ~exists().where(
                Organisation.id == Position.organisation_id, Organisation.settled_unit_id == Position.settled_unit_id
            ),
        )
        .limit(SHOWN_MOST)
    ).all()
    things: list[Position | Organisation] = [*organisations, *posts]
    said = _said_of(things)
    found = []
    for thing in things:
        entry, name = said.get((thing.__tablename__, thing.id), (None, None))
        assert thing.settled_unit is not None
        found.append(
            Settled(
                thing,
                thing.settled_unit,
                entry.at if entry is not None else None,
                name,
                str(entry.details.get("reason", "")) if entry is not None else "",
            )
        )
    return sorted(found, key=lambda one: (one.at is not None, one.at, one.thing.id), reverse=True)


def _said_of(things: Sequence[Model]) -> dict[tuple[str, int], tuple[AuditEntry, str | None]]:
    """The last time that somebody said where each lies."""
    said: dict[tuple[str, int], tuple[AuditEntry, str | None]] = {}
    for table in (Position.__tablename__, Organisation.__tablename__):
        ids = [thing.id for thing in things if thing.__tablename__ == table]  # type: ignore[attr-defined]
        for part in chunks(ids):
            for entry, name in db.session.execute(
                select(AuditEntry, User.display_name)
                .outerjoin(User, User.id == AuditEntry.actor_id)
                .where(
                    AuditEntry.subject_kind == table,
                    AuditEntry.subject_id.in_(part),
                    AuditEntry.action == "registry.settle",
                )
                .order_by(AuditEntry.id)
            ):
                assert entry.subject_id is not None
                said[table, entry.subject_id] = (entry, name)
    return said


def posts_to_settle(unit: Unit, ids: Collection[int]) -> Sequence[Position]:
    """Those of some posts that stand at a divided commune, held fast until the transaction ends."""
    return db.session.scalars(
        select(Position)
        .where(Position.unit_id == unit.id, Position.id.in_(ids), Position.withdrawn_at.is_(None))
        .order_by(Position.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def organisations_to_settle(unit: Unit, ids: Collection[int]) -> Sequence[Organisation]:
    """Those of some organisations that stand at a divided commune, held fast until the transaction ends."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.unit_id == unit.id, Organisation.id.in_(ids))
        .order_by(Organisation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def posts_led_at(organisations: Collection[Organisation]) -> Sequence[Position]:
    """Posts of those who lead some organisations, where the organisations stand."""
    return db.session.scalars(
        select(Position)
        .join(Organisation, Organisation.id == Position.organisation_id)
        .where(
            Organisation.id.in_([one.id for one in organisations]),
            Position.unit_id == Organisation.unit_id,
            Position.withdrawn_at.is_(None),
        )
        .order_by(Position.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
