"""Shapes of what people send about rosters."""

from flask_wtf.file import FileField, FileRequired

from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form


class RosterForm(Form):
    """A roster file."""

    file = FileField(
        _l("Tệp danh sách"),
        [FileRequired(_l("Bạn chưa chọn tệp."))],
        description=_l("Bảng tính .xlsx hoặc .csv, tối đa 100.000 người. Cột nào đứng trước cũng được."),
        render_kw={"accept": ".xlsx,.csv"},
    )
