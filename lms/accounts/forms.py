"""Shapes of what people type at the door."""

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form

PASSWORD_LENGTH = Length(min=8, max=128)


class SignInForm(Form):
    """Name and password."""

    name = StringField(
        _l("Số điện thoại, số định danh hoặc tên đăng nhập"),
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    password = PasswordField(
        _l("Mật khẩu"), [InputRequired(), Length(max=1024)], render_kw={"autocomplete": "current-password"}
    )


class ActivateForm(Form):
    """The first password, with the code from the slip."""

    name = StringField(
        _l("Số điện thoại hoặc số định danh của bạn"),
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    code = StringField(
        _l("Mã kích hoạt"),
        [InputRequired(), Length(max=40)],
        description=_l("12 ký tự in trên phiếu của bạn, ví dụ K7QM-3XZD-9RTA. Viết hoa hay thường đều được."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Chọn mật khẩu"),
        [InputRequired(), PASSWORD_LENGTH],
        description=_l("Ít nhất 8 ký tự. Một câu ngắn dễ nhớ với bạn là tốt nhất."),
        render_kw={"autocomplete": "new-password"},
    )
    password_again = PasswordField(
        _l("Nhập lại mật khẩu"),
        [InputRequired(), EqualTo("password", message=_l("Hai lần nhập chưa giống nhau."))],
        render_kw={"autocomplete": "new-password"},
    )


class PasswordForm(Form):
    """A new password, with the old one."""

    old_password = PasswordField(
        _l("Mật khẩu hiện tại"),
        [InputRequired(), Length(max=1024)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("Mật khẩu mới"), [InputRequired(), PASSWORD_LENGTH], render_kw={"autocomplete": "new-password"}
    )
    password_again = PasswordField(
        _l("Nhập lại mật khẩu mới"),
        [InputRequired(), EqualTo("password", message=_l("Hai lần nhập chưa giống nhau."))],
        render_kw={"autocomplete": "new-password"},
    )
