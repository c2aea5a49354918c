"""Reads of courses, classes and enrolments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, joinedload, load_only, selectinload

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
from courses.rules import Progress, join_fault, progress_of
from lms.accounts.models import Role, RoleGrant, User
from lms.core.db import db
from lms.records.models import Award
from lms.records.queries import award_counts
from lms.registry.models import Person, Position, Unit
from lms.registry.queries import ids_of_one
from lms.registry.words import unit_name

LIGHT_ITEM = load_only(
    CourseItem.id,
    CourseItem.version_id,
    CourseItem.position,
    CourseItem.kind,
    CourseItem.slug,
    CourseItem.title,
    CourseItem.minutes,
)
"""An item without its text: enough for lists and steps."""


@dataclass(frozen=True)
class Study:
    """One enrolment of a learner with how far it is."""

    enrolment: Enrolment
    items: Sequence[CourseItem]
    done_ids: frozenset[int]

    @property
    def progress(self) -> Progress:
        return progress_of((item.id for item in self.items), self.done_ids)

    @property
    def next_item(self) -> CourseItem | None:
        """The first item that is not done yet, in the advised order."""
        return next((item for item in self.items if item.id not in self.done_ids), None)

    def is_done(self, item: CourseItem) -> bool:
        return item.id in self.done_ids


@dataclass(frozen=True)
class Learner:
    """One row of a class's list."""

    enrolment: Enrolment
    progress: Progress


def course_by_code(code: str) -> Course | None:
    """The course with this code."""
    return db.session.scalar(select(Course).where(Course.code == code))


def versions() -> Sequence[CourseVersion]:
    """Every published version, by course, newest first."""
    return db.session.scalars(
        select(CourseVersion)
        .join(CourseVersion.course)
        .options(contains_eager(CourseVersion.course).joinedload(Course.qualification))
        .order_by(Course.code, CourseVersion.number.desc())
    ).all()


def version_with_items(version_id: int) -> CourseVersion | None:
    """A version with its course and its items without their texts."""
    return db.session.scalar(
        select(CourseVersion)
        .options(
            joinedload(CourseVersion.course).joinedload(Course.qualification),
            selectinload(CourseVersion.items).options(LIGHT_ITEM),
        )
        .where(CourseVersion.id == version_id)
    )


def item_of(version_id: int, slug: str, kind: ItemKind) -> CourseItem | None:
    """One item of a version, with its text."""
    return db.session.scalar(_ITEM, {"version_id": version_id, "slug": slug, "kind": kind})


_ITEM: Final = select(CourseItem).where(
    CourseItem.version_id == bindparam("version_id"),
    CourseItem.slug == bindparam("slug"),
    CourseItem.kind == bindparam("kind"),
)
"""Asked by every page of an item, so it is built once."""


def is_version_allowed(version_id: int, readable: ColumnElement[bool]) -> bool:
    """Whether a version is one of those that an expression allows."""
    return bool(db.session.scalar(select(exists().where(CourseVersion.id == version_id, readable))))


def picture(version_id: int, name: str) -> tuple[str, bytes] | None:
    """Media type and bytes of a picture."""
    row = db.session.execute(
        select(CoursePicture.media_type, CoursePicture.content).where(
            CoursePicture.version_id == version_id, CoursePicture.name == name
        )
    ).one_or_none()
    return None if row is None else (row.media_type, row.content)


def enrolment_with_course(enrolment_id: int) -> Enrolment | None:
    """An enrolment with its person, class, course version and course, in one go."""
    return db.session.scalar(_ENROLMENT, {"enrolment_id": enrolment_id})


def _enrolments() -> Select[Enrolment]:
    return select(Enrolment).options(
        joinedload(Enrolment.person, innerjoin=True),
        joinedload(Enrolment.training_class, innerjoin=True)
        .joinedload(TrainingClass.version, innerjoin=True)
        .joinedload(CourseVersion.course, innerjoin=True),
    )


_ENROLMENT: Final = _enrolments().where(Enrolment.id == bindparam("enrolment_id"))
"""Asked by every page of a learner, so it is built once."""


def study_of(enrolment: Enrolment) -> Study:
    """How far one enrolment is."""
    return _studies([enrolment])[0]


def studies_of(person: Person) -> list[Study]:
    """Everything a person takes or took, what is unfinished first, then the newest."""
    found = db.session.scalars(
        _enrolments()
        .where(Enrolment.person_id.in_(ids_of_one(person)))
        .order_by(Enrolment.completed_at.is_not(None), Enrolment.enrolled_at.desc(), Enrolment.id.desc())
    ).all()
    return _studies(found)


def _studies(enrolments: Sequence[Enrolment]) -> list[Study]:
    items: dict[int, list[CourseItem]] = {enrolment.id: [] for enrolment in enrolments}
    done: dict[int, set[int]] = {enrolment.id: set() for enrolment in enrolments}
    if enrolments:
        for enrolment_id, item, done_id in db.session.execute(_STEPS, {"enrolment_ids": list(items)}):
            items[enrolment_id].append(item)
            if done_id is not None:
                done[enrolment_id].add(item.id)
    return [Study(enrolment, items[enrolment.id], frozenset(done[enrolment.id])) for enrolment in enrolments]


_STEPS: Final = (
    select(Enrolment.id, CourseItem, ItemDone.id)
    .join(TrainingClass, TrainingClass.id == Enrolment.class_id)
    .join(CourseItem, CourseItem.version_id == TrainingClass.version_id)
    .outerjoin(ItemDone, and_(ItemDone.enrolment_id == Enrolment.id, ItemDone.item_id == CourseItem.id))
    .options(LIGHT_ITEM)
    .where(Enrolment.id.in_(bindparam("enrolment_ids", expanding=True)))
    .order_by(Enrolment.id, CourseItem.position)
)
"""Each item of each enrolment's course, and whether it is done."""


def _done_ids(enrolment_ids: Iterable[int]) -> dict[int, set[int]]:
    done: dict[int, set[int]] = {}
    wanted = list(enrolment_ids)
    if wanted:
        for enrolment_id, item_id in db.session.execute(
            select(ItemDone.enrolment_id, ItemDone.item_id).where(ItemDone.enrolment_id.in_(wanted))
        ):
            done.setdefault(enrolment_id, set()).add(item_id)
    return done


def item_ids(version_id: int) -> list[int]:
    """Ids of a version's items."""
    return list(db.session.scalars(select(CourseItem.id).where(CourseItem.version_id == version_id)))


def done_ids(enrolment_id: int) -> list[int]:
    """Ids of the items that an enrolment has done."""
    return list(db.session.scalars(select(ItemDone.item_id).where(ItemDone.enrolment_id == enrolment_id)))


def position_paths(person: Person, version: CourseVersion, day: date) -> list[str]:
    """Paths of the units in which a person holds a position of a course's audience on a day."""
    return list(
        db.session.scalars(
            select(Unit.path)
            .join(Position, Position.unit_id == Unit.id)
            .where(Position.person_id.in_(ids_of_one(person)), Position.kind == version.course.audience, _held_on(day))
        )
    )


def _held_on(day: date) -> ColumnElement[bool]:
    return and_(Position.started_on <= day, or_(Position.ended_on.is_(None), Position.ended_on >= day))


def classes_to_join(person: Person, day: date) -> list[TrainingClass]:
    """Classes that a person may join by themselves, of courses that they are not taking and have not completed."""
    ids = ids_of_one(person)
    taken = (
        select(CourseVersion.course_id)
        .join(TrainingClass, TrainingClass.version_id == CourseVersion.id)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .where(Enrolment.person_id.in_(ids))
    )
    held = db.session.execute(
        select(Position.kind, Unit.path)
        .join(Unit, Unit.id == Position.unit_id)
        .where(Position.person_id.in_(ids), _held_on(day))
    ).all()
    if not held:
        return []
    found = db.session.scalars(
        select(TrainingClass)
        .join(TrainingClass.unit)
        .join(TrainingClass.version)
        .join(CourseVersion.course)
        .options(
            contains_eager(TrainingClass.unit),
            contains_eager(TrainingClass.version).contains_eager(CourseVersion.course),
        )
        .where(
            TrainingClass.is_open,
            TrainingClass.starts_on <= day,
            or_(TrainingClass.ends_on.is_(None), TrainingClass.ends_on >= day),
            CourseVersion.course_id.not_in(taken),
            or_(*(and_(Course.audience == row.kind, Unit.path.in_(_upwards(row.path))) for row in held)),
        )
        .order_by(TrainingClass.starts_on.desc(), TrainingClass.id.desc())
    ).all()
    return [
        training_class
        for training_class in found
        if join_fault(
            is_open=training_class.is_open,
            starts_on=training_class.starts_on,
            ends_on=training_class.ends_on,
            class_path=training_class.unit.path,
            position_paths=[row.path for row in held if row.kind == training_class.version.course.audience],
            day=day,
        )
        is None
    ]


def _upwards(path: str) -> list[str]:
    """The unit itself and every unit above it: 'vn/75/25993' lies in 'vn', 'vn/75' and itself."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]


def is_taking(person: Person, course: Course) -> bool:
    """Whether a person has taken or is taking a course, in any class."""
    return bool(
        db.session.scalar(
            select(
                exists()
                .where(Enrolment.person_id.in_(ids_of_one(person)))
                .where(Enrolment.class_id == TrainingClass.id)
                .where(TrainingClass.version_id == CourseVersion.id)
                .where(CourseVersion.course_id == course.id)
            )
        )
    )


def enrolment_of(training_class: TrainingClass, person: Person) -> Enrolment | None:
    """A person's enrolment in a class."""
    return db.session.scalar(
        select(Enrolment)
        .where(Enrolment.class_id == training_class.id, Enrolment.person_id.in_(ids_of_one(person)))
        .order_by(Enrolment.id)
        .limit(1)
    )


def enrolments_of(training_class: TrainingClass) -> Sequence[Enrolment]:
    """Everyone in a class, by name."""
    return db.session.scalars(
        _enrolments()
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.class_id == training_class.id)
        .order_by(Person.sort_key, Person.id)
    ).all()


@dataclass(frozen=True)
class ClassRow:
    """One row of the list of classes."""

    training_class: TrainingClass
    learner_count: int
    completed_count: int


def classes(visible: ColumnElement[bool]) -> list[ClassRow]:
    """The classes that an expression allows, the newest first, with how many learn and how many completed."""
    counts = (
        select(
            Enrolment.class_id,
            func.count(Enrolment.id).label("learners"),
            func.count(Enrolment.completed_at).label("completed"),
        )
        .group_by(Enrolment.class_id)
        .subquery()
    )
    rows = db.session.execute(
        select(TrainingClass, func.coalesce(counts.c.learners, 0), func.coalesce(counts.c.completed, 0))
        .outerjoin(counts, counts.c.class_id == TrainingClass.id)
        .join(TrainingClass.unit)
        .options(
            contains_eager(TrainingClass.unit),
            joinedload(TrainingClass.version),
            selectinload(TrainingClass.trainers),
        )
        .where(visible)
        .order_by(TrainingClass.starts_on.desc(), TrainingClass.id.desc())
    )
    return [ClassRow(*row) for row in rows]


def class_with_course(class_id: int) -> TrainingClass | None:
    """A class with its unit, course version, course and trainers."""
    return db.session.scalar(
        select(TrainingClass)
        .options(
            joinedload(TrainingClass.unit, innerjoin=True),
            joinedload(TrainingClass.version, innerjoin=True)
            .joinedload(CourseVersion.course, innerjoin=True)
            .joinedload(Course.qualification, innerjoin=True),
            selectinload(TrainingClass.trainers),
        )
        .where(TrainingClass.id == class_id)
    )


def learners_of(training_class: TrainingClass) -> list[Learner]:
    """The people of a class by name, each with how far they are."""
    enrolments = enrolments_of(training_class)
    items = item_ids(training_class.version_id)
    done = _done_ids(enrolment.id for enrolment in enrolments)
    return [Learner(enrolment, progress_of(items, done.get(enrolment.id, ()))) for enrolment in enrolments]


def outstanding_people(training_class: TrainingClass, day: date) -> Sequence[Person]:
    """Whom a class is for and who still needs it, by name.

    They hold a position of the course's audience in the class's unit or below it, have no award of the
    qualification that counts on the day, and do not take the same course now in this or another class.
    """
    path = training_class.unit.path
    course = training_class.version.course
    held = _has(
        Position.person_id,
        Position.kind == course.audience,
        _held_on(day),
        Unit.id == Position.unit_id,
        or_(Unit.path == path, Unit.path.startswith(f"{path}/", autoescape=True)),
    )
    awarded = _has(
        Award.person_id,
        Award.qualification_id == course.qualification_id,
        Award.is_partial.is_(False),
        award_counts(day),
    )
    taking = _has(
        Enrolment.person_id,
        Enrolment.class_id == TrainingClass.id,
        TrainingClass.version_id == CourseVersion.id,
        CourseVersion.course_id == course.id,
        or_(Enrolment.class_id == training_class.id, Enrolment.completed_at.is_(None)),
    )
    return db.session.scalars(
        select(Person)
        .where(Person.merged_into_id.is_(None), held, ~awarded, ~taking)
        .order_by(Person.sort_key, Person.id)
    ).all()


def _has(person_id: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is a row like this of the person read, or of one that was merged into it."""
    merged = aliased(Person)
    through = select(merged.merged_into_id).where(merged.merged_into_id > 0, person_id == merged.id, *conditions)
    return or_(exists().where(person_id == Person.id, *conditions), Person.id.in_(through))


def trainers_for(paths: Iterable[str]) -> Sequence[User]:
    """Accounts that may train in any of these units: trainers of the unit itself, of one above or of one below it."""
    near = [or_(Unit.path.in_(_upwards(path)), Unit.path.startswith(f"{path}/", autoescape=True)) for path in paths]
    return db.session.scalars(
        select(User)
        .where(
            User.suspended_at.is_(None),
            exists()
            .where(RoleGrant.user_id == User.id, RoleGrant.role == Role.TRAINER)
            .where(Unit.id == RoleGrant.unit_id)
            .where(or_(false(), *near)),
        )
        .order_by(User.display_name, User.id)
    ).all()


def unit(unit_id: int) -> Unit | None:
    """A unit by id."""
    return db.session.get(Unit, unit_id)


def unit_choices(paths: Iterable[str]) -> list[tuple[int, str]]:
    """The units at these paths and directly below them that exist today, for choosing where a class is."""
    tops = db.session.scalars(select(Unit).where(Unit.path.in_(list(paths))).order_by(Unit.path)).all()
    found: dict[int, str] = {}
    for top in tops:
        found[top.id] = unit_name(top)
        for below in db.session.scalars(
            select(Unit).where(Unit.parent_id == top.id, Unit.valid_to.is_(None)).order_by(Unit.match_key, Unit.id)
        ):
            found[below.id] = f"{unit_name(top)} › {unit_name(below)}" if top.parent_id else unit_name(below)
    return list(found.items())
