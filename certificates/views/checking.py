"""Checking a certificate: public, by the code that was scanned or by the number that was typed."""

from typing import Final

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certificates import checking, queries
from certificates.forms import FindForm
from certificates.models import Certificate
from certificates.rules import State, is_token, printable, read_number
from certificates.views.base import bp
from certificates.words import REASONS, STATES, TONES
from lms.accounts.actions import check_door, count_try
from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import TooManyAttempts
from lms.core.i18n import gettext as _
from lms.web.access import public

LOOK_UP_DOOR: Final = "certificate-number"
LOOK_UPS_PER_ADDRESS: Final = 30
"""In a quarter of an hour: enough for a desk where papers are checked, too few to read out the register."""


@bp.get("/v")
@public
def start() -> ResponseReturnValue:
    """The short address that is printed beside the number."""
    return redirect(url_for(".find_certificate"))


@bp.get("/v/<token>")
@public
def verify(token: str) -> ResponseReturnValue:
    if not is_token(token):
        return _unlisted(render_template("certificates/malformed.html"), 400)
    certificate = queries.by_token(token)
    if certificate is None:
        return _unlisted(render_template("certificates/unknown.html"), 404)
    at = now()
    state = checking.state(certificate, at)
    if state is State.INVALID:
        _report(certificate)
    page = render_template(
        "certificates/verify.html",
        certificate=certificate,
        state=state,
        tone=TONES[state],
        reason=REASONS[certificate.revoke_reason] if certificate.revoke_reason is not None else None,
        at=at,
    )
    return _unlisted(page, 200)


@bp.get("/certificates/find")
@public
def find_certificate() -> ResponseReturnValue:
    return render_template("certificates/find.html", form=FindForm(formdata=None))


@bp.post("/certificates/find")
@public
def answer_find() -> ResponseReturnValue:
    form = FindForm()
    if not form.validate():
        return render_template("certificates/find.html", form=form), 422
    at, address = now(), request.remote_addr or "unknown"
    try:
        check_door(LOOK_UP_DOOR, address, most=LOOK_UPS_PER_ADDRESS, at=at)
    except TooManyAttempts as refusal:
        form.form_errors.append(refusal.message)
        return render_template("certificates/find.html", form=form), refusal.status
    count_try(LOOK_UP_DOOR, address, at=at)
    typed = form.number.data or ""
    number = read_number(typed)
    # A text that is no number is looked for as well: how long the answer takes says nothing of what was typed.
    certificate = queries.by_number(number or printable(typed))
    state = checking.state(certificate, at) if certificate is not None else None
    if certificate is not None and state is State.INVALID:
        _report(certificate)
    db.session.commit()
    if number is None:
        form.number.errors = [_("Số chưa đúng dạng. Số in trên giấy có dạng 000123/2026/GCN-OCOP.")]
        return render_template("certificates/find.html", form=form), 422
    page = render_template(
        "certificates/find.html",
        form=form,
        number=number,
        is_answered=True,
        state=state,
        word=STATES[state] if state is not None else None,
        tone=TONES[state] if state is not None else None,
        at=at,
    )
    return page, 200 if state is not None else 404


def _report(certificate: Certificate) -> None:
    """Somebody altered the register or lost a key: whoever runs the system must hear of it."""
    current_app.logger.error("certificate %s does not agree with its signature", certificate.id)


def _unlisted(page: str, status: int) -> Response:
    """A page whose address is the secret: no search engine keeps it, no other site is told of it."""
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
