"""What the registry's codes and kinds are called on pages and in the terminal, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from lms.core.errors import InvalidInput
from lms.core.i18n import LazyText, gettext
from lms.core.i18n import lazy_gettext as _l
from lms.registry.models import (
    ChangeKind,
    DeclarationState,
    ExcuseKind,
    Level,
    Likeness,
    OrganisationKind,
    Origin,
    Outcome,
    PositionKind,
    RosterKind,
    Sex,
    SuccessionKind,
    Unit,
    UnitKind,
)
from lms.registry.rules.declarations import MOST
from lms.registry.rules.reasons import FAULTS, FIELDS, REASONS, Finding, RosterFault
from lms.registry.rules.unit_changes import ChangeFault, ChangePlan, Known
from lms.registry.rules.units import TODAY_LIST


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
EXCUSE_KINDS: Final[Mapping[ExcuseKind, str]] = {
    ExcuseKind.LONG_LEAVE: _l("Nghỉ dài ngày"),
    ExcuseKind.MATERNITY: _l("Nghỉ thai sản"),
    ExcuseKind.ILLNESS: _l("Ốm đau, điều trị"),
    ExcuseKind.RETIRING: _l("Sắp nghỉ hưu"),
    ExcuseKind.SECONDED: _l("Biệt phái nơi khác"),
    ExcuseKind.OTHER: _l("Lý do khác"),
}
LIKENESSES: Final[Mapping[Likeness, str]] = {
    Likeness.NAME_AND_BIRTH: _l("Cùng họ tên, cùng ngày sinh"),
    Likeness.PLAIN_NAME_AND_BIRTH: _l("Họ tên gần giống, cùng ngày sinh"),
    Likeness.NAME_AND_PHONE: _l("Cùng họ tên, cùng điện thoại"),
    Likeness.PHONE_AND_BIRTH: _l("Cùng điện thoại, cùng ngày sinh"),
    Likeness.NAME_AND_UNIT: _l("Cùng họ tên, cùng đơn vị"),
}
"""Why two persons may be one."""
ETHNICITY_ACTS: Final[Mapping[str, str]] = {
    "registry.read_ethnicity": _l("Xem"),
    "registry.set_ethnicity": _l("Ghi hoặc sửa"),
    "registry.remove_ethnicity": _l("Gỡ"),
}
"""What was done with an ethnic group, by the action of the audit."""
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
CODE_LISTS: Final[Mapping[str, str]] = {
    TODAY_LIST: _l("dùng từ 01/07/2025"),
    "vn-2004": _l("dùng đến 30/06/2025"),
}
"""Which list of codes a unit stands in, by the days of which it tells."""


UNIT_KIND_WORDS: Final[Mapping[UnitKind, str]] = {
    UnitKind.COUNTRY: _l("Nước"),
    UnitKind.TINH: _l("Tỉnh"),
    UnitKind.THANH_PHO: _l("Thành phố"),
    UnitKind.XA: _l("Xã"),
    UnitKind.PHUONG: _l("Phường"),
    UnitKind.DAC_KHU: _l("Đặc khu"),
    UnitKind.QUAN: _l("Quận"),
    UnitKind.HUYEN: _l("Huyện"),
    UnitKind.THI_XA: _l("Thị xã"),
    UnitKind.THI_TRAN: _l("Thị trấn"),
}
SUCCESSION_KINDS: Final[Mapping[SuccessionKind, str]] = {
    SuccessionKind.CONTINUE: _l("Tiếp tục"),
    SuccessionKind.MERGE: _l("Sáp nhập"),
    SuccessionKind.SPLIT: _l("Chia tách"),
    SuccessionKind.ABOLISH: _l("Kết thúc"),
}


def unit_name(unit: Unit) -> str:
    """'Xã Gia Phong', 'Thành phố Huế'; the country by its name alone."""
    return UNIT_NAMES[unit.kind] % {"name": unit.name}


def full_name(unit: Unit) -> str:
    """What the figures of a unit are headed by: 'Tỉnh Cao Bằng', 'Cả nước'."""
    return str(COUNTRY) if unit.kind is UnitKind.COUNTRY else unit_name(unit)


def place_of(unit: Unit) -> str:
    """What a unit lies in, the country left out: 'Huyện Đắk Mil, Tỉnh Đắk Nông'; empty for a province."""
    names, above = [], unit.parent
    while above is not None and above.parent_id is not None:
        names.append(unit_name(above))
        above = above.parent
    return ", ".join(names)


def finding_text(finding: Finding) -> str:
    """What a finding says to a person."""
    return reason_text(finding.as_dict())


def reason_text(reason: Mapping[str, Any]) -> str:
    """What a stored reason says to a person."""
    known = REASONS.get(str(reason["code"]))
    if known is None:
        return str(reason["code"])
    if reason["code"] == "not_possible":
        return gettext(str(reason["value"]), **reason.get("values", {}))
    return gettext(known.text, value=reason.get("value", ""))


def value_text(field: str, value: str) -> str:
    """What a stored value of a row says to a person: codes of sex and level in words, nothing as a dash."""
    words: Mapping[str, Mapping[Any, str]] = {"sex": SEXES, "level": LEVELS}
    return str(words.get(field, {}).get(value, value)) or "—"


def fault_text(fault: Mapping[str, Any]) -> str:
    """Why a whole file was not taken, as it is stored with it."""
    return str(refusal_of(RosterFault(str(fault["code"]), **fault.get("values", {}))))


def kind_text(kind: str) -> str:
    """What a kind of list is called."""
    return str(ROSTER_KINDS[RosterKind(kind)]) if kind in list(RosterKind) else kind


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


CHANGE_KINDS: Final[Mapping[ChangeKind, str]] = {
    ChangeKind.RENAME: _l("Đổi tên hoặc đổi loại"),
    ChangeKind.MERGE: _l("Sáp nhập"),
    ChangeKind.SPLIT: _l("Chia tách hoặc giao một phần"),
    ChangeKind.MOVE: _l("Chuyển sang tỉnh khác"),
}
CHANGE_FAULTS: Final[Mapping[str, str]] = {
    "future": _l("Ngày có hiệu lực còn ở phía trước. Hãy nhập vào đúng ngày đó hoặc sau đó."),
    "no_unit": _l("Chưa ghi đơn vị nào."),
    "one_only": _l("Ở đây chỉ ghi một đơn vị."),
    "twice": _l("%(unit)s được ghi hai lần."),
    "not_changeable": _l("%(unit)s không thay đổi theo cách này."),
    "ended": _l("%(unit)s không còn nữa: đã kết thúc trước đây."),
    "not_there_yet": _l("%(unit)s mới có từ ngày %(day)s, nên thay đổi phải sau ngày đó."),
    "changed_since": _l(
        "%(unit)s đã thay đổi từ ngày %(day)s. Thay đổi phải được nhập lần lượt theo ngày có hiệu lực."
    ),
    "levels_differ": _l("%(unit)s và %(other)s không cùng cấp."),
    "wrong_kind": _l("%(unit)s: loại đơn vị không hợp với cấp này."),
    "wrong_code": _l("Mã %(code)s chưa đúng: mã ở cấp này gồm %(digits)s chữ số."),
    "code_taken": _l("Mã %(code)s đã là của một đơn vị khác."),
    "wrong_name": _l("Tên đơn vị chưa đúng: ghi tên không kèm loại, tối đa 100 ký tự."),
    "one_name_for_many": _l("Chỉ đổi tên từng đơn vị một; nhiều đơn vị cùng lúc thì chỉ đổi loại."),
    "no_change": _l("%(unit)s đã đúng như vậy rồi, không có gì thay đổi."),
    "has_units_below": _l("%(unit)s còn có các xã. Hãy lập tỉnh mới bằng cách chuyển các xã sang."),
    "too_few_parts": _l("%(unit)s chia thành các đơn vị nào? Ghi ít nhất hai đơn vị, hoặc một nếu đơn vị cũ vẫn còn."),
    "only_communes_move": _l("%(unit)s là cấp tỉnh, không chuyển sang đơn vị khác."),
    "unreadable": _l("Không hiểu dòng “%(line)s”. Ghi mã, hoặc “mã; loại; tên” cho đơn vị mới, hoặc “Xã …, tỉnh …”."),
    "not_new": _l("%(unit)s được ghi như đơn vị mới, nhưng ở đây cần đơn vị đang có."),
    "unknown_code": _l("Không có đơn vị mã %(code)s trong danh mục hiện nay."),
    "unknown_name": _l("Không tìm thấy đơn vị “%(unit)s”, hoặc có nhiều đơn vị cùng tên. Hãy ghi mã."),
}
"""Why a resolution on units cannot be taken as it was entered, by its name in rules.unit_changes."""


def change_refusal(fault: ChangeFault) -> str:
    """What a fault says to a person."""
    values = {name: f"{value:%d/%m/%Y}" if isinstance(value, date) else value for name, value in fault.values.items()}
    return str(CHANGE_FAULTS[fault.reason]) % values


MOVES_SHOWN: Final = 10
"""So many units that move together are named one by one; of more their number is told."""


def named_unit(kind: str, name: str) -> str:
    """'Xã Gia Phong', from a kind and a name alone."""
    return UNIT_NAMES[UnitKind(kind)] % {"name": name}


def change_lines(plan: ChangePlan, units: Mapping[int, Known]) -> list[str]:
    """What a resolution does, a sentence for each thing. units: those that it is about, as they are before it."""
    fresh = {begun.fresh.code: begun.fresh for begun in plan.begun}
    last_day = plan.on - timedelta(days=1)

    def name(unit: int | str | None) -> str:
        if unit is None:
            return str(COUNTRY)
        one = units[unit] if isinstance(unit, int) else fresh[unit]
        return named_unit(one.kind, one.name)

    def coded(unit: int | str) -> str:
        return f"{name(unit)} ({units[unit].code if isinstance(unit, int) else unit})"

    lines = [
        gettext("Lập %(unit)s, thuộc %(above)s.", unit=coded(begun.fresh.code), above=name(begun.above))
        for begun in plan.begun
    ]
    for heir in plan.heirs:
        text = HEIR_LINES["split" if heir.kind == "split" else "merge"]
        lines.append(str(text) % {"unit": coded(heir.earlier), "later": coded(heir.later)})
    lines += [
        gettext("%(unit)s kết thúc, ngày cuối là %(day)s.", unit=coded(unit), day=f"{last_day:%d/%m/%Y}")
        for unit in plan.ended
    ]
    moved: dict[tuple[int | None, int | str | None], list[int]] = {}
    for called in plan.called:
        known = units[called.unit]
        if (called.kind, called.name) != (known.kind, known.name):
            values = {"unit": coded(called.unit), "later": named_unit(called.kind, called.name)}
            lines.append(gettext("%(unit)s trở thành %(later)s.", **values))
        if called.above != known.above:
            moved.setdefault((known.above, called.above), []).append(called.unit)
    for (earlier, later), together in moved.items():
        places = {"earlier": name(earlier), "later": name(later)}
        if len(together) > MOVES_SHOWN:
            text = gettext("%(count)s đơn vị chuyển từ %(earlier)s sang %(later)s.", count=len(together), **places)
            lines.append(text)
        else:
            lines += [
                gettext("%(unit)s chuyển từ %(earlier)s sang %(later)s.", unit=coded(unit), **places)
                for unit in together
            ]
    lines += [
        gettext(
            "%(unit)s còn tiếp tục; địa bàn đến hết ngày %(day)s được giữ riêng, để số liệu các ngày trước không đổi.",
            unit=coded(unit),
            day=f"{last_day:%d/%m/%Y}",
        )
        for unit in plan.extents
    ]
    return lines


HEIR_LINES: Final[Mapping[str, str]] = {
    "merge": _l("Toàn bộ %(unit)s thuộc về %(later)s."),
    "split": _l("Một phần %(unit)s thuộc về %(later)s."),
}
