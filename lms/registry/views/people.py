"""Finding people and looking at one of them."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import gettext as _
from lms.core.secrets import unseal
from lms.registry import policies, queries
from lms.registry.forms import PeopleForm
from lms.registry.models import Person
from lms.registry.rules.id_numbers import masked
from lms.registry.views.blueprint import bp, me
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id

FILTERS = ("q", "unit", "kind", "account")


def account_state(person: Person) -> str:
    """'none', 'invited', 'active' or 'suspended'."""
    if person.account is None:
        return "none"
    if person.account.suspended_at is not None:
        return "suspended"
    return "active" if person.account.activated_at is not None else "invited"


@bp.get("/people")
@signed_in
def list_people() -> ResponseReturnValue:
    require(policies.can_find_people(me()))
    form = PeopleForm(request.args, queries.units_below(policies.scope_of(me())))
    is_valid = form.validate()
    asked = queries.PeopleFilter(
        text=(form.q.data or "") if is_valid else "",
        unit=form.chosen_unit(),
        kind=form.chosen_kind(),
        account=form.account.data or "",
    )
    visible = policies.visible_people(me())
    after = cursor()
    page = queries.people_page(visible, asked, after=after)
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    next_href = url_for(".list_people", **kept, after_key=page.next[0], after_id=page.next[1]) if page.next else None
    body = render_template(
        "registry/people.html",
        form=form,
        page=page,
        count=queries.people_count(visible, asked),
        asked=asked,
        first_href=url_for(".list_people", **kept) if after else None,
        next_href=next_href,
        account_state=account_state,
    )
    return body, 200 if is_valid else 422


def cursor() -> tuple[str, int] | None:
    """Whom or what the page of a long list begins after: the key that it is in order of, and the id."""
    key, number = request.args.get("after_key"), asked_id("after_id")
    return (key, number) if key and number is not None else None


@bp.get("/people/<int:person_id>")
@signed_in
def show_person(person_id: int) -> ResponseReturnValue:
    person = queries.person_with_posts(person_id)
    if person is None:
        abort(404)
    require(policies.can_see_person(me(), person))
    return render_template(
        "registry/person.html",
        person=person,
        id_number=masked(unseal(person.id_number_sealed)) if person.id_number_sealed else _("chưa có"),
        phone=_phone(person),
        account_state=account_state,
        can_invite=policies.can_invite(me(), person),
    )


def _phone(person: Person) -> str | None:
    if person.phone is None or policies.can_see_phone(me(), person):
        return person.phone
    return masked(person.phone)
