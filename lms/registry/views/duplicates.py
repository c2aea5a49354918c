"""Persons who may be one: the queue, two of them side by side, merging them and telling them apart again."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.models import User
from lms.core import jobs
from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import gettext as _
from lms.registry import actions, policies, queries
from lms.registry.forms import MergeForm, ReasonForm
from lms.registry.models import DuplicatePair, Person, PersonMerge, Position
from lms.registry.views.blueprint import bp, me
from lms.registry.views.people import account_state, changing, one_or_404, shown_number, shown_phone
from lms.registry.views.posts import post_label
from lms.registry.words import unit_name
from lms.web.access import require, signed_in
from lms.web.arguments import asked_id


@dataclass(frozen=True)
class Side:
    """One of two persons as the page that compares them shows them."""

    person: Person
    names: Sequence[str]
    """Every name under which they are known, the one that counts first."""
    id_number: str | None
    phone: str | None
    posts: Sequence[Position]
    """Those that lie within the reader's scope."""
    elsewhere_count: int
    account: User | None


def side_of(person: Person) -> Side:
    """A person for comparing, with what the reader may see."""
    people = queries.people_of_one(person)
    posts = [post for row in people for post in row.positions if post.withdrawn_at is None]
    seen = policies.posts_in_scope(me(), posts)
    return Side(
        person=people[0],
        names=list(dict.fromkeys(row.full_name for row in people)),
        id_number=shown_number(people),
        phone=shown_phone(people[0]),
        posts=sorted(seen, key=lambda post: post.started_on, reverse=True),
        elsewhere_count=len(posts) - len(seen),
        account=next((row.account for row in people if row.account is not None), None),
    )


# The queue


@bp.get("/duplicates")
@signed_in
def list_duplicates() -> ResponseReturnValue:
    require(policies.can_find_people(me()))
    after = asked_id("after") or 0
    page = queries.waiting_pairs(policies.visible_people(me()), after=after)
    people = {person.id: person for _pair, *both in page.items for person in both}
    posts = queries.posts_held(people.values(), policies.visible_posts(me()))
    return render_template(
        "registry/duplicates.html",
        page=page,
        where={
            pair.id: "; ".join(dict.fromkeys(unit_name(post.unit) for one in both for post in posts[one.id]))
            for pair, *both in page.items
        },
        may_find=policies.can_find_duplicates(me()),
        first_href=url_for(".list_duplicates") if after else None,
        next_href=url_for(".list_duplicates", after=page.next) if page.next else None,
    )


@bp.post("/duplicates/find")
@signed_in
def find_duplicates() -> ResponseReturnValue:
    require(policies.can_find_duplicates(me()))
    country = queries.unit_by_code(queries.CENTRE) or abort(404)
    job = jobs.ask(actions.FIND_DUPLICATES, country, by=me(), at=now())
    db.session.commit()
    return redirect(url_for("jobs.show_job", job_id=job.id), 303)


@bp.get("/duplicates/<int:pair_id>")
@signed_in
def show_pair(pair_id: int) -> ResponseReturnValue:
    pair, first, second = _pair_or_404(pair_id)
    return _pair_page(pair, first, second, _merge_form(first, second))


@bp.post("/duplicates/<int:pair_id>/merge")
@signed_in
def merge_pair(pair_id: int) -> ResponseReturnValue:
    pair, first, second = _pair_or_404(pair_id)
    require(policies.can_merge(me(), first, second))
    form = _merge_form(first, second)
    if form.validate():
        try:
            kept = _merge(form, first, second)
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
            pair, first, second = _pair_or_404(pair_id)
        else:
            return redirect(url_for(".show_person", person_id=kept.id), 303)
    return _pair_page(pair, first, second, form), 422


@bp.post("/duplicates/<int:pair_id>/apart")
@signed_in
def tell_apart(pair_id: int) -> ResponseReturnValue:
    pair, first, second = _pair_or_404(pair_id)
    require(policies.can_merge(me(), first, second))
    actions.tell_apart(pair, by=me(), at=now())
    db.session.commit()
    flash(_("Đã ghi: đây là hai người khác nhau. Hệ thống sẽ không hỏi lại về hai người này."), "good")
    return redirect(url_for(".list_duplicates"), 303)


def _pair_or_404(pair_id: int) -> tuple[DuplicatePair, Person, Person]:
    pair = queries.pair_by_id(pair_id) or abort(404)
    first, second = one_or_404(pair.first_id)[0], one_or_404(pair.second_id)[0]
    return pair, first, second


def _pair_page(pair: DuplicatePair, first: Person, second: Person, form: MergeForm) -> str:
    return render_template(
        "registry/duplicate.html",
        pair=pair,
        is_one=first.id == second.id,
        sides=[side_of(first), side_of(second)],
        form=form,
        may_decide=policies.can_merge(me(), first, second),
        account_state=account_state,
    )


# Merging two whom somebody found


@bp.get("/people/<int:person_id>/merge")
@signed_in
def choose_other(person_id: int) -> ResponseReturnValue:
    person = changing(person_id)
    text = request.args.get("q", "").strip()[:120]
    found = queries.people_page(policies.visible_people(me()), queries.PeopleFilter(text=text)) if text else None
    return render_template(
        "registry/merge_search.html",
        person=person,
        text=text,
        found=[one for one in found.items if one.id != person.id] if found else None,
        is_long=found is not None and found.next is not None,
        posts=queries.posts_held(found.items, policies.visible_posts(me())) if found else {},
    )


@bp.get("/people/<int:person_id>/merge/<int:other_id>")
@signed_in
def show_both(person_id: int, other_id: int) -> ResponseReturnValue:
    person, other = changing(person_id), changing(other_id)
    if person.id == other.id:
        return redirect(url_for(".show_person", person_id=person.id))
    return _merge_page(person, other, _merge_form(person, other))


@bp.post("/people/<int:person_id>/merge/<int:other_id>")
@signed_in
def merge_people(person_id: int, other_id: int) -> ResponseReturnValue:
    person, other = changing(person_id), changing(other_id)
    form = _merge_form(person, other)
    if not form.validate():
        return _merge_page(person, other, form), 422
    try:
        kept = _merge(form, person, other)
    except DomainError as refusal:
        # Somebody else has decided meanwhile: the person's page says how it stands now.
        db.session.rollback()
        flash(str(refusal), "warning")
        return redirect(url_for(".show_person", person_id=person_id), 303)
    return redirect(url_for(".show_person", person_id=kept.id), 303)


def _merge_form(first: Person, second: Person) -> MergeForm:
    likely = min((first, second), key=lambda one: (one.id_number_index is None, one.id))
    form = MergeForm(data={"kept": str(likely.id)})
    form.offer(first, second)
    return form


def _merge(form: MergeForm, first: Person, second: Person) -> Person:
    """Merge the two as the form says, committed; the one that is kept."""
    kept, lost = (first, second) if form.kept.data == str(first.id) else (second, first)
    actions.merge_people(lost, kept, reason=form.reason.data or "", by=me(), at=now())
    db.session.commit()
    flash(_("Đã gộp làm một. Từ nay người này chỉ được đếm một lần, với cả hai quá trình."), "good")
    return kept


def _merge_page(person: Person, other: Person, form: MergeForm) -> str:
    return render_template(
        "registry/merge.html",
        person=person,
        sides=[side_of(person), side_of(other)],
        form=form,
        account_state=account_state,
    )


# Telling them apart again


@bp.get("/duplicates/merges/<int:merge_id>")
@signed_in
def show_merge(merge_id: int) -> ResponseReturnValue:
    return _undo_page(_merge_or_404(merge_id), ReasonForm(formdata=None))


@bp.post("/duplicates/merges/<int:merge_id>/undo")
@signed_in
def undo_merge(merge_id: int) -> ResponseReturnValue:
    merge = _merge_or_404(merge_id)
    require(policies.can_undo_merge(me(), merge))
    form = ReasonForm()
    if form.validate():
        try:
            freed = actions.undo_merge(merge, reason=form.reason.data or "", by=me(), at=now())
        except DomainError as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
            merge = _merge_or_404(merge_id)
        else:
            db.session.commit()
            flash(_("Đã tách thành hai người. Mỗi người lại được tính theo quá trình của mình."), "good")
            return redirect(url_for(".show_person", person_id=freed.id), 303)
    return _undo_page(merge, form), 422


def _merge_or_404(merge_id: int) -> PersonMerge:
    merge = queries.merge_by_id(merge_id) or abort(404)
    require(policies.can_see_person(me(), db.session.get_one(Person, merge.from_id)))
    return merge


def _undo_page(merge: PersonMerge, form: ReasonForm) -> str:
    freed, kept = (db.session.get_one(Person, one) for one in (merge.from_id, merge.into_id))
    return render_template(
        "registry/merge_undo.html",
        merge=merge,
        freed=freed,
        kept=kept,
        posts=[post_label(post) for post in policies.posts_in_scope(me(), freed.positions)],
        form=form,
        may_undo=merge.undone_at is None and policies.can_undo_merge(me(), merge),
    )
