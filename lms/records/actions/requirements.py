"""Requirements are published, version by version; what a version would change is shown first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy import select

from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.records import queries
from lms.records.actions.duties import CHUNK, oblige, plan_duties
from lms.records.models import Duty, DutyCause, Needed, Qualification, Requirement, RequirementVersion
from lms.records.queries import VersionInEffect
from lms.records.rules import Asked, Clause, Span, effective_spans
from lms.registry.models import Position

REQUIREMENTS_FILE: Final = Path(__file__).parents[1] / "data" / "requirements.yaml"
FIRST_REASON: Final = "Theo văn bản ban hành"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A version of a requirement that is not published yet."""

    effective_from: date
    legal_basis: str
    clauses: Sequence[Clause]
    qualifications: Sequence[Qualification]
    needed: Needed = Needed.ALL
    needed_count: int | None = None
    needed_hours: int | None = None
    due_on: date | None = None
    due_days: int | None = None
    valid_months: int | None = None
    window_days: int | None = None
    reason: str = FIRST_REASON

    def check(self) -> None:
        """Raises InvalidInput if nobody could be obliged by it or nobody could ever meet it."""
        if not self.clauses:
            raise InvalidInput(_l("Hãy nêu ít nhất một nhóm người thuộc diện."))
        if not self.qualifications:
            raise InvalidInput(_l("Hãy chọn ít nhất một chuẩn tập huấn."))
        if self.needed is Needed.SOME and not 0 < (self.needed_count or 0) <= len(self.qualifications):
            raise InvalidInput(_l("Số chuẩn phải đạt phải từ 1 đến số chuẩn đã chọn."))
        if self.needed is Needed.HOURS and not self.needed_hours:
            raise InvalidInput(_l("Hãy ghi số giờ phải học."))
        if self.due_on is not None and self.due_days is not None:
            raise InvalidInput(_l("Hạn hoàn thành là một ngày cố định hoặc một số ngày, không phải cả hai."))
        if self.window_days is not None and self.valid_months is None:
            raise InvalidInput(_l("Chỉ có thời gian tập huấn lại khi kết quả có thời hạn."))


@dataclass
class Preview:
    """What a version would change, as of a day: who comes under the requirement and who no longer does."""

    day: date
    coming_in: set[int] = field(default_factory=set)
    """Ids of people."""
    dropping_out: set[int] = field(default_factory=set)
    staying: int = 0


def preview(requirement: Requirement, draft: Draft, *, at: datetime) -> Preview:
    """Who comes in and who drops out if a draft is published; changes nothing.

    As of its first day, or of today if that is later.
    """
    draft.check()
    seen = Preview(max(draft.effective_from, day_of(at)))
    versions = _with_draft(requirement, draft)
    before = _obliged(requirement, seen.day)
    after = set(before)
    for position_ids in _every_position():
        changes = plan_duties(position_ids, versions)
        after -= {duty.person_id for duty in changes.wrong if duty.requirement_id == requirement.id}
    # A duty may have been replaced by another of the same person, in another chunk too: they come back here.
    for position_ids in _every_position():
        after |= _obliged_after(requirement, position_ids, versions, seen.day)
    seen.coming_in, seen.dropping_out = after - before, before - after
    seen.staying = len(before & after)
    return seen


def _obliged(requirement: Requirement, day: date) -> set[int]:
    return set(
        db.session.scalars(
            select(Duty.person_id).where(Duty.requirement_id == requirement.id, *queries.duty_stands(day)).distinct()
        )
    )


def _obliged_after(
    requirement: Requirement, position_ids: Sequence[int], versions: Sequence[VersionInEffect], day: date
) -> set[int]:
    changes = plan_duties(position_ids, versions)
    wrong = {duty.id for duty in changes.wrong}
    kept = db.session.execute(
        select(Duty.id, Duty.person_id).where(
            Duty.requirement_id == requirement.id, Duty.position_id.in_(position_ids), *queries.duty_stands(day)
        )
    )
    staying = {person_id for duty_id, person_id in kept if duty_id not in wrong}
    return staying | {
        duty["person_id"]
        for duty in changes.new
        if duty["requirement_id"] == requirement.id and Span(duty["started_on"], duty["ended_on"]).holds_on(day)
    }


def _with_draft(requirement: Requirement, draft: Draft) -> list[VersionInEffect]:
    """The versions in effect if the draft were the requirement's next version."""
    mine = sorted(requirement.versions, key=lambda version: version.number)
    spans = effective_spans([*(version.effective_from for version in mine), draft.effective_from])
    span_of = dict(zip([version.id for version in mine], spans, strict=False))
    kept = []
    for version in queries.versions_in_effect():
        if version.requirement_id != requirement.id:
            kept.append(version)
        elif (span := span_of[version.id]) is not None:
            kept.append(version.within(span))
    last = spans[-1]
    assert last is not None
    kept.append(
        VersionInEffect(
            id=0,
            requirement_id=requirement.id,
            span=last,
            clauses=tuple(draft.clauses),
            asked=Asked(
                frozenset(qualification.id for qualification in draft.qualifications),
                queries.count_needed(draft.needed, draft.needed_count, len(draft.qualifications)),
                draft.needed_hours,
                draft.valid_months,
            ),
            due_on=draft.due_on,
            due_days=draft.due_days,
        )
    )
    return kept


def publish(requirement: Requirement, draft: Draft, *, by: audit.Actor | None, at: datetime) -> RequirementVersion:
    """Publish a version: from its first day on it says who must have what, and all duties follow at once.

    Two at the same time: the unique number lets one through.
    """
    draft.check()
    db.session.flush()
    number = max((version.number for version in requirement.versions), default=0) + 1
    version = RequirementVersion(
        requirement=requirement,
        number=number,
        effective_from=draft.effective_from,
        legal_basis=draft.legal_basis,
        clauses=[clause.as_dict() for clause in draft.clauses],
        qualifications=list(draft.qualifications),
        needed=draft.needed,
        needed_count=draft.needed_count if draft.needed is Needed.SOME else None,
        needed_hours=draft.needed_hours if draft.needed is Needed.HOURS else None,
        due_on=draft.due_on,
        due_days=draft.due_days,
        valid_months=draft.valid_months,
        window_days=draft.window_days,
        reason=draft.reason,
        published_by_id=by.id if by is not None else None,
        published_at=at,
    )
    db.session.add(version)
    db.session.flush()
    audit.record("records.publish_version", version, by=by, at=at, requirement=requirement.code, number=number)
    for position_ids in _every_position():
        oblige(position_ids, at=at, cause=DutyCause.REQUIREMENT)
    return version


def _every_position() -> list[list[int]]:
    ids = db.session.scalars(select(Position.id).order_by(Position.id)).all()
    return [list(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK)]


def load_requirements(at: datetime) -> bool:
    """Make the qualifications and requirements of data/requirements.yaml that are not there yet; whether any was made.

    What is there is left alone: it is changed by publishing a version.
    """
    told = yaml.safe_load(REQUIREMENTS_FILE.read_text(encoding="utf-8"))
    has_changed = False
    qualifications = {known.code: known for known in db.session.scalars(select(Qualification))}
    for line in told["qualifications"]:
        if line["code"] not in qualifications:
            qualifications[line["code"]] = _make(Qualification(**line), at)
            has_changed = True
    known = set(db.session.scalars(select(Requirement.code)))
    for line in told["requirements"]:
        if line["code"] in known:
            continue
        made = _make(Requirement(code=line["code"], name=line["name"], name_en=line["name_en"]), at)
        publish(made, _draft_of(line, qualifications), by=None, at=at)
        has_changed = True
    return has_changed


def _make(thing: Any, at: datetime) -> Any:
    db.session.add(thing)
    db.session.flush()
    audit.record("records.load_requirements", thing, by=None, at=at, code=thing.code)
    return thing


def _draft_of(line: dict[str, Any], qualifications: dict[str, Qualification]) -> Draft:
    return Draft(
        effective_from=line["effective_from"],
        legal_basis=line["legal_basis"],
        clauses=queries.read_clauses(line["clauses"]),
        qualifications=[qualifications[code] for code in line["qualifications"]],
    )
