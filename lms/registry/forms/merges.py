"""Shapes of what is said when two persons are found to be one, and what an ethnic group is looked at for."""

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.registry.models import Person
from lms.registry.rules.ethnicities import ETHNICITIES
from lms.web.forms import Form, SelectChoice


class MergeForm(Form):
    """Two persons are one: whose details are kept in front, and why."""

    kept = RadioField(
        _l("Giữ thông tin cá nhân của"),
        [InputRequired()],
        description=_l("Họ tên, ngày sinh, giới tính của người được chọn là thông tin dùng để tính và để hiện."),
    )
    reason = TextAreaField(
        _l("Vì sao biết là một người"),
        [InputRequired(), Length(max=300)],
        description=_l("Ví dụ: cùng số định danh trên thẻ căn cước; đã gọi điện hỏi."),
        render_kw={"rows": 2},
    )

    def offer(self, first: Person, second: Person) -> None:
        """Let either of the two be the one that is kept."""
        self.kept.choices = [
            SelectChoice(str(first.id), _("Người thứ nhất: %(name)s", name=first.full_name)),
            SelectChoice(str(second.id), _("Người thứ hai: %(name)s", name=second.full_name)),
        ]


class PurposeForm(Form):
    """What somebody's ethnic group is looked at for."""

    purpose = StringField(
        _l("Để làm gì"),
        [InputRequired(), Length(min=5, max=200)],
        description=_l("Ví dụ: báo cáo số học viên là người dân tộc thiểu số, theo công văn số 15."),
        render_kw={"autocomplete": "off"},
    )


class EthnicityForm(PurposeForm):
    """Somebody's ethnic group, put right."""

    name = SelectField(
        _l("Dân tộc"),
        [Optional()],
        choices=[SelectChoice("", _l("Chưa ghi")), *(SelectChoice(name, name) for name in ETHNICITIES)],
    )
