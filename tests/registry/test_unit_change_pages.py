"""Pages of resolutions: several changes of one document, looked at, written together, taken back together."""

import html
import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from lms.accounts.models import Role
from lms.core.db import db
from lms.registry import queries
from lms.registry.models import Unit, UnitChange
from tests.support import make

NEW = "/registry/units/changes/new"
DOCUMENT = {"number": "Nghị quyết số 400/NQ-UBTVQH16", "signed_on": "2026-05-20", "on": "2026-06-01"}
MERGE = {"change": ["0:merge"], "c0-units": "25993\n25996", "c0-into": "26001; phường; Đồng Lợi"}
TWO = {
    "change": ["0:merge", "1:move"],
    "c0-units": "25993\r\n25996",
    "c0-into": "26001; phường; Đồng Lợi",
    "c1-units": "Xã Tân Hưng, Đồng Nai",
    "c1-into": "46",
}


@pytest.fixture
def land(commune, elsewhere):
    """Đồng Nai with three communes, and Huế; three people, one of them in two communes."""
    other = make.commune("Đồng Tâm", within=commune.parent, code="25996")
    make.official(unit=commune)
    make.official(make.official(unit=commune).person, unit=other)
    make.official(unit=make.commune("Tân Hưng", within=commune.parent, code="25999"))
    make.organisation(unit=other)
    return commune


@pytest.fixture
def centre(land, clock, sign_in):
    return sign_in(make.role(make.user("Lê Văn Quản"), Role.ADMINISTRATOR, unit_id=make.country().id))


def unit(code):
    return queries.unit_by_code(code)


def text_of(answer):
    return html.unescape(answer.text)


def consent(answer):
    """What the page of a look sends when somebody says yes to it."""
    form = re.search(r'action="/registry/units/changes".*?</form>', answer.text, re.S)[0]
    sent = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form):
        sent.setdefault(html.unescape(name), []).append(html.unescape(value))
    return sent


def test_first_the_document_and_what_kind_of_change(centre):
    page = text_of(centre.get(NEW))

    assert 'name="add" value="merge"' in page
    assert "Xem trước</button>" not in page.split("<legend")[-1]


def test_changes_are_added_and_taken_out_and_what_was_filled_in_stays(centre):
    added = text_of(centre.post(NEW, data={**DOCUMENT, **MERGE, "add": "move"}))
    assert re.findall(r'data-change="([^"]+)"', added) == ["0:merge", "1:move"]
    assert "25993\n25996</textarea>" in added

    less = text_of(centre.post(NEW, data={**DOCUMENT, **TWO, "remove": "0:merge"}))
    assert re.findall(r'data-change="([^"]+)"', less) == ["1:move"]
    assert re.search(r'name="c1-into"[^>]* value="46"', less)


def test_the_look_says_what_would_happen_to_how_many_and_in_whose_scope(centre, land):
    make.role(make.user("Trần Thị Phối"), Role.COORDINATOR, unit_id=land.parent_id)
    make.role(make.user("Tôn Nữ Huế"), Role.COORDINATOR, unit_id=unit("46").id)

    looked = text_of(centre.post(NEW, data={**DOCUMENT, **TWO}))

    assert "Toàn bộ Xã Tân Lợi (25993) thuộc về Phường Đồng Lợi (26001)." in looked
    assert "Xã Tân Hưng (25999) chuyển từ Tỉnh Đồng Nai sang Tỉnh Huế." in looked
    assert re.findall(r'class="figure__value number">(\d+)<', looked) == ["4", "3", "1"]
    rows = dict(re.findall(r'<tr data-scope=.*?<th scope="row">(.*?)</th>(.*?)</tr>', looked, re.S))
    assert "Xã Tân Hưng" in rows["Tôn Nữ Huế"].split("Quản lý thêm")[1]
    assert "Xã Tân Hưng" in rows["Trần Thị Phối"].split("Thôi quản lý")[1]
    # Nothing has been written.
    assert unit("26001") is None
    assert unit("25993").valid_to is None
    assert not db.session.scalars(select(UnitChange)).all()


def test_what_was_looked_at_is_written_whole_and_shown(centre, land):
    looked = centre.post(NEW, data={**DOCUMENT, **TWO})

    entered = centre.post("/registry/units/changes", data=consent(looked), follow_redirects=True)

    assert entered.status_code == 200
    page = text_of(entered)
    assert "<h1>Nghị quyết số 400/NQ-UBTVQH16 ngày 20/05/2026</h1>" in page
    assert "1. Sáp nhập" in page
    assert "2. Chuyển sang tỉnh khác" in page
    assert (unit("25993").valid_to, unit("26001").path) == (date(2026, 5, 31), "vn/75/26001")
    assert unit("25999").path == "vn/46/25999"
    listed = text_of(centre.get("/registry/units/changes"))
    assert listed.count("data-resolution=") == 1
    assert "Lê Văn Quản" in listed


def test_it_is_taken_back_whole(centre, land):
    answer = centre.post("/registry/units/changes", data=consent(centre.post(NEW, data={**DOCUMENT, **TWO})))
    page = f"{answer.location}/withdraw"

    assert centre.post(page, data={"reason": ""}).status_code == 422
    assert centre.post(page, data={"reason": "Nhập nhầm tỉnh"}).status_code == 303
    assert unit("26001") is None
    assert (unit("25993").valid_to, unit("25999").path) == (None, "vn/75/25999")
    assert "Nhập nhầm tỉnh" in text_of(centre.get(answer.location))
    # Twice is once too often.
    assert "đã được thu hồi" in text_of(centre.post(page, data={"reason": "Nhập nhầm"}))


@pytest.mark.parametrize(
    "write",
    [
        lambda there: make.role(make.user(), Role.COORDINATOR, unit_id=there.id),
        lambda there: make.official(unit=there),
        lambda there: make.organisation(unit=there),
        lambda there: make.declaration(there, counted_on=date(2026, 7, 1), at=datetime(2026, 7, 2, 2, tzinfo=UTC)),
        lambda there: make.training_class(unit=there),
    ],
    ids=["a role", "a post", "an organisation", "a declaration", "a class"],
)
def test_it_is_not_taken_back_once_anything_is_written_down_there(centre, land, write):
    answer = centre.post("/registry/units/changes", data=consent(centre.post(NEW, data={**DOCUMENT, **MERGE})))
    write(unit("26001"))

    refused = centre.post(f"{answer.location}/withdraw", data={"reason": "Nhập nhầm"})

    assert refused.status_code == 422
    assert "không thu hồi được nữa" in text_of(refused)
    assert unit("26001") is not None


def test_of_several_changes_all_are_written_or_none(centre, land):
    looked = centre.post(NEW, data={**DOCUMENT, **TWO})
    sent = consent(looked)
    sent["c1-units"] = ["99999"]

    refused = centre.post("/registry/units/changes", data=sent)

    assert refused.status_code == 422
    assert "Không có đơn vị mã 99999" in text_of(refused)
    assert (unit("25993").valid_to, unit("26001")) == (None, None)


def test_nothing_else_is_written_than_was_seen(centre, land):
    sent = consent(centre.post(NEW, data={**DOCUMENT, **MERGE}))
    sent["c0-into"] = ["26004; xã; Đồng Lợi"]

    refused = centre.post("/registry/units/changes", data=sent)

    assert refused.status_code == 409
    assert "Xin xem lại" in text_of(refused)
    assert unit("26004") is None
    assert unit("25993").valid_to is None
    # Without a look nothing is written either.
    assert centre.post("/registry/units/changes", data={**DOCUMENT, **MERGE}).status_code == 409


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({**DOCUMENT}, "Chưa có thay đổi nào"),
        ({**DOCUMENT, **MERGE, "signed_on": "hôm qua"}, "Ngày ban hành"),
        ({**DOCUMENT, **MERGE, "c0-into": ""}, "Thành đơn vị nào"),
        ({**DOCUMENT, **MERGE, "c0-units": "99999"}, "Không có đơn vị mã 99999"),
        ({**DOCUMENT, **MERGE, "on": "2026-12-01"}, "phía trước"),
        ({**DOCUMENT, **TWO, "c1-units": "25993"}, "không còn nữa"),
    ],
)
def test_what_is_missing_or_cannot_be_is_said_at_its_place(centre, land, sent, told):
    refused = centre.post(NEW, data=sent)

    assert refused.status_code == 422
    assert told in text_of(refused)
    assert db.session.scalar(select(Unit).where(Unit.code == "26001")) is None


def test_a_coordinator_reads_the_history_and_enters_nothing(centre, land, sign_in):
    answer = centre.post("/registry/units/changes", data=consent(centre.post(NEW, data={**DOCUMENT, **MERGE})))
    reader = sign_in(make.coordinator(land.parent))

    assert "Thu hồi" not in text_of(reader.get(answer.location))
    assert "Nhập nghị quyết" not in text_of(reader.get("/registry/units/changes"))
    assert reader.post(f"{answer.location}/withdraw", data={"reason": "x"}).status_code == 403
