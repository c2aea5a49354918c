"""From a line of the register to the file that is handed out."""

from urllib.parse import urlsplit

from flask import current_app

from certificates import checking
from certificates.models import Certificate
from certificates.rules import State
from lms.core.clock import now
from lms.core.errors import DomainError
from lms.core.i18n import lazy_gettext as _l


def verify_url(certificate: Certificate) -> str:
    """The address in the QR code."""
    return f"{base_url()}/v/{certificate.token}"


def base_url() -> str:
    """The address of this installation, whatever a request says of itself."""
    address: str = current_app.config["BASE_URL"]
    return address


def pdf_of(certificate: Certificate) -> bytes:
    """The certificate as PDF. Raises DomainError for a line that does not agree with its signature."""
    state = checking.state(certificate, now())
    if state is State.INVALID:
        current_app.logger.error("certificate %s does not agree with its signature", certificate.id)
        raise DomainError(_l("Dữ liệu của giấy này không khớp với bản đã ký nên không in được. Hãy báo quản trị viên."))
    # The PDF libraries weigh on memory and on every start (bench_import tells): only who draws loads them.
    from certificates import rendering

    short = urlsplit(base_url())
    return rendering.pdf_of(
        checking.fields_of(certificate),
        rendering.Seal(certificate.payload, certificate.key_id, certificate.signature),
        verify_url=verify_url(certificate),
        look_up=f"{short.netloc}{short.path}/v",
        is_revoked=state is State.REVOKED,
    )


def file_name(certificate: Certificate) -> str:
    """'giay-chung-nhan-000123-2026.pdf'."""
    serial, year = certificate.number.split("/")[:2]
    return f"giay-chung-nhan-{serial}-{year}.pdf"
