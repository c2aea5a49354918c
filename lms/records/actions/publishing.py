"""Publishing for many people: asked for in one transaction, looked through and done by a worker, all of it at once."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, or_, select

from lms.accounts.models import User
from lms.core import jobs
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.core.jobs import Job
from lms.records import queries
from lms.records.actions.requirements import Draft, make_requirement, preview, publish
from lms.records.models import Duty, Needed, Requirement
from lms.registry.models import Position

PUBLISH: Final = "records.publish_version"
"""Done to a requirement."""
MAKE: Final = "records.make_requirement"
"""Done for an administrator: there is no requirement yet. One new requirement of theirs at a time."""
MOST_AT_ONCE: Final = 1000
"""Posts whose duties are worked out while a page is waited for; more than that is a job."""
DAYS: Final = ("effective_from", "due_on")


def posts_touched(requirement: Requirement | None, draft: Draft) -> int:
    """How many posts publishing a draft looks at: those that the requirement obliges or may oblige."""
    kinds = sorted({clause.kind for clause in draft.clauses})
    touched: Any = Position.kind.in_(kinds)
    if requirement is not None:
        obliging = select(Duty.position_id).where(Duty.requirement_id == requirement.id, Duty.superseded_at.is_(None))
        touched = or_(touched, Position.id.in_(obliging))
    return db.session.scalar(select(func.count(Position.id)).where(touched)) or 0


def ask_to_publish(
    requirement: Requirement | None,
    draft: Draft,
    *,
    digest: str,
    names: dict[str, str] | None = None,
    by: User,
    at: datetime,
) -> Job:
    """Ask for a draft to be published by a worker, exactly as it was looked at.

    digest: of the preview that was looked at. names: code, name and name_en of a requirement that is to be made.
    Raises InvalidInput if the code is taken, DomainError if something else is being published for the same already.
    """
    if names is not None and queries.requirement_by_code(names["code"]) is not None:
        raise InvalidInput(_l("Mã này đã dùng cho một yêu cầu khác."))
    told = {"draft": told_by(draft), "digest": digest, "names": names}
    kind, subject = (MAKE, by) if requirement is None else (PUBLISH, requirement)
    job = jobs.ask(kind, subject, by=by, at=at, arguments=told)
    if job.arguments != told:
        raise DomainError(_l("Đang có một lần ban hành khác chưa xong. Hãy chờ xong rồi xem lại."))
    return job


def told_by(draft: Draft) -> dict[str, Any]:
    """A draft as a job keeps it."""
    told = {one.name: getattr(draft, one.name) for one in fields(draft)}
    told["clauses"] = [clause.as_dict() for clause in draft.clauses]
    told["qualifications"] = sorted(one.id for one in draft.qualifications)
    told["needed"] = draft.needed.value
    return {**told, **{name: told[name].isoformat() for name in DAYS if told[name] is not None}}


def draft_of(told: Mapping[str, Any]) -> Draft:
    """A draft as it was before a job kept it."""
    chosen = set(told["qualifications"])
    return Draft(
        **{
            **told,
            **{name: date.fromisoformat(told[name]) for name in DAYS if told[name] is not None},
            "clauses": queries.read_clauses(told["clauses"]),
            "qualifications": [one for one in queries.qualifications() if one.id in chosen],
            "needed": Needed(told["needed"]),
        }
    )


def publish_as_asked(
    requirement: Requirement | None,
    told: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    tell: Callable[[int, int], None],
) -> Requirement:
    """Look again and publish, in one transaction: if anything has changed since it was looked at, nothing is published.

    tell: is told how many posts are done, of how many.
    Raises DomainError unless it is still what was looked at.
    """
    draft = draft_of(told["draft"])
    if preview(requirement, draft, at=at).digest != told["digest"]:
        raise DomainError(
            _l("Dữ liệu đã thay đổi từ lúc bạn xem trước, nên chưa ban hành gì. Hãy xem trước lại rồi ban hành.")
        )
    total = posts_touched(requirement, draft)

    def tell_of_all(done: int) -> None:
        tell(min(done, total), total)

    if requirement is None:
        return make_requirement(**told["names"], draft=draft, by=by, at=at, tell=tell_of_all)
    publish(requirement, draft, by=by, at=at, tell=tell_of_all)
    return requirement
