"""What holds for every page and every answer."""

import pytest
from werkzeug.routing import IntegerConverter

from lms.web.access import access_of, own_path

SIGNED_IN_STARTS = ("/account",)
ENTRY_PAGES = ("/", "/sign-in", "/activate")


def routes(app, method):
    return sorted(
        {rule.endpoint: rule for rule in app.url_map.iter_rules() if method in rule.methods}.values(),
        key=lambda rule: rule.endpoint,
    )


def address(app, rule):
    values = {
        name: 1 if isinstance(converter, IntegerConverter) else "x" for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def test_every_view_says_who_may_use_it(app):
    assert {endpoint for endpoint in app.view_functions if access_of(app, endpoint) is None} == set()


def test_a_view_that_says_nothing_stops_the_start(app):
    from lms.web.access import check_every_view

    app.add_url_rule("/test/silent", "silent", lambda: "x")
    with pytest.raises(RuntimeError, match="silent"):
        check_every_view(app)


def test_strangers_are_led_to_the_door_from_every_page_that_is_not_public(app, client):
    for rule in routes(app, "GET"):
        answer = client.get(address(app, rule))
        if rule.rule.startswith("/api/"):
            assert answer.status_code == 401, rule.endpoint
        elif access_of(app, rule.endpoint) == "signed_in":
            assert answer.status_code == 302, rule.endpoint
            assert answer.location.startswith("/sign-in?next="), rule.endpoint
        else:
            assert answer.status_code in (200, 302, 400, 404), rule.endpoint


def test_strangers_can_change_nothing_that_is_not_public(app, client):
    for rule in routes(app, "POST"):
        if access_of(app, rule.endpoint) == "signed_in":
            assert client.post(address(app, rule)).status_code == 401, rule.endpoint


def test_every_unsafe_request_needs_its_token(app, client, sign_in):
    from tests.support import make

    signed_in = sign_in(make.user())
    for rule in routes(app, "POST"):
        stranger = client if access_of(app, rule.endpoint) == "public" else signed_in
        for browser in (stranger, signed_in):
            assert browser.post(address(app, rule), csrf=False).status_code == 400, rule.endpoint


def test_the_same_request_with_its_token_is_let_in(client):
    assert client.post("/locale", data={"locale": "en"}).status_code == 303


def test_every_answer_carries_the_guarding_headers(app, client):
    for path in (*ENTRY_PAGES, "/no-such-page", "/static/img/mark.svg", "/account"):
        headers = client.get(path, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "Referrer-Policy" in headers, path


def test_pages_are_kept_by_nobody_and_assets_by_everybody(client):
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert "max-age" in client.get("/static/img/mark.svg", buffered=True).headers["Cache-Control"]


def test_pages_need_nothing_from_another_host(client):
    for path in ENTRY_PAGES:
        text = client.get(path).text
        assert "http://" not in text.replace("http://www.w3.org", ""), path
        assert "https://" not in text, path
        assert " style=" not in text, path
        assert "<script>" not in text, path


def test_the_language_can_be_switched_and_stays(client):
    assert 'lang="vi"' in client.get("/sign-in").text
    client.post("/locale", data={"locale": "en", "next": "/sign-in"})

    page = client.get("/sign-in").text
    assert 'lang="en"' in page
    assert "Password" in page


def test_an_unknown_language_is_refused(client):
    assert client.post("/locale", data={"locale": "xx"}).status_code == 400


def test_an_unknown_page_says_so_kindly(client):
    answer = client.get("/no-such-page")

    assert answer.status_code == 404
    assert "Không tìm thấy trang" in answer.text


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/people?page=2", "/people?page=2"),
        ("https://evil.example/", "/home"),
        ("//evil.example/", "/home"),
        ("/\\evil.example", "/home"),
        ("/a\nSet-Cookie: x", "/home"),
        ("people", "/home"),
        ("", "/home"),
        (None, "/home"),
    ],
)
def test_going_on_means_a_place_of_ours(target, goes_to):
    assert own_path(target, "/home") == goes_to


def test_a_body_that_is_too_large_gets_a_clear_answer(app, client):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post("/sign-in", data={"name": "x" * 2000, "password": "y"})

    assert answer.status_code == 413
    assert "Tệp quá lớn" in answer.text
