"""The day that a record is looked at for, and what was known when."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from werkzeug.datastructures import MultiDict
from wtforms import DateField, HiddenField, IntegerField, MultipleFileField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.core.clock import end_of
from lms.core.i18n import lazy_gettext as _l
from lms.records.models import Qualification
from lms.records.words import name_of
from lms.web.forms import Form, SelectChoice

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


class AwardForm(Form):
    """What an award on paper says."""

    qualification_id = SelectField(_l("Chuẩn tập huấn"), coerce=int)
    title = StringField(
        _l("Nội dung đã học"),
        [InputRequired(), Length(max=200)],
        description=_l("Tên khóa hoặc lớp, như ghi trên giấy."),
    )
    awarded_on = DateField(_l("Ngày hoàn thành"), [InputRequired()], format=DAY_FORMATS)
    hours = IntegerField(_l("Số giờ học"), [Optional(), NumberRange(min=1, max=9999)])
    files = MultipleFileField(
        _l("Bản chụp làm bằng chứng"),
        description=_l("Tệp PDF hoặc ảnh (JPG, PNG), tối đa 5 tệp, mỗi tệp 5 MB. Không gửi ảnh căn cước."),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png"},
    )
    key = HiddenField(validators=[Length(max=60)])

    def __init__(self, qualifications: Sequence[Qualification], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.qualification_id.choices = [SelectChoice(str(one.id), name_of(one)) for one in qualifications]

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, once it is valid; without the qualification, which has to be looked up."""
        return {"awarded_on": self.awarded_on.data, "title": self.title.data, "hours": self.hours.data}


class CorrectionForm(AwardForm):
    """The same, and why the award was wrong."""

    reason = StringField(_l("Vì sao phải sửa"), [InputRequired(), Length(max=300)])

    @property
    def values(self) -> dict[str, Any]:
        """The same, with the reason."""
        return {**super().values, "reason": self.reason.data}


class RevocationForm(Form):
    """From which day an award no longer counts, and why."""

    on = DateField(_l("Không được tính từ ngày"), [InputRequired()], format=DAY_FORMATS)
    reason = StringField(_l("Lý do thu hồi"), [InputRequired(), Length(max=300)])

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, once it is valid."""
        return {"on": self.on.data, "reason": self.reason.data}
