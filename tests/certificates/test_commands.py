"""`flask certificates …`, as an administrator uses it."""

import os

import pytest
from sqlalchemy import delete

from certificates import checking, printing, rendering
from certificates.models import Certificate, NumberReservation, RevokeReason
from lms.core.db import db
from tests.support import make


@pytest.fixture
def certificate(app, clock):
    return make.certificate(make.person("Nguyễn Thị Phượng"))


@pytest.fixture
def run(app):
    def run(*arguments):
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["certificates", *arguments])
        return result.exit_code, result.output

    return run


@pytest.fixture
def file(certificate, tmp_path):
    path = tmp_path / "giấy.pdf"
    path.write_bytes(printing.pdf_of(certificate))
    return path


def test_a_file_is_checked_against_signature_and_register(run, file):
    status, output = run("verify", str(file))

    assert status == 0
    for text in ("Chữ ký: đúng", "khớp với tệp", "Nguyễn Thị Phượng", "000001/2026/GCN-OCOP", "Còn hiệu lực tính đến"):
        assert text in output


@pytest.mark.parametrize("form", ["http://localhost/v/{}", "/v/{}", "{}", "https://gia-mao.example/v/{}?x=1#y"])
def test_an_address_or_its_code_is_checked(run, certificate, form):
    status, output = run("verify", form.format(certificate.token))

    assert status == 0
    assert "Nguyễn Thị Phượng" in output
    assert ("không phải của hệ thống" in output) == ("gia-mao" in form)


def test_a_withdrawn_one_is_not_valid(run, file, certificate):
    status, output = run("revoke", "1/2026", "--reason", "fraud", "--note", "thi hộ")
    assert status == 0
    assert "000001/2026/GCN-OCOP: Có gian lận" in output
    assert certificate.revoke_reason is RevokeReason.FRAUD

    for what in (str(file), certificate.token):
        status, output = run("verify", what)
        assert status == 1
        assert "ĐÃ THU HỒI lúc 09:00 23/11/2026, lý do: Có gian lận" in output


def test_an_altered_file_is_not_valid(run, file, certificate):
    altered = certificate.payload.replace(b"1987", b"1999")
    forged = rendering.pdf_of(
        checking.fields_of(certificate),
        rendering.Seal(altered, certificate.key_id, certificate.signature),
        verify_url="http://localhost/v/x",
        look_up="localhost/v",
    )
    file.write_bytes(forged)
    status, output = run("verify", str(file))

    assert status == 1
    assert "Chữ ký: SAI" in output
    assert "đúng" not in output


def test_a_signed_file_that_the_register_does_not_know_is_not_valid(run, file):
    db.session.execute(delete(Certificate))
    status, output = run("verify", str(file))

    assert status == 1
    assert "Chữ ký: đúng" in output
    assert "không có giấy này" in output


def test_an_altered_register_is_not_valid(run, file, certificate):
    certificate.holder_name = "Trần Văn Giả"
    status, output = run("verify", str(file))

    assert status == 1
    assert "KHÔNG HỢP LỆ" in output


@pytest.mark.parametrize("what", ["", "không-có.pdf", "x" * 21, "http://localhost/", "http://localhost/v/short"])
def test_what_cannot_be_read_is_told_apart(run, app, what):
    assert run("verify", what)[0] == 2


def test_another_file_cannot_be_read(run, app, tmp_path):
    path = tmp_path / "khác.pdf"
    path.write_bytes(b"%PDF-1.7 nothing")

    status, output = run("verify", str(path))

    assert status == 2
    assert "Không đọc được" in output


def test_an_address_longer_than_a_file_name_can_be_and_a_file_too_large_cannot_be_read(run, app, tmp_path):
    path = tmp_path / "lớn.pdf"
    path.write_bytes(b"")
    os.truncate(path, 21 * 1024 * 1024)

    assert run("verify", "http://localhost/v/" + "x" * 5000)[0] == 2
    assert run("verify", "x" * 5000)[0] == 2
    assert run("verify", str(path))[0] == 2


def test_an_unknown_code_is_not_valid(run, app):
    assert run("verify", "x" * 22) == (1, "Sổ cấp: không có giấy này.\n")


def test_missing_certificates_are_issued(run, certificate):
    db.session.execute(delete(Certificate))
    db.session.execute(delete(NumberReservation))

    assert run("issue-missing") == (0, "000001/2026/GCN-OCOP  Nguyễn Thị Phượng\nĐã cấp bổ sung: 1\n")
    assert run("issue-missing") == (0, "Đã cấp bổ sung: 0\n")


def test_a_withdrawal_is_refused_without_a_line_a_reason_or_a_second_time(run, certificate):
    assert run("revoke", "777/2026", "--reason", "fraud", "--note", "x")[0] == 2
    assert run("revoke", "1/2026", "--reason", "because", "--note", "x")[0] == 2
    assert run("revoke", "1/2026", "--reason", "fraud", "--note", " ")[0] == 1
    assert certificate.revoked_at is None
    assert run("revoke", "1/2026", "--reason", "data_error", "--note", "sai tên")[0] == 0
    assert run("revoke", "1/2026", "--reason", "fraud", "--note", "x")[0] == 1
