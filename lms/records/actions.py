"""What is done to records: duties follow positions, awards are made and revoked, requirements are loaded."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast

import yaml
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.sql.dml import ReturningInsert

from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.records import queries
from lms.records.models import Award, AwardSource, Duty, Qualification, Requirement
from lms.records.rules import Span, duty_span
from lms.records.signals import award_made, award_revoked
from lms.registry.models import Person, Position, PositionKind
from lms.registry.signals import positions_changed

REQUIREMENTS_FILE: Final = Path(__file__).parent / "data" / "requirements.yaml"
CHUNK: Final = 500
"""Positions looked at in one statement: well below the number of parameters that either database takes."""


def award(
    person: Person,
    qualification: Qualification,
    *,
    awarded_on: date,
    source: AwardSource,
    source_reference: str,
    title: str,
    hours: int | None,
    by: audit.Actor | None,
    at: datetime,
) -> Award:
    """Write down that a person got a qualification. The same achievement again gives the same award.

    source_reference: what in the source it comes from, such as 'enrolment/42'; unique within the source.
    hours: length in hours of study.
    Two at once agree on one row: the unique constraint decides, and the second waits for the first.
    Raises InvalidInput for a day in the future, ValueError if the reference was awarded for something else.
    """
    if awarded_on > day_of(at):
        raise InvalidInput(_l("Ngày hoàn thành không được ở trong tương lai."))
    db.session.flush()
    values = {
        "person_id": person.id,
        "qualification_id": qualification.id,
        "awarded_on": awarded_on,
        "source": source,
        "source_reference": source_reference,
        "title": title,
        "hours": hours,
        "entered_by_id": by.id if by is not None else None,
        "entered_at": at,
        "revoked_on": None,
        "revoke_reason": None,
    }
    award_id = db.session.execute(_insert_once(db.session.get_bind().dialect.name), values).scalar()
    if award_id is None:
        made = queries.award_by_reference(source, source_reference)
        if made is None or (made.person_id, made.qualification_id) != (person.id, qualification.id):
            raise ValueError(f"{source}:{source_reference} was already awarded for something else")
        return made
    fresh = Award(id=award_id, **values)
    make_transient_to_detached(fresh)
    db.session.add(fresh)
    audit.record(
        "records.award",
        fresh,
        by=by,
        at=at,
        person_id=person.id,
        qualification_id=qualification.id,
        awarded_on=awarded_on.isoformat(),
        source=source.value,
        source_reference=source_reference,
    )
    award_made.send(fresh, by=by, at=at)
    return fresh


@lru_cache(maxsize=2)
def _insert_once(dialect: str) -> ReturningInsert[tuple[int]]:
    """Writes an award unless its achievement has one; gives the new id, or nothing.

    Both databases can do it in one statement, without a savepoint; SQLAlchemy has no word for it that fits both.
    """
    table = cast(Table, Award.__table__)
    insert_award: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect](table)
    once = insert_award.on_conflict_do_nothing(index_elements=[table.c.source, table.c.source_reference])
    statement: ReturningInsert[tuple[int]] = once.returning(table.c.id)
    return statement


def revoke_award(award: Award, *, on: date, reason: str, by: audit.Actor | None, at: datetime) -> None:
    """Let an award no longer count from a day on. The row stays, and what it counted for before that day.

    on: the first day on which it does not count; the day of the award itself if it was never right.
    Raises InvalidInput if the day or the reason will not do, DomainError if it is revoked already.
    """
    if not award.awarded_on <= on <= day_of(at):
        raise InvalidInput(_l("Ngày thu hồi phải từ ngày hoàn thành đến hôm nay."))
    if not reason.strip():
        raise InvalidInput(_l("Hãy ghi lý do thu hồi."))
    # The condition is in the UPDATE too: of two clicks at once, one revokes.
    done = db.session.execute(
        update(Award)
        .where(Award.id == award.id, Award.revoked_on.is_(None))
        .values(revoked_on=on, revoke_reason=reason.strip())
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(_l("Kết quả này đã được thu hồi trước đó."))
    db.session.refresh(award)
    audit.record("records.revoke_award", award, by=by, at=at, on=on.isoformat(), reason=reason.strip())
    award_revoked.send(award, by=by, at=at)


def oblige(position_ids: Iterable[int], *, at: datetime) -> None:
    """Bring the duties of positions in line with the positions: begun, moved, ended with them.

    Looks at them in chunks; the number of statements for a chunk does not depend on what is in it.
    """
    db.session.flush()
    waiting = iter(dict.fromkeys(position_ids))
    asked = queries.requirements()
    while chunk := list(islice(waiting, CHUNK)):
        _oblige_chunk(chunk, asked)


def _oblige_chunk(position_ids: Sequence[int], asked: Sequence[Requirement]) -> None:
    positions = db.session.execute(
        select(Position.id, Position.person_id, Position.kind, Position.started_on, Position.ended_on).where(
            Position.id.in_(position_ids)
        )
    ).all()
    kept = {
        (duty.requirement_id, duty.position_id): duty
        for duty in db.session.execute(
            select(
                Duty.id, Duty.requirement_id, Duty.position_id, Duty.person_id, Duty.started_on, Duty.ended_on
            ).where(Duty.position_id.in_(position_ids))
        )
    }
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for position in positions:
        for requirement in asked:
            if requirement.position_kind is not position.kind:
                continue
            span = duty_span(Span(position.started_on, position.ended_on), requirement.valid_from)
            if span is None:
                continue
            values = {"person_id": position.person_id, "started_on": span.started_on, "ended_on": span.ended_on}
            duty = kept.pop((requirement.id, position.id), None)
            if duty is None:
                new.append({"requirement_id": requirement.id, "position_id": position.id, **values})
            elif (duty.person_id, duty.started_on, duty.ended_on) != tuple(values.values()):
                changed.append({"id": duty.id, **values})
    if new:
        db.session.execute(insert(Duty), new)
    if changed:
        db.session.execute(update(Duty), changed)
    if kept:
        db.session.execute(delete(Duty).where(Duty.id.in_([duty.id for duty in kept.values()])))


def load_requirements(at: datetime) -> bool:
    """Bring qualifications and requirements in line with data/requirements.yaml; whether anything changed.

    A requirement that is new or changed obliges everyone who already holds such a position.
    """
    told = yaml.safe_load(REQUIREMENTS_FILE.read_text(encoding="utf-8"))
    has_changed = False
    qualifications = {known.code: known for known in db.session.scalars(select(Qualification))}
    for line in told["qualifications"]:
        has_changed |= _write_down(qualifications.setdefault(line["code"], Qualification()), line, at)
    requirements = {known.code: known for known in db.session.scalars(select(Requirement))}
    has_new_duties = False
    for line in told["requirements"]:
        values = {name: value for name, value in line.items() if name != "qualification"}
        values["position_kind"] = PositionKind(line["position_kind"])
        values["qualification_id"] = qualifications[line["qualification"]].id
        has_new_duties |= _write_down(requirements.setdefault(line["code"], Requirement()), values, at)
    if has_new_duties:
        oblige(db.session.scalars(select(Position.id)).all(), at=at)
    return has_changed or has_new_duties


def _write_down(thing: Qualification | Requirement, values: dict[str, Any], at: datetime) -> bool:
    """Give a row these values; whether that made a difference."""
    changed = sorted(name for name, value in values.items() if getattr(thing, name) != value)
    if not changed:
        return False
    for name in changed:
        setattr(thing, name, values[name])
    db.session.add(thing)
    db.session.flush()
    audit.record("records.load_requirements", thing, by=None, at=at, changed=changed)
    return True


def connect() -> None:
    """Follow the registry: whenever positions change, so do the duties that come from them."""
    positions_changed.connect(_follow_positions)


def _follow_positions(_sender: object, *, position_ids: Sequence[int], at: datetime, **_more: object) -> None:
    oblige(position_ids, at=at)
