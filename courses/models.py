"""What is taught and how far people are: course versions, their items, training classes, enrolments."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import User
from lms.core.db import Model, one_of
from lms.records.models import Qualification
from lms.registry.models import Person, PositionKind, Unit


class Course(Model):
    """A course of the training set, through all its versions."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"))
    """What completing it awards."""
    audience: Mapped[PositionKind] = mapped_column(one_of(PositionKind))

    qualification: Mapped[Qualification] = relationship()
    versions: Mapped[list["CourseVersion"]] = relationship(back_populates="course", order_by="CourseVersion.number")


class CourseVersion(Model):
    """One published state of a course. Never edited: a change is a new version; enrolments stay on theirs."""

    __tablename__ = "course_version"
    __table_args__ = (UniqueConstraint("course_id", "number"), CheckConstraint("number > 0", name="number_from_one"))

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    hours: Mapped[int]
    legal_basis: Mapped[list[str]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the files it was loaded from."""
    published_at: Mapped[datetime]

    course: Mapped[Course] = relationship(back_populates="versions")
    items: Mapped[list["CourseItem"]] = relationship(back_populates="version", order_by="CourseItem.position")


class ItemKind(StrEnum):
    """What a learner does with an item."""

    LESSON = "lesson"
    QUIZ = "quiz"
    EXERCISE = "exercise"


class CourseItem(Model):
    """One step of a course. All of them done is the course completed."""

    __tablename__ = "course_item"
    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        UniqueConstraint("version_id", "slug"),
        CheckConstraint("(kind = 'lesson') = (body IS NOT NULL)", name="lesson_has_body"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    position: Mapped[int]
    """From 1, in the order to be taken."""
    kind: Mapped[ItemKind] = mapped_column(one_of(ItemKind))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    minutes: Mapped[int | None]
    """Reading time of a lesson, as its author estimates it."""
    body: Mapped[str | None] = mapped_column(Text)
    """Markdown of a lesson."""
    sources: Mapped[list[Any]] = mapped_column(JSON)

    version: Mapped[CourseVersion] = relationship(back_populates="items")


class CoursePicture(Model):
    """A picture that lessons of one version show."""

    __tablename__ = "course_picture"
    __table_args__ = (UniqueConstraint("version_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    name: Mapped[str] = mapped_column(String(100))
    media_type: Mapped[str] = mapped_column(String(60))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class TrainingClass(Model):
    """A group that takes one course version together, with its trainers."""

    __tablename__ = "training_class"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    """Who may join: people with a position in this unit or below it."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    is_open: Mapped[bool]
    """Whether a learner may join by themselves."""

    version: Mapped[CourseVersion] = relationship()
    unit: Mapped[Unit] = relationship()
    trainers: Mapped[list[User]] = relationship(secondary="class_trainer")


class ClassTrainer(Model):
    """A trainer of a class: who marks its exercises."""

    __tablename__ = "class_trainer"

    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)


class Enrolment(Model):
    """A person takes a course in a class. Completed once, never undone."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("class_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enrolled_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]

    training_class: Mapped[TrainingClass] = relationship()
    person: Mapped[Person] = relationship()
    done: Mapped[list["ItemDone"]] = relationship(back_populates="enrolment")


class ItemDone(Model):
    """A learner did an item: read a lesson, passed the quiz, had the exercise accepted."""

    __tablename__ = "item_done"
    __table_args__ = (UniqueConstraint("enrolment_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("course_item.id"), index=True)
    done_at: Mapped[datetime]

    enrolment: Mapped[Enrolment] = relationship(back_populates="done")
