"""Long lists go through jobs: the same outcome as in one go, whoever is killed, stopped or changes things meanwhile."""

import io
import itertools
import signal
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from lms.accounts.models import User
from lms.core import jobs
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.jobs import Job, JobState
from lms.registry import actions
from lms.registry.actions import imports, rosters
from lms.registry.actions.listings import source
from lms.registry.models import Organisation, Outcome, Person, Position, RosterImport, RosterRow
from lms.registry.rules import sheets
from lms.registry.rules.names import match_key
from lms.registry.rules.plan import Known, make_plan, portions_of
from lms.registry.rules.reasons import Finding
from lms.registry.rules.rows import Row
from lms.registry.rules.units import Place
from tests.registry.dying import AT, short_limits, work_and_die
from tests.registry.sheetfiles import csv_file, leader, official
from tests.registry.test_listings import export, rows_of, written
from tests.support import make
from tests.support.client import release
from tests.support.jobs import work_all
from tests.support.killing import nursery

GIVEN = "An Bình Chi Dung Giang Hà Khánh Lan Mai Nga Oanh Phúc Quân Sơn Tâm Uyên Vân Xuân Yến".split()


@pytest.fixture(autouse=True)
def _short_limits(monkeypatch):
    for module, name in ((imports, "LONG_ROWS"), (sheets, "LONG_LINES"), (rosters, "PORTION")):
        monkeypatch.setattr(module, name, getattr(module, name))
    short_limits()


def people(count, **changes):
    return [
        official(
            **{"Họ và tên": f"Lê {GIVEN[at % len(GIVEN)]}", "Số CCCD": f"0750890{at:05}", "Điện thoại": "", **changes}
        )
        for at in range(count)
    ]


def send(client, *rows):
    return client.post("/registry/imports", data={"file": (io.BytesIO(csv_file(*rows)), "ds.csv")})


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def outcomes():
    return dict(map(tuple, db.session.execute(select(RosterRow.outcome, func.count()).group_by(RosterRow.outcome))))


def test_a_long_list_is_looked_through_and_applied_by_jobs(app, administrator, sign_in):
    client = sign_in(administrator)
    rows = [*people(10), official(**{"Họ và tên": ""})]

    watched = send(client, *rows).location
    assert watched.startswith("/jobs/")
    assert count(RosterRow) == 0
    assert 'http-equiv="refresh"' in client.get(watched).text
    work_all(app)
    shown = client.get(watched).location
    assert outcomes() == {Outcome.CREATED: 10, Outcome.REFUSED: 1}
    assert count(Person) == 0

    applying = client.post(f"{shown}/apply", data={"how": "good"}).location
    assert applying.startswith("/jobs/")
    assert "Đang chờ" in client.get(shown).text
    work_all(app)
    assert client.get(applying).location == shown
    assert count(Person) == count(Position) == 10
    assert "Đã ghi lúc" in client.get(shown).text
    assert db.session.scalars(select(RosterRow.is_applied).order_by(RosterRow.number)).all() == [True] * 10 + [False]


def test_the_same_as_in_one_go(app, administrator, sign_in):
    """Ids repeated under the same and under other names, people without ids, organisations that several rows share."""
    rows = [
        *people(4),
        *people(3),
        *people(3, **{"Họ và tên": "Phan Khác"}),
        *people(4, **{"Số CCCD": ""}),
        official(**{"Họ và tên": "Lê Mới", "Số CCCD": ""}),
    ]
    straight = [
        (row.number, row.outcome, [finding.code for finding in row.findings])
        for row in actions.look_through(csv_file(*rows), by=administrator, at=AT).rows
    ]
    client = sign_in(administrator)
    send(client, *rows)
    work_all(app)

    kept = db.session.scalars(select(RosterRow).order_by(RosterRow.number)).all()
    assert [(row.number, row.outcome.value, [reason["code"] for reason in row.reasons]) for row in kept] == straight
    client.post(f"/registry/imports/{kept[0].roster_import_id}/apply")
    work_all(app)
    assert db.session.scalar(select(RosterImport.applied_at)) is not None
    assert count(Person) == 5


def test_organisations_that_many_rows_share_are_made_once(app, administrator, sign_in):
    rows = [
        leader(
            **{
                "Họ và tên": f"Phan {GIVEN[at]}",
                "Số định danh cá nhân": f"0951655{at:05}",
                "SĐT": "",
                "Mã số thuế": tax,
            }
        )
        for at, tax in enumerate(["", "", "", "7936173040", "7936173040", "", "7936173040"])
    ]
    client = sign_in(administrator)
    send(client, *rows)
    work_all(app)
    client.post(f"/registry/imports/{db.session.scalar(select(RosterImport.id))}/apply")
    work_all(app)

    assert outcomes() == {Outcome.CREATED: 7}
    assert db.session.scalars(select(Organisation.tax_code)).all() == ["7936173040"]
    assert count(Position) == 7


def applied_roster(app, client, *rows):
    send(client, *rows)
    work_all(app)
    import_id = db.session.scalar(select(func.max(RosterImport.id)))
    client.post(f"/registry/imports/{import_id}/apply")
    work_all(app)
    return f"/registry/imports/{import_id}"


def test_changed_rows_show_what_differs(app, administrator, sign_in):
    client = sign_in(administrator)
    applied_roster(app, client, *people(6))
    send(client, *people(6, **{"Chức vụ": "Trưởng phòng", "Điện thoại": "0912345678", "Giới tính": "Nữ"}))
    work_all(app)

    page = client.get(f"/registry/imports/{db.session.scalar(select(func.max(RosterImport.id)))}").text
    assert "<del>Chuyên viên</del> → <ins>Trưởng phòng</ins>" in page
    assert "<del>Nam</del> → <ins>Nữ</ins>" in page
    assert "<del>—</del> → <ins>******5678</ins>" in page
    assert "0912345678" not in page
    assert "0912345678" not in str(db.session.scalars(select(RosterRow.changes)).all())


def test_all_or_nothing_takes_no_list_of_which_a_row_is_refused(app, administrator, sign_in):
    client = sign_in(administrator)
    send(client, *people(6), official(**{"Họ và tên": ""}))
    work_all(app)
    address = f"/registry/imports/{db.session.scalar(select(RosterImport.id))}"

    assert client.post(f"{address}/apply", data={"how": "whole"}).status_code == 409
    assert work_all(app) == 0
    assert count(Person) == 0
    assert "Tất cả hoặc không" in client.get(address).text


@pytest.mark.parametrize("rows", [3, 8], ids=["at once", "in a job"])
def test_all_or_nothing_applies_a_list_of_good_rows(app, administrator, sign_in, rows):
    client = sign_in(administrator)
    send(client, *people(rows))
    work_all(app)
    client.post(f"/registry/imports/{db.session.scalar(select(RosterImport.id))}/apply", data={"how": "whole"})
    work_all(app)

    assert count(Person) == rows
    assert db.session.scalar(select(RosterImport.applied_at)) is not None


def meanwhile(row):
    """Somebody else enters a person of the list before it is applied."""
    actions.import_roster(csv_file(row), "khac.csv", by=None, at=AT)
    release()


def test_what_changed_meanwhile_is_left_and_the_rest_is_done(app, administrator, sign_in):
    client = sign_in(administrator)
    send(client, *people(8))
    work_all(app)
    import_id = db.session.scalar(select(RosterImport.id))
    meanwhile(people(8)[4])
    client.post(f"/registry/imports/{import_id}/apply")
    work_all(app)

    left = db.session.scalars(
        select(RosterRow).where(RosterRow.roster_import_id == import_id, RosterRow.is_applied.is_(False))
    ).one()
    assert (left.number, left.outcome) == (6, Outcome.REVIEW)
    assert [reason["code"] for reason in left.reasons] == ["changed_meanwhile"]
    assert count(Person) == 8
    assert db.session.get_one(RosterImport, import_id).totals["review"] == 1


def test_of_all_or_nothing_a_change_meanwhile_leaves_nothing_done(app, administrator, sign_in):
    client = sign_in(administrator)
    send(client, *people(8))
    work_all(app)
    import_id = db.session.scalar(select(RosterImport.id))
    meanwhile(people(8)[4])
    client.post(f"/registry/imports/{import_id}/apply", data={"how": "whole"})
    work_all(app)

    assert count(Person) == 1
    assert db.session.get_one(RosterImport, import_id).applied_at is None
    assert db.session.get_one(RosterImport, import_id).totals["unchanged"] == 1
    client.post(f"/registry/imports/{import_id}/apply", data={"how": "whole"})
    work_all(app)
    assert count(Person) == 8


def test_stopped_half_way_it_keeps_what_is_done_and_goes_on_later(app, administrator, sign_in):
    client = sign_in(administrator)
    send(client, *people(9))
    work_all(app)
    address = f"/registry/imports/{db.session.scalar(select(RosterImport.id))}"
    client.post(f"{address}/apply")
    job_id = db.session.scalar(select(func.max(Job.id)))
    release()

    with app.app_context():
        stop_after(job_id, portions=2)
        jobs.work_one()
    assert db.session.get_one(Job, job_id).state is JobState.STOPPED
    assert count(Person) == 6
    assert "Đã ghi 6 dòng rồi dừng" in client.get(address).text
    client.post(f"{address}/apply")
    work_all(app)

    assert count(Person) == count(Position) == 9
    assert "Đã ghi lúc" in client.get(address).text


def stop_after(job_id, *, portions):
    """Ask for the end of a job when so many portions have been written: heard at the next one."""
    applied, apply_portion = itertools.count(1), imports.apply_portion

    def apply_and_stop(*what, **more):
        if next(applied) > portions:
            actions.apply_portion = apply_portion
            jobs.ask_to_stop(db.session.get_one(Job, job_id), by=None, at=AT)
            db.session.commit()
        apply_portion(*what, **more)

    actions.apply_portion = apply_and_stop


def test_a_long_file_that_breaks_off_says_so(app, administrator, sign_in):
    client = sign_in(administrator)
    content = csv_file(*people(100)) + b"\xff\xfe not text\r\n"
    watched = client.post("/registry/imports", data={"file": (io.BytesIO(content), "ds.csv")}).location
    work_all(app)

    page = client.get(client.get(watched).location).text
    assert "Không nhận được tệp này" in page
    assert "CSV UTF-8" in page
    assert count(RosterRow) == 0


def test_the_rights_that_count_are_those_at_the_time(app, coordinator, sign_in):
    client = sign_in(coordinator)
    send(client, *people(8))
    work_all(app)
    client.post(f"/registry/imports/{db.session.scalar(select(RosterImport.id))}/apply")
    coordinator.roles.clear()
    work_all(app)

    assert count(Person) == 0
    assert db.session.scalars(select(Job.state).order_by(Job.id.desc())).first() is JobState.FAILED


NAMES = ["Lê An", "LÊ AN", "Lê Bình", "Phan Chi", ""]
IDS = [None, None, "075089000001", "075089000002", "075089000003"]
UNIT = Place(1, "vn/75/1", "tan loi", "Tân Lợi", "xa")
ROWS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(IDS), st.sampled_from([None, AT.date()]), st.sampled_from("xy")),
    max_size=14,
)


@settings(max_examples=300, deadline=None)
@given(ROWS, st.integers(1, 5))
def test_a_list_cut_into_portions_is_decided_as_a_whole(written, size):
    rows = [
        Row(
            number=number,
            label=name,
            kind="officials",
            full_name=name,
            match_key=match_key(name),
            id_number=id_number,
            birth_on=born,
            workplace=place,
            workplace_key=place,
            level="commune",
            unit=UNIT,
            findings=() if name else (Finding("name_missing"),),
        )
        for number, (name, id_number, born, place) in enumerate(written, 1)
    ]
    ids = {row.number: row.id_number for row in rows if row.id_number}

    def decided(portion):
        return make_plan(portion, Known(), {number: ids[number] for number in ids}, today=AT.date()).rows

    portions = portions_of(rows, ids, size)
    apart = sorted((row for portion in portions for row in decided(portion)), key=lambda row: row.number)

    assert [(row.number, row.outcome, row.findings) for row in apart] == [
        (row.number, row.outcome, row.findings) for row in decided(rows)
    ]
    assert all(len(portion) >= size for portion in portions[:-1])


# Listings, too


def listing_of(number, **changes):
    """So many organisations as they are kept, each with some cells changed."""
    rows = rows_of(export("organisations"))
    for row in rows[:number]:
        row.update({heading.replace("_", " "): value for heading, value in changes.items()})
    return io.BytesIO(written(rows))


def test_a_long_listing_goes_through_jobs(app, administrator, commune, sign_in, monkeypatch):
    monkeypatch.setattr(source, "PORTION", 2)
    for number in range(5):
        make.organisation(f"Hợp tác xã {number}", unit=commune)
    client = sign_in(administrator)
    sent = {"file": (listing_of(4, Hình_thức_pháp_lý="HTX"), "ct.csv")}
    assert client.post("/registry/imports", data=sent).location.startswith("/jobs/")
    work_all(app)
    assert outcomes() == {Outcome.CHANGED: 4, Outcome.UNCHANGED: 1}
    import_id = db.session.scalar(select(RosterImport.id))
    assert client.post(f"/registry/imports/{import_id}/apply").location.startswith("/jobs/")
    work_all(app)

    forms = db.session.execute(select(Organisation.legal_form, func.count()).group_by(Organisation.legal_form)).all()
    assert dict(map(tuple, forms)) == {"HTX": 4, "Hợp tác xã": 1}


def test_of_a_listing_what_changed_meanwhile_is_left_and_the_rest_is_done(
    app, administrator, commune, sign_in, monkeypatch
):
    monkeypatch.setattr(source, "PORTION", 2)
    made = [make.organisation(f"Hợp tác xã {number}", unit=commune) for number in range(5)]
    client = sign_in(administrator)
    client.post("/registry/imports", data={"file": (listing_of(5, Hình_thức_pháp_lý="HTX"), "ct.csv")})
    work_all(app)
    made[2].legal_form = "Liên hiệp hợp tác xã"
    release()
    client.post(f"/registry/imports/{db.session.scalar(select(RosterImport.id))}/apply")
    work_all(app)

    assert outcomes() == {Outcome.CHANGED: 4, Outcome.REVIEW: 1}
    assert [db.session.get_one(Organisation, one.id).legal_form for one in made] == [
        *("HTX", "HTX"),
        "Liên hiệp hợp tác xã",
        *("HTX", "HTX"),
    ]


# Killed


def there():
    counts = [count(table) for table in (Person, Position, RosterRow)]
    db.session.rollback()
    return counts


@pytest.mark.parametrize("is_whole", [False, True], ids=["good rows", "all or nothing"])
def test_killed_while_looking_through_and_applying(app, administrator, listener, is_whole):
    """Killed at a later statement each time; what is there is there once, and the next worker brings it to its end."""
    make.requirements()
    user_id = administrator.id
    ends, partly, hour = [], 0, 0
    with nursery(app, listener) as nurse:

        def be_killed(number):
            nonlocal hour
            hour += 2
            nurse.start(work_and_die, number, hour)
            ends.append(nurse.wait())

        def end():
            work_all(app, clock=lambda: AT + timedelta(hours=hour + 1))

        number, turn = 5, 0
        while not ends or ends[-1] != 0:
            by = db.session.get_one(User, user_id)
            roster_import, _job = actions.receive(csv_file(*others(turn)), "ds.csv", by=by, at=AT)
            release()
            before = there()
            be_killed(number)
            assert there()[:2] == before[:2]
            end()
            assert there() == [*before[:2], before[2] + 10]
            actions.ask_to_apply(roster_import, is_whole=is_whole, by=db.session.get_one(User, user_id), at=AT)
            release()
            be_killed(number)
            made = there()[0] - before[0]
            assert there()[1] - before[1] == made
            assert made in ((0, 10) if is_whole else (0, 3, 6, 9, 10))
            partly += 0 < made < 10
            end()
            assert there() == [count + 10 for count in before]
            number, turn = int(number * 1.6), turn + 1

    assert set(ends) == {-signal.SIGKILL, 0}
    assert (partly > 0) != is_whole
    audited = db.session.scalars(
        select(AuditEntry.subject_id).where(AuditEntry.action == "registry.apply_roster")
    ).all()
    assert len(audited) == len(set(audited)) == turn
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def others(turn):
    """Ten people, other ones each time."""
    return [
        {**row, "Họ và tên": f"{row['Họ và tên']} {chr(65 + turn)}", "Số CCCD": f"07508{turn:02}{at:05}"}
        for at, row in enumerate(people(10))
    ]
