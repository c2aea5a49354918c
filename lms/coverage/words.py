"""What the lines of a coverage are called on pages, in files and in the terminal, in the reader's language."""

from collections.abc import Mapping
from typing import Any, Final

from lms.core.i18n import lazy_gettext as _l
from lms.coverage.rules.keys import UNKNOWN
from lms.coverage.rules.shares import ALL, EXCUSED, OUTSTANDING, TRAINED
from lms.records.models import AwardSource
from lms.registry.models import Level, OrganisationKind, Origin, Sex, Unit, UnitKind
from lms.registry.rules.products import PRODUCTS, PRODUCTS_2019
from lms.registry.words import ORGANISATION_KINDS, ORIGINS, SEXES, UNIT_NAMES

LEVELS: Final[Mapping[str, str]] = {
    Level.CENTRAL: _l("Cán bộ cấp trung ương"),
    Level.PROVINCE: _l("Cán bộ cấp tỉnh"),
    Level.DISTRICT: _l("Cán bộ cấp huyện (đến 30/06/2025)"),
    Level.COMMUNE: _l("Cán bộ cấp xã"),
}
NOT_SAID: Final = _l("Chưa ghi")
CUT_TITLES: Final[Mapping[str, str]] = {
    "group": _l("Theo nhóm"),
    "sex": _l("Theo giới tính"),
    "product": _l("Theo nhóm sản phẩm (từ 2023)"),
    "product-2019": _l("Theo ngành hàng (2018–2022)"),
    "origin": _l("Theo chủ thể đã có và mới"),
    "source": _l("Theo nguồn kết quả"),
}
CUT_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "group": {**LEVELS, **{kind.value: ORGANISATION_KINDS[kind] for kind in OrganisationKind}},
    "sex": {**{sex.value: SEXES[sex] for sex in Sex}, UNKNOWN: NOT_SAID},
    "product": {**{code: name for name, code in PRODUCTS.items()}, UNKNOWN: NOT_SAID},
    "product-2019": {**{code: name for name, code in PRODUCTS_2019.items()}, UNKNOWN: NOT_SAID},
    "origin": {**{origin.value: ORIGINS[origin] for origin in Origin}, UNKNOWN: NOT_SAID},
    "source": {
        AwardSource.COURSE: _l("Khóa học trên hệ thống"),
        AwardSource.CLASS: _l("Lớp tập huấn trực tiếp"),
        AwardSource.PRIOR_TRAINING: _l("Công nhận đào tạo nghề đã học"),
        AwardSource.EQUIVALENCE: _l("Chương trình tương đương"),
        AwardSource.PAPER_RECORD: _l("Hồ sơ giấy"),
    },
}
"""The lines of every cut, in the order in which they are shown. Of `source` only the trained mean anything."""
SOURCE: Final = "source"
OWN_LABELS: Final[Mapping[Level, str]] = {
    Level.CENTRAL: _l("Trung ương"),
    Level.PROVINCE: _l("Cấp tỉnh"),
}
"""People whose post is at the unit itself and not in one of those below."""
STANDINGS: Final[Mapping[str, str]] = {
    OUTSTANDING: _l("Còn phải học"),
    TRAINED: _l("Đã học xong"),
    EXCUSED: _l("Tạm miễn"),
}
TASKS: Final[Mapping[str, str]] = {
    "overcounted": _l("Nhiều hơn số khai báo"),
    "unnamed": _l("Chưa đủ tên"),
    "undeclared": _l("Chưa khai"),
}
"""What is wrong where what a unit declares and the people known there do not agree: see queries.gaps."""


def cut_title(cut: str) -> str:
    """What a cut is called, the total and the units among them."""
    return str({"total": _l("Tổng số"), "unit": _l("Theo đơn vị"), **CUT_TITLES}[cut])


def unit_line_label(line: Mapping[str, Any], unit: Unit) -> str:
    """What a line by unit of a report is called: the unit as it was called then, or the own posts of the report's."""
    named = line.get("unit")
    if named is None:
        return str(OWN_LABELS[unit.level])
    return str(UNIT_NAMES[UnitKind(named["kind"])] % {"name": named["name"]})


def key_label(key: str) -> str:
    """What one line of a cut is called by itself: 'Theo giới tính: Nữ'."""
    cut, _slash, line = key.partition("/")
    return f"{CUT_TITLES[cut]}: {CUT_LABELS[cut][line]}"


def is_key(key: str) -> bool:
    """Whether people can be counted under a key: 'all', or a line of a cut."""
    cut, _slash, line = key.partition("/")
    return key == ALL or line in CUT_LABELS.get(cut, ())
