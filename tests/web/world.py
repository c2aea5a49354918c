"""A small country with somebody in every role, twice: what one province's people may do is tried on the other's."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from assessments import actions as assessments
from assessments.models import Attachment, Attempt, Exercise, Quiz, Submission
from certificates.models import Certificate
from courses.models import CourseItem, CoursePicture, CourseVersion, Enrolment, ItemKind, TrainingClass
from lms.accounts.models import Role, User
from lms.core import jobs
from lms.core.db import db
from lms.coverage.models import Report
from lms.records import actions as records
from lms.records.models import Application, AwardEvidence, Equivalence, PaperClass
from lms.registry import actions as registry
from lms.registry.models import (
    DuplicatePair,
    Excuse,
    ListingExport,
    Organisation,
    Person,
    PersonMerge,
    Position,
    RosterImport,
    Unit,
    UnitChange,
)
from tests.support import make

ROSTER_HEADER: Final = (
    "Họ và tên;Ngày sinh;Giới tính;Số CCCD;Điện thoại;Chức vụ;Đơn vị công tác;Cấp;Tỉnh/Thành phố;Xã/Phường"
    ";Ngày nhận nhiệm vụ\n"
)
PDF: Final = make.pdf()


@dataclass(frozen=True)
class Province:
    """One province with one of each thing that belongs to somebody."""

    unit: Unit
    coordinator: User
    trainer: User
    learner: User
    person: Person
    paper_class: PaperClass
    application: Application
    equivalence: Equivalence
    position: Position
    excuse: Excuse
    other: Person
    pair: DuplicatePair
    merge: PersonMerge
    training_class: TrainingClass
    enrolment: Enrolment
    quiz: Quiz
    attempt: Attempt
    exercise: Exercise
    submission: Submission
    attachment: Attachment
    certificate: Certificate
    roster: RosterImport
    export: ListingExport
    organisation: Organisation
    job: jobs.Job
    report: Report
    resolution: UnitChange
    divided: Unit

    def places(self) -> dict[str, object]:
        """What the places in an address stand for here."""
        return {
            "application_id": self.application.id,
            "equivalence_id": self.equivalence.id,
            "attachment_id": self.attachment.id,
            "attempt_id": self.attempt.id,
            "award_id": self.certificate.award_id,
            "certificate_id": self.certificate.id,
            "class_id": self.training_class.id,
            "code": self.unit.code,
            "enrolment_id": self.enrolment.id,
            "excuse_id": self.excuse.id,
            "file_id": self.certificate.award.evidence[0].id,
            "import_id": self.roster.id,
            "export_id": self.export.id,
            "job_id": self.job.id,
            "merge_id": self.merge.id,
            "number": self.resolution.number,
            "organisation_id": self.organisation.id,
            "other_id": self.other.id,
            "pair_id": self.pair.id,
            "paper_class_id": self.paper_class.id,
            "person_id": self.person.id,
            "report_id": self.report.id,
            "position_id": self.position.id,
            "submission_id": self.submission.id,
            "token": self.certificate.token,
            "unit_id": self.unit.id,
            "version_id": self.training_class.version_id,
        }


@dataclass(frozen=True)
class World:
    """Two provinces, who leads the country, and an account that has nothing."""

    here: Province
    there: Province
    administrator: User
    nobody: User

    def accounts(self) -> dict[str, User]:
        """Everyone with an account, by what they are."""
        return {
            "administrator": self.administrator,
            "coordinator": self.here.coordinator,
            "trainer": self.here.trainer,
            "learner": self.here.learner,
            "other coordinator": self.there.coordinator,
            "other trainer": self.there.trainer,
            "other learner": self.there.learner,
            "nobody": self.nobody,
        }


def world() -> World:
    """Make the country."""
    administrator = make.role(make.user("Lê Văn Quản"), Role.ADMINISTRATOR, unit_id=make.country().id)
    return World(
        here=_province("Cao Bằng", "04", "Hoàng Thị Đầm"),
        there=_province("An Giang", "91", "Néang Sa Rây"),
        administrator=administrator,
        nobody=make.user("Phạm Văn Không"),
    )


def _province(name: str, code: str, learner_name: str) -> Province:
    unit = make.province(name, code=code)
    commune = make.commune(f"Xã của {name}", within=unit, code=f"{code}001")
    trainer = make.trainer(f"Giảng viên {name}", unit=unit)
    coordinator = make.coordinator(unit)
    learner = make.user(learner_name)
    person = make.person(learner_name, account=learner)
    certificate = make.certificate(person, unit=commune)
    file = records.keep_evidence(PDF, name="bang.pdf", by=coordinator, at=make.LONG_AGO)
    db.session.add(AwardEvidence(award_id=certificate.award_id, file_id=file.id))
    version = make.course_version(f"Khóa học của {name}", lessons=1)
    quiz, exercise = make.quiz(version), make.exercise(version)
    db.session.add(CoursePicture(version_id=version.id, name="a.png", media_type="image/png", content=b"\x89PNG"))
    training_class = make.training_class(version, name=f"Lớp {name}", unit=unit, trainers=[trainer])
    enrolment = make.enrolment(training_class, holder=person)
    draft = make.draft(exercise, enrolment)
    attachment = assessments.attach(draft, PDF, name="nhan.pdf", by=learner, at=make.LONG_AGO)
    assessments.submit_work(draft, by=learner, at=make.LONG_AGO)
    line = (
        f"Trần Văn Mới;15/08/1985;Nam;;0912345{code}0;Chuyên viên;UBND xã;Xã;Tỉnh {name};Xã Xã của {name};01/02/2026\n"
    )
    roster = registry.preview_roster(
        (ROSTER_HEADER + line).encode(), f"danh-sach-{code}.csv", by=coordinator, at=make.LONG_AGO
    )
    other = make.official(make.person(f"Người khác ở {name}"), unit=commune).person
    export, _job = registry.ask_for_export(registry.LISTINGS["organisations"], "csv", by=coordinator, at=make.LONG_AGO)
    jobs.offer(jobs.Kind("test.wait", "Việc thử", lambda run: None, lambda job: "/"))
    job = jobs.ask("test.wait", roster, by=coordinator, at=make.LONG_AGO)
    paper_class = make.paper_class(unit, people=[person], title=f"Lớp trên giấy {name}", by=coordinator)
    records.attach_papers(paper_class, [file], by=coordinator, at=make.LONG_AGO)
    db.session.flush()
    return Province(
        unit=unit,
        coordinator=coordinator,
        trainer=trainer,
        learner=learner,
        person=person,
        paper_class=paper_class,
        application=make.application(person, course=f"Khóa nghề {name}", files=[file], by=coordinator),
        equivalence=make.equivalence(certificate.award.qualification),
        position=certificate.award.person.positions[0],
        excuse=make.excuse(person, started_on=make.LONG_AGO_DAY, ended_on=make.LONG_AGO_DAY),
        other=other,
        pair=make.pair(person, other),
        merge=make.merge(make.person(f"Bà {learner_name}"), person),
        training_class=training_class,
        enrolment=enrolment,
        quiz=quiz,
        attempt=make.attempt(quiz, enrolment),
        exercise=exercise,
        submission=draft,
        attachment=attachment,
        certificate=certificate,
        roster=roster,
        export=export,
        organisation=make.organisation(f"Hợp tác xã {name}", unit=commune),
        job=job,
        report=make.report(unit),
        resolution=make.resolution(unit),
        divided=_divided(unit, code),
    )


def _divided(province: Unit, code: str) -> Unit:
    """A commune of before 01/07/2025 that was divided between two of today, with somebody in it."""
    old = make.old_province(f"{province.name} cũ", code=f"{code}")
    divided = make.old_commune(f"Xã chia của {province.name}", within=old, code=f"{code}091")
    parts = [make.commune(f"Phần {side} {province.name}", within=province, code=f"{code}09{side}") for side in (2, 3)]
    make.succession(old, province)
    make.succession(divided, *parts)
    make.official(make.person(f"Người {province.name}"), unit=divided, started_on=date(2024, 1, 1))
    return divided


def slug_of(version: CourseVersion, kind: ItemKind) -> str:
    """The address name of the first item of a kind."""
    item: CourseItem = next(item for item in version.items if item.kind is kind)
    return item.slug
