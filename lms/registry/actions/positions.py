"""What is done to posts: entered, corrected, ended, taken back where nobody ever held them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.registry.models import Level, Organisation, Person, Position, PositionKind, Unit
from lms.registry.queries import chunks
from lms.registry.rules.names import match_key, tidy
from lms.registry.signals import positions_changed

EARLIEST: Final = date(1945, 9, 2)
"""No post of the programme's people can have begun before there was a state to hold it in."""
LAST_DISTRICT_DAY: Final = date(2025, 6, 30)
FACTS: Final = ("level", "title", "workplace", "workplace_key", "unit_id", "started_on", "ended_on")


@dataclass(frozen=True, kw_only=True)
class PostFacts:
    """What is said of one post: an official's has a level, a leader's the organisation that is led."""

    unit: Unit
    started_on: date
    ended_on: date | None = None
    title: str = ""
    workplace: str = ""
    """The office; of a leader's post the organisation's own name stands here."""
    level: Level | None = None
    organisation: Organisation | None = None

    @property
    def kind(self) -> PositionKind:
        """Which side of the programme the post stands on."""
        return PositionKind.OFFICIAL if self.organisation is None else PositionKind.LEADER

    def values(self) -> dict[str, Any]:
        """As they are stored."""
        workplace = tidy(self.workplace) if self.organisation is None else self.organisation.name
        return {
            "kind": self.kind,
            "level": self.level,
            "title": tidy(self.title),
            "workplace": workplace,
            "workplace_key": match_key(workplace),
            "unit_id": self.unit.id,
            "organisation_id": self.organisation.id if self.organisation is not None else None,
            "started_on": self.started_on,
            "ended_on": self.ended_on,
        }


def add_positions(posts: Sequence[tuple[Person, PostFacts]], *, by: audit.Actor | None, at: datetime) -> list[Position]:
    """Enter posts, any number at once; the duties that come from them follow in the same transaction.

    Raises InvalidInput if a day will not do, DomainError if the person holds the same post on some of the same days.
    """
    db.session.flush()
    held = _posts_of({person.id for person, _facts in posts})
    added = []
    for person, facts in posts:
        _check(facts, person, at)
        values = facts.values()
        mine = held.setdefault(person.id, [])
        _check_overlap(values, mine, None)
        position = Position(person_id=person.id, **values)
        mine.append(position)
        added.append(position)
    db.session.add_all(added)
    db.session.flush()
    for position in added:
        audit.record("registry.add_position", position, by=by, at=at, **_told(position))
    if added:
        positions_changed.send("registry", position_ids=[position.id for position in added], at=at)
    return added


def add_position(person: Person, facts: PostFacts, *, by: audit.Actor | None, at: datetime) -> Position:
    """Enter one post."""
    return add_positions([(person, facts)], by=by, at=at)[0]


def correct_position(position: Position, facts: PostFacts, *, by: audit.Actor | None, at: datetime) -> bool:
    """Bring what is kept of a post in line with what it always was. Returns whether anything changed.

    Whose post it is and which organisation it leads stay: a post entered for the wrong one is taken back.
    """
    _refuse_withdrawn(position)
    if facts.kind is not position.kind or (facts.organisation and facts.organisation.id != position.organisation_id):
        raise ValueError("a post stays on its side of the programme and with its organisation")
    _check(facts, position.person, at)
    values = facts.values()
    changes = {name: values[name] for name in FACTS if getattr(position, name) != values[name]}
    if not changes:
        return False
    _check_overlap(values, _posts_of({position.person_id})[position.person_id], position.id)
    if "unit_id" in changes and position.settled_unit_id is not None:
        changes["settled_unit_id"] = None
    before = {name: _plain(getattr(position, name)) for name in changes}
    for name, value in changes.items():
        setattr(position, name, value)
    audit.record("registry.correct_position", position, by=by, at=at, before=before, after=_plain_all(changes))
    db.session.flush()
    positions_changed.send(position, position_ids=[position.id], at=at)
    return True


def end_position(position: Position, on: date, *, by: audit.Actor | None, at: datetime) -> None:
    """Close a post. Ending it again on the same day changes nothing.

    on: its last day.
    """
    if close_position(position, on, by=by, at=at):
        db.session.flush()
        positions_changed.send(position, position_ids=[position.id], at=at)


def close_position(position: Position, on: date, *, by: audit.Actor | None, at: datetime) -> bool:
    """`end_position` as one part of a larger act, which tells that positions changed. Returns whether it did."""
    _refuse_withdrawn(position)
    if on < position.started_on:
        raise InvalidInput(_l("Ngày kết thúc không được trước ngày bắt đầu."))
    if position.ended_on == on:
        return False
    position.ended_on = on
    audit.record("registry.end_position", position, by=by, at=at, ended_on=on.isoformat())
    return True


def withdraw_position(position: Position, *, reason: str, by: audit.Actor | None, at: datetime) -> None:
    """Take back a post that was entered by mistake: nobody ever held it. The row stays, with the reason."""
    _refuse_withdrawn(position)
    reason = tidy(reason)
    if not reason:
        raise InvalidInput(_l("Hãy ghi lý do."))
    position.withdrawn_at = at
    position.withdrawn_by_id = by.id if by is not None else None
    position.withdraw_reason = reason
    if position.ended_on is None:
        position.ended_on = position.started_on
    audit.record("registry.withdraw_position", position, by=by, at=at, reason=reason, **_told(position))
    db.session.flush()
    positions_changed.send(position, position_ids=[position.id], at=at)


def _refuse_withdrawn(position: Position) -> None:
    if position.withdrawn_at is not None:
        raise DomainError(_l("Chức vụ này đã được rút vì ghi nhầm, không sửa được nữa."))


def _check(facts: PostFacts, person: Person, at: datetime) -> None:
    if (facts.level is None) == (facts.organisation is None):
        raise ValueError("an official's post has a level, a leader's an organisation")
    if facts.started_on > day_of(at):
        raise InvalidInput(_l("Ngày bắt đầu không được ở trong tương lai."))
    if facts.started_on < EARLIEST:
        raise InvalidInput(_l("Ngày bắt đầu quá xa trong quá khứ; hãy xem lại năm."))
    if person.birth_on is not None and facts.started_on <= person.birth_on:
        raise InvalidInput(_l("Ngày bắt đầu phải sau ngày sinh."))
    if facts.ended_on is not None and facts.ended_on < facts.started_on:
        raise InvalidInput(_l("Ngày kết thúc không được trước ngày bắt đầu."))
    if facts.level is Level.DISTRICT and (facts.ended_on is None or facts.ended_on > LAST_DISTRICT_DAY):
        raise InvalidInput(_l("Cấp huyện không còn từ 01/07/2025: hãy ghi ngày kết thúc muộn nhất là 30/06/2025."))


def _posts_of(person_ids: Iterable[int]) -> dict[int, list[Position]]:
    found: dict[int, list[Position]] = {person_id: [] for person_id in person_ids}
    for part in chunks(found):
        for position in db.session.scalars(select(Position).where(Position.person_id.in_(part))):
            found[position.person_id].append(position)
    return found


def _check_overlap(values: dict[str, Any], posts: Iterable[Position], own_id: int | None) -> None:
    """Nobody holds one post twice at the same time."""
    for post in posts:
        is_same = (post.kind, post.unit_id, post.workplace_key) == tuple(
            values[name] for name in ("kind", "unit_id", "workplace_key")
        )
        if (own_id is not None and post.id == own_id) or not is_same or post.withdrawn_at is not None:
            continue
        if _overlap(post.started_on, post.ended_on, values["started_on"], values["ended_on"]):
            raise DomainError(
                _l(
                    "Người này đã được ghi chức vụ ở đúng nơi này từ ngày %(since)s. Hãy sửa chức vụ đó.",
                    since=post.started_on.strftime("%d/%m/%Y"),
                )
            )


def _overlap(first: date, first_end: date | None, second: date, second_end: date | None) -> bool:
    return (first_end is None or first_end >= second) and (second_end is None or second_end >= first)


def _told(position: Position) -> dict[str, Any]:
    values = {name: getattr(position, name) for name in ("kind", *FACTS, "organisation_id", "person_id")}
    return _plain_all({name: value for name, value in values.items() if name != "workplace_key" and value is not None})


def _plain_all(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
