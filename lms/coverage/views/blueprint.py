"""The blueprint that the pages of coverage stand in, and what their views have in common."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.accounts.models import User
from lms.core.clock import today
from lms.core.i18n import current_locale
from lms.coverage import policies, queries
from lms.records.forms import DayForm
from lms.records.models import Requirement
from lms.records.queries import requirements
from lms.registry.models import Unit
from lms.registry.policies import can_see_unit, led_of, scope_of
from lms.registry.queries import tops_of
from lms.registry.words import full_name
from lms.web.access import require

bp = Blueprint("coverage", __name__)


def me() -> User:
    """The signed-in account itself."""
    user: User = current_user._get_current_object()
    return user


def unit_asked(code: str) -> Unit:
    """The unit of an address, if the reader may see it: in lists, details, files and the API alike."""
    require(policies.can_see_figures(current_user))
    unit = queries.unit_by_code(code)
    if unit is None:
        abort(404)
    require(can_see_unit(current_user, unit))
    return unit


def requirement_asked(code: str) -> Requirement:
    """The requirement of an address."""
    found = next((asked for asked in requirements() if asked.code == code), None)
    if found is None:
        abort(404)
    return found


def requirement_chosen(asking: Sequence[Requirement]) -> Requirement | None:
    """Of some requirements the one that the address names, else the first."""
    code = request.args.get("requirement")
    return next((one for one in asking if one.code == code), asking[0] if asking else None)


def requirement_name(requirement: Requirement) -> str:
    """What it is called in the reader's language."""
    return requirement.name_en if current_locale() == "en" else requirement.name


def trail(unit: Unit, **arguments: Any) -> list[tuple[str | None, str]]:
    """The way down to a unit, as far as the reader may see it."""
    way, step = [unit], unit.parent
    while step is not None:
        way.insert(0, step)
        step = step.parent
    led = led_of(current_user, [one.id for one in way])
    return [
        (url_for("coverage.show_unit", code=queries.code_of(one), **arguments), full_name(one))
        for one in way
        if one.id in led
    ]


def tops_beside() -> Sequence[Unit]:
    """The units that the reader leads, where they are several; of one alone nothing needs to be said or read."""
    scope = scope_of(current_user)
    return tops_of(scope) if len(scope) > 1 else []


def day_argument(day: date) -> str | None:
    """The day as an address carries it; today's addresses carry none, so that a kept link stays of today."""
    return day.isoformat() if day != today() else None


def asked_wrongly(unit: Unit, form: DayForm) -> ResponseReturnValue:
    """Ask again, without figures: those of another day could be taken for what was asked."""
    page = render_template("coverage/ask_again.html", unit=unit, form=form, action=request.path, trail=trail(unit))
    return page, 422


@bp.context_processor
def offer_words() -> dict[str, object]:
    """What templates call things, and how they lead on."""
    return {"unit_name": full_name, "code_of": queries.code_of, "name_of": requirement_name}
