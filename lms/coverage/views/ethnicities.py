"""The figures by ethnic group: asked for with a purpose, shown once, and written down each time."""

from collections.abc import Mapping

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.coverage import actions
from lms.coverage.forms import EthnicitiesForm
from lms.coverage.queries.ethnicities import readings_of
from lms.coverage.rules import Figures
from lms.coverage.rules.small_cells import LEAST, guarded
from lms.coverage.views.blueprint import bp, me, requirement_chosen, requirement_name, trail, unit_asked
from lms.records.models import Requirement
from lms.records.queries import requirements
from lms.registry.models import Level, Unit
from lms.registry.policies import can_read_ethnicity_log
from lms.web.access import signed_in


@bp.get("/coverage/units/<code>/ethnicities")
@signed_in
def ask_ethnicities(code: str) -> ResponseReturnValue:
    """Shows nothing yet: first it is said what for."""
    unit, asking = _unit(code), _asking()
    chosen = requirement_chosen(asking)
    usual = {"day": today(), "requirement": chosen.code if chosen is not None else None}
    return _page(unit, _form(None, asking, usual))


@bp.post("/coverage/units/<code>/ethnicities")
@signed_in
def read_ethnicities(code: str) -> ResponseReturnValue:
    """The answer to this POST is the page itself: an address that shows it would be read without a word."""
    unit, asking = _unit(code), _asking()
    form = _form(request.form, asking, None)
    if not form.validate():
        return _page(unit, form), 422
    requirement = next(one for one in asking if one.code == form.requirement.data)
    try:
        told = actions.read_ethnicities(
            unit, requirement, form.chosen(), purpose=form.purpose.data or "", by=me(), at=now()
        )
    except InvalidInput as refusal:
        form.purpose.errors = [str(refusal)]
        return _page(unit, form), 422
    db.session.commit()
    return _page(unit, form, requirement, told)


def _unit(code: str) -> Unit:
    """Of a commune or a former unit nothing is told by ethnic group: too few people stand behind each number."""
    unit = unit_asked(code)
    if unit.level not in (Level.CENTRAL, Level.PROVINCE):
        abort(404)
    return unit


def _asking() -> list[Requirement]:
    return [one for one in requirements() if one.versions]


def _form(arguments: Mapping[str, str] | None, asking: list[Requirement], usual: object) -> EthnicitiesForm:
    return EthnicitiesForm(arguments, today(), [(one.code, requirement_name(one)) for one in asking], data=usual)


def _page(
    unit: Unit,
    form: EthnicitiesForm,
    requirement: Requirement | None = None,
    told: Mapping[str, Figures] | None = None,
) -> str:
    return render_template(
        "coverage/ethnicities.html",
        unit=unit,
        form=form,
        requirement=requirement,
        total=sum(figures.obliged for figures in told.values()) if told is not None else None,
        lines=guarded(told) if told is not None else None,
        least=LEAST,
        log=readings_of(unit, actions.READ) if can_read_ethnicity_log(current_user) else None,
        trail=trail(unit),
    )
