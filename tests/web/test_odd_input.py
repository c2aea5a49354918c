"""No address, however odd, is answered with a fault of ours: every route, every parameter, on both databases."""

import pytest

from tests.web.routes import GET, address
from tests.web.world import world

ASKING = {
    "accounts.sign_in": "next",
    "certificates.list_register": "q older_than newer_than page",
    "coverage.download_figures": "day requirement key map known",
    "coverage.download_figures_as_text": "day requirement key map known",
    "coverage.list_people": "day after before",
    "coverage.print_figures": "day requirement key map known",
    "coverage.read_figures": "day requirement key map known",
    "coverage.show_organisations": "day requirement",
    "coverage.show_overview": "day sort requirement key map known",
    "coverage.show_unit": "day sort requirement key map known",
    "accounts.activate": "code",
    "records.show_reason": "day known_on",
    "records.show_record": "day known_on",
    "registry.list_organisations": "q unit kind product origin state after_id after_key",
    "registry.new_leader": "q person",
    "registry.list_people": "q unit kind account after_id after_key",
    "registry.show_import": "show after",
}
"""Routes that read what is asked, and under which names."""
ODD = (
    "%00",
    "%ED%A0%80%FF",
    "%25_%5C%27%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "-1",
    "99999999999999999999999999",
    "1e400",
    "%D9%A3",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "x" * 3000,
    "%F0%9F%8C%BE%E2%80%AE",
    "%0D%0ASet-Cookie:%20a=b",
    "",
)
IN_A_PATH = ("%00", "%FF", "%252e%252e", "x" * 3000, "-1", "99999999999999999999", "%F0%9F%8C%BE", "%27%5C", "1%00")


@pytest.fixture
def made(app, clock):
    return world()


@pytest.fixture
def keen(made, sign_in):
    """The browser of whoever gets furthest into a route."""
    browsers = {name: sign_in(made.accounts()[name]) for name in ("administrator", "coordinator", "trainer", "learner")}
    return lambda endpoint: next(browser for name, browser in browsers.items() if name in GET[endpoint].allowed)


def status_of(browser, path):
    with browser.get(path) as answer:
        assert "a=b" not in str(answer.headers), path
        assert b"<script>alert" not in answer.data, path
        return answer.status_code


def test_odd_questions(app, made, keen):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for endpoint, names in ASKING.items():
        path = address(app, made, endpoint, GET[endpoint])
        questions = ["&".join(f"{name}={value}" for name in names.split()) for value in ODD]
        questions += ["%00=1", "&=&&;%", "&".join(f"{name}=1&{name}=2" for name in names.split())]
        questions += [f"{name}={value}" for name in names.split() for value in ("%00", "9" * 30)]
        for question in questions:
            assert status_of(keen(endpoint), f"{path}?{question}") < 500, (endpoint, question[:80])


def test_what_no_route_reads_does_no_harm(app, made, keen):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for endpoint, row in GET.items():
        path = address(app, made, endpoint, row)
        assert status_of(keen(endpoint), f"{path}?a=%00") == 400, endpoint


def test_odd_places_in_an_address(app, made, keen):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods:
            continue
        for place in rule.arguments:
            for value in IN_A_PATH:
                path = address(app, made, rule.endpoint, GET[rule.endpoint], **{place: value})
                assert status_of(keen(rule.endpoint), path) < 500, (rule.rule, value[:30])


def test_a_nul_in_a_form_does_no_harm(app, made, keen):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    here = made.here
    forms = [
        ("registry.list_people", "/sign-in", "name password next"),
        ("registry.list_people", "/activate", "name code password password_again"),
        ("registry.list_people", "/certificates/find", "number"),
        ("registry.list_people", "/certificates/register.xlsx", "q"),
        ("registry.list_people", f"/certificates/{here.certificate.id}/revoke", "note password"),
        ("registry.list_people", "/registry/slips", "unit person"),
        ("registry.list_people", f"/classes/{here.training_class.id}/edit", "name trainers"),
        ("registry.list_people", "/account/password", "old_password password password_again"),
        (
            "assessments.mark_submission",
            f"/submissions/{here.submission.id}/marking",
            "remark remark-1 score-1 decision",
        ),
        ("assessments.show_attempt", f"/attempts/{here.attempt.id}", "q1 base do"),
        ("registry.list_people", "/locale", "next locale"),
    ]
    usual = {"starts_on": "2026-11-23", "reason": "data_error", "decision": "return", "locale": "vi"}
    for endpoint, path, names in forms:
        sent = {**usual, **{name: f"{usual.get(name, 'a')}\x00" for name in names.split()}}
        assert keen(endpoint).post(path, data=sent).status_code < 500, path
        sent |= {"decision": "return", "locale": "vi"}
        assert keen(endpoint).post(path, data=sent).status_code < 500, path


def test_odd_numbers_in_forms_mean_nobody(made, keen):
    browser = keen("registry.list_people")
    for number in ("9" * 30, "-1", "1e9", "٣", "0"):
        assert browser.post("/registry/slips", data={"person": number}).status_code == 422, number
        there = f"/classes/{made.here.training_class.id}/enrol"
        assert browser.post(there, data={"person_id": number, "everyone": ""}).status_code in (303, 422), number
    assert browser.post("/registry/slips", data={"person": made.here.person.id}).status_code == 200
