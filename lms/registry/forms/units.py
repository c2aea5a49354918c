"""Choosing a unit: from a list, or, by those who lead the whole country, a province and the commune's name."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, RadioField, SearchField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.core.i18n import lazy_gettext as _l
from lms.registry.models import Level, Unit
from lms.registry.words import unit_name
from lms.web.forms import DayField, Form, SelectChoice

FindCommune = Callable[[Unit, str], "Unit | str"]
"""The commune of a province that a name means, or why none does."""


class UnitForm(Form):
    """The part of a form that says where something lies."""

    unit_id = SelectField(_l("Đơn vị"), [InputRequired()], coerce=int)
    commune = StringField(
        _l("Xã, phường, đặc khu"),
        [Optional(), Length(max=100)],
        description=_l("Gõ tên, ví dụ “xã Tân Lợi”. Để trống nếu thuộc cấp tỉnh."),
        render_kw={"autocomplete": "off"},
    )

    _commune: Unit | None = None
    """What the name of a commune was found to mean by the validation."""

    def offer_units(self, units: Sequence[Unit], find_commune: FindCommune, kept: Unit | None = None) -> None:
        """Let one of these units be chosen; of a province that stands among others, a commune by its name.

        kept: the unit as it is now; it may stay even if nobody would choose it any more.
        """
        offered = list(units)
        if kept is not None and kept.id not in {unit.id for unit in offered}:
            offered.append(kept)
        self._offered = {unit.id: unit for unit in offered}
        self._find_commune = find_commune
        self.unit_id.choices = [SelectChoice(unit.id, unit_name(unit)) for unit in offered]
        if not any(unit.level is Level.CENTRAL for unit in offered):
            del self.commune

    def validate_commune(self, field: StringField) -> None:
        """A name that means one commune of the chosen province, or nothing."""
        province = self._offered.get(self.unit_id.data)
        text = (field.data or "").strip()
        if not text or province is None:
            return
        if province.level is not Level.PROVINCE:
            raise ValidationError(_l("Hãy chọn tỉnh, thành phố trước rồi mới ghi tên xã."))
        found = self._find_commune(province, text)
        if isinstance(found, str):
            raise ValidationError(found)
        self._commune = found

    def chosen_unit(self) -> Unit:
        """The unit, once the form has been found valid."""
        return self._commune or self._offered[self.unit_id.data]


def unit_data(unit: Unit, *, offers_country: bool) -> dict[str, Any]:
    """What the fields hold for a unit that is known."""
    if offers_country and unit.level is Level.COMMUNE and unit.parent_id is not None:
        return {"unit_id": unit.parent_id, "commune": unit_name(unit)}
    return {"unit_id": unit.id}


class SettleForm(Form):
    """In which part of a divided commune the chosen posts and organisations lie now."""

    where = RadioField(_l("Nay thuộc"), [InputRequired()], coerce=int)
    reason = TextAreaField(
        _l("Căn cứ"),
        [InputRequired(), Length(max=300)],
        description=_l("Vì sao biết như vậy, ví dụ: theo danh sách của xã ngày 05/07/2025; trụ sở ở thôn 3."),
        render_kw={"rows": 2},
    )

    def offer(self, parts: Sequence[Unit]) -> None:
        """Let one of the parts be chosen."""
        self._parts = {part.id: part for part in parts}
        self.where.choices = [SelectChoice(part.id, unit_name(part)) for part in parts]

    def chosen(self) -> Unit:
        """The part, once the form has been found valid."""
        return self._parts[self.where.data]


class FindUnitForm(Form):
    """Looking for a unit by its name or code."""

    q = SearchField(
        _l("Tên hoặc mã"),
        [Optional(), Length(max=120)],
        description=_l("Có dấu hay không đều được; có thể kèm tỉnh: “Tân Lợi, Đồng Nai”."),
        render_kw={"autocomplete": "off", "enterkeyhint": "search"},
    )
    today = BooleanField(_l("Chỉ đơn vị hiện nay"))

    class Meta(Form.Meta):
        csrf = False


class UnitDayForm(Form):
    """As of which day the units inside one are shown; nothing given means today."""

    day = DayField(_l("Vào ngày"), [Optional()])

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, arguments: Any, today: date) -> None:
        super().__init__(arguments if arguments.get("day", "").strip() else None, data={"day": today})
        self.today = today

    def validate_day(self, field: DayField) -> None:
        """What units there will be nobody knows yet."""
        if field.data is not None and field.data > self.today:
            raise ValidationError(_l("Chưa biết các đơn vị của ngày trong tương lai."))

    def chosen(self) -> date:
        """The day, once the form has been found valid."""
        return self.day.data or self.today
