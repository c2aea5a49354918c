"""What benchmarks of pages share: visitors without a network, and a plain page of some 10 KB to compare with."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Flask, render_template
from flask.sessions import SecureCookieSessionInterface
from jinja2 import DictLoader
from sqlalchemy import Engine, create_engine, event, select
from werkzeug.test import EnvironBuilder

from lms.accounts import actions as accounts
from lms.accounts.models import Role
from lms.accounts.views import SESSION_KEY
from lms.core.clock import now
from lms.core.db import db
from lms.registry.models import Level, Unit

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


@dataclass(frozen=True)
class Visit:
    """One request that a visitor makes."""

    path: str
    cookie: str = ""


def cookie_of(app: Flask, token: str) -> str:
    """What the browser of someone who has signed in sends."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({SESSION_KEY: token, '_permanent': True})}"


def administrator(app: Flask) -> str:
    """The cookie of somebody who has just signed in and leads the whole country; it is on the disk."""
    with app.app_context():
        country = db.session.scalars(select(Unit.id).where(Unit.level == Level.CENTRAL)).one()
        user = accounts.make_user("Trần Thị Đo", names={}, by=None, at=now())
        db.session.flush()
        accounts.grant_role(user, Role.ADMINISTRATOR, unit_id=country, by=None, at=now())
        token = accounts.open_session(user, at=now())
        db.session.commit()
        db.session.remove()
        return cookie_of(app, token)


def visits(app: Flask, wanted: Iterable[Visit]) -> Callable[[], bytes]:
    """A call makes the next of these requests and takes the whole answer; after the last comes the first again."""
    turns = itertools.cycle(wanted)

    def visit() -> bytes:
        asked = next(turns)
        headers = [("Cookie", asked.cookie)] if asked.cookie else None
        environ = EnvironBuilder(asked.path, headers=headers).get_environ()
        statuses: list[str] = []

        def start(status: str, _headers: object, _fault: object = None, /) -> Callable[[bytes], object]:
            statuses.append(status)
            return lambda _body: None

        answer = app(environ, start)
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        assert statuses == ["200 OK"], statuses
        return body

    return visit


def plain_app() -> Flask:
    """An application without sessions, headers, languages or state; `plain_page` is all that it has to show."""
    app = Flask("floor")
    app.jinja_loader = DictLoader({"base.html": PLAIN_BASE, "page.html": PLAIN_PAGE})
    return app


def plain_page(row: Any) -> str:
    """A page about one row, with a `name` and a `body`."""
    return render_template("page.html", row=row, lines=LINES, places=PLACES, footer="x" * 400)


def plain_engine(path: Path) -> Engine:
    """An SQLite file kept as safely as ours: WAL, synced at every commit."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def keep_safely(connection: Any, _entry: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine
