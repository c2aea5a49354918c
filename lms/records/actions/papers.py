"""Classes on paper: put together, looked through, entered for all their people at once, corrected, revoked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, insert, select, update

from lms.accounts.models import User
from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.core.storage import StoredFile
from lms.records import queries
from lms.records.actions.awards import award, check_day, revoke_award
from lms.records.models import (
    Award,
    AwardSource,
    PaperClass,
    PaperClassEvidence,
    PaperClassPerson,
    PaperClassState,
    Qualification,
)
from lms.records.signals import awards_changed
from lms.registry.models import Person, Unit

MOST_PEOPLE: Final = 500
"""A class is a room full of people; a longer list is several classes."""
CHANGED: Final = _l("Lớp này vừa được thay đổi ở nơi khác, nên chưa làm gì. Hãy mở lại lớp và xem lại.")


@dataclass(frozen=True, kw_only=True)
class PaperClassFacts:
    """What the document of a class says."""

    unit: Unit
    qualification: Qualification
    title: str
    issuer: str
    document_number: str
    document_on: date
    place: str
    held_on: date
    hours: int | None

    def check(self, at: datetime) -> None:
        """Raises InvalidInput for days that cannot be."""
        check_day(self.held_on, at)
        if self.document_on > day_of(at):
            raise InvalidInput(_l("Ngày của văn bản không được ở trong tương lai."))


def make_paper_class(facts: PaperClassFacts, *, key: str, by: audit.Actor, at: datetime) -> PaperClass:
    """Begin a class. The same page sent twice gives the same one.

    key: of the page that it was begun on.
    """
    facts.check(at)
    key = f"{by.id}/{key}"
    known = queries.paper_class_by_key(key)
    if known is not None:
        return known
    made = PaperClass(key=key, state=PaperClassState.DRAFT, revision=1, made_by_id=by.id, made_at=at, **_told(facts))
    db.session.add(made)
    db.session.flush()
    audit.record("records.make_paper_class", made, by=by, at=at, unit_id=facts.unit.id)
    return made


def _told(facts: PaperClassFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}


def change_paper_class(draft: PaperClass, facts: PaperClassFacts, *, by: audit.Actor, at: datetime) -> None:
    """Say otherwise what the document of a draft says.

    Raises DomainError if it is no draft any more.
    """
    facts.check(at)
    _hold_draft(draft)
    for name, value in _told(facts).items():
        setattr(draft, name, value)
    audit.record("records.change_paper_class", draft, by=by, at=at)


def choose_people(draft: PaperClass, people: Collection[Person], *, by: audit.Actor, at: datetime) -> int:
    """Put people into a draft; how many of them were not in it.

    Raises DomainError if it is no draft any more, InvalidInput if there would be too many.
    """
    _hold_draft(draft)
    known = set(
        db.session.scalars(select(PaperClassPerson.person_id).where(PaperClassPerson.paper_class_id == draft.id))
    )
    new = {person.merged_into_id or person.id for person in people} - known
    if len(known) + len(new) > MOST_PEOPLE:
        raise InvalidInput(_l("Một lớp có nhiều nhất %(most)s người. Hãy chia thành nhiều lớp.", most=MOST_PEOPLE))
    if new:
        db.session.execute(
            insert(PaperClassPerson),
            [{"paper_class_id": draft.id, "person_id": person_id} for person_id in sorted(new)],
        )
        audit.record("records.choose_people", draft, by=by, at=at, person_ids=sorted(new))
        db.session.expire(draft, ["people"])
    return len(new)


def drop_people(draft: PaperClass, person_ids: Collection[int], *, by: audit.Actor, at: datetime) -> None:
    """Take people out of a draft.

    Raises DomainError if it is no draft any more.
    """
    _hold_draft(draft)
    draft.people = [person for person in draft.people if person.id not in set(person_ids)]
    audit.record("records.drop_people", draft, by=by, at=at, person_ids=sorted(person_ids))


def attach_papers(draft: PaperClass, files: Sequence[StoredFile], *, by: audit.Actor, at: datetime) -> None:
    """Put scans of the document to a draft.

    Raises DomainError if it is no draft any more.
    """
    _hold_draft(draft)
    _attach(draft, files, by=by, at=at)


def _attach(to: PaperClass, files: Sequence[StoredFile], *, by: audit.Actor, at: datetime) -> None:
    for file in files:
        db.session.add(PaperClassEvidence(paper_class_id=to.id, file_id=file.id))
        audit.record("records.attach_papers", to, by=by, at=at, file_id=file.id)
    db.session.flush()
    db.session.expire(to, ["evidence"])


def discard_paper_class(draft: PaperClass, *, seen: int, by: audit.Actor, at: datetime) -> None:
    """Throw a draft away: nobody was awarded anything on it.

    seen: revision that was looked at.
    Raises DomainError if it is no draft any more, or has changed since.
    """
    _hold_draft(draft)
    if draft.revision != seen + 1:
        raise DomainError(CHANGED)
    audit.record("records.discard_paper_class", draft, by=by, at=at, title=draft.title)
    draft.people, draft.evidence = [], []
    db.session.flush()
    db.session.delete(draft)


def _hold_draft(draft: PaperClass) -> None:
    """Keep others from the draft until the transaction ends, and make what they have looked at out of date."""
    db.session.flush()
    held = db.session.execute(
        update(PaperClass)
        .where(PaperClass.id == draft.id, PaperClass.state == PaperClassState.DRAFT)
        .values(revision=PaperClass.revision + 1)
        .execution_options(synchronize_session=False)
    )
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(
            _l("Lớp này đã được ghi, không sửa trực tiếp được nữa. Nếu có sai sót, hãy dùng “Sửa cả lớp”.")
        )
    db.session.refresh(draft)


def enter_paper_class(
    draft: PaperClass, *, seen: int, visible: ColumnElement[bool], by: User, at: datetime
) -> list[Award]:
    """Award what a class gives to everyone in it, in one act. Sent twice it is done once.

    seen: revision of the draft that was looked at. visible: the policy's condition on Person.
    Whoever must not be written (see Outlook) is passed over; the page has said so before.
    Raises DomainError if the draft has changed since it was looked at, InvalidInput if nobody is left.
    """
    db.session.flush()
    # The condition is in the UPDATE too: of two at once, one enters.
    done = db.session.execute(
        update(PaperClass)
        .where(PaperClass.id == draft.id, PaperClass.state == PaperClassState.DRAFT, PaperClass.revision == seen)
        .values(state=PaperClassState.ENTERED, entered_at=at, entered_by_id=by.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(draft)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        if draft.state is PaperClassState.ENTERED and draft.revision == seen:
            return queries.awards_of_class(draft)
        raise DomainError(CHANGED)
    outlooks = queries.outlooks(
        draft.people,
        draft.qualification,
        awarded_on=draft.held_on,
        hours=draft.hours,
        day=day_of(at),
        visible=visible,
        by=by,
    )
    written = [person for person in draft.people if outlooks[person.id].is_written]
    if not written:
        raise InvalidInput(_l("Chưa có ai để ghi kết quả. Hãy chọn người đã học lớp này."))
    audit.record("records.enter_paper_class", draft, by=by, at=at, count=len(written))
    made = [_award(draft, person, by=by, at=at) for person in written]
    _tell(made, at)
    return made


def _award(of: PaperClass, person: Person, corrects: Award | None = None, *, by: audit.Actor, at: datetime) -> Award:
    return award(
        person,
        of.qualification,
        awarded_on=of.held_on,
        source=AwardSource.CLASS,
        source_reference=f"paper-class/{of.id}/{person.id}",
        title=of.title,
        hours=of.hours,
        corrects=corrects,
        paper_class=of,
        by=by,
        at=at,
        is_one_of_many=True,
    )


def _tell(awards: Sequence[Award], at: datetime) -> None:
    """What follows from many awards is worked out once for all their people."""
    awards_changed.send("records", person_ids=sorted({one.person_id for one in awards}), at=at)


def revoke_paper_class(entered: PaperClass, *, on: date, reason: str, by: User, at: datetime) -> list[Award]:
    """Let every award of a class no longer count from a day on; one act, with one reason.

    on: the first day on which they do not count; the day of the class itself if it was never right.
    Raises InvalidInput if the day or the reason will not do, DomainError if it is not entered, or is one's own too.
    """
    if not entered.held_on <= on <= day_of(at):
        raise InvalidInput(_l("Ngày thu hồi phải từ ngày hoàn thành đến hôm nay."))
    revoked = _revoke(entered, on=on, reason=reason, by=by, at=at)
    _tell(revoked, at)
    return revoked


def _revoke(entered: PaperClass, *, on: date, reason: str, by: User, at: datetime) -> list[Award]:
    reason = reason.strip()
    if not reason:
        raise InvalidInput(_l("Hãy ghi lý do thu hồi."))
    # The condition is in the UPDATE too: of two clicks at once, one revokes.
    done = db.session.execute(
        update(PaperClass)
        .where(PaperClass.id == entered.id, PaperClass.state == PaperClassState.ENTERED)
        .values(state=PaperClassState.REVOKED, revoked_at=at, revoked_by_id=by.id, revoke_reason=reason)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(_l("Lớp này chưa được ghi, hoặc đã bị thu hồi trước đó."))
    db.session.refresh(entered)
    standing = [one for one in queries.awards_of_class(entered) if one.revoked_on is None]
    if any(one.person.account_id == by.id for one in standing):
        raise DomainError(_l("Bạn có tên trong lớp này, nên không tự sửa hoặc thu hồi được. Hãy nhờ người khác."))
    audit.record("records.revoke_paper_class", entered, by=by, at=at, on=on.isoformat(), reason=reason)
    for one in standing:
        revoke_award(one, on=on, reason=reason, by=by, at=at, is_one_of_many=True)
    return standing


def correct_paper_class(
    wrong: PaperClass,
    facts: PaperClassFacts,
    *,
    reason: str,
    files: Sequence[StoredFile] = (),
    by: User,
    at: datetime,
) -> PaperClass:
    """Put a right class in the place of a wrong one: each of its awards that stands is corrected; one act.

    What showed the wrong one shows the right one too. An award that was corrected by itself is left as it is.
    Raises InvalidInput without a reason or if a day will not do, DomainError if it is not entered, or is one's own too.
    """
    facts.check(at)
    scans = [*wrong.evidence, *files]
    revoked = _revoke(wrong, on=wrong.held_on, reason=reason, by=by, at=at)
    right = PaperClass(
        key=f"correction/{wrong.id}",
        state=PaperClassState.ENTERED,
        revision=1,
        made_by_id=by.id,
        made_at=at,
        entered_by_id=by.id,
        entered_at=at,
        corrects_id=wrong.id,
        **_told(facts),
    )
    right.people = [one.person for one in revoked]
    db.session.add(right)
    db.session.flush()
    audit.record("records.correct_paper_class", right, by=by, at=at, corrects_id=wrong.id, reason=reason.strip())
    _attach(right, scans, by=by, at=at)
    made = [_award(right, one.person, one, by=by, at=at) for one in revoked]
    _tell([*revoked, *made], at)
    return right
