"""Saying where the posts and organisations of a divided commune lie now, and taking that back."""

from collections.abc import Collection, Sequence
from datetime import datetime

from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import gettext as _
from lms.registry.models import Organisation, Position, Unit
from lms.registry.queries import settling
from lms.registry.rules.names import tidy
from lms.registry.signals import positions_changed

Thing = Position | Organisation


def settle(
    divided: Unit,
    where: Unit,
    *,
    post_ids: Collection[int],
    organisation_ids: Collection[int],
    reason: str,
    by: audit.Actor | None,
    at: datetime,
) -> int:
    """Write down in which part of a divided commune posts and organisations lie; people count there at once.

    The posts of those who lead an organisation go with it. What they were in the divided commune stays on the maps of
    its days. Returns how many things were settled. Raises InvalidInput for a place that is no part of it, DomainError
    where somebody else has said it in the meantime.
    """
    reason = _reason(reason)
    parts = settling.parts_of([divided.id])[divided.id]
    if where.id not in parts:
        raise InvalidInput(_("Nơi được chọn không phải là một phần của đơn vị đã chia."))
    posts, organisations = _chosen(divided, post_ids, organisation_ids)
    if any(thing.settled_unit_id in parts for thing in _things(posts, organisations)):
        raise DomainError(_("Vừa có người xác định nơi hiện nay của một trong số này. Xin xem lại danh sách."))
    _write(posts, organisations, where, "registry.settle", reason=reason, by=by, at=at)
    return len(posts) + len(organisations)


def unsettle(
    divided: Unit,
    *,
    post_ids: Collection[int],
    organisation_ids: Collection[int],
    reason: str,
    by: audit.Actor | None,
    at: datetime,
) -> int:
    """Take back where posts and organisations were said to lie: they wait again. Returns how many."""
    reason = _reason(reason)
    posts, organisations = _chosen(divided, post_ids, organisation_ids)
    if any(thing.settled_unit_id is None for thing in _things(posts, organisations)):
        raise DomainError(_("Một trong số này vừa được bỏ xác định. Xin xem lại danh sách."))
    _write(posts, organisations, None, "registry.unsettle", reason=reason, by=by, at=at)
    return len(posts) + len(organisations)


def _reason(reason: str) -> str:
    reason = tidy(reason)
    if not reason:
        raise InvalidInput(_("Hãy ghi lý do."))
    return reason


def _chosen(
    divided: Unit, post_ids: Collection[int], organisation_ids: Collection[int]
) -> tuple[Sequence[Position], Sequence[Organisation]]:
    posts = settling.posts_to_settle(divided, post_ids)
    organisations = settling.organisations_to_settle(divided, organisation_ids)
    if not posts and not organisations:
        raise InvalidInput(_("Chưa chọn chức vụ hay chủ thể nào."))
    return posts, organisations


def _things(posts: Sequence[Position], organisations: Sequence[Organisation]) -> list[Thing]:
    """All of them, organisations first; each post once."""
    return [*organisations, *{post.id: post for post in posts}.values()]


def _write(
    posts: Sequence[Position],
    organisations: Sequence[Organisation],
    where: Unit | None,
    act: str,
    *,
    reason: str,
    by: audit.Actor | None,
    at: datetime,
) -> None:
    things = _things([*posts, *settling.posts_led_at(organisations)], organisations)
    place = where.path if where is not None else None
    for thing in things:
        was = thing.settled_unit_id
        thing.settled_unit_id = where.id if where is not None else None
        audit.record(act, thing, by=by, at=at, where=place, was_unit_id=was, reason=reason)
    db.session.flush()
    moved = [thing.id for thing in things if isinstance(thing, Position)]
    if moved:
        positions_changed.send("registry", position_ids=moved, at=at)
