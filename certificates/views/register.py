"""The register book: which certificates were issued, looking one up, withdrawing one, the book as a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certificates import actions, checking, policies, printing, queries
from certificates.forms import RevokeForm, SearchForm
from certificates.models import Certificate
from certificates.rules import Fields, State, read_payload
from certificates.views.base import bp
from certificates.views.own import load
from certificates.words import REASONS, STATES, TONES
from lms.accounts.actions import check_password
from lms.accounts.models import User
from lms.core import audit
from lms.core.clock import day_of, now
from lms.core.db import db
from lms.core.i18n import gettext as _
from lms.web import formats, sheets
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id


@bp.get("/certificates")
@signed_in
def list_register() -> ResponseReturnValue:
    require(policies.can_see_register(current_user))
    form = SearchForm(request.args)
    search = form.q.data or "" if form.validate() else ""
    page = queries.register_page(
        policies.visible_certificates(current_user),
        search,
        older_than=asked_id("older_than"),
        newer_than=asked_id("newer_than"),
    )

    def neighbour(edge: str, value: int | None) -> str | None:
        place: dict[str, Any] = {"q": search or None, edge: value}
        return url_for(".list_register", **place) if value is not None else None

    at = now()
    return render_template(
        "certificates/register.html",
        form=form,
        search=search,
        lines=[(certificate, checking.state(certificate, at)) for certificate in page.certificates],
        words=STATES,
        tones=TONES,
        newer_href=neighbour("newer_than", page.newer_than),
        older_href=neighbour("older_than", page.older_than),
    )


@bp.post("/certificates/register.xlsx")
@signed_in
def export_register() -> ResponseReturnValue:
    """A POST: it writes down in the audit trail who took how many lines out of the house."""
    require(policies.can_see_register(current_user))
    form = SearchForm(request.form)
    search = form.q.data or "" if form.validate() else ""
    at = now()
    count = 0

    def rows() -> Iterator[tuple[sheets.Cell, ...]]:
        nonlocal count
        for count, certificate in enumerate(_lines(search), 1):
            state = checking.state(certificate, at)
            yield (
                count,
                certificate.number,
                certificate.holder_name,
                certificate.holder_birth_year,
                certificate.title,
                certificate.hours,
                certificate.awarded_on,
                certificate.issued_on,
                str(STATES[state]),
                formats.instant(certificate.revoked_at) if certificate.revoked_at is not None else None,
                str(REASONS[certificate.revoke_reason]) if certificate.revoke_reason is not None else None,
            )

    header = (
        _("STT"),
        _("Số vào sổ"),
        _("Họ và tên"),
        _("Năm sinh"),
        _("Khóa học"),
        _("Số giờ"),
        _("Ngày hoàn thành"),
        _("Ngày cấp"),
        _("Tình trạng"),
        _("Thu hồi lúc"),
        _("Lý do thu hồi"),
    )
    title = _("Sổ cấp giấy chứng nhận")
    above = [title, _("Lập lúc %(instant)s", instant=formats.instant(at))]
    if search:
        above.append(_("Tìm theo: %(search)s", search=search))
    content = sheets.workbook(_("Sổ cấp"), header, rows(), above=above)
    user: User = current_user._get_current_object()
    audit.record("certificates.export_register", user, by=user, at=at, rows=count)
    db.session.commit()
    return sheets.download(content, f"so-cap-giay-chung-nhan-{day_of(at).isoformat()}.xlsx")


@bp.get("/certificates/<int:certificate_id>")
@signed_in
def show_certificate(certificate_id: int) -> ResponseReturnValue:
    certificate = load(certificate_id)
    require(policies.can_see(current_user, certificate))
    return _page(certificate, RevokeForm(formdata=None))


@bp.post("/certificates/<int:certificate_id>/revoke")
@signed_in
def revoke(certificate_id: int) -> ResponseReturnValue:
    certificate = load(certificate_id)
    require(policies.can_revoke(current_user, certificate))
    form = RevokeForm()
    if not form.validate():
        return _page(certificate, form), 422
    user: User = current_user._get_current_object()
    at = now()
    if not check_password(user, form.password.data or "", at=at):
        db.session.commit()
        form.password.errors = [_("Mật khẩu chưa đúng.")]
        return _page(certificate, form), 422
    actions.revoke(certificate, reason=form.chosen(), note=form.note.data or "", by=user, at=at)
    db.session.commit()
    flash(_("Đã thu hồi giấy chứng nhận. Trang xác minh cho biết điều đó ngay từ bây giờ."), "good")
    return redirect(url_for(".show_certificate", certificate_id=certificate.id), 303)


def _lines(search: str) -> Iterator[Certificate]:
    return queries.register_lines(policies.visible_certificates(current_user), search)


def _page(certificate: Certificate, form: RevokeForm) -> str:
    at = now()
    state = checking.state(certificate, at)
    return render_template(
        "certificates/certificate.html",
        certificate=certificate,
        form=form,
        state=state,
        word=STATES[state],
        tone=TONES[state],
        reason=REASONS[certificate.revoke_reason] if certificate.revoke_reason is not None else None,
        signed=_signed(certificate) if state is State.INVALID else None,
        verify_url=printing.verify_url(certificate),
        at=at,
    )


def _signed(certificate: Certificate) -> Fields | None:
    """What was signed, where the line says something else now: staff need to see both."""
    try:
        return read_payload(certificate.payload)
    except ValueError:
        return None
