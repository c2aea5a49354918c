"""The figures for other programs, as JSON: the same question, the same lines, the same scope as on the pages.

Described in docs/api.md. Reading only, by a signed-in session; names of people are not given here.
"""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from lms.core.clock import today
from lms.coverage import queries
from lms.coverage.forms import FiguresForm
from lms.coverage.views.blueprint import bp, unit_asked
from lms.coverage.views.files import figures_asked
from lms.web.access import signed_in


@bp.get("/api/coverage/units/<code>")
@signed_in
def read_figures(code: str) -> ResponseReturnValue:
    unit = unit_asked(code)
    form = FiguresForm(request.args, today())
    if not form.validate():
        return jsonify(errors=form.errors), 422
    return jsonify(queries.as_json(figures_asked(unit, form, request.args)))
