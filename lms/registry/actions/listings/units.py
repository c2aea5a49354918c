"""Units, how they went on as others and the resolutions that were entered: listings that leave and do not come back."""

from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, Select

from lms.accounts.models import User
from lms.core.clock import day_of
from lms.core.i18n import lazy_gettext as _l
from lms.registry import policies
from lms.registry.actions.listings.base import Listing, Sender, _, source_of, titled
from lms.registry.models import (
    Unit,
    UnitChange,
    UnitName,
    UnitSuccession,
)
from lms.registry.queries import listings as queries
from lms.registry.rules.listings import KEY, Column, Read, choice, day, text
from lms.registry.words import CHANGE_KINDS, LEVELS, SUCCESSION_KINDS, UNIT_KIND_WORDS

LEVEL_WORDS: Final = source_of(LEVELS)
KIND_WORDS: Final = source_of(UNIT_KIND_WORDS)
SUCCESSION_WORDS: Final = source_of(SUCCESSION_KINDS)
CHANGE_WORDS: Final = source_of(CHANGE_KINDS)
ONLY_READ: Final = _("Chỉ để đọc.")
WORDS: Final = text(1000)


def _told(key: str, heading: str, read: Read = WORDS, words: dict[str, str] | None = None) -> Column:
    return Column(key, heading, ONLY_READ, None, read, words=words or {}, is_told_only=True)


class _Leaving(Listing):
    comes_back = False
    makes_new = False


class Units(_Leaving):
    """What every unit was called, of which kind it was and under which unit it stood, over its days."""

    name = "units"
    title = _l("Đơn vị hành chính")
    about = _l("Mỗi tên, loại và nơi trực thuộc của từng đơn vị trong một khoảng thời gian, cả trước năm 2025.")
    key = "unit_code"
    labels = ("name",)
    columns: ClassVar = (
        _told("unit_code", _("Mã đơn vị")),
        _told("level", _("Cấp"), choice(LEVEL_WORDS), LEVEL_WORDS),
        _told("kind", _("Loại đơn vị"), choice(KIND_WORDS), KIND_WORDS),
        _told("name", _("Tên đơn vị")),
        _told("above_code", _("Mã đơn vị cấp trên")),
        _told("above", _("Đơn vị cấp trên")),
        _told("valid_from", _("Từ ngày"), day),
        _told("valid_to", _("Đến hết ngày"), day),
        _told("legal_basis", _("Căn cứ")),
    )

    def statement(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return queries.unit_names(*conditions)

    def key_column(self) -> Any:
        return UnitName.id

    def visible(self, user: User) -> ColumnElement[bool]:
        return UnitName.unit_id.in_(policies.units_led(user))

    def values_of(self, thing: UnitName, sender: Sender) -> dict[str, Any]:
        unit = sender.signs.by_id[thing.unit_id]
        above = sender.signs.by_id[thing.parent_id] if thing.parent_id is not None else None
        return {
            "unit_code": unit.code,
            "level": unit.level.value,
            "kind": thing.kind.value,
            "name": thing.name,
            "above_code": above.code if above is not None else None,
            "above": titled(above) if above is not None else None,
            "valid_from": thing.valid_from,
            "valid_to": thing.valid_to,
            "legal_basis": thing.legal_basis,
        }


class Successions(_Leaving):
    """Which unit went on as which, on which day."""

    name = "successions"
    title = _l("Kế thừa giữa các đơn vị")
    about = _l("Đơn vị nào tiếp tục, sáp nhập, chia tách hay kết thúc thành đơn vị nào, từ ngày nào, theo căn cứ nào.")
    key = "from_code"
    labels = ("from_name",)
    columns: ClassVar = (
        _told("kind", _("Cách kế thừa"), choice(SUCCESSION_WORDS), SUCCESSION_WORDS),
        _told("on", _("Từ ngày"), day),
        _told("from_code", _("Mã đơn vị trước")),
        _told("from_name", _("Đơn vị trước")),
        _told("to_code", _("Mã đơn vị sau")),
        _told("to_name", _("Đơn vị sau")),
        _told("legal_basis", _("Căn cứ")),
    )

    def statement(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return queries.successions(*conditions)

    def key_column(self) -> Any:
        return UnitSuccession.id

    def visible(self, user: User) -> ColumnElement[bool]:
        led = policies.units_led(user)
        return UnitSuccession.from_unit_id.in_(led) | UnitSuccession.to_unit_id.in_(led)

    def values_of(self, thing: UnitSuccession, sender: Sender) -> dict[str, Any]:
        earlier, later = sender.signs.by_id[thing.from_unit_id], sender.signs.by_id[thing.to_unit_id]
        return {
            "kind": thing.kind.value,
            "on": thing.on,
            "from_code": earlier.code,
            "from_name": titled(earlier),
            "to_code": later.code,
            "to_name": titled(later),
            "legal_basis": thing.legal_basis,
        }


class Resolutions(_Leaving):
    """The resolutions on units that somebody entered here."""

    name = "resolutions"
    title = _l("Nghị quyết về đơn vị đã nhập")
    about = _l("Những thay đổi đơn vị do người dùng nhập theo nghị quyết, kể cả thay đổi đã rút.")
    key = "change_id"
    labels = ("legal_basis",)
    columns: ClassVar = (
        _told("change_id", _("Mã thay đổi"), KEY),
        _told("kind", _("Loại thay đổi"), choice(CHANGE_WORDS), CHANGE_WORDS),
        _told("on", _("Có hiệu lực từ ngày"), day),
        _told("legal_basis", _("Căn cứ")),
        _told("units", _("Các đơn vị liên quan")),
        _told("entered_on", _("Ngày nhập"), day),
        _told("withdrawn_on", _("Ngày rút"), day),
        _told("withdraw_reason", _("Lý do rút")),
    )

    def statement(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return queries.unit_changes(*conditions)

    def key_column(self) -> Any:
        return UnitChange.id

    def visible(self, user: User) -> ColumnElement[bool]:
        return UnitChange.units.any(Unit.id.in_(policies.units_led(user)))

    def values_of(self, thing: UnitChange, sender: Sender) -> dict[str, Any]:
        signs = (sender.signs.by_id[unit.id] for unit in thing.units if unit.extent_of_id is None)
        return {
            "change_id": thing.id,
            "kind": thing.kind.value,
            "on": thing.on,
            "legal_basis": thing.legal_basis,
            "units": "; ".join(f"{titled(sign)} ({sign.code})" for sign in signs),
            "entered_on": day_of(thing.entered_at),
            "withdrawn_on": day_of(thing.withdrawn_at) if thing.withdrawn_at is not None else None,
            "withdraw_reason": thing.withdraw_reason,
        }
