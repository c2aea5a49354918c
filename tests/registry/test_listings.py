"""Listings: what leaves comes back unchanged, and what was changed in it does what the page would do."""

import csv
import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.core.db import db
from lms.core.secrets import seal
from lms.registry import actions
from lms.registry.actions.exports import write_file
from lms.registry.actions.listings import LISTINGS, Sender
from lms.registry.models import (
    Declaration,
    DeclarationState,
    Excuse,
    ExcuseKind,
    Organisation,
    OrganisationKind,
    Origin,
    Outcome,
    Person,
    Position,
    RosterRow,
    Sex,
)
from lms.registry.queries import id_number_index
from lms.registry.rules import names
from lms.registry.rules.products import PRODUCTS, PRODUCTS_2019
from lms.registry.signals import held
from tests.support import make

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FORMATS = ["xlsx", "csv"]
BACK = [name for name, listing in LISTINGS.items() if listing.comes_back]


def export(name, file_format="csv", *, user=None, unveiled=False):
    target = io.BytesIO()
    write_file(LISTINGS[name], file_format, target, Sender(user), unveiled=unveiled)
    return target.getvalue()


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def written(rows):
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode("utf-8-sig")


def changed(name, *, user=None, row=0, **cells):
    """The listing with some cells of one row changed."""
    rows = rows_of(export(name, user=user))
    rows[row].update({heading.replace("_", " "): value for heading, value in cells.items()})
    return written(rows)


def preview(content, *, by=None):
    return actions.preview_roster(content, "bang-ke.csv", by=by, at=AT)


def decided(roster_import):
    return list(
        db.session.scalars(
            select(RosterRow).where(RosterRow.roster_import_id == roster_import.id).order_by(RosterRow.number)
        )
    )


def outcomes(content, *, by=None):
    return [row.outcome for row in decided(preview(content, by=by))]


def reasons(content, *, by=None):
    return [(reason["code"], reason["field"]) for row in decided(preview(content, by=by)) for reason in row.reasons]


def brought_in(content, *, by=None):
    roster_import = preview(content, by=by)
    assert actions.apply_roster(roster_import, by=by, at=AT).is_applied
    return decided(roster_import)


# What leaves comes back unchanged

SIGNS = st.sampled_from("abĐđẾệư 0129=+-@'\"“;,.\t\u00a0&<>*“”#%/()")
TEXT = st.text(SIGNS, min_size=1, max_size=30).map(names.tidy).filter(lambda text: text.strip(" '\"*"))
PLAIN = TEXT.filter(lambda text: not names.starts_formula(text))
DAY = st.dates(date(2019, 1, 1), date(2026, 11, 1))
MAYBE_DAY = st.none() | DAY
ONE = st.fixed_dictionaries(
    {
        "name": PLAIN,
        "title": TEXT,
        "note": TEXT,
        "place": PLAIN,
        "kind": st.sampled_from(OrganisationKind),
        "group": st.none() | st.sampled_from(sorted(PRODUCTS)),
        "group_2019": st.none() | st.sampled_from(sorted(PRODUCTS_2019)),
        "origin": st.none() | st.sampled_from(Origin),
        "excuse": st.sampled_from(ExcuseKind),
        "sex": st.none() | st.sampled_from(Sex),
        "phone": st.none() | st.sampled_from(["0912345678", "02838221234"]),
        "email": st.none() | st.just("a-b@example.vn"),
        "has_id": st.booleans(),
        "days": st.tuples(DAY, MAYBE_DAY).map(lambda days: (days[0], max(days) if days[1] else None)),
        "counts": st.lists(st.integers(0, 99_999), min_size=5, max_size=5),
        "state": st.sampled_from([DeclarationState.DRAFT, DeclarationState.SUBMITTED, DeclarationState.LOCKED]),
    }
)


def make_all(told, number, unit):
    """One thing of every kind, as hypothesis says."""
    started_on, ended_on = told["days"]
    organisation = Organisation(
        name=told["name"],
        match_key=f"{number} {names.match_key(told['name'])}",
        kind=told["kind"],
        legal_form=told["title"],
        unit_id=unit.id,
        product_group=told["group"],
        product_group_2019=told["group_2019"],
        origin=told["origin"],
        joined_on=started_on,
        left_on=ended_on,
    )
    if told["kind"] is OrganisationKind.HOUSEHOLD and told["has_id"]:
        organisation.owner_id_sealed = seal(f"0750890{number:05}")
        organisation.owner_id_index = id_number_index(f"0750890{number:05}")
    person = make.person(told["name"], sex=told["sex"])
    person.phone, person.email, person.birth_on = told["phone"], told["email"], date(1980, 2, 1)
    if told["has_id"]:
        person.id_number_sealed = seal(f"0750891{number:05}")
        person.id_number_index = id_number_index(f"0750891{number:05}")
    db.session.add(organisation)
    db.session.flush()
    posts = [
        make.official(person, unit=unit, started_on=started_on, ended_on=ended_on),
        make.leader(person, of=organisation, started_on=started_on),
    ]
    for post in posts:
        post.title = told["title"]
    posts[0].workplace = told["place"]
    excuse = make.excuse(person, position=posts[number % 2], kind=told["excuse"], started_on=started_on)
    excuse.ended_on, excuse.note = ended_on, told["note"]
    groups = ("commune", "enterprise", "cooperative", "cooperative_group", "household")
    make.declaration(
        make.commune(f"Xã {number}", within=unit.parent, code=f"9{number:04}"),
        dict(zip(groups, told["counts"], strict=True)),
        state=told["state"],
        counted_on=max(started_on, date(2025, 7, 1)),
        by=None,
        at=AT,
    )
    db.session.flush()


@pytest.mark.parametrize("file_format", FORMATS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(things=st.lists(ONE, min_size=1, max_size=4))
def test_what_leaves_comes_back_unchanged(commune, file_format, things):
    with held(), db.session.begin_nested() as tried:
        for number, told in enumerate(things):
            make_all(told, number, commune)
        for name in BACK:
            content = export(name, file_format)
            found = actions.look_through(content, by=None, at=AT)
            assert found.source.kind == name
            assert len(found.rows) == len(things) * (2 if name == "posts" else 1)
            assert [(row.outcome, row.findings) for row in found.rows] == [("unchanged", ())] * len(found.rows)
        tried.rollback()


@pytest.mark.parametrize("name", BACK)
def test_sent_again_nothing_is_written(commune, name):
    make_all(
        {
            "name": "Hợp tác xã Tân Lợi",
            "title": "Giám đốc",
            "note": "QĐ 1",
            "place": "UBND",
            "kind": OrganisationKind.COOPERATIVE,
            "group": "Thực phẩm",
            "group_2019": None,
            "origin": None,
            "excuse": ExcuseKind.ILLNESS,
            "sex": Sex.FEMALE,
            "phone": "0912345678",
            "email": None,
            "has_id": True,
            "days": (date(2025, 8, 1), None),
            "counts": [1, 2, 3, 4, 5],
            "state": DeclarationState.DRAFT,
        },
        1,
        commune,
    )
    before = export(name, unveiled=True)

    assert {row.outcome for row in brought_in(export(name, "xlsx"))} == {Outcome.UNCHANGED}
    assert export(name, unveiled=True) == before


@pytest.mark.parametrize("name", list(LISTINGS))
def test_every_listing_leaves_in_both_forms_with_the_same_rows(commune, name):
    make.organisation(unit=commune)
    make.official(unit=commune)
    make.declaration(commune)
    book = openpyxl.load_workbook(io.BytesIO(export(name, "xlsx")))
    lines = list(book.worksheets[0].values)
    rows = rows_of(export(name))

    assert list(lines[0]) == list(rows[0]) if rows else True
    assert len(lines) - 1 == len(rows)
    assert [column.heading for column in LISTINGS[name].columns] == list(lines[0])


def test_formulas_are_written_as_text_and_read_as_nothing_but_text(commune):
    made = make.organisation("Hợp tác xã Chè", unit=commune)
    made.legal_form = "=1+1"
    db.session.flush()

    assert "'=1+1" in export("organisations").decode()
    book = openpyxl.load_workbook(io.BytesIO(export("organisations", "xlsx")))
    cell = next(cell for row in book.worksheets[0] for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"


def test_a_cell_that_is_a_formula_refuses_its_row(commune):
    make.organisation("Hợp tác xã Chè", unit=commune)
    book = openpyxl.load_workbook(io.BytesIO(export("organisations", "xlsx")))
    book.worksheets[0]["D2"] = "=1+1"
    target = io.BytesIO()
    book.save(target)

    assert reasons(target.getvalue()) == [("formula", "legal_form")]


# Organisations


def test_a_changed_cell_corrects_an_organisation_and_shows_what_differs(commune):
    made = make.organisation("Hợp tác xã Chè", unit=commune)
    rows = brought_in(changed("organisations", Tên_chủ_thể="Hợp tác xã Chè Tân Lợi", Loại_hình="Doanh nghiệp"))

    assert [row.outcome for row in rows] == [Outcome.CHANGED]
    assert rows[0].changes == [
        {"field": "name", "before": "Hợp tác xã Chè", "after": "Hợp tác xã Chè Tân Lợi"},
        {"field": "kind", "before": "Hợp tác xã", "after": "Doanh nghiệp"},
    ]
    assert rows[0].subject_id == made.id
    db.session.refresh(made)
    assert (made.name, made.kind) == ("Hợp tác xã Chè Tân Lợi", OrganisationKind.ENTERPRISE)


def test_a_row_without_a_key_enters_an_organisation(commune):
    make.organisation("Hợp tác xã Chè", unit=commune)
    content = changed("organisations", Mã_chủ_thể="", Tên_chủ_thể="Hợp tác xã Mới", Mã_đơn_vị="")
    rows = brought_in(content)

    assert [row.outcome for row in rows] == [Outcome.CREATED]
    made = db.session.get_one(Organisation, rows[0].subject_id)
    assert (made.name, made.unit_id) == ("Hợp tác xã Mới", commune.id)


def test_what_the_page_would_refuse_is_refused_with_the_same_words(commune, administrator, sign_in):
    make.organisation("Hợp tác xã Chè", unit=commune)
    make.organisation("Hợp tác xã Cà phê", unit=commune)
    roster_import = preview(changed("organisations", Tên_chủ_thể="Hợp tác xã Cà phê"), by=administrator)

    assert [row.outcome for row in decided(roster_import)] == [Outcome.REFUSED, Outcome.UNCHANGED]
    client = sign_in(administrator)
    page = f"/registry/imports/{roster_import.id}"
    assert "Ở đơn vị này đã có chủ thể cùng loại hình, cùng tên." in client.get(page).text
    client.post("/locale", data={"locale": "en"})
    assert "an organisation of the same kind and name" in client.get(page).text


def test_leaving_the_programme_needs_a_reason(commune):
    made = make.organisation("Hợp tác xã Chè", unit=commune)

    assert reasons(changed("organisations", Ngày_rời_Chương_trình="01/10/2026")) == [("value_missing", "left_reason")]
    brought_in(changed("organisations", Ngày_rời_Chương_trình="01/10/2026", Lý_do_rời="Giải thể"))
    db.session.refresh(made)
    assert made.left_on == date(2026, 10, 1)


def test_a_coordinator_takes_out_and_changes_the_own_subtree_alone(commune, elsewhere, coordinator):
    here = make.organisation("Hợp tác xã Chè", unit=commune)
    there = make.organisation("Hợp tác xã Quế", unit=elsewhere)

    assert [row["Tên chủ thể"] for row in rows_of(export("organisations", user=coordinator))] == ["Hợp tác xã Chè"]
    rows = rows_of(export("organisations"))
    for row in rows:
        row["Hình thức pháp lý"] = "HTX"
    assert outcomes(written(rows), by=coordinator) == [Outcome.CHANGED, Outcome.REFUSED]
    assert reasons(written(rows[1:]), by=coordinator) == [("key_unknown", "organisation_id")]
    assert {here.legal_form, there.legal_form} == {"Hợp tác xã"}


def test_nothing_is_moved_out_of_the_own_subtree(commune, elsewhere, coordinator):
    make.organisation("Hợp tác xã Chè", unit=commune)
    rows = rows_of(export("organisations", user=coordinator))
    rows[0] |= {"Mã đơn vị": elsewhere.code, "Tỉnh, thành phố": "", "Xã, phường, đặc khu": ""}

    assert reasons(written(rows), by=coordinator) == [("outside_scope", "unit_code")]
    assert outcomes(written(rows)) == [Outcome.CHANGED]


def test_a_code_and_a_name_that_mean_two_places_are_refused(commune, elsewhere):
    make.organisation("Hợp tác xã Chè", unit=commune)

    assert reasons(changed("organisations", Mã_đơn_vị=elsewhere.code)) == [("unit_two_places", "unit_code")]


def test_the_same_key_twice_is_refused_the_second_time(commune):
    make.organisation("Hợp tác xã Chè", unit=commune)
    rows = rows_of(export("organisations"))

    assert reasons(written([*rows, *rows])) == [("twice", "organisation_id")]


@pytest.mark.parametrize("name", BACK)
def test_no_listing_leaves_the_own_subtree(commune, elsewhere, coordinator, name):
    for unit in (commune, elsewhere):
        person = make.leader(make.person("Lê An"), of=make.organisation(unit=unit)).person
        make.excuse(person)
        make.declaration(unit)

    assert len(rows_of(export(name))) == 2
    assert len(rows_of(export(name, user=coordinator))) == 1


# Personal ids


def with_id(person, number="075089012345"):
    person.id_number_sealed, person.id_number_index = seal(number), id_number_index(number)
    db.session.flush()
    return person


def test_personal_ids_leave_with_their_last_signs_only(commune):
    make.official(with_id(make.person("Lê An")), unit=commune)

    assert rows_of(export("posts"))[0]["Số định danh cá nhân"] == "********2345"
    assert rows_of(export("posts", unveiled=True))[0]["Số định danh cá nhân"] == "075089012345"


def test_telephone_numbers_leave_whole_with_a_coordinator_alone(commune, coordinator, administrator):
    person = make.person("Lê An")
    person.phone = "0912345678"
    make.official(person, unit=commune)

    assert rows_of(export("posts", user=coordinator))[0]["Điện thoại"] == "0912345678"
    assert rows_of(export("posts", user=administrator))[0]["Điện thoại"] == "******5678"


def test_a_hidden_number_that_is_another_refuses_the_row(commune):
    make.official(with_id(make.person("Lê An")), unit=commune)

    assert reasons(changed("posts", Số_định_danh_cá_nhân="********9999")) == [("value_hidden", "id_number")]


def test_a_new_number_is_kept_and_told_with_its_last_signs_only(commune):
    post = make.official(with_id(make.person("Lê An")), unit=commune)
    rows = brought_in(changed("posts", Số_định_danh_cá_nhân="075089054321"))

    assert rows[0].changes == [{"field": "id_number", "before": "********2345", "after": "********4321"}]
    assert db.session.get_one(Person, post.person_id).id_number_index == id_number_index("075089054321")


# Posts


def test_a_changed_post_is_corrected_and_counts_at_once(commune):
    post = make.official(make.person("Lê An"), unit=commune)
    rows = brought_in(changed("posts", Chức_vụ="Phó Chủ tịch", Ngày_kết_thúc="30/09/2026", Giới_tính="Nữ"))

    assert [row.outcome for row in rows] == [Outcome.CHANGED]
    assert rows[0].person_id == post.person_id
    db.session.refresh(post)
    assert (post.title, post.ended_on, post.person.sex) == ("Phó Chủ tịch", date(2026, 9, 30), Sex.FEMALE)


def test_a_row_with_a_person_and_no_post_adds_a_post(commune):
    post = make.official(make.person("Lê An"), unit=commune)
    content = changed("posts", Mã_chức_vụ="", Đơn_vị_công_tác="Trạm khuyến nông")
    rows = brought_in(content)

    assert [row.outcome for row in rows] == [Outcome.CREATED]
    made = db.session.get_one(Position, rows[0].subject_id)
    assert (made.person_id, made.workplace) == (post.person_id, "Trạm khuyến nông")


def test_a_key_of_somebody_with_another_name_is_refused(commune):
    make.official(make.person("Lê An"), unit=commune)

    assert reasons(changed("posts", Mã_chức_vụ="", Họ_và_tên="Phan Khác")) == [("name_other", "full_name")]


def test_rows_of_one_person_say_the_same_of_them(commune):
    person = make.person("Lê An")
    make.official(person, unit=commune)
    make.official(person, unit=commune)

    assert reasons(changed("posts", row=1, Họ_và_tên="Lê Ân")) == [("two_ways", "full_name")]


def test_whose_post_it_is_cannot_be_changed(commune):
    make.official(make.person("Lê An"), unit=commune)
    other = make.person("Lê Bình")

    assert reasons(changed("posts", Mã_người=str(other.id))) == [("value_fixed", "person_id")]


def test_nobody_corrects_their_own_post(commune, coordinator):
    make.official(make.person("Trần Thị Phối", account=coordinator), unit=commune)
    content = changed("posts", user=coordinator, Chức_vụ="Chủ tịch")

    assert reasons(content, by=coordinator) == [("not_allowed", "row")]
    assert outcomes(content) == [Outcome.CHANGED]


# Excuses


def test_an_excuse_is_entered_and_its_last_day_said(commune):
    person = make.person("Lê An")
    make.official(person, unit=commune)
    make.excuse(person)
    new = changed("excuses", Mã_tạm_miễn="", Ngày_bắt_đầu="01/03/2026", Lý_do_tạm_miễn="Ốm đau, điều trị")
    assert [row.outcome for row in brought_in(new)] == [Outcome.CREATED]
    ended = changed("excuses", Ngày_kết_thúc="30/09/2026")
    assert [row.outcome for row in brought_in(ended)] == [Outcome.CHANGED, Outcome.UNCHANGED]

    standing = db.session.scalars(select(Excuse).where(Excuse.withdrawn_at.is_(None)).order_by(Excuse.started_on)).all()
    assert [one.ended_on for one in standing] == [date(2026, 9, 30), None]


def test_an_excuse_that_is_known_is_not_rewritten(commune):
    person = make.person("Lê An")
    make.official(person, unit=commune)
    make.excuse(person)

    assert reasons(changed("excuses", Văn_bản_hoặc_sự_việc="Khác")) == [("value_fixed", "note")]


# Declared headcounts


def test_a_changed_declaration_becomes_a_draft(commune, administrator):
    make.declaration(commune, {"commune": 3})
    content = changed("declarations", Cán_bộ="4", Lý_do_khai_lại="Thêm người", Ngày_chốt_số="01/10/2026")
    rows = brought_in(content, by=administrator)

    assert [row.outcome for row in rows] == [Outcome.CHANGED]
    made = db.session.get_one(Declaration, rows[0].subject_id)
    assert (made.state, made.by_group["commune"], made.number) == (DeclarationState.DRAFT, 4, 2)


def test_a_unit_that_has_not_declared_yet_gets_a_draft(commune, elsewhere):
    make.declaration(commune, {"commune": 3})
    rows = rows_of(export("declarations"))
    rows[0] |= {"Mã đơn vị": "", "Tỉnh, thành phố": "Huế", "Xã, phường, đặc khu": "Phường Thủy Xuân", "Cán bộ": "0"}

    assert [row.outcome for row in brought_in(written(rows))] == [Outcome.CREATED]
    assert (
        db.session.scalars(select(Declaration).where(Declaration.unit_id == elsewhere.id)).one().by_group["commune"]
        == 0
    )


def test_of_a_province_the_row_is_found_by_the_province(commune):
    make.declaration(commune.parent, {"province": 3})

    assert [row.label for row in decided(preview(export("declarations")))] == ["Tỉnh Đồng Nai"]


def test_declaring_again_without_a_reason_is_refused(commune):
    make.declaration(commune, {"commune": 3})

    assert reasons(changed("declarations", Cán_bộ="4")) == [("not_possible", "row")]


# Before anything is written


def test_looking_through_changes_nothing(commune):
    make.organisation("Hợp tác xã Chè", unit=commune)
    before = export("organisations")
    preview(changed("organisations", Tên_chủ_thể="Hợp tác xã Khác"))

    assert export("organisations") == before


def test_all_or_nothing_takes_no_listing_of_which_a_row_is_refused(commune, administrator, sign_in):
    make.organisation("Hợp tác xã Chè", unit=commune)
    make.organisation("Hợp tác xã Quế", unit=commune)
    rows = rows_of(export("organisations"))
    rows[0]["Tên chủ thể"], rows[1]["Loại hình"] = "Hợp tác xã Chè Xanh", "Không rõ loại"
    roster_import = preview(written(rows), by=administrator)
    client = sign_in(administrator)
    address = f"/registry/imports/{roster_import.id}/apply"

    assert client.post(address, data={"how": "whole"}).status_code == 409
    assert "Chè Xanh" not in export("organisations").decode()
    client.post(address, data={"how": "good"})
    assert "Chè Xanh" in export("organisations").decode()


@pytest.mark.parametrize("name", BACK)
def test_the_example_of_a_template_is_never_written(app, administrator, sign_in, commune, name):
    content = sign_in(administrator).get(f"/registry/imports/template/{name}").data
    book = openpyxl.load_workbook(io.BytesIO(content))

    assert book.sheetnames == ["Danh sách", "Giải thích"]
    assert outcomes(content) == [Outcome.REFUSED]
    assert [row[0] for row in book["Giải thích"].values][1:] == list(next(book["Danh sách"].values))
