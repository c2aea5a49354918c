"""The fixtures. Every test that asks for `app` runs twice: on SQLite and on PostgreSQL.

app          the application on a fresh database; makers and `db.session` work in the test itself
client       a visitor who is not signed in
sign_in      sign_in(user) -> a client of that user; any number of them in one test, each its own browser
db_session   the test's own database session
clock        the time stands still at 9:00 on 23/11/2026 in Vietnam; clock.move_to(...), clock.shift(...)
official_units  the units of units.csv with their history are loaded
empty_app    the application on a database without tables, for tests of the migrations
live_server  the application at a real address; url(path), database(), sign_in(page, user)
page_at      page_at(360) or page_at(1280) -> a page in a real browser; scripts=False: no JavaScript
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import scoped_session

from lms.accounts.models import User
from lms.core.db import db
from tests.support.browser import open_page, running_browser
from tests.support.client import Client
from tests.support.databases import Engine, Postgres, Sqlite, application, scratch
from tests.support.live import LiveServer, address_of, listen, serving, signed_in_client
from tests.support.realservers import postgres
from tests.support.rules import remember

remember()


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Replace pytest-flask's own: one request around a whole test would make every client the same user."""


@pytest.fixture(scope="session")
def workshop() -> Iterator[Path]:
    with scratch("lms-test-") as folder:
        yield folder


@pytest.fixture(scope="session")
def sqlite(workshop: Path) -> Engine:
    return Sqlite(workshop)


@pytest.fixture(scope="session")
def postgresql(workshop: Path) -> Iterator[Engine]:
    with postgres() as socket_folder:
        yield Postgres(socket_folder, workshop / "instance")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with listen() as listening:
        yield listening


@pytest.fixture
def app(request: pytest.FixtureRequest, engine: Engine, workshop: Path, listener: socket.socket) -> Iterator[Flask]:
    changes = {"base_url": address_of(listener)} if "live_server" in request.fixturenames else {}
    with_units = "official_units" in request.fixturenames
    with engine.fresh(with_units=with_units) as database_url, scratch("lms-instance-") as instance:
        yield from _running(application(database_url, instance, **changes), workshop)


@pytest.fixture
def official_units(app: Flask) -> None:
    """The official units are there: `app` sees that a test asks for this, and takes a database that has them."""


@pytest.fixture
def empty_app(engine: Engine, workshop: Path) -> Iterator[Flask]:
    with engine.fresh(empty=True) as database_url, scratch("lms-instance-") as instance:
        yield from _running(application(database_url, instance), workshop)


def _running(app: Flask, workshop: Path) -> Iterator[Flask]:
    app.testing = True
    app.test_client_class = Client
    compiled = workshop / "templates"
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def db_session(app: Flask) -> "scoped_session[Any]":
    return db.session


@pytest.fixture
def client(app: Flask) -> Client:
    visitor = app.test_client()
    assert isinstance(visitor, Client)
    return visitor


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User], Client]:
    return lambda user: signed_in_client(app, user)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def live_server(app: Flask, listener: socket.socket) -> Iterator[LiveServer]:
    with serving(app, listener) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


@pytest.fixture
def page_at(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    with ExitStack() as pages:

        def page_at(width: int, *, scripts: bool = True) -> Page:
            return pages.enter_context(open_page(browser, live_server.address, width, scripts=scripts))

        yield page_at
