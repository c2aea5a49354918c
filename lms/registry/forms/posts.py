"""Shapes of what is filled in about posts and excuses of one person."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.registry.actions import ExcuseFacts, PostFacts
from lms.registry.forms.people import NewPersonForm
from lms.registry.forms.units import UnitForm
from lms.registry.models import ExcuseKind, Level, Organisation, Position, Unit
from lms.registry.words import EXCUSE_KINDS, LEVELS
from lms.web.forms import DayField, Form, SelectChoice

LEVELS_IN: dict[Level, tuple[Level, ...]] = {
    Level.CENTRAL: (Level.CENTRAL,),
    Level.PROVINCE: (Level.PROVINCE, Level.DISTRICT),
    Level.DISTRICT: (Level.DISTRICT,),
    Level.COMMUNE: (Level.COMMUNE, Level.DISTRICT),
}
"""Officials of which levels can be entered in a unit: of the districts that are gone, in what they lay in."""


class TermForm(Form):
    """The days of a post, and what its holder is called."""

    title = StringField(_l("Chức danh"), [Optional(), Length(max=120)], render_kw={"autocomplete": "off"})
    started_on = DayField(_l("Từ ngày"), [InputRequired()])
    ended_on = DayField(_l("Đến hết ngày"), [Optional()], description=_l("Để trống nếu đang giữ chức vụ."))

    def chosen_day(self) -> date:
        """The first day, once the form has been found valid."""
        assert self.started_on.data is not None
        return self.started_on.data


class LeaderPostForm(TermForm):
    """A post as leader of an organisation, which stays with it and where it lies."""

    def facts(self, unit: Unit, organisation: Organisation) -> PostFacts:
        """What was filled in, once it is valid."""
        return PostFacts(
            unit=unit,
            organisation=organisation,
            title=self.title.data or "",
            started_on=self.chosen_day(),
            ended_on=self.ended_on.data,
        )


class PostForm(TermForm, UnitForm):
    """A post as an official."""

    workplace = StringField(
        _l("Nơi làm việc"),
        [InputRequired(), Length(max=200)],
        description=_l("Ví dụ: Phòng Kinh tế, UBND xã Tân Lợi."),
        render_kw={"autocomplete": "off"},
    )
    level = SelectField(
        _l("Cấp"),
        [InputRequired()],
        choices=[SelectChoice(level.value, words) for level, words in LEVELS.items()],
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Each field by itself, then whether a unit has officials of the level."""
        if not super().validate(*args, **kwargs):
            return False
        if Level(self.level.data) in LEVELS_IN[self.chosen_unit().level]:
            return True
        self.level.errors = [_l("Cấp này không khớp với đơn vị đã chọn.")]
        return False

    def facts_of_post(self) -> PostFacts:
        """What was filled in about the post, once it is valid."""
        return PostFacts(
            unit=self.chosen_unit(),
            level=Level(self.level.data),
            title=self.title.data or "",
            workplace=self.workplace.data or "",
            started_on=self.chosen_day(),
            ended_on=self.ended_on.data,
        )


class NewOfficialForm(PostForm, NewPersonForm):
    """A person who is not known yet, with the post they hold."""


class EndForm(Form):
    """The last day of a post or an excuse."""

    on = DayField(_l("Ngày cuối cùng"), [InputRequired()])

    def chosen_day(self) -> date:
        """The last day, once the form has been found valid."""
        assert self.on.data is not None
        return self.on.data


class ExcuseForm(Form):
    """Days on which somebody need not train."""

    kind = SelectField(
        _l("Lý do"),
        [InputRequired()],
        choices=[SelectChoice(kind.value, words) for kind, words in EXCUSE_KINDS.items()],
    )
    position_id = SelectField(_l("Tạm miễn đối với"), [InputRequired()])
    started_on = DayField(_l("Từ ngày"), [InputRequired()])
    ended_on = DayField(_l("Đến hết ngày"), [Optional()], description=_l("Để trống nếu chưa biết ngày kết thúc."))
    note = TextAreaField(
        _l("Căn cứ"),
        [InputRequired(), Length(max=300)],
        description=_l("Số và ngày của văn bản, ví dụ “Quyết định 12/QĐ-UBND ngày 05/03/2026”, hoặc việc đã xảy ra."),
        render_kw={"rows": 2},
    )

    def offer_posts(self, posts: Sequence[Position], labels: Sequence[str], *, may_all: bool) -> None:
        """Let the excuse be from everything, if that is for the person at the form to say, or from one post."""
        self._posts = {str(post.id): post for post in posts}
        everything = [SelectChoice("all", _l("Mọi chức vụ"))] if may_all else []
        self.position_id.choices = [
            *everything,
            *(SelectChoice(str(post.id), label) for post, label in zip(posts, labels, strict=True)),
        ]

    def facts(self) -> ExcuseFacts:
        """What was filled in, once it is valid."""
        assert self.started_on.data is not None
        return ExcuseFacts(
            kind=ExcuseKind(self.kind.data),
            position=self._posts.get(self.position_id.data or ""),
            started_on=self.started_on.data,
            ended_on=self.ended_on.data,
            note=self.note.data or "",
        )
