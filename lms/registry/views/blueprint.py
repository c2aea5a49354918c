"""The blueprint that all pages of the registry stand in."""

from flask import Blueprint
from flask_login import current_user

from lms.accounts.models import User
from lms.core.i18n import gettext
from lms.core.i18n import lazy_gettext as _l
from lms.registry import words
from lms.registry.actions import LISTINGS
from lms.registry.rules.listings import Column

bp = Blueprint("registry", __name__, url_prefix="/registry")


@bp.context_processor
def offer_words() -> dict[str, object]:
    """What templates call things."""
    return {
        "outcome_words": words.OUTCOMES,
        "outcome_tones": words.TONES,
        "roster_kinds": words.ROSTER_KINDS,
        "kind_text": kind_text,
        "value_text": value_text,
        "label_name": label_name,
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
        "named_unit": words.named_unit,
        "reason_text": words.reason_text,
        "field_name": field_name,
        "account_states": ACCOUNT_STATES,
    }


def kind_text(kind: str) -> str:
    """What a kind of list or listing is called."""
    return str(LISTINGS[kind].title) if kind in LISTINGS else words.kind_text(kind)


def field_name(name: str, kind: str = "") -> str:
    """What a column is called; of a listing, as it stands over it."""
    column = _column(name, kind)
    return gettext(column.heading) if column is not None else words.field_name(name)


def label_name(kind: str) -> str:
    """What the column is called by which a person finds a row."""
    return field_name(LISTINGS[kind].labels[0] if kind in LISTINGS else "full_name", kind)


def value_text(name: str, value: str, kind: str = "") -> str:
    """What a stored value of a row says to a person."""
    column = _column(name, kind)
    if column is None:
        return words.value_text(name, value)
    return (gettext(value) if column.words else value) or "—"


def _column(name: str, kind: str) -> Column | None:
    columns = LISTINGS[kind].columns if kind in LISTINGS else ()
    return next((column for column in columns if column.key == name), None)


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
