"""Training done elsewhere is asked to be recognised, and somebody else decides; the table that decisions rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import update

from lms.accounts.models import User
from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.core.storage import StoredFile
from lms.records import queries
from lms.records.actions.awards import award
from lms.records.models import (
    Application,
    ApplicationEvidence,
    ApplicationState,
    AwardSource,
    Equivalence,
    Qualification,
)
from lms.records.rules.equivalence import unmet_by
from lms.registry.models import Person

MOST_OPEN: Final = 10
MOST_FILES: Final = 10
DECIDED: Final = (ApplicationState.GRANTED, ApplicationState.PARTLY_GRANTED, ApplicationState.REFUSED)


class Stale(DomainError):
    """Somebody saved in between: what was to be written over was never seen."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an application says; a draft may leave out anything."""

    qualification: Qualification | None = None
    issuer: str = ""
    course: str = ""
    certificate_number: str = ""
    completed_on: date | None = None
    hours: int | None = None
    note: str = ""

    def values(self) -> dict[str, Any]:
        """By the names of the columns."""
        return {
            "qualification_id": self.qualification.id if self.qualification is not None else None,
            "issuer": self.issuer.strip(),
            "course": self.course.strip(),
            "certificate_number": self.certificate_number.strip(),
            "completed_on": self.completed_on,
            "hours": self.hours,
            "note": self.note.strip(),
        }


def begin_application(person: Person, *, key: str, by: audit.Actor, at: datetime) -> Application:
    """Begin an application for a person. The same page sent twice gives the same one.

    key: of the page that it was begun on.
    Raises DomainError if too many of the person's are open already.
    """
    key = f"{by.id}/{key}"
    known = queries.application_by_key(key)
    if known is not None:
        return known
    if queries.open_count(person) >= MOST_OPEN:
        raise DomainError(
            _l("Đã có %(count)s đơn chưa được quyết định. Hãy chờ kết quả hoặc bỏ bớt bản nháp.", count=MOST_OPEN)
        )
    return _make(person, Told(), key=key, by=by, at=at)


def _make(
    person: Person, told: Told, *, key: str, follows: Application | None = None, by: audit.Actor, at: datetime
) -> Application:
    made = Application(
        key=key,
        person_id=person.merged_into_id or person.id,
        entered_by_id=by.id,
        follows_id=follows.id if follows is not None else None,
        state=ApplicationState.DRAFT,
        revision=1,
        made_at=at,
        **told.values(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record("records.begin_application", made, by=by, at=at, person_id=made.person_id)
    return made


def save_application(
    draft: Application,
    told: Told,
    *,
    files: Sequence[StoredFile] = (),
    drop_file_id: int | None = None,
    seen: int,
    by: audit.Actor,
    at: datetime,
) -> None:
    """Keep a draft as it is told, complete or not, with further files.

    seen: revision that was written on.
    Raises Stale if somebody saved in between, DomainError if it is no draft any more, InvalidInput for too many files.
    """
    _hold(draft, seen)
    for name, value in told.values().items():
        setattr(draft, name, value)
    kept = [file for file in draft.evidence if file.id != drop_file_id]
    if len(kept) + len(files) > MOST_FILES:
        raise InvalidInput(_l("Mỗi đơn kèm được tối đa %(most)s tệp.", most=MOST_FILES))
    draft.evidence = [*kept, *files]
    audit.record("records.save_application", draft, by=by, at=at, file_ids=[file.id for file in draft.evidence])
    db.session.flush()


def _hold(draft: Application, seen: int) -> None:
    """Keep others from the draft until the transaction ends."""
    db.session.flush()
    held = db.session.execute(
        update(Application)
        .where(Application.id == draft.id, Application.state == ApplicationState.DRAFT, Application.revision == seen)
        .values(revision=Application.revision + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(draft)
    if held.rowcount == 1:  # type: ignore[attr-defined]
        return
    if draft.state is not ApplicationState.DRAFT:
        raise DomainError(_l("Đơn này đã nộp nên không sửa được nữa."))
    raise Stale(
        _l("Đơn này vừa được lưu ở nơi khác. Nội dung bạn vừa nhập vẫn còn ở dưới; hãy xem lại rồi lưu lần nữa.")
    )


def submit_application(draft: Application, *, by: audit.Actor, at: datetime) -> None:
    """Hand a draft in. Sent twice it is done once.

    Raises InvalidInput, saying what is missing, if it is not whole or has no file.
    """
    if draft.state is ApplicationState.SUBMITTED:
        return
    missing = [
        words
        for is_there, words in (
            (draft.qualification_id is not None, _l("chuẩn tập huấn xin công nhận")),
            (bool(draft.course), _l("tên khóa đã học")),
            (bool(draft.issuer), _l("nơi đào tạo")),
            (draft.completed_on is not None, _l("ngày hoàn thành")),
            (draft.hours is not None, _l("số giờ học")),
            (bool(draft.evidence), _l("bản chụp chứng chỉ hoặc giấy xác nhận")),
        )
        if not is_there
    ]
    if missing:
        raise InvalidInput(
            _l("Chưa nộp được, còn thiếu: %(missing)s.", missing="; ".join(str(words) for words in missing))
        )
    assert draft.completed_on is not None
    if draft.completed_on > day_of(at):
        raise InvalidInput(_l("Ngày hoàn thành không được ở trong tương lai."))
    db.session.flush()
    done = db.session.execute(
        update(Application)
        .where(Application.id == draft.id, Application.state == ApplicationState.DRAFT)
        .values(state=ApplicationState.SUBMITTED, submitted_at=at)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(draft)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(_l("Đơn này đã nộp nên không sửa được nữa."))
    audit.record("records.submit_application", draft, by=by, at=at)


def discard_application(draft: Application, *, seen: int, by: audit.Actor, at: datetime) -> None:
    """Throw a draft away.

    Raises Stale or DomainError as saving does.
    """
    _hold(draft, seen)
    audit.record("records.discard_application", draft, by=by, at=at, person_id=draft.person_id)
    draft.evidence = []
    db.session.flush()
    db.session.delete(draft)


class Outcome(StrEnum):
    """What may be decided upon an application."""

    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    REFUSED = "refused"


def decide_application(
    submitted: Application,
    outcome: Outcome,
    *,
    equivalence: Equivalence | None = None,
    hours: int | None = None,
    reason: str = "",
    by: User,
    at: datetime,
) -> None:
    """Decide upon an application; what is granted becomes an award of the day on which the training was finished.

    equivalence: what it rests on; without one, the reason says why. hours: credited, where a part alone is granted.
    Of two deciders at once one decides, and the other is told.
    Raises InvalidInput if the decision does not hold together, DomainError if it is decided already or not handed in.
    """
    reason = reason.strip()
    if outcome is Outcome.REFUSED or submitted.state is not ApplicationState.SUBMITTED:
        equivalence, hours = None, None
    elif outcome is Outcome.GRANTED:
        hours = equivalence.credited_hours if equivalence is not None else None
    elif equivalence is not None and hours is None:
        hours = equivalence.credited_hours
    if submitted.state is ApplicationState.SUBMITTED:
        _check(submitted, outcome, equivalence, hours, reason, at)
    db.session.flush()
    # The first statement that writes takes the row: the condition makes two deciders one decision.
    held = db.session.execute(
        update(Application)
        .where(Application.id == submitted.id, Application.state == ApplicationState.SUBMITTED)
        .values(revision=Application.revision + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(submitted)
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(_l("Đơn này đã có người khác quyết định trước đó, hoặc chưa được nộp."))
    if outcome is not Outcome.REFUSED:
        _award(submitted, is_partial=outcome is Outcome.PARTLY_GRANTED, hours=hours, by=by, at=at)
    submitted.state = ApplicationState(outcome)
    submitted.applicant_account_id = submitted.person.account_id
    submitted.decided_at, submitted.decided_by_id = at, by.id
    submitted.decision_reason = reason or None
    submitted.equivalence_id = equivalence.id if equivalence is not None else None
    db.session.flush()
    audit.record(
        "records.decide_application",
        submitted,
        by=by,
        at=at,
        outcome=outcome.value,
        equivalence_id=submitted.equivalence_id,
        award_id=submitted.award_id,
    )


def _check(
    submitted: Application,
    outcome: Outcome,
    equivalence: Equivalence | None,
    hours: int | None,
    reason: str,
    at: datetime,
) -> None:
    if outcome is Outcome.REFUSED and not reason:
        raise InvalidInput(_l("Hãy ghi lý do từ chối, để người làm đơn biết cần bổ sung gì."))
    if outcome is not Outcome.REFUSED and equivalence is None and not reason:
        raise InvalidInput(_l("Hãy chọn một dòng trong bảng tương đương, hoặc ghi căn cứ công nhận."))
    if equivalence is not None:
        if unmet_by(queries.offered_by(submitted), queries.terms_of(equivalence), day_of(at)):
            raise InvalidInput(_l("Khóa đã học không đáp ứng dòng tương đương đã chọn."))
        if equivalence.is_partial and outcome is Outcome.GRANTED:
            raise InvalidInput(_l("Dòng tương đương đã chọn chỉ cho công nhận một phần."))
    if outcome is Outcome.PARTLY_GRANTED:
        if not hours:
            raise InvalidInput(_l("Hãy ghi số giờ được công nhận."))
        if hours > (submitted.hours or 0):
            raise InvalidInput(_l("Số giờ được công nhận không được nhiều hơn số giờ đã học."))


def _award(submitted: Application, *, is_partial: bool, hours: int | None, by: User, at: datetime) -> None:
    assert submitted.qualification is not None
    assert submitted.completed_on is not None
    made = award(
        submitted.person,
        submitted.qualification,
        awarded_on=submitted.completed_on,
        source=AwardSource.PRIOR_TRAINING,
        source_reference=f"application/{submitted.id}",
        title=submitted.course,
        hours=hours or submitted.hours,
        is_partial=is_partial,
        by=by,
        at=at,
    )
    submitted.award_id = made.id


def reopen_application(decided: Application, *, by: audit.Actor, at: datetime) -> Application:
    """Ask to look at a decided application anew: a new draft with what the old one said and showed. Once for each.

    Raises DomainError if it was granted in full, or is not decided.
    """
    if decided.state not in (ApplicationState.REFUSED, ApplicationState.PARTLY_GRANTED):
        raise DomainError(_l("Chỉ đề nghị xem xét lại được đơn bị từ chối hoặc được công nhận một phần."))
    known = queries.application_after(decided)
    if known is not None:
        return known
    told = Told(
        qualification=decided.qualification,
        issuer=decided.issuer,
        course=decided.course,
        certificate_number=decided.certificate_number,
        completed_on=decided.completed_on,
        hours=decided.hours,
        note=decided.note,
    )
    made = _make(decided.person, told, key=f"after/{decided.id}", follows=decided, by=by, at=at)
    db.session.add_all(ApplicationEvidence(application_id=made.id, file_id=file.id) for file in decided.evidence)
    db.session.flush()
    return made


# The table of equivalences


@dataclass(frozen=True, kw_only=True)
class EquivalenceFacts:
    """What a version of an equivalence says."""

    qualification: Qualification
    issuer: str
    course: str
    least_hours: int | None
    completed_from: date | None
    completed_to: date | None
    is_partial: bool
    credited_hours: int | None
    legal_basis: str
    valid_from: date
    valid_to: date | None

    def check(self) -> None:
        """Raises InvalidInput for what does not hold together."""
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise InvalidInput(_l("Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi."))
        if self.completed_from and self.completed_to and self.completed_to < self.completed_from:
            raise InvalidInput(_l("Khoảng ngày hoàn thành chưa đúng: ngày sau phải từ ngày trước trở đi."))
        if self.is_partial and self.credited_hours is None:
            raise InvalidInput(_l("Công nhận một phần thì hãy ghi số giờ được công nhận."))


def make_equivalence(
    facts: EquivalenceFacts,
    *,
    replaces: Equivalence | None = None,
    reason: str = "",
    by: audit.Actor,
    at: datetime,
) -> Equivalence:
    """Put a line into the table, or a new version in the place of one.

    reason: why the one that it replaces ends.
    Raises InvalidInput for what does not hold together, DomainError if the old version has ended already.
    """
    facts.check()
    if replaces is not None:
        end_equivalence(replaces, reason=reason, by=by, at=at)
    made = Equivalence(
        number=replaces.number + 1 if replaces is not None else 1,
        replaces_id=replaces.id if replaces is not None else None,
        made_by_id=by.id,
        made_at=at,
        **{name: getattr(facts, name) for name in facts.__dataclass_fields__},
    )
    db.session.add(made)
    db.session.flush()
    audit.record("records.make_equivalence", made, by=by, at=at, replaces_id=made.replaces_id)
    return made


def end_equivalence(equivalence: Equivalence, *, reason: str, by: audit.Actor, at: datetime) -> None:
    """Let no further decision rest on a line of the table. What was decided by it stands.

    Raises InvalidInput without a reason, DomainError if it has ended already.
    """
    reason = reason.strip()
    if not reason:
        raise InvalidInput(_l("Hãy ghi lý do."))
    done = db.session.execute(
        update(Equivalence)
        .where(Equivalence.id == equivalence.id, Equivalence.ended_at.is_(None))
        .values(ended_at=at, ended_by_id=by.id, end_reason=reason)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(_l("Dòng này đã hết dùng hoặc đã có phiên bản mới."))
    db.session.refresh(equivalence)
    audit.record("records.end_equivalence", equivalence, by=by, at=at, reason=reason)
