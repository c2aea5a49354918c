"""The register book: who sees which lines, and withdrawing."""

from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from certificates import policies, queries
from certificates.models import RevokeReason
from lms.accounts.models import Role
from lms.accounts.rules import FAILURES_PER_NAME
from lms.core.audit import AuditEntry
from lms.core.db import db
from tests.support import make
from tests.support.queries import count_queries

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def here(app, clock):
    return make.province("Đồng Nai")


@pytest.fixture
def certificate(here):
    return make.certificate(make.person("Nguyễn Thị Phượng"), unit=make.commune(within=here))


def staff(role, unit):
    return make.role(make.user(role.value, password=make.PASSWORD), role, unit_id=unit.id)


def revoking(certificate, client, **changes):
    data = {"reason": "fraud", "note": "thi hộ", "password": make.PASSWORD, **changes}
    return client.post(f"/certificates/{certificate.id}/revoke", data=data)


def test_a_coordinator_sees_the_lines_of_the_own_province_and_no_other(sign_in, here, certificate):
    elsewhere = make.certificate(make.person("Trần Văn Xa"), unit=make.commune(within=make.province("Lào Cai")))
    coordinator = sign_in(staff(Role.COORDINATOR, here))

    book = coordinator.get("/certificates").text
    assert certificate.number in book
    assert "Trần Văn Xa" not in book
    assert coordinator.get(f"/certificates/{certificate.id}").status_code == 200
    assert coordinator.get(f"/certificates/{certificate.id}/pdf").status_code == 200
    for path in (f"/certificates/{elsewhere.id}", f"/certificates/{elsewhere.id}/pdf"):
        assert coordinator.get(path).status_code == 403
    assert revoking(elsewhere, coordinator).status_code == 403
    assert elsewhere.revoked_at is None


def test_an_administrator_of_the_country_sees_all(sign_in, certificate):
    elsewhere = make.certificate(make.person("Trần Văn Xa"), unit=make.commune(within=make.province("Lào Cai")))
    book = sign_in(staff(Role.ADMINISTRATOR, make.country())).get("/certificates").text

    assert certificate.number in book
    assert elsewhere.number in book


def test_a_trainer_hands_out_no_certificates(sign_in, here, certificate):
    trainer = sign_in(staff(Role.TRAINER, here))

    assert trainer.get("/certificates").status_code == 403
    assert trainer.get(f"/certificates/{certificate.id}").status_code == 403
    assert trainer.get(f"/certificates/{certificate.id}/pdf").status_code == 403
    assert trainer.post("/certificates/register.xlsx").status_code == 403
    assert revoking(certificate, trainer).status_code == 403


def test_the_list_and_the_single_line_agree_on_who_sees_what(app, clock):
    provinces = [make.province("Đồng Nai"), make.province("Lào Cai")]
    communes = [make.commune(within=province) for province in provinces]
    certificates = [make.certificate(unit=unit) for unit in (*communes, provinces[0], make.country())]
    users = [staff(role, unit) for role in Role for unit in (make.country(), *provinces, *communes)]

    for user in users:
        listed = {each.id for each in queries.register_lines(policies.visible_certificates(user))}
        seen = {each.id for each in certificates if policies.can_see(user, each)}
        assert listed == (seen if policies.can_see_register(user) else set())


def test_a_line_is_found_by_number_and_by_name_with_or_without_marks(sign_in, here, certificate):
    make.certificate(make.person("Trần Văn Bình"), unit=here)
    coordinator = sign_in(staff(Role.COORDINATOR, here))

    for search in ("1/2026", "000001", "000001/2026/gcn-ocop", "phượng", "phuong", "NGUYEN THI"):
        text = coordinator.get("/certificates", query_string={"q": search}).text
        assert "Nguyễn Thị Phượng" in text, search
        assert "Trần Văn Bình" not in text, search
    for search in ("%", "_", "không có ai"):
        assert "Nguyễn Thị Phượng" not in coordinator.get("/certificates", query_string={"q": search}).text


def test_the_book_is_read_page_by_page_there_and_back(app, clock, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    made = [make.certificate().id for _ in range(5)]
    scope = policies.visible_certificates(staff(Role.ADMINISTRATOR, make.country()))

    def ids(page):
        return [each.id for each in page.certificates]

    first = queries.register_page(scope)
    second = queries.register_page(scope, older_than=first.older_than)
    third = queries.register_page(scope, older_than=second.older_than)
    back = queries.register_page(scope, newer_than=third.newer_than)

    assert [*ids(first), *ids(second), *ids(third)] == made[::-1]
    assert (first.newer_than, third.older_than) == (None, None)
    assert ids(back) == ids(second)
    assert queries.register_page(scope, newer_than=back.newer_than).newer_than is None


def test_a_longer_book_asks_the_database_no_more(sign_in, here, certificate):
    coordinator = sign_in(staff(Role.COORDINATOR, here))
    with count_queries() as for_one:
        coordinator.get("/certificates")
    for _ in range(5):
        make.certificate(unit=here)
    db.session.commit()
    with count_queries() as for_six:
        coordinator.get("/certificates")

    assert len(for_six) == len(for_one) <= 5, for_six


def test_the_book_as_a_spreadsheet_is_the_same_lines_and_is_written_down(sign_in, here, certificate):
    named = make.certificate(make.person("=1+1"), unit=here)
    make.certificate(make.person("Trần Văn Xa"), unit=make.province("Lào Cai"))
    user = staff(Role.COORDINATOR, here)

    answer = sign_in(user).post("/certificates/register.xlsx", data={"q": ""})

    rows = list(openpyxl.load_workbook(BytesIO(answer.data)).active.iter_rows())
    lines = [row for row in rows if isinstance(row[0].value, int)]
    assert [line[1].value for line in lines] == [certificate.number, named.number]
    assert lines[0][6].value.date() == date(2026, 11, 20)
    assert lines[1][2].value == "=1+1"
    assert lines[1][2].data_type == "s"
    assert "so-cap-giay-chung-nhan-2026-11-23.xlsx" in answer.headers["Content-Disposition"]
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificates.export_register"))
    assert (entry.actor_id, entry.details) == (user.id, {"rows": 2})


def test_a_coordinator_withdraws_and_it_shows_everywhere(sign_in, client, here, certificate):
    coordinator = sign_in(staff(Role.COORDINATOR, here))
    assert "Thu hồi giấy này" in coordinator.get(f"/certificates/{certificate.id}").text

    answer = revoking(certificate, coordinator)

    assert answer.status_code == 303
    assert certificate.revoke_reason is RevokeReason.FRAUD
    assert certificate.award.revoked_on == date(2026, 11, 20)
    page = coordinator.get(f"/certificates/{certificate.id}").text
    assert "thi hộ" in page
    assert "Thu hồi giấy này" not in page
    assert "đã bị thu hồi" in client.get(f"/v/{certificate.token}").text
    assert revoking(certificate, coordinator).status_code == 409


@pytest.mark.parametrize(
    "changes", [{"password": "sai mật khẩu"}, {"password": ""}, {"note": ""}, {"reason": ""}, {"reason": "other"}]
)
def test_a_withdrawal_needs_a_reason_a_note_and_the_password(sign_in, here, certificate, changes):
    coordinator = sign_in(staff(Role.COORDINATOR, here))

    assert revoking(certificate, coordinator, **changes).status_code == 422
    assert certificate.revoked_at is None
    assert certificate.award.revoked_on is None


def test_a_stolen_session_cannot_guess_the_password(sign_in, here, certificate):
    coordinator = sign_in(staff(Role.COORDINATOR, here))
    for _ in range(FAILURES_PER_NAME):
        assert revoking(certificate, coordinator, password="đoán mò").status_code == 422

    assert revoking(certificate, coordinator).status_code == 429
    assert certificate.revoked_at is None


def test_a_withdrawal_from_a_foreign_page_is_refused(sign_in, here, certificate):
    coordinator = sign_in(staff(Role.COORDINATOR, here))
    data = {"reason": "fraud", "note": "thi hộ", "password": make.PASSWORD}

    assert coordinator.post(f"/certificates/{certificate.id}/revoke", data=data, csrf=False).status_code == 400
    assert certificate.revoked_at is None


def test_staff_see_what_was_signed_where_a_line_was_altered(sign_in, here, certificate):
    certificate.holder_name = "Trần Văn Giả"
    page = sign_in(staff(Role.COORDINATOR, here)).get(f"/certificates/{certificate.id}").text

    assert "Không hợp lệ" in page
    assert "Nguyễn Thị Phượng" in page
    assert "Trần Văn Giả" in page
