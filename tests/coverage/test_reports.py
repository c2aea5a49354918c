"""Published reports: frozen to the person, the same for ever, and every difference from today explained."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from lms.core import jobs
from lms.core.audit import AuditEntry
from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.jobs import JobState
from lms.coverage import actions
from lms.coverage.models import Counted, Figure, Report, ReportLine
from lms.coverage.queries import direct
from lms.coverage.queries import reports as queries
from lms.coverage.rules.reports import Reason, digest_of
from lms.coverage.views import reports as views
from lms.records import actions as records
from lms.records.models import AwardSource, Requirement
from lms.records.rules import Clause
from lms.registry.models import Excuse, PersonMerge, PositionKind, Unit
from lms.registry.signals import people_changed, positions_changed
from tests.support import make
from tests.support.queries import count_queries
from tests.support.threads import at_once

DAY = date(2026, 11, 20)
PUBLISHED = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
LATER = PUBLISHED + timedelta(days=1)


@pytest.fixture
def officials(world):
    return make.requirements()[PositionKind.OFFICIAL]


@pytest.fixture
def report(world, officials):
    """Of the first province: one outstanding, one trained, one excused."""
    return make.report(world["north"], officials, day=DAY, number="12/BC-UBND", at=PUBLISHED)


def people_of(report):
    lines = db.session.scalars(select(ReportLine).where(ReportLine.report_id == report.id))
    return {line.person.full_name: line.standing for line in lines}


def differing(report):
    """{name: (before, now, reasons)} of everybody who counts otherwise today."""
    found, after = {}, 0
    while True:
        page = queries.differences(report, after=after, limit=2)
        for one in page.people:
            found[one.person.full_name] = (one.before, one.now, [cause.reason for cause in one.causes])
        if page.after is None:
            return found
        after = page.after


# What is frozen


def test_a_report_holds_its_people_one_by_one_with_what_that_rests_on(report):
    assert people_of(report) == {
        "Đỗ Thị Mai": Counted.TRAINED,
        "Nông Văn Tú": Counted.OUTSTANDING,
        "Hoàng Thị Nga": Counted.EXCUSED,
    }
    for line in db.session.scalars(select(ReportLine)):
        assert line.duty.person_id == line.person_id
        assert (line.award is not None) == (line.standing is Counted.TRAINED)
    assert (report.people_count, report.version.number) == (3, 1)
    assert report.content["figures"][0]["trained"] == 1
    assert queries.recomputed_digest(report) == report.digest


def test_the_people_of_a_report_are_those_that_the_facts_say(world, officials):
    """Over posts in two communes, excuses of one post alone, merged persons."""
    for number in range(12):
        holder = make.person(f"Lò Văn {number}")
        first = make.official(holder, unit=world["commune"])
        make.official(holder, unit=world["north"])
        if number % 3 == 1:
            make.excuse(holder, position=first)
        if number % 4 == 2:
            make.excuse(holder)
        if number % 2:
            make.award(holder)
    into, other = make.person("Lù Văn Một"), make.official(unit=world["commune"]).person
    make.official(into, unit=world["commune"])
    merge(other, into, at=make.LONG_AGO)
    for unit in (world["north"], world["commune"], world["country"]):
        made = make.report(unit, officials, day=DAY)
        letters = {"outstanding": Counted.OUTSTANDING, "trained": Counted.TRAINED, "excused": Counted.EXCUSED}
        told = {key: letters[value] for key, value in direct.standings(officials.id, unit.id, DAY).items()}
        lines = db.session.execute(
            select(ReportLine.person_id, ReportLine.standing).where(ReportLine.report_id == made.id)
        )
        assert dict(lines.all()) == told


def test_the_same_asked_twice_is_one_report_and_a_number_stands_for_one(world, officials, report):
    again = {"document_number": " 12/BC-UBND ", "document_on": DAY, "by": None, "at": LATER}
    assert actions.ask_for_report(world["north"], officials, DAY, **again).id == report.id
    with pytest.raises(InvalidInput):
        actions.ask_for_report(world["north"], officials, DAY - timedelta(1), **again)
    assert actions.ask_for_report(world["south"], officials, DAY, **again).id != report.id


def test_nothing_is_published_of_a_day_to_come_or_without_a_number(world, officials):
    for day, number in ((LATER.date() + timedelta(5), "1/BC"), (DAY, "  ")):
        with pytest.raises(InvalidInput):
            actions.ask_for_report(
                world["north"], officials, day, document_number=number, document_on=DAY, by=None, at=LATER
            )


def test_figures_that_are_not_the_truth_are_not_published(world, officials):
    db.session.execute(
        update(Figure)
        .where(Figure.unit_id == world["north"].id, Figure.key == "all")
        .values(trained=Figure.trained + 1)
    )
    with pytest.raises(DomainError, match="chưa khớp"):
        make.report(world["north"], officials, day=DAY)


def test_what_happens_later_leaves_a_report_as_it_is(world, report):
    before, digest = people_of(report), report.digest
    outstanding = next(line.person for line in db.session.scalars(select(ReportLine)) if line.standing == "o")
    make.award(outstanding, awarded_on=date(2026, 3, 1), at=LATER)
    make.official(unit=world["commune"], at=LATER)

    assert people_of(report) == before
    assert queries.recomputed_digest(report) == digest == report.digest


@pytest.mark.parametrize(
    "act",
    [
        lambda report: update(Report).where(Report.id == report.id).values(document_number="13/BC-UBND"),
        lambda report: update(Report).where(Report.id == report.id).values(published_at=None, digest=None),
        lambda report: delete(Report).where(Report.id == report.id),
        lambda report: update(ReportLine).values(standing=Counted.EXCUSED, award_id=None),
        lambda report: delete(ReportLine),
        lambda report: insert(ReportLine).from_select(
            ["report_id", "person_id", "standing", "duty_id"],
            select(ReportLine.report_id, ReportLine.person_id + 1000, ReportLine.standing, ReportLine.duty_id).where(
                ReportLine.standing == Counted.OUTSTANDING
            ),
        ),
    ],
    ids=["renumber", "unpublish", "remove", "change a line", "remove lines", "add a line"],
)
def test_the_database_itself_refuses_to_change_a_report(report, act):
    db.session.commit()
    with pytest.raises(DBAPIError, match="a published report is not changed"):
        db.session.execute(act(report))
    db.session.rollback()
    assert queries.recomputed_digest(report) == report.digest


def test_every_part_of_a_report_is_in_its_hash(report):
    told, lines = queries.told_of(report), list(queries.lines_of(report))
    assert digest_of(told, lines) == report.digest

    changed = [digest_of({**told, name: "khác"}, lines) for name in told]
    changed += [digest_of(told, lines[:-1]), digest_of(told, [*lines, (10**6, "o", 1, None)])]
    for place in range(4):
        one = list(lines[0])
        one[place] = "x" if place == 1 else 999
        changed.append(digest_of(told, [tuple(one), *lines[1:]]))
    assert report.digest not in changed
    assert len(set(changed)) == len(changed)


# What differs today


def merge(one, into, *, at):
    one.merged_into_id = into.id
    db.session.add(PersonMerge(from_id=one.id, into_id=into.id, reason="Cùng một người", merged_at=at))
    db.session.flush()
    people_changed.send("test", person_ids=[one.id, into.id], at=at)


def named(name):
    return next(line.person for line in db.session.scalars(select(ReportLine)) if line.person.full_name == name)


def test_on_the_same_knowledge_nothing_differs(report):
    assert differing(report) == {}


def test_an_award_that_was_entered_late(report):
    make.award(named("Nông Văn Tú"), awarded_on=date(2026, 10, 1), at=LATER)

    assert differing(report) == {"Nông Văn Tú": (Counted.OUTSTANDING, Counted.TRAINED, [Reason.LATE_RECORD])}


def test_an_award_of_a_later_day_changes_nothing_of_the_day(report):
    make.award(named("Nông Văn Tú"), awarded_on=date(2026, 11, 22), at=LATER + timedelta(1))

    assert differing(report) == {}


def test_a_revocation_and_a_correction(world, report):
    line = next(line for line in db.session.scalars(select(ReportLine)) if line.award is not None)
    records.revoke_award(line.award, on=date(2026, 11, 1), reason="Ghi nhầm", by=None, at=LATER)
    assert differing(report) == {"Đỗ Thị Mai": (Counted.TRAINED, Counted.OUTSTANDING, [Reason.REVOCATION])}

    other = named("Nông Văn Tú")
    wrong = make.award(other, awarded_on=date(2026, 11, 22), at=LATER)
    records.award(
        other, wrong.qualification, awarded_on=date(2026, 11, 2), source=AwardSource.PAPER_RECORD,
        source_reference="paper/1", title="Lớp", hours=8, corrects=wrong, by=None, at=LATER,
    )  # fmt: skip
    assert differing(report)["Nông Văn Tú"][2] == [Reason.CORRECTION, Reason.LATE_RECORD]


def test_a_merge_and_its_undoing(world, report):
    merge(named("Nông Văn Tú"), named("Đỗ Thị Mai"), at=LATER)
    found = differing(report)
    assert found == {"Nông Văn Tú": (Counted.OUTSTANDING, None, [Reason.MERGE])}

    known = make.report(world["north"], number="14/BC-UBND", day=DAY, at=LATER + timedelta(hours=1))
    one = named("Nông Văn Tú")
    undone = db.session.scalars(select(PersonMerge)).one()
    undone.undone_at, undone.undo_reason = LATER + timedelta(hours=2), "Hai người khác nhau"
    one.merged_into_id = None
    db.session.flush()
    people_changed.send("test", person_ids=[one.id, undone.into_id], at=undone.undone_at)
    assert differing(known) == {"Nông Văn Tú": (None, Counted.OUTSTANDING, [Reason.MERGE_UNDONE])}
    assert differing(report) == {}


def test_a_post_that_was_entered_late_and_one_that_was_ended(world, report):
    make.official(make.person("Lò Văn Muộn"), unit=world["commune"], started_on=date(2026, 5, 1), at=LATER)
    line = next(line for line in db.session.scalars(select(ReportLine)) if line.person.full_name == "Nông Văn Tú")
    line.duty.position.ended_on = date(2026, 10, 31)
    db.session.flush()
    positions_changed.send("test", position_ids=[line.duty.position_id], at=LATER)

    assert differing(report) == {
        "Lò Văn Muộn": (None, Counted.OUTSTANDING, [Reason.LATE_POST]),
        "Nông Văn Tú": (Counted.OUTSTANDING, None, [Reason.CHANGED_POST]),
    }


def test_an_excuse_that_was_entered_and_one_that_was_taken_back(report):
    make.excuse(named("Nông Văn Tú"), started_on=date(2026, 11, 1), at=LATER)
    excuse = db.session.scalars(select(Excuse).where(Excuse.person_id == named("Hoàng Thị Nga").id)).one()
    excuse.withdrawn_at, excuse.withdraw_reason = LATER, "Nhầm người"
    db.session.flush()
    people_changed.send("test", person_ids=[excuse.person_id], at=LATER)

    assert differing(report) == {
        "Nông Văn Tú": (Counted.OUTSTANDING, Counted.EXCUSED, [Reason.EXCUSE]),
        "Hoàng Thị Nga": (Counted.EXCUSED, Counted.OUTSTANDING, [Reason.EXCUSE_WITHDRAWN]),
    }


def test_a_new_version_of_the_requirement(world, officials, report):
    draft = records.Draft(
        effective_from=date(2026, 1, 1),
        legal_basis="QĐ 1",
        clauses=[Clause("official", levels=frozenset({"province"}))],
        qualifications=officials.versions[0].qualifications,
    )
    records.publish(officials, draft, by=None, at=LATER)
    found = differing(report)

    assert found["Nông Văn Tú"] == (Counted.OUTSTANDING, None, [Reason.NEW_VERSION])
    assert "Đỗ Thị Mai" not in found


def test_a_post_that_was_found_to_lie_elsewhere(world, report):
    line = next(line for line in db.session.scalars(select(ReportLine)) if line.person.full_name == "Nông Văn Tú")
    post = line.duty.position
    far = make.official(unit=world["far"], at=make.LONG_AGO)
    assert differing(report) == {}
    far.settled_unit_id = world["commune"].id
    db.session.add(
        AuditEntry(at=LATER, action="registry.settle_position", subject_kind="position", subject_id=far.id, details={})
    )
    db.session.flush()
    people_changed.send("test", person_ids=[far.person_id], at=LATER)

    assert differing(report) == {far.person.full_name: (None, Counted.OUTSTANDING, [Reason.MOVED])}
    assert post.settled_unit_id is None


def test_whatever_happens_the_differences_are_those_of_the_two_lists(world, officials, report):
    """Everything at once, and then compared with a whole list of today."""
    for number in range(7):
        made = make.official(make.person(f"Lò Văn {number}"), unit=world["commune"], at=LATER)
        if number % 2:
            make.award(made.person, awarded_on=date(2026, 9, 1), at=LATER)
        if number % 3 == 0:
            make.excuse(made.person, at=LATER)
    make.award(named("Nông Văn Tú"), awarded_on=date(2026, 10, 1), at=LATER)
    merge(named("Hoàng Thị Nga"), named("Nông Văn Tú"), at=LATER)
    today = make.report(world["north"], officials, day=DAY, number="99/BC", at=LATER + timedelta(hours=1))
    before, after = people_of(report), people_of(today)

    assert {name: (one, two) for name, (one, two, _why) in differing(report).items()} == {
        name: (before.get(name), after.get(name))
        for name in before.keys() | after.keys()
        if before.get(name) is not after.get(name)
    }


# Pages, files, command


def test_from_the_form_to_the_sealed_report(world, reader):
    client = reader("north")
    assert "/coverage/units/04/reports/new?requirement=officials" in client.get("/coverage").text
    assert client.get("/coverage/units/04/reports/new").status_code == 200
    asked = {
        "requirement": "officials",
        "day": "20/11/2026",
        "document_number": "7/BC-UBND",
        "document_on": "21/11/2026",
    }
    answer = client.post("/coverage/units/04/reports", data=asked)
    page = client.get(answer.location).text
    report = db.session.scalars(select(Report)).one()

    assert answer.status_code == 303
    assert report.digest in page
    assert "Báo cáo số 7/BC-UBND" in page
    assert client.post("/coverage/units/04/reports", data=asked).location == answer.location
    listed = client.get("/coverage/reports").text
    assert f'data-report="{report.id}"' in listed
    assert f'data-report="{report.id}"' not in reader("south").get("/coverage/reports").text
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "report")).all()
    assert list(acts) == ["coverage.ask_report", "coverage.publish_report"]


def test_a_form_that_will_not_do_says_so(world, reader):
    client = reader("north")
    for wrong in ({}, {"day": "2999-01-01"}, {"document_number": ""}, {"requirement": "nonsense"}):
        asked = {"requirement": "officials", "day": "2026-11-20", "document_number": "7", "document_on": "2026-11-21"}
        answer = client.post("/coverage/units/04/reports", data={**asked, **wrong} if wrong else {})
        assert answer.status_code == 422
        assert "-errors" in answer.text
    make.report(world["north"], number="7", day=date(2026, 1, 1))
    used = client.post("/coverage/units/04/reports", data={**asked, "document_number": "7"})
    assert (used.status_code, "đã dùng cho một báo cáo khác" in used.text) == (422, True)


def test_a_long_report_is_published_by_a_job(world, reader, monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE_MOST", 2)
    client = reader("north")
    asked = {"requirement": "officials", "day": "2026-11-20", "document_number": "7", "document_on": "2026-11-21"}
    answer = client.post("/coverage/units/04/reports", data=asked)
    report = db.session.scalars(select(Report)).one()
    waiting = client.get(f"/coverage/reports/{report.id}").text

    assert answer.location.startswith("/jobs/")
    assert "Báo cáo đang được lập" in waiting
    assert client.get(f"/coverage/reports/{report.id}/people").status_code == 404
    report_id = report.id
    db.session.commit()
    assert jobs.work_one()
    job = db.session.scalars(select(jobs.Job).where(jobs.Job.kind == actions.PUBLISH)).one()
    assert job.state is JobState.DONE
    assert client.get(answer.location).location == f"/coverage/reports/{report_id}"
    assert db.session.get_one(Report, report_id).digest in client.get(f"/coverage/reports/{report_id}").text


def test_a_job_that_dies_after_collecting_goes_on_from_there(world, officials, monkeypatch):
    asked = {"document_number": "8/BC", "document_on": DAY, "by": None, "at": PUBLISHED}
    report = actions.ask_for_report(world["north"], officials, DAY, **asked)
    jobs.ask(actions.PUBLISH, report, by=None, at=PUBLISHED)
    report_id, later = report.id, make.official(unit=world["commune"], at=LATER)
    post_id = later.id
    db.session.commit()
    sealing = actions.seal

    def die(*_arguments, **_more):
        raise jobs.Lost

    monkeypatch.setattr(actions, "seal", die)
    assert jobs.work_one()
    half = db.session.get_one(Report, report_id)
    known_at, people = half.known_at, half.people_count
    assert (half.published_at, people) == (None, 4)
    make.award(db.session.get_one(type(later), post_id).person, awarded_on=date(2026, 10, 1), at=now())
    db.session.commit()

    monkeypatch.setattr(actions, "seal", sealing)
    assert jobs.work_one(clock=lambda: now() + jobs.LEASE * 2)
    whole = db.session.get_one(Report, report_id)
    assert (whole.known_at, whole.people_count) == (known_at, people)
    assert whole.digest == queries.recomputed_digest(whole)
    assert [reasons for _before, _now, reasons in differing(whole).values()] == [[Reason.LATE_RECORD]]


def test_published_by_several_at_once_it_is_one_report(app, world, officials):
    unit_id, requirement_id = world["north"].id, officials.id
    db.session.commit()

    def act():
        made = actions.ask_for_report(
            db.session.get_one(Unit, unit_id), db.session.get_one(Requirement, requirement_id), DAY,
            document_number="9/BC", document_on=DAY, by=None, at=PUBLISHED,
        )  # fmt: skip
        actions.publish_report(made, by=None, at=PUBLISHED)
        return made.id

    met = at_once(app, 4, act)

    assert not [one for one in met if isinstance(one, Exception)], met
    assert len(set(met)) == 1
    report = db.session.scalars(select(Report)).one()
    assert len(people_of(report)) == report.people_count == 3
    assert queries.recomputed_digest(report) == report.digest
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "report")).all()
    assert sorted(acts) == ["coverage.ask_report", "coverage.publish_report"]


def test_the_names_the_print_and_the_files(world, reader, report):
    client = reader("north")
    address = f"/coverage/reports/{report.id}"
    assert "Nông Văn Tú" in client.get(f"{address}/people").text
    trained = client.get(f"{address}/people?standing=t").text
    assert ("Đỗ Thị Mai" in trained, "Chu trình OCOP sáu bước, 02/03/2026" in trained) == (True, True)
    assert client.get(f"{address}/people?standing=q").status_code == 404

    printed = unescape(client.get(f"{address}/print").text)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 12/BC-UBND",
        report.digest,
        "TL. ",
        "Kèm danh sách 3 người",
    ):
        assert words in printed

    sheet = load_workbook(io.BytesIO(client.get(f"{address}/figures.xlsx").data)).active
    assert any(report.digest in str(row[0]) for row in sheet.iter_rows(values_only=True))
    figures = client.get(f"{address}/figures.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(figures, newline=""), delimiter=";"))
    assert rows[1][3:] == ["2", "1", "1", "50", "1"]

    names = client.post(f"{address}/people.csv").data.decode("utf-8-sig")
    assert all(name in names for name in people_of(report))
    listed = load_workbook(io.BytesIO(client.post(f"{address}/people.xlsx").data)).active
    assert {row[2] for row in listed.iter_rows(values_only=True)} >= set(people_of(report))
    exported = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "coverage.export_report")).all()
    assert [entry.details["rows"] for entry in exported] == [3, 3]


@pytest.mark.parametrize("longest", [2, 5_000])
def test_the_names_of_a_long_report_and_of_a_short_one_stand_in_order(world, officials, monkeypatch, longest):
    monkeypatch.setattr(queries, "LONG", longest)
    for name in ("Lò Văn Ba", "Lò Văn An", "Lò Văn Châu", "Lò Văn Đạt"):
        make.official(make.person(name), unit=world["commune"])
    make.official(make.person("Ai Ở Xa"), unit=world["far"])
    report = make.report(world["north"], officials, day=DAY)
    seen, after = [], None
    while True:
        page = queries.names_of(report, Counted.OUTSTANDING, after=after, limit=2)
        seen += [line.person.full_name for line in page.lines]
        after = page.after
        if after is None:
            break

    assert seen == ["Lò Văn An", "Lò Văn Ba", "Lò Văn Châu", "Lò Văn Đạt", "Nông Văn Tú"]
    assert {line.person.full_name for line in queries.everyone_of(report)} == set(people_of(report))


def test_the_page_says_what_differs_today_and_why(world, reader, report):
    client = reader("north")
    address = f"/coverage/reports/{report.id}"
    assert "Không ai khác đi" in client.get(f"{address}/differences").text
    make.award(named("Nông Văn Tú"), awarded_on=date(2026, 10, 1), at=LATER)
    page = client.get(f"{address}/differences").text

    assert re.search(r'data-reasons="late_record".*?Nông Văn Tú', page, re.DOTALL)
    assert "Kết quả được nhập sau" in page
    assert "Hôm nay số liệu của ngày ấy đã khác" in client.get(address).text
    assert "Báo cáo: 1 trên 2. Hôm nay, cũng của ngày 20/11/2026: 2 trên 2." in client.get(address).text


def test_a_report_is_for_those_who_lead_in_its_unit(world, reader, report):
    paths = ("", "/print", "/people", "/differences", "/figures.xlsx", "/figures.csv")
    for where, status in (("north", 200), ("south", 403), ("commune", 403), ("country", 200)):
        client = reader(where)
        for path in paths:
            assert client.get(f"/coverage/reports/{report.id}{path}").status_code == status, (where, path)
        for path in ("/people.xlsx", "/people.csv"):
            assert client.post(f"/coverage/reports/{report.id}{path}").status_code == status, (where, path)
    assert reader("south").post("/coverage/units/04/reports").status_code == 403
    assert reader().get("/coverage/reports/999999").status_code == 404


def test_the_pages_cost_the_same_for_more_people(world, reader, officials):
    client = reader("north")
    for _number in range(3):
        make.official(unit=world["commune"])
    few = make.report(world["north"], officials, day=DAY)
    for _number in range(60):
        make.official(unit=world["commune"])
    many = make.report(world["north"], officials, day=DAY)
    counts = []
    for report in (few, many):
        for path in ("", "/people", "/print"):
            with count_queries() as run:
                assert client.get(f"/coverage/reports/{report.id}{path}").status_code == 200
            counts.append(len(run))

    assert counts[:3] == counts[3:]
    assert max(counts) <= 20, counts


def test_the_command_says_which_report_is_no_longer_itself(app, world, report):
    other = make.report(world["south"], day=DAY)
    db.session.commit()
    answer = app.test_cli_runner().invoke(args=["coverage", "reports", "verify"])
    assert answer.exit_code == 0, answer.output
    assert answer.output.count("khớp / unchanged") == 2

    # Whoever can write past the database's refusals can change a row, and not the hash of it.
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(text("DROP TRIGGER report_published"))
    else:
        db.session.execute(text("ALTER TABLE report DISABLE TRIGGER report_published"))
    db.session.execute(update(Report).where(Report.id == other.id).values(day=DAY - timedelta(1)))
    db.session.commit()
    found = app.test_cli_runner().invoke(args=["coverage", "reports", "verify"])
    assert found.exit_code == 1
    assert [line.split("  ")[0] for line in found.output.splitlines() if "DIFFERS" in line] == [str(other.id)]
    only = app.test_cli_runner().invoke(args=["coverage", "reports", "verify", str(report.id)])
    assert (only.exit_code, only.output.count("\n")) == (0, 1)
