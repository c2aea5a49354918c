"""What coverage says on pages of the registry, which asks without knowing whom: how organisations stand."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from flask import Flask

from lms.core.i18n import lazy_gettext as _l
from lms.coverage.queries.standings import organisation_standings
from lms.coverage.rules.shares import EXCUSED, OUTSTANDING, TRAINED
from lms.coverage.rules.standings import LEADERLESS, NOT_OBLIGED
from lms.registry.models import Organisation
from lms.registry.signals import standing_asked
from lms.registry.words import Mark, Standing

ORGANISATION_MARKS: Final = {
    TRAINED: Mark(_l("Được bao phủ"), "good"),
    OUTSTANDING: Mark(_l("Lãnh đạo còn phải học"), "warning"),
    EXCUSED: Mark(_l("Lãnh đạo được tạm miễn"), "info"),
    LEADERLESS: Mark(_l("Chưa rõ lãnh đạo"), "bad"),
    NOT_OBLIGED: Mark(_l("Không thuộc diện"), "neutral"),
}
LEADER_MARKS: Final = {
    TRAINED: Mark(_l("Đã học xong"), "good"),
    OUTSTANDING: Mark(_l("Còn phải học"), "warning"),
    EXCUSED: Mark(_l("Tạm miễn"), "info"),
    NOT_OBLIGED: Mark(_l("Không thuộc diện"), "neutral"),
}


def init_app(_app: Flask) -> None:
    """Answer when the registry asks."""
    standing_asked.connect(_tell_standings)


def _tell_standings(
    _sender: object, *, organisations: Sequence[Organisation], on: date, **_more: object
) -> dict[int, Standing]:
    told = organisation_standings([organisation.id for organisation in organisations], on)
    return {
        organisation_id: Standing(
            ORGANISATION_MARKS[found.standing],
            {position_id: LEADER_MARKS[standing] for position_id, standing in found.leaders.items()},
        )
        for organisation_id, found in told.items()
    }
