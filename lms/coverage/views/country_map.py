"""The country as a map of squares: one for each province of today, the same figures as in the table below it."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import today
from lms.coverage import queries
from lms.coverage.forms import KeyForm
from lms.coverage.queries import Line
from lms.coverage.rules import tiles
from lms.coverage.rules.shares import ALL
from lms.coverage.views.blueprint import asked_wrongly, bp, day_argument, requirement_chosen, trail, unit_asked
from lms.coverage.words import key_label
from lms.records.queries import requirements
from lms.registry.models import Unit
from lms.registry.queries import CENTRE
from lms.web.access import signed_in


@dataclass(frozen=True)
class Tile:
    """One square: a province of today's map."""

    line: Line
    corner: tuple[int, int]
    shade: int | None
    words: list[str]


@bp.get("/coverage/map")
@signed_in
def show_map() -> ResponseReturnValue:
    """Always today's map, whatever the day of the figures: where a post counts today is known for every post."""
    unit = unit_asked(CENTRE)
    form = KeyForm(request.args, today())
    if not form.validate():
        return asked_wrongly(unit, form)
    day = form.chosen()
    asking = [one for one in requirements() if one.versions]
    chosen = requirement_chosen(asking)
    of = [chosen.code] if chosen is not None else []
    found = queries.coverage(unit, day, of=of, key=form.key.data, map_day=today())
    part = next(iter(found.detailed), None)
    lines = [line for line in part.by_unit if line.unit is not None] if part is not None else []

    def here(**changes: Any) -> str:
        kept = {**form.arguments(), "requirement": chosen.code if chosen is not None else None}
        arguments: dict[str, Any] = {**kept, **changes}
        return url_for(".show_map", **arguments)

    def place(of: Unit) -> str:
        arguments: dict[str, Any] = {**form.arguments(), "requirement": chosen.code if chosen is not None else None}
        return url_for(".show_unit", code=queries.code_of(of), **arguments)

    return render_template(
        "coverage/map.html",
        unit=unit,
        form=form,
        day=day,
        day_argument=day_argument(day),
        asking=asking,
        chosen=chosen,
        part=part,
        lines=[line for line in lines if not queries.is_empty(line)],
        empty_lines=[line for line in lines if queries.is_empty(line)],
        tiles=[_tile(line) for line in lines if line.code in tiles.PLACES],
        islands=[(one, tiles.corner_of(one.place)) for one in tiles.ISLANDS],
        side=tiles.SIDE,
        size=tiles.corner_of((tiles.COLUMNS, tiles.ROWS)),
        key_label=key_label(form.key.data) if form.key.data != ALL else None,
        here=here,
        place=place,
        trail=trail(unit, day=day_argument(day)),
    )


def _tile(line: Line) -> Tile:
    name = line.unit.name if line.unit is not None else line.label
    corner = tiles.corner_of(tiles.PLACES[line.code])
    return Tile(line, corner, tiles.shade_of(line.figures.percent), list(tiles.words_of(name)))
