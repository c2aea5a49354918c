"""The record of one person: what obliges them, since when, and what they were awarded."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.core.clock import today
from lms.core.i18n import lazy_gettext as _l
from lms.records import queries
from lms.records.forms import DayForm
from lms.records.models import AwardSource
from lms.records.rules import award_counts
from lms.records.views.blueprint import bp
from lms.registry.policies import is_within, scope_of
from lms.registry.words import unit_name
from lms.web.access import require, signed_in

SOURCES = {
    AwardSource.COURSE: _l("Hoàn thành khóa học"),
    AwardSource.PAPER_RECORD: _l("Hồ sơ giấy"),
}


@bp.get("/people/<int:person_id>/record")
@signed_in
def show_record(person_id: int) -> ResponseReturnValue:
    scope = scope_of(current_user)
    require(bool(scope))
    person = queries.person_with_posts(person_id)
    if person is None:
        abort(404)
    require(any(is_within(position.unit.path, scope) for position in person.positions))
    form = DayForm(request.args, today())
    is_valid = form.validate()
    day = form.chosen() if is_valid else today()
    duties = queries.duties_of(person)
    awards = queries.awards_of(person)
    standings = queries.standings([duty for duty in duties if queries.holds_on(duty, day)], awards, day)
    body = render_template(
        "records/record.html",
        person=person,
        form=form,
        is_valid=is_valid,
        day=day,
        standings=standings,
        duties=[duty for duty in duties if is_within(duty.position.unit.path, scope)],
        has_duties_elsewhere=any(not is_within(duty.position.unit.path, scope) for duty in duties),
        awards=awards,
        counts=lambda award: award_counts(award.awarded_on, award.revoked_on, day),
        sources=SOURCES,
        unit_name=unit_name,
    )
    return body, 200 if is_valid else 422
