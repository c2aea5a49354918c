"""Whether a line of the register still is what was signed, and its state: the one answer that all doors give."""

from datetime import datetime

from certificates import signing
from certificates.models import Certificate
from certificates.rules import Fields, State, payload_of, state_of


def fields_of(certificate: Certificate) -> Fields:
    """The printed fields as they stand in the register."""
    return Fields(
        number=certificate.number,
        token=certificate.token,
        holder_name=certificate.holder_name,
        holder_birth_year=certificate.holder_birth_year,
        title=certificate.title,
        hours=certificate.hours,
        awarded_on=certificate.awarded_on,
        issuer=certificate.issuer,
        issued_on=certificate.issued_on,
        issued_at=certificate.issued_at,
    )


def is_genuine(certificate: Certificate) -> bool:
    """Whether every printed field is, byte for byte, what a key of ours signed."""
    return payload_of(fields_of(certificate)) == certificate.payload and signing.check(
        certificate.payload, certificate.key_id, certificate.signature
    )


def state(certificate: Certificate, at: datetime) -> State:
    """What a verifier is told at an instant."""
    return state_of(is_genuine=is_genuine(certificate), revoked_at=certificate.revoked_at, at=at)
