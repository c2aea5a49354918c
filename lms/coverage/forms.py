"""What somebody asks the figures for: the day, the map, what was known when, whom to count."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.core.clock import end_of
from lms.core.i18n import lazy_gettext as _l
from lms.coverage.rules.shares import ALL
from lms.coverage.words import CUT_LABELS, CUT_TITLES, SOURCE
from lms.records.forms import DAY_FORMATS, DayForm
from lms.web.forms import DayField, Form, SelectChoice

OF_THE_DAY: Final = "day"
OF_TODAY: Final = "today"


def _keys(cuts: Iterable[str]) -> dict[Any, list[SelectChoice]]:
    """Whom there is to count: everyone, or one line of a cut."""
    return {
        _l("Mọi người"): [SelectChoice(ALL, _l("Mọi người thuộc diện"))],
        **{
            CUT_TITLES[cut]: [SelectChoice(f"{cut}/{line}", label) for line, label in CUT_LABELS[cut].items()]
            for cut in cuts
        },
    }


class FiguresForm(DayForm):
    """As of which day, on which map, as known when, and whom to count. What is left out means: today, all, now."""

    map = SelectField(
        _l("Địa giới"),
        choices=[
            SelectChoice(OF_THE_DAY, _l("Tại ngày đang xem")),
            SelectChoice(OF_TODAY, _l("Hiện nay")),
        ],
        default=OF_THE_DAY,
    )
    key = SelectField(_l("Chỉ tính"), default=ALL)
    known = DateField(
        _l("Như đã biết đến hết ngày"),
        [Optional()],
        format=DAY_FORMATS,
        description=_l("Để trống: tính cả những gì được nhập sau này. Có ngày: đếm lại từ đầu nên lâu hơn."),
    )

    def __init__(self, arguments: Mapping[str, Any], today: date) -> None:
        asked = MultiDict(arguments)
        if not str(asked.get("day", "")).strip():
            asked["day"] = today.isoformat()
        super().__init__(asked, today)
        self.key.choices = _keys(CUT_LABELS)

    def validate_known(self, field: DateField) -> None:
        """What will be known on a day to come cannot be told."""
        if field.data is not None and field.data > self.today:
            raise ValidationError(_l("Ngày này chưa đến."))

    @property
    def map_day(self) -> date:
        """The day of whose map the units are."""
        return self.today if self.map.data == OF_TODAY else self.chosen()

    @property
    def known_at(self) -> datetime | None:
        """The last instant of the day up to which entries count; None for all of them."""
        known: date | None = self.known.data
        if known is None or known >= self.today:
            return None
        return end_of(known)

    def arguments(self) -> dict[str, str | None]:
        """The question as an address carries it. What is usual is left out, so that a kept link stays of today."""
        day, known = self.chosen(), self.known.data
        return {
            "day": day.isoformat() if day != self.today else None,
            "map": OF_TODAY if self.map.data == OF_TODAY else None,
            "key": self.key.data if self.key.data != ALL else None,
            "known": known.isoformat() if known is not None and known < self.today else None,
        }


class KeyForm(DayForm):
    """As of which day, and whom to count."""

    key = SelectField(_l("Chỉ tính"), default=ALL)

    def __init__(self, arguments: Mapping[str, Any], today: date) -> None:
        asked = MultiDict(arguments)
        if not str(asked.get("day", "")).strip():
            asked["day"] = today.isoformat()
        super().__init__(asked, today)
        # Of those trained by one source nobody is outstanding: there is no hundred per cent to go to.
        self.key.choices = _keys(cut for cut in CUT_LABELS if cut != SOURCE)

    def arguments(self) -> dict[str, str | None]:
        """The question as an address carries it; what is usual is left out."""
        day = self.chosen()
        return {
            "day": day.isoformat() if day != self.today else None,
            "key": self.key.data if self.key.data != ALL else None,
        }


class ProgressForm(KeyForm):
    """The same, and by when everybody is to be trained."""

    target = DateField(_l("Ngày đích"), [Optional()], format=DAY_FORMATS)

    def validate_target(self, field: DateField) -> None:
        """One goes towards a day to come."""
        if field.data is not None and field.data <= self.chosen():
            raise ValidationError(_l("Ngày đích phải sau ngày đang xem."))

    def target_or(self, usual: date) -> date:
        """The day that was asked for, else the usual one."""
        target: date | None = self.target.data
        return target or usual

    def arguments(self) -> dict[str, str | None]:
        """The question as an address carries it; what is usual is left out."""
        target = self.target.data
        return {**super().arguments(), "target": target.isoformat() if target is not None else None}


class AskingForm(Form):
    """Of which requirement and day something is asked that is written down."""

    requirement = SelectField(_l("Yêu cầu tập huấn"))
    day = DayField(_l("Tính đến hết ngày"), [InputRequired()])

    def __init__(self, arguments: Any, today: date, requirements: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(arguments, **more)
        self.today = today
        self.requirement.choices = list(requirements)

    def validate_day(self, field: DateField) -> None:
        """A day still to come has no figures."""
        if field.data is not None and field.data > self.today:
            raise ValidationError(
                _l("Chưa có số liệu của ngày trong tương lai. Hãy chọn ngày từ hôm nay trở về trước.")
            )


class ReportForm(AskingForm):
    """What a report is published of, and by which document."""

    document_number = StringField(_l("Số văn bản"), [InputRequired(), Length(max=60)])
    document_on = DayField(_l("Ngày văn bản"), [InputRequired()])

    def answers(self) -> dict[str, Any]:
        """What actions.ask_for_report takes, once the form is found valid."""
        return {name: self[name].data for name in ("day", "document_number", "document_on")}


class EthnicitiesForm(AskingForm):
    """Of what figures by ethnic group are asked for, and what for."""

    purpose = StringField(
        _l("Để làm gì"),
        [InputRequired(), Length(min=5, max=200)],
        description=_l("Ví dụ: báo cáo số học viên là người dân tộc thiểu số, theo công văn số 15."),
        render_kw={"autocomplete": "off"},
    )

    def chosen(self) -> date:
        """The day asked for, once the form is found valid."""
        day: date | None = self.day.data
        return day or self.today
