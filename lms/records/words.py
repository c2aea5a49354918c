"""What the records' codes, rules and decisions are called on pages, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from lms.core.clock import day_of
from lms.core.i18n import current_locale
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.records.models import (
    Application,
    ApplicationState,
    AwardSource,
    DutyCause,
    Equivalence,
    Needed,
    PaperClassState,
    Qualification,
    Requirement,
    RequirementVersion,
)
from lms.records.queries import Evidence, Explanation, read_clauses
from lms.records.rules import Clause, Counting, Decision, Outlook
from lms.registry.models import Excuse, ExcuseKind, Level, OrganisationKind, Origin, Unit
from lms.registry.words import unit_name
from lms.web.formats import day as day_text
from lms.web.formats import number

SOURCES: Final[Mapping[AwardSource, str]] = {
    AwardSource.COURSE: _l("Khóa học trên hệ thống"),
    AwardSource.CLASS: _l("Lớp tập huấn trực tiếp"),
    AwardSource.PRIOR_TRAINING: _l("Công nhận đào tạo nghề đã học"),
    AwardSource.EQUIVALENCE: _l("Chương trình tương đương"),
    AwardSource.PAPER_RECORD: _l("Hồ sơ giấy"),
}
DECISIONS: Final[Mapping[Decision, tuple[str, str]]] = {
    Decision.TRAINED: (_l("Đã học xong"), "good"),
    Decision.OUTSTANDING: (_l("Còn phải học"), "warning"),
    Decision.EXCUSED: (_l("Được tạm miễn"), "info"),
    Decision.NOT_OBLIGED: (_l("Không thuộc diện"), "neutral"),
}
"""What a decision is called, and the tone in which it is shown."""
COUNTINGS: Final[Mapping[Counting, tuple[str, str]]] = {
    Counting.COUNTS: (_l("Được tính"), "good"),
    Counting.NOT_YET: (_l("Chưa có vào ngày này"), "neutral"),
    Counting.REVOKED: (_l("Đã thu hồi"), "bad"),
    Counting.PART: (_l("Chỉ được công nhận một phần"), "warning"),
    Counting.EXPIRED: (_l("Đã hết hạn"), "warning"),
    Counting.NOT_ASKED: (_l("Yêu cầu này không đòi"), "neutral"),
}
APPLICATION_STATES: Final[Mapping[ApplicationState, tuple[str, str]]] = {
    ApplicationState.DRAFT: (_l("Bản nháp, chưa nộp"), "neutral"),
    ApplicationState.SUBMITTED: (_l("Đang chờ quyết định"), "info"),
    ApplicationState.GRANTED: (_l("Được công nhận"), "good"),
    ApplicationState.PARTLY_GRANTED: (_l("Được công nhận một phần"), "warning"),
    ApplicationState.REFUSED: (_l("Không được công nhận"), "bad"),
}
OUTLOOKS: Final[Mapping[Outlook, tuple[str, str]]] = {
    Outlook.COUNTS: (_l("Sẽ được tính là đã học xong"), "good"),
    Outlook.PARTLY: (_l("Được tính, còn thiếu phần khác"), "info"),
    Outlook.EXPIRED: (_l("Ghi được, nhưng đã quá thời hạn tính"), "warning"),
    Outlook.TRAINED: (_l("Đã học xong từ trước"), "neutral"),
    Outlook.EXCUSED: (_l("Đang được tạm miễn"), "info"),
    Outlook.NOT_OBLIGED: (_l("Hiện không thuộc diện"), "neutral"),
    Outlook.AWARDED: (_l("Đã có trong hồ sơ, không ghi lần nữa"), "warning"),
    Outlook.OWN: (_l("Là chính bạn, không tự ghi được"), "bad"),
    Outlook.OUT_OF_SCOPE: (_l("Ngoài địa bàn của bạn"), "bad"),
}
"""What would become of an award, and the tone in which it is shown."""
PAPER_CLASS_STATES: Final[Mapping[PaperClassState, tuple[str, str]]] = {
    PaperClassState.DRAFT: (_l("Đang soạn, chưa ghi"), "warning"),
    PaperClassState.ENTERED: (_l("Đã ghi"), "good"),
    PaperClassState.REVOKED: (_l("Đã thu hồi"), "bad"),
}
CAUSES: Final[Mapping[DutyCause, str]] = {
    DutyCause.POSITION: _l("chức vụ được ghi, kết thúc hoặc sửa lại"),
    DutyCause.REQUIREMENT: _l("yêu cầu được ban hành hoặc thay đổi"),
    DutyCause.PLACE: _l("chức vụ được xác định lại địa bàn"),
    DutyCause.ORGANISATION: _l("thông tin của chủ thể thay đổi"),
}
EXCUSE_KINDS: Final[Mapping[ExcuseKind, str]] = {
    ExcuseKind.LONG_LEAVE: _l("nghỉ dài ngày"),
    ExcuseKind.MATERNITY: _l("nghỉ thai sản"),
    ExcuseKind.ILLNESS: _l("ốm đau, điều trị"),
    ExcuseKind.RETIRING: _l("sắp nghỉ hưu"),
    ExcuseKind.SECONDED: _l("biệt phái, cử đi nơi khác"),
    ExcuseKind.OTHER: _l("lý do khác"),
}
"""As they stand within a sentence."""
OFFICIALS_OF: Final[Mapping[Level, str]] = {
    Level.CENTRAL: _l("trung ương"),
    Level.PROVINCE: _l("cấp tỉnh"),
    Level.DISTRICT: _l("cấp huyện (đến 30/06/2025)"),
    Level.COMMUNE: _l("cấp xã"),
}
LEADERS_OF: Final[Mapping[OrganisationKind, str]] = {
    OrganisationKind.ENTERPRISE: _l("doanh nghiệp"),
    OrganisationKind.COOPERATIVE: _l("hợp tác xã"),
    OrganisationKind.COOPERATIVE_GROUP: _l("tổ hợp tác"),
    OrganisationKind.HOUSEHOLD: _l("hộ sản xuất kinh doanh"),
}
ORIGINS: Final[Mapping[Origin, str]] = {
    Origin.EXISTING: _l("chủ thể đã có từ trước"),
    Origin.NEW: _l("chủ thể mới phát triển"),
}
UNMET: Final[Mapping[str, str]] = {
    "kind": _l("khác nhóm chức vụ"),
    "levels": _l("khác cấp"),
    "organisation_kinds": _l("khác loại hình chủ thể"),
    "product_groups": _l("khác nhóm sản phẩm, hoặc chưa ghi nhóm sản phẩm"),
    "origins": _l("khác nguồn gốc chủ thể, hoặc chưa ghi nguồn gốc"),
    "units": _l("ngoài địa bàn"),
}
"""Which condition of a clause a post does not meet."""


def name_of(thing: Requirement | Qualification) -> str:
    """A requirement or a qualification in the reader's language."""
    return thing.name_en if current_locale() == "en" else thing.name


def clause_text(clause: Clause, units: Mapping[str, Unit]) -> str:
    """Whom a clause obliges, in a phrase.

    units: those that clauses name, by path.
    """
    if clause.kind == "official":
        levels = [str(OFFICIALS_OF[level]) for level in Level if level in clause.levels]
        parts = [_("Cán bộ %(levels)s", levels=", ".join(levels)) if levels else _("Cán bộ phụ trách Chương trình")]
    else:
        kinds = [str(LEADERS_OF[kind]) for kind in OrganisationKind if kind in clause.organisation_kinds]
        parts = [_("Lãnh đạo %(kinds)s", kinds=", ".join(kinds)) if kinds else _("Lãnh đạo mọi loại hình chủ thể")]
    parts += [str(ORIGINS[origin]) for origin in Origin if origin in clause.origins]
    if clause.product_groups:
        parts.append(_("nhóm sản phẩm: %(groups)s", groups=", ".join(sorted(clause.product_groups))))
    if clause.units:
        named = [unit_name(units[path]) if path in units else path for path in sorted(clause.units)]
        parts.append(_("tại %(units)s và các đơn vị trực thuộc", units=", ".join(named)))
    return "; ".join(parts)


def clauses_text(version: RequirementVersion, units: Mapping[str, Unit]) -> str:
    """Whom a version obliges."""
    return " / ".join(clause_text(clause, units) for clause in read_clauses(version.clauses))


def asked_text(version: RequirementVersion) -> str:
    """What a version asks a person to have."""
    names = "; ".join(name_of(qualification) for qualification in version.qualifications)
    if version.needed is Needed.HOURS:
        return _("ít nhất %(hours)s giờ học về: %(names)s", hours=number(version.needed_hours or 0), names=names)
    if version.needed is Needed.SOME:
        return _("ít nhất %(count)s trong các chuẩn: %(names)s", count=version.needed_count, names=names)
    if len(version.qualifications) > 1:
        return _("đủ cả các chuẩn: %(names)s", names=names)
    return names


def due_text(version: RequirementVersion) -> str:
    """By when it is to be met."""
    if version.due_on is not None:
        return _("đến hết ngày %(day)s", day=day_text(version.due_on))
    if version.due_days is not None:
        return _("trong %(days)s ngày kể từ ngày thuộc diện", days=number(version.due_days))
    return _("không đặt hạn")


def valid_text(version: RequirementVersion) -> str:
    """How long an award counts."""
    if version.valid_months is None:
        return _("không có thời hạn")
    text = _("%(months)s tháng kể từ ngày hoàn thành", months=number(version.valid_months))
    if version.window_days:
        text += "; " + _("gọi tập huấn lại trước khi hết hạn %(days)s ngày", days=number(version.window_days))
    return text


def excuse_text(excuse: Excuse) -> str:
    """Why, since when and until when somebody is excused."""
    kind = EXCUSE_KINDS[excuse.kind]
    if excuse.ended_on is None:
        return _("%(kind)s từ ngày %(day)s", kind=kind, day=day_text(excuse.started_on))
    return _(
        "%(kind)s từ ngày %(day)s đến hết ngày %(last)s",
        kind=kind,
        day=day_text(excuse.started_on),
        last=day_text(excuse.ended_on),
    )


def decision_text(why: Explanation) -> str:
    """The decision in a sentence, with what it rests on."""
    return {
        Decision.TRAINED: _why_trained,
        Decision.OUTSTANDING: _why_outstanding,
        Decision.EXCUSED: _why_excused,
        Decision.NOT_OBLIGED: _why_not_obliged,
    }[why.decision](why)


def _why_trained(why: Explanation) -> str:
    assert why.award is not None
    values = {
        "title": why.award.title,
        "day": day_text(why.award.awarded_on),
        "origin": str(SOURCES[why.award.source]).lower(),
    }
    if sum(one.counting is Counting.COUNTS for one in why.evidence) > 1:
        text = _(
            "Được tính là đã học xong vì đến ngày %(day)s đã có đủ những gì yêu cầu này đòi hỏi,"
            " với kết quả “%(title)s” (%(origin)s).",
            **values,
        )
    else:
        text = _("Được tính là đã học xong vì có kết quả “%(title)s” ngày %(day)s (%(origin)s).", **values)
    if why.attained_until is not None:
        text += " " + _("Được tính đến hết ngày %(day)s.", day=day_text(why.attained_until))
    return text


def _why_outstanding(why: Explanation) -> str:
    assert why.lack is not None
    names = _names(why, why.lack.qualification_ids)
    if why.lack.hours:
        lack = _("còn thiếu %(hours)s giờ học về: %(names)s", hours=number(why.lack.hours), names=names)
    elif why.lack.count < len(why.lack.qualification_ids):
        lack = _("còn thiếu %(count)s trong các chuẩn: %(names)s", count=why.lack.count, names=names)
    else:
        lack = _("chưa có kết quả về: %(names)s", names=names)
    text = _("Còn phải học vì thuộc diện từ ngày %(day)s và %(lack)s.", day=day_text(why.duty_since), lack=lack)
    for evidence in why.evidence:
        text += _no_longer(evidence)
    return text


def _no_longer(evidence: Evidence) -> str:
    day = day_text(evidence.award.awarded_on)
    if evidence.counting is Counting.REVOKED:
        return " " + _("Kết quả ngày %(day)s đã bị thu hồi từ ngày %(on)s.", day=day, on=day_text(evidence.revoked_on))
    if evidence.counting is Counting.EXPIRED:
        return " " + _(
            "Kết quả ngày %(day)s chỉ được tính đến hết ngày %(until)s.", day=day, until=day_text(evidence.until)
        )
    return ""


def _why_excused(why: Explanation) -> str:
    return _(
        "Được tạm miễn vì %(excuses)s; trong thời gian đó không tính vào số phải học, cũng không tính vào số đã học.",
        excuses="; ".join(excuse_text(excuse) for excuse in why.excuses_on_the_day),
    )


def _why_not_obliged(why: Explanation) -> str:
    day = day_text(why.day)
    if why.version is None:
        return _("Không thuộc diện vì ngày %(day)s yêu cầu này chưa có hiệu lực.", day=day)
    if not why.other_posts:
        return _("Không thuộc diện vì không giữ chức vụ nào vào ngày %(day)s.", day=day)
    if any(post.has_left and not all(post.unmet) for post in why.other_posts):
        return _("Không thuộc diện vì chủ thể đã rời Chương trình trước ngày %(day)s.", day=day)
    return _(
        "Không thuộc diện vì chức vụ giữ vào ngày %(day)s không nằm trong nhóm người nào mà yêu cầu này nêu.", day=day
    )


def _names(why: Explanation, qualification_ids: Iterable[int]) -> str:
    assert why.version is not None
    wanted = set(qualification_ids)
    return "; ".join(name_of(one) for one in why.version.qualifications if one.id in wanted)


def unmet_text(unmet: Sequence[Sequence[str]]) -> str:
    """Which conditions of which clause a post does not meet."""
    if len(unmet) == 1:
        return ", ".join(str(UNMET[name]) for name in unmet[0])
    return "; ".join(
        _("nhóm %(number)s: %(unmet)s", number=place, unmet=", ".join(str(UNMET[name]) for name in names))
        for place, names in enumerate(unmet, 1)
        if names
    )


def changes_between(
    before: RequirementVersion, after: RequirementVersion, units: Mapping[str, Unit]
) -> list[tuple[str, str, str]]:
    """What a version changed: the part of it, what it said before, and what it says now."""

    def parts(version: RequirementVersion) -> list[tuple[str, str]]:
        return [
            (_("Căn cứ"), version.legal_basis),
            (_("Ai phải học"), clauses_text(version, units)),
            (_("Phải có"), asked_text(version)),
            (_("Hạn hoàn thành"), due_text(version)),
            (_("Kết quả được tính"), valid_text(version)),
            (_("Có hiệu lực từ ngày"), day_text(version.effective_from)),
        ]

    return [
        (name, old, new) for (name, old), (_name, new) in zip(parts(before), parts(after), strict=True) if old != new
    ]


def equivalence_text(equivalence: Equivalence) -> str:
    """A line of the table of equivalences in a phrase."""
    told = _("%(course)s, %(issuer)s", course=equivalence.course, issuer=equivalence.issuer)
    if equivalence.is_partial:
        return told + ": " + _("một phần, %(hours)s giờ", hours=number(equivalence.credited_hours or 0))
    return told + ": " + _("cả chuẩn")


def terms_text(equivalence: Equivalence) -> str:
    """On which terms a line of the table holds."""
    parts = []
    if equivalence.least_hours is not None:
        parts.append(_("ít nhất %(hours)s giờ", hours=number(equivalence.least_hours)))
    if equivalence.completed_from is not None:
        parts.append(_("hoàn thành từ %(day)s", day=day_text(equivalence.completed_from)))
    if equivalence.completed_to is not None:
        parts.append(_("hoàn thành đến %(day)s", day=day_text(equivalence.completed_to)))
    parts.append(_("áp dụng từ %(day)s", day=day_text(equivalence.valid_from)))
    if equivalence.valid_to is not None:
        parts.append(_("áp dụng đến %(day)s", day=day_text(equivalence.valid_to)))
    return "; ".join(parts)


def waiting_text(application: Application, today: date) -> str:
    """How long an application has waited for a decision."""
    assert application.submitted_at is not None
    days = (today - day_of(application.submitted_at)).days
    return _("%(days)s ngày", days=number(days)) if days else _("chưa đến 1 ngày")
