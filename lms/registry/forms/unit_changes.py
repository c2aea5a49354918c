"""Shapes of what people fill in about resolutions on units: the document, and each of its changes."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.registry.actions import AskedChange
from lms.registry.models import ChangeKind, UnitKind
from lms.registry.rules.names import tidy
from lms.registry.words import UNIT_KIND_WORDS
from lms.web.forms import DayField, Form, SelectChoice

MOST_CHANGES: Final = 40
"""So many changes are entered at once; a resolution with more is entered in parts."""
LINES_MOST: Final = 20_000
TODAY_KINDS: Final = (UnitKind.XA, UnitKind.PHUONG, UnitKind.DAC_KHU, UnitKind.TINH, UnitKind.THANH_PHO)
HOW: Final = _l("Mỗi dòng một đơn vị, ghi mã (25993) hoặc tên kèm tỉnh (Xã Tân Lợi, Đồng Nai).")
HOW_NEW: Final = _l(
    "Đơn vị đang có: ghi mã hoặc tên kèm tỉnh. Đơn vị mới: “mã; loại; tên”, ví dụ “26999; phường; Tân Mới”."
)


class ResolutionForm(Form):
    """The document that the changes rest on."""

    number = StringField(
        _l("Số nghị quyết"),
        [InputRequired(), Length(max=120)],
        description=_l("Như in trên văn bản, ví dụ “Nghị quyết số 1679/NQ-UBTVQH15”."),
        render_kw={"autocomplete": "off"},
    )
    signed_on = DayField(_l("Ngày ban hành"), [InputRequired()])
    on = DayField(
        _l("Ngày có hiệu lực"),
        [InputRequired()],
        description=_l("Ngày đầu tiên theo đơn vị mới. Không được ở phía trước."),
    )

    @property
    def legal_basis(self) -> str:
        """The document as it is written down with what it changed, once it is valid."""
        assert self.signed_on.data is not None
        return f"{tidy(self.number.data or '')} ngày {self.signed_on.data:%d/%m/%Y}"


class ChangeForm(Form):
    """One change; the fields are those that its kind needs."""

    kind: ChangeKind
    slot: str
    """Its place among the others and its kind, as the page sends them."""
    units = StringField("", [InputRequired(), Length(max=LINES_MOST)])

    class Meta(Form.Meta):
        csrf = False

    def asked(self, on: date, legal_basis: str) -> AskedChange:
        """What was filled in, once it is valid."""
        return AskedChange(self.kind, on, legal_basis, self.units.data or "", **self._more())

    def _more(self) -> dict[str, Any]:
        raise NotImplementedError


class RenameForm(ChangeForm):
    """Units are called otherwise or become units of another kind."""

    kind = ChangeKind.RENAME
    units = TextAreaField(
        _l("Những đơn vị đổi tên hoặc đổi loại"),
        [InputRequired(), Length(max=LINES_MOST)],
        description=HOW,
        render_kw={"rows": 3},
    )
    name = StringField(
        _l("Tên mới"),
        [Optional(), Length(max=100)],
        description=_l("Không kèm loại. Để trống nếu chỉ đổi loại."),
        render_kw={"autocomplete": "off"},
    )
    new_kind = SelectField(
        _l("Loại mới"),
        [Optional()],
        choices=[
            SelectChoice("", _l("Giữ nguyên")),
            *(SelectChoice(kind.value, UNIT_KIND_WORDS[kind]) for kind in TODAY_KINDS),
        ],
    )

    def _more(self) -> dict[str, Any]:
        return {
            "name": tidy(self.name.data or "") or None,
            "new_kind": UnitKind(self.new_kind.data) if self.new_kind.data else None,
        }


class MergeForm(ChangeForm):
    """Several units become one."""

    kind = ChangeKind.MERGE
    units = TextAreaField(
        _l("Những đơn vị được sáp nhập"),
        [InputRequired(), Length(max=LINES_MOST)],
        description=HOW,
        render_kw={"rows": 3},
    )
    into = StringField(
        _l("Thành đơn vị nào"),
        [InputRequired(), Length(max=300)],
        description=HOW_NEW,
        render_kw={"autocomplete": "off"},
    )

    def _more(self) -> dict[str, Any]:
        return {"into": self.into.data or ""}


class SplitForm(ChangeForm):
    """A unit is divided among several, or gives a part of itself away."""

    kind = ChangeKind.SPLIT
    units = StringField(
        _l("Đơn vị được chia"),
        [InputRequired(), Length(max=300)],
        description=_l("Ghi mã hoặc tên kèm tỉnh."),
        render_kw={"autocomplete": "off"},
    )
    into = TextAreaField(
        _l("Các đơn vị nhận"),
        [InputRequired(), Length(max=LINES_MOST)],
        description=HOW_NEW,
        render_kw={"rows": 3},
    )
    stands = BooleanField(_l("Đơn vị cũ vẫn còn, chỉ giao một phần đi"))

    def _more(self) -> dict[str, Any]:
        return {"into": self.into.data or "", "stands": self.stands.data}


class MoveForm(ChangeForm):
    """Communes come to stand under another province."""

    kind = ChangeKind.MOVE
    units = TextAreaField(
        _l("Những xã, phường chuyển đi"),
        [InputRequired(), Length(max=LINES_MOST)],
        description=HOW,
        render_kw={"rows": 3},
    )
    into = StringField(
        _l("Sang tỉnh, thành phố nào"),
        [InputRequired(), Length(max=300)],
        description=_l("Ghi mã hoặc tên. Tỉnh mới: “mã; loại; tên”, ví dụ “97; tỉnh; Nam Trung”."),
        render_kw={"autocomplete": "off"},
    )

    def _more(self) -> dict[str, Any]:
        return {"into": self.into.data or ""}


FORMS: Final[dict[ChangeKind, type[ChangeForm]]] = {
    form.kind: form for form in (RenameForm, MergeForm, SplitForm, MoveForm)
}


def change_forms(slots: Sequence[str], sent: Any, *, more: Sequence[str] = ()) -> list[ChangeForm]:
    """The forms of a resolution's changes, in order.

    slots: of each its place and kind, such as '0:merge'; what is none is left out. more: kinds of further changes.
    sent: what was filled in; None for empty fields.
    """
    places = [
        (int(place), kind) for place, _colon, kind in (slot.partition(":") for slot in slots) if place.isdecimal()
    ]
    first_free = max((place for place, _kind in places), default=-1) + 1
    places += enumerate(more, first_free)
    forms = []
    for place, kind in places[:MOST_CHANGES]:
        if kind in list(ChangeKind):
            form = FORMS[ChangeKind(kind)](sent, prefix=f"c{place}-")
            form.slot = f"{place}:{kind}"
            forms.append(form)
    return forms
