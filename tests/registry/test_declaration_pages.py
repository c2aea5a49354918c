"""Pages of declared headcounts: from the form to the lock, the lists of a province, many units in one table."""

import re

import pytest
from sqlalchemy import select

from lms.accounts.models import Role
from lms.core.db import db
from lms.registry.models import Declaration, DeclarationState
from lms.registry.queries import declarations as queries
from tests.support import make
from tests.support.queries import count_queries

FILLED = {
    "counted_on": "2026-11-20",
    "document_number": "45/BC-UBND",
    "document_on": "21/11/2026",
    "count_commune": "5",
    "count_enterprise": "0",
    "count_cooperative": "2",
    "count_cooperative_group": "0",
    "count_household": "7",
}
COUNTS = {"commune": 5, "enterprise": 0, "cooperative": 2, "cooperative_group": 0, "household": 7}
ASKING = 3
"""Statements that find out who asks: the session with its user, the roles, their scope."""


@pytest.fixture
def writer(commune, clock, sign_in):
    """Coordinates the commune."""
    return sign_in(make.coordinator(commune))


@pytest.fixture
def checker(commune, clock, sign_in):
    """Coordinates the province."""
    return sign_in(make.coordinator(commune.parent))


@pytest.fixture
def centre(commune, clock, sign_in):
    return sign_in(make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id))


def hidden(page, name):
    """What a hidden field of a page holds."""
    return re.search(rf'name="{name}"[^>]* value="([^"]*)"', page).group(1)


def page_of(commune):
    return f"/registry/declarations/{commune.id}"


def rows_of(page):
    return re.findall(r'data-unit="(\w+)" data-state="(\w+)"', page)


# One unit


def test_from_the_form_to_the_centre(commune, writer, checker, centre):
    address = page_of(commune)
    assert "Bắt đầu khai" in writer.get(address).text
    sent = writer.post(f"{address}/edit", data={**FILLED, "do": "submit"})
    waiting = checker.get(address).text
    picked = hidden(waiting, "declaration")
    locked = checker.post("/registry/declarations/lock", data={"declaration": picked, "next": address})
    received = centre.post(f"{address}/receive")
    told = writer.get(address).text

    assert [answer.status_code for answer in (sent, locked, received)] == [303] * 3
    assert locked.location == address
    assert "Trung ương đã nhận" in told
    assert re.findall(r"<li>[^:]+:[^:]+: ([^,<]+),", told) == [
        "Soạn bản khai",
        "Gửi kiểm tra",
        "Kiểm tra và khóa",
        "Trung ương tiếp nhận",
    ]
    assert queries.counting_declaration(commune).by_group == COUNTS


def test_a_returned_declaration_says_what_to_mend_and_shows_what_changed(commune, writer, checker):
    address = page_of(commune)
    make.declaration(commune, {"commune": 4, "household": 7})
    writer.post(f"{address}/edit", data={**FILLED, "correction_reason": "Năm mới", "do": "submit"})
    seen = queries.open_declaration(commune).revision
    without = checker.post(f"{address}/return", data={"revision": seen})
    checker.post(f"{address}/return", data={"revision": seen, "reason": "Thiếu <b>một</b> tổ hợp tác"})
    told = writer.get(address).text

    assert without.status_code == 422
    assert "Thiếu &lt;b&gt;một&lt;/b&gt; tổ hợp tác" in told
    changes = re.findall(r'data-group="(\w+)">.*?<b>(.\d+)</b>', told.split("Số đang có hiệu lực")[0], re.S)
    assert ("commune", "+1") in changes
    assert "Năm mới" in told


def test_what_is_filled_in_wrongly_is_said_and_nothing_is_written(commune, writer):
    address = f"{page_of(commune)}/edit"

    def answer(**changes):
        return writer.post(address, data={**FILLED, "do": "submit", **changes})

    for changes, words in (
        ({"count_household": "bảy"}, "Hãy điền một số nguyên."),
        ({"count_household": "-1"}, "Số phải từ 0 đến 99999."),
        ({"counted_on": ""}, "Bạn chưa điền ô này."),
        ({"counted_on": "2026-11-24"}, "Ngày chưa tới thì chưa khai được."),
        ({"count_household": ""}, "Nhóm nào không có ai thì ghi số 0."),
        ({"document_number": "x" * 61}, "Không được dài quá 60 ký tự."),
    ):
        told = answer(**changes)
        assert told.status_code == 422, changes
        assert words in told.text, changes
    assert db.session.scalars(select(Declaration)).all() == []
    assert writer.post(address, data={**FILLED, "count_household": "", "do": "save"}).status_code == 303
    assert queries.open_declaration(commune).state is DeclarationState.DRAFT


def test_two_who_fill_in_the_same_form_see_each_other(commune, writer, checker):
    address = f"{page_of(commune)}/edit"
    shown = hidden(writer.get(address).text, "revision")
    checker.post(address, data={**FILLED, "count_household": "8", "do": "save"})
    refused = writer.post(address, data={**FILLED, "revision": shown, "do": "save"})

    assert refused.status_code == 409
    assert "Người khác vừa lưu các số sau" in refused.text
    assert "Hộ sản xuất kinh doanh: 8" in refused.text
    again = writer.post(address, data={**FILLED, "revision": hidden(refused.text, "revision"), "do": "save"})
    assert again.status_code == 303
    assert queries.open_declaration(commune).by_group == COUNTS


def test_who_submits_is_told_that_another_must_lock(commune, checker, sign_in):
    address = page_of(commune)
    checker.post(f"{address}/edit", data={**FILLED, "do": "submit"})
    opened = queries.open_declaration(commune)
    told = checker.get(address).text
    answer = checker.post(
        "/registry/declarations/lock", data={"declaration": f"{opened.id}:{opened.revision}"}, follow_redirects=True
    )

    assert "cần một người khác kiểm tra và khóa" in told
    assert "khóa lại</button>" not in told
    assert "nhờ một người khác" in answer.text
    assert queries.open_declaration(commune).state is DeclarationState.SUBMITTED
    another = sign_in(make.coordinator(commune.parent))
    assert "khóa lại</button>" in another.get(address).text


def test_one_who_leads_only_the_unit_itself_does_not_check_it(commune, writer, checker):
    declared = make.declaration(commune, state=DeclarationState.SUBMITTED)
    picked = {"declaration": f"{declared.id}:{declared.revision}"}

    assert writer.post("/registry/declarations/lock", data=picked).status_code == 403
    assert writer.post(f"{page_of(commune)}/return", data={"reason": "Sai", "revision": 2}).status_code == 403
    assert declared.state is DeclarationState.SUBMITTED
    assert checker.post("/registry/declarations/lock", data=picked).status_code == 303
    db.session.refresh(declared)
    assert declared.state is DeclarationState.LOCKED


def test_declarations_of_another_province_are_neither_shown_nor_locked(commune, elsewhere, checker, sign_in):
    declared = make.declaration(elsewhere, {"household": 4321}, state=DeclarationState.SUBMITTED)
    picked = {"declaration": f"{declared.id}:{declared.revision}"}
    other = sign_in(make.coordinator(elsewhere.parent))

    assert "4.321" not in checker.get("/registry/declarations").text
    assert checker.get(f"/registry/declarations?unit={elsewhere.parent_id}").status_code == 403
    assert checker.get(page_of(elsewhere)).status_code == 403
    assert checker.post("/registry/declarations/lock", data=picked).status_code == 403
    assert declared.state is DeclarationState.SUBMITTED
    assert "4.321" in other.get("/registry/declarations").text
    assert other.post("/registry/declarations/lock", data=picked).status_code == 303


def test_a_draft_is_thrown_away_with_a_button(commune, writer):
    seen = make.declaration(commune, state=DeclarationState.DRAFT).revision

    assert "Bỏ bản nháp này" in writer.get(page_of(commune)).text
    for _click in range(2):
        assert writer.post(f"{page_of(commune)}/discard", data={"revision": seen}).status_code == 303
    assert queries.versions_of(commune) == []


def test_while_it_waits_there_is_no_form(commune, writer):
    make.declaration(commune, state=DeclarationState.SUBMITTED)

    answer = writer.get(f"{page_of(commune)}/edit")

    assert answer.location == page_of(commune)
    assert writer.post(f"{page_of(commune)}/edit", data={**FILLED, "revision": 2}).status_code == 409


# Lists


@pytest.fixture
def province(commune):
    """With communes in every state, beside Tân Lợi which has declared nothing."""
    place = commune.parent
    for name, state in (
        ("An Bình", DeclarationState.DRAFT),
        ("Bình Minh", DeclarationState.SUBMITTED),
        ("Cẩm Mỹ", DeclarationState.RETURNED),
        ("Đồng Phú", DeclarationState.LOCKED),
        ("Hòa An", DeclarationState.RECEIVED),
    ):
        make.declaration(make.commune(name, within=place, code=f"x{name[0]}"), {"commune": 3}, state=state)
    return place


def test_the_list_of_a_province_says_where_everyone_stands(province, checker):
    everyone = rows_of(checker.get("/registry/declarations").text)

    assert everyone == [
        ("75", "none"),
        ("xA", "draft"),
        ("xB", "submitted"),
        ("xC", "returned"),
        ("xĐ", "locked"),
        ("xH", "received"),
        ("25993", "none"),
    ]
    assert rows_of(checker.get("/registry/declarations?show=none").text) == [("75", "none"), ("25993", "none")]
    assert rows_of(checker.get("/registry/declarations?show=received").text) == [("xH", "received")]
    assert checker.get("/registry/declarations?show=superseded").status_code == 404


def test_several_are_locked_at_once_and_what_has_changed_since_is_told(province, checker):
    changed = make.declaration(make.commune("Long Khánh", within=province), state=DeclarationState.SUBMITTED)
    page = checker.get("/registry/declarations?show=submitted").text
    picked = re.findall(r'name="declaration" value="([^"]+)"', page)
    checker.post(f"{page_of(changed.unit)}/return", data={"revision": changed.revision, "reason": "Xem lại"})
    told = checker.post("/registry/declarations/lock", data={"declaration": picked}, follow_redirects=True).text

    assert len(picked) == 2
    assert "Đã khóa 1 bản khai" in told
    assert "Long Khánh: Bản khai này vừa được người khác thay đổi" in told
    states = {one.unit.name: one.state for one in db.session.scalars(select(Declaration))}
    assert (states["Bình Minh"], states["Long Khánh"]) == (DeclarationState.LOCKED, DeclarationState.RETURNED)


def test_the_centre_sees_provinces_and_takes_in_all_of_one(province, centre):
    country = centre.get("/registry/declarations").text
    row = country.split('data-unit="75"')[1].split("</tr>")[0]
    numbers = [cell.strip() for cell in re.findall(r'<td class="number"[^>]*>([^<]*)</td>', row)]
    listed = centre.get(f"/registry/declarations?unit={province.id}").text
    centre.post(f"/registry/declarations/{province.id}/receive", data={"below": "1"})
    states = {one.unit.name: one.state for one in db.session.scalars(select(Declaration))}

    assert numbers[-3:] == ["2/6", "1", "4"]
    assert "Tiếp nhận 1 bản đã khóa" in listed
    assert states["Đồng Phú"] is DeclarationState.RECEIVED
    assert states["Bình Minh"] is DeclarationState.SUBMITTED


def test_only_the_centre_receives(province, checker):
    assert "Tiếp nhận" not in checker.get("/registry/declarations").text
    assert checker.post(f"/registry/declarations/{province.id}/receive", data={"below": "1"}).status_code == 403


def test_a_long_list_comes_page_by_page(commune, checker):
    for number in range(70):
        make.declaration(make.commune(f"Xã số {number:02}", within=commune.parent), state=DeclarationState.DRAFT)
    first = checker.get("/registry/declarations?show=draft").text
    following = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    second = checker.get(following).text

    assert (len(rows_of(first)), len(rows_of(second))) == (50, 20)
    assert not set(rows_of(first)) & set(rows_of(second))
    assert 'rel="next"' not in second


def test_the_list_takes_as_many_statements_for_fifty_communes_as_for_one(commune, checker):
    make.declaration(commune, state=DeclarationState.SUBMITTED)
    with count_queries() as few:
        checker.get("/registry/declarations")
    for number in range(49):
        make.declaration(make.commune(f"Xã {number}", within=commune.parent), state=DeclarationState.SUBMITTED)
    with count_queries() as many:
        checker.get("/registry/declarations")

    assert len(many) == len(few) <= ASKING + 12, many


def test_a_commune_is_led_to_its_own_page(commune, writer):
    assert writer.get("/registry/declarations").location == page_of(commune)


# Many at once


def line(unit, **values):
    return {f"u{unit.id}-{name}": value for name, value in values.items()}


def counts(*numbers):
    groups = ("commune", "enterprise", "cooperative", "cooperative_group", "household")
    return {f"count_{group}": str(number) for group, number in zip(groups, numbers, strict=True)}


COMMON = {"counted_on": "2026-11-20", "document_number": "45/BC-UBND", "document_on": "2026-11-21", "do": "submit"}


def test_a_table_of_communes_is_saved_at_once_and_blank_lines_are_left_alone(commune, checker):
    second, third = (make.commune(name, within=commune.parent) for name in ("Xuân Lộc", "Yên Sơn"))
    answer = checker.post(
        "/registry/declarations/table",
        data={
            **COMMON,
            **line(commune, **counts(5, 0, 2, 0, 7)),
            **line(second, **counts(4, 1, 0, 0, 3), document_number="9/CV", document_on="2026-11-19"),
            **line(third, **counts("", "", "", "", "")),
        },
    )
    first_told, second_told = queries.open_declaration(commune), queries.open_declaration(second)

    assert answer.status_code == 303
    assert first_told.by_group == COUNTS
    assert (first_told.document_number, second_told.document_number) == ("45/BC-UBND", "9/CV")
    assert (first_told.state, second_told.state) == (DeclarationState.SUBMITTED,) * 2
    assert queries.open_declaration(third) is None


def test_one_wrong_line_keeps_the_whole_table_from_being_written_and_keeps_what_was_typed(commune, checker):
    second = make.commune("Xuân Lộc", within=commune.parent)
    for wrong, words in (
        (counts(4, 1, 0, 0, "ba"), "Hãy điền một số nguyên."),
        (counts(4, 1, 0, 0, ""), "Nhóm nào không có ai thì ghi số 0."),
    ):
        answer = checker.post(
            "/registry/declarations/table",
            data={**COMMON, **line(commune, **counts(5, 0, 2, 0, 7171)), **line(second, **wrong)},
        )
        assert answer.status_code == 422
        assert words in answer.text
        assert "7171" in answer.text
    assert db.session.scalars(select(Declaration)).all() == []


def test_the_table_begins_with_drafts_and_shows_what_waits(commune, checker):
    waiting = make.commune("Xuân Lộc", within=commune.parent)
    draft = make.declaration(commune, {"commune": 41}, state=DeclarationState.DRAFT)
    make.declaration(waiting, state=DeclarationState.SUBMITTED)
    page = checker.get("/registry/declarations/table").text
    checker.post(
        "/registry/declarations/table",
        data={**COMMON, **line(waiting, **counts(1, 1, 1, 1, 1)), **line(commune, **counts(5, 0, 2, 0, 7), revision=1)},
    )

    assert 'value="41"' in page
    assert "Đang chờ kiểm tra nên chưa sửa được." in page
    db.session.refresh(draft)
    assert (draft.by_group, draft.state) == (COUNTS, DeclarationState.SUBMITTED)
    assert queries.open_declaration(waiting).by_group["commune"] == 0


def test_units_that_are_locked_are_declared_again_with_one_reason(commune, checker):
    make.declaration(commune, {"commune": 4})
    data = {**COMMON, **line(commune, **counts(5, 0, 2, 0, 7))}

    assert "lý do khai lại" in checker.post("/registry/declarations/table", data=data).text
    checker.post("/registry/declarations/table", data={**data, "correction_reason": "Số liệu cuối năm"})

    assert queries.open_declaration(commune).correction_reason == "Số liệu cuối năm"
