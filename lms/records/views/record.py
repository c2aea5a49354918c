"""The record of one person: why they are counted or not, requirement by requirement, and what they were awarded."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.clock import today
from lms.records import policies, queries
from lms.records.forms import KnownForm
from lms.records.rules import Decision
from lms.records.views.blueprint import bp, me
from lms.registry.models import Person, Position
from lms.registry.policies import posts_in_scope
from lms.web.access import require, signed_in


@bp.get("/people/<int:person_id>/record")
@signed_in
def show_record(person_id: int) -> ResponseReturnValue:
    people = _load(person_id)
    require(policies.can_see_record(me(), people))
    return _record_page(people[0], is_own=False)


@bp.get("/people/<int:person_id>/record/<requirement_code>")
@signed_in
def show_reason(person_id: int, requirement_code: str) -> ResponseReturnValue:
    people = _load(person_id)
    require(policies.can_see_record(me(), people))
    return _reason_page(people[0], requirement_code, is_own=False)


@bp.get("/my/record")
@signed_in
def show_own_record() -> ResponseReturnValue:
    person = queries.person_of(me())
    if person is None:
        return render_template("records/nobody.html")
    return _record_page(queries.people_of_one(person)[0], is_own=True)


@bp.get("/my/record/<requirement_code>")
@signed_in
def show_own_reason(requirement_code: str) -> ResponseReturnValue:
    person = queries.person_of(me())
    if person is None:
        return render_template("records/nobody.html")
    return _reason_page(queries.people_of_one(person)[0], requirement_code, is_own=True)


def _load(person_id: int) -> list[Person]:
    person = queries.person_with_posts(person_id) or abort(404)
    return queries.people_of_one(person)


def _record_page(person: Person, *, is_own: bool) -> ResponseReturnValue:
    form = KnownForm(request.args, today())
    is_valid = form.validate()
    explanations = queries.explain_all(person, form.chosen(), form.known_at()) if is_valid else []
    body = render_template(
        "records/record.html",
        **_shared(person, form, is_own),
        is_valid=is_valid,
        concerned=[why for why in explanations if why.decision is not Decision.NOT_OBLIGED],
        unconcerned=[why for why in explanations if why.decision is Decision.NOT_OBLIGED],
        merged=queries.people_of_one(person, form.known_at() if is_valid else None)[1:],
        awards=queries.awards_of(person),
        application_key=secrets.token_hex(16),
        may_change=not is_own and policies.can_change_awards(me(), queries.people_of_one(person)),
    )
    return body, 200 if is_valid else 422


def _reason_page(person: Person, requirement_code: str, *, is_own: bool) -> ResponseReturnValue:
    requirement = queries.requirement_by_code(requirement_code) or abort(404)
    form = KnownForm(request.args, today())
    is_valid = form.validate()
    why = queries.explain(person, requirement, form.chosen(), form.known_at()) if is_valid else None
    body = render_template(
        "records/reason.html",
        **_shared(person, form, is_own),
        requirement=requirement,
        why=why,
        is_visible=_visibility([] if why is None else why.posts, is_own),
        units=queries.units_named(requirement.versions),
    )
    return body, 200 if is_valid else 422


def _shared(person: Person, form: KnownForm, is_own: bool) -> dict[str, Any]:
    """What both pages of a record need."""

    def here(requirement_code: str | None = None) -> str:
        arguments: dict[str, Any] = {name: request.args[name] for name in ("day", "known_on") if request.args.get(name)}
        if not is_own:
            arguments["person_id"] = person.id
        endpoint = ("own_record" if is_own else "record", "own_reason" if is_own else "reason")
        if requirement_code is None:
            return url_for(f".show_{endpoint[0]}", **arguments)
        return url_for(f".show_{endpoint[1]}", requirement_code=requirement_code, **arguments)

    return {"person": person, "form": form, "is_own": is_own, "here": here}


def _visibility(posts: Sequence[Position], is_own: bool) -> Callable[[Position], bool]:
    """Whether a post may be told of: where one lies that is not the reader's business is not told."""
    seen = {post.id for post in (posts if is_own else posts_in_scope(me(), posts))}
    return lambda position: position.id in seen
