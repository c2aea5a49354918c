"""What is filled in about training done elsewhere: an application, a decision, a line of the table of equivalences."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.records.actions import EquivalenceFacts, Outcome, Told
from lms.records.forms.awards import FILE_KINDS, FILES_HINT
from lms.records.forms.days import DAY_FORMATS
from lms.records.models import Application, Equivalence, Qualification
from lms.records.words import equivalence_text, name_of
from lms.web.forms import Form, SelectChoice

HOURS = NumberRange(min=1, max=9999)


class ApplicationForm(Form):
    """What an application says. A draft may leave out anything; handing it in says what is missing."""

    qualification_id = SelectField(_l("Xin công nhận cho chuẩn nào"), [Optional()])
    course = StringField(
        _l("Tên khóa đã học"), [Optional(), Length(max=200)], description=_l("Như ghi trên chứng chỉ.")
    )
    issuer = StringField(
        _l("Nơi đào tạo"),
        [Optional(), Length(max=200)],
        description=_l("Trường, trung tâm hoặc cơ quan cấp chứng chỉ."),
    )
    certificate_number = StringField(_l("Số chứng chỉ"), [Optional(), Length(max=60)])
    completed_on = DateField(_l("Ngày hoàn thành"), [Optional()], format=DAY_FORMATS)
    hours = IntegerField(_l("Số giờ học"), [Optional(), HOURS])
    note = TextAreaField(_l("Ghi thêm"), [Optional(), Length(max=1000)], render_kw={"rows": 3})
    files = MultipleFileField(_l("Ảnh chụp chứng chỉ, bảng điểm"), description=FILES_HINT, render_kw=FILE_KINDS)
    seen = HiddenField()

    def __init__(self, qualifications: Sequence[Qualification], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.qualification_id.choices = [
            SelectChoice("", _l("— chọn chuẩn —")),
            *(SelectChoice(str(one.id), name_of(one)) for one in qualifications),
        ]
        self._qualifications = {str(one.id): one for one in qualifications}

    def told(self) -> Told:
        """What was filled in, as far as it can be read."""
        return Told(
            qualification=self._qualifications.get(self.qualification_id.data or ""),
            issuer=self.issuer.data or "",
            course=self.course.data or "",
            certificate_number=self.certificate_number.data or "",
            completed_on=self.completed_on.data,
            hours=self.hours.data,
            note=self.note.data or "",
        )


def application_as_filled_in(application: Application) -> dict[str, Any]:
    """An application as the form that changes it starts from."""
    names = ("issuer", "course", "certificate_number", "completed_on", "hours", "note")
    return {
        **{name: getattr(application, name) for name in names},
        "qualification_id": str(application.qualification_id or ""),
        "seen": str(application.revision),
    }


class DecisionForm(Form):
    """What is decided upon an application."""

    outcome = RadioField(
        _l("Quyết định"),
        [InputRequired()],
        choices=[
            SelectChoice(Outcome.GRANTED.value, _l("Công nhận đủ chuẩn")),
            SelectChoice(Outcome.PARTLY_GRANTED.value, _l("Công nhận một phần: chỉ tính số giờ")),
            SelectChoice(Outcome.REFUSED.value, _l("Không công nhận")),
        ],
    )
    equivalence_id = SelectField(_l("Theo dòng nào của bảng tương đương"), [Optional()])
    hours = IntegerField(
        _l("Số giờ được công nhận"), [Optional(), HOURS], description=_l("Chỉ điền khi công nhận một phần.")
    )
    reason = TextAreaField(
        _l("Căn cứ hoặc lý do"),
        [Optional(), Length(max=500)],
        description=_l("Người làm đơn đọc được. Bắt buộc khi không công nhận, hoặc khi không theo dòng nào của bảng."),
        render_kw={"rows": 3},
    )

    def __init__(self, fitting: Sequence[Equivalence], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.equivalence_id.choices = [
            SelectChoice("", _l("— không theo dòng nào —")),
            *(SelectChoice(str(one.id), equivalence_text(one)) for one in fitting),
        ]
        self._fitting = {str(one.id): one for one in fitting}

    @property
    def values(self) -> dict[str, Any]:
        """What was decided, once the form is valid."""
        return {
            "outcome": Outcome(self.outcome.data),
            "equivalence": self._fitting.get(self.equivalence_id.data or ""),
            "hours": self.hours.data,
            "reason": self.reason.data or "",
        }


class EquivalenceForm(Form):
    """A version of a line in the table of equivalences."""

    qualification_id = SelectField(_l("Tương đương với chuẩn"), coerce=int)
    issuer = StringField(
        _l("Nơi đào tạo"), [InputRequired(), Length(max=200)], description=_l("Tên cơ sở, hoặc loại cơ sở đào tạo.")
    )
    course = StringField(_l("Khóa đào tạo"), [InputRequired(), Length(max=200)])
    least_hours = IntegerField(_l("Khóa học dài ít nhất mấy giờ"), [Optional(), HOURS])
    completed_from = DateField(_l("Hoàn thành từ ngày"), [Optional()], format=DAY_FORMATS)
    completed_to = DateField(_l("Hoàn thành đến ngày"), [Optional()], format=DAY_FORMATS)
    is_partial = BooleanField(_l("Chỉ tương đương một phần: tính số giờ, không tính là đủ chuẩn"))
    credited_hours = IntegerField(
        _l("Số giờ được công nhận"), [Optional(), HOURS], description=_l("Để trống là đúng số giờ đã học.")
    )
    legal_basis = StringField(
        _l("Căn cứ"), [InputRequired(), Length(max=300)], description=_l("Tên văn bản, số và ngày ban hành.")
    )
    valid_from = DateField(_l("Áp dụng từ ngày"), [InputRequired()], format=DAY_FORMATS)
    valid_to = DateField(_l("Áp dụng đến ngày"), [Optional()], format=DAY_FORMATS)

    def __init__(self, qualifications: Sequence[Qualification], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.qualification_id.choices = [SelectChoice(str(one.id), name_of(one)) for one in qualifications]
        self._qualifications = {one.id: one for one in qualifications}

    def facts(self) -> EquivalenceFacts:
        """What was filled in, once it is valid."""
        told: dict[str, Any] = {
            name: value.strip() if isinstance(value, str) else value
            for name in EquivalenceFacts.__dataclass_fields__
            if name != "qualification"
            for value in (getattr(self, name).data,)
        }
        return EquivalenceFacts(qualification=self._qualifications[self.qualification_id.data], **told)


class NextEquivalenceForm(EquivalenceForm):
    """The same, and why the version before ends."""

    reason = StringField(_l("Vì sao thay phiên bản trước"), [InputRequired(), Length(max=300)])


class EndForm(Form):
    """Why a line of the table ends."""

    reason = StringField(_l("Vì sao thôi dùng"), [InputRequired(), Length(max=300)])
