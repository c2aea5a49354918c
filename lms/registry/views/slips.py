"""Activation slips: made and shown in one answer, to be printed; the codes are told this once."""

from collections.abc import Iterator
from typing import Final

import qrcode
from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from qrcode.constants import ERROR_CORRECT_M

from lms.accounts.models import NameKind
from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.registry import actions, policies, queries
from lms.registry.models import Unit
from lms.registry.views.blueprint import bp, me
from lms.web.access import require, signed_in
from lms.web.arguments import row_id

SLIPS_MOST: Final = 100
"""How many are made at a time: each has its own picture to draw and its own page space."""
QUIET_ZONE: Final = 2
NAME_WORDS: Final = {
    NameKind.PHONE: _l("Số điện thoại"),
    NameKind.ID_NUMBER: _l("Số định danh cá nhân"),
    NameKind.EMAIL: _l("Thư điện tử"),
    NameKind.LOGIN: _l("Tên đăng nhập"),
}


@bp.post("/slips")
@signed_in
def make_slips() -> ResponseReturnValue:
    """For the people that are ticked, or for everyone without an account in a unit.

    The answer to this POST is the page itself: a code is not kept anywhere, so there is nothing to be sent on to.
    """
    user = me()
    require(policies.can_find_people(user))
    sent = [row_id(text) for text in request.form.getlist("person")]
    ids = [person_id for person_id in sent if person_id is not None]
    path = request.form.get("unit", "").replace("\x00", "")
    if not ids and path:
        unit = db.session.scalars(db.select(Unit).where(Unit.path == path)).one_or_none()
        require(unit is not None and policies.can_see_unit(user, unit))
        assert unit is not None
        ids = queries.people_without_account(policies.visible_people(user), unit, most=SLIPS_MOST)
    if not ids:
        raise InvalidInput(_("Chưa chọn ai. Hãy đánh dấu những người cần phiếu, hoặc chọn một đơn vị."))
    if len(ids) > SLIPS_MOST:
        raise InvalidInput(_("Mỗi lần in được nhiều nhất %(most)s phiếu.", most=SLIPS_MOST))
    people = queries.people_by_ids(policies.visible_people(user), ids)
    require(len(people) == len(set(ids)) and all(person.merged_into_id is None for person in people))
    require(all(policies.can_invite(user, person) for person in people))
    slips = actions.invite_people(people, by=user, at=now())
    db.session.commit()
    address = current_app.config["BASE_URL"]
    return render_template(
        "registry/slips.html",
        slips=[slip for slip in slips if slip.code is not None],
        without=[slip.person for slip in slips if slip.code is None],
        address=address,
        name_words=NAME_WORDS,
        qr_of=qr_of,
        link_of=lambda code: address + url_for("accounts.activate", code=code),
    )


def qr_of(text: str) -> tuple[int, str]:
    """A QR code as the side of its square and the path that draws it, one unit a module."""
    # A fixed mask is as valid as the best of the eight and saves trying them all, slip after slip.
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=3)
    code.add_data(text)
    code.make(fit=True)
    rows = [[bool(module) for module in row] for row in code.get_matrix()]
    path = "".join(f"M{start} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for start, length in _runs(row))
    return len(rows), path


def _runs(row: list[bool]) -> Iterator[tuple[int, int]]:
    """Where the dark stretches of a line begin and how long they are."""
    start = None
    for x, is_dark in enumerate([*row, False]):
        if is_dark and start is None:
            start = x
        elif not is_dark and start is not None:
            yield start, x - start
            start = None
