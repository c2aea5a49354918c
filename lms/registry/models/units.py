"""Units: provinces, districts and communes through their mergers, divisions and changes of name."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
    (code list, code). Its name and kind may change while it stays the same unit: see UnitName.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("code_list", "code"),
        UniqueConstraint("path"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        CheckConstraint("(parent_id IS NULL) = (level = 'central')", name="only_centre_has_no_parent"),
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
    valid_to: Mapped[date | None]
    """Its last day; empty while it exists."""

    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")


class UnitName(Model):
    """What a unit was called, what kind it was and under which unit it stood, over one span of days."""

    __tablename__ = "unit_name"
    __table_args__ = (UniqueConstraint("unit_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[UnitKind] = mapped_column(one_of(UnitKind))
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
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
    __table_args__ = (UniqueConstraint("from_unit_id", "to_unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[SuccessionKind] = mapped_column(one_of(SuccessionKind))
    on: Mapped[date] = mapped_column("succeeded_on")
    """First day of the new state."""
    legal_basis: Mapped[str] = mapped_column(String(200))


class UnitReach(Model):
    """A unit in which everything at a unit counts: the unit itself, those above it, and on the maps of other days
    the units that wholly hold it. Derived from parents and successions: see rules.units.reach_of."""

    __tablename__ = "unit_reach"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    within_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
