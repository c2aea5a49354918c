"""`flask certificates`: checking a file or an address, making up for missing certificates, withdrawing one."""

import re
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import urlsplit

import click
from flask import Flask
from flask.cli import AppGroup

from certificates import actions, checking, queries, signing
from certificates.models import Certificate, RevokeReason
from certificates.printing import base_url
from certificates.rules import Fields, State, is_token, read_number, read_payload
from certificates.words import REASONS, STATES
from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import DomainError
from lms.web import formats

NOT_VALID: Final = 1
UNREADABLE: Final = 2
MOST_BYTES: Final = 20 * 1024 * 1024
ADDRESS: Final = re.compile(r"/v/([^/?#]+)")

certificates = AppGroup("certificates", help="Certificates: check one, issue what is missing, withdraw one.")


def init_app(app: Flask) -> None:
    """Offer the commands."""
    app.cli.add_command(certificates)


@certificates.command()
@click.argument("what", metavar="FILE|URL")
def verify(what: str) -> None:
    """Check a certificate: its PDF file, or the address in its QR code.

    Exit status: 0 valid; 1 not valid or withdrawn; 2 cannot be read.
    """
    path = Path(what)
    try:
        content = path.read_bytes() if path.is_file() and path.stat().st_size <= MOST_BYTES else None
        is_file = path.is_file()
    except OSError:
        # Too long for a file's name, or a file that may not be read.
        content, is_file = None, ADDRESS.search(what) is None
    if content is not None:
        _verify_file(content)
    elif is_file:
        _unreadable("Không đọc được tệp, hoặc tệp quá lớn để là một giấy chứng nhận.")
    else:
        _verify_address(what)


@certificates.command("issue-missing")
def issue_missing() -> None:
    """Issue certificates for awards that were left without one."""
    count = 0
    while issued := actions.issue_missing(at=now()):
        db.session.commit()
        count += len(issued)
        for certificate in issued:
            click.echo(f"{certificate.number}  {certificate.holder_name}")
    db.session.rollback()
    click.echo(f"Đã cấp bổ sung: {count}")


@certificates.command()
@click.argument("number")
@click.option(
    "--reason",
    required=True,
    type=click.Choice([reason.value for reason in RevokeReason]),
    help="Class of reason, shown to everyone. fraud and issued_in_error take the award back too.",
)
@click.option("--note", required=True, help="What is behind it; for the issuer only.")
def revoke(number: str, reason: str, note: str) -> None:
    """Withdraw the certificate with this number. Its line stays in the register."""
    certificate = queries.by_number(read_number(number) or number)
    if certificate is None:
        click.echo(f"Không có số {number} trong sổ.", err=True)
        raise SystemExit(UNREADABLE)
    try:
        actions.revoke(certificate, reason=RevokeReason(reason), note=note, by=None, at=now())
    except DomainError as refusal:
        db.session.rollback()
        click.echo(str(refusal), err=True)
        raise SystemExit(NOT_VALID) from None
    db.session.commit()
    click.echo(f"Đã thu hồi {certificate.number}: {REASONS[RevokeReason(reason)]}")


def _verify_file(content: bytes) -> None:
    # Loaded here alone: other commands and pages do not need the PDF libraries.
    from certificates import rendering

    try:
        seal = rendering.read_seal(content)
    except rendering.NotACertificate:
        _unreadable("Không đọc được: tệp không phải giấy chứng nhận (PDF) của hệ thống này.")
    click.echo(f"Khóa: {seal.key_id}")
    if not signing.check(seal.payload, seal.key_id, seal.signature):
        _not_valid("Chữ ký: SAI, hoặc ký bằng khóa không phải của hệ thống này.")
    click.echo("Chữ ký: đúng")
    try:
        fields = read_payload(seal.payload)
    except ValueError:
        _unreadable("Nội dung đã ký không phải giấy chứng nhận mà phiên bản này đọc được.")
    certificate = queries.by_token(fields.token)
    if certificate is None:
        _print(fields)
        _not_valid("Sổ cấp: không có giấy này.")
    if certificate.payload != seal.payload:
        _print(fields)
        _not_valid("Sổ cấp: ghi khác với tệp này.")
    click.echo("Sổ cấp: khớp với tệp. Chữ trên trang in phải giống hệt các dòng dưới đây.")
    _conclude(certificate)


def _verify_address(what: str) -> None:
    found = ADDRESS.search(what)
    token = found[1] if found else what
    if not is_token(token):
        _unreadable("Không đọc được: không có tệp như vậy, cũng không phải địa chỉ hay mã xác minh.")
    if found and urlsplit(what).netloc not in ("", urlsplit(base_url()).netloc):
        click.echo(
            f"Chú ý: địa chỉ này không phải của hệ thống ({base_url()}). Chỉ mã trong đó được kiểm tra.", err=True
        )
    certificate = queries.by_token(token)
    if certificate is None:
        _not_valid("Sổ cấp: không có giấy này.")
    _conclude(certificate)


def _conclude(certificate: Certificate) -> None:
    """Say what is printed and what state it is in, and end with the status that says so."""
    at = now()
    state = checking.state(certificate, at)
    if state is State.INVALID:
        _not_valid("KHÔNG HỢP LỆ: dòng trong sổ không khớp với nội dung đã ký.")
    _print(checking.fields_of(certificate))
    if state is State.REVOKED and certificate.revoke_reason is not None:
        revoked = f"{formats.instant(certificate.revoked_at)}, lý do: {REASONS[certificate.revoke_reason]}"
        _not_valid(f"{str(STATES[state]).upper()} lúc {revoked}")
    click.echo(f"{STATES[state]} tính đến {formats.instant(at)}")


def _print(fields: Fields) -> None:
    for label, value in (
        ("Số vào sổ", fields.number),
        ("Họ và tên", fields.holder_name),
        ("Năm sinh", fields.holder_birth_year),
        ("Khóa học", fields.title),
        ("Số giờ", fields.hours),
        ("Ngày hoàn thành", formats.day(fields.awarded_on)),
        ("Ngày cấp", formats.day(fields.issued_on)),
        ("Đơn vị cấp", fields.issuer),
    ):
        if value is not None:
            click.echo(f"  {label}: {value}")


def _not_valid(text: str) -> NoReturn:
    click.echo(text, err=True)
    raise SystemExit(NOT_VALID)


def _unreadable(text: str) -> NoReturn:
    click.echo(text, err=True)
    raise SystemExit(UNREADABLE)
