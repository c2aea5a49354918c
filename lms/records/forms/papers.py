"""What is filled in about classes on paper: their document, and whom they name."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.records.actions import PaperClassFacts
from lms.records.forms.awards import FILE_KINDS, FILES_HINT
from lms.records.forms.days import DAY_FORMATS
from lms.records.models import PaperClass, Qualification
from lms.records.queries import Candidates
from lms.records.words import name_of
from lms.registry.models import Unit
from lms.registry.words import unit_name
from lms.web.forms import Form, SelectChoice


class PaperClassForm(Form):
    """What the document of a class says."""

    title = StringField(
        _l("Tên lớp"), [InputRequired(), Length(max=200)], description=_l("Như ghi trên văn bản hoặc danh sách.")
    )
    qualification_id = SelectField(_l("Chuẩn tập huấn mà lớp này đáp ứng"), coerce=int)
    issuer = StringField(_l("Đơn vị tổ chức, ký văn bản"), [InputRequired(), Length(max=200)])
    document_number = StringField(
        _l("Số văn bản"), [InputRequired(), Length(max=60)], description=_l("Ví dụ: 125/QĐ-SNNMT.")
    )
    document_on = DateField(_l("Ngày văn bản"), [InputRequired()], format=DAY_FORMATS)
    held_on = DateField(
        _l("Ngày cuối của lớp"),
        [InputRequired()],
        format=DAY_FORMATS,
        description=_l("Là ngày hoàn thành của mọi người trong lớp."),
    )
    place = StringField(_l("Nơi học"), [InputRequired(), Length(max=200)])
    hours = IntegerField(_l("Số giờ học"), [Optional(), NumberRange(min=1, max=9999)])
    unit_id = SelectField(
        _l("Lớp của địa phương nào"), coerce=int, description=_l("Ai phụ trách ở đây thì xem và ghi được lớp này.")
    )
    files = MultipleFileField(_l("Bản chụp văn bản, danh sách lớp"), description=FILES_HINT, render_kw=FILE_KINDS)
    key = HiddenField(validators=[Length(max=40)])

    def __init__(
        self, qualifications: Sequence[Qualification], units: Sequence[Unit], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.qualification_id.choices = [SelectChoice(str(one.id), name_of(one)) for one in qualifications]
        self.unit_id.choices = [SelectChoice(str(unit.id), unit_name(unit)) for unit in units]
        self._qualifications = {one.id: one for one in qualifications}
        self._units = {unit.id: unit for unit in units}

    def facts(self) -> PaperClassFacts:
        """What was filled in, once it is valid."""
        return PaperClassFacts(
            unit=self._units[self.unit_id.data],
            qualification=self._qualifications[self.qualification_id.data],
            **{
                name: getattr(self, name).data
                for name in ("title", "issuer", "document_number", "document_on", "place", "held_on", "hours")
            },
        )


class PaperClassCorrectionForm(PaperClassForm):
    """The same, and why the class was wrong."""

    reason = StringField(_l("Vì sao phải sửa"), [InputRequired(), Length(max=300)])


class CandidatesForm(Form):
    """Looking for people to put into a class; everything may be left out."""

    unit = SelectField(_l("Đơn vị"), [Optional()])
    q = SearchField(
        _l("Họ tên"), [Optional(), Length(max=120)], render_kw={"autocomplete": "off", "enterkeyhint": "search"}
    )
    everybody = BooleanField(_l("Cả người không còn phải học chuẩn này"))

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, arguments: Any, units: Sequence[Unit]) -> None:
        super().__init__(arguments)
        self.unit.choices = [
            SelectChoice("", _l("— chọn đơn vị —")),
            *(SelectChoice(str(unit.id), unit_name(unit)) for unit in units),
        ]
        self._units = {str(unit.id): unit for unit in units}

    def asked(self) -> Candidates:
        """Who is looked for, once the form is valid."""
        return Candidates(
            text=self.q.data or "",
            unit=self._units.get(self.unit.data or ""),
            is_lacking=not self.everybody.data,
        )


class PastedForm(Form):
    """A list of people as it was copied from somewhere."""

    pasted = TextAreaField(
        _l("Dán danh sách"),
        [InputRequired(), Length(max=60_000)],
        description=_l(
            "Mỗi dòng một người: số định danh 12 chữ số, hoặc họ tên đủ dấu, có thể kèm ngày sinh cách bằng dấu chấm"
            " phẩy. Ví dụ: Trần Thị Hoa; 05/03/1980."
        ),
        render_kw={"rows": 6, "autocomplete": "off", "spellcheck": "false"},
    )


def as_filled_in(paper_class: PaperClass) -> dict[str, Any]:
    """A class as the form that changes it starts from."""
    names = ("title", "qualification_id", "issuer", "document_number", "document_on", "held_on", "place", "hours")
    return {**{name: getattr(paper_class, name) for name in names}, "unit_id": paper_class.unit_id}
