"""Shapes of what staff fill in about classes."""

from typing import Any

from wtforms import BooleanField, DateField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form


class Checkboxes(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ClassForm(Form):
    """A class: course and unit are chosen once, the rest may change."""

    version_id = SelectField(_l("Khóa học"), coerce=int)
    unit_id = SelectField(
        _l("Địa phương"),
        coerce=int,
        description=_l("Người giữ chức vụ ở đây, hoặc ở đơn vị trực thuộc, được tham gia."),
    )
    name = StringField(_l("Tên lớp"), [InputRequired(), Length(max=200)])
    starts_on = DateField(_l("Ngày khai giảng"), [InputRequired()])
    ends_on = DateField(_l("Ngày kết thúc"), [Optional()], description=_l("Để trống nếu lớp không có hạn."))
    trainers = Checkboxes(_l("Giảng viên"), coerce=int, description=_l("Người chấm bài thực hành của lớp."))
    is_open = BooleanField(_l("Mở cho người học tự ghi danh"))

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.version_id
            del self.unit_id

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, once it is valid; without the trainers, who have to be looked up."""
        return {
            "name": self.name.data,
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "is_open": self.is_open.data,
        }

    @property
    def trainer_ids(self) -> list[int]:
        """Ids of the accounts ticked."""
        return list(self.trainers.data or [])


class EnrolForm(Form):
    """People ticked in the list of those who still need the course."""

    person_id = SelectMultipleField(coerce=int, validate_choice=False)
    everyone = IntegerField(validators=[Optional()])
