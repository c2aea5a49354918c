"""Shapes of what is asked and filled in about people."""

from collections.abc import Sequence
from typing import Any

from wtforms import SearchField, SelectField
from wtforms.validators import Length, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.registry.models import PositionKind, Unit
from lms.registry.words import POSITION_KINDS, unit_name
from lms.web.forms import Form, SelectChoice

ALL = SelectChoice("", _l("Tất cả"))


class PeopleForm(Form):
    """Looking for people; everything may be left out."""

    q = SearchField(
        _l("Tìm theo họ tên"),
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
