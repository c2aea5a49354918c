"""Who and where: units, organisations, people and the positions they hold, and the rosters they came from."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import User
from lms.core.db import Model, one_of
from lms.core.storage import StoredFile


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
    """What a unit was called and what kind it was, over one span of days."""

    __tablename__ = "unit_name"
    __table_args__ = (UniqueConstraint("unit_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[UnitKind] = mapped_column(one_of(UnitKind))
    name: Mapped[str] = mapped_column(String(100))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis: Mapped[str] = mapped_column(String(200))


class UnitSuccession(Model):
    """One unit's people and places went on as another's on a day (a merger, or going on under a new code)."""

    __tablename__ = "unit_succession"
    __table_args__ = (UniqueConstraint("from_unit_id", "to_unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    on: Mapped[date] = mapped_column("succeeded_on")
    """First day of the new state."""
    legal_basis: Mapped[str] = mapped_column(String(200))


class OrganisationKind(StrEnum):
    """The four kinds of producer that the plan names."""

    ENTERPRISE = "enterprise"
    COOPERATIVE = "cooperative"
    COOPERATIVE_GROUP = "cooperative_group"
    HOUSEHOLD = "household"


class Organisation(Model):
    """An enterprise, cooperative, cooperative group or household producer taking part in the programme."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("tax_code"), Index(None, "unit_id", "match_key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    match_key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[OrganisationKind] = mapped_column(one_of(OrganisationKind))
    legal_form: Mapped[str] = mapped_column(String(60))
    """As written in the roster: 'Công ty TNHH', 'Hợp tác xã', …"""
    tax_code: Mapped[str | None] = mapped_column(String(14))
    product_group: Mapped[str | None] = mapped_column(String(100))
    """One of the six groups of the 2023 set, by its official name."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    joined_on: Mapped[date | None]

    unit: Mapped[Unit] = relationship()


class Sex(StrEnum):
    """As recorded in civil status."""

    FEMALE = "female"
    MALE = "male"


class Person(Model):
    """A human being, known once, whatever posts they hold. May or may not have an account."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("id_number_index"),
        UniqueConstraint("account_id"),
        Index(None, "sort_key", "id"),
        Index(None, "match_key", "birth_on"),
        CheckConstraint("(id_number_sealed IS NULL) = (id_number_index IS NULL)", name="id_number_sealed_and_indexed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(String(120))
    """Family name first, NFC, as on the identity card."""
    sort_key: Mapped[str] = mapped_column(String(400))
    """Orders by given name, then family and middle names, in Vietnamese order: see rules.names.sort_key."""
    search_key: Mapped[str] = mapped_column(String(120))
    """Lower case without any marks, for searching: 'nguyen thi dao'."""
    match_key: Mapped[str] = mapped_column(String(120))
    """Lower case with marks, tone placement folded, for telling whether two names are the same name."""
    birth_on: Mapped[date | None]
    sex: Mapped[Sex | None] = mapped_column(one_of(Sex))
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The 12-digit personal identification number, encrypted."""
    id_number_index: Mapped[str | None] = mapped_column(String(64))
    """Its blind index, for matching."""
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]

    account: Mapped[User | None] = relationship()
    positions: Mapped[list["Position"]] = relationship(back_populates="person")


class PositionKind(StrEnum):
    """Which side of the programme a position stands on."""

    OFFICIAL = "official"
    LEADER = "leader"


class Position(Model):
    """A post that a person holds, over a span of days, in a unit: as an official or as leader of an organisation."""

    __tablename__ = "position"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "unit_id", "workplace_key", "started_on"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        CheckConstraint("(kind = 'official') = (level IS NOT NULL)", name="official_has_level"),
        CheckConstraint("(kind = 'leader') = (organisation_id IS NOT NULL)", name="leader_has_organisation"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[PositionKind] = mapped_column(one_of(PositionKind))
    level: Mapped[Level | None] = mapped_column(one_of(Level))
    title: Mapped[str] = mapped_column(String(120))
    workplace: Mapped[str] = mapped_column(String(200))
    """Office or organisation as written in the roster."""
    workplace_key: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    """Last day in the post; empty while it is held."""

    person: Mapped[Person] = relationship(back_populates="positions")
    unit: Mapped[Unit] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class RosterKind(StrEnum):
    """What a roster lists; told from its header."""

    OFFICIALS = "officials"
    LEADERS = "leaders"


class RosterImport(Model):
    """One roster file that somebody sent: first looked through, then applied (or left)."""

    __tablename__ = "roster_import"
    __table_args__ = (CheckConstraint("applied_by_id IS NULL OR applied_at IS NOT NULL", name="applier_when_applied"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    kind: Mapped[RosterKind] = mapped_column(one_of(RosterKind))
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """Empty when it was applied by a command at the console."""
    applied_at: Mapped[datetime | None]
    totals: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Rows by outcome, as last looked through or applied."""

    file: Mapped[StoredFile] = relationship()


class Outcome(StrEnum):
    """What happens to one row of a roster."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MERGED = "merged"
    REVIEW = "review"
    REFUSED = "refused"


class RosterRow(Model):
    """One row of a roster and what was (or would be) done with it. Holds no personal id and no phone."""

    __tablename__ = "roster_row"
    __table_args__ = (
        UniqueConstraint("roster_import_id", "number"),
        Index(None, "roster_import_id", "outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id", ondelete="CASCADE"))
    number: Mapped[int]
    """As the spreadsheet program numbers it, from 1."""
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome))
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Why: [{"code": "birth_on_future", "field": "birth_on", "severity": "refused", "value": "06/05/2031"}, …]."""
    label: Mapped[str] = mapped_column(Text)
    """The name as it stood in the row, for finding it again."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Whom the row made or met."""
