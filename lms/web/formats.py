"""How days, instants and numbers look to a person: the Vietnamese way, in both languages' pages."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

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
    locale = current_locale()
    if isinstance(value, int):  # a table has hundreds of counts; the library takes its time over patterns
        return f"{value:,}".replace(",", _group_symbol(locale))
    return str(format_decimal(value, locale=locale))


def percent(value: float | Decimal | None) -> str:
    """87,5% (one decimal, cut and never rounded up: 99,96 is not yet 100)."""
    if value is None:
        return "—"
    whole, tenth = divmod(int(Decimal(str(value)) * 10), 10)
    return f"{whole}{_decimal_symbol(current_locale())}{tenth}%" if tenth else f"{whole}%"


@lru_cache(maxsize=8)
def _group_symbol(locale: str) -> str:
    return str(get_group_symbol(locale))


@lru_cache(maxsize=8)
def _decimal_symbol(locale: str) -> str:
    return str(get_decimal_symbol(locale))
