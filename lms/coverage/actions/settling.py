"""The kept figures follow the facts: in the transaction that changes a fact, whatever day the fact is about."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Final, cast

from sqlalchemy import Table, delete, insert, text, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from lms.core.db import db
from lms.coverage.models import Attainment, Figure, Mixture, Share
from lms.coverage.queries import facts
from lms.coverage.queries.facts import Place, Reach
from lms.coverage.rules.buckets import buckets_of
from lms.coverage.rules.keys import is_mix
from lms.coverage.rules.shares import ChangedPlace, Changes, add_changes, read, share_of, stored
from lms.records.rules import Attained, Window, attained_spans
from lms.records.signals import awards_changed, duties_changed
from lms.registry.signals import people_changed, units_changed

CHUNK: Final = 500
"""People looked at in one statement."""
HELD: Final = 200_000
"""Changes that are summed before they are written: those of many people fall into the same places."""
WRITTEN_AT_ONCE: Final = 1000
LOCK: Final = 0x0C0C
"""Any number, the same for all: PostgreSQL settles one transaction after another, as SQLite does by itself."""


def settle(person_ids: Iterable[int]) -> None:
    """Bring attainments, shares and figures in line with what is now known of these people.

    Only the differences are written; settling again changes nothing. From the first call to the end of the
    transaction no other one settles: each sees what the one before it has written.
    """
    waiting = iter(dict.fromkeys(person_ids))
    if not (chunk := list(islice(waiting, CHUNK))):
        return
    db.session.flush()
    wait_for_turn()
    asked, reach, changes = facts.windows(), facts.Reach(), Changes()
    while chunk:
        found = differences(facts.counting_ids(chunk) | set(chunk), asked, reach, changes)
        write(found)
        if len(changes) > HELD:
            write_changes(changes)
            changes.clear()
        chunk = list(islice(waiting, CHUNK))
    write_changes(changes)


def wait_for_turn() -> None:
    """Let no other transaction settle until this one ends."""
    if _dialect() == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


@dataclass
class Differences:
    """What would bring what is kept of some people in line with the facts."""

    shares: list[dict[str, Any]] = field(default_factory=list)
    gone: list[Place] = field(default_factory=list)
    attainments: list[dict[str, Any]] = field(default_factory=list)
    unreached: list[Place] = field(default_factory=list)

    @property
    def people(self) -> set[int]:
        """Of whom something is kept that should be otherwise."""
        rows = (row["person_id"] for row in (*self.shares, *self.attainments))
        return {*rows, *(person_id for _requirement_id, person_id in (*self.gone, *self.unreached))}


def differences(
    counting: Collection[int],
    asked: dict[int, list[Window]],
    reach: Reach,
    changes: Changes,
    *,
    is_whole: bool = False,
) -> Differences:
    """Compare what is kept of people with what the facts say.

    counting: the ids under which they count. asked: see facts.windows.
    changes: what the figures should change by is added here; is_whole: everything that their true shares add to them.
    """
    kept_shares, kept_attainments = facts.kept_shares(counting), facts.kept_attainments(counting)
    found = Differences()
    for person_id, one in facts.facts_of(counting, reach).items():
        for requirement_id, obligations in one.obligations.items():
            place = (requirement_id, person_id)
            attained = attained_spans(asked.get(requirement_id, []), one.earned)
            if (known := kept_attainments.pop(place, [])) != attained:
                found.unreached += [place] if known else []
                found.attainments += [_attainment_values(place, span) for span in attained]
            share = share_of(obligations, one.excuses, attained, one.keys)
            spells = stored(share)
            before = kept_shares.pop(place, [])
            if is_whole:
                add_changes(changes, requirement_id, share)
            if spells != before:
                found.shares.append({"requirement_id": requirement_id, "person_id": person_id, "spells": spells})
                if not is_whole:
                    add_changes(changes, requirement_id, share)
                    add_changes(changes, requirement_id, read(before), -1)
    if not is_whole:
        for place, before in kept_shares.items():
            add_changes(changes, place[0], read(before), -1)
    found.gone = list(kept_shares)
    found.unreached += kept_attainments
    return found


def write(found: Differences) -> None:
    """Bring attainments and shares in line; the figures are the caller's."""
    _delete(Attainment, found.unreached)
    _delete(Share, found.gone)
    if found.attainments:
        execute(insert(cast(Table, Attainment.__table__)), found.attainments)
    if found.shares:
        execute(_replace_shares(_dialect()), found.shares)


def _dialect() -> str:
    return db.session.get_bind().dialect.name


def execute(statement: Any, rows: list[dict[str, Any]]) -> None:
    """Run a plain statement for many rows."""
    db.session.connection().execute(statement, rows)


def _attainment_values(place: Place, span: Attained) -> dict[str, Any]:
    return {
        "requirement_id": place[0],
        "person_id": place[1],
        "started_on": span.started_on,
        "ended_on": span.ended_on,
        "award_id": span.award_id,
        "source": span.source,
    }


def _delete(model: type[Attainment | Share], places: list[Place]) -> None:
    if places:
        db.session.execute(delete(model).where(tuple_(model.requirement_id, model.person_id).in_(places)))


def write_changes(changes: Changes) -> None:
    """Add changes to the kept figures, in a fixed order of rows."""
    rows = Changes()
    for (requirement_id, unit_id, key, day), (obliged, trained, excused) in changes.items():
        if obliged or trained or excused:
            for bucket in buckets_of(date.fromordinal(day)):
                row = rows.setdefault((requirement_id, unit_id, key, bucket), [0, 0, 0])
                row[0] += obliged
                row[1] += trained
                row[2] += excused
    found = sorted((place, row) for place, row in rows.items() if any(row))
    for model in (Figure, Mixture):
        statement = _add_to(model, _dialect())
        for part in _parts(_figure_values(*one) for one in found if is_mix(one[0][2]) is (model is Mixture)):
            execute(statement, part)


def _figure_values(place: ChangedPlace, row: Sequence[int]) -> dict[str, Any]:
    return {
        "requirement_id": place[0],
        "unit_id": place[1],
        "mix" if is_mix(place[2]) else "cut_key": place[2],
        "bucket": place[3],
        "obliged": row[0],
        "trained": row[1],
        "excused": row[2],
    }


def _parts(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    waiting = iter(rows)
    while part := list(islice(waiting, WRITTEN_AT_ONCE)):
        yield part


@lru_cache(maxsize=4)
def _add_to(model: type[Figure | Mixture], dialect: str) -> Any:
    """Adds to a row of the figures, or makes it; SQLAlchemy has no word for it that fits both databases."""
    table = cast(Table, model.__table__)
    adding: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect](table)
    return adding.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={name: table.c[name] + adding.excluded[name] for name in ("obliged", "trained", "excused")},
    )


@lru_cache(maxsize=2)
def _replace_shares(dialect: str) -> Any:
    table = cast(Table, Share.__table__)
    replacing: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect](table)
    return replacing.on_conflict_do_update(
        index_elements=[table.c.requirement_id, table.c.person_id], set_={"spells": replacing.excluded.spells}
    )


def connect() -> None:
    """Follow the facts: duties, awards, and what people are counted by."""
    duties_changed.connect(_follow_people)
    people_changed.connect(_follow_people)
    units_changed.connect(_follow_units)
    awards_changed.connect(_follow_people)


def _follow_people(_sender: object, *, person_ids: Collection[int], at: datetime, **_more: object) -> None:
    settle(person_ids)


def _follow_units(_sender: object, *, unit_ids: Sequence[int], at: datetime, **_more: object) -> None:
    settle(facts.people_at(unit_ids))
