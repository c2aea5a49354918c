"""What is done to courses and classes: publishing, opening, enrolling, marking items done, completing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from courses import queries
from courses.models import (
    Course,
    CourseItem,
    CoursePicture,
    CourseVersion,
    Enrolment,
    ItemDone,
    ItemKind,
    TrainingClass,
)
from courses.reading import CourseSource
from courses.rules import is_running, progress_of
from lms.accounts.models import Role, User
from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.records.actions import award
from lms.records.models import AwardSource
from lms.records.queries import qualification_by_code
from lms.registry.models import Person, PositionKind, Unit


@dataclass(frozen=True)
class Published:
    """What publishing a source gave."""

    version: CourseVersion
    is_new: bool


def publish(source: CourseSource, *, by: audit.Actor | None, at: datetime) -> Published:
    """Make a course version of a source, with its items and pictures; nothing if just this one is there already.

    Raises DomainError if the version's number is taken by other content or is lower than the latest, or if the
    course would change what it is for; InvalidInput if its qualification is not known.
    """
    course = queries.course_by_code(source.code)
    qualification = qualification_by_code(source.qualification)
    if qualification is None:
        raise InvalidInput(
            _l(
                "Khóa học “%(course)s”: không có chuẩn tập huấn nào mã “%(code)s”.",
                course=source.code,
                code=source.qualification,
            )
        )
    audience = PositionKind(source.audience)
    if course is None:
        course = Course(code=source.code, qualification=qualification, audience=audience)
        db.session.add(course)
    elif (course.qualification_id, course.audience) != (qualification.id, audience):
        raise DomainError(
            _l(
                "Khóa học “%(course)s” không thể đổi đối tượng học hoặc chuẩn tập huấn; hãy đặt mã khóa học mới.",
                course=source.code,
            )
        )
    for version in course.versions:
        if version.digest == source.digest:
            return Published(version, is_new=False)
    latest = max((version.number for version in course.versions), default=0)
    if source.version <= latest:
        raise DomainError(
            _l(
                "Khóa học “%(course)s” phiên bản %(number)s đã công bố với nội dung khác."
                " Phiên bản đã công bố không sửa được: hãy tăng “version” trong course.yaml lên %(next)s.",
                course=source.code,
                number=source.version,
                next=latest + 1,
            )
        )
    version = CourseVersion(
        course=course,
        number=source.version,
        title=source.title,
        summary=source.summary,
        hours=source.hours,
        legal_basis=list(source.legal_basis),
        digest=source.digest,
        published_at=at,
    )
    for position, item in enumerate(source.items, start=1):
        version.items.append(
            CourseItem(
                position=position,
                kind=ItemKind(item.kind),
                slug=item.slug,
                title=item.title,
                minutes=item.lesson.minutes if item.lesson else None,
                body=item.lesson.text if item.lesson else None,
                sources=list(item.lesson.sources) if item.lesson else [],
            )
        )
    db.session.add(version)
    db.session.flush()
    db.session.add_all(
        CoursePicture(
            version_id=version.id,
            name=picture.name.removeprefix("pictures/"),
            media_type=picture.media_type,
            content=picture.data,
        )
        for picture in source.pictures
    )
    audit.record(
        "courses.publish", version, by=by, at=at, course=course.code, number=version.number, digest=version.digest
    )
    return Published(version, is_new=True)


def open_class(
    version: CourseVersion,
    *,
    name: str,
    unit: Unit,
    trainers: Sequence[User],
    starts_on: date,
    ends_on: date | None,
    is_open: bool,
    by: audit.Actor | None,
    at: datetime,
) -> TrainingClass:
    """Make a class that takes a course version in a unit. Raises InvalidInput if dates or trainers will not do."""
    training_class = TrainingClass(version=version, name=name, unit=unit)
    _fill(training_class, name, trainers, starts_on, ends_on, is_open)
    db.session.add(training_class)
    audit.record("courses.open_class", training_class, by=by, at=at, **_facts(training_class))
    return training_class


def change_class(
    training_class: TrainingClass,
    *,
    name: str,
    trainers: Sequence[User],
    starts_on: date,
    ends_on: date | None,
    is_open: bool,
    by: audit.Actor | None,
    at: datetime,
) -> None:
    """Change what may change of a class: its name, trainers, dates and whether people may join by themselves."""
    before = _facts(training_class)
    _fill(training_class, name, trainers, starts_on, ends_on, is_open)
    after = _facts(training_class)
    if after != before:
        audit.record("courses.change_class", training_class, by=by, at=at, before=before, after=after)


def _fill(
    training_class: TrainingClass,
    name: str,
    trainers: Sequence[User],
    starts_on: date,
    ends_on: date | None,
    is_open: bool,
) -> None:
    if not name.strip():
        raise InvalidInput(_l("Lớp cần có tên."))
    if ends_on is not None and ends_on < starts_on:
        raise InvalidInput(_l("Ngày kết thúc phải từ ngày bắt đầu trở đi."))
    if any(not trainer.has_role(Role.TRAINER) for trainer in trainers):
        raise InvalidInput(_l("Người dạy phải có vai trò giảng viên."))
    training_class.name = name.strip()
    training_class.trainers = list(trainers)
    training_class.starts_on = starts_on
    training_class.ends_on = ends_on
    training_class.is_open = is_open


def _facts(training_class: TrainingClass) -> dict[str, object]:
    return {
        "name": training_class.name,
        "trainers": sorted(trainer.id for trainer in training_class.trainers),
        "starts_on": training_class.starts_on.isoformat(),
        "ends_on": training_class.ends_on.isoformat() if training_class.ends_on else None,
        "is_open": training_class.is_open,
    }


def enrol(training_class: TrainingClass, person: Person, *, by: audit.Actor | None, at: datetime) -> Enrolment:
    """Let a person take a class's course. Enrolling again gives the same enrolment.

    Raises DomainError if the class has ended.
    """
    known = queries.enrolment_of(training_class, person)
    if known is not None:
        return known
    if training_class.ends_on is not None and day_of(at) > training_class.ends_on:
        raise DomainError(_l("Lớp này đã kết thúc, không ghi danh thêm được."))
    fresh = Enrolment(class_id=training_class.id, person_id=person.id, enrolled_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(fresh)
    except IntegrityError:
        known = queries.enrolment_of(training_class, person)
        if known is None:
            raise
        return known
    audit.record("courses.enrol", fresh, by=by, at=at, class_id=training_class.id, person_id=person.id)
    return fresh


def lock(enrolment: Enrolment) -> None:
    """Let no other transaction work on this enrolment until ours ends; what it knows of itself is read anew.

    Everything that counts attempts, numbers submissions or completes a course does this first, so that two clicks
    come one after the other. The unique constraints would refuse the second one; this lets it succeed as a repeat.
    """
    db.session.flush()
    db.session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update(key_share=True))
    db.session.refresh(enrolment, ["completed_at"])


def check_running(training_class: TrainingClass, day: date) -> None:
    """Raise DomainError unless work in the class counts on the day."""
    if is_running(training_class.starts_on, training_class.ends_on, day):
        return
    if day < training_class.starts_on:
        raise DomainError(_l("Lớp chưa bắt đầu. Bạn hãy quay lại từ ngày khai giảng nhé."))
    raise DomainError(_l("Lớp đã kết thúc. Bạn vẫn xem lại được bài; nếu cần học tiếp, hãy hỏi người quản lý lớp."))


def finish_lesson(enrolment: Enrolment, item: CourseItem, *, by: audit.Actor | None, at: datetime) -> bool:
    """A learner says that they have studied a lesson. Raises DomainError while the class does not run."""
    if item.kind is not ItemKind.LESSON:
        raise ValueError("only a lesson is done by saying so")
    check_running(enrolment.training_class, day_of(at))
    return mark_done(enrolment, item, by=by, at=at)


def mark_done(enrolment: Enrolment, item: CourseItem, *, by: audit.Actor | None, at: datetime) -> bool:
    """Mark an item of the course done; with the last one the course is completed. Whether anything changed.

    Marking again changes nothing, also when two do it at once.
    """
    if item.version_id != enrolment.training_class.version_id:
        raise ValueError("this item belongs to another course version")
    lock(enrolment)
    done = queries.done_ids(enrolment.id)
    if item.id in done:
        return False
    fresh = ItemDone(enrolment_id=enrolment.id, item_id=item.id, done_at=at)
    db.session.add(fresh)
    audit.record("courses.mark_done", fresh, by=by, at=at, enrolment_id=enrolment.id, item=item.slug)
    if enrolment.completed_at is None and progress_of(queries.item_ids(item.version_id), [*done, item.id]).is_complete:
        _complete(enrolment, by=by, at=at)
    return True


def _complete(enrolment: Enrolment, *, by: audit.Actor | None, at: datetime) -> None:
    version = enrolment.training_class.version
    enrolment.completed_at = at
    audit.record("courses.complete", enrolment, by=by, at=at, course=version.course.code, version=version.number)
    award(
        enrolment.person,
        version.course.qualification,
        awarded_on=day_of(at),
        source=AwardSource.COURSE,
        source_reference=f"enrolment/{enrolment.id}",
        title=version.title,
        hours=version.hours,
        by=by,
        at=at,
    )
