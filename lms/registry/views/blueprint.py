"""The blueprint that all pages of the registry stand in."""

from flask import Blueprint
from flask_login import current_user

from lms.accounts.models import User
from lms.core.i18n import lazy_gettext as _l
from lms.registry import words

bp = Blueprint("registry", __name__, url_prefix="/registry")


@bp.context_processor
def offer_words() -> dict[str, object]:
    """What templates call things."""
    return {
        "outcome_words": words.OUTCOMES,
        "outcome_tones": words.TONES,
        "roster_kinds": words.ROSTER_KINDS,
        "kind_text": words.kind_text,
        "value_text": words.value_text,
        "fault_text": words.fault_text,
        "position_kinds": words.POSITION_KINDS,
        "level_words": words.LEVELS,
        "sex_words": words.SEXES,
        "excuse_kinds": words.EXCUSE_KINDS,
        "likeness_words": words.LIKENESSES,
        "organisation_kinds": words.ORGANISATION_KINDS,
        "origins": words.ORIGINS,
        "unit_name": words.unit_name,
        "place_of": words.place_of,
        "reason_text": words.reason_text,
        "field_name": words.field_name,
        "account_states": ACCOUNT_STATES,
    }


ACCOUNT_STATES = {
    "none": (_l("Chưa có tài khoản"), "neutral"),
    "invited": (_l("Chờ kích hoạt"), "warning"),
    "active": (_l("Đang dùng"), "good"),
    "suspended": (_l("Tạm khóa"), "bad"),
}


def me() -> User:
    """The signed-in account itself."""
    user: User = current_user._get_current_object()
    return user
