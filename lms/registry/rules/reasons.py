"""Every reason that a row or a whole roster file can have: its code, how grave it is, and what it says to a person."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


def _(text: str) -> str:
    """Marks a text for the catalogues; it is translated where it is shown."""
    return text


class Severity(StrEnum):
    """What a reason does to its row. A fix that needs no word has no reason at all."""

    NOTE = "note"
    """Says what was done; nothing needs doing."""
    WARNING = "warning"
    """The row is taken; somebody should look at it."""
    REVIEW = "review"
    """The row is left for a person to decide."""
    REFUSED = "refused"
    """The row is not taken until it is mended."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a code stands for. `text` may say %(value)s: what stood in the file, or the row it is about."""

    severity: Severity
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason found in one row. `value` never holds a whole personal id or phone number."""

    code: str
    value: str = ""
    field: str = ""
    """Where the code does not say it: the column that it is about."""
    values: tuple[tuple[str, str], ...] = ()
    """Where `value` is the source text of a refusal: what stands in its places."""

    @property
    def reason(self) -> Reason:
        return REASONS[self.code]

    @property
    def severity(self) -> Severity:
        return self.reason.severity

    def as_dict(self) -> dict[str, Any]:
        """As it is stored beside the row."""
        told: dict[str, Any] = {
            "code": self.code,
            "severity": self.severity.value,
            "field": self.field or self.reason.field,
            "value": self.value,
        }
        return told | {"values": dict(self.values)} if self.values else told


_NOTE, _WARNING, _REVIEW, _REFUSED = Severity.NOTE, Severity.WARNING, Severity.REVIEW, Severity.REFUSED

REASONS: Final = {
    "name_missing": Reason(_REFUSED, "full_name", _("Thiếu họ và tên.")),
    "name_formula": Reason(
        _REFUSED, "full_name", _("Ô họ và tên chứa công thức, không phải tên. Hãy gõ tên dưới dạng chữ.")
    ),
    "name_too_long": Reason(_REFUSED, "full_name", _("Họ và tên dài quá 100 ký tự.")),
    "name_signs": Reason(_WARNING, "full_name", _("Họ và tên có ký tự lạ: “%(value)s”.")),
    "birth_on_missing": Reason(_WARNING, "birth_on", _("Thiếu ngày sinh.")),
    "birth_on_invalid": Reason(
        _REFUSED,
        "birth_on",
        _("Ngày sinh “%(value)s” không có thật hoặc không đọc được. Hãy ghi đủ ngày/tháng/năm."),
    ),
    "birth_on_future": Reason(_REFUSED, "birth_on", _("Ngày sinh %(value)s là ngày trong tương lai.")),
    "birth_on_unlikely": Reason(
        _WARNING, "birth_on", _("Theo ngày sinh %(value)s, người này dưới 15 hoặc trên 100 tuổi.")
    ),
    "sex_unreadable": Reason(_WARNING, "sex", _("Không hiểu giới tính “%(value)s”; hãy ghi Nam hoặc Nữ.")),
    "id_number_missing": Reason(
        _WARNING, "id_number", _("Không có số định danh; sẽ không nhận ra người này chắc chắn ở danh sách sau.")
    ),
    "id_number_letters": Reason(
        _REFUSED,
        "id_number",
        _("Số định danh %(value)s có chữ cái lẫn trong số (chữ O thay số 0?)."),
    ),
    "id_number_length": Reason(
        _REFUSED,
        "id_number",
        _("Số định danh %(value)s không đủ 12 chữ số và không thể khôi phục chắc chắn."),
    ),
    "id_number_restored": Reason(
        _WARNING,
        "id_number",
        _("Số định danh mất số 0 ở đầu; đã thêm lại thành %(value)s vì khớp giới tính và năm sinh."),
    ),
    "id_number_as_number": Reason(
        _WARNING, "id_number", _("Số định danh %(value)s được lưu dạng số; hãy định dạng cột này là chữ.")
    ),
    "id_number_prefix": Reason(
        _WARNING, "id_number", _("Ba chữ số đầu của số định danh (%(value)s) không phải mã tỉnh nào.")
    ),
    "id_number_sex": Reason(_WARNING, "id_number", _("Giới tính “%(value)s” không khớp với số định danh.")),
    "id_number_birth_year": Reason(_WARNING, "id_number", _("Năm sinh %(value)s không khớp với số định danh.")),
    "id_number_other_name": Reason(
        _REFUSED, "id_number", _("Số định danh %(value)s đã thuộc về một người mang tên khác.")
    ),
    "phone_converted": Reason(_WARNING, "phone", _("Số điện thoại 11 số kiểu cũ đã được đổi sang 10 số: %(value)s.")),
    "phone_several": Reason(_WARNING, "phone", _("Có nhiều số điện thoại; chỉ giữ số đầu: %(value)s.")),
    "phone_unreadable": Reason(_WARNING, "phone", _("Không hiểu số điện thoại %(value)s; đã bỏ trống.")),
    "email_invalid": Reason(_REFUSED, "email", _("Địa chỉ thư điện tử “%(value)s” không đúng.")),
    "workplace_missing": Reason(_REFUSED, "workplace", _("Thiếu tên tổ chức kinh tế.")),
    "workplace_empty": Reason(_WARNING, "workplace", _("Thiếu đơn vị công tác.")),
    "workplace_formula": Reason(
        _REFUSED, "workplace", _("Ô tên đơn vị chứa công thức, không phải tên. Hãy gõ tên dưới dạng chữ.")
    ),
    "workplace_too_long": Reason(_REFUSED, "workplace", _("Tên đơn vị dài quá 180 ký tự.")),
    "legal_form_unknown": Reason(_REFUSED, "legal_form", _("Không hiểu loại hình “%(value)s” của tổ chức kinh tế.")),
    "tax_code_invalid": Reason(_REFUSED, "tax_code", _("Mã số thuế %(value)s sai (chữ số kiểm tra không khớp).")),
    "tax_code_restored": Reason(_WARNING, "tax_code", _("Mã số thuế mất số 0 ở đầu; đã thêm lại thành %(value)s.")),
    "tax_code_other_name": Reason(_WARNING, "tax_code", _("Mã số thuế này đã ghi cho tổ chức tên khác: “%(value)s”.")),
    "product_group_unknown": Reason(
        _WARNING, "product_group", _("Nhóm sản phẩm “%(value)s” không có trong sáu nhóm; đã bỏ trống.")
    ),
    "level_unknown": Reason(_REFUSED, "level", _("Không hiểu cấp “%(value)s”; hãy ghi Trung ương, Tỉnh hoặc Xã.")),
    "level_ended": Reason(
        _REFUSED, "level", _("Cấp huyện đã kết thúc từ 30/06/2025; hãy ghi cấp hiện nay là Tỉnh hoặc Xã.")
    ),
    "province_missing": Reason(_REFUSED, "province", _("Thiếu tên tỉnh, thành phố.")),
    "province_unknown": Reason(_REFUSED, "province", _("Không có tỉnh, thành phố nào tên “%(value)s”.")),
    "province_unmarked": Reason(_WARNING, "province", _("Tên tỉnh ghi không dấu; hiểu là %(value)s.")),
    "province_ambiguous": Reason(
        _REFUSED, "province", _("Tên tỉnh ghi không dấu có thể là: %(value)s. Hãy ghi đủ dấu.")
    ),
    "province_before_2025": Reason(_WARNING, "province", _("Tỉnh trước sắp xếp năm 2025; nay là %(value)s.")),
    "commune_missing": Reason(_WARNING, "commune", _("Thiếu xã, phường, đặc khu; tạm ghi ở cấp tỉnh.")),
    "commune_unknown": Reason(_REFUSED, "commune", _("Không có xã, phường, đặc khu nào tên “%(value)s”.")),
    "commune_elsewhere": Reason(_REFUSED, "commune", _("“%(value)s” không thuộc tỉnh, thành phố đã ghi.")),
    "commune_ambiguous": Reason(
        _REFUSED, "commune", _("Có nhiều đơn vị tên “%(value)s”; hãy ghi rõ xã, phường hay đặc khu.")
    ),
    "commune_unmarked": Reason(_WARNING, "commune", _("Tên xã, phường ghi không dấu; hiểu là %(value)s.")),
    "commune_unmarked_ambiguous": Reason(
        _REFUSED, "commune", _("Tên xã, phường ghi không dấu có thể là: %(value)s. Hãy ghi đủ dấu và loại.")
    ),
    "commune_kind": Reason(_WARNING, "commune", _("Đơn vị này đúng tên nhưng khác loại: nay là %(value)s.")),
    "started_on_missing": Reason(_WARNING, "started_on", _("Thiếu ngày bắt đầu; tạm lấy ngày nhập danh sách.")),
    "started_on_invalid": Reason(
        _REFUSED,
        "started_on",
        _("Ngày bắt đầu “%(value)s” không có thật hoặc không đọc được. Hãy ghi đủ ngày/tháng/năm."),
    ),
    "started_on_future": Reason(_REFUSED, "started_on", _("Ngày bắt đầu %(value)s là ngày trong tương lai.")),
    "started_on_before_birth": Reason(_REFUSED, "started_on", _("Ngày bắt đầu %(value)s có trước ngày sinh.")),
    "outside_scope": Reason(_REFUSED, "province", _("“%(value)s” nằm ngoài địa bàn của bạn.")),
    "same_name_and_birth": Reason(
        _REVIEW,
        "full_name",
        _("Đã có người trùng họ tên và ngày sinh mà thiếu số định danh để phân biệt. Hãy bổ sung số định danh."),
    ),
    "changed_meanwhile": Reason(
        _REVIEW,
        "row",
        _("Dữ liệu liên quan đã thay đổi từ lúc xem trước nên dòng này chưa được ghi. Hãy gửi lại tệp để xem lại."),
    ),
    "formula": Reason(_REFUSED, "row", _("Ô này chứa công thức. Hãy gõ giá trị vào ô.")),
    "too_long": Reason(_REFUSED, "row", _("Nội dung dài quá %(value)s ký tự.")),
    "not_a_number": Reason(_REFUSED, "row", _("“%(value)s” không phải một số nguyên dùng được ở đây.")),
    "not_a_day": Reason(_REFUSED, "row", _("“%(value)s” không phải một ngày. Hãy ghi đủ ngày/tháng/năm.")),
    "not_a_choice": Reason(
        _REFUSED, "row", _("“%(value)s” không nằm trong các giá trị được dùng; xem trang Giải thích của tệp mẫu.")
    ),
    "not_a_phone": Reason(_REFUSED, "row", _("Không hiểu số điện thoại %(value)s.")),
    "value_missing": Reason(_REFUSED, "row", _("Ô này không được để trống.")),
    "value_fixed": Reason(_REFUSED, "row", _("Không sửa được điều này bằng bảng kê; đang ghi là “%(value)s”.")),
    "value_hidden": Reason(
        _REFUSED, "row", _("Số đã che không khớp với số đang ghi. Hãy để nguyên ô này hoặc ghi đủ số.")
    ),
    "key_unknown": Reason(_REFUSED, "row", _("Không có mục nào mang mã %(value)s trong địa bàn của bạn.")),
    "key_missing": Reason(_REFUSED, "row", _("Bảng kê này chỉ sửa những mục đã có mã; mục mới hãy nhập cách khác.")),
    "twice": Reason(_REFUSED, "row", _("Trùng với dòng %(value)s của tệp.")),
    "two_ways": Reason(_REFUSED, "row", _("Dòng %(value)s của tệp ghi khác về cùng một người.")),
    "unit_unknown": Reason(_REFUSED, "unit_code", _("Không có đơn vị nào mang mã “%(value)s”.")),
    "unit_two_places": Reason(
        _REFUSED, "unit_code", _("Mã đơn vị và tên không chỉ cùng một nơi; theo mã thì đó là “%(value)s”.")
    ),
    "name_other": Reason(_REFUSED, "full_name", _("Mã người này là của “%(value)s”. Hãy xem lại mã.")),
    "not_allowed": Reason(_REFUSED, "row", _("Bạn không được sửa điều này: của chính bạn, hoặc ngoài địa bàn.")),
    "not_possible": Reason(_REFUSED, "row", "%(value)s"),
    "same_person": Reason(_NOTE, "id_number", _("Cùng số định danh và họ tên với dòng %(value)s; đã gộp làm một.")),
}
"""By code. A code, once given out, keeps its meaning: people write scripts against it."""

FIELDS: Final = {
    "row": _("Dòng"),
    "position": _("Chức vụ đảm nhiệm"),
    "full_name": _("Họ và tên"),
    "birth_on": _("Ngày sinh"),
    "sex": _("Giới tính"),
    "id_number": _("Số định danh cá nhân"),
    "phone": _("Điện thoại"),
    "email": _("Thư điện tử"),
    "title": _("Chức vụ"),
    "workplace": _("Đơn vị công tác hoặc tên tổ chức kinh tế"),
    "level": _("Cấp"),
    "legal_form": _("Loại hình"),
    "tax_code": _("Mã số thuế"),
    "product_group": _("Nhóm sản phẩm"),
    "province": _("Tỉnh, thành phố"),
    "commune": _("Xã, phường, đặc khu"),
    "unit_code": _("Mã đơn vị"),
    "started_on": _("Ngày bắt đầu"),
}
"""What each column is called to a person."""

FAULTS: Final = {
    "empty": _("Tệp rỗng, không có nội dung."),
    "too_large": _("Tệp lớn quá %(limit)s MB. Không có gì được nhập; hãy chia thành nhiều tệp nhỏ hơn."),
    "not_a_sheet": _("Đây không phải bảng tính. Hãy gửi tệp .xlsx hoặc .csv."),
    "encrypted": _("Tệp được đặt mật khẩu nên không đọc được. Hãy bỏ mật khẩu rồi gửi lại."),
    "old_excel": _("Đây là tệp Excel kiểu cũ (.xls). Hãy mở ra và lưu thành .xlsx rồi gửi lại."),
    "other_format": _("Đây là bảng tính nhưng không phải .xlsx. Hãy mở ra và lưu thành .xlsx rồi gửi lại."),
    "bomb": _("Tệp nén bung ra lớn bất thường nên không được mở. Hãy lưu lại thành một bảng tính mới."),
    "broken": _("Tệp bị hỏng, không mở được. Hãy lưu lại từ phần mềm bảng tính rồi gửi lại."),
    "unsafe_xml": _("Bên trong tệp có khai báo không an toàn nên không được mở. Hãy lưu lại thành một bảng tính mới."),
    "encoding": _("Không đọc được chữ trong tệp CSV. Hãy lưu lại dạng “CSV UTF-8” hoặc .xlsx."),
    "no_header": _("Không thấy dòng tiêu đề (Họ và tên, Ngày sinh, …) trong 30 dòng đầu. Hãy dùng tệp mẫu."),
    "column_missing": _("Thiếu cột: %(columns)s. Hãy thêm cột này hoặc dùng tệp mẫu."),
    "kind_unclear": _("Không rõ đây là danh sách cán bộ hay lãnh đạo: cần cột Cấp (cán bộ) hoặc Loại hình (lãnh đạo)."),
    "no_rows": _("Có dòng tiêu đề nhưng không có dòng nào bên dưới."),
    "too_many_cells": _(
        "Bảng tính có quá nhiều ô. Hãy xóa các trang tính, cột và dòng không cần, hoặc chia thành nhiều tệp."
    ),
    "too_many_rows": _("Tệp có hơn %(limit)s dòng. Hãy chia thành nhiều tệp nhỏ hơn."),
}
"""Why a whole file is refused: nothing of it is imported."""


class RosterFault(Exception):
    """A whole file cannot be taken."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
