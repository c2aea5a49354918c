"""Units: provinces, districts and communes through their mergers, divisions and changes of name."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import User
from lms.core.db import Model, one_of


class Level(StrEnum):
    """A level of government. Districts ended on 30/06/2025 and remain in history only."""

    CENTRAL = "central"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class UnitKind(StrEnum):
    """What a unit is called in law."""

    COUNTRY = "country"
    TINH = "tinh"
    THANH_PHO = "thanh_pho"
    XA = "xa"
    PHUONG = "phuong"
    DAC_KHU = "dac_khu"
    QUAN = "quan"
    HUYEN = "huyen"
    THI_XA = "thi_xa"
    THI_TRAN = "thi_tran"
    """These four ended with the districts on 30/06/2025."""


class Unit(Model):
    """One administrative unit, for as long as it exists under one code of one code list.

    The same two-digit code means different provinces before and after 01/07/2025, so a unit is known by
    (code list, code). Its name, its kind and the unit above it may change while it stays the same unit: see UnitName.
    Its land never changes: one that gains or loses land while it goes on leaves an earlier extent behind, a row of its
    own with the days until then, so that figures on the map of a past day stay what they were.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("code_list", "code"),
        UniqueConstraint("path"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        CheckConstraint("(parent_id IS NULL) = (level = 'central')", name="only_centre_has_no_parent"),
        CheckConstraint("extent_of_id IS NULL OR valid_to IS NOT NULL", name="earlier_extents_ended"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code_list: Mapped[str] = mapped_column(String(20))
    """The list of codes it stands in: 'vn-2025' since 01/07/2025, 'vn-2004' before."""
    code: Mapped[str] = mapped_column(String(10))
    level: Mapped[Level] = mapped_column(one_of(Level))
    kind: Mapped[UnitKind] = mapped_column(one_of(UnitKind))
    """Its kind today (or on its last day)."""
    name: Mapped[str] = mapped_column(String(100))
    """Its name today (or on its last day), without its kind."""
    match_key: Mapped[str] = mapped_column(String(100), index=True)
    """The name folded for comparing: see rules.names.match_key."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(80))
    """Codes from the top, such as 'vn/75/25993'; its subtree is this and everything that begins with this and '/'."""
    valid_from: Mapped[date]
    """The first day of its present extent; when it came to be is the first day of its names."""
    valid_to: Mapped[date | None]
    """Its last day; empty while it exists."""
    extent_of_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    """The unit whose earlier extent this is. Posts, roles and everything else stay with that unit itself."""

    parent: Mapped["Unit | None"] = relationship(foreign_keys=[parent_id], remote_side="Unit.id")
    extent_of: Mapped["Unit | None"] = relationship(foreign_keys=[extent_of_id], remote_side="Unit.id")


class UnitName(Model):
    """What a unit was called, what kind it was and under which unit it stood, over one span of days."""

    __tablename__ = "unit_name"
    __table_args__ = (UniqueConstraint("unit_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[UnitKind] = mapped_column(one_of(UnitKind))
    name: Mapped[str] = mapped_column(String(100))
    match_key: Mapped[str] = mapped_column(String(100))
    """The name folded for comparing, with its marks: see rules.units.unit_key."""
    search_key: Mapped[str] = mapped_column(String(100))
    """The name in small letters without any marks, for searching."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    """The unit above it in these days; empty for the country."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis: Mapped[str] = mapped_column(String(200))


class SuccessionKind(StrEnum):
    """How a unit went on as another."""

    CONTINUE = "continue"
    """Alone, under a new code."""
    MERGE = "merge"
    """Whole, together with others or parts of others."""
    SPLIT = "split"
    """In part: other parts of it went on elsewhere, so a post there needs a person to say where it lies now."""
    ABOLISH = "abolish"
    """Its level of government ended; what it did went to the unit above."""


class UnitSuccession(Model):
    """One unit's people and places went on as another's on a day."""

    __tablename__ = "unit_succession"
    __table_args__ = (
        UniqueConstraint("from_unit_id", "to_unit_id", "succeeded_on"),
        CheckConstraint("from_unit_id <> to_unit_id", name="two_units"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[SuccessionKind] = mapped_column(one_of(SuccessionKind))
    on: Mapped[date] = mapped_column("succeeded_on")
    """First day of the new state."""
    legal_basis: Mapped[str] = mapped_column(String(200))

    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id])


class UnitReach(Model):
    """A unit in which everything at a unit counts: the unit itself, those above it, and on the maps of other days
    the units that wholly hold it. Derived from names and successions: see rules.reach."""

    __tablename__ = "unit_reach"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    within_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)


class ChangeKind(StrEnum):
    """What a resolution does to units."""

    RENAME = "rename"
    """They are called otherwise or become units of another kind."""
    MERGE = "merge"
    """Several become one."""
    SPLIT = "split"
    """One is divided among several, or gives a part of itself away."""
    MOVE = "move"
    """They come to stand under another unit."""


class UnitChange(Model):
    """One change of a resolution that was entered here. The official files no longer overwrite what it changed."""

    __tablename__ = "unit_change"
    __table_args__ = (
        CheckConstraint("(withdrawn_at IS NULL) = (withdraw_reason IS NULL)", name="withdrawn_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entered_with_id: Mapped[int | None] = mapped_column(ForeignKey("unit_change.id"), index=True)
    """The first change of the same resolution, by which all of it is known; empty for that one itself."""
    kind: Mapped[ChangeKind] = mapped_column(one_of(ChangeKind))
    on: Mapped[date] = mapped_column("effective_on")
    """First day of the new state."""
    legal_basis: Mapped[str] = mapped_column(String(200))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was entered, as a reader can check it against the resolution."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The rows that were changed, as they were, so that it can be taken back."""
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdraw_reason: Mapped[str | None] = mapped_column(String(300))

    units: Mapped[list[Unit]] = relationship(secondary="unit_change_unit", order_by=Unit.id)
    entered_by: Mapped[User | None] = relationship(foreign_keys=[entered_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])

    @property
    def number(self) -> int:
        """What the whole resolution is known by here."""
        return self.entered_with_id or self.id


class UnitChangeUnit(Model):
    """A unit that an entered resolution changed or made."""

    __tablename__ = "unit_change_unit"

    change_id: Mapped[int] = mapped_column(ForeignKey("unit_change.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
