"""What is done to certificates: issuing one for an award, making up for missing ones, withdrawing.

Numbers. A certificate's number is taken in a row of its own (`number_reservation`) before anything is signed:
serial 1, 2, 3 … of the year. Two never get one number:
- whoever takes one first holds the series until the transaction ends (an advisory lock on PostgreSQL; on SQLite
  there is one writer at a time anyway), so the highest serial that is read is the highest there is;
- the unique constraints on (year, serial), on the award and on the printed number refuse what would get past that.

A crash. Award, reservation, signature and certificate are one transaction: after a crash either all are there or
none is. A number whose transaction was rolled back may be taken again, which is safe, because nobody has seen it:
it leaves the database only on a committed certificate. A reservation that is there without its certificate is
finished with the same number by `issue_missing`, never given to another award. What this does not cover: a
database put back from an older backup does not know the numbers given out since.
"""

import secrets
from datetime import datetime
from typing import Final

from flask import current_app
from sqlalchemy import func, select, update

from certificates import queries, signing
from certificates.models import Certificate, NumberReservation, RevokeReason
from certificates.rules import TOKEN_LENGTH, TOKEN_SIGNS, Fields, number_of, payload_of, printable
from certificates.words import REASONS
from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.records.actions import revoke_award
from lms.records.models import Award

NUMBER_SERIES_LOCK: Final = 0x6F63
"""First half of the advisory lock's key; the second is the year."""
NEVER_RIGHT: Final = frozenset({RevokeReason.FRAUD, RevokeReason.ISSUED_IN_ERROR})
"""For these reasons the achievement itself does not count either."""
NOTE_LENGTH: Final = 500


def issue(award: Award, *, by: audit.Actor | None, at: datetime) -> Certificate:
    """Issue the certificate of an award. Of the same award again it is the certificate already there.

    Raises DomainError if the award no longer counts.
    """
    at = at.replace(microsecond=0)
    issued_on = day_of(at)
    _hold_series(issued_on.year)
    known = queries.of_award(award.id)
    if known is not None:
        return known
    if award.revoked_on is not None:
        raise DomainError(_l("Kết quả này đã bị thu hồi nên không được cấp giấy chứng nhận."))
    reservation = _reserve(award, issued_on.year, at)
    person = award.person
    fields = Fields(
        number=number_of(reservation.serial, reservation.year),
        token="".join(secrets.choice(TOKEN_SIGNS) for _ in range(TOKEN_LENGTH)),
        holder_name=printable(person.full_name),
        holder_birth_year=person.birth_on.year if person.birth_on is not None else None,
        title=printable(award.title),
        hours=award.hours,
        awarded_on=award.awarded_on,
        issuer=printable(current_app.config["ISSUER_NAME"]),
        issued_on=issued_on,
        issued_at=at,
    )
    payload = payload_of(fields)
    key_id, signature = signing.sign(payload)
    certificate = Certificate(
        award_id=award.id,
        award=award,
        payload=payload,
        key_id=key_id,
        signature=signature,
        **{name: getattr(fields, name) for name in Fields.__dataclass_fields__},
    )
    db.session.add(certificate)
    db.session.flush()
    audit.record("certificates.issue", certificate, by=by, at=at, number=fields.number, award_id=award.id)
    return certificate


def issue_missing(*, at: datetime, by: audit.Actor | None = None, most: int = 200) -> list[Certificate]:
    """Issue what is missing: awards that count and were left without a certificate.

    most: how many at once; the caller commits and calls again until nothing is left.
    """
    return [issue(award, by=by, at=at) for award in queries.awards_without_certificate(most)]


def revoke(certificate: Certificate, *, reason: RevokeReason, note: str, by: audit.Actor | None, at: datetime) -> None:
    """Withdraw a certificate: its line stays, with the day and the class of reason, for everyone to see.

    note: what was behind it, for the issuer only.
    Fraud, or a certificate issued in error, takes the award back too, from the day it was made.
    Raises InvalidInput without a note, DomainError if it is withdrawn already.
    """
    note = note.strip()
    if not note:
        raise InvalidInput(_l("Hãy ghi căn cứ hoặc lý do cụ thể của việc thu hồi."))
    if not mark_revoked(certificate, reason=reason, note=note, by=by, at=at):
        raise DomainError(_l("Giấy chứng nhận này đã được thu hồi trước đó."))
    award = certificate.award
    if reason in NEVER_RIGHT and award.revoked_on is None:
        words = _l(
            "Thu hồi giấy chứng nhận số %(number)s: %(reason)s", number=certificate.number, reason=REASONS[reason]
        )
        revoke_award(award, on=award.awarded_on, reason=str(words), by=by, at=at)


def mark_revoked(
    certificate: Certificate, *, reason: RevokeReason, note: str, by: audit.Actor | None, at: datetime
) -> bool:
    """Write the withdrawal into the certificate's line; False if it stands there already."""
    # The condition is in the UPDATE too: of two clicks at once, one withdraws.
    done = db.session.execute(
        update(Certificate)
        .where(Certificate.id == certificate.id, Certificate.revoked_at.is_(None))
        .values(revoked_at=at, revoke_reason=reason, revoke_note=note[:NOTE_LENGTH])
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    db.session.refresh(certificate, ["revoked_at", "revoke_reason", "revoke_note"])
    audit.record("certificates.revoke", certificate, by=by, at=at, number=certificate.number, reason=reason.value)
    return True


def _hold_series(year: int) -> None:
    """Wait until nobody else is taking numbers of this year, and keep others waiting until the transaction ends."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(NUMBER_SERIES_LOCK, year)))


def _reserve(award: Award, year: int, at: datetime) -> NumberReservation:
    """The number taken for this award earlier, or the next one of the year."""
    reservation = queries.reservation_of(award.id)
    if reservation is None:
        reservation = NumberReservation(
            year=year, serial=queries.last_serial(year) + 1, award_id=award.id, reserved_at=at
        )
        db.session.add(reservation)
        db.session.flush()
    return reservation
