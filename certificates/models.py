"""The register of certificates: each line written once, its number never given again, its state dated."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Model, one_of
from lms.records.models import Award


class NumberReservation(Model):
    """A certificate number taken for an award, in its own committed row before anything is signed. Never reused."""

    __tablename__ = "number_reservation"
    __table_args__ = (UniqueConstraint("year", "serial"), CheckConstraint("serial > 0", name="serial_from_one"))

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), unique=True)
    reserved_at: Mapped[datetime]


class RevokeReason(StrEnum):
    """The class of reason that is shown to everyone; the words behind it stay with the issuer."""

    DATA_ERROR = "data_error"
    ISSUED_IN_ERROR = "issued_in_error"
    FRAUD = "fraud"
    HOLDER_REQUEST = "holder_request"


class Certificate(Model):
    """One certificate as it was issued. The printed fields are frozen here; later renamings do not reach them."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name="revoked_with_reason"),
        Index(None, "issued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), unique=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    """As printed and entered in the register: '000123/2026/GCN-OCOP'."""
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """Random, at least 128 bits: what the QR's address carries."""
    holder_name: Mapped[str] = mapped_column(String(120))
    holder_birth_year: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    """The course completed."""
    hours: Mapped[int | None]
    awarded_on: Mapped[date]
    issuer: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    """The canonical bytes that were signed; every printed field is in them."""
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    revoked_at: Mapped[datetime | None]
    revoke_reason: Mapped[RevokeReason | None] = mapped_column(one_of(RevokeReason))
    revoke_note: Mapped[str | None] = mapped_column(String(500))
    """For the issuer only; never on a public page."""

    award: Mapped[Award] = relationship()
