"""The figures as pages, from the country down to a commune."""

from collections.abc import Sequence
from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.core.clock import today
from lms.coverage import policies, queries, words
from lms.coverage.forms import FiguresForm
from lms.coverage.queries import Line
from lms.coverage.rules.shares import ALL
from lms.coverage.views.blueprint import asked_wrongly, bp, tops_beside, trail, unit_asked
from lms.registry.models import Level, Unit
from lms.registry.policies import scope_of
from lms.registry.queries import tops_of
from lms.web.access import require, signed_in

SORTS: Final = ("name", "outstanding")
BELOW: Final = "-below-"
"""Stands for a unit's code in an address; no code looks like it."""


@bp.get("/coverage")
@signed_in
def show_overview() -> ResponseReturnValue:
    require(policies.can_see_figures(current_user))
    tops = tops_of(scope_of(current_user))
    return _page(tops[0], tops)


@bp.get("/coverage/units/<code>")
@signed_in
def show_unit(code: str) -> ResponseReturnValue:
    return _page(unit_asked(code), tops_beside())


def _page(unit: Unit, tops: Sequence[Unit]) -> ResponseReturnValue:
    form = FiguresForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    codes = queries.requirement_codes()
    wanted = request.args.get("requirement")
    code = wanted if wanted in codes else next(iter(codes), None)
    found = queries.coverage(
        unit,
        form.chosen(),
        of=[code] if code is not None else [],
        key=form.key.data,
        map_day=form.map_day,
        known_at=form.known_at,
    )
    gaps = queries.gaps(found) if found.key == ALL else {}
    sort = request.args.get("sort") if request.args.get("sort") in SORTS else SORTS[0]
    chosen = next(iter(found.detailed), None)
    lines = _ordered(chosen.by_unit, sort) if chosen is not None else []
    kept = {**form.arguments(), "requirement": code, "sort": sort if sort != SORTS[0] else None}

    def here(**changes: str | None) -> str:
        arguments: dict[str, Any] = {**kept, **changes}
        return url_for(".show_unit", code=queries.code_of(unit), **arguments)

    def there(endpoint: str, of: Unit = unit, **more: Any) -> str:
        """The same question put to another page, or to another unit."""
        return url_for(f".{endpoint}", **{"code": queries.code_of(of), **kept, "sort": None, **more})

    below = there("show_unit", code=BELOW)

    def place(lower: Unit) -> str:
        """The same question put to a unit below: one address is built and filled in for each, there may be hundreds."""
        return below.replace(BELOW, queries.code_of(lower))

    return render_template(
        "coverage/figures.html",
        unit=unit,
        tops=tops,
        found=found,
        form=form,
        chosen=chosen,
        gaps=gaps.get(chosen.requirement.id) if chosen is not None else None,
        lines=[line for line in lines if not queries.is_empty(line)],
        empty_lines=[line for line in lines if queries.is_empty(line)],
        sort=sort,
        here=here,
        there=there,
        place=place,
        kept=kept,
        cut_titles=words.CUT_TITLES,
        key_label=words.key_label(found.key) if found.key != ALL else None,
        is_of_source=found.key.startswith(f"{words.SOURCE}/"),
        known_on=form.known.data if found.known_at is not None else None,
        is_country=unit.level is Level.CENTRAL,
        is_commune=unit.level is Level.COMMUNE,
        trail=trail(unit, **form.arguments()),
    )


def _ordered(lines: Sequence[Line], sort: str | None) -> list[Line]:
    if sort == "outstanding":
        return sorted(lines, key=lambda line: -line.figures.outstanding)
    return list(lines)
