"""Shapes of what people ask to take out."""

from typing import Any

from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.registry.actions import LISTINGS
from lms.web.forms import Form, SelectChoice

FORMATS = (SelectChoice("xlsx", _l("Bảng tính (XLSX)")), SelectChoice("csv", _l("Văn bản phân cách (CSV)")))


class ExportForm(Form):
    """Which listing, as what kind of file."""

    listing = RadioField(
        _l("Bảng kê"),
        [InputRequired()],
        choices=[SelectChoice(name, listing.title) for name, listing in LISTINGS.items()],
    )
    format = RadioField(_l("Dạng tệp"), [InputRequired()], choices=FORMATS, default="xlsx")
    purpose = StringField(
        _l("Mục đích, nếu cần số định danh và số điện thoại đầy đủ"),
        [Optional(), Length(max=300)],
        description=_l("Để trống thì các số này chỉ hiện 4 số cuối. Mục đích, người xuất và thời điểm được ghi lại."),
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, *args: Any, may_unveil: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_unveil:
            del self.purpose

    def chosen_purpose(self) -> str:
        """What was said, if it was asked."""
        return (self.purpose.data or "") if "purpose" in self else ""
