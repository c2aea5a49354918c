"""The registry's pages: who may open them, what they show, and that nothing in a roster runs as a page of ours."""

import io
import re
from datetime import UTC, datetime

import openpyxl
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from lms.accounts.models import NameKind, Role
from lms.core.db import db
from lms.registry import actions
from lms.registry.models import Person, RosterImport
from lms.registry.rules.tables import find_table, value_of
from lms.registry.views.slips import qr_of
from tests.registry.sheetfiles import csv_file, leader, official, xlsx_file
from tests.support import make
from tests.support.queries import count_queries

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def send(client, content, name="ds.csv"):
    return client.post("/registry/imports", data={"file": (io.BytesIO(content), name)})


def imported(*rows, by):
    roster_import = actions.preview_roster(csv_file(*rows), "ds.csv", by=by, at=AT)
    actions.apply_roster(roster_import, by=by, at=AT)
    return roster_import


def rows_of(page):
    return re.findall(r'data-row="(\d+)" data-outcome="(\w+)"', page)


def test_from_file_to_people(administrator, sign_in):
    client = sign_in(administrator)

    sent = send(client, csv_file(official(), official(**{"Họ và tên": ""})))
    shown = client.get(sent.location).text
    applied = client.post(f"{sent.location}/apply")
    people = client.get("/registry/people").text

    assert sent.status_code == applied.status_code == 303
    assert rows_of(shown) == [("2", "created"), ("3", "refused")]
    assert "Thiếu họ và tên." in shown
    assert "Đã ghi lúc" in client.get(sent.location).text
    assert "Trần Đức Tuấn" in people


def test_the_rows_can_be_narrowed(administrator, sign_in):
    client = sign_in(administrator)
    rows = [official(), official(**{"Họ và tên": ""}), official(**{"Họ và tên": "Lê An", "Số CCCD": ""})]
    address = send(client, csv_file(*rows)).location

    assert rows_of(client.get(f"{address}?show=refused").text) == [("3", "refused")]
    assert rows_of(client.get(f"{address}?show=warned").text) == [("4", "created")]
    assert client.get(f"{address}?show=everything").status_code == 404


def test_a_long_roster_comes_page_by_page(administrator, sign_in):
    client = sign_in(administrator)
    rows = [
        official(**{"Họ và tên": f"Lê An {'I' * (at % 5 + 1)}", "Số CCCD": "", "Ngày sinh": ""}) for at in range(150)
    ]
    address = send(client, csv_file(*rows)).location

    first = client.get(address).text
    second = client.get(re.search(r'rel="next" href="([^"#]+)', first).group(1).replace("&amp;", "&")).text

    assert [number for number, _outcome in rows_of(first)] == [str(number) for number in range(2, 102)]
    assert [number for number, _outcome in rows_of(second)] == [str(number) for number in range(102, 152)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Tệp rỗng"),
        (b"%PDF-1.7", "không phải bảng tính"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        (b"a;b\r\n1;2\r\n", "dòng tiêu đề"),
    ],
)
def test_a_file_that_cannot_be_taken_is_answered_in_words(administrator, sign_in, content, words):
    answer = send(sign_in(administrator), content, "x.xlsx")

    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalars(select(RosterImport)).all() == []


def test_a_file_of_sixty_megabytes_is_answered_in_words(administrator, sign_in):
    answer = sign_in(administrator).post(
        "/registry/imports",
        input_stream=io.BytesIO(b"x" * (60 * 1024 * 1024)),
        content_length=60 * 1024 * 1024,
        content_type="multipart/form-data; boundary=x",
    )

    assert answer.status_code == 413
    assert "quá lớn" in answer.text


def test_no_file_at_all(administrator, sign_in):
    answer = sign_in(administrator).post("/registry/imports", data={})

    assert answer.status_code == 422
    assert "Bạn chưa chọn tệp." in answer.text


def test_the_page_says_when_the_plan_has_changed(administrator, sign_in):
    client = sign_in(administrator)
    address = send(client, csv_file(official())).location
    imported(official(), by=administrator)

    answer = client.post(f"{address}/apply", follow_redirects=True)

    assert "Dữ liệu đã thay đổi" in answer.text
    assert rows_of(answer.text) == [("2", "unchanged")]
    assert "Chưa ghi gì cả" in answer.text


def test_markup_from_a_roster_is_shown_and_never_run(administrator, sign_in):
    client = sign_in(administrator)
    script = "<script>alert(1)</script>"
    row = leader(**{"Tên tổ chức kinh tế": f"HTX {script}", "Họ và tên": f"An {script}", "Tỉnh": f"Đồng Nai {script}"})
    good = leader(**{"Tên tổ chức kinh tế": f"HTX {script}", "Họ và tên": f"An {script}"})
    address = send(client, csv_file(row, good), "<b>ds.csv").location
    client.post(f"{address}/apply")
    person = db.session.scalars(select(Person)).one()

    for page in (address, "/registry/imports", "/registry/people", f"/registry/people/{person.id}"):
        text = client.get(page).text
        assert script not in text, page
        assert "<b>ds" not in text, page
        assert ("&lt;script&gt;" in text) or ("&lt;b&gt;ds.csv" in text), page


def test_the_refused_rows_come_back_to_be_mended(administrator, sign_in):
    client = sign_in(administrator)
    rows = [
        official(**{"Họ và tên": '=HYPERLINK("http://x","An")', "Số CCCD": "75089060816"}),
        official(**{"Họ và tên": "Lê Bình", "Số CCCD": "075089060817", "Ngày sinh": "31/02/1980"}),
        official(**{"Họ và tên": "Lê Cường", "Số CCCD": "075089060818"}),
    ]
    address = send(client, csv_file(*rows)).location
    client.post(f"{address}/apply")

    answer = client.get(f"{address}/refused")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    sheet = book.active
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert cells[0] == [*official(), "Lý do"]
    assert cells[1][1] == '=HYPERLINK("http://x","An")'
    assert {cell.data_type for line in sheet.iter_rows(min_row=2) for cell in line if cell.value is not None} == {"s"}
    assert "31/02/1980" in cells[2][-1]

    sheet["B2"] = "Nguyễn Văn An"
    sheet["C3"] = "28/02/1989"
    mended = io.BytesIO()
    book.save(mended)
    again = client.get(send(client, mended.getvalue(), "sua.xlsx").location).text

    assert rows_of(again) == [("2", "created"), ("3", "created")]


def test_a_formula_cell_comes_back_as_text(administrator, sign_in):
    client = sign_in(administrator)
    address = send(client, xlsx_file(official(**{"Họ và tên": '=HYPERLINK("http://x","An")'})), "ds.xlsx").location

    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}/refused").data)).active

    assert (sheet["B2"].value, sheet["B2"].data_type) == ('=HYPERLINK("http://x","An")', "s")
    assert "=HYPERLINK" in client.get(address).text


def test_the_template_is_a_roster_whose_example_is_not_taken(administrator, sign_in):
    client = sign_in(administrator)
    for kind in ("officials", "leaders"):
        content = client.get(f"/registry/imports/template/{kind}").data
        table = find_table(content)
        shown = client.get(send(client, content, "mau.xlsx").location).text

        assert table.kind == kind
        assert table.unknown == ()
        assert value_of(table.rows[0], table.columns, "full_name") == "Nguyễn Thị Ví Dụ"
        assert [outcome for _number, outcome in rows_of(shown)] == ["refused"]
    assert client.get("/registry/imports/template/anything").status_code == 404


@pytest.fixture
def stranger(elsewhere):
    """A coordinator of another province."""
    return make.role(make.user("Hồ Văn Lạ"), Role.COORDINATOR, unit_id=elsewhere.parent_id)


def test_only_the_sender_and_who_leads_the_country_see_an_import(coordinator, administrator, stranger, sign_in):
    roster_import = actions.preview_roster(csv_file(official()), "ds.csv", by=coordinator, at=AT)
    address = f"/registry/imports/{roster_import.id}"

    for user, status in ((coordinator, 200), (administrator, 200), (stranger, 403)):
        client = sign_in(user)
        assert client.get(address).status_code == status
        assert client.get(f"{address}/refused").status_code == status
        assert ("ds.csv" in client.get("/registry/imports").text) == (status == 200)
    assert sign_in(stranger).post(f"{address}/apply").status_code == 403
    assert db.session.scalars(select(Person)).all() == []


def test_learners_and_trainers_have_no_business_here(commune, sign_in):
    learner = make.user()
    trainer = make.role(make.user(), Role.TRAINER, unit_id=commune.parent_id)
    person = make.official(unit=commune).person

    for user in (learner, trainer):
        client = sign_in(user)
        for page in ("/registry/imports", "/registry/people", f"/registry/people/{person.id}"):
            assert client.get(page).status_code == 403, page
        assert client.get("/registry/imports/template/leaders").status_code == 403
        assert send(client, csv_file(official())).status_code == 403
        assert client.post("/registry/slips", data={"person": person.id}).status_code == 403


def test_a_coordinator_sees_their_own_people_only(coordinator, commune, elsewhere, sign_in):
    own = make.official(make.person("Lê Thị Nhà"), unit=commune).person
    other = make.official(make.person("Hồ Văn Xa"), unit=elsewhere).person
    client = sign_in(coordinator)

    listed = client.get("/registry/people").text

    assert "Lê Thị Nhà" in listed
    assert "Hồ Văn Xa" not in listed
    assert client.get(f"/registry/people/{own.id}").status_code == 200
    assert client.get(f"/registry/people/{other.id}").status_code == 403
    assert client.post("/registry/slips", data={"person": other.id}).status_code == 403
    assert client.post("/registry/slips", data={"unit": "vn/46"}).status_code == 403
    assert client.get("/registry/people?unit=vn/46").status_code == 422


def test_ids_are_masked_and_telephones_are_for_coordinators(administrator, coordinator, sign_in):
    imported(official(), by=administrator)
    person_id = db.session.scalars(select(Person.id)).one()

    seen = {
        user.display_name: sign_in(user).get(f"/registry/people/{person_id}").text
        for user in (administrator, coordinator)
    }

    for page in seen.values():
        assert "********0816" in page
        assert "075089060816" not in page
    assert "0928816302" in seen["Trần Thị Phối"]
    assert "0928816302" not in seen["Lê Văn Quản"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("hoa", {"Lê Hoà", "Lê Hoa", "Đỗ Hòa"}),
        ("Hòa", {"Lê Hoà", "Đỗ Hòa"}),
        ("HOÀ", {"Lê Hoà", "Đỗ Hòa"}),
        ("do h", {"Đỗ Hòa"}),
        ("Đỗ", {"Đỗ Hòa"}),
        ("Hõa", {"Lê Hoà", "Lê Hoa", "Đỗ Hòa"}),
        ("%", set()),
        ("_", set()),
    ],
)
def test_people_are_found_with_marks_or_without(administrator, commune, sign_in, asked, found):
    for name in ("Lê Hoà", "Lê Hoa", "Đỗ Hòa", "Trần Bình"):
        make.official(make.person(name), unit=commune)

    page = sign_in(administrator).get("/registry/people", query_string={"q": asked}).text

    assert set(re.findall(r'/registry/people/\d+">([^<]+)</a>', page)) == found


def test_people_can_be_narrowed_by_unit_group_and_account(administrator, commune, elsewhere, sign_in):
    make.official(make.person("Lê Cán Bộ"), unit=commune)
    make.leader(make.person("Lê Lãnh Đạo", account=make.user(password=make.PASSWORD)), unit=elsewhere)
    client = sign_in(administrator)

    def found(**asked):
        return set(
            re.findall(r'/registry/people/\d+">([^<]+)</a>', client.get("/registry/people", query_string=asked).text)
        )

    assert found(unit="vn/75") == {"Lê Cán Bộ"}
    assert found(kind="leader") == {"Lê Lãnh Đạo"}
    assert found(account="none") == {"Lê Cán Bộ"}
    assert found(account="active") == {"Lê Lãnh Đạo"}
    assert found(account="invited") == set()


def test_a_long_list_of_people_comes_page_by_page_in_order(administrator, commune, sign_in):
    names = [f"Lê Văn {letters}" for letters in ("An", "Ánh", "Bình", "Đào", "Yên") for _time in range(12)]
    for name in reversed(names):
        make.official(make.person(name), unit=commune)
    client = sign_in(administrator)

    first = client.get("/registry/people").text
    following = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    second = client.get(following).text

    listed = [*re.findall(r'/people/\d+">([^<]+)</a>', first), *re.findall(r'/people/\d+">([^<]+)</a>', second)]
    assert listed == names


def test_the_list_of_people_asks_little_of_the_database(administrator, commune, sign_in):
    for _time in range(60):
        make.official(unit=commune)
    client = sign_in(administrator)
    client.get("/registry/people")

    with count_queries() as queries:
        client.get("/registry/people")

    assert len(queries) <= 12, queries


def test_slips_carry_the_code_that_opens_the_account(administrator, sign_in, client):
    imported(official(), by=administrator)
    person = db.session.scalars(select(Person)).one()

    page = sign_in(administrator).post("/registry/slips", data={"person": person.id}).text

    code = re.search(r'slip__code">([^<]+)<', page).group(1)
    assert "Trần Đức Tuấn" in page
    assert "075089060816" not in page
    assert "0928816302" not in page
    typed = {"name": "0928 816 302", "code": code, "password": make.PASSWORD, "password_again": make.PASSWORD}
    assert client.post("/activate", data=typed).status_code == 303
    assert person.account.activated_at is not None


def test_the_qr_code_opens_the_activation_page():
    side, path = qr_of("https://lms.example.vn/activate?code=K7QM-3XZD-9RTA")

    picture = Image.new("L", (side * 8, side * 8), 255)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", path):
        picture.paste(0, (int(x) * 8, int(y) * 8, (int(x) + int(length)) * 8, (int(y) + 1) * 8))

    assert zxingcpp.read_barcode(picture).text == "https://lms.example.vn/activate?code=K7QM-3XZD-9RTA"


def test_slips_for_everyone_without_an_account_in_a_unit(coordinator, commune, sign_in):
    imported(
        official(), official(**{"Họ và tên": "Lê An", "Số CCCD": "075089060817", "Điện thoại": ""}), by=coordinator
    )
    client = sign_in(coordinator)

    first = client.post("/registry/slips", data={"unit": "vn/75"}).text
    second = client.post("/registry/slips", data={"unit": "vn/75"})

    assert len(re.findall("slip__code", first)) == 2
    assert second.status_code == 422


def test_somebody_with_nothing_to_sign_in_with_gets_no_slip(administrator, commune, sign_in):
    person = make.official(make.person("Lê Không Số"), unit=commune).person

    page = sign_in(administrator).post("/registry/slips", data={"person": person.id}).text

    assert "slip__code" not in page
    assert "Lê Không Số" in page
    assert person.account is None


def test_a_coordinator_cannot_open_the_account_of_somebody_who_holds_a_role(
    coordinator, administrator, commune, sign_in
):
    boss = make.role(
        make.user("Sếp", names={NameKind.PHONE: "0911111111"}), Role.ADMINISTRATOR, unit_id=commune.parent_id
    )
    person = make.official(make.person("Sếp", account=boss), unit=commune).person

    assert sign_in(coordinator).post("/registry/slips", data={"person": person.id}).status_code == 403
    assert sign_in(administrator).post("/registry/slips", data={"person": person.id}).status_code == 200


def test_slips_for_nobody_or_for_too_many(administrator, commune, sign_in):
    client = sign_in(administrator)

    assert client.post("/registry/slips", data={}).status_code == 422
    assert client.post("/registry/slips", data={"person": list(range(1, 102))}).status_code == 422


def test_a_page_that_is_not_there(administrator, sign_in):
    client = sign_in(administrator)

    for page in ("/registry/people/999999", "/registry/imports/999999"):
        assert client.get(page).status_code == 404
