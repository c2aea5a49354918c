"""Shapes of what is typed about certificates: a number to look up, a withdrawal, a search of the register."""

from wtforms import PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from certificates.models import RevokeReason
from certificates.words import REASONS
from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form, SelectChoice

NUMBER_LENGTH = 60


class FindForm(Form):
    """A number, as it is printed or shorter."""

    number = StringField(
        _l("Số vào sổ"),
        [InputRequired(), Length(max=NUMBER_LENGTH)],
        description=_l("In cạnh mã QR, ví dụ 000123/2026/GCN-OCOP. Chỉ gõ 123/2026 cũng được."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class SearchForm(Form):
    """What to look for in the register."""

    class Meta(Form.Meta):
        csrf = False

    q = StringField(
        _l("Tìm theo số hoặc họ tên"),
        [Length(max=120)],
        render_kw={"type": "search", "autocomplete": "off", "spellcheck": "false"},
    )


class RevokeForm(Form):
    """A withdrawal: its class, what is behind it, and who does it once more."""

    reason = SelectField(
        _l("Loại lý do (hiện công khai)"),
        [InputRequired()],
        choices=[
            SelectChoice("", _l("— Chọn —")),
            *(SelectChoice(reason.value, words) for reason, words in REASONS.items()),
        ],
    )
    note = TextAreaField(
        _l("Căn cứ, nội dung cụ thể (chỉ lưu nội bộ)"),
        [InputRequired(), Length(max=500)],
        description=_l("Ví dụ: số quyết định, ai phát hiện, sai ở đâu. Không hiện trên trang xác minh."),
        render_kw={"rows": 3},
    )
    password = PasswordField(
        _l("Mật khẩu của bạn"),
        [InputRequired(), Length(max=1024)],
        description=_l("Hỏi lại vì việc thu hồi không rút lại được."),
        render_kw={"autocomplete": "current-password"},
    )

    def chosen(self) -> RevokeReason:
        """The reason, once the form has been found valid."""
        return RevokeReason(self.reason.data)
