"""The components on one page, for those who build pages. There is none in production."""

from flask import Blueprint, Flask, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.web.access import public
from lms.web.forms import Form, SelectChoice

bp = Blueprint("catalogue", __name__)
GROUPS = [
    SelectChoice("food", "Thực phẩm"),
    SelectChoice("drink", "Đồ uống"),
    SelectChoice("craft", "Hàng thủ công mỹ nghệ"),
]
AUDIENCES = [SelectChoice("official", "Cán bộ"), SelectChoice("leader", "Lãnh đạo chủ thể")]


class ExampleForm(Form):
    """One field of each kind, some of them filled in wrongly."""

    name = StringField("Họ và tên", [InputRequired()])
    phone = StringField("Số điện thoại", [Optional()], description="Để điều phối viên gọi khi cần.")
    secret = PasswordField("Mật khẩu", [InputRequired()])
    group = SelectField("Nhóm sản phẩm", choices=GROUPS)
    audience = RadioField("Đối tượng", choices=AUDIENCES)
    channels = SelectMultipleField(
        "Kênh bán",
        [Optional()],
        choices=GROUPS,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    agreed = BooleanField("Tôi đã đọc hướng dẫn")
    day = DateField("Ngày bắt đầu", [Optional()])
    picture = FileField("Ảnh sản phẩm", [Optional()], description="JPG hoặc PNG, không quá 5 MB.")
    story = TextAreaField("Câu chuyện sản phẩm", [InputRequired(), Length(max=20)])


def init_app(app: Flask) -> None:
    """Add this page."""
    app.register_blueprint(bp)


@bp.get("/catalogue")
@public
def show_catalogue() -> ResponseReturnValue:
    if current_app.config["ENVIRONMENT"] == "production":
        abort(404)
    form = ExampleForm(
        formdata=MultiDict({"phone": "0912345678", "group": "drink", "story": "Một câu chuyện dài hơn mức cho phép"})
    )
    form.validate()
    return render_template("catalogue.html", form=form)
