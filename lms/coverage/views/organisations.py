"""Organisations as coverage counts them: covered when whoever leads them is trained."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import today
from lms.coverage import queries
from lms.coverage.views.blueprint import asked_wrongly, bp, day_argument, requirement_chosen, trail, unit_asked
from lms.records.forms import DayForm
from lms.records.queries import requirements
from lms.registry.words import ORGANISATION_KINDS
from lms.web.access import signed_in


@bp.get("/coverage/units/<code>/organisations")
@signed_in
def show_organisations(code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    form = DayForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    day = form.chosen()
    asking = [one for one in requirements() if one.versions and queries.asks_leaders(one, day)]
    chosen = requirement_chosen(asking)

    def here(requirement_code: str) -> str:
        return url_for(".show_organisations", code=code, day=day_argument(day), requirement=requirement_code)

    return render_template(
        "coverage/organisations.html",
        unit=unit,
        day=day,
        day_argument=day_argument(day),
        form=form,
        asking=asking,
        chosen=chosen,
        lines=queries.organisations(unit, chosen, day) if chosen is not None else [],
        kinds=ORGANISATION_KINDS,
        here=here,
        trail=trail(unit, day=day_argument(day)),
    )
