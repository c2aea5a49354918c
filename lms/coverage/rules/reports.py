"""The canonical form of a published report, and why today's answer may differ from it. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

FORMAT: Final = 1
Line = tuple[int, str, int, int | None]
"""Id of the person, standing, id of the duty, id of the award."""


def canonical_header(told: Mapping[str, Any]) -> bytes:
    """What a report says besides its people, in the one way in which it can be written."""
    text = json.dumps({"format": FORMAT, **told}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{text}\n".encode()


def canonical_line(line: Line) -> bytes:
    """One person, such as '1203,t,88,17'; without an award the last place is empty."""
    person_id, standing, duty_id, award_id = line
    return f"{person_id},{standing},{duty_id},{'' if award_id is None else award_id}\n".encode()


def digest_of(told: Mapping[str, Any], lines: Iterable[Line]) -> str:
    """SHA-256 over the header and the people in the order of their ids, in hexadecimal."""
    whole = hashlib.sha256(canonical_header(told))
    for line in lines:
        whole.update(canonical_line(line))
    return whole.hexdigest()


class Reason(StrEnum):
    """What became known after a report, by which somebody counts otherwise today."""

    LATE_RECORD = "late_record"
    """An award was entered."""
    CORRECTION = "correction"
    """An award was entered in the place of a wrong one."""
    REVOCATION = "revocation"
    MERGE = "merge"
    """Two persons were found to be one human being."""
    MERGE_UNDONE = "merge_undone"
    LATE_POST = "late_post"
    """A post was entered."""
    CHANGED_POST = "changed_post"
    """A post was corrected, ended or taken back."""
    NEW_VERSION = "new_version"
    """The requirement was published anew."""
    MOVED = "moved"
    """The post was said to lie in another unit, or units changed."""
    ORGANISATION = "organisation"
    """What is asked of the organisation, or whether it takes part, changed."""
    EXCUSE = "excuse"
    EXCUSE_WITHDRAWN = "excuse_withdrawn"
    OTHER = "other"
    """Nothing of these: it was being written while the report was collected."""


@dataclass(frozen=True, order=True)
class Cause:
    """A reason, and when it became known."""

    at: datetime
    reason: Reason


@dataclass(frozen=True)
class DutyRow:
    """A duty as it was written down and superseded."""

    position_id: int
    recorded_at: datetime
    cause: str
    superseded_at: datetime | None
    superseded_cause: str | None


@dataclass(frozen=True)
class AwardRow:
    """An award as it was entered and revoked."""

    entered_at: datetime
    is_correction: bool
    revoked_at: datetime | None


BY_CAUSE: Final[Mapping[str, Reason]] = {
    "position": Reason.CHANGED_POST,
    "requirement": Reason.NEW_VERSION,
    "place": Reason.MOVED,
    "organisation": Reason.ORGANISATION,
}


def duty_causes(duties: Sequence[DutyRow], since: datetime) -> list[Cause]:
    """What became known of a person's duties after an instant."""
    known = {duty.position_id for duty in duties if duty.recorded_at <= since}
    causes = []
    for duty in duties:
        if duty.recorded_at > since:
            is_late = duty.cause == "position" and duty.position_id not in known
            causes.append(Cause(duty.recorded_at, Reason.LATE_POST if is_late else BY_CAUSE[duty.cause]))
        if duty.superseded_at is not None and duty.superseded_at > since and duty.position_id in known:
            causes.append(Cause(duty.superseded_at, BY_CAUSE[str(duty.superseded_cause)]))
    return causes


def award_causes(awards: Sequence[AwardRow], since: datetime) -> list[Cause]:
    """What became known of a person's awards after an instant."""
    causes = []
    for award in awards:
        if award.entered_at > since:
            reason = Reason.CORRECTION if award.is_correction else Reason.LATE_RECORD
            causes.append(Cause(award.entered_at, reason))
        if award.revoked_at is not None and award.revoked_at > since:
            causes.append(Cause(award.revoked_at, Reason.REVOCATION))
    return causes


def told_once(causes: Collection[Cause]) -> list[Cause]:
    """Each reason once, with the instant at which it was first known; in the order of these."""
    first: dict[Reason, Cause] = {}
    for cause in sorted(causes):
        first.setdefault(cause.reason, cause)
    return list(first.values())
