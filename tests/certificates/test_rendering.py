"""The printed form, looked at as a reader, a camera and a machine would."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pypdf
import pypdfium2
import pytest
import time_machine
import zxingcpp

from certificates.rendering import (
    HEIGHT,
    MARGIN,
    WIDTH,
    NotACertificate,
    Seal,
    english_day,
    long_day,
    matrix_of,
    pdf_of,
    read_seal,
)
from tests.certificates.test_rules import FIELDS, payload_of

ADDRESS = f"https://hoctap.ocop.example.vn/v/{FIELDS.token}"
SEAL = Seal(payload_of(FIELDS), "0123456789abcdef", bytes(range(64)))
POINT = 25.4 / 72
LONG_NAMES = [
    "H'Hương Niê Kđăm Ŏ ŭ ĕ Nguyễn Phước Trường Nghiễm Quỳnh Đoan Trang Ƀlô Êñuôl Mlô",
    "Ẫ" * 80,
    "W" * 120,
    " ".join(["Nguyễn"] * 17),
]


def printed(fields=FIELDS, *, is_revoked=False, address=ADDRESS):
    return pdf_of(fields, SEAL, verify_url=address, look_up="hoctap.ocop.example.vn/v", is_revoked=is_revoked)


def words_of(content):
    return " ".join(pypdf.PdfReader(BytesIO(content)).pages[0].extract_text().split())


@pytest.fixture(scope="module")
def plain():
    return printed()


def test_the_text_can_be_read_out_in_vietnamese(plain):
    words = words_of(plain)

    for text in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "GIẤY CHỨNG NHẬN",
        "Nguyễn Thị Phượng",
        "Sinh năm 1987",
        "Chu trình OCOP",
        "16 giờ học",
        "ngày 20 tháng 11 năm 2026",
        "Ngày 23 tháng 11 năm 2026",
        "000123/2026/GCN-OCOP",
        "Văn phòng Điều phối",
        "hoctap.ocop.example.vn/v",
        "Hãy so họ tên và năm sinh với căn cước",
        "không phải hạng sao OCOP",
    ):
        assert text in words


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_the_code_is_read_by_another_decoder(plain, dpi):
    picture = pypdfium2.PdfDocument(plain)[0].render(scale=dpi / 72).to_pil().convert("L")

    found = zxingcpp.read_barcodes(picture)

    assert [code.text for code in found] == [ADDRESS]


def test_the_code_is_at_least_30_mm_wide_without_its_quiet_zone(plain):
    picture = pypdfium2.PdfDocument(plain)[0].render(scale=300 / 72).to_pil().convert("L")
    corners = zxingcpp.read_barcodes(picture)[0].position

    assert (corners.top_right.x - corners.top_left.x) * 25.4 / 300 >= 30


def test_a_long_address_still_is_read():
    address = "https://hoc-tap-va-ghi-nhan.nongthonmoi.mot-tinh-rat-xa.gov.vn/he-thong/v/" + FIELDS.token
    picture = pypdfium2.PdfDocument(printed(address=address))[0].render(scale=150 / 72).to_pil().convert("L")

    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [address]


def test_the_code_has_a_quiet_zone_of_four_modules():
    matrix = matrix_of(ADDRESS)

    assert not any(any(row[:4]) or any(row[-4:]) for row in matrix)
    assert not any(map(any, matrix[:4] + matrix[-4:]))
    assert matrix[4][4]


def drawn_texts(content):
    """Every piece of text on the page with its left and right edge in mm."""
    page = pypdfium2.PdfDocument(content)[0].get_textpage()
    for index in range(page.count_rects()):
        left, bottom, right, top = page.get_rect(index)
        yield left * POINT, HEIGHT - top * POINT, right * POINT, HEIGHT - bottom * POINT


@pytest.mark.parametrize("name", LONG_NAMES)
def test_long_names_and_titles_stay_inside_and_whole(name):
    title = (
        "Quản lý Chương trình Mỗi xã một sản phẩm dành cho cán bộ cấp tỉnh và cấp xã: " + "chu trình, tiêu chí, " * 5
    )
    fields = replace(FIELDS, holder_name=name, title=title.strip()[:200], issuer=("Văn phòng Điều phối " * 10).strip())
    content = printed(fields)
    squeezed = words_of(content).replace(" ", "")

    assert name.replace(" ", "") in squeezed
    assert fields.title.replace(" ", "") in squeezed
    assert fields.issuer.replace(" ", "") in squeezed
    for left, top, right, bottom in drawn_texts(content):
        assert left > MARGIN + 4.6
        assert right < WIDTH - MARGIN - 4.6
        assert top > MARGIN + 4.6
        assert bottom < HEIGHT - MARGIN - 4.6


@pytest.mark.parametrize("name", [FIELDS.holder_name, *LONG_NAMES])
def test_lines_do_not_run_into_each_other(name):
    fields = replace(FIELDS, holder_name=name, title="W" * 200)
    pieces = sorted(drawn_texts(printed(fields)), key=lambda piece: (piece[1] + piece[3]) / 2)
    for one in pieces:
        for other in pieces:
            if one is other or one[2] <= other[0] or other[2] <= one[0]:
                continue
            overlap = min(one[3], other[3]) - max(one[1], other[1])
            assert overlap <= 0.35 * min(one[3] - one[1], other[3] - other[1])


def test_every_letter_of_the_highlands_is_in_the_font(recwarn):
    printed(replace(FIELDS, holder_name="H'Hương Niê Ĕ ĕ Ĭ ĭ Ŏ ŏ Ŭ ŭ Ƀ ƀ Č č Ñ ñ ʼ ê̆ ô̆ ơ̆ ư̆"))

    assert not recwarn.list


def test_what_is_not_known_is_left_out():
    words = words_of(printed(replace(FIELDS, holder_birth_year=None, hours=None)))

    assert "Sinh năm" not in words
    assert "giờ học" not in words
    assert "None" not in words


def test_the_same_line_gives_the_same_bytes_whenever_it_is_printed(plain):
    with time_machine.travel(datetime(2031, 2, 3, tzinfo=UTC)):
        assert printed() == plain


def test_the_file_says_what_it_is(plain):
    reader = pypdf.PdfReader(BytesIO(plain))

    assert reader.metadata is not None
    assert "000123/2026/GCN-OCOP" in reader.metadata.title
    assert reader.metadata.author == FIELDS.issuer
    assert reader.metadata.creation_date == FIELDS.issued_at
    assert reader.trailer["/Root"]["/Lang"] == "vi"
    assert len(reader.pages) == 1
    assert round(float(reader.pages[0].mediabox.width) * POINT) == 297


def test_it_carries_its_own_proof(plain):
    assert read_seal(plain) == SEAL


def test_a_withdrawn_one_says_so_across_the_page():
    assert "ĐÃ THU HỒI" in words_of(printed(is_revoked=True))


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"PK\x03\x04", b"\0" * 1000, "không phải".encode(), printed()[:5000]],
    ids=["empty", "head", "zip", "zeros", "text", "cut"],
)
def test_what_is_no_certificate_is_refused(content):
    with pytest.raises(NotACertificate):
        read_seal(content)


@pytest.mark.parametrize(
    "attached",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        json.dumps({"format": "other"}).encode(),
        json.dumps({"format": "ocop-certificate", "payload": "é", "key_id": "", "signature": ""}).encode(),
        b'{"format":"ocop-certificate","payload":1,"key_id":"","signature":""}',
        b"[" * 100_000,
    ],
    ids=range(8),
)
def test_what_is_attached_is_not_trusted(attached):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("certificate.json", attached)
    file = BytesIO()
    writer.write(file)

    with pytest.raises(NotACertificate):
        read_seal(file.getvalue())


def test_days_are_written_as_documents_write_them():
    assert long_day(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert long_day(date(2026, 3, 15)) == "ngày 15 tháng 3 năm 2026"
    assert english_day(date(2026, 2, 5)) == "5 February 2026"
