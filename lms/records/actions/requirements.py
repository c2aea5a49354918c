"""Requirements are published, version by version; what a version would change is shown first."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy import ColumnElement, and_, or_, select

from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.records import queries
from lms.records.actions.duties import CHUNK, oblige
from lms.records.models import Duty, DutyCause, Needed, Qualification, Requirement, RequirementVersion
from lms.records.rules import Clause
from lms.registry.models import Person, Position

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

    def told(self) -> list[Any]:
        """Everything that it says but the reason, in a fixed order."""
        return [
            self.effective_from.isoformat(),
            self.legal_basis,
            [clause.as_dict() for clause in self.clauses],
            sorted(qualification.id for qualification in self.qualifications),
            self.needed.value,
            self.needed_count,
            self.needed_hours,
            str(self.due_on),
            self.due_days,
            self.valid_months,
            self.window_days,
        ]

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


@dataclass(frozen=True)
class Preview:
    """What a version would change, as of a day: who comes under the requirement and who no longer does."""

    day: date
    coming_in: ColumnElement[bool]
    """The condition on Person that those meet who come in."""
    dropping_out: ColumnElement[bool]
    in_count: int
    out_count: int
    staying_count: int
    digest: str
    """Changes with the draft, with the versions it would follow, and with anybody who comes in or drops out."""


def preview(requirement: Requirement | None, draft: Draft, *, at: datetime) -> Preview:
    """Who comes in and who drops out if a draft is published; changes nothing.

    As of its first day, or of today if that is later: then it is in effect, whatever versions there are.
    requirement: None if it is to be made with this its first version.
    """
    draft.check()
    day = max(draft.effective_from, day_of(at))
    after = queries.would_be_obliged(draft.clauses, day)
    before = queries.are_obliged(requirement.id if requirement is not None else None, day)
    coming_in = queries.people_in_one_only(after, before)
    dropping_out = queries.people_in_one_only(before, after)
    staying = queries.count_people(and_(Person.id.in_(after), Person.id.in_(before)))
    seen = hashlib.sha256(repr((draft.told(), day.isoformat())).encode())
    if requirement is not None:
        seen.update(repr([(version.id, version.number) for version in requirement.versions]).encode())
    counts = []
    for condition in (coming_in, dropping_out):
        counts.append(0)
        seen.update(b"|")
        for person_id in queries.ids_of_people(condition):
            counts[-1] += 1
            seen.update(f"{person_id},".encode())
    return Preview(day, coming_in, dropping_out, counts[0], counts[1], staying, seen.hexdigest())


def publish(
    requirement: Requirement,
    draft: Draft,
    *,
    by: audit.Actor | None,
    at: datetime,
    tell: Callable[[int], None] = lambda done: None,
) -> RequirementVersion:
    """Publish a version: from its first day on it says who must have what, and all duties follow at once.

    tell: is told, as it goes on, how many posts are done.
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
    done = 0
    for position_ids in _positions_touched(requirement, draft):
        oblige(position_ids, at=at, cause=DutyCause.REQUIREMENT)
        done += len(position_ids)
        tell(done)
    return version


def _positions_touched(requirement: Requirement, draft: Draft) -> Iterator[list[int]]:
    """The positions that the requirement obliges or may oblige, a part at a time."""
    kinds = sorted({clause.kind for clause in draft.clauses})
    obliging = select(Duty.position_id).where(Duty.requirement_id == requirement.id, Duty.superseded_at.is_(None))
    last = 0
    while True:
        part = db.session.scalars(
            select(Position.id)
            .where(Position.id > last, or_(Position.kind.in_(kinds), Position.id.in_(obliging)))
            .order_by(Position.id)
            .limit(CHUNK)
        ).all()
        if not part:
            return
        yield list(part)
        last = part[-1]


def make_requirement(
    code: str,
    name: str,
    name_en: str,
    draft: Draft,
    *,
    by: audit.Actor | None,
    at: datetime,
    tell: Callable[[int], None] = lambda done: None,
) -> Requirement:
    """Make a requirement and publish its first version.

    tell: see `publish`.
    Raises InvalidInput if another one has the code.
    """
    if queries.requirement_by_code(code) is not None:
        raise InvalidInput(_l("Mã này đã dùng cho một yêu cầu khác."))
    made = Requirement(code=code, name=name, name_en=name_en)
    db.session.add(made)
    db.session.flush()
    audit.record("records.make_requirement", made, by=by, at=at, code=code)
    publish(made, draft, by=by, at=at, tell=tell)
    return made


def make_qualification(code: str, name: str, name_en: str, *, by: audit.Actor | None, at: datetime) -> Qualification:
    """Make a qualification.

    Raises InvalidInput if another one has the code.
    """
    if queries.qualification_by_code(code) is not None:
        raise InvalidInput(_l("Mã này đã dùng cho một chuẩn khác."))
    made = Qualification(code=code, name=name, name_en=name_en)
    db.session.add(made)
    db.session.flush()
    audit.record("records.make_qualification", made, by=by, at=at, code=code)
    return made


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
