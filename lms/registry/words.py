"""What the registry's codes and kinds are called on pages and in the terminal, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lms.core.errors import InvalidInput
from lms.core.i18n import LazyText, gettext
from lms.core.i18n import lazy_gettext as _l
from lms.registry.models import (
    DeclarationState,
    Level,
    OrganisationKind,
    Origin,
    Outcome,
    PositionKind,
    RosterKind,
    Sex,
    Unit,
    UnitKind,
)
from lms.registry.rules.declarations import MOST
from lms.registry.rules.reasons import FAULTS, FIELDS, REASONS, Finding, RosterFault


@dataclass(frozen=True)
class Mark:
    """How something stands, in a word and a tone."""

    label: str | LazyText
    tone: str


@dataclass(frozen=True)
class Standing:
    """How an organisation stands, and each of those who lead it."""

    mark: Mark
    leaders: Mapping[int, Mark] = field(default_factory=dict)
    """By id of the post."""


OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.CREATED: _l("Tạo mới"),
    Outcome.CHANGED: _l("Thay đổi"),
    Outcome.UNCHANGED: _l("Giữ nguyên"),
    Outcome.MERGED: _l("Gộp"),
    Outcome.REVIEW: _l("Cần xem lại"),
    Outcome.REFUSED: _l("Từ chối"),
}
TONES: Final[Mapping[Outcome, str]] = {
    Outcome.CREATED: "good",
    Outcome.CHANGED: "info",
    Outcome.UNCHANGED: "neutral",
    Outcome.MERGED: "info",
    Outcome.REVIEW: "warning",
    Outcome.REFUSED: "bad",
}
ROSTER_KINDS: Final[Mapping[RosterKind, str]] = {
    RosterKind.OFFICIALS: _l("Danh sách cán bộ"),
    RosterKind.LEADERS: _l("Danh sách lãnh đạo chủ thể"),
}
POSITION_KINDS: Final[Mapping[PositionKind, str]] = {
    PositionKind.OFFICIAL: _l("Cán bộ"),
    PositionKind.LEADER: _l("Lãnh đạo chủ thể"),
}
LEVELS: Final[Mapping[Level, str]] = {
    Level.CENTRAL: _l("Trung ương"),
    Level.PROVINCE: _l("Cấp tỉnh"),
    Level.DISTRICT: _l("Cấp huyện (đến 30/06/2025)"),
    Level.COMMUNE: _l("Cấp xã"),
}
SEXES: Final[Mapping[Sex, str]] = {Sex.FEMALE: _l("Nữ"), Sex.MALE: _l("Nam")}
ORGANISATION_KINDS: Final[Mapping[OrganisationKind, str]] = {
    OrganisationKind.ENTERPRISE: _l("Doanh nghiệp"),
    OrganisationKind.COOPERATIVE: _l("Hợp tác xã"),
    OrganisationKind.COOPERATIVE_GROUP: _l("Tổ hợp tác"),
    OrganisationKind.HOUSEHOLD: _l("Hộ sản xuất kinh doanh"),
}
ORIGINS: Final[Mapping[Origin, str]] = {
    Origin.EXISTING: _l("Chủ thể đã có, được củng cố"),
    Origin.NEW: _l("Chủ thể mới phát triển"),
}
DECLARATION_STATES: Final[Mapping[DeclarationState, str]] = {
    DeclarationState.DRAFT: _l("Đang soạn"),
    DeclarationState.SUBMITTED: _l("Chờ kiểm tra"),
    DeclarationState.RETURNED: _l("Trả lại để sửa"),
    DeclarationState.LOCKED: _l("Đã khóa"),
    DeclarationState.RECEIVED: _l("Trung ương đã nhận"),
    DeclarationState.SUPERSEDED: _l("Đã có bản mới thay"),
}
DECLARATION_TONES: Final[Mapping[DeclarationState, str]] = {
    DeclarationState.DRAFT: "neutral",
    DeclarationState.SUBMITTED: "info",
    DeclarationState.RETURNED: "warning",
    DeclarationState.LOCKED: "good",
    DeclarationState.RECEIVED: "good",
    DeclarationState.SUPERSEDED: "neutral",
}
DECLARATION_FAULTS: Final[Mapping[str, str]] = {
    "day_to_come": _l("Ngày chưa tới thì chưa khai được."),
    "unit_not_there": _l("Vào ngày ấy đơn vị này chưa thành lập hoặc không còn nữa."),
    "before_counting": _l("Ngày chốt số không được trước ngày chốt số của bản đang có hiệu lực."),
    "no_reason": _l("Hãy ghi lý do khai lại: đơn vị đã có một bản khai được khóa."),
    "other_group": _l("Có nhóm không thuộc đơn vị này."),
    "not_a_count": _l("Số người phải là số nguyên từ 0 đến %(most)s.", most=MOST),
    "not_complete": _l("Chưa điền đủ các nhóm. Nhóm nào không có ai thì ghi số 0."),
}
"""Why a declaration is not taken, by what `rules.declarations` calls it."""
GROUPS: Final[Mapping[str, str]] = {
    Level.CENTRAL: _l("Cán bộ cấp trung ương"),
    Level.PROVINCE: _l("Cán bộ cấp tỉnh"),
    Level.DISTRICT: _l("Cán bộ cấp huyện (đến 30/06/2025)"),
    Level.COMMUNE: _l("Cán bộ cấp xã"),
    **{kind.value: word for kind, word in ORGANISATION_KINDS.items()},
}
"""The groups that units declare: officials by level, leaders by kind of organisation."""
COUNTRY: Final[str] = _l("Cả nước")
UNIT_NAMES: Final[Mapping[UnitKind, str]] = {
    UnitKind.COUNTRY: "%(name)s",
    UnitKind.TINH: _l("Tỉnh %(name)s"),
    UnitKind.THANH_PHO: _l("Thành phố %(name)s"),
    UnitKind.XA: _l("Xã %(name)s"),
    UnitKind.PHUONG: _l("Phường %(name)s"),
    UnitKind.DAC_KHU: _l("Đặc khu %(name)s"),
    UnitKind.QUAN: _l("Quận %(name)s"),
    UnitKind.HUYEN: _l("Huyện %(name)s"),
    UnitKind.THI_XA: _l("Thị xã %(name)s"),
    UnitKind.THI_TRAN: _l("Thị trấn %(name)s"),
}
"""The kind goes before the name in Vietnamese, after it in English."""


def unit_name(unit: Unit) -> str:
    """'Xã Gia Phong', 'Thành phố Huế'; the country by its name alone."""
    return UNIT_NAMES[unit.kind] % {"name": unit.name}


def finding_text(finding: Finding) -> str:
    """What a finding says to a person."""
    return reason_text(finding.as_dict())


def reason_text(reason: Mapping[str, Any]) -> str:
    """What a stored reason says to a person."""
    known = REASONS.get(str(reason["code"]))
    if known is None:
        return str(reason["code"])
    return gettext(known.text, value=reason.get("value", ""))


def field_name(field: str) -> str:
    """What a column is called."""
    return gettext(FIELDS.get(field, field))


def refusal_of(fault: RosterFault) -> InvalidInput:
    """Why a whole file is not taken, as a refusal that a page shows."""
    values = dict(fault.values)
    columns = values.get("columns")
    if isinstance(columns, tuple):
        values["columns"] = ", ".join(field_name(column) for column in columns)
    return InvalidInput(gettext(FAULTS[fault.code], **values) if values else gettext(FAULTS[fault.code]))
