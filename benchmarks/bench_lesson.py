"""A lesson read by a signed-in learner, beside the least code that shows one row on a page of 10 KB."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

import flask_migrate
from flask import Flask
from sqlalchemy import select, text

from assessments.actions import publish_material
from assessments.reading import read_material
from benchmarks import Figure, Options, compare
from benchmarks.pages import Visit, cookie_of, plain_app, plain_engine, plain_page, visits
from courses import actions as courses
from courses.models import CourseVersion, ItemKind
from lms.accounts import actions as accounts
from lms.app import create_app
from lms.core.clock import now
from lms.core.db import db
from lms.records.actions import load_requirements
from lms.registry.actions import load_units
from lms.registry.models import Level, Person, Unit
from lms.settings import PROJECT, Settings

NAME: Final = "lesson"
AIM: Final = 2.5
LEARNERS: Final = 50
DONE: Final = 2
ROWS: Final = 1000
MATERIAL: Final = PROJECT / "courses" / "material" / "quan-ly-chuong-trinh"


def measure(_options: Options) -> Iterator[Figure]:
    """One figure: CPU time of a request, through WSGI, without a network."""
    with tempfile.TemporaryDirectory(prefix="bench-lesson-") as folder:
        times = compare(ours_in(Path(folder)), floor_in(Path(folder)))
        yield times.figure("lesson page, signed in", "a row and a 10 KB page, bare Flask", AIM)


def ours_in(folder: Path) -> Callable[[], bytes]:
    """The application with its own training set; a call is one learner's request, each time another learner's."""
    app = create_app(Settings.from_environ({"LMS_ENVIRONMENT": "test", "LMS_INSTANCE": str(folder / "instance")}))
    with app.app_context():
        flask_migrate.upgrade()
        load_units(now())
        load_requirements(now())
        version = publish_material(read_material(MATERIAL), by=None, at=now()).version
        wanted = [Visit(path, cookie) for cookie, paths in _learners(app, version) for path in paths]
        db.session.commit()
        db.session.remove()
    return visits(app, wanted)


def _learners(app: Flask, version: CourseVersion) -> Iterator[tuple[str, list[str]]]:
    """Cookie and lesson addresses of each learner of a class; everyone has done the first lessons."""
    lessons = [item for item in version.items if item.kind is ItemKind.LESSON]
    training_class = courses.open_class(
        version,
        name="Lớp tự học",
        unit=db.session.scalars(select(Unit).where(Unit.level == Level.CENTRAL)).one(),
        trainers=(),
        starts_on=date(2026, 1, 1),
        ends_on=None,
        is_open=True,
        by=None,
        at=now(),
    )
    db.session.flush()
    for number in range(LEARNERS):
        name = f"Nguyễn Văn {number}"
        user = accounts.make_user(name, names={}, by=None, at=now())
        person = Person(full_name=name, sort_key="", search_key="", match_key="", account=user, created_at=now())
        db.session.add(person)
        db.session.flush()
        enrolment = courses.enrol(training_class, person, by=user, at=now())
        for lesson in lessons[:DONE]:
            courses.finish_lesson(enrolment, lesson, by=user, at=now())
        yield (
            cookie_of(app, accounts.open_session(user, at=now())),
            [f"/learning/{enrolment.id}/lessons/{lesson.slug}" for lesson in lessons],
        )


def floor_in(folder: Path) -> Callable[[], bytes]:
    """The least that does it: one row by its key, whoever asks."""
    engine = plain_engine(folder / "floor.sqlite")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE lesson (id INTEGER PRIMARY KEY, name TEXT, body TEXT)"))
        connection.execute(
            text("INSERT INTO lesson VALUES (:id, :name, :body)"),
            [{"id": number, "name": f"Bài {number}", "body": "Mỗi xã một sản phẩm. " * 30} for number in range(ROWS)],
        )
    app = plain_app()
    found = text("SELECT name, body FROM lesson WHERE id = :id")

    @app.get("/lessons/<int:lesson_id>")
    def show(lesson_id: int) -> str:
        with engine.connect() as connection:
            row = connection.execute(found, {"id": lesson_id}).one()
        return plain_page(row)

    return visits(app, [Visit(f"/lessons/{number}") for number in range(ROWS)])
