"""Shapes of what is asked and filled in about organisations."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import SearchField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.core.i18n import lazy_gettext as _l
from lms.registry.actions import OrganisationFacts
from lms.registry.forms.people import ALL
from lms.registry.forms.units import UnitForm
from lms.registry.models import OrganisationKind, Origin, Unit
from lms.registry.rules.id_numbers import read_id_number
from lms.registry.rules.products import PRODUCTS, PRODUCTS_2019
from lms.registry.rules.reasons import Severity
from lms.registry.rules.tax_codes import read_tax_code
from lms.registry.words import ORGANISATION_KINDS, ORIGINS, finding_text, unit_name
from lms.web.forms import DayField, Form, SelectChoice

NOT_SAID = SelectChoice("", _l("Chưa ghi"))


class OrganisationsForm(Form):
    """Looking for organisations; everything may be left out."""

    q = SearchField(
        _l("Tên hoặc mã số thuế"),
        [Optional(), Length(max=120)],
        render_kw={"autocomplete": "off", "enterkeyhint": "search"},
    )
    unit = SelectField(_l("Đơn vị"), [Optional()])
    kind = SelectField(_l("Loại hình"), [Optional()])
    product = SelectField(_l("Nhóm sản phẩm"), [Optional()])
    origin = SelectField(_l("Đã có hay mới"), [Optional()])
    state = SelectField(
        _l("Chương trình"),
        [Optional()],
        choices=[
            ALL,
            SelectChoice("in", _l("Đang tham gia")),
            SelectChoice("left", _l("Đã rời")),
        ],
    )

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, arguments: Any, units: Sequence[Unit]) -> None:
        super().__init__(arguments)
        self.unit.choices = [ALL, *(SelectChoice(unit.path, unit_name(unit)) for unit in units)]
        self.kind.choices = [ALL, *(SelectChoice(kind.value, ORGANISATION_KINDS[kind]) for kind in OrganisationKind)]
        self.product.choices = [ALL, *(SelectChoice(key, name) for name, key in PRODUCTS.items())]
        self.origin.choices = [ALL, *(SelectChoice(origin.value, ORIGINS[origin]) for origin in Origin)]
        self._units = {unit.path: unit for unit in units}

    def asked(self) -> dict[str, Any]:
        """What is looked for: of each choice only what was offered."""
        return {
            "unit": self._units.get(self.unit.data or ""),
            "kind": OrganisationKind(self.kind.data) if self.kind.data in list(OrganisationKind) else None,
            "product_group": next((name for name, key in PRODUCTS.items() if key == self.product.data), None),
            "origin": Origin(self.origin.data) if self.origin.data in list(Origin) else None,
            "taking_part": {"in": True, "left": False}.get(self.state.data or ""),
        }


class OrganisationForm(UnitForm):
    """An organisation as somebody enters or corrects it."""

    name = StringField(_l("Tên chủ thể"), [InputRequired(), Length(max=180)], render_kw={"autocomplete": "off"})
    kind = SelectField(
        _l("Loại hình"),
        [InputRequired()],
        choices=[SelectChoice(kind.value, words) for kind, words in ORGANISATION_KINDS.items()],
    )
    legal_form = StringField(
        _l("Hình thức pháp lý"),
        [Optional(), Length(max=60)],
        description=_l("Như ghi trên giấy đăng ký, ví dụ “Công ty TNHH”."),
    )
    tax_code = StringField(
        _l("Mã số thuế"),
        [Optional(), Length(max=30)],
        description=_l("10 chữ số, hoặc 13 chữ số với chi nhánh. Tổ hợp tác và hộ có thể chưa có."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    owner_id_number = StringField(
        _l("Số định danh của chủ hộ"),
        [Optional(), Length(max=30)],
        description=_l("Chỉ với hộ chưa có mã số thuế: 12 chữ số. Được lưu kín, trên trang chỉ hiện 4 số cuối."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    product_group = SelectField(
        _l("Nhóm sản phẩm (từ 2023)"),
        [Optional()],
        choices=[NOT_SAID, *(SelectChoice(name, name) for name in PRODUCTS)],
    )
    product_group_2019 = SelectField(
        _l("Ngành hàng (2018–2022)"),
        [Optional()],
        choices=[NOT_SAID, *(SelectChoice(name, name) for name in PRODUCTS_2019)],
    )
    origin = SelectField(
        _l("Đã có hay mới"),
        [Optional()],
        choices=[NOT_SAID, *(SelectChoice(origin.value, words) for origin, words in ORIGINS.items())],
    )
    joined_on = DayField(_l("Tham gia Chương trình từ ngày"), [Optional()])

    _tax_code: str | None = None
    _owner: str | None = None
    """The two as they are read by the validation."""

    def validate_tax_code(self, field: StringField) -> None:
        """Right by its check digit. A household's 12 digits are its owner's personal id, and are taken for that."""
        is_household = self.kind.data == OrganisationKind.HOUSEHOLD
        reading = read_tax_code(field.data or "", is_household=is_household)
        if reading.finding is not None and reading.finding.severity is Severity.REFUSED:
            raise ValidationError(finding_text(reading.finding))
        self._tax_code = reading.tax_code
        if is_household and reading.tax_code is None and (field.data or "").strip():
            self._owner = _number(field.data or "")

    def validate_owner_id_number(self, field: StringField) -> None:
        """Twelve digits; only of a household without a tax code."""
        if self.kind.data != OrganisationKind.HOUSEHOLD:
            raise ValidationError(_l("Chỉ hộ sản xuất kinh doanh mới được nhận biết bằng số định danh của chủ hộ."))
        if self._tax_code is not None:
            raise ValidationError(_l("Hộ đã có mã số thuế thì không ghi số định danh của chủ hộ."))
        self._owner = _number(field.data or "")

    def facts(self) -> OrganisationFacts:
        """What was filled in, once it is valid."""
        return OrganisationFacts(
            name=self.name.data or "",
            kind=OrganisationKind(self.kind.data),
            unit=self.chosen_unit(),
            legal_form=self.legal_form.data or "",
            tax_code=self._tax_code,
            owner_id_number=self._owner,
            product_group=self.product_group.data or None,
            product_group_2019=self.product_group_2019.data or None,
            origin=Origin(self.origin.data) if self.origin.data else None,
            joined_on=self.joined_on.data,
        )


def _number(typed: str) -> str:
    reading = read_id_number(typed, sex=None, birth_on=None)
    if reading.number is None:
        raise ValidationError(_l("Số định danh cá nhân phải có đúng 12 chữ số."))
    return reading.number


class LeaveForm(Form):
    """An organisation takes part no more."""

    on = DayField(_l("Ngày cuối cùng tham gia"), [InputRequired()])
    reason = TextAreaField(
        _l("Lý do"),
        [InputRequired(), Length(max=300)],
        description=_l("Ví dụ: giải thể, ngừng sản xuất, không đăng ký tiếp."),
        render_kw={"rows": 2},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, data={"on": today}, **kwargs)

    def chosen_day(self) -> date:
        """The last day, once the form has been found valid."""
        assert self.on.data is not None
        return self.on.data


class ReasonForm(Form):
    """Why something is taken back."""

    reason = TextAreaField(_l("Lý do"), [InputRequired(), Length(max=300)], render_kw={"rows": 2})
