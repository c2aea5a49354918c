"""The commands that set an installation up."""

import json
import shutil

import pytest
from sqlalchemy import func, select

from certificates.models import Certificate
from courses.models import CourseVersion
from lms.accounts import actions as accounts
from lms.accounts.models import User
from lms.core.clock import now
from lms.core.db import db
from lms.coverage.queries import coverage, mismatches
from lms.registry.models import Level, Person, Unit
from lms.settings import PROJECT
from tests.support import make

COURSE = PROJECT / "courses" / "material" / "quan-ly-chuong-trinh"


@pytest.fixture
def run(app):
    """Run a command and give its result. Neither the test nor an earlier command holds the database meanwhile."""

    def invoke(*words):
        db.session.remove()
        result = app.test_cli_runner().invoke(args=list(words))
        db.session.remove()
        return result

    return invoke


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_setup_brings_units_and_training_set_and_changes_nothing_the_second_time(run):
    first, second = run("setup", "--no-demo"), run("setup", "--no-demo")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert count(Unit, Unit.code_list == "vn-2025", Unit.level == Level.PROVINCE) == 34
    assert count(Unit, Unit.code_list == "vn-2025", Unit.level == Level.COMMUNE) == 3321
    assert count(CourseVersion) == 2
    assert "unchanged" in second.output
    assert count(Person) == 0


def test_the_demonstration_is_refused_in_production(app, run):
    app.config["ENVIRONMENT"] = "production"
    refused = run("setup", "--demo")

    assert refused.exit_code != 0
    assert "production" in refused.output
    assert count(Person) == 0


def test_production_has_no_demonstration_unasked(app, run):
    app.config["ENVIRONMENT"] = "production"

    assert run("setup").exit_code == 0
    assert count(Person) == 0


def test_the_demonstration_is_part_way_through_and_made_once(app, run, client):
    first = run("setup")
    assert first.exit_code == 0, first.output
    told = json.loads((app.config["SETTINGS"].instance_path / "demo-accounts.json").read_text())
    people, certificates = count(Person), count(Certificate)
    second = run("setup")

    assert second.exit_code == 0
    assert (count(Person), count(Certificate)) == (people, certificates)
    assert people > 200
    for line in told:
        assert line["password"] in second.output
        assert accounts.check_sign_in(line["login"], line["password"], address="x", at=now()) is not None
    country = db.session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
    asked = coverage(country, now().date()).requirements
    for requirement in asked:
        assert 0 < requirement.total.trained < requirement.total.obliged
    told = [mismatches(country, requirement.requirement, now().date()) for requirement in asked]
    assert all(one.agreeing and one.undeclared for one in told)
    assert any(one.overcounted for one in told)
    assert any(one.unnamed for one in told)


def test_an_account_is_made_with_a_code_that_opens_it(run, client):
    run("setup", "--no-demo")
    made = run("account", "add", "hang", "--name", "Lê Thu Hằng", "--role", "coordinator", "--unit", "68")
    code = made.output.split()[-1]

    assert made.exit_code == 0
    assert accounts.activate("hang", code, make.PASSWORD, address="x", at=now()) is not None
    db.session.commit()
    assert run("account", "add", "hang", "--name", "Ai đó", "--role", "trainer").exit_code != 0
    assert run("account", "add", "khac", "--name", "Ai đó", "--role", "trainer", "--unit", "999").exit_code != 0
    assert count(User) == 1
    assert run("account", "grant", "hang", "--role", "trainer").exit_code == 0
    assert run("account", "grant", "nobody", "--role", "trainer").exit_code != 0
    user = db.session.scalars(select(User)).one()
    assert {grant.role.value for grant in user.roles} == {"coordinator", "trainer"}
    assert run("account", "suspend", "hang").exit_code == 0
    assert accounts.check_sign_in("hang", make.PASSWORD, address="x", at=now()) is None
    assert run("account", "suspend", "nobody").exit_code != 0


def test_a_wrong_course_is_refused_with_file_and_line_and_nothing_is_loaded(run, tmp_path):
    run("setup", "--no-demo")
    copy = shutil.copytree(COURSE, tmp_path / "course")
    quiz = copy / "quiz.yaml"
    lines = quiz.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if text.strip().startswith("kind:"))
    lines[line - 1] = lines[line - 1].replace("kind:", "kindd:")
    quiz.write_text("\n".join(lines), encoding="utf-8")
    refused = run("material", "load", str(copy))

    assert refused.exit_code == 2
    assert f"quiz.yaml:{line}:" in refused.output
    assert "Thiếu mục “kind”. / The key “kind” is missing." in refused.output
    assert count(CourseVersion) == 2


def test_a_changed_course_needs_a_higher_version(run, tmp_path):
    run("setup", "--no-demo")
    copy = shutil.copytree(COURSE, tmp_path / "course")
    described = copy / "course.yaml"
    described.write_text(described.read_text(encoding="utf-8").replace("hours: 4", "hours: 5"), encoding="utf-8")

    assert run("material", "load", str(copy)).exit_code == 2
    described.write_text(described.read_text(encoding="utf-8").replace("version: 1", "version: 2"), encoding="utf-8")
    assert run("material", "load", str(copy)).exit_code == 0
    assert sorted(db.session.scalars(select(CourseVersion.number))) == [1, 1, 2]


def test_the_help_names_every_group(run):
    shown = run("--help").output

    for group in ("setup", "account", "material", "registry", "coverage", "certificates"):
        assert group in shown
