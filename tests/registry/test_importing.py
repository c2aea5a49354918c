"""A roster is looked through without a trace, applied whole or not at all, and once."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts.models import User
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.secrets import unseal
from lms.registry import actions, queries
from lms.registry.models import Organisation, Outcome, Person, Position, RosterImport, RosterRow
from lms.registry.signals import positions_changed
from tests.registry.sheetfiles import csv_file, leader, official, xlsx_file
from tests.support import make
from tests.support.client import release

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def preview(*rows, by):
    return actions.preview_roster(csv_file(*rows), "ds.csv", by=by, at=AT)


def test_looking_through_makes_nobody(administrator):
    roster_import = preview(official(), by=administrator)

    assert roster_import.totals["created"] == 1
    assert count(Person) == count(Position) == 0
    assert roster_import.applied_at is None


def test_applying_makes_the_person_with_the_post(administrator, commune):
    roster_import = preview(official(), by=administrator)

    applied = actions.apply_roster(roster_import, by=administrator, at=AT)

    person = db.session.scalars(select(Person)).one()
    assert applied.is_applied
    assert (person.full_name, person.birth_on, person.phone) == ("Trần Đức Tuấn", date(1989, 3, 13), "0928816302")
    assert unseal(person.id_number_sealed) == "075089060816"
    assert [(post.unit_id, post.title, post.started_on) for post in person.positions] == [
        (commune.id, "Chuyên viên", date(2019, 2, 1))
    ]


def test_a_leader_comes_with_the_organisation(administrator, commune):
    actions.apply_roster(preview(leader(), by=administrator), by=administrator, at=AT)

    organisation = db.session.scalars(select(Organisation)).one()
    assert (organisation.name, organisation.tax_code) == ("HTX Hồ tiêu Tân Lợi", "7936173040")
    assert db.session.scalars(select(Position)).one().organisation_id == organisation.id


def test_those_above_are_told_which_positions_changed(administrator):
    told = []

    def listen(_sender, *, position_ids, at):
        told.append((position_ids, at))

    with positions_changed.connected_to(listen):
        actions.apply_roster(preview(official(), by=administrator), by=administrator, at=AT)

    assert told == [([db.session.scalars(select(Position.id)).one()], AT)]


def test_applying_twice_changes_nothing(administrator):
    roster_import = preview(official(), by=administrator)
    actions.apply_roster(roster_import, by=administrator, at=AT)

    again = actions.apply_roster(roster_import, by=administrator, at=AT + timedelta(hours=1))

    assert again.is_applied
    assert roster_import.applied_at == AT
    assert count(Person) == 1


@pytest.mark.parametrize(
    "row",
    [
        official(),
        leader(),
        official(**{"Số CCCD": ""}),
        official(**{"Số CCCD": "", "Ngày sinh": "", "Ngày nhận nhiệm vụ": ""}),
    ],
    ids=["official", "leader", "without id", "without id and days"],
)
def test_the_same_file_again_is_unchanged(administrator, row):
    actions.apply_roster(preview(row, by=administrator), by=administrator, at=AT)

    again = preview(row, by=administrator)

    assert again.totals["unchanged"] == 1
    actions.apply_roster(again, by=administrator, at=AT + timedelta(days=40))
    assert count(Person) == count(Position) == 1


def test_a_change_reaches_the_person(administrator):
    actions.apply_roster(preview(official(), by=administrator), by=administrator, at=AT)

    newer = official(**{"Điện thoại": "0912345678", "Chức vụ": "Trưởng phòng", "Giới tính": "Nữ"})
    actions.apply_roster(preview(newer, by=administrator), by=administrator, at=AT)

    person = db.session.scalars(select(Person)).one()
    assert (person.phone, person.sex, person.positions[0].title) == ("0912345678", "female", "Trưởng phòng")


def test_an_id_is_added_to_the_person_who_came_without_one(administrator):
    actions.apply_roster(preview(official(**{"Số CCCD": ""}), by=administrator), by=administrator, at=AT)
    actions.apply_roster(preview(official(), by=administrator), by=administrator, at=AT)

    person = db.session.scalars(select(Person)).one()
    assert person.id_number_index == queries.id_number_index("075089060816")
    assert unseal(person.id_number_sealed) == "075089060816"


def test_what_changed_meanwhile_is_shown_before_it_is_applied(administrator):
    shown = preview(official(), by=administrator)
    actions.apply_roster(preview(official(), by=administrator), by=administrator, at=AT)

    applied = actions.apply_roster(shown, by=administrator, at=AT)

    assert not applied.is_applied
    assert shown.applied_at is None
    assert shown.totals["unchanged"] == 1
    assert actions.apply_roster(shown, by=administrator, at=AT).is_applied


def test_rows_keep_neither_ids_nor_telephones(administrator):
    rows = [
        official(**{"Số CCCD": "0750890O0816", "Điện thoại": "0912 34"}),
        official(**{"Số CCCD": "75089060816", "Điện thoại": "01697815313"}),
        official(**{"Họ và tên": "Lê An", "Số CCCD": "075089060816"}),
    ]

    preview(*rows, by=administrator)

    kept = str(db.session.execute(select(RosterRow.reasons, RosterRow.label)).all())
    for private in ("075089060816", "0750890O0816", "75089060816", "0912 34", "0397815313", "01697815313"):
        assert private not in kept


def test_a_row_leads_to_the_person_it_made(administrator):
    roster_import = preview(official(), official(**{"Họ và tên": ""}), by=administrator)
    actions.apply_roster(roster_import, by=administrator, at=AT)

    made = db.session.execute(select(RosterRow.outcome, RosterRow.person_id).order_by(RosterRow.number)).all()
    assert made == [(Outcome.CREATED, db.session.scalars(select(Person.id)).one()), (Outcome.REFUSED, None)]


def test_the_audit_trail_tells_who_applied_what(administrator):
    roster_import = preview(official(), by=administrator)
    actions.apply_roster(roster_import, by=administrator, at=AT)

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registry.apply_roster")).one()
    assert (entry.actor_id, entry.subject_id) == (administrator.id, roster_import.id)
    assert entry.details["totals"]["created"] == 1


def test_a_coordinator_brings_in_only_their_own_area(coordinator, elsewhere):
    there = official(**{"Số CCCD": "", "Họ và tên": "Lê An", "Tỉnh/Thành phố": "Huế", "Xã/Phường": "Thủy Xuân"})
    centre = official(**{"Số CCCD": "", "Họ và tên": "Lê Bình", "Cấp": "Trung ương"})

    roster_import = preview(official(), there, centre, by=coordinator)
    actions.apply_roster(roster_import, by=coordinator, at=AT)

    assert roster_import.totals["refused"] == 2
    assert count(Person) == 1


def test_a_coordinator_changes_nothing_of_somebody_who_works_elsewhere(coordinator, administrator, elsewhere):
    there = official(**{"Tỉnh/Thành phố": "Huế", "Xã/Phường": "Thủy Xuân"})
    actions.apply_roster(preview(there, by=administrator), by=administrator, at=AT)

    here = preview(official(**{"Điện thoại": "0999999999"}), by=coordinator)
    actions.apply_roster(here, by=coordinator, at=AT)

    person = db.session.scalars(select(Person)).one()
    assert person.phone == "0928816302"
    assert len(person.positions) == 2


def test_somebody_of_before_is_the_coordinator_s_own_where_their_unit_went_on(coordinator, administrator, commune):
    before = make.old_commune("Tân Lợi")
    make.succession(before, commune)
    actions.apply_roster(preview(official(), by=administrator), by=administrator, at=AT)
    person = db.session.scalars(select(Person)).one()
    person.positions[0].unit_id = before.id

    actions.apply_roster(preview(official(**{"Điện thoại": "0999999999"}), by=coordinator), by=coordinator, at=AT)

    assert person.phone == "0999999999"


def test_it_is_the_appliers_area_that_counts(administrator, coordinator, elsewhere):
    there = official(**{"Tỉnh/Thành phố": "Huế", "Xã/Phường": "Thủy Xuân"})
    roster_import = preview(there, by=administrator)

    assert not actions.apply_roster(roster_import, by=coordinator, at=AT).is_applied
    assert roster_import.totals["refused"] == 1


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", xlsx_file(official())[:900]])
def test_of_a_file_that_cannot_be_taken_nothing_is_kept(administrator, content):
    with pytest.raises(InvalidInput) as refusal:
        actions.preview_roster(content, "x.xlsx", by=administrator, at=AT)

    assert len(str(refusal.value)) > 20
    assert count(RosterImport) == 0


def test_a_file_that_is_too_large_is_refused_by_its_limit(app, administrator):
    app.config["MAX_ROSTER_BYTES"] = 1024 * 1024

    with pytest.raises(InvalidInput, match="1 MB"):
        actions.preview_roster(b"x" * (1024 * 1024 + 1), "x.csv", by=administrator, at=AT)


def test_a_missing_column_is_called_by_its_name(administrator):
    row = official()
    del row["Số CCCD"]

    with pytest.raises(InvalidInput, match="Số định danh cá nhân"):
        preview(row, by=administrator)


def test_two_at_once_apply_it_once(app, administrator):
    roster_import = preview(official(), official(**{"Họ và tên": "Lê An", "Số CCCD": ""}), by=administrator)
    import_id, user_id = roster_import.id, administrator.id
    release()
    start = threading.Barrier(2)
    outcomes = []

    def apply():
        with app.app_context():
            start.wait()
            applied = actions.apply_roster(
                db.session.get(RosterImport, import_id), by=db.session.get(User, user_id), at=AT
            )
            db.session.commit()
            outcomes.append(applied.is_applied)
            db.session.remove()

    threads = [threading.Thread(target=apply) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == [True, True]
    assert count(Person) == 2


def test_ending_a_post_tells_those_above_once(administrator, commune):
    post = make.official(unit=commune)
    told = []

    def listen(_sender, *, position_ids, at):
        told.append(position_ids)

    with positions_changed.connected_to(listen):
        for _time in range(2):
            actions.end_position(post, date(2026, 6, 30), by=administrator, at=AT)

    assert post.ended_on == date(2026, 6, 30)
    assert told == [[post.id]]


def test_a_post_does_not_end_before_it_began(administrator, commune):
    with pytest.raises(InvalidInput):
        actions.end_position(make.official(unit=commune), date(2020, 1, 1), by=administrator, at=AT)
