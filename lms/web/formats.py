"""How days, instants and numbers look to a person: the Vietnamese way, in both languages' pages."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal

from lms.core.clock import VIETNAM
from lms.core.i18n import current_locale

DAY: Final = "%d/%m/%Y"
INSTANT: Final = "%H:%M %d/%m/%Y"


def day(value: date | None) -> str:
    """22/08/2018."""
    return value.strftime(DAY) if value is not None else "—"


def instant(value: datetime | None) -> str:
    """14:05 22/08/2018, in Vietnam's time."""
    return value.astimezone(VIETNAM).strftime(INSTANT) if value is not None else "—"


def number(value: float | Decimal) -> str:
    """1.234.567,5 in Vietnamese, 1,234,567.5 in English."""
    return str(format_decimal(value, locale=current_locale()))


def percent(value: float | Decimal | None) -> str:
    """87,5% (one decimal, cut and never rounded up: 99,96 is not yet 100)."""
    if value is None:
        return "—"
    tenths = Decimal(int(Decimal(str(value)) * 10)) / 10
    return f"{format_decimal(tenths, format='0.#', locale=current_locale())}%"
