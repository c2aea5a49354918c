"""What is done to a single post."""

from datetime import date, datetime

from lms.core import audit
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.registry.models import Position
from lms.registry.signals import positions_changed


def end_position(position: Position, on: date, *, by: audit.Actor | None, at: datetime) -> None:
    """Close a post. Ending it again on the same day changes nothing.

    on: its last day.
    """
    if on < position.started_on:
        raise InvalidInput(_l("Ngày kết thúc không được trước ngày bắt đầu."))
    if position.ended_on == on:
        return
    position.ended_on = on
    audit.record("registry.end_position", position, by=by, at=at, ended_on=on.isoformat())
    db.session.flush()
    positions_changed.send(position, position_ids=[position.id], at=at)
