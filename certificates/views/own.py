"""One's own certificates, and the printed form of one."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certificates import checking, policies, printing, queries
from certificates.models import Certificate
from certificates.views.base import bp
from certificates.words import STATES, TONES
from lms.core.clock import now
from lms.web import sheets
from lms.web.access import require, signed_in


@bp.get("/my/certificates")
@signed_in
def list_own() -> ResponseReturnValue:
    at = now()
    own = queries.own_certificates(policies.held_certificates(current_user))
    lines = [(certificate, checking.state(certificate, at)) for certificate in own]
    return render_template(
        "certificates/own.html", lines=lines, words=STATES, tones=TONES, verify_url=printing.verify_url
    )


@bp.get("/certificates/<int:certificate_id>/pdf")
@signed_in
def download(certificate_id: int) -> ResponseReturnValue:
    certificate = load(certificate_id)
    require(policies.can_download(current_user, certificate))
    return sheets.download(printing.pdf_of(certificate), printing.file_name(certificate), "application/pdf")


def load(certificate_id: int) -> Certificate:
    """A certificate with its holder, or a page that says there is none."""
    certificate = queries.with_holder(certificate_id)
    if certificate is None:
        abort(404)
    return certificate
