"""The base of every form: its messages in the person's language, its token against forged requests."""

from typing import Any, Final

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from lms.core.i18n import current_locale

MESSAGES: Final = {
    "This field is required.": "Bạn chưa điền ô này.",
    "Not a valid choice.": "Lựa chọn này không có trong danh sách.",
    "Not a valid choice": "Lựa chọn này không có trong danh sách.",
    "'%(value)s' is not a valid choice for this field.": "“%(value)s” không có trong danh sách.",
    "'%(value)s' are not valid choices for this field.": "“%(value)s” không có trong danh sách.",
    "Not a valid date value.": "Ngày không đúng. Hãy viết theo dạng ngày/tháng/năm.",
    "Not a valid integer value.": "Hãy điền một số nguyên.",
    "Not a valid decimal value.": "Hãy điền một số.",
    "Field must be at least %(min)d character long.": "Cần ít nhất %(min)d ký tự.",
    "Field must be at least %(min)d characters long.": "Cần ít nhất %(min)d ký tự.",
    "Field cannot be longer than %(max)d character.": "Không được dài quá %(max)d ký tự.",
    "Field cannot be longer than %(max)d characters.": "Không được dài quá %(max)d ký tự.",
    "Field must be between %(min)d and %(max)d characters long.": "Cần từ %(min)d đến %(max)d ký tự.",
    "Number must be at least %(min)s.": "Số phải từ %(min)s trở lên.",
    "Number must be at most %(max)s.": "Số không được quá %(max)s.",
    "Number must be between %(min)s and %(max)s.": "Số phải từ %(min)s đến %(max)s.",
    "Invalid input.": "Nội dung chưa đúng.",
}


__all__ = ["Form", "SelectChoice"]


class FormMessages:
    """WTForms' own English messages, in Vietnamese where the page is in Vietnamese."""

    def gettext(self, text: str) -> str:
        return MESSAGES.get(text, text) if current_locale() == "vi" else text

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)


class Form(FlaskForm):  # type: ignore[misc]
    """A form of ours."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> FormMessages:
            return FormMessages()
