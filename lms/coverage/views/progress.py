"""Coverage over time: the curve since 2018, the pace to a hundred per cent, who is due next, where to hold classes."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.core.clock import today
from lms.coverage import policies, queries
from lms.coverage.forms import ProgressForm
from lms.coverage.rules.classes import CLASS_SIZE
from lms.coverage.rules.drawing import HEIGHT, STEPS, WIDTH, drawing_of
from lms.coverage.rules.pace import needed_by_month, usual_target
from lms.coverage.rules.shares import ALL
from lms.coverage.views.blueprint import (
    asked_wrongly,
    bp,
    day_argument,
    requirement_asked,
    requirement_chosen,
    tops_beside,
    trail,
    unit_asked,
)
from lms.coverage.words import key_label
from lms.records.forms import DayForm
from lms.records.queries import requirements, version_on
from lms.registry.models import Level, Unit
from lms.registry.policies import scope_of
from lms.registry.queries import tops_of
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id


@bp.get("/coverage/progress")
@signed_in
def show_progresses() -> ResponseReturnValue:
    require(policies.can_see_figures(current_user))
    tops = tops_of(scope_of(current_user))
    return _page(tops[0], tops)


@bp.get("/coverage/units/<code>/progress")
@signed_in
def show_progress(code: str) -> ResponseReturnValue:
    return _page(unit_asked(code), tops_beside())


def _page(unit: Unit, tops: Sequence[Unit]) -> ResponseReturnValue:
    form = ProgressForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    day = form.chosen()
    asking = [one for one in requirements() if one.versions]
    chosen = requirement_chosen(asking)
    told = queries.progress(unit, chosen, form.key.data, day) if chosen is not None else None
    target = form.target_or(usual_target(day, version_on(chosen, day).due_on if chosen is not None else None))
    found = plan = None
    if chosen is not None and unit.level is not Level.COMMUNE:
        found = queries.coverage(unit, day, of=[chosen.code], key=form.key.data)
        plan = queries.classes_of(found) if unit.level is Level.PROVINCE else None

    def here(of: Unit = unit, **changes: Any) -> str:
        kept = {**form.arguments(), "requirement": chosen.code if chosen is not None else None}
        return url_for(".show_progress", code=queries.code_of(of), **{**kept, **changes})

    return render_template(
        "coverage/progress.html",
        unit=unit,
        tops=tops,
        form=form,
        day=day,
        day_argument=day_argument(day),
        asking=asking,
        chosen=chosen,
        told=told,
        drawing=drawing_of(told.points) if told is not None else None,
        sheet={"width": WIDTH, "height": HEIGHT, "steps": STEPS},
        target=target,
        needed=needed_by_month(told.now.outstanding, day, target) if told is not None else None,
        key_label=key_label(form.key.data) if form.key.data != ALL else None,
        by_unit=next((part.by_unit for part in found.detailed), ()) if found is not None else (),
        plan=plan,
        districts=queries.district_names(plan) if plan is not None else {},
        units={line.code: line for part in found.detailed for line in part.by_unit} if found is not None else {},
        class_size=CLASS_SIZE,
        here=here,
        is_country=unit.level is Level.CENTRAL,
        trail=trail(unit, day=day_argument(day)),
    )


@bp.get("/coverage/units/<code>/due/<requirement_code>")
@signed_in
def list_due(code: str, requirement_code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    requirement = requirement_asked(requirement_code)
    form = DayForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    day = form.chosen()
    page = queries.due_next(unit, requirement, day, after=asked_id("after"))

    def here(**more: Any) -> str:
        place = {"day": day_argument(day), **more}
        return url_for(".list_due", code=code, requirement_code=requirement_code, **place)

    return render_template(
        "coverage/due.html",
        unit=unit,
        requirement=requirement,
        form=form,
        day=day,
        day_argument=day_argument(day),
        page=page,
        here=here,
        first_href=here() if asked_id("after") is not None else None,
        next_href=here(after=page.after) if page.after is not None else None,
        trail=trail(unit, day=day_argument(day)),
    )
