"""Shapes of what is asked and filled in about people."""

from collections.abc import Sequence
from typing import Any

from wtforms import EmailField, SearchField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.core.i18n import lazy_gettext as _l
from lms.registry.actions import PersonFacts
from lms.registry.models import PositionKind, Sex, Unit
from lms.registry.rules.emails import read_email
from lms.registry.rules.id_numbers import read_id_number
from lms.registry.rules.phones import read_phone
from lms.registry.rules.reasons import Severity
from lms.registry.rules.rows import NAME_MOST
from lms.registry.words import POSITION_KINDS, SEXES, finding_text, unit_name
from lms.web.forms import DayField, Form, SelectChoice

ALL = SelectChoice("", _l("Tất cả"))


class PeopleForm(Form):
    """Looking for people; everything may be left out."""

    q = SearchField(
        _l("Họ tên hoặc số định danh"),
        [Optional(), Length(max=120)],
        render_kw={"autocomplete": "off", "enterkeyhint": "search"},
    )
    unit = SelectField(_l("Đơn vị"), [Optional()])
    kind = SelectField(_l("Nhóm"), [Optional()])
    account = SelectField(
        _l("Tài khoản"),
        [Optional()],
        choices=[
            ALL,
            SelectChoice("none", _l("Chưa có tài khoản")),
            SelectChoice("invited", _l("Chờ kích hoạt")),
            SelectChoice("active", _l("Đang dùng")),
        ],
    )

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, arguments: Any, units: Sequence[Unit]) -> None:
        super().__init__(arguments)
        self.unit.choices = [ALL, *(SelectChoice(unit.path, unit_name(unit)) for unit in units)]
        self.kind.choices = [
            ALL,
            *(SelectChoice(kind.value, POSITION_KINDS[kind]) for kind in PositionKind),
        ]
        self._units = {unit.path: unit for unit in units}

    def chosen_unit(self) -> Unit | None:
        """The unit asked for, if it is one that was offered."""
        return self._units.get(self.unit.data or "")

    def chosen_kind(self) -> PositionKind | None:
        """The group asked for."""
        return PositionKind(self.kind.data) if self.kind.data in list(PositionKind) else None


class PersonForm(Form):
    """A person as somebody enters or corrects them."""

    full_name = StringField(
        _l("Họ và tên"),
        [InputRequired(), Length(max=NAME_MOST)],
        description=_l("Đủ dấu, như trên thẻ căn cước."),
        render_kw={"autocomplete": "off"},
    )
    birth_on = DayField(_l("Ngày sinh"), [Optional()])
    sex = SelectField(
        _l("Giới tính"),
        [Optional()],
        choices=[SelectChoice("", _l("Chưa ghi")), *(SelectChoice(sex.value, words) for sex, words in SEXES.items())],
    )
    phone = TelField(_l("Điện thoại"), [Optional(), Length(max=40)], render_kw={"autocomplete": "off"})
    email = EmailField(_l("Thư điện tử"), [Optional(), Length(max=254)], render_kw={"autocomplete": "off"})

    _phone: str | None = None
    _email: str | None = None
    """The two as they are read by the validation."""

    def validate_phone(self, field: StringField) -> None:
        """A number that can be dialled today; older ways of writing it are understood."""
        reading = read_phone(field.data or "")
        if reading.phone is None and reading.finding is not None:
            raise ValidationError(_l("Không đọc được số điện thoại này. Hãy ghi đủ 10 số, bắt đầu bằng số 0."))
        self._phone = reading.phone

    def validate_email(self, field: StringField) -> None:
        """An address that could be delivered to."""
        self._email = read_email(field.data or "")
        if self._email is None:
            raise ValidationError(_l("Địa chỉ thư điện tử không đúng."))

    def facts(self) -> PersonFacts:
        """What was filled in, once it is valid."""
        return PersonFacts(
            full_name=self.full_name.data or "",
            birth_on=self.birth_on.data,
            sex=Sex(self.sex.data) if self.sex.data else None,
            phone=self._phone,
            email=self._email,
        )


class IdNumberField(StringField):
    """A personal id as it is typed."""

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        super().__init__(label, validators, render_kw={"inputmode": "numeric", "autocomplete": "off"}, **more)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Twelve digits, with or without spaces and dots; what is doubtful about them is said when they are kept."""
        if self.errors or not (self.data or "").strip():
            return
        for finding in read_id_number(self.data, sex=None, birth_on=None).findings:
            if finding.severity is Severity.REFUSED:
                raise ValidationError(finding_text(finding))


class NewPersonForm(PersonForm):
    """A person who is not known yet."""

    id_number = IdNumberField(
        _l("Số định danh cá nhân"),
        [Optional(), Length(max=30)],
        description=_l("12 chữ số. Được lưu kín, trên trang chỉ hiện 4 số cuối."),
    )


class IdNumberForm(Form):
    """Somebody's personal id, given or put right."""

    id_number = IdNumberField(
        _l("Số định danh cá nhân"),
        [Optional(), Length(max=30)],
        description=_l("12 chữ số trên thẻ căn cước. Để trống để gỡ số đã ghi nhầm của người khác."),
    )
