"""Shapes of what is filled in when somebody comes to lead an organisation."""

from collections.abc import Sequence
from datetime import date

from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.core.i18n import lazy_gettext as _l
from lms.registry.forms.people import NewPersonForm
from lms.registry.models import Position
from lms.web.forms import DayField, Form, SelectChoice


class LeaderForm(Form):
    """Somebody begins to lead; whoever is ticked ends the day before."""

    title = StringField(_l("Chức danh"), [Optional(), Length(max=120)], description=_l("Ví dụ: Giám đốc, Tổ trưởng."))
    started_on = DayField(_l("Lãnh đạo từ ngày"), [InputRequired()])
    ending = SelectMultipleField(
        _l("Thay cho"),
        [Optional()],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Người được đánh dấu thôi lãnh đạo từ ngày hôm trước. Bỏ dấu nếu hai người cùng lãnh đạo."),
    )

    def offer_ending(self, held: Sequence[Position], labels: Sequence[str]) -> None:
        """Let each of those who lead today be followed; all of them, unless somebody unticks one."""
        self._held = {position.id: position for position in held}
        self.ending.choices = [SelectChoice(position.id, label) for position, label in zip(held, labels, strict=True)]
        if not held:
            del self.ending

    def chosen_day(self) -> date:
        """The first day, once the form has been found valid."""
        assert self.started_on.data is not None
        return self.started_on.data

    def chosen(self) -> list[Position]:
        """The posts that end, once the form has been found valid."""
        return [self._held[position_id] for position_id in self.ending.data or []] if self._held else []


class NewLeaderForm(LeaderForm, NewPersonForm):
    """The same of somebody who is not known yet."""
