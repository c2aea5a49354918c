"""How single organisations and those who lead them stand on a day, for lists of organisations."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, or_, select

from lms.core.db import db
from lms.coverage.models import Attainment
from lms.coverage.queries.identity import Identity
from lms.coverage.rules.shares import EXCUSED, OUTSTANDING, TRAINED
from lms.coverage.rules.standings import leader_standing, organisation_standing
from lms.records.models import Duty
from lms.records.queries import duty_stands
from lms.registry.models import Position


@dataclass(frozen=True)
class OrganisationStanding:
    """How an organisation stands, and each post of those who lead it: in the words of rules.standings."""

    standing: str
    leaders: Mapping[int, str]
    """By id of the post."""


def organisation_standings(organisation_ids: Collection[int], day: date) -> dict[int, OrganisationStanding]:
    """How organisations stand on a day, with all that is asked of whoever leads them then. Two statements."""
    held: dict[int, list[int]] = {organisation_id: [] for organisation_id in organisation_ids}
    for position_id, organisation_id in db.session.execute(
        select(Position.id, Position.organisation_id).where(
            Position.organisation_id.in_(held.keys()),
            Position.withdrawn_at.is_(None),
            Position.started_on <= day,
            or_(Position.ended_on.is_(None), Position.ended_on >= day),
        )
    ):
        if organisation_id is not None:
            held[organisation_id].append(position_id)
    duties = _duties_of([position_id for posts in held.values() for position_id in posts], day)
    found = {}
    for organisation_id, posts in held.items():
        leaders = {position_id: leader_standing(duties.get(position_id, [])) for position_id in posts}
        found[organisation_id] = OrganisationStanding(organisation_standing(leaders.values()), leaders)
    return found


def _duties_of(position_ids: Collection[int], day: date) -> dict[int, list[str]]:
    if not position_ids:
        return {}
    who = Identity()
    is_attained = exists().where(
        Attainment.requirement_id == Duty.requirement_id,
        Attainment.person_id == who.one,
        Attainment.started_on <= day,
        or_(Attainment.ended_on.is_(None), Attainment.ended_on >= day),
    )
    asked: Any = select(Duty.position_id, who.is_excused(day), is_attained).select_from(Duty)
    duties: dict[int, list[str]] = {}
    for position_id, is_excused, is_trained in db.session.execute(
        who.joined(asked).where(Duty.position_id.in_(position_ids), *duty_stands(day))
    ):
        standing = EXCUSED if is_excused else TRAINED if is_trained else OUTSTANDING
        duties.setdefault(position_id, []).append(standing)
    return duties
