"""The harness itself: what it promises to every other test."""

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_login import current_user
from sqlalchemy import func, select, text

from lms.accounts.actions import make_user
from lms.accounts.models import NameKind, User
from lms.core.clock import now, today
from lms.core.db import db
from lms.web.access import public
from tests.support.browser import DESKTOP, PHONE, open_page
from tests.support.queries import count_queries


def somebody(name: str) -> User:
    user = make_user(name, names={NameKind.PHONE: ""}, by=None, at=now())
    db.session.flush()
    return user


@pytest.fixture
def asked(app: Flask) -> Flask:
    """The application with two views that say who asks and how many users there are."""

    @app.get("/test/who")
    @public
    def who() -> str:
        return str(current_user.id) if current_user.is_authenticated else "nobody"

    @app.post("/test/rename")
    @public
    def rename() -> str:
        user = db.session.get_one(User, current_user.id)
        user.display_name = "Tên mới"
        db.session.commit()
        return "done"

    return app


def test_the_suite_runs_on_both_databases(app, request):
    assert f"[{db.engine.dialect.name}" in request.node.name


def test_two_clients_in_one_test_are_two_people(asked, client, sign_in):
    first, second = somebody("Người thứ nhất"), somebody("Người thứ hai")
    one, two = sign_in(first), sign_in(second)

    assert one.get("/test/who").text == str(first.id)
    assert two.get("/test/who").text == str(second.id)
    assert client.get("/test/who").text == "nobody"
    assert one.get("/test/who").text == str(first.id)


def test_a_request_sees_what_the_test_made_and_the_test_sees_what_it_changed(asked, sign_in):
    user = somebody("Tên cũ")

    assert sign_in(user).post("/test/rename").status_code == 200
    assert user.display_name == "Tên mới"


def test_a_request_without_its_token_is_refused(asked, sign_in):
    member = sign_in(somebody("Tên cũ"))

    assert member.post("/test/rename", csrf=False).status_code == 400


@pytest.mark.parametrize("name", ["một", "hai"])
def test_each_test_starts_with_an_empty_database(app, name):
    assert db.session.scalar(select(func.count()).select_from(User)) == 0
    somebody(name)
    db.session.commit()


def test_the_schema_comes_from_the_migrations(app):
    assert db.session.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_queries_are_counted(app):
    with count_queries() as queries:
        db.session.scalar(select(func.count()).select_from(User))
        db.session.scalar(select(func.max(User.id)))

    assert len(queries) == 2, queries


def test_the_clock_stands_still(clock):
    assert now() == now() == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    clock.move_to(datetime(2026, 12, 31, 17, 30, tzinfo=UTC))
    assert today().isoformat() == "2027-01-01"


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_browser_reaches_the_application_as_a_signed_in_user(asked, live_server, page_at, width):
    user = somebody("Người dùng trình duyệt")
    page = page_at(width)
    page.goto(live_server.url("/test/who"))
    assert page.inner_text("body") == "nobody"

    live_server.sign_in(page, user)
    page.goto(live_server.url("/test/who"))

    assert page.inner_text("body") == str(user.id)
    assert page.evaluate("[navigator.language, screen.width]") == ["vi-VN", width]
    with live_server.database():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1
    assert threading.active_count() < 20


@pytest.mark.browser
def test_a_page_that_breaks_the_content_policy_fails_its_test(asked, browser, live_server):
    @asked.get("/test/bad")
    @public
    def bad() -> str:
        return "<!doctype html><title>x</title><script>document.title = 'ran'</script>"

    def visit() -> None:
        with open_page(browser, live_server.address, DESKTOP) as page:
            page.goto(live_server.url("/test/bad"))
            assert page.title() == "x"

    with pytest.raises(AssertionError, match="Content Security Policy"):
        visit()
