"""What somebody asks the figures for: the day, the map, what was known when, whom to count."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectField
from wtforms.validators import Optional, ValidationError

from lms.core.clock import end_of
from lms.core.i18n import lazy_gettext as _l
from lms.coverage.rules.shares import ALL
from lms.coverage.words import CUT_LABELS, CUT_TITLES
from lms.records.forms import DAY_FORMATS, DayForm
from lms.web.forms import SelectChoice

OF_THE_DAY: Final = "day"
OF_TODAY: Final = "today"


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
        self.key.choices = {
            _l("Mọi người"): [SelectChoice(ALL, _l("Mọi người thuộc diện"))],
            **{
                CUT_TITLES[cut]: [SelectChoice(f"{cut}/{line}", label) for line, label in labels.items()]
                for cut, labels in CUT_LABELS.items()
            },
        }

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
