"""The public verify page, beside the least code that does the same: one row, its signature, a page of 10 KB."""

import itertools
import secrets
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import flask_migrate
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import create_engine, event, select, text
from werkzeug.test import EnvironBuilder

from benchmarks import Figure, compare
from certificates import actions
from certificates.models import Certificate
from lms.app import create_app
from lms.core.db import db
from lms.records.actions import load_requirements
from lms.records.models import Award, AwardSource, Qualification
from lms.registry.models import Person
from lms.settings import Settings

NAME: Final = "verify"
AIM: Final = 2.5
ROWS: Final = 1000
NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PLAIN_BASE: Final = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<title>{% block title %}{% endblock %}</title>
<link rel="stylesheet" href="{{ url_for('static', filename='all.css') }}"></head><body>
<nav><ul>{% for href, label in places %}<li><a href="{{ href }}">{{ label }}</a></li>{% endfor %}</ul></nav>
<main>{% block main %}{% endblock %}</main><footer>{{ footer }}</footer></body></html>"""
PLAIN_PAGE: Final = """{% extends "base.html" %}{% block title %}{{ row.name }}{% endblock %}{% block main %}
<h1>{{ row.name }}</h1><p>{{ row.body }}</p><table>{% for line in lines %}<tr class="{{ loop.cycle('odd', 'even') }}">
<td>{{ loop.index }}</td><td><a href="/lessons/{{ line.id }}">{{ line.title }}</a></td><td>{{ line.state }}</td>
<td>{{ "%.1f" | format(line.hours) }}</td></tr>{% endfor %}</table>{% endblock %}"""
PLACES: Final = [(f"/places/{number}", f"Mục {number}") for number in range(12)]
LINES: Final = [
    {"id": number, "title": f"Bài {number}: chu trình OCOP & tiêu chí", "state": "đã xong", "hours": number * 1.5}
    for number in range(60)
]


def measure() -> Iterator[Figure]:
    """One figure: CPU time of a request, through WSGI, without a network."""
    with tempfile.TemporaryDirectory(prefix="bench-verify-") as folder:
        ours = ours_in(Path(folder))
        floor = floor_in(Path(folder))
        yield compare(ours, floor).figure("verify page", "a row, a signature, a 10 KB page", AIM)


def ours_in(folder: Path) -> Callable[[], bytes]:
    """The application with its certificates; a call is one visitor's request."""
    app = create_app(Settings.from_environ({"LMS_ENVIRONMENT": "test", "LMS_INSTANCE": str(folder / "instance")}))
    with app.app_context():
        flask_migrate.upgrade()
        load_requirements(NOW)
        qualification_id = db.session.scalars(select(Qualification.id).limit(1)).one()
        for number in range(ROWS):
            holder = Person(
                full_name=f"Nguyễn Văn {number}",
                sort_key="",
                search_key="",
                match_key="",
                birth_on=date(1987, 3, 14),
                created_at=NOW,
            )
            db.session.add(holder)
            db.session.flush()
            award = Award(
                person_id=holder.id,
                qualification_id=qualification_id,
                awarded_on=date(2026, 11, 20),
                source=AwardSource.COURSE,
                source_reference=f"bench/{number}",
                title="Chu trình OCOP sáu bước",
                hours=16,
                entered_at=NOW,
            )
            db.session.add(award)
            db.session.flush()
            actions.issue(award, by=None, at=NOW)
        db.session.commit()
        tokens = db.session.scalars(select(Certificate.token)).all()
        db.session.remove()
    return visits(app, [f"/v/{token}" for token in tokens])


def floor_in(folder: Path) -> Callable[[], bytes]:
    """The least that does it: no sessions, no headers, no languages, no state."""
    engine = create_engine(f"sqlite:///{folder / 'floor.sqlite'}")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")

    key = Ed25519PrivateKey.generate()
    public = key.public_key()
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE paper (token TEXT PRIMARY KEY, name TEXT, body TEXT, signature BLOB) WITHOUT ROWID")
        )
        rows = []
        for number in range(ROWS):
            body = f"Nguyễn Văn {number}, chu trình OCOP sáu bước, " + "y" * 300
            token = secrets.token_urlsafe(16)
            rows.append({"t": token, "n": f"Nguyễn Văn {number}", "b": body, "s": key.sign(body.encode())})
        connection.execute(text("INSERT INTO paper VALUES (:t, :n, :b, :s)"), rows)
    app = Flask("floor")
    app.jinja_loader = DictLoader({"base.html": PLAIN_BASE, "page.html": PLAIN_PAGE})
    found = text("SELECT name, body, signature FROM paper WHERE token = :token")

    @app.get("/v/<token>")
    def verify(token: str) -> str:
        with engine.connect() as connection:
            row = connection.execute(found, {"token": token}).one()
        public.verify(row.signature, row.body.encode())
        return render_template("page.html", row=row, lines=LINES, places=PLACES, footer="x" * 400)

    return visits(app, [f"/v/{row['t']}" for row in rows])


def visits(app: Flask, paths: list[str]) -> Callable[[], bytes]:
    """A call asks for the next of these pages and takes the whole answer."""
    turns = itertools.cycle(paths)

    def visit() -> bytes:
        environ = EnvironBuilder(next(turns)).get_environ()
        statuses: list[str] = []
        answer = app(environ, lambda status, _headers, _fault=None: statuses.append(status) or (lambda _: None))
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        assert statuses == ["200 OK"], statuses
        return body

    return visit
