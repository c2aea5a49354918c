"""Who may do what, route by route: everything of one province, tried by everyone there is, on both databases.

A row says who is let in; everybody else must be refused, whatever they send. A new route fails here until it has one.
"""

import io

import openpyxl
import pytest

from lms.accounts.models import Role
from lms.core.db import db
from lms.web.access import access_of
from tests.support import make
from tests.web.routes import EVERYBODY, GET, LEADERS_HERE, LEARNER, POST, STAFF_HERE, TRAINER, addresses
from tests.web.world import world

REFUSED = (403, 404)
SENT = {
    "home.set_locale": {"locale": "vi"},
    "registry.change_leader": {"person": "new"},
}
"""What is sent where an empty form says too little."""


@pytest.fixture
def made(app, clock):
    return world()


@pytest.fixture
def people(made, sign_in):
    """A browser for everyone who has an account."""
    return {name: sign_in(account) for name, account in made.accounts().items()}


def test_every_route_has_its_row(app):
    def endpoints(method):
        return {rule.endpoint for rule in app.url_map.iter_rules() if method in rule.methods}

    assert endpoints("GET") == GET.keys()
    assert endpoints("POST") == POST.keys()
    assert {method for rule in app.url_map.iter_rules() for method in rule.methods} == {
        "GET",
        "HEAD",
        "OPTIONS",
        "POST",
    }
    for table in (GET, POST):
        for endpoint, row in table.items():
            assert (access_of(app, endpoint) == "public") == row.public, endpoint


def test_reading(app, made, people, client):
    for endpoint, path in addresses(app, made, GET).items():
        row = GET[endpoint]
        for name, browser in people.items():
            with browser.get(path) as answer:
                status = answer.status_code
            if name in row.allowed:
                assert status in (200, 302), (endpoint, name)
            else:
                assert status in REFUSED, (endpoint, name)
        with client.get(path) as answer:
            if row.public:
                assert answer.status_code in (200, 302), endpoint
            elif path.startswith("/api/"):
                assert answer.status_code == 401, endpoint
            else:
                assert answer.location.startswith("/sign-in?next="), endpoint


def test_writing(app, made, people, client):
    paths = addresses(app, made, POST)
    for endpoint, path in paths.items():
        row = POST[endpoint]
        if not row.public:
            assert client.post(path).status_code == 401, endpoint
        for name in EVERYBODY - row.allowed:
            assert people[name].post(path).status_code in REFUSED, (endpoint, name)
    for endpoint in sorted(POST, key=lambda endpoint: endpoint == "accounts.sign_out"):
        for name in sorted(POST[endpoint].allowed):
            status = people[name].post(paths[endpoint], data=SENT.get(endpoint)).status_code
            assert status < 500, (endpoint, name)
            assert status not in (400, 401, *REFUSED), (endpoint, name)


LISTS = [
    ("/registry/people", "Hoàng Thị Đầm", LEADERS_HERE),
    ("/registry/people?q=đầm", "Hoàng Thị Đầm", LEADERS_HERE),
    ("/registry/imports", "danh-sach-04.csv", LEADERS_HERE),
    ("/registry/organisations", "Hợp tác xã Cao Bằng", LEADERS_HERE),
    ("/registry/organisations?q=hop+tac", "Hợp tác xã Cao Bằng", LEADERS_HERE),
    ("/certificates", "Hoàng Thị Đầm", LEADERS_HERE),
    ("/certificates?q=đầm", "Hoàng Thị Đầm", LEADERS_HERE),
    ("/classes", "Lớp Cao Bằng", STAFF_HERE),
    ("/classes/new", "Giảng viên Cao Bằng", LEADERS_HERE),
    ("/paper-classes", "Lớp trên giấy Cao Bằng", LEADERS_HERE),
    ("/applications", "Khóa nghề Cao Bằng", LEADERS_HERE),
    ("/my/applications", "Khóa nghề Cao Bằng", LEARNER),
    ("/marking", "Hoàng Thị Đầm", TRAINER),
    ("/learning", "Lớp Cao Bằng", LEARNER),
    ("/my/certificates", "/2026/GCN-OCOP", LEARNER | {"other learner"}),
    ("/coverage", "Cao Bằng", LEADERS_HERE),
]


def test_lists_searches_and_choices_hold_nothing_from_elsewhere(made, people):
    for path, words, allowed in LISTS:
        seen = {name for name, browser in people.items() if words in browser.get(path).text.split("<main")[-1]}
        # A page may say back what was searched for; the name itself then stands in no list.
        assert seen == allowed, path


def test_the_exported_register_holds_nothing_from_elsewhere(made, people):
    def names(browser):
        answer = browser.post("/certificates/register.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        return {cell.value for line in sheet.iter_rows() for cell in line} & {"Hoàng Thị Đầm", "Néang Sa Rây"}

    assert names(people["coordinator"]) == {"Hoàng Thị Đầm"}
    assert names(people["other coordinator"]) == {"Néang Sa Rây"}
    assert names(people["administrator"]) == {"Hoàng Thị Đầm", "Néang Sa Rây"}


def test_a_thing_is_found_only_through_what_it_belongs_to(made, people):
    """Ids and names of one's own in front, somebody else's behind."""
    here, there = made.here, made.there
    learner, trainer, coordinator = people["learner"], people["trainer"], people["coordinator"]
    only_there = make.quiz(there.training_class.version).item.slug
    mine = f"/learning/{here.enrolment.id}"
    assert learner.get(f"{mine}/quizzes/{only_there}").status_code == 404
    assert learner.post(f"{mine}/quizzes/{only_there}/attempts").status_code == 404
    assert learner.post(f"{mine}/lessons/{only_there}/done").status_code == 404
    assert learner.get(f"{mine}/exercises/{only_there}").status_code == 404
    assert trainer.post(f"/learners/{here.enrolment.id}/quizzes/{only_there}/extra-attempt").status_code == 404
    assert learner.get(f"/courses/{there.training_class.version_id}/pictures/a.png").status_code == 403
    assert coordinator.get(f"/coverage/units/{there.unit.code}").status_code == 403

    # A file of somebody else's work is not taken out of it by naming it in one's own.
    other = make.exercise(here.training_class.version)
    make.draft(other, here.enrolment)
    learner.post(
        f"{mine}/exercises/{other.item.slug}",
        data={"text-product": "Chè Shan tuyết", "base": 1, "do": f"detach-{there.attachment.id}"},
    )
    assert people["other learner"].get(f"/attachments/{there.attachment.id}").status_code == 200


def test_slips_and_enrolments_are_for_ones_own_people_only(made, people):
    here, there = made.here, made.there
    stranger = make.person("Lâm Thị Xa")
    make.official(stranger, unit=there.unit)

    for ids in ([stranger.id], [here.person.id, stranger.id]):
        assert people["coordinator"].post("/registry/slips", data={"person": ids}).status_code == 403
    assert people["coordinator"].post("/registry/slips", data={"unit": there.unit.path}).status_code == 403
    assert stranger.account_id is None
    people["coordinator"].post(f"/classes/{here.training_class.id}/enrol", data={"person_id": [stranger.id]})
    assert "Lâm Thị Xa" not in people["coordinator"].get(f"/classes/{here.training_class.id}").text
    assert people["other coordinator"].post("/registry/slips", data={"person": [stranger.id]}).status_code == 200


def test_a_class_is_opened_in_ones_own_province_with_ones_own_trainers(made, people):
    here, there = made.here, made.there

    def open_class(unit, trainer):
        return people["coordinator"].post(
            "/classes/new",
            data={
                "version_id": here.training_class.version_id,
                "unit_id": unit.id,
                "name": "Lớp mới",
                "starts_on": "2026-11-23",
                "trainers": [trainer.id],
            },
        )

    assert open_class(there.unit, here.trainer).status_code == 422
    assert open_class(here.unit, there.trainer).status_code == 422
    assert open_class(here.unit, here.trainer).status_code == 303


def test_losing_a_role_or_the_account_counts_from_the_next_page_on(made, people):
    coordinator, trainer = made.here.coordinator, made.here.trainer
    assert people["coordinator"].get("/registry/people").status_code == 200
    assert people["trainer"].get(f"/submissions/{made.here.submission.id}").status_code == 200
    coordinator.roles.clear()
    trainer.roles.clear()

    assert people["coordinator"].get("/registry/people").status_code == 403
    assert people["trainer"].get(f"/submissions/{made.here.submission.id}").status_code == 403
    assert people["trainer"].get(f"/attachments/{made.here.attachment.id}").status_code == 403
    make.role(coordinator, Role.COORDINATOR, unit_id=made.there.unit.id)
    db.session.flush()
    assert people["coordinator"].get(f"/registry/people/{made.here.person.id}").status_code == 403
    assert people["coordinator"].get(f"/registry/people/{made.there.person.id}").status_code == 200
