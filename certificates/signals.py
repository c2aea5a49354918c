"""Certificates follow awards: one is issued for what was done here, and withdrawn when the award is revoked."""

from datetime import datetime

from flask import Flask

from certificates import actions, queries, signing
from certificates.models import RevokeReason
from certificates.rules import is_witnessed
from lms.core import audit
from lms.records.models import Award
from lms.records.signals import award_made, award_revoked


def init_app(app: Flask) -> None:
    """Load this installation's keys and listen."""
    signing.init_app(app)
    award_made.connect(_issue)
    award_revoked.connect(_revoke)


def _issue(award: Award, *, by: audit.Actor | None, at: datetime, **_more: object) -> None:
    if is_witnessed(award.source):
        actions.issue(award, by=by, at=at)


def _revoke(award: Award, *, by: audit.Actor | None, at: datetime, **_more: object) -> None:
    """Proof of what no longer counts must not be called valid."""
    certificate = queries.of_award(award.id)
    if certificate is not None:
        note = award.revoke_reason or ""
        actions.mark_revoked(certificate, reason=RevokeReason.ISSUED_IN_ERROR, note=note, by=by, at=at)
