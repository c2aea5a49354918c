"""Reads of people. `visible` is the policy's condition on who may be seen, for statements that read Person."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.accounts.models import User
from lms.core.db import db
from lms.registry.models import Person, Position, PositionKind, Unit
from lms.registry.queries.known import id_number_index
from lms.registry.queries.parts import PAGE, Page, chunks
from lms.registry.rules.names import has_marks, match_key, search_key


@dataclass(frozen=True, kw_only=True)
class PeopleFilter:
    """What somebody looks for among the people they may see."""

    text: str = ""
    unit: Unit | None = None
    kind: PositionKind | None = None
    account: str = ""
    """'none', 'invited', 'active' or nothing."""


def _has_post(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select(Position.id)
        .join(Unit, Unit.id == Position.unit_id)
        .where(Position.person_id == Person.id, Position.ended_on.is_(None), *conditions)
        .correlate(Person)
    )


def _people_conditions(visible: ColumnElement[bool], asked: PeopleFilter) -> list[ColumnElement[bool]]:
    conditions = [visible]
    post: list[ColumnElement[bool]] = []
    if asked.unit is not None:
        path = asked.unit.path
        post.append(or_(Unit.path == path, Unit.path.startswith(f"{path}/", autoescape=True)))
    if asked.kind is not None:
        post.append(Position.kind == asked.kind)
    if post:
        conditions.append(_has_post(*post))
    if asked.account == "none":
        conditions.append(Person.account_id.is_(None))
    elif asked.account in ("invited", "active"):
        activated = exists(
            select(User.id).where(User.id == Person.account_id, User.activated_at.is_not(None)).correlate(Person)
        )
        conditions.append(and_(Person.account_id.is_not(None), activated if asked.account == "active" else ~activated))
    return conditions


def _asked(visible: ColumnElement[bool], asked: PeopleFilter) -> tuple[list[ColumnElement[bool]], bool]:
    """All conditions, and whether the marks of the text had to be set aside."""
    conditions = _people_conditions(visible, asked)
    text = asked.text.strip()
    if not text:
        return conditions, False
    exact = Person.match_key.contains(match_key(text), autoescape=True)
    loose = Person.search_key.contains(search_key(text), autoescape=True)
    if not has_marks(text):
        return [*conditions, loose], False
    if db.session.scalar(select(exists(select(Person.id).where(*conditions, exact)))):
        return [*conditions, exact], False
    return [*conditions, loose], True


def people_page(visible: ColumnElement[bool], asked: PeopleFilter, *, after: tuple[str, int] | None = None) -> Page:
    """People that may be seen, by given name. With marks they count; if nobody matches so, without them."""
    conditions, ignores_marks = _asked(visible, asked)
    if after is not None:
        conditions.append(or_(Person.sort_key > after[0], and_(Person.sort_key == after[0], Person.id > after[1])))
    people = db.session.scalars(
        select(Person)
        .options(
            selectinload(Person.positions).joinedload(Position.unit).joinedload(Unit.parent),
            joinedload(Person.account),
        )
        .where(*conditions)
        .order_by(Person.sort_key, Person.id)
        .limit(PAGE + 1)
    ).all()
    shown = people[:PAGE]
    more = (shown[-1].sort_key, shown[-1].id) if len(people) > PAGE else None
    return Page(shown, more, ignores_marks)


def people_count(visible: ColumnElement[bool], asked: PeopleFilter) -> int:
    """How many people match."""
    return db.session.scalar(select(func.count(Person.id)).where(*_asked(visible, asked)[0])) or 0


def person_with_posts(person_id: int) -> Person | None:
    """One person with their posts, units and account."""
    return db.session.scalar(
        select(Person)
        .options(
            selectinload(Person.positions).joinedload(Position.unit).joinedload(Unit.parent),
            selectinload(Person.positions).joinedload(Position.organisation),
            joinedload(Person.account),
        )
        .where(Person.id == person_id)
    )


def person_by_id_number(number: str) -> Person | None:
    """The row that holds a personal id, whether it counts or was merged into another."""
    return db.session.scalar(select(Person).where(Person.id_number_index == id_number_index(number)))


def match_keys_of_one(person: Person) -> set[str]:
    """Every name under which a human being is known, folded for comparing."""
    return set(db.session.scalars(select(Person.match_key).where(Person.id.in_(ids_of_one(person)))))


def ids_of_one(person: Person) -> list[int]:
    """Every id under which a human being is known: the one that counts, and those merged into it."""
    one = person.merged_into_id or person.id
    return [one, *db.session.scalars(select(Person.id).where(Person.merged_into_id == one).order_by(Person.id))]


def people_by_ids(visible: ColumnElement[bool], ids: Collection[int]) -> list[Person]:
    """Those of these people that may be seen, in the order of lists."""
    found: list[Person] = []
    for part in chunks(set(ids)):
        found.extend(
            db.session.scalars(
                select(Person)
                .options(
                    selectinload(Person.positions).joinedload(Position.unit),
                    joinedload(Person.account).selectinload(User.names),
                )
                .where(Person.id.in_(part), visible)
            )
        )
    return sorted(found, key=lambda person: (person.sort_key, person.id))


def people_without_account(visible: ColumnElement[bool], unit: Unit, *, most: int) -> list[int]:
    """Ids of people who hold a post in a unit or below it and have no account yet."""
    asked = PeopleFilter(unit=unit, account="none")
    return list(
        db.session.scalars(
            select(Person.id)
            .where(*_people_conditions(visible, asked))
            .order_by(Person.sort_key, Person.id)
            .limit(most)
        )
    )
