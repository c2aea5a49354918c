"""Taking listings out: what for is written down, long ones are made by a job, and nobody gets another's file."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.core import storage
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.jobs import Job, JobState
from lms.core.secrets import seal
from lms.core.storage import StoredFile
from lms.registry import actions
from lms.registry.actions import exports
from lms.registry.actions.listings import LISTINGS
from lms.registry.models import ListingExport
from lms.registry.queries import id_number_index
from tests.registry.test_listings import AT
from tests.support import make
from tests.support.client import release
from tests.support.jobs import work_all
from tests.support.queries import count_queries

NUMBER = "075089012345"


@pytest.fixture
def somebody(commune):
    person = make.person("Lê An")
    person.id_number_sealed, person.id_number_index = seal(NUMBER), id_number_index(NUMBER)
    make.official(person, unit=commune)
    return person


def ask(client, listing="posts", file_format="csv", **more):
    return client.post("/registry/exports", data={"listing": listing, "format": file_format, **more})


def the_export():
    release()
    return db.session.scalars(select(ListingExport).order_by(ListingExport.id.desc())).first()


def text_of(client):
    with client.get(f"/registry/exports/{the_export().id}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return answer.data.decode("utf-8-sig")


def test_a_short_listing_is_there_at_once(somebody, coordinator, sign_in):
    client = sign_in(coordinator)

    assert ask(client).status_code == 303
    assert "posts-" in client.get("/registry/exports").text
    rows = list(csv.DictReader(io.StringIO(text_of(client), newline=""), delimiter=";"))
    assert [row["Họ và tên"] for row in rows] == ["Lê An"]


def test_a_long_listing_is_made_by_a_job(app, somebody, coordinator, sign_in, monkeypatch):
    monkeypatch.setattr(exports, "LONG", 0)
    client = sign_in(coordinator)

    assert ask(client).location.startswith("/jobs/")
    assert the_export().file_id is None
    assert "Đang lập" in client.get("/registry/exports").text
    work_all(app)
    assert "Lê An" in text_of(client)
    assert the_export().row_count == 1


def test_a_job_stops_where_the_right_has_gone(app, somebody, coordinator, sign_in, monkeypatch):
    monkeypatch.setattr(exports, "LONG", 0)
    ask(sign_in(coordinator))
    coordinator.roles.clear()
    work_all(app)

    assert the_export().file_id is None
    assert db.session.scalars(select(Job.state)).one() is JobState.FAILED


def test_whole_personal_ids_leave_with_a_purpose_alone(somebody, administrator, sign_in):
    client = sign_in(administrator)
    ask(client)
    assert NUMBER not in text_of(client)
    ask(client, purpose="Đối chiếu với cơ sở dữ liệu dân cư")

    assert NUMBER in text_of(client)
    told = db.session.scalars(
        select(AuditEntry.details).where(AuditEntry.action == "registry.export_listing").order_by(AuditEntry.id)
    ).all()
    assert [(one["listing"], one["purpose"]) for one in told] == [
        ("posts", ""),
        ("posts", "Đối chiếu với cơ sở dữ liệu dân cư"),
    ]


def test_a_coordinator_is_given_no_whole_ids_whatever_they_say(somebody, coordinator, sign_in):
    client = sign_in(coordinator)
    ask(client, purpose="Muốn xem")

    assert NUMBER not in text_of(client)
    assert "purpose" not in client.get("/registry/exports").text


def test_nobody_gets_the_file_of_another(somebody, coordinator, administrator, sign_in):
    ask(sign_in(coordinator))
    address = f"/registry/exports/{the_export().id}"

    assert sign_in(administrator).get(address).status_code == 403
    with sign_in(coordinator).get(address) as answer:
        assert answer.status_code == 200


def test_what_does_not_fit_into_a_sheet_leaves_as_text(somebody, coordinator, sign_in, monkeypatch):
    monkeypatch.setattr(exports, "WORKBOOK_ROWS_MOST", 0)
    client = sign_in(coordinator)

    assert ask(client, file_format="xlsx").status_code == 422
    assert ask(client, file_format="csv").status_code == 303


def test_a_file_goes_after_a_week_and_that_it_was_made_stays(somebody, administrator):
    def export(at):
        made, _job = actions.ask_for_export(LISTINGS["posts"], "csv", by=administrator, at=at)
        db.session.flush()
        return made

    old = export(AT)
    path = storage.path_of(old.file)
    young = export(AT + timedelta(days=6))
    export(AT + timedelta(days=8))

    assert (old.file_id, old.row_count) == (None, 1)
    assert not path.exists()
    assert storage.path_of(young.file).exists()
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 2


@pytest.mark.parametrize("listing", ["organisations", "posts", "excuses", "declarations"])
def test_a_listing_of_any_length_is_read_in_as_many_statements(commune, administrator, listing, tmp_path):
    def statements():
        with count_queries() as queries, (tmp_path / "f").open("wb") as file:
            exports.write_file(LISTINGS[listing], "csv", file, exports.Sender(administrator), unveiled=False)
        return len(queries)

    def fill(number):
        for _ in range(number):
            organisation = make.organisation(unit=commune)
            post = make.leader(of=organisation)
            make.excuse(post.person)
            make.declaration(make.commune(within=commune.parent))

    fill(2)
    release()
    few = statements()
    fill(8)
    release()
    assert statements() == few
