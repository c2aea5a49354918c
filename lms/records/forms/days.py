"""The day that a record is looked at for, and what was known when."""

from datetime import date, datetime
from typing import Any, Final

from werkzeug.datastructures import MultiDict
from wtforms import DateField
from wtforms.validators import Optional, ValidationError

from lms.core.clock import end_of
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


class KnownForm(DayForm):
    """As of which day, and as it was known at the end of which other; nothing given there means now."""

    known_on = DateField(_l("Theo những gì đã ghi đến hết ngày"), [Optional()], format=DAY_FORMATS)

    def __init__(self, arguments: Any, today: date) -> None:
        given = {name: arguments[name] for name in ("day", "known_on") if arguments.get(name, "").strip()}
        super().__init__(MultiDict({"day": today.isoformat(), **given}) if given else MultiDict(), today)

    def validate_known_on(self, field: DateField) -> None:
        """What will be known on a day still to come is not known."""
        self.validate_day(field)

    def known_at(self) -> datetime | None:
        """The instant up to which things were known, once the form is found valid; None: now."""
        day: date | None = self.known_on.data
        return end_of(day) if day is not None and day < self.today else None
