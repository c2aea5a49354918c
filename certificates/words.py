"""The words of this part: what states and reasons of withdrawal are called on pages, in files and at the console."""

from typing import Final

from certificates.models import RevokeReason
from certificates.rules import State
from lms.core.i18n import lazy_gettext as _l

STATES: Final[dict[State, str]] = {
    State.VALID: _l("Còn hiệu lực"),
    State.REVOKED: _l("Đã thu hồi"),
    State.INVALID: _l("Không hợp lệ"),
}
TONES: Final[dict[State, str]] = {State.VALID: "good", State.REVOKED: "bad", State.INVALID: "bad"}
"""How each state is drawn: see the components `state` and `verdict`."""
REASONS: Final[dict[RevokeReason, str]] = {
    RevokeReason.DATA_ERROR: _l("Thông tin in trên giấy có sai sót"),
    RevokeReason.ISSUED_IN_ERROR: _l("Giấy được cấp nhầm"),
    RevokeReason.FRAUD: _l("Có gian lận"),
    RevokeReason.HOLDER_REQUEST: _l("Theo đề nghị của người được cấp"),
}
