"""The day that a record is looked at for."""

from datetime import date
from typing import Any, Final

from wtforms import DateField
from wtforms.validators import ValidationError

from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form

DAY_FORMATS: Final = ["%Y-%m-%d", "%d/%m/%Y"]
"""What a date control sends, and what a person writes."""


class DayForm(Form):
    """As of which day; nothing given means today."""

    day = DateField(_l("Tính đến ngày"), format=DAY_FORMATS)

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, arguments: Any, today: date) -> None:
        super().__init__(arguments if arguments.get("day", "").strip() else None, data={"day": today})
        self.today = today

    def validate_day(self, field: DateField) -> None:
        """A day still to come has no figures."""
        if field.data is not None and field.data > self.today:
            raise ValidationError(
                _l("Chưa có số liệu của ngày trong tương lai. Hãy chọn ngày từ hôm nay trở về trước.")
            )

    def chosen(self) -> date:
        """The day asked for, once the form is found valid."""
        day: date | None = self.day.data
        return day if day is not None else self.today
