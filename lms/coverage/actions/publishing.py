"""Publishing a report: asked for, collected in one transaction, hashed, and never changed again."""

from datetime import date, datetime
from typing import Final, cast

from sqlalchemy import Table, insert, literal, select
from sqlalchemy.exc import IntegrityError

from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.coverage.actions.settling import wait_for_turn
from lms.coverage.models import Counted, Report, ReportLine
from lms.coverage.queries import reports as queries
from lms.records.models import Requirement
from lms.records.queries import version_on
from lms.registry.models import Unit

PUBLISH: Final = "coverage.publish_report"
"""The job that publishes a long report."""


def ask_for_report(
    unit: Unit,
    requirement: Requirement,
    day: date,
    *,
    document_number: str,
    document_on: date,
    by: audit.Actor | None,
    at: datetime,
) -> Report:
    """Write down what is to be published. The same asked again is the same report.

    Raises InvalidInput for a day to come, without a document number, or where the number stands for another day.
    """
    number = " ".join(document_number.split())
    if not number:
        raise InvalidInput(_l("Hãy ghi số văn bản công bố báo cáo."))
    if day > day_of(at):
        raise InvalidInput(_l("Chưa có số liệu của ngày trong tương lai. Hãy chọn ngày từ hôm nay trở về trước."))
    report = Report(
        unit_id=unit.id,
        requirement_id=requirement.id,
        version_id=version_on(requirement, day).id,
        day=day,
        document_number=number,
        document_on=document_on,
        asked_by_id=by.id if by is not None else None,
        asked_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(report)
    except IntegrityError:
        known = queries.report_by_number(unit, requirement, number)
        if known is None or (known.day, known.document_on) != (day, document_on):
            raise InvalidInput(
                _l("Số văn bản này đã dùng cho một báo cáo khác của đơn vị. Mỗi báo cáo cần một số riêng.")
            ) from None
        return known
    audit.record(
        "coverage.ask_report", report, by=by, at=at, unit=unit.path, requirement=requirement.code, day=day.isoformat()
    )
    return report


def collect(report: Report, *, at: datetime) -> None:
    """Freeze who counts and what the figures are at this instant; collecting again changes nothing.

    at: this instant. While people are collected nobody's figures change, so that the list and the figures are of one
    state. Raises DomainError where the two do not agree to the person: then the kept figures are to be counted anew.
    """
    wait_for_turn()
    # Whoever had the turn before may have collected the same report.
    db.session.refresh(report)
    if report.known_at is not None:
        return
    content = queries.content_now(report.unit, report.requirement, report.day)
    counting = queries.counting_now(report.unit, report.requirement, report.day).subquery("counting")
    columns = ("person_id", "standing", "duty_id", "award_id")
    db.session.execute(
        insert(cast(Table, ReportLine.__table__)).from_select(
            ("report_id", *columns), select(literal(report.id), *(counting.c[name] for name in columns))
        )
    )
    counts = queries.standing_counts(report)
    total = content["figures"][0]
    outstanding, trained, excused = (counts.get(standing.value, 0) for standing in Counted)
    if (outstanding + trained, trained, excused) != (total["obliged"], total["trained"], total["excused"]):
        raise DomainError(
            _l("Danh sách và số liệu lưu trữ chưa khớp nhau. Quản trị viên cần tính lại số liệu trước khi công bố.")
        )
    report.people_count = outstanding + trained + excused
    report.content = content
    report.known_at = at
    db.session.flush()


def seal(report: Report, *, by: audit.Actor | None, at: datetime) -> None:
    """Publish what was collected, with its hash. Nothing of it can be changed any more."""
    db.session.refresh(report, with_for_update=True)
    if report.published_at is not None:
        return
    report.digest = queries.recomputed_digest(report)
    report.published_at = at
    db.session.flush()
    audit.record("coverage.publish_report", report, by=by, at=at, people=report.people_count, digest=report.digest)


def publish_report(report: Report, *, by: audit.Actor | None, at: datetime) -> None:
    """Collect and seal a short report at once."""
    collect(report, at=at)
    seal(report, by=by, at=at)
