"""Files to fill in: what stands in them, and what is to be written in each column."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.registry.actions import LISTINGS
from lms.registry.models import RosterKind
from lms.registry.rules.listings import Written
from lms.registry.rules.tables import NEEDED, OFFICIALS
from lms.web.sheets import Sheet

KINDS: Final = (*(kind.value for kind in RosterKind), *(name for name, one in LISTINGS.items() if one.comes_back))
"""Of what there is a file to fill in."""
NUMBER: Final = ("STT", "", _l("Số thứ tự. Không được dùng đến."), "1")
PERSON: Final = (
    ("Họ và tên", "full_name", _l("Như trên căn cước. Ô này không được chứa công thức."), "Nguyễn Thị Ví Dụ"),
    ("Ngày sinh", "birth_on", _l("Ngày/tháng/năm. Người dưới 15 hoặc trên 100 tuổi sẽ có cảnh báo."), "15/08/1985"),
    ("Giới tính", "sex", _l("Nam hoặc Nữ. Để trống thì lấy theo số định danh."), "Nữ"),
)
"""The headings of rosters in order, always in Vietnamese, each with its field, what to write and an example."""
REACHED: Final = (
    ("Điện thoại", "phone", _l("Số đang dùng. Số kiểu cũ 11 chữ số được đổi sang 10 số."), "0900000000"),
    ("Email", "email", _l("Có thể để trống."), ""),
)
ID_ABOUT: Final = _l("12 chữ số, định dạng ô là chữ để không mất số 0 ở đầu. Nhờ số này mà người không bị ghi hai lần.")
ID_EXAMPLE: Final = "001185xxxxxx"
"""Left in by mistake, the row is refused for it."""
OFFICIAL: Final = (
    NUMBER,
    *PERSON,
    ("Số CCCD", "id_number", ID_ABOUT, ID_EXAMPLE),
    *REACHED,
    ("Chức vụ", "title", _l("Chức vụ hiện nay."), "Chuyên viên"),
    ("Đơn vị công tác", "workplace", _l("Tên cơ quan, ví dụ “UBND Xã Tân Lợi”."), "UBND Xã Tân Lợi"),
    ("Cấp", "level", _l("Trung ương, Tỉnh hoặc Xã. Cấp huyện không còn từ 01/07/2025."), "Xã"),
    ("Tỉnh/Thành phố", "province", _l("Tên hiện nay; tên trước năm 2025 cũng hiểu được."), "Thành phố Đồng Nai"),
    ("Xã/Phường", "commune", _l("Tên xã, phường hoặc đặc khu. Để trống với cán bộ cấp tỉnh."), "Xã Tân Lợi"),
    ("Ngày nhận nhiệm vụ", "started_on", _l("Ngày bắt đầu giữ chức vụ. Không được ở trong tương lai."), ""),
)
LEADER: Final = (
    NUMBER,
    *PERSON,
    ("Số định danh cá nhân", "id_number", ID_ABOUT, ID_EXAMPLE),
    *REACHED,
    ("Chức danh", "title", _l("Ví dụ: Giám đốc, Tổ trưởng, Chủ hộ."), "Giám đốc"),
    ("Tên tổ chức kinh tế", "workplace", _l("Tên đầy đủ như trên giấy đăng ký."), "Hợp tác xã Ví Dụ"),
    ("Loại hình", "legal_form", _l("Doanh nghiệp, Hợp tác xã, Tổ hợp tác hoặc Hộ sản xuất kinh doanh."), "Hợp tác xã"),
    ("Mã số thuế", "tax_code", _l("10 chữ số. Tổ hợp tác và hộ có thể chưa có."), ""),
    ("Nhóm sản phẩm", "product_group", _l("Một trong sáu nhóm của bộ tiêu chí năm 2023."), "Thực phẩm"),
    ("Tỉnh/Thành phố", "province", _l("Tên hiện nay; tên trước năm 2025 cũng hiểu được."), "Thành phố Đồng Nai"),
    ("Xã/Phường/Đặc khu", "commune", _l("Nơi đặt trụ sở."), "Xã Tân Lợi"),
    ("Tham gia từ ngày", "started_on", _l("Ngày bắt đầu tham gia. Không được ở trong tương lai."), ""),
)


def sheets_of(kind: str, day: date) -> list[Sheet]:
    """A sheet to fill in and one that explains it.

    day: today; the examples lie shortly before.
    """
    if kind in LISTINGS:
        columns = LISTINGS[kind].columns
        header = [column.heading for column in columns]
        example: list[Written] = [column.example for column in columns]
        lines = [(column.heading, column.is_needed, _(column.about), column.example) for column in columns]
    else:
        columns_told = OFFICIAL if kind == OFFICIALS else LEADER
        header = [heading for heading, *_more in columns_told]
        since = (day - timedelta(days=30)).strftime("%d/%m/%Y")
        example = [since if field == "started_on" else told for _heading, field, _about, told in columns_told]
        lines = [
            (heading, field in NEEDED[kind], str(about), since if field == "started_on" else told)
            for heading, field, about, told in columns_told
        ]
    widths = [30 if at == 1 else 18 for at in range(len(header))]
    return [
        Sheet("Danh sách", header, [example], widths=widths),
        Sheet(
            _("Giải thích"),
            [_("Cột"), _("Phải có cột này"), _("Ghi gì"), _("Ví dụ")],
            _explained(lines),
            widths=[28, 16, 90, 26],
        ),
    ]


def _explained(lines: list[tuple[str, bool, str, Written]]) -> Iterator[list[Written]]:
    for heading, is_needed, about, example in lines:
        yield [heading, _("Phải có") if is_needed else "", about, example]
