"""Organisations: the producers that take part in the programme."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    UniqueConstraint,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of
from lms.registry.models.units import Unit
from lms.registry.rules.names import search_key, title_key


class OrganisationKind(StrEnum):
    """The four kinds of producer that the plan names."""

    ENTERPRISE = "enterprise"
    COOPERATIVE = "cooperative"
    COOPERATIVE_GROUP = "cooperative_group"
    HOUSEHOLD = "household"


class Origin(StrEnum):
    """Whether an organisation was there when the programme began or was set up for it."""

    EXISTING = "existing"
    NEW = "new"


def _search_key_of_name(context: Any) -> str:
    return search_key(context.get_current_parameters()["name"])


def _sort_key_of_name(context: Any) -> str:
    return title_key(context.get_current_parameters()["name"])


class Organisation(Model):
    """An enterprise, cooperative, cooperative group or household producer taking part in the programme."""

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("tax_code"),
        UniqueConstraint("owner_id_index"),
        Index(None, "unit_id", "match_key"),
        Index(None, "sort_key", "id"),
        Index(
            "ix_organisation_settled_unit_id",
            "settled_unit_id",
            sqlite_where=text("settled_unit_id IS NOT NULL"),
            postgresql_where=text("settled_unit_id IS NOT NULL"),
        ),
        CheckConstraint("(owner_id_sealed IS NULL) = (owner_id_index IS NULL)", name="owner_id_sealed_and_indexed"),
        CheckConstraint("owner_id_index IS NULL OR kind = 'household'", name="owner_id_of_households_only"),
        CheckConstraint("left_on IS NULL OR joined_on IS NULL OR left_on >= joined_on", name="leaves_after_joining"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    match_key: Mapped[str] = mapped_column(String(200))
    """The name folded for comparing: see rules.names.match_key."""
    search_key: Mapped[str] = mapped_column(String(200), default=_search_key_of_name)
    """The name in small letters without any marks, for searching."""
    sort_key: Mapped[str] = mapped_column(String(400), default=_sort_key_of_name)
    """Orders by the words of the name as they are read, in Vietnamese order: see rules.names.title_key."""
    kind: Mapped[OrganisationKind] = mapped_column(one_of(OrganisationKind))
    legal_form: Mapped[str] = mapped_column(String(60))
    """As written in the roster: 'Công ty TNHH', 'Hợp tác xã', …"""
    tax_code: Mapped[str | None] = mapped_column(String(14))
    owner_id_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A household is known to the tax office by its owner's personal id where it has no tax code: encrypted."""
    owner_id_index: Mapped[str | None] = mapped_column(String(64))
    """Its blind index, for matching."""
    product_group: Mapped[str | None] = mapped_column(String(100))
    """One of the six groups of the 2023 set (QĐ 148/QĐ-TTg), by its official name."""
    product_group_2019: Mapped[str | None] = mapped_column(String(100))
    """One of the six groups of the 2019 set (QĐ 1048/QĐ-TTg), by its official name."""
    origin: Mapped[Origin | None] = mapped_column(one_of(Origin))
    """One of the organisations that the programme was to consolidate, or newly developed; empty where not known."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    settled_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    """Where it lies on today's map, said by a person, if its unit was divided among several."""
    joined_on: Mapped[date | None]
    """Its first day in the programme."""
    left_on: Mapped[date | None]
    """Its last day in the programme; empty while it takes part."""

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    settled_unit: Mapped[Unit | None] = relationship(foreign_keys=[settled_unit_id])

    @property
    def present_unit(self) -> Unit:
        """Where it lies on today's map, as far as that is known."""
        return self.settled_unit or self.unit

    @classmethod
    def lies_in(cls, unit_ids: Select[int]) -> ColumnElement[bool]:
        """Whether rows of Organisation lie in one of some units, on the map of whichever day."""
        return or_(cls.unit_id.in_(unit_ids), cls.settled_unit_id.in_(unit_ids))
