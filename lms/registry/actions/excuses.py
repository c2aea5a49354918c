"""What is done to excuses: entered, ended, taken back. None is ever edited, so that what was known once can be told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.registry import queries
from lms.registry.actions.positions import EARLIEST
from lms.registry.models import Excuse, ExcuseKind, Person, Position
from lms.registry.rules.names import tidy
from lms.registry.signals import people_changed

AHEAD: Final = timedelta(days=366)
"""How far in the future an excuse may begin: leave is granted beforehand, but not years before."""


@dataclass(frozen=True, kw_only=True)
class ExcuseFacts:
    """What is said of one excuse."""

    kind: ExcuseKind
    started_on: date
    ended_on: date | None = None
    note: str
    """The document it rests on, or what happened."""
    position: Position | None = None
    """The post it is about; None for all posts of the person."""


def excuse(person: Person, facts: ExcuseFacts, *, by: audit.Actor | None, at: datetime) -> Excuse:
    """Enter days on which somebody need not train.

    Raises InvalidInput if a day or the note will not do, DomainError if the same is entered already for such a day.
    """
    note = _check(facts, person, at)
    same = select(Excuse).where(
        Excuse.person_id.in_(queries.ids_of_one(person)),
        Excuse.kind == facts.kind,
        Excuse.position_id == (facts.position.id if facts.position is not None else None),
        Excuse.withdrawn_at.is_(None),
    )
    for known in db.session.scalars(same):
        if _overlap(known, facts):
            raise DomainError(
                _l("Lý do này đã được ghi từ ngày %(since)s.", since=known.started_on.strftime("%d/%m/%Y"))
            )
    made = Excuse(
        person_id=facts.position.person_id if facts.position is not None else person.id,
        position_id=facts.position.id if facts.position is not None else None,
        kind=facts.kind,
        started_on=facts.started_on,
        ended_on=facts.ended_on,
        note=note,
        entered_by_id=by.id if by is not None else None,
        entered_at=at,
    )
    db.session.add(made)
    audit.record("registry.excuse", made, by=by, at=at, **_told(made))
    db.session.flush()
    people_changed.send(person, person_ids=[made.person_id], at=at)
    return made


def end_excuse(known: Excuse, on: date, *, by: audit.Actor | None, at: datetime) -> Excuse:
    """Say on which day an excuse ends, or ended: the one that is kept gives way to one that has this last day."""
    if on < known.started_on:
        raise InvalidInput(_l("Ngày kết thúc không được trước ngày bắt đầu."))
    if known.ended_on == on and known.withdrawn_at is None:
        return known
    _withdraw(known, _("Ghi ngày cuối: %(day)s", day=on.strftime("%d/%m/%Y")), by=by, at=at)
    made = Excuse(
        person_id=known.person_id,
        position_id=known.position_id,
        kind=known.kind,
        started_on=known.started_on,
        ended_on=on,
        note=known.note,
        entered_by_id=by.id if by is not None else None,
        entered_at=at,
    )
    db.session.add(made)
    audit.record("registry.end_excuse", made, by=by, at=at, instead_of=known.id, ended_on=on.isoformat())
    db.session.flush()
    people_changed.send(made, person_ids=[made.person_id], at=at)
    return made


def withdraw_excuse(known: Excuse, *, reason: str, by: audit.Actor | None, at: datetime) -> None:
    """Take back an excuse that was never right: its days count as if it had not been entered. The row stays."""
    reason = tidy(reason)
    if not reason:
        raise InvalidInput(_l("Hãy ghi lý do."))
    _withdraw(known, reason, by=by, at=at)
    audit.record("registry.withdraw_excuse", known, by=by, at=at, reason=reason, **_told(known))
    db.session.flush()
    people_changed.send(known, person_ids=[known.person_id], at=at)


def _withdraw(known: Excuse, reason: str, *, by: audit.Actor | None, at: datetime) -> None:
    # The condition is in the UPDATE: of two who end or withdraw it at once, one does.
    done = db.session.execute(
        update(Excuse)
        .where(Excuse.id == known.id, Excuse.withdrawn_at.is_(None))
        .values(withdrawn_at=at, withdrawn_by_id=by.id if by is not None else None, withdraw_reason=reason)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(_l("Lý do tạm miễn này đã được rút hoặc được thay rồi."))
    db.session.refresh(known)


def _check(facts: ExcuseFacts, person: Person, at: datetime) -> str:
    """The note as it is kept. Raises InvalidInput for what will not do."""
    note = tidy(facts.note)
    if not note:
        raise InvalidInput(_l("Hãy ghi văn bản làm căn cứ hoặc việc đã xảy ra."))
    if not EARLIEST <= facts.started_on <= day_of(at) + AHEAD:
        raise InvalidInput(_l("Ngày bắt đầu tạm miễn quá xa; hãy xem lại năm."))
    if facts.ended_on is not None and facts.ended_on < facts.started_on:
        raise InvalidInput(_l("Ngày kết thúc không được trước ngày bắt đầu."))
    if facts.position is None:
        return note
    if facts.position.person_id not in queries.ids_of_one(person):
        raise ValueError("an excuse is about a post of the same person")
    if facts.position.withdrawn_at is not None:
        raise InvalidInput(_l("Chức vụ này đã được rút vì ghi nhầm, không cần tạm miễn."))
    return note


def _overlap(known: Excuse, facts: ExcuseFacts) -> bool:
    return (known.ended_on is None or known.ended_on >= facts.started_on) and (
        facts.ended_on is None or facts.ended_on >= known.started_on
    )


def _told(known: Excuse) -> dict[str, Any]:
    return {
        "person_id": known.person_id,
        "position_id": known.position_id,
        "kind": known.kind.value,
        "started_on": known.started_on.isoformat(),
        "ended_on": known.ended_on.isoformat() if known.ended_on is not None else None,
        "note": known.note,
    }
