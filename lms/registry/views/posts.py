"""One person's posts and excuses: entered, corrected, ended, taken back."""

from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from lms.core.clock import now, today
from lms.core.i18n import gettext as _
from lms.registry import actions, policies, queries
from lms.registry.actions import PostFacts
from lms.registry.forms import EndForm, ExcuseForm, LeaderPostForm, PostForm, ReasonForm, unit_data
from lms.registry.models import Excuse, Level, Person, Position
from lms.registry.views.blueprint import bp, me
from lms.registry.views.people import carried_out, one_or_404
from lms.registry.views.places import find_commune
from lms.registry.words import POSITION_KINDS, unit_name
from lms.web.access import require, signed_in


@bp.get("/people/<int:person_id>/posts/new")
@signed_in
def new_post(person_id: int) -> ResponseReturnValue:
    person = _gaining(person_id)
    return render_template("registry/post_new.html", person=person, form=_post_form(None))


@bp.post("/people/<int:person_id>/posts/new")
@signed_in
def add_post(person_id: int) -> ResponseReturnValue:
    person = _gaining(person_id)
    form = _post_form(None)
    if form.validate():
        require(policies.can_see_unit(me(), form.chosen_unit()))
        done = carried_out(
            form,
            person.id,
            lambda: actions.add_position(person, form.facts_of_post(), by=me(), at=now()),
            _("Đã thêm chức vụ."),
        )
        if done is not None:
            return done
        person = _gaining(person_id)
    return render_template("registry/post_new.html", person=person, form=form), 422


def _gaining(person_id: int) -> Person:
    person = one_or_404(person_id)[0]
    require(policies.can_add_post(me(), person))
    return person


def _post_form(post: Position | None) -> PostForm:
    units = queries.units_below(policies.scope_of(me()))
    data: dict[str, Any] = {"started_on": today(), "level": Level.COMMUNE.value}
    if post is not None and post.level is not None:
        data = {name: getattr(post, name) for name in ("title", "workplace", "started_on", "ended_on")}
        data["level"] = post.level.value
        data |= unit_data(post.unit, offers_country=any(unit.level is Level.CENTRAL for unit in units))
    form = PostForm(data=data)
    form.offer_units(units, find_commune, kept=post.unit if post is not None else None)
    return form


@bp.get("/people/<int:person_id>/posts/<int:position_id>")
@signed_in
def show_post(person_id: int, position_id: int) -> ResponseReturnValue:
    person, post = _post_or_404(person_id, position_id)
    return _post_page(person, post)


@bp.post("/people/<int:person_id>/posts/<int:position_id>/correct")
@signed_in
def correct_post(person_id: int, position_id: int) -> ResponseReturnValue:
    person, post = _post_or_404(person_id, position_id)
    form = _correction_form(post)
    if form.validate():
        facts = _facts(form, post)
        require(facts.unit.id == post.unit_id or policies.can_see_unit(me(), facts.unit))
        done = carried_out(
            form,
            person.id,
            lambda: actions.correct_position(post, facts, by=me(), at=now()),
            _("Đã sửa chức vụ. Số liệu của mọi ngày được tính theo thông tin đúng."),
        )
        if done is not None:
            return done
        person, post = _post_or_404(person_id, position_id)
    return _post_page(person, post, correction=form), 422


@bp.post("/people/<int:person_id>/posts/<int:position_id>/end")
@signed_in
def end_post(person_id: int, position_id: int) -> ResponseReturnValue:
    person, post = _post_or_404(person_id, position_id)
    form = EndForm()
    if form.validate():
        done = carried_out(
            form,
            person.id,
            lambda: actions.end_position(post, form.chosen_day(), by=me(), at=now()),
            _("Đã ghi kết thúc chức vụ."),
        )
        if done is not None:
            return done
        person, post = _post_or_404(person_id, position_id)
    return _post_page(person, post, end=form), 422


@bp.post("/people/<int:person_id>/posts/<int:position_id>/withdraw")
@signed_in
def withdraw_post(person_id: int, position_id: int) -> ResponseReturnValue:
    person, post = _post_or_404(person_id, position_id)
    form = ReasonForm()
    if form.validate():
        done = carried_out(
            form,
            person.id,
            lambda: actions.withdraw_position(post, reason=form.reason.data or "", by=me(), at=now()),
            _("Đã rút chức vụ ghi nhầm."),
        )
        if done is not None:
            return done
        person, post = _post_or_404(person_id, position_id)
    return _post_page(person, post, withdrawal=form), 422


def _post_or_404(person_id: int, position_id: int) -> tuple[Person, Position]:
    person = one_or_404(person_id)[0]
    post = queries.post_of(person, position_id) or abort(404)
    require(policies.can_change_post(me(), post))
    return person, post


def _correction_form(post: Position) -> PostForm | LeaderPostForm:
    if post.organisation is None:
        return _post_form(post)
    return LeaderPostForm(data={name: getattr(post, name) for name in ("title", "started_on", "ended_on")})


def _facts(form: PostForm | LeaderPostForm, post: Position) -> PostFacts:
    if isinstance(form, PostForm):
        return form.facts_of_post()
    assert post.organisation is not None
    return form.facts(post.unit, post.organisation)


def _post_page(
    person: Person,
    post: Position,
    *,
    correction: PostForm | LeaderPostForm | None = None,
    end: EndForm | None = None,
    withdrawal: ReasonForm | None = None,
) -> str:
    return render_template(
        "registry/post.html",
        person=person,
        post=post,
        correction=correction or _correction_form(post),
        end=end or EndForm(formdata=None, data={"on": post.ended_on or today()}),
        withdrawal=withdrawal or ReasonForm(formdata=None),
        sent=correction or end or withdrawal,
    )


# Excuses


@bp.get("/people/<int:person_id>/excuses/new")
@signed_in
def new_excuse(person_id: int) -> ResponseReturnValue:
    person, form = _excusing(person_id)
    return render_template("registry/excuse_new.html", person=person, form=form)


@bp.post("/people/<int:person_id>/excuses/new")
@signed_in
def add_excuse(person_id: int) -> ResponseReturnValue:
    person, form = _excusing(person_id)
    if form.validate():
        done = carried_out(
            form,
            person.id,
            lambda: actions.excuse(person, form.facts(), by=me(), at=now()),
            _("Đã ghi tạm miễn. Trong những ngày ấy người này được đếm riêng."),
        )
        if done is not None:
            return done
        person = one_or_404(person_id)[0]
    return render_template("registry/excuse_new.html", person=person, form=form), 422


def _excusing(person_id: int) -> tuple[Person, ExcuseForm]:
    """The person, and the form with what the account may excuse them from: everything, or posts of its own area."""
    people = one_or_404(person_id)
    person = people[0]
    standing = [post for row in people for post in row.positions if post.withdrawn_at is None]
    posts = [post for post in policies.posts_in_scope(me(), standing) if policies.can_change_post(me(), post)]
    may_all = policies.can_change_person(me(), person)
    require(may_all or bool(posts))
    form = ExcuseForm(data={"started_on": today()})
    form.offer_posts(posts, [post_label(post) for post in posts], may_all=may_all)
    return person, form


def post_label(post: Position) -> str:
    """A post in one line: what, where."""
    title = post.title or str(POSITION_KINDS[post.kind])
    return f"{title}, {post.workplace or unit_name(post.unit)}"


@bp.get("/people/<int:person_id>/excuses/<int:excuse_id>")
@signed_in
def show_excuse(person_id: int, excuse_id: int) -> ResponseReturnValue:
    person, excuse = _excuse_or_404(person_id, excuse_id)
    return _excuse_page(person, excuse)


@bp.post("/people/<int:person_id>/excuses/<int:excuse_id>/end")
@signed_in
def end_excuse(person_id: int, excuse_id: int) -> ResponseReturnValue:
    person, excuse = _excuse_or_404(person_id, excuse_id)
    form = EndForm()
    if form.validate():
        done = carried_out(
            form,
            person.id,
            lambda: actions.end_excuse(excuse, form.chosen_day(), by=me(), at=now()),
            _("Đã ghi ngày cuối của thời gian tạm miễn."),
        )
        if done is not None:
            return done
        person, excuse = _excuse_or_404(person_id, excuse_id)
    return _excuse_page(person, excuse, end=form), 422


@bp.post("/people/<int:person_id>/excuses/<int:excuse_id>/withdraw")
@signed_in
def withdraw_excuse(person_id: int, excuse_id: int) -> ResponseReturnValue:
    person, excuse = _excuse_or_404(person_id, excuse_id)
    form = ReasonForm()
    if form.validate():
        done = carried_out(
            form,
            person.id,
            lambda: actions.withdraw_excuse(excuse, reason=form.reason.data or "", by=me(), at=now()),
            _("Đã rút ghi tạm miễn: những ngày ấy được tính như chưa từng tạm miễn."),
        )
        if done is not None:
            return done
        person, excuse = _excuse_or_404(person_id, excuse_id)
    return _excuse_page(person, excuse, withdrawal=form), 422


def _excuse_or_404(person_id: int, excuse_id: int) -> tuple[Person, Excuse]:
    person = one_or_404(person_id)[0]
    excuse = queries.excuse_of(person, excuse_id) or abort(404)
    require(policies.can_change_excuse(me(), excuse))
    return person, excuse


def _excuse_page(
    person: Person, excuse: Excuse, *, end: EndForm | None = None, withdrawal: ReasonForm | None = None
) -> str:
    return render_template(
        "registry/excuse.html",
        person=person,
        excuse=excuse,
        what=post_label(excuse.position) if excuse.position is not None else _("Mọi chức vụ"),
        end=end or EndForm(formdata=None, data={"on": excuse.ended_on or today()}),
        withdrawal=withdrawal or ReasonForm(formdata=None),
        sent=end or withdrawal,
    )
