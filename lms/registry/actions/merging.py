"""What is done to persons found to be one human being: merged, and told apart again. Nothing of theirs moves.

`person.merged_into_id` always points at a person who is not merged. What was found to be the same as what stays in
`person_merge.same_as_id`; where that one is merged on, the open row gives way to one that says whom it leads to now.
Undoing takes away what was found, and with it whoever was merged through it alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.registry import queries
from lms.registry.actions.duplicates import find_duplicates, remember
from lms.registry.models import Person, PersonMerge
from lms.registry.rules.names import tidy
from lms.registry.signals import people_changed

LOCK: Final = 0x6E0E
"""Any number, the same for all: on PostgreSQL one merges after another, as SQLite lets one write at a time anyway."""


def merge_people(lost: Person, kept: Person, *, reason: str, by: audit.Actor | None, at: datetime) -> PersonMerge:
    """Let everything of one person count as another one's: posts, excuses, awards, accounts. Both histories stay.

    kept: may itself have been merged; then both count as the one that it was merged into.
    Raises InvalidInput without a reason, DomainError if the two are one already or the first was merged by another.
    """
    reason = tidy(reason)
    if not reason:
        raise InvalidInput(_l("Hãy ghi lý do."))
    _one_at_a_time()
    db.session.refresh(lost)
    db.session.refresh(kept)
    one = kept if kept.merged_into_id is None else db.session.get_one(Person, kept.merged_into_id)
    if one.id in (lost.id, lost.merged_into_id):
        raise DomainError(_l("Hai người này đã được gộp làm một rồi."))
    if lost.merged_into_id is not None:
        raise DomainError(_l("Một trong hai người vừa được gộp vào người khác. Hãy mở lại trang này."))
    followers = queries.merges_into(lost)
    _lead_to(followers, one, by=by, at=at)
    lost.merged_into_id = one.id
    made = PersonMerge(
        from_id=lost.id,
        into_id=one.id,
        same_as_id=kept.id,
        reason=reason,
        merged_by_id=by.id if by is not None else None,
        merged_at=at,
    )
    _write(made)
    remember([lost.id, *(row.from_id for row in followers)], queries.ids_of_one(one), is_same=True, by=by, at=at)
    audit.record("registry.merge_people", lost, by=by, at=at, into_id=one.id, same_as_id=kept.id, reason=reason)
    _tell(one, [lost, one], followers, at=at)
    return made


def undo_merge(merge: PersonMerge, *, reason: str, by: audit.Actor | None, at: datetime) -> Person:
    """Tell two persons apart again. Whoever was found to be the same as the one that leaves goes with it.

    Raises InvalidInput without a reason, DomainError if it is undone already.
    """
    reason = tidy(reason)
    if not reason:
        raise InvalidInput(_l("Hãy ghi lý do."))
    _one_at_a_time()
    db.session.refresh(merge)
    if merge.undone_at is not None:
        raise DomainError(_l("Lần gộp này không còn hiệu lực: đã được bỏ hoặc đã gộp tiếp. Hãy mở lại trang này."))
    freed, one = db.session.get_one(Person, merge.from_id), db.session.get_one(Person, merge.into_id)
    followers = _through(freed.id, queries.merges_into(one))
    _close(merge, reason, by=by, at=at)
    freed.merged_into_id = None
    db.session.flush()
    _lead_to(followers, freed, by=by, at=at)
    # So that nobody is asked about them again, also where nobody was asked before.
    find_duplicates([freed.id, *(row.from_id for row in followers)], at=at)
    remember([freed.id, *(row.from_id for row in followers)], queries.ids_of_one(one), is_same=False, by=by, at=at)
    audit.record("registry.undo_merge", freed, by=by, at=at, was_into_id=one.id, reason=reason)
    _tell(one, [freed, one], followers, at=at)
    return freed


def _one_at_a_time() -> None:
    db.session.flush()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def _through(person_id: int, merges: Sequence[PersonMerge]) -> list[PersonMerge]:
    """Those of the merges that were found through this person: the same as it, or as somebody who is."""
    found: list[PersonMerge] = []
    known = {person_id}
    while more := [row for row in merges if row.same_as_id in known and row.from_id not in known]:
        found += more
        known |= {row.from_id for row in more}
    return found


def _lead_to(merges: Sequence[PersonMerge], one: Person, *, by: audit.Actor | None, at: datetime) -> None:
    """Let these count as another one's: each row gives way to one that says so."""
    for row in merges:
        _close(row, _("Người được giữ lại thay đổi."), by=by, at=at)
    db.session.flush()
    for row in merges:
        db.session.get_one(Person, row.from_id).merged_into_id = one.id
        db.session.add(
            PersonMerge(
                from_id=row.from_id,
                into_id=one.id,
                same_as_id=row.same_as_id,
                reason=row.reason,
                merged_by_id=row.merged_by_id,
                merged_at=at,
            )
        )
    db.session.flush()


def _close(merge: PersonMerge, reason: str, *, by: audit.Actor | None, at: datetime) -> None:
    merge.undone_at, merge.undo_reason = at, reason
    merge.undone_by_id = by.id if by is not None else None


def _write(made: PersonMerge) -> None:
    """Of two who merge the same person at once, the constraint lets one through."""
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        raise DomainError(_l("Một trong hai người vừa được gộp vào người khác. Hãy mở lại trang này.")) from None


def _tell(sender: Person, people: Sequence[Person], followers: Sequence[PersonMerge], *, at: datetime) -> None:
    ids = [*(person.id for person in people), *(row.from_id for row in followers)]
    people_changed.send(sender, person_ids=ids, at=at)
