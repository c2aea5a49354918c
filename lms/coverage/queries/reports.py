"""Published reports: who counts now, what is frozen, whether it is still what was hashed, what differs today.

Nobody differs of whom nothing became known since: only people with a duty, award, excuse, merge or place that was
written down after a report are looked at again, however many the report holds.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, tuple_, union
from sqlalchemy.orm import joinedload

from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.coverage.models import Attainment, Counted, Report, ReportLine
from lms.coverage.queries.figures import coverage, rows
from lms.coverage.queries.gaps import gaps
from lms.coverage.queries.identity import Identity
from lms.coverage.queries.people import lies_in
from lms.coverage.rules import Figures
from lms.coverage.rules.reports import (
    AwardRow,
    Cause,
    DutyRow,
    Line,
    Reason,
    award_causes,
    digest_of,
    duty_causes,
    told_once,
)
from lms.records.models import Award, Duty, Requirement
from lms.records.queries import duty_stands
from lms.registry.models import Excuse, Person, PersonMerge, Position, Unit, UnitChange, UnitChangeUnit
from lms.registry.queries import chunks

PAGE: Final = 50
READ_AT_ONCE: Final = 10_000
LONG: Final = 5_000
"""A report of more people than this is long: a good part of everybody there is."""
CHUNK: Final = 500
"""People that are looked at again in one go."""
CHUNKS_MOST: Final = 20
"""So many goes a page of differences takes at most; then it ends where it is."""
AT_WORK: Final = timedelta(minutes=10)
"""A transaction that began before a report was collected and ended after it is not older than this."""


# Who counts at this instant


def counting_now(
    unit: Unit, requirement: Requirement, day: date, person_ids: Collection[int] | None = None
) -> Select[Any]:
    """Everyone who counts in a unit on a day as is known at this instant: who, how, by which duty and which award.

    person_ids: only of these rows of Person, as the duties name them.
    """
    who = Identity()
    asked: Any = select(
        who.one.label("person_id"),
        Duty.id.label("duty_id"),
        case((who.is_excused(day), 1), else_=0).label("is_pardoned"),
    ).select_from(Duty)
    only: list[ColumnElement[bool]] = [] if person_ids is None else [Duty.person_id.in_(sorted(person_ids))]
    every = (
        who.joined(asked)
        .where(Duty.requirement_id == requirement.id, *duty_stands(day), lies_in(unit, Duty), *only)
        .subquery("every_duty")
    )
    owed = func.min(case((every.c.is_pardoned == 0, every.c.duty_id)))
    once = (
        select(
            every.c.person_id,
            func.min(every.c.is_pardoned).label("is_excused"),
            func.coalesce(owed, func.min(every.c.duty_id)).label("duty_id"),
        )
        .group_by(every.c.person_id)
        .subquery("once")
    )
    is_reached = and_(
        Attainment.requirement_id == requirement.id,
        Attainment.person_id == once.c.person_id,
        Attainment.started_on <= day,
        or_(Attainment.ended_on.is_(None), Attainment.ended_on >= day),
    )
    return (
        select(
            once.c.person_id,
            case(
                (once.c.is_excused == 1, literal(Counted.EXCUSED.value)),
                (Attainment.award_id.is_not(None), literal(Counted.TRAINED.value)),
                else_=literal(Counted.OUTSTANDING.value),
            ).label("standing"),
            once.c.duty_id,
            case((once.c.is_excused == 0, Attainment.award_id)).label("award_id"),
        )
        .select_from(once)
        .outerjoin(Attainment, is_reached)
        .order_by(once.c.person_id)
    )


def content_now(unit: Unit, requirement: Requirement, day: date) -> dict[str, Any]:
    """What a report says besides its people: the figures by every cut, what was declared, by which text."""
    found = coverage(unit, day, of=[requirement.code])
    part = found.detailed[0]
    declared = gaps(found)[requirement.id].total
    return {
        "unit": _kind_and_name(unit),
        "requirement": {"name": requirement.name, "name_en": requirement.name_en},
        "legal_basis": part.version.legal_basis,
        "clauses": part.version.clauses,
        "declared": {
            "people": declared.declared,
            "known": declared.known,
            "units": declared.units,
            "missing": declared.missing,
        },
        "figures": [
            {
                "cut": row.cut,
                "code": row.line.code,
                **({"unit": _kind_and_name(row.line.unit)} if row.line.unit is not None else {}),
                "obliged": row.obliged,
                "trained": row.trained,
                "excused": row.excused,
            }
            for row in rows(found)
        ],
    }


def _kind_and_name(unit: Unit) -> dict[str, str]:
    """A unit as it is called now, to be said in any language."""
    return {"kind": unit.kind.value, "name": unit.name}


def standing_counts(report: Report) -> dict[str, int]:
    """How many people of a report stand in which way."""
    counts = db.session.execute(
        select(ReportLine.standing, func.count()).where(ReportLine.report_id == report.id).group_by(ReportLine.standing)
    )
    return {standing.value: count for standing, count in counts}


# What is frozen


def told_of(report: Report) -> dict[str, Any]:
    """Everything that the hash covers besides the people."""
    known_at = report.known_at
    return {
        "unit": report.unit.path,
        "requirement": report.requirement.code,
        "version": report.version.number,
        "day": report.day.isoformat(),
        "document_number": report.document_number,
        "document_on": report.document_on.isoformat(),
        "asked_by": report.asked_by_id,
        "asked_at": report.asked_at.isoformat(),
        "known_at": known_at.isoformat() if known_at is not None else None,
        "people": report.people_count,
        "content": report.content,
    }


def lines_of(report: Report) -> Iterator[Line]:
    """The people of a report in the order of their ids, a part at a time."""
    after = 0
    while True:
        part = db.session.execute(
            select(ReportLine.person_id, ReportLine.standing, ReportLine.duty_id, ReportLine.award_id)
            .where(ReportLine.report_id == report.id, ReportLine.person_id > after)
            .order_by(ReportLine.person_id)
            .limit(READ_AT_ONCE)
        ).all()
        for person_id, standing, duty_id, award_id in part:
            yield person_id, standing.value, duty_id, award_id
        if len(part) < READ_AT_ONCE:
            return
        after = part[-1].person_id


def recomputed_digest(report: Report) -> str:
    """The hash of what the database holds of a report at this moment."""
    return digest_of(told_of(report), lines_of(report))


def report_by_number(unit: Unit, requirement: Requirement, document_number: str) -> Report | None:
    """The report of a unit and requirement that has this document number."""
    return db.session.scalar(
        select(Report).where(
            Report.unit_id == unit.id,
            Report.requirement_id == requirement.id,
            Report.document_number == document_number,
        )
    )


def report_with_all(report_id: int) -> Report | None:
    """A report with its unit, requirement and version."""
    return db.session.scalar(
        select(Report)
        .where(Report.id == report_id)
        .options(
            joinedload(Report.unit).joinedload(Unit.parent).joinedload(Unit.parent),
            joinedload(Report.requirement),
            joinedload(Report.version),
            joinedload(Report.asked_by),
        )
    )


def reports_where(condition: ColumnElement[bool], *, before: int | None = None, limit: int = PAGE) -> Sequence[Report]:
    """Reports that meet a condition, the latest first. before: id of the report to go on from."""
    asked = (
        select(Report)
        .where(condition)
        .options(joinedload(Report.unit), joinedload(Report.requirement), joinedload(Report.asked_by))
        .order_by(Report.id.desc())
        .limit(limit)
    )
    return db.session.scalars(asked if before is None else asked.where(Report.id < before)).all()


def published_reports() -> Iterator[Report]:
    """Every published report, in the order in which they were asked for."""
    for report_id in db.session.scalars(select(Report.id).where(Report.published_at.is_not(None)).order_by(Report.id)):
        report = report_with_all(report_id)
        if report is not None:
            yield report


@dataclass(frozen=True)
class NamesPage:
    """Some people of a report in the order of their names."""

    lines: Sequence[ReportLine]
    after: int | None = None
    """Id of the person to go on from; None on the last page."""


def names_of(report: Report, standing: Counted, *, after: int | None = None, limit: int = PAGE) -> NamesPage:
    """Who stands in one way in a report, by name. Of a long one people are looked at one by one in the order of their
    names, of a short one its lines are put in order: either way a page costs as the first."""
    is_listed = and_(
        ReportLine.report_id == report.id, ReportLine.person_id == Person.id, ReportLine.standing == standing
    )
    asked = select(Person.id)
    if (report.people_count or 0) > LONG:
        asked = asked.where(exists().where(is_listed))
    else:
        asked = asked.join(ReportLine, is_listed)
    if after is not None:
        # Only from somebody of this report: where a stranger's name would stand in it is nobody's business here.
        edge = db.session.execute(
            select(Person.sort_key, Person.id)
            .join(ReportLine, and_(ReportLine.person_id == Person.id, ReportLine.report_id == report.id))
            .where(Person.id == after)
        ).one_or_none()
        if edge is not None:
            here = tuple_(Person.sort_key, Person.id)
            asked = asked.where(here > tuple_(literal(edge.sort_key), literal(edge.id)))
    ids = db.session.scalars(asked.order_by(Person.sort_key, Person.id).limit(limit + 1)).all()
    lines = {
        line.person_id: line
        for line in db.session.scalars(
            select(ReportLine)
            .where(ReportLine.report_id == report.id, ReportLine.person_id.in_(ids[:limit]))
            .options(
                joinedload(ReportLine.person),
                joinedload(ReportLine.award),
                joinedload(ReportLine.duty)
                .joinedload(Duty.position)
                .options(joinedload(Position.unit), joinedload(Position.organisation)),
            )
        )
    }
    return NamesPage([lines[one] for one in ids[:limit]], ids[limit - 1] if len(ids) > limit else None)


def everyone_of(report: Report) -> Iterator[ReportLine]:
    """The whole list, by standing and name, a part at a time."""
    for standing in Counted:
        after: int | None = None
        while True:
            page = names_of(report, standing, after=after, limit=CHUNK)
            yield from page.lines
            after = page.after
            if after is None:
                break


# What differs today


@dataclass(frozen=True)
class Difference:
    """Somebody who counts otherwise in today's answer for the same day than in the report."""

    person: Person
    before: Counted | None
    """None: was not in the report."""
    now: Counted | None
    """None: does not count today."""
    causes: Sequence[Cause]


@dataclass(frozen=True)
class Differences:
    """Some differences, by id of the person, and where the next ones begin."""

    people: Sequence[Difference]
    after: int | None = None


def figures_today(report: Report) -> Figures:
    """Today's answer for the day of a report, as the kept figures have it."""
    parts = coverage(report.unit, report.day, of=()).requirements
    return next(part.total for part in parts if part.requirement.id == report.requirement_id)


def differences(report: Report, *, after: int = 0, limit: int = PAGE) -> Differences:
    """Who counts otherwise today than in a report, each with what became known since."""
    found: list[tuple[int, Counted | None, Counted | None]] = []
    for _go in range(CHUNKS_MOST):
        part = db.session.scalars(_touched(report, after).limit(CHUNK)).all()
        found += _compare(report, part)
        if len(part) < CHUNK or len(found) > limit:
            break
        after = part[-1]
    else:
        return Differences(_described(report, found[:limit]), after)
    return Differences(_described(report, found[:limit]), found[limit - 1][0] if len(found) > limit else None)


def _touched(report: Report, after: int) -> Select[Any]:
    """People of whom something became known since a report, by id: as they were named then, and as they count now."""
    known_at = report.known_at
    if known_at is None:
        raise ValueError("a report is compared once its people are collected")
    since = known_at - AT_WORK
    changed_units = (
        select(UnitChangeUnit.unit_id)
        .join(UnitChange, UnitChange.id == UnitChangeUnit.change_id)
        .where(or_(UnitChange.entered_at > since, UnitChange.withdrawn_at > since))
    )
    touched = union(
        select(Duty.person_id).where(
            Duty.requirement_id == report.requirement_id, or_(Duty.recorded_at > since, Duty.superseded_at > since)
        ),
        select(Award.person_id).where(or_(Award.entered_at > since, Award.revoked_at > since)),
        select(Excuse.person_id).where(or_(Excuse.entered_at > since, Excuse.withdrawn_at > since)),
        select(PersonMerge.from_id).where(or_(PersonMerge.merged_at > since, PersonMerge.undone_at > since)),
        select(PersonMerge.into_id).where(or_(PersonMerge.merged_at > since, PersonMerge.undone_at > since)),
        select(Duty.person_id).where(Duty.requirement_id == report.requirement_id, Duty.unit_id.in_(changed_units)),
        select(Position.person_id)
        .join(AuditEntry, and_(AuditEntry.subject_kind == "position", AuditEntry.subject_id == Position.id))
        .where(AuditEntry.at > since),
    ).subquery("touched")
    person_id = touched.c[0]
    both = union(
        select(person_id.label("id")),
        select(Person.merged_into_id).join(touched, Person.id == person_id).where(Person.merged_into_id.is_not(None)),
    ).subquery("both")
    return select(both.c.id).where(both.c.id > after).order_by(both.c.id)


def _compare(report: Report, person_ids: Sequence[int]) -> list[tuple[int, Counted | None, Counted | None]]:
    """Those of some people who stand otherwise now, by id, with how they stood and stand."""
    if not person_ids:
        return []
    frozen = {
        line.person_id: line.standing
        for line in db.session.execute(
            select(ReportLine.person_id, ReportLine.standing).where(
                ReportLine.report_id == report.id, ReportLine.person_id.in_(person_ids)
            )
        )
    }
    named = db.session.scalars(
        select(Person.id).where(or_(Person.id.in_(person_ids), Person.merged_into_id.in_(person_ids)))
    ).all()
    counting: dict[int, Counted] = {}
    for part in chunks(named):
        for row in db.session.execute(counting_now(report.unit, report.requirement, report.day, part)):
            counting[row.person_id] = Counted(row.standing)
    return [
        (person_id, frozen.get(person_id), counting.get(person_id))
        for person_id in person_ids
        if frozen.get(person_id) is not counting.get(person_id)
    ]


def _described(report: Report, found: Sequence[tuple[int, Counted | None, Counted | None]]) -> list[Difference]:
    ids = [person_id for person_id, _before, _now in found]
    if not ids:
        return []
    people = {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    causes = _causes(report, ids)
    return [Difference(people[person_id], before, now, causes[person_id]) for person_id, before, now in found]


def _causes(report: Report, ids: Sequence[int]) -> dict[int, list[Cause]]:
    """What became known of each of some people since a report; of those merged into them too."""
    known_at = report.known_at
    if known_at is None:
        raise ValueError("a report is compared once its people are collected")
    one_of: dict[int, set[int]] = {}
    """Whom what is known of a row of Person concerns."""
    for person_id, into_id in db.session.execute(
        select(Person.id, Person.merged_into_id).where(or_(Person.id.in_(ids), Person.merged_into_id.in_(ids)))
    ):
        one_of.setdefault(person_id, set()).update(one for one in ids if one in (person_id, into_id))
    facts = _Facts(report, sorted(one_of))
    found: dict[int, list[Cause]] = {person_id: [] for person_id in ids}
    for since in (known_at, known_at - AT_WORK):
        for row_id, whom in one_of.items():
            for person_id in whom:
                if since == known_at or not found[person_id]:
                    found[person_id] += facts.causes(row_id, since)
    return {person_id: told_once(causes) or [Cause(known_at, Reason.OTHER)] for person_id, causes in found.items()}


class _Facts:
    """What was written down of some rows of Person, read in few statements."""

    def __init__(self, report: Report, ids: Sequence[int]) -> None:
        self._duties: dict[int, list[DutyRow]] = {}
        self._awards: dict[int, list[AwardRow]] = {}
        self._others: dict[int, list[Cause]] = {}
        places: dict[int, set[int]] = {}
        for duty in db.session.scalars(
            select(Duty).where(Duty.person_id.in_(ids), Duty.requirement_id == report.requirement_id)
        ):
            self._duties.setdefault(duty.person_id, []).append(
                DutyRow(
                    duty.position_id,
                    duty.recorded_at,
                    duty.cause.value,
                    duty.superseded_at,
                    duty.superseded_cause.value if duty.superseded_cause is not None else None,
                )
            )
            places.setdefault(duty.unit_id, set()).add(duty.person_id)
        for award in db.session.scalars(select(Award).where(Award.person_id.in_(ids))):
            self._awards.setdefault(award.person_id, []).append(
                AwardRow(award.entered_at, award.corrects_id is not None, award.revoked_at)
            )
        for excuse in db.session.scalars(select(Excuse).where(Excuse.person_id.in_(ids))):
            self._note(excuse.person_id, excuse.entered_at, Reason.EXCUSE)
            self._note(excuse.person_id, excuse.withdrawn_at, Reason.EXCUSE_WITHDRAWN)
        for merge in db.session.scalars(
            select(PersonMerge).where(or_(PersonMerge.from_id.in_(ids), PersonMerge.into_id.in_(ids)))
        ):
            for person_id in {merge.from_id, merge.into_id} & set(ids):
                self._note(person_id, merge.merged_at, Reason.MERGE)
                self._note(person_id, merge.undone_at, Reason.MERGE_UNDONE)
        self._read_places(ids, places)

    def _read_places(self, ids: Sequence[int], places: Mapping[int, set[int]]) -> None:
        changes = db.session.execute(
            select(UnitChangeUnit.unit_id, UnitChange.entered_at, UnitChange.withdrawn_at)
            .join(UnitChange, UnitChange.id == UnitChangeUnit.change_id)
            .where(UnitChangeUnit.unit_id.in_(sorted(places)))
        )
        for unit_id, entered_at, withdrawn_at in changes:
            for person_id in places[unit_id]:
                self._note(person_id, entered_at, Reason.MOVED)
                self._note(person_id, withdrawn_at, Reason.MOVED)
        settled = db.session.execute(
            select(Position.person_id, AuditEntry.at)
            .join(AuditEntry, and_(AuditEntry.subject_kind == "position", AuditEntry.subject_id == Position.id))
            .where(Position.person_id.in_(ids), AuditEntry.action.contains("settle"))
        )
        for person_id, at in settled:
            self._note(person_id, at, Reason.MOVED)

    def _note(self, person_id: int, at: datetime | None, reason: Reason) -> None:
        if at is not None:
            self._others.setdefault(person_id, []).append(Cause(at, reason))

    def causes(self, person_id: int, since: datetime) -> list[Cause]:
        """What became known of a row of Person after an instant."""
        return [
            *duty_causes(self._duties.get(person_id, []), since),
            *award_causes(self._awards.get(person_id, []), since),
            *(cause for cause in self._others.get(person_id, []) if cause.at > since),
        ]
