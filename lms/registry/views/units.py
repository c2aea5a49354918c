"""Units: finding one by name or code in every list, and one unit through its days."""

from collections.abc import Sequence
from typing import Final

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from lms.core.clock import today
from lms.registry import policies, queries
from lms.registry.forms import FindUnitForm, UnitDayForm
from lms.registry.models import Level, SuccessionKind, Unit
from lms.registry.queries import finding, settling
from lms.registry.rules.names import place_key
from lms.registry.views.blueprint import bp, me
from lms.registry.words import CODE_LISTS, SUCCESSION_KINDS
from lms.web.access import require, signed_in

COUNTED: Final = (Level.COMMUNE, Level.DISTRICT)
"""Levels of which it is told what stands there; what stands in a province is on the pages of coverage."""


@bp.get("/units")
@signed_in
def list_units() -> ResponseReturnValue:
    require(policies.can_find_units(me()))
    form = FindUnitForm(request.args)
    is_valid = form.validate()
    text = (form.q.data or "").strip() if is_valid else ""
    country = queries.unit_by_code(queries.CENTRE)
    found = finding.find_units(text, is_today=bool(form.today.data)) if text else None
    body = render_template(
        "registry/units.html",
        form=form,
        text=text,
        found=found,
        provinces=_in_order(queries.units_on_map(country, today())) if country is not None else [],
        code_of=code_of,
    )
    return body, 200 if is_valid else 422


def code_of(unit: Unit) -> str:
    """How an address names a unit: '68' in today's list, 'vn-2004:67' in another."""
    return unit.path.rpartition("/")[2]


def _in_order(units: Sequence[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (place_key(unit.name), unit.id))


@bp.get("/units/<code>")
@signed_in
def show_unit(code: str) -> ResponseReturnValue:
    require(policies.can_find_units(me()))
    code_list, _colon, number = code.rpartition(":")
    unit = finding.unit_at(number, code_list or queries.TODAY_LIST) or abort(404)
    form = UnitDayForm(request.args, today())
    is_valid = form.validate()
    day = form.chosen() if is_valid else today()
    names = finding.names_of(unit)
    before, after = finding.successions_of(unit)
    below = _in_order(queries.units_on_map(unit, day))
    is_led = policies.can_see_unit(me(), unit)
    body = render_template(
        "registry/unit.html",
        unit=unit,
        form=form,
        day=day,
        is_today=day == today(),
        names=names,
        above=queries.units_by_ids({name.parent_id for name in names if name.parent_id is not None}),
        of_the_day=finding.named_on([unit.id, *(one.id for one in below)], day),
        before=[one for one in before if one.kind is not SuccessionKind.ABOLISH],
        districts=[one for one in before if one.kind is SuccessionKind.ABOLISH],
        after=after,
        below=below,
        same_code=finding.same_code(unit),
        extents=finding.earlier_extents(unit),
        resolutions=queries.resolutions_on(unit),
        standing=finding.standing_in(unit, today()) if is_led and unit.level in COUNTED else None,
        is_led=is_led,
        is_divided=settling.divided_unit(unit.id) is not None,
        code_of=code_of,
        code_lists=CODE_LISTS,
        succession_kinds=SUCCESSION_KINDS,
    )
    return body, 200 if is_valid else 422
