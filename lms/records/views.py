"""The record of one person: what obliges them, since when, and what they were awarded."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.core.clock import today
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.records import actions, policies, queries
from lms.records.forms import DayForm
from lms.records.models import AwardSource
from lms.records.rules import award_counts
from lms.registry.models import Person
from lms.web.access import require, signed_in

bp = Blueprint("records", __name__)
SOURCES = {
    AwardSource.COURSE: _l("Hoàn thành khóa học"),
    AwardSource.PAPER_RECORD: _l("Hồ sơ giấy"),
}


def init_app(app: Flask) -> None:
    """Offer the page, and let duties follow the registry."""
    app.register_blueprint(bp)
    actions.connect()


@bp.get("/people/<int:person_id>/record")
@signed_in
def show_record(person_id: int) -> ResponseReturnValue:
    scopes = policies.scopes(current_user)
    require(bool(scopes))
    person = db.get_or_404(Person, person_id)
    require(policies.can_see_record(scopes, queries.positions_of(person)))
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
        duties=[duty for duty in duties if policies.covers(scopes, duty.position.unit)],
        has_duties_elsewhere=any(not policies.covers(scopes, duty.position.unit) for duty in duties),
        awards=awards,
        counts=lambda award: award_counts(award.awarded_on, award.revoked_on, day),
        sources=SOURCES,
    )
    return body, 200 if is_valid else 422
