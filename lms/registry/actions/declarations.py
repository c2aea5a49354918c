"""What is done to declarations: drafting, submitting, sending back, locking, receiving.

Whoever acts says which revision they saw. The condition is in every UPDATE, so of two people at once one acts and the
other is told, and a second click on the same button changes nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.registry.models import Declaration, DeclaredCount, Unit
from lms.registry.queries import declarations as queries
from lms.registry.rules.declarations import (
    COUNTING,
    EDITABLE,
    LEADS,
    Content,
    DeclarationState,
    Step,
    content_faults,
    groups_of,
    missing_groups,
)
from lms.registry.words import DECLARATION_FAULTS

PART = 500


class StaleDeclaration(DomainError):
    """What somebody decided upon is no longer as they saw it."""

    def __init__(self) -> None:
        super().__init__(
            _l("Bản khai này vừa được người khác thay đổi. Hãy xem lại nội dung mới nhất rồi thực hiện tiếp.")
        )


class WrongDeclaration(InvalidInput):
    """What is declared cannot be taken; `codes` says why, one code for each fault."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(" ".join(str(DECLARATION_FAULTS[code]) for code in codes))
        self.codes = codes


def save_declaration(unit: Unit, content: Content, *, seen: int, by: audit.Actor | None, at: datetime) -> Declaration:
    """Write down what a unit declares: in the version that is on its way, else in a new one.

    seen: the revision of the version on its way that was shown; 0 if there was none.
    Saving the same again changes nothing. Raises WrongDeclaration, or StaleDeclaration if it was changed meanwhile or
    waits to be checked.
    """
    counting = queries.counting_declaration(unit)
    content = _tidy(content, is_correction=counting is not None)
    faults = content_faults(
        content,
        groups_of(unit.level),
        today=day_of(at),
        formed_on=queries.first_day_of(unit),
        ended_on=unit.valid_to,
        counting_since=counting.counted_on if counting is not None else None,
    )
    if faults:
        raise WrongDeclaration(faults)
    known = queries.open_declaration(unit)
    if known is not None and _content_of(known) == content:
        return known
    if (known.revision if known is not None else 0) != seen:
        raise StaleDeclaration
    if known is None:
        return _draft(unit, content, by=by, at=at)
    changed = db.session.execute(
        update(Declaration)
        .where(Declaration.id == known.id, Declaration.state.in_(EDITABLE), Declaration.revision == seen)
        .values(
            revision=seen + 1,
            counted_on=content.counted_on,
            document_number=content.document_number,
            document_on=content.document_on,
            correction_reason=content.correction_reason,
        )
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return _same_or_stale(unit, content)
    db.session.execute(delete(DeclaredCount).where(DeclaredCount.declaration_id == known.id))
    db.session.expire(known)
    db.session.add_all(
        DeclaredCount(declaration_id=known.id, group=group, count=count) for group, count in content.counts.items()
    )
    db.session.flush()
    db.session.refresh(known)
    audit.record("registry.save_declaration", known, by=by, at=at, **_told(content))
    return known


def _tidy(content: Content, *, is_correction: bool) -> Content:
    reason = " ".join((content.correction_reason or "").split())
    return replace(
        content,
        document_number=" ".join(content.document_number.split()),
        correction_reason=(reason or None) if is_correction else None,
        counts=dict(content.counts),
    )


def _content_of(declaration: Declaration) -> Content:
    return Content(
        counted_on=declaration.counted_on,
        document_number=declaration.document_number,
        document_on=declaration.document_on,
        counts=declaration.by_group,
        correction_reason=declaration.correction_reason,
    )


def _told(content: Content) -> dict[str, Any]:
    """What the audit trail keeps of what was declared."""
    return {
        "counted_on": content.counted_on.isoformat(),
        "document_number": content.document_number,
        "document_on": content.document_on.isoformat(),
        "counts": dict(sorted(content.counts.items())),
    }


def _draft(unit: Unit, content: Content, *, by: audit.Actor | None, at: datetime) -> Declaration:
    fresh = Declaration(
        unit_id=unit.id,
        number=queries.last_number(unit) + 1,
        state=DeclarationState.DRAFT,
        revision=1,
        counted_on=content.counted_on,
        document_number=content.document_number,
        document_on=content.document_on,
        correction_reason=content.correction_reason,
        drafted_by_id=by.id if by is not None else None,
        drafted_at=at,
        counts=[DeclaredCount(group=group, count=count) for group, count in content.counts.items()],
    )
    try:
        with db.session.begin_nested():
            db.session.add(fresh)
    except IntegrityError:
        return _same_or_stale(unit, content)
    audit.record("registry.draft_declaration", fresh, by=by, at=at, number=fresh.number, **_told(content))
    return fresh


def _same_or_stale(unit: Unit, content: Content) -> Declaration:
    """The version on its way if another click has just written the same; else somebody wrote something else."""
    known = queries.open_declaration(unit)
    if known is None or _content_of(known) != content:
        raise StaleDeclaration
    return known


def discard_declaration(declaration: Declaration, *, seen: int, by: audit.Actor | None, at: datetime) -> None:
    """Throw a draft away that was never submitted. The audit trail of the unit keeps that there was one."""
    unit, number = declaration.unit, declaration.number
    gone = db.session.execute(
        delete(Declaration)
        .where(
            Declaration.id == declaration.id,
            Declaration.state == DeclarationState.DRAFT,
            Declaration.revision == seen,
        )
        .execution_options(synchronize_session=False)
    )
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleDeclaration
    db.session.expunge(declaration)
    audit.record("registry.discard_declaration", unit, by=by, at=at, number=number)


def submit_declaration(declaration: Declaration, *, seen: int, by: audit.Actor | None, at: datetime) -> bool:
    """Hand a declaration in for checking; False if that was done already.

    Raises WrongDeclaration while a group is not filled in: nobody at all is written as 0.
    """
    if missing_groups(declaration.by_group, groups_of(declaration.unit.level)):
        raise WrongDeclaration(["not_complete"])
    return _move(
        declaration,
        Step.SUBMIT,
        seen=seen,
        by=by,
        at=at,
        submitted_at=at,
        submitted_by_id=by.id if by is not None else None,
    )


def return_declaration(
    declaration: Declaration, reason: str, *, seen: int, by: audit.Actor | None, at: datetime
) -> bool:
    """Send a declaration back with what is to be mended; False if it was sent back already."""
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidInput(_l("Hãy ghi rõ cần sửa điều gì."))
    return _move(declaration, Step.RETURN, seen=seen, by=by, at=at, told={"reason": reason}, return_reason=reason)


def lock_declaration(declaration: Declaration, *, seen: int, by: audit.Actor | None, at: datetime) -> bool:
    """Let a declaration count from now on; the version before it makes way. False if it was locked already.

    Raises DomainError if whoever locks is who submitted it.
    """
    # Both rows are held first: the version before it must make way only if this one takes its place.
    held = db.session.execute(
        select(Declaration.submitted_by_id)
        .where(
            Declaration.id == declaration.id,
            Declaration.state == DeclarationState.SUBMITTED,
            Declaration.revision == seen,
        )
        .with_for_update()
    ).one_or_none()
    if held is None:
        return _is_there_already(declaration, Step.LOCK)
    if by is not None and held.submitted_by_id == by.id:
        raise DomainError(_l("Người gửi bản khai không tự khóa được. Hãy nhờ một người khác kiểm tra và khóa."))
    before = db.session.scalar(
        select(Declaration)
        .where(Declaration.unit_id == declaration.unit_id, Declaration.state.in_(COUNTING))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if before is not None:
        _move(
            before,
            Step.SUPERSEDE,
            seen=before.revision,
            by=by,
            at=at,
            told={"by_number": declaration.number},
            superseded_at=at,
        )
    return _move(
        declaration, Step.LOCK, seen=seen, by=by, at=at, locked_at=at, locked_by_id=by.id if by is not None else None
    )


def receive_declarations(declarations: Iterable[Declaration], *, by: audit.Actor | None, at: datetime) -> int:
    """Take locked declarations in at the centre. How many there were; those taken in already are left alone."""
    wanted = [declaration.id for declaration in declarations]
    received = 0
    for start in range(0, len(wanted), PART):
        # Held in the order of their units, as those are that lock a later version of several units.
        held = db.session.scalars(
            select(Declaration)
            .where(Declaration.id.in_(wanted[start : start + PART]), Declaration.state == DeclarationState.LOCKED)
            .order_by(Declaration.unit_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        for declaration in held:
            declaration.state = DeclarationState.RECEIVED
            declaration.revision += 1
            declaration.received_at = at
            declaration.received_by_id = by.id if by is not None else None
            audit.record("registry.receive_declaration", declaration, by=by, at=at)
        db.session.flush()
        received += len(held)
    return received


def _move(
    declaration: Declaration,
    step: Step,
    *,
    seen: int,
    by: audit.Actor | None,
    at: datetime,
    told: dict[str, Any] | None = None,
    **values: Any,
) -> bool:
    """Take one step if the declaration is still as it was seen; False if somebody has just taken it."""
    before, after = LEADS[step]
    moved = db.session.execute(
        update(Declaration)
        .where(Declaration.id == declaration.id, Declaration.state.in_(before), Declaration.revision == seen)
        .values(state=after, revision=seen + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        return _is_there_already(declaration, step)
    db.session.refresh(declaration)
    audit.record(f"registry.{step.value}_declaration", declaration, by=by, at=at, **(told or {}))
    return True


def _is_there_already(declaration: Declaration, step: Step) -> bool:
    """False, for nothing was done, if the declaration stands where the step leads; else it is not as it was seen."""
    db.session.refresh(declaration)
    if declaration.state is not LEADS[step][1]:
        raise StaleDeclaration
    return False
