"""What is filled in about requirements: their versions, the groups of people they oblige, qualifications."""

from collections.abc import Sequence
from typing import Any, Final

from wtforms import (
    DateField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from lms.core.i18n import lazy_gettext as _l
from lms.records.forms.days import DAY_FORMATS
from lms.records.models import Needed, Qualification, RequirementVersion
from lms.records.queries import read_clauses
from lms.records.words import LEADERS_OF, OFFICIALS_OF, ORIGINS, name_of
from lms.registry.models import Level, OrganisationKind, Origin
from lms.registry.rules.products import PRODUCTS
from lms.web.forms import Form, SelectChoice

CODE: Final = Regexp(r"^[a-z][a-z0-9-]*$", message=_l("Chỉ dùng chữ thường không dấu, chữ số và dấu gạch nối."))
CLAUSES: Final = 4
"""How many groups of people a version can name."""


class Boxes(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ClauseForm(Form):
    """One group of people whom a version obliges; whatever is left empty does not matter."""

    kind = SelectField(
        _l("Nhóm chức vụ"),
        choices=[
            SelectChoice("", _l("— không dùng nhóm này —")),
            SelectChoice("official", _l("Cán bộ")),
            SelectChoice("leader", _l("Lãnh đạo chủ thể")),
        ],
        validate_choice=False,
    )
    levels = Boxes(_l("Cấp (cán bộ)"), choices=[SelectChoice(level.value, OFFICIALS_OF[level]) for level in Level])
    organisation_kinds = Boxes(
        _l("Loại hình (lãnh đạo)"), choices=[SelectChoice(kind.value, LEADERS_OF[kind]) for kind in OrganisationKind]
    )
    product_groups = Boxes(_l("Nhóm sản phẩm"), choices=[SelectChoice(name, name) for name in PRODUCTS])
    origins = Boxes(_l("Nguồn gốc chủ thể"), choices=[SelectChoice(one.value, ORIGINS[one]) for one in Origin])
    unit_codes = StringField(
        _l("Địa bàn, gồm cả đơn vị trực thuộc"),
        [Length(max=300)],
        description=_l("Mã đơn vị theo danh mục hiện nay, cách nhau bằng dấu phẩy. Để trống là cả nước."),
    )

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, *args: Any, meta: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, meta={"csrf": False}, **kwargs)


class VersionForm(Form):
    """A version of a requirement, and with its names a new requirement."""

    code = StringField(_l("Mã"), [InputRequired(), Length(max=60), CODE], description=_l("Ví dụ: can-bo-xa."))
    name = StringField(_l("Tên yêu cầu"), [InputRequired(), Length(max=200)])
    name_en = StringField(_l("Tên tiếng Anh"), [InputRequired(), Length(max=200)])
    legal_basis = StringField(
        _l("Căn cứ"), [InputRequired(), Length(max=300)], description=_l("Tên văn bản, số và ngày ban hành.")
    )
    effective_from = DateField(_l("Có hiệu lực từ ngày"), [InputRequired()], format=DAY_FORMATS)
    clauses = FieldList(FormField(ClauseForm), _l("Ai phải học"), min_entries=CLAUSES, max_entries=CLAUSES)
    qualification_ids = Boxes(_l("Chuẩn tập huấn phải có"), [InputRequired()], coerce=int)
    needed = RadioField(
        _l("Phải có bao nhiêu"),
        choices=[
            SelectChoice(Needed.ALL.value, _l("Đủ cả các chuẩn đã chọn")),
            SelectChoice(Needed.SOME.value, _l("Một số trong các chuẩn đã chọn")),
            SelectChoice(Needed.HOURS.value, _l("Đủ số giờ học về các chuẩn đã chọn")),
        ],
        default=Needed.ALL.value,
    )
    needed_count = IntegerField(_l("Ít nhất mấy chuẩn"), [Optional(), NumberRange(min=1, max=99)])
    needed_hours = IntegerField(_l("Ít nhất mấy giờ"), [Optional(), NumberRange(min=1, max=9999)])
    due_on = DateField(_l("Hạn: một ngày cố định"), [Optional()], format=DAY_FORMATS)
    due_days = IntegerField(_l("Hạn: số ngày kể từ khi thuộc diện"), [Optional(), NumberRange(min=0, max=3660)])
    valid_months = IntegerField(
        _l("Kết quả được tính trong mấy tháng"),
        [Optional(), NumberRange(min=1, max=1200)],
        description=_l("Để trống nếu không có thời hạn."),
    )
    window_days = IntegerField(
        _l("Gọi tập huấn lại trước khi hết hạn mấy ngày"), [Optional(), NumberRange(min=0, max=3660)]
    )
    reason = StringField(_l("Vì sao ban hành phiên bản này"), [InputRequired(), Length(max=300)])

    def __init__(self, qualifications: Sequence[Qualification], *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.qualification_ids.choices = [SelectChoice(str(one.id), name_of(one)) for one in qualifications]
        if not is_new:
            del self.code, self.name, self.name_en

    @property
    def names(self) -> dict[str, Any]:
        """The code and the names of a new requirement, once the form is valid."""
        return {"code": self.code.data, "name": self.name.data, "name_en": self.name_en.data}


def as_filled_in(version: RequirementVersion) -> dict[str, Any]:
    """A version as the form for the next one starts from it."""
    clauses = [
        {
            "kind": clause.kind,
            **{
                name: sorted(getattr(clause, name))
                for name in ("levels", "organisation_kinds", "product_groups", "origins")
            },
            "unit_codes": ", ".join(path.rpartition("/")[2] for path in sorted(clause.units)),
        }
        for clause in read_clauses(version.clauses)
    ]
    kept = ("legal_basis", "needed_count", "needed_hours", "due_on", "due_days", "valid_months", "window_days")
    return {
        **{name: getattr(version, name) for name in kept},
        "needed": version.needed.value,
        "clauses": clauses,
        "qualification_ids": [one.id for one in version.qualifications],
    }


class QualificationForm(Form):
    """A new qualification."""

    code = StringField(_l("Mã"), [InputRequired(), Length(max=60), CODE], description=_l("Ví dụ: an-toan-thuc-pham."))
    name = StringField(_l("Tên chuẩn"), [InputRequired(), Length(max=200)])
    name_en = StringField(_l("Tên tiếng Anh"), [InputRequired(), Length(max=200)])

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, once it is valid."""
        return {"code": self.code.data, "name": self.name.data, "name_en": self.name_en.data}
