"""Awards are made and revoked."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import Table, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.sql.dml import ReturningInsert

from lms.core import audit, storage
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.documents import NotADocument, check_pdf
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.core.pictures import NotAPicture, redraw
from lms.core.storage import StoredFile
from lms.records import queries
from lms.records.models import Award, AwardEvidence, AwardSource, PaperClass, Qualification
from lms.records.signals import award_made, award_revoked, awards_changed
from lms.registry.models import Person

MOST_BYTES: Final = 5 * 1024 * 1024
EVIDENCE_KINDS: Final = ("pdf", "jpg", "png")


def award(
    person: Person,
    qualification: Qualification,
    *,
    awarded_on: date,
    source: AwardSource,
    source_reference: str,
    title: str,
    hours: int | None,
    is_partial: bool = False,
    corrects: Award | None = None,
    paper_class: PaperClass | None = None,
    by: audit.Actor | None,
    at: datetime,
    is_one_of_many: bool = False,
) -> Award:
    """Write down that a person got a qualification. The same achievement again gives the same award.

    source_reference: what in the source it comes from, such as 'enrolment/42'; unique within the source.
    hours: length in hours of study. is_partial: only these count, the qualification itself does not.
    corrects: the wrong award, already revoked, that this one takes the place of.
    is_one_of_many: the caller tells of all its awards at once, by sending `awards_changed` itself.
    Two at once agree on one row: the unique constraint decides, and the second waits for the first.
    Raises InvalidInput for a day in the future, ValueError if the reference was awarded for something else.
    """
    check_day(awarded_on, at)
    db.session.flush()
    values = {
        "person_id": person.id,
        "qualification_id": qualification.id,
        "awarded_on": awarded_on,
        "source": source,
        "source_reference": source_reference,
        "title": title,
        "hours": hours,
        "is_partial": is_partial,
        "entered_by_id": by.id if by is not None else None,
        "entered_at": at,
        "revoked_on": None,
        "revoke_reason": None,
        "revoked_at": None,
        "corrects_id": corrects.id if corrects is not None else None,
        "paper_class_id": paper_class.id if paper_class is not None else None,
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
        **({"is_partial": True} if is_partial else {}),
        **({"corrects_id": corrects.id} if corrects is not None else {}),
    )
    award_made.send(fresh, by=by, at=at)
    if not is_one_of_many:
        awards_changed.send("records", person_ids=[person.id], at=at)
    return fresh


def check_day(awarded_on: date, at: datetime) -> None:
    """Raises InvalidInput for a day in the future."""
    if awarded_on > day_of(at):
        raise InvalidInput(_l("Ngày hoàn thành không được ở trong tương lai."))


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


def revoke_award(
    award: Award,
    *,
    on: date,
    reason: str,
    by: audit.Actor | None,
    at: datetime,
    is_one_of_many: bool = False,
) -> None:
    """Let an award no longer count from a day on. The row stays, and what it counted for before that day.

    on: the first day on which it does not count; the day of the award itself if it was never right.
    is_one_of_many: see `award`.
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
        .values(revoked_on=on, revoke_reason=reason.strip(), revoked_at=at)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(_l("Kết quả này đã được thu hồi trước đó."))
    db.session.refresh(award)
    audit.record("records.revoke_award", award, by=by, at=at, on=on.isoformat(), reason=reason.strip())
    award_revoked.send(award, by=by, at=at)
    if not is_one_of_many:
        awards_changed.send("records", person_ids=[award.person_id], at=at)


def record_on_paper(
    person: Person,
    qualification: Qualification,
    *,
    awarded_on: date,
    title: str,
    hours: int | None,
    key: str,
    evidence: Sequence[StoredFile],
    by: audit.Actor,
    at: datetime,
) -> Award:
    """Enter an older record on paper. The same page sent twice gives the same award.

    key: of the page that it was entered on.
    Raises InvalidInput if the person has the qualification of that day already.
    """
    known = queries.award_by_reference(AwardSource.PAPER_RECORD, key)
    if known is None and queries.standing_award(person, qualification, awarded_on) is not None:
        raise InvalidInput(_l("Người này đã có kết quả về chuẩn này, cùng ngày hoàn thành. Không ghi lần thứ hai."))
    made = award(
        person,
        qualification,
        awarded_on=awarded_on,
        source=AwardSource.PAPER_RECORD,
        source_reference=key,
        title=title,
        hours=hours,
        by=by,
        at=at,
    )
    if known is None:
        _attach(made, evidence, by=by, at=at)
    return made


def correct_award(
    wrong: Award,
    qualification: Qualification,
    *,
    awarded_on: date,
    title: str,
    hours: int | None,
    reason: str,
    evidence: Sequence[StoredFile] = (),
    by: audit.Actor,
    at: datetime,
) -> Award:
    """Put a right award in the place of a wrong one: the wrong one is revoked from its own first day, and stays.

    What showed the wrong one shows the right one too. A certificate follows each of them.
    Raises InvalidInput without a reason or if the day will not do, DomainError if it is revoked already.
    """
    check_day(awarded_on, at)
    if wrong.is_partial and hours is None:
        raise InvalidInput(_l("Kết quả được công nhận một phần phải có số giờ."))
    shown_by = [*wrong.evidence, *evidence]
    revoke_award(wrong, on=wrong.awarded_on, reason=reason, by=by, at=at)
    made = award(
        wrong.person,
        qualification,
        awarded_on=awarded_on,
        source=wrong.source,
        source_reference=f"correction/{wrong.id}",
        title=title,
        hours=hours,
        is_partial=wrong.is_partial,
        corrects=wrong,
        by=by,
        at=at,
    )
    _attach(made, shown_by, by=by, at=at)
    return made


def _attach(made: Award, evidence: Sequence[StoredFile], *, by: audit.Actor, at: datetime) -> None:
    for file in evidence:
        db.session.add(AwardEvidence(award_id=made.id, file_id=file.id))
        audit.record("records.attach_evidence", made, by=by, at=at, file_id=file.id)
    db.session.flush()
    db.session.expire(made, ["evidence"])


def keep_evidence(content: bytes, *, name: str, by: audit.Actor, at: datetime) -> StoredFile:
    """Keep a file that is to show an award to be right. Its content decides what kind it is; a picture is made anew.

    Raises InvalidInput if it is empty, too large, of another kind, or broken.
    """
    if len(content) > MOST_BYTES:
        raise InvalidInput(_l("Tệp lớn quá: tối đa 5 MB mỗi tệp."))
    kind = storage.kind_of(content)
    if kind not in EVIDENCE_KINDS:
        raise InvalidInput(_l("Loại tệp này không nhận được. Hãy gửi tệp PDF hoặc ảnh (JPG, PNG)."))
    if kind == "pdf":
        try:
            check_pdf(content)
        except NotADocument:
            raise InvalidInput(
                _l("Tệp PDF này bị hỏng, có mật khẩu hoặc có phần tự chạy. Hãy chụp ảnh hoặc quét lại rồi gửi.")
            ) from None
    else:
        try:
            content = redraw(content, kind)
        except NotAPicture:
            raise InvalidInput(_l("Không mở được ảnh này. Hãy chụp lại hoặc gửi ảnh khác.")) from None
    stored = storage.store(content, name=name, media_type=storage.MEDIA_TYPES[kind], by=by, at=at)
    db.session.flush()
    return stored
