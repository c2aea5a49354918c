"""What every listing is made of: its columns, what leaves with it, and what one of its rows does when it comes back."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Final, cast

from sqlalchemy import ColumnElement, Select, true

from lms.accounts.models import User
from lms.core.i18n import LazyText
from lms.registry import policies, queries
from lms.registry.models import UnitKind
from lms.registry.queries.listings import UnitSign, UnitSigns, by_keys, in_parts, unit_signs
from lms.registry.rules.listings import Column, Entry, text
from lms.registry.rules.names import match_key
from lms.registry.rules.reasons import Finding
from lms.registry.rules.units import Places, read_commune, read_province
from lms.registry.words import UNIT_NAMES

NO_KEY: Final = "ví dụ"
"""Stands for the key in a row that shows how a listing is filled in: left in by mistake, the row is refused."""


def _(text: str) -> str:
    """Marks a text for the catalogues; it is translated where it is shown."""
    return text


class RowFault(Exception):
    """A row cannot be taken, for these reasons."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(findings)
        self.findings = findings


def source_of(words: Mapping[Any, str]) -> dict[str, str]:
    """Codes and their words as files have them: in Vietnamese, whoever asks."""
    return {str(code): cast(LazyText, word).source for code, word in words.items()}


class Sender:
    """Whose listing it is: what they may see and change, and the units by which a listing names places."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        """None for the system itself, which may everything."""
        self._led: dict[int, bool] = {}

    @cached_property
    def signs(self) -> UnitSigns:
        """Every unit, as listings write them."""
        return unit_signs()

    @cached_property
    def places(self) -> Places:
        """Every unit of today, by its names."""
        return queries.places()

    def leads(self, unit_ids: Iterable[int]) -> bool:
        """Whether the sender leads in any of some units."""
        if self.user is None:
            return True
        asked = set(unit_ids)
        if missing := asked - self._led.keys():
            led = policies.led_of(self.user, missing)
            self._led.update({unit_id: unit_id in led for unit_id in missing})
        return any(self._led[unit_id] for unit_id in asked)


class Listing:
    """One kind of listing. The heirs say what it holds."""

    name: ClassVar[str]
    """Stands in addresses and in RosterImport.kind."""
    title: ClassVar[str]
    about: ClassVar[str]
    """What it is for, in a sentence."""
    columns: ClassVar[Sequence[Column]]
    key: ClassVar[str]
    """The column by which a thing is known again."""
    labels: ClassVar[Sequence[str]]
    """The columns by which a person finds a row: the first that is not blank."""
    comes_back: ClassVar[bool] = True
    """Whether a file of it may be sent to change things."""
    makes_new: ClassVar[bool] = True
    """Whether a row without a key makes a new thing."""
    key_makes_new: ClassVar[bool] = False
    """Whether a key of which nothing is known yet makes a new thing, too."""
    sole: ClassVar[Sequence[str]] = ()
    """Columns of which a value may stand in one row alone."""

    def statement(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        """All of it that meets conditions."""
        raise NotImplementedError

    def key_column(self) -> Any:
        """What `statement` is ordered by."""
        raise NotImplementedError

    def visible(self, user: User) -> ColumnElement[bool]:
        """What somebody may see of it."""
        raise NotImplementedError

    def values_of(self, thing: Any, sender: Sender) -> dict[str, Any]:
        """What is kept of a thing, by column."""
        raise NotImplementedError

    def is_shown(self, column: Column, sender: Sender) -> bool:
        """Whether what stands in a column leaves whole without a purpose being said."""
        return not column.is_secret

    def things(self, sender: Sender) -> Iterator[Any]:
        """Everything that leaves, some rows in memory at a time."""
        seen = true() if sender.user is None else self.visible(sender.user)
        return in_parts(self.statement(seen), self.key_column())

    def check_file(self, entries: Sequence[Entry]) -> None:
        """Refuse rows of a file that do not go together."""

    def known(self, rows: Sequence[Mapping[str, Any]], sender: Sender) -> dict[Any, Any]:
        """What rows name by their keys, as far as the sender may see it."""
        keys = [told[self.key] for told in rows if told.get(self.key) is not None]
        seen = true() if sender.user is None else self.visible(sender.user)
        return by_keys(self.statement(seen), self.key_column(), keys)

    def before(self, told: Mapping[str, Any], thing: Any | None, sender: Sender) -> dict[str, Any]:
        """What is kept of whatever a row is about; of something new, what it has without being told."""
        return self.values_of(thing, sender) if thing is not None else {}

    def write(
        self, thing: Any | None, values: dict[str, Any], changed: Collection[str], *, sender: Sender, at: datetime
    ) -> Any:
        """Do what a row says. Returns what it made or changed. Raises RowFault or DomainError.

        values: of every column, whether it stands in the file or not. changed: the columns that differ.
        """
        raise NotImplementedError


# Where things are


def unit_columns(example: tuple[str | None, str | None, str | None]) -> tuple[Column, ...]:
    """The columns that say in which unit something is."""
    return (
        Column(
            "unit_code",
            _("Mã đơn vị"),
            _("Mã của xã, phường, đặc khu hoặc tỉnh. Để trống nếu ghi tên ở hai cột bên cạnh."),
            example[0],
            text(20),
        ),
        Column(
            "province",
            _("Tỉnh, thành phố"),
            _("Tên tỉnh hoặc thành phố hiện nay, ví dụ “Thành phố Đồng Nai”."),
            example[1],
            text(120),
            is_told_only=True,
        ),
        Column(
            "commune",
            _("Xã, phường, đặc khu"),
            _("Tên xã, phường hoặc đặc khu. Để trống nếu là cấp tỉnh."),
            example[2],
            text(120),
            is_told_only=True,
        ),
    )


def unit_values(unit: UnitSign | None) -> dict[str, Any]:
    """What these columns hold for a unit."""
    if unit is None:
        return {"unit_code": None, "province": None, "commune": None}
    line = [titled(sign) for sign in unit.line]
    province = line[-1] if line else titled(unit)
    return {"unit_code": unit.code, "province": province, "commune": line[0] if len(line) > 1 else None}


def titled(unit: UnitSign) -> str:
    """'Xã Gia Phong', in Vietnamese whoever asks."""
    word = UNIT_NAMES[UnitKind(unit.kind)]
    return str(getattr(word, "source", word)) % {"name": unit.name}


def unit_meant(told: Mapping[str, Any], sender: Sender) -> str | None:
    """The code of the unit that a row names by code, by names or by both. Raises RowFault."""
    code: str | None = told.get("unit_code")
    province: str | None = told.get("province")
    commune: str | None = told.get("commune")
    if code is None:
        return _unit_named(province, commune, sender).code if province else None
    unit = sender.signs.by_code.get(code)
    if unit is None:
        raise RowFault(Finding("unit_unknown", code))
    kept = unit_values(unit)
    is_as_kept = all(match_key(told.get(key) or "") == match_key(kept[key] or "") for key in ("province", "commune"))
    if province and not is_as_kept:
        try:
            is_same = _unit_named(province, commune, sender).id == unit.id
        except RowFault:
            is_same = False
        if not is_same:
            raise RowFault(Finding("unit_two_places", ", ".join(filter(None, (kept["commune"], kept["province"])))))
    return code


def _unit_named(province: str, commune: str | None, sender: Sender) -> UnitSign:
    found = read_province(province, sender.places)
    if found.place is None:
        raise RowFault(Finding("province_unknown", province))
    if not commune:
        return sender.signs.by_id[found.place.id]
    inside = read_commune(commune, found.place, sender.places)
    if inside.place is None:
        raise RowFault(Finding(inside.code, commune))
    return sender.signs.by_id[inside.place.id]


def needed(values: Mapping[str, Any], *keys: str) -> None:
    """Raise RowFault naming those of some columns that are blank."""
    missing = [Finding("value_missing", field=key) for key in keys if values.get(key) in (None, "")]
    if missing:
        raise RowFault(*missing)
