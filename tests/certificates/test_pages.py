"""Checking a certificate on the public pages, and what its holder sees."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pypdf
import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import func, select

from certificates import actions
from certificates.models import Certificate, RevokeReason
from certificates.views.checking import LOOK_UPS_PER_ADDRESS
from lms.accounts.models import FailedAttempt
from lms.core.db import db
from lms.core.secrets import seal
from tests.support import make
from tests.support.queries import count_queries

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ID_NUMBER = "075187001234"
PHONE = "0912345678"


@pytest.fixture
def certificate(app, clock):
    holder = make.person("Nguyễn Thị Phượng", account=make.user("Nguyễn Thị Phượng"))
    holder.id_number_sealed, holder.id_number_index = seal(ID_NUMBER), "x" * 64
    holder.phone, holder.email = PHONE, "phuong@example.vn"
    return make.certificate(holder, birth_on=date(1987, 3, 14), hours=24)


def verify_path(certificate):
    return f"/v/{certificate.token}"


def revoke(certificate, reason=RevokeReason.FRAUD):
    actions.revoke(certificate, reason=reason, note="thi hộ, biên bản số 4", by=None, at=NOW)


def test_everyone_sees_every_printed_field_and_the_state_with_its_time(client, certificate, clock):
    clock.move_to(datetime(2026, 11, 23, 7, 5, tzinfo=UTC))
    answer = client.get(verify_path(certificate))

    assert answer.status_code == 200
    for text in (
        "Giấy chứng nhận còn hiệu lực",
        "Còn hiệu lực tính đến 14:05 23/11/2026",
        "Nguyễn Thị Phượng",
        "1987",
        "Từ ý tưởng sản phẩm đến phương án kinh doanh",
        "24 giờ học",
        "20/11/2026",
        "23/11/2026",
        "000001/2026/GCN-OCOP",
        "Văn phòng Điều phối nông thôn mới Trung ương",
        "so họ tên và năm sinh với căn cước",
        "Khớp với bản đã ký",
    ):
        assert text in answer.text


def test_and_nothing_more(client, certificate):
    revoke(certificate)
    text = client.get(verify_path(certificate)).text

    for private in (ID_NUMBER, ID_NUMBER[-4:], PHONE, "phuong@", "14/03", "1987-03-14", "3/1987", "biên bản số 4"):
        assert private not in text
    assert "Nguyễn Thị Phượng" in text


def test_its_address_is_told_to_nobody_and_kept_nowhere(client, certificate):
    for path in (verify_path(certificate), "/v/" + "x" * 22, "/v/short"):
        headers = client.get(path).headers
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert '<meta name="robots" content="noindex' in client.get(path).text


def test_it_takes_one_question_to_the_database(client, certificate):
    path = verify_path(certificate)
    with count_queries() as queries:
        client.get(path)

    assert len(queries) == 1, queries


def test_a_withdrawal_shows_at_once_with_its_class_and_day_and_the_line_stays(client, certificate):
    assert "còn hiệu lực" in client.get(verify_path(certificate)).text
    revoke(certificate)

    answer = client.get(verify_path(certificate))

    assert answer.status_code == 200
    assert "Giấy chứng nhận đã bị thu hồi" in answer.text
    assert "Thu hồi lúc 09:00 23/11/2026. Lý do: Có gian lận." in answer.text
    assert "còn hiệu lực" not in answer.text
    assert "000001/2026/GCN-OCOP" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_an_unknown_code_and_a_broken_one_are_told_apart(client, certificate):
    unknown, broken = client.get("/v/" + "x" * 22), client.get(verify_path(certificate)[:-3])

    assert unknown.status_code == 404
    assert "Không có giấy chứng nhận này" in unknown.text
    assert broken.status_code == 400
    assert "Địa chỉ xác minh bị thiếu hoặc sai" in broken.text
    assert "Chưa kết luận gì" in broken.text


@pytest.mark.parametrize(
    ("column", "value"), [("holder_name", "Trần Văn Giả"), ("holder_birth_year", 1999), ("signature", b"\1" * 64)]
)
def test_an_altered_line_is_not_valid_and_none_of_it_is_repeated(client, certificate, column, value, caplog):
    setattr(certificate, column, value)
    answer = client.get(verify_path(certificate))

    assert "KHÔNG HỢP LỆ" in answer.text
    assert "verdict--bad" in answer.text
    assert "còn hiệu lực" not in answer.text
    assert certificate.holder_name not in answer.text
    assert "does not agree with its signature" in caplog.text


def test_names_are_text_and_never_markup(client, app):
    certificate = make.certificate(make.person("<b>Nguyễn</b> <script>alert(1)</script>"))

    text = client.get(verify_path(certificate)).text

    assert "<script>alert" not in text
    assert "&lt;b&gt;Nguyễn" in text


def test_the_page_is_there_in_english_too(client, certificate):
    client.remember(locale="en")

    assert client.get(verify_path(certificate)).status_code == 200


def test_the_short_address_leads_to_the_number(client, app):
    answer = client.get("/v")

    assert answer.status_code == 302
    assert answer.location == "/certificates/find"
    assert "Số vào sổ" in client.get("/certificates/find").text


def find(client, number):
    return client.post("/certificates/find", data={"number": number})


def test_a_number_alone_tells_that_it_is_there_and_its_state_but_no_name(client, certificate):
    answer = find(client, "1/2026")

    assert answer.status_code == 200
    assert "000001/2026/GCN-OCOP" in answer.text
    assert "Còn hiệu lực tính đến 09:00 23/11/2026" in answer.text
    for told_too_much in ("Phượng", "1987", "phương án kinh doanh", certificate.token):
        assert told_too_much not in answer.text

    revoke(certificate)
    assert "Đã bị thu hồi" in find(client, "1/2026").text
    certificate.hours = 999
    assert "KHÔNG HỢP LỆ" in find(client, "1/2026").text


def test_an_unknown_number_and_a_mistyped_one_are_told_apart_after_the_same_work(client, certificate):
    with count_queries() as for_unknown:
        unknown = find(client, "000777/2026/GCN-OCOP")
    with count_queries() as for_mistyped:
        mistyped = find(client, "000777-2026")

    assert unknown.status_code == 404
    assert "Không có số 000777/2026/GCN-OCOP trong sổ" in unknown.text
    assert mistyped.status_code == 422
    assert "Số chưa đúng dạng" in mistyped.text
    assert list(for_unknown) == list(for_mistyped)


def test_numbers_cannot_be_read_out_one_after_the_other(client, certificate, clock):
    for _ in range(LOOK_UPS_PER_ADDRESS):
        assert find(client, "1/2026").status_code == 200
    refused = find(client, "1/2026")

    assert refused.status_code == 429
    assert "Còn hiệu lực" not in refused.text
    assert db.session.scalar(select(func.count()).select_from(FailedAttempt)) == LOOK_UPS_PER_ADDRESS

    elsewhere = client.post("/certificates/find", data={"number": "1/2026"}, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert elsewhere.status_code == 200
    clock.shift(timedelta(minutes=16))
    assert find(client, "1/2026").status_code == 200


def test_an_empty_number_is_asked_for_again(client, app):
    assert find(client, "").status_code == 422
    assert find(client, "9" * 500).status_code == 422
    assert find(client, "1/2026\0").status_code == 404


def test_the_holder_finds_it_and_takes_it_home(sign_in, certificate):
    holder = sign_in(certificate.award.person.account)

    page = holder.get("/my/certificates")
    assert certificate.number in page.text
    assert "Còn hiệu lực" in page.text

    answer = holder.get(f"/certificates/{certificate.id}/pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=giay-chung-nhan-000001-2026.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Nguyễn Thị Phượng" in pypdf.PdfReader(BytesIO(answer.data)).pages[0].extract_text()


def test_the_code_on_the_paper_opens_the_page(client, sign_in, certificate):
    holder = sign_in(certificate.award.person.account)
    content = holder.get(f"/certificates/{certificate.id}/pdf").data
    [code] = zxingcpp.read_barcodes(pypdfium2.PdfDocument(content)[0].render(scale=150 / 72).to_pil())

    assert code.text == f"http://localhost/v/{certificate.token}"
    assert "Nguyễn Thị Phượng" in client.get(urlsplit(code.text).path).text


def test_a_withdrawn_paper_printed_again_says_so(sign_in, certificate):
    revoke(certificate)
    holder = sign_in(certificate.award.person.account)

    assert "Đã thu hồi" in holder.get("/my/certificates").text
    content = holder.get(f"/certificates/{certificate.id}/pdf").data
    assert "ĐÃ THU HỒI" in pypdf.PdfReader(BytesIO(content)).pages[0].extract_text()


def test_an_altered_line_is_not_printed(sign_in, certificate):
    certificate.holder_name = "Trần Văn Giả"
    holder = sign_in(certificate.award.person.account)

    answer = holder.get(f"/certificates/{certificate.id}/pdf")

    assert answer.status_code == 409
    assert "không khớp với bản đã ký" in answer.text


def test_another_learner_sees_neither_the_paper_nor_the_line(sign_in, client, certificate):
    other = sign_in(make.user("Người khác"))

    assert other.get(f"/certificates/{certificate.id}/pdf").status_code == 403
    assert other.get(f"/certificates/{certificate.id}").status_code == 403
    assert other.get("/certificates").status_code == 403
    assert certificate.number not in other.get("/my/certificates").text
    assert other.get("/certificates/999999/pdf").status_code == 404
    assert client.get(f"/certificates/{certificate.id}/pdf").status_code == 302
