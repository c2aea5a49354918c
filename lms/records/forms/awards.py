"""What an award on paper says, and what is said when one is corrected or revoked."""

from collections.abc import Sequence
from typing import Any, Final

from wtforms import DateField, HiddenField, IntegerField, MultipleFileField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.records.forms.days import DAY_FORMATS
from lms.records.models import Qualification
from lms.records.words import name_of
from lms.web.forms import Form, SelectChoice

FILES_HINT: Final = _l("Tệp PDF hoặc ảnh (JPG, PNG), tối đa 5 tệp, mỗi tệp 5 MB. Không gửi ảnh căn cước.")
FILE_KINDS: Final = {"accept": ".pdf,.jpg,.jpeg,.png"}


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
        description=FILES_HINT,
        render_kw=FILE_KINDS,
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
