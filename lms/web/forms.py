"""The base of every form: its messages in the person's language, its token against forged requests."""

from typing import Any, Final

from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from lms.core.i18n import lazy_gettext as _l

MESSAGES: Final = {
    "This field is required.": _l("Bạn chưa điền ô này."),
    "Not a valid choice.": _l("Lựa chọn này không có trong danh sách."),
    "Not a valid choice": _l("Lựa chọn này không có trong danh sách."),
    "'%(value)s' is not a valid choice for this field.": _l("“%(value)s” không có trong danh sách."),
    "'%(value)s' are not valid choices for this field.": _l("“%(value)s” không có trong danh sách."),
    "Not a valid date value.": _l("Ngày không đúng. Hãy viết theo dạng ngày/tháng/năm."),
    "Not a valid integer value.": _l("Hãy điền một số nguyên."),
    "Not a valid decimal value.": _l("Hãy điền một số."),
    "Field must be at least %(min)d character long.": _l("Cần ít nhất %(min)d ký tự."),
    "Field must be at least %(min)d characters long.": _l("Cần ít nhất %(min)d ký tự."),
    "Field cannot be longer than %(max)d character.": _l("Không được dài quá %(max)d ký tự."),
    "Field cannot be longer than %(max)d characters.": _l("Không được dài quá %(max)d ký tự."),
    "Field must be between %(min)d and %(max)d characters long.": _l("Cần từ %(min)d đến %(max)d ký tự."),
    "Number must be at least %(min)s.": _l("Số phải từ %(min)s trở lên."),
    "Number must be at most %(max)s.": _l("Số không được quá %(max)s."),
    "Number must be between %(min)s and %(max)s.": _l("Số phải từ %(min)s đến %(max)s."),
    "Invalid input.": _l("Nội dung chưa đúng."),
}
"""What WTForms says, by its own English: said again in our words, in both languages."""


__all__ = ["DayField", "Form", "SelectChoice"]


class FormMessages:
    """WTForms' messages in the words of the product, in the language of the page."""

    def gettext(self, text: str) -> str:
        return str(MESSAGES.get(text, text))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)


class DayField(DateField):
    """A day, as a date control sends it or as a person writes it."""

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d/%m/%Y"], **more)


def _without_nul(text: Any) -> Any:
    return text.replace("\x00", "") if isinstance(text, str) else text


class Form(FlaskForm):  # type: ignore[misc]
    """A form of ours. Texts lose the NUL that PostgreSQL cannot store and nobody can have meant."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> FormMessages:
            return FormMessages()

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            field = super().bind_field(form, unbound_field, options)
            if isinstance(field, StringField):
                field.filters = (_without_nul, *field.filters)
            return field
