"""Reads of positions as the clauses of requirements look at them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from lms.core.db import db
from lms.records.rules import Post
from lms.registry.models import Organisation, Position, Unit, UnitReach


def posts_where(condition: ColumnElement[bool]) -> list[Row[Any]]:
    """Positions with what the clauses look at of them and of the organisations that are led, by id.

    Those that were entered by mistake are left out: nobody ever held them.
    """
    found: Any = db.session.execute(
        select(
            Position.id,
            Position.person_id,
            Position.kind,
            Position.level,
            Position.unit_id,
            Position.settled_unit_id,
            Position.started_on,
            Position.ended_on,
            Organisation.kind.label("organisation_kind"),
            Organisation.product_group,
            Organisation.origin,
            Organisation.joined_on,
            Organisation.left_on,
        )
        .outerjoin(Position.organisation)
        .where(condition, Position.withdrawn_at.is_(None))
        .order_by(Position.id)
    )
    return list(found)


def paths_within(posts: Sequence[Row[Any]]) -> dict[int, frozenset[str]]:
    """For each unit of these positions the paths of all units in which it counts."""
    units = {post.unit_id for post in posts} | {post.settled_unit_id for post in posts if post.settled_unit_id}
    paths: dict[int, set[str]] = {}
    for unit_id, path in db.session.execute(
        select(UnitReach.unit_id, Unit.path)
        .join(Unit, Unit.id == UnitReach.within_id)
        .where(UnitReach.unit_id.in_(sorted(units)))
    ):
        paths.setdefault(unit_id, set()).add(path)
    return {unit_id: frozenset(found) for unit_id, found in paths.items()}


def post_of(row: Row[Any], paths: Mapping[int, Iterable[str]]) -> Post:
    """A position as the rules take it.

    paths: see `paths_within`; a position that was said to lie in another unit counts in both.
    """
    return Post(
        kind=row.kind,
        level=row.level,
        organisation_kind=row.organisation_kind,
        product_group=row.product_group,
        origin=row.origin,
        within=frozenset(paths.get(row.unit_id, ())).union(paths.get(row.settled_unit_id, ())),
    )
