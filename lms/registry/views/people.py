"""People: finding them, what is known of one, entering one, correcting that."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.models import User
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import gettext as _
from lms.core.secrets import unseal
from lms.registry import actions, policies, queries
from lms.registry.forms import IdNumberForm, NewOfficialForm, PeopleForm, PersonForm
from lms.registry.models import Level, Person
from lms.registry.rules.id_numbers import masked, read_id_number
from lms.registry.views.blueprint import bp, me
from lms.registry.views.places import find_commune
from lms.registry.words import finding_text
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id
from lms.web.forms import Form

FILTERS = ("q", "unit", "kind", "account")


def account_state(account: User | None) -> str:
    """'none', 'invited', 'active' or 'suspended'."""
    if account is None:
        return "none"
    if account.suspended_at is not None:
        return "suspended"
    return "active" if account.activated_at is not None else "invited"


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
        posts=queries.posts_held(page.items, policies.visible_posts(me())),
        accounts=queries.accounts_of(page.items),
        count=queries.people_count(visible, asked),
        asked=asked,
        is_narrowed=bool(kept),
        first_href=url_for(".list_people", **kept) if after else None,
        next_href=next_href,
        account_state=account_state,
    )
    return body, 200 if is_valid else 422


def cursor() -> tuple[str, int] | None:
    """Whom or what the page of a long list begins after: the key that it is in order of, and the id."""
    key, number = request.args.get("after_key"), asked_id("after_id")
    return (key, number) if key and number is not None else None


@bp.get("/people/new")
@signed_in
def new_person() -> ResponseReturnValue:
    require(policies.can_find_people(me()))
    return render_template("registry/person_new.html", form=_official_form())


@bp.post("/people/new")
@signed_in
def add_person() -> ResponseReturnValue:
    require(policies.can_find_people(me()))
    form = _official_form()
    if form.validate():
        require(policies.can_see_unit(me(), form.chosen_unit()))
        try:
            added = actions.add_person(
                form.facts(), id_number=form.id_number.data, posts=[form.facts_of_post()], by=me(), at=now()
            )
            require(not policies.is_oneself(me(), added.person))
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
        else:
            db.session.commit()
            if added.is_new:
                flash(_("Đã thêm %(name)s vào danh bạ.", name=added.person.full_name), "good")
            else:
                flash(_("Số định danh này đã có trong danh bạ, cùng tên: chức vụ được ghi thêm cho người ấy."), "info")
            for finding in added.findings:
                flash(finding_text(finding), "warning")
            return redirect(url_for(".show_person", person_id=added.person.id), 303)
    return render_template("registry/person_new.html", form=form), 422


def _official_form() -> NewOfficialForm:
    form = NewOfficialForm(data={"started_on": today(), "level": Level.COMMUNE.value})
    form.offer_units(queries.units_below(policies.scope_of(me())), find_commune)
    return form


@bp.get("/people/<int:person_id>")
@signed_in
def show_person(person_id: int) -> ResponseReturnValue:
    people = one_or_404(person_id)
    person = people[0]
    if person.id != person_id:
        return redirect(url_for(".show_person", person_id=person.id))
    posts = sorted(
        (post for row in people for post in row.positions),
        key=lambda post: (post.withdrawn_at is None, post.started_on, post.id),
        reverse=True,
    )
    seen = policies.posts_in_scope(me(), posts)
    excuses = queries.excuses_of(people)
    account = queries.accounts_of(people[:1]).get(person.id)
    return render_template(
        "registry/person.html",
        person=person,
        merges=queries.merges_into(person) if len(people) > 1 else [],
        names_of={row.id: row for row in people},
        pairs=queries.waiting_pairs_of(person, policies.visible_people(me())),
        id_number=shown_number(people),
        phone=shown_phone(person),
        posts=seen,
        elsewhere_count=sum(post.withdrawn_at is None for post in posts)
        - sum(post.withdrawn_at is None for post in seen),
        excuses=[one for one in excuses if one.position_id is None or one.position in seen],
        day=today(),
        account_state=account_state(account),
        can_invite=policies.can_invite(me(), person),
        may_change=policies.can_change_person(me(), person),
        may_add=policies.can_add_post(me(), person),
        is_oneself=policies.is_oneself(me(), person),
    )


def one_or_404(person_id: int) -> list[Person]:
    """The human being known under an id: the person that counts first, then those merged into it."""
    person = queries.person_by_id(person_id) or abort(404)
    require(policies.can_see_person(me(), person))
    return queries.people_of_one(person)


def carried_out(form: Form, person_id: int, act: Callable[[], object], said: str) -> ResponseReturnValue | None:
    """Act, commit and lead back to the person; None where it was refused, which the form says then.

    After a refusal nothing is known any more that was read before it: the caller reads it again.
    """
    try:
        act()
    except DomainError as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal))
        return None
    db.session.commit()
    flash(said, "good")
    return redirect(url_for(".show_person", person_id=person_id), 303)


def changing(person_id: int) -> Person:
    """The person that counts, whom the account may change."""
    person = one_or_404(person_id)[0]
    require(policies.can_change_person(me(), person))
    return person


def shown_number(people: Sequence[Person]) -> str | None:
    """The personal id of a human being, as it may be shown."""
    sealed = next((row.id_number_sealed for row in people if row.id_number_sealed is not None), None)
    return masked(unseal(sealed)) if sealed is not None else None


def shown_phone(person: Person) -> str | None:
    """Somebody's telephone, whole for those who call their people."""
    if person.phone is None or policies.can_see_phone(me(), person):
        return person.phone
    return masked(person.phone)


@bp.get("/people/<int:person_id>/edit")
@signed_in
def edit_person(person_id: int) -> ResponseReturnValue:
    person = changing(person_id)
    return render_template("registry/person_form.html", person=person, form=_person_form(person))


@bp.post("/people/<int:person_id>/edit")
@signed_in
def change_person(person_id: int) -> ResponseReturnValue:
    person = changing(person_id)
    form = _person_form(person)
    if form.validate():
        done = carried_out(
            form,
            person.id,
            lambda: actions.correct_person(person, form.facts(), by=me(), at=now()),
            _("Đã lưu thông tin cá nhân."),
        )
        if done is not None:
            return done
        person = changing(person_id)
    return render_template("registry/person_form.html", person=person, form=form), 422


def _person_form(person: Person) -> PersonForm:
    data = {name: getattr(person, name) for name in ("full_name", "birth_on", "phone", "email")}
    return PersonForm(data={**data, "sex": person.sex.value if person.sex is not None else ""})


@bp.get("/people/<int:person_id>/id-number")
@signed_in
def edit_id_number(person_id: int) -> ResponseReturnValue:
    return _number_page(changing(person_id), IdNumberForm())


@bp.post("/people/<int:person_id>/id-number")
@signed_in
def change_id_number(person_id: int) -> ResponseReturnValue:
    person = changing(person_id)
    form = IdNumberForm()
    other = None
    if form.validate():
        try:
            findings = actions.set_id_number(person, form.id_number.data or "", by=me(), at=now())
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
            person = changing(person_id)
            other = _owner_seen(form.id_number.data or "")
        else:
            db.session.commit()
            flash(_("Đã lưu số định danh cá nhân."), "good")
            for finding in findings:
                flash(finding_text(finding), "warning")
            return redirect(url_for(".show_person", person_id=person.id), 303)
    return _number_page(person, form, other), 422


def _owner_seen(typed: str) -> Person | None:
    """Whom a number belongs to, if it is somebody whom the account sees anyway: of others nothing is told."""
    number = read_id_number(typed, sex=None, birth_on=None).number
    owner = queries.person_by_id_number(number) if number is not None else None
    return owner if owner is not None and policies.can_see_person(me(), owner) else None


def _number_page(person: Person, form: IdNumberForm, other: Person | None = None) -> str:
    return render_template(
        "registry/id_number.html",
        person=person,
        form=form,
        owner=other,
        id_number=shown_number(queries.people_of_one(person)),
    )
