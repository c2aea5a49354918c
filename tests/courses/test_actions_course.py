from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from courses import actions
from courses.models import CourseItem, CoursePicture, CourseVersion, Enrolment, ItemDone, TrainingClass
from courses.reading import CourseSource, read_course
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.records.models import Award
from lms.registry.models import Person
from tests.support import make
from tests.support.threads import at_once

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MATERIAL = Path(__file__).parents[2] / "courses" / "material" / "quan-ly-chuong-trinh"


@pytest.fixture
def source(app: Flask) -> CourseSource:
    make.requirements()
    return read_course(MATERIAL)


def test_publishing_makes_a_version_with_items_and_pictures(source: CourseSource) -> None:
    published = actions.publish(source, by=None, at=NOW)

    assert published.is_new
    assert [item.slug for item in published.version.items] == [item.slug for item in source.items]
    assert db.session.scalar(select(func.count(CoursePicture.id))) == len(source.pictures)


def test_publishing_the_same_again_changes_nothing(source: CourseSource) -> None:
    first = actions.publish(source, by=None, at=NOW)

    again = actions.publish(source, by=None, at=NOW)

    assert not again.is_new
    assert again.version is first.version
    assert db.session.scalar(select(func.count(CourseVersion.id))) == 1


def test_other_content_under_the_same_number_is_refused_with_what_to_do(source: CourseSource) -> None:
    actions.publish(source, by=None, at=NOW)

    with pytest.raises(DomainError, match="lên 2"):
        actions.publish(replace(source, digest="0" * 64), by=None, at=NOW)


def test_a_raised_number_is_a_new_version_and_enrolments_stay_on_theirs(source: CourseSource) -> None:
    first = actions.publish(source, by=None, at=NOW).version
    enrolment = make.enrolment(make.training_class(first))

    second = actions.publish(replace(source, version=2, digest="0" * 64), by=None, at=NOW)

    assert second.is_new
    assert second.version.course is first.course
    assert enrolment.training_class.version is first


def test_a_course_cannot_become_another_audience_s(source: CourseSource) -> None:
    actions.publish(source, by=None, at=NOW)

    with pytest.raises(DomainError, match="mã khóa học mới"):
        actions.publish(replace(source, version=2, digest="0" * 64, audience="leader"), by=None, at=NOW)


def test_an_unknown_qualification_is_named(source: CourseSource) -> None:
    with pytest.raises(InvalidInput, match="khong-co"):
        actions.publish(replace(source, qualification="khong-co"), by=None, at=NOW)


def test_the_last_item_completes_the_course_and_awards_once(app: Flask) -> None:
    enrolment = make.enrolment()
    first, last = enrolment.training_class.version.items

    actions.finish_lesson(enrolment, first, by=None, at=NOW)
    assert enrolment.completed_at is None

    actions.finish_lesson(enrolment, last, by=None, at=NOW)
    assert not actions.finish_lesson(enrolment, last, by=None, at=NOW)

    award = db.session.scalars(select(Award)).one()
    assert enrolment.completed_at == NOW
    assert award.awarded_on == date(2026, 11, 23)
    assert award.source_reference == f"enrolment/{enrolment.id}"
    assert award.title == enrolment.training_class.version.title


def test_an_item_of_another_version_never_counts(app: Flask) -> None:
    other = make.course_version().items[0]

    with pytest.raises(ValueError, match="another course version"):
        actions.mark_done(make.enrolment(), other, by=None, at=NOW)


def test_a_quiz_is_not_done_by_saying_so(app: Flask) -> None:
    enrolment = make.enrolment()
    quiz = make.quiz(enrolment.training_class.version)

    with pytest.raises(ValueError, match="only a lesson"):
        actions.finish_lesson(enrolment, quiz.item, by=None, at=NOW)


@pytest.mark.parametrize(("starts_on", "ends_on"), [(date(2026, 12, 1), None), (date(2026, 10, 1), date(2026, 11, 22))])
def test_nothing_counts_while_the_class_does_not_run(app: Flask, starts_on: date, ends_on: date | None) -> None:
    taken = make.training_class(starts_on=starts_on, ends_on=ends_on)
    enrolment = make.enrolment(taken)

    with pytest.raises(DomainError):
        actions.finish_lesson(enrolment, taken.version.items[0], by=None, at=NOW)


def test_nobody_joins_a_class_that_has_ended(app: Flask) -> None:
    ended = make.training_class(ends_on=date(2026, 11, 22))

    with pytest.raises(DomainError, match="kết thúc"):
        actions.enrol(ended, make.person(), by=None, at=NOW)


def test_a_class_cannot_end_before_it_starts(app: Flask) -> None:
    with pytest.raises(InvalidInput, match="Ngày kết thúc"):
        make.training_class(starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 1))


def test_only_trainers_train(app: Flask) -> None:
    with pytest.raises(InvalidInput, match="giảng viên"):
        make.training_class(trainers=[make.user()])


def test_changing_a_class_keeps_what_it_was_before(app: Flask) -> None:
    taken = make.training_class(name="Lớp cũ")

    for _again in range(2):
        actions.change_class(
            taken, name="Lớp mới", trainers=[], starts_on=taken.starts_on, ends_on=None, is_open=True, by=None, at=NOW
        )

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "courses.change_class")).one()
    assert (entry.details["before"]["name"], entry.details["after"]["name"]) == ("Lớp cũ", "Lớp mới")


def test_ten_at_once_enrol_one(app: Flask) -> None:
    class_id, person_id = make.training_class().id, make.person().id

    def enrol() -> int:
        taken, person = db.session.get_one(TrainingClass, class_id), db.session.get_one(Person, person_id)
        return actions.enrol(taken, person, by=None, at=NOW).id

    given = at_once(app, 10, enrol)

    assert given == [db.session.scalars(select(Enrolment.id)).one()] * 10


def test_ten_at_once_complete_once(app: Flask) -> None:
    enrolment = make.enrolment(make.training_class(make.course_version(lessons=1)))
    enrolment_id, item_id = enrolment.id, enrolment.training_class.version.items[0].id

    def finish() -> bool:
        return actions.mark_done(
            db.session.get_one(Enrolment, enrolment_id), db.session.get_one(CourseItem, item_id), by=None, at=NOW
        )

    given = at_once(app, 10, finish)

    assert sorted(given, key=str) == [False] * 9 + [True]
    assert db.session.scalar(select(func.count(ItemDone.id))) == 1
    assert db.session.scalar(select(func.count(Award.id))) == 1
