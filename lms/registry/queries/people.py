"""Reads of people. `visible` is the policy's condition on who may be seen, for statements that read Person."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from lms.accounts.models import User
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.registry.models import Ethnicity, Excuse, Person, Position, PositionKind, Unit, UnitReach
from lms.registry.queries.known import id_number_index
from lms.registry.queries.parts import PAGE, Page, chunks
from lms.registry.rules.id_numbers import read_id_number
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
    """Whether somebody holds a post, under the row that counts or under one that was merged into it.

    Two questions, and no set of ids asked for each person: PostgreSQL then goes by the index for the one, and reads
    those few who are merged once for the other.
    """
    merged = aliased(Person)
    held = (Position.ended_on.is_(None), *conditions)
    own = select(Position.id).where(Position.person_id == Person.id, *held).correlate(Person)
    through = select(merged.merged_into_id).join(Position, Position.person_id == merged.id)
    return or_(exists(own), Person.id.in_(through.where(merged.merged_into_id > 0, *held)))


def _people_conditions(visible: ColumnElement[bool], asked: PeopleFilter) -> list[ColumnElement[bool]]:
    conditions = [visible, Person.merged_into_id.is_(None)]
    post: list[ColumnElement[bool]] = []
    if asked.unit is not None:
        inside = select(UnitReach.unit_id).where(UnitReach.within_id == asked.unit.id)
        post.append(or_(Position.unit_id.in_(inside), Position.settled_unit_id.in_(inside)))
    if asked.kind is not None:
        post.append(Position.kind == asked.kind)
    if post:
        conditions.append(_has_post(*post))
    if asked.account == "none":
        conditions.append(~_has_account())
    elif asked.account in ("invited", "active"):
        is_active = _has_account(User.activated_at.is_not(None))
        conditions.append(is_active if asked.account == "active" else and_(_has_account(), ~is_active))
    return conditions


def _has_account(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    merged = aliased(Person)
    own = select(User.id).where(User.id == Person.account_id, *conditions).correlate(Person)
    through = select(merged.merged_into_id).join(User, User.id == merged.account_id)
    return or_(exists(own), Person.id.in_(through.where(merged.merged_into_id > 0, *conditions)))


def _asked(visible: ColumnElement[bool], asked: PeopleFilter) -> tuple[list[ColumnElement[bool]], bool]:
    """All conditions, and whether the marks of the text had to be set aside."""
    conditions = _people_conditions(visible, asked)
    text = asked.text.strip()
    if not text:
        return conditions, False
    number = read_id_number(text, sex=None, birth_on=None).number
    if number is not None:
        return [*conditions, _known_by(lambda row: row.id_number_index == id_number_index(number))], False
    exact = _known_by(lambda row: row.match_key.contains(match_key(text), autoescape=True))
    loose = _known_by(lambda row: row.search_key.contains(search_key(text), autoescape=True))
    if not has_marks(text):
        return [*conditions, loose], False
    if db.session.scalar(select(exists(select(Person.id).where(*conditions, exact)))):
        return [*conditions, exact], False
    return [*conditions, loose], True


def _known_by(condition: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether something holds of the row that counts, or of one that was merged into it."""
    merged = aliased(Person)
    return or_(
        condition(Person),
        Person.id.in_(select(merged.merged_into_id).where(merged.merged_into_id > 0, condition(merged))),
    )


def people_page(visible: ColumnElement[bool], asked: PeopleFilter, *, after: tuple[str, int] | None = None) -> Page:
    """People that may be seen, by given name. With marks they count; if nobody matches so, without them."""
    conditions, ignores_marks = _asked(visible, asked)
    if after is not None:
        conditions.append(or_(Person.sort_key > after[0], and_(Person.sort_key == after[0], Person.id > after[1])))
    people = db.session.scalars(
        select(Person)
        .options(joinedload(Person.account))
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


def posts_held(people: Collection[Person], visible: ColumnElement[bool]) -> dict[int, list[Position]]:
    """The posts that people hold today, by the id of the person: those that may be seen, of merged ones too."""
    held: dict[int, list[Position]] = {person.id: [] for person in people}
    one = func.coalesce(Person.merged_into_id, Person.id)
    rows = db.session.execute(
        select(one, Position)
        .join(Person, Person.id == Position.person_id)
        .options(joinedload(Position.unit).joinedload(Unit.parent))
        .where(_is_of(held), Position.ended_on.is_(None), visible)
        .order_by(Position.started_on, Position.id)
    )
    for one_id, position in rows:
        held[one_id].append(position)
    return held


def accounts_of(people: Collection[Person]) -> dict[int, User]:
    """The account of each of these people who has one, under the row that counts or under one merged into it."""
    found = {person.id: person.account for person in people if person.account is not None}
    rest = {person.id for person in people} - found.keys()
    if rest:
        rows = db.session.execute(
            select(func.coalesce(Person.merged_into_id, Person.id), User)
            .join(User, User.id == Person.account_id)
            .where(Person.merged_into_id.in_(rest))
            .order_by(Person.id)
        )
        for one_id, account in rows:
            found.setdefault(one_id, account)
    return found


def _is_of(ids: Collection[int]) -> ColumnElement[bool]:
    return or_(Person.id.in_(ids), Person.merged_into_id.in_(ids))


def person_by_id(person_id: int) -> Person | None:
    """One person with the account."""
    return db.session.scalar(select(Person).options(joinedload(Person.account)).where(Person.id == person_id))


def person_with_posts(person_id: int) -> Person | None:
    """One person with their posts, units and account."""
    return db.session.scalar(
        select(Person).options(*_WITH_POSTS, joinedload(Person.account)).where(Person.id == person_id)
    )


_WITH_POSTS: Final[tuple[ORMOption, ...]] = (
    selectinload(Person.positions).joinedload(Position.unit).joinedload(Unit.parent),
    selectinload(Person.positions).joinedload(Position.organisation),
)


def people_of_one(person: Person) -> list[Person]:
    """A human being: the person that counts, then those merged into it, each with their posts and account."""
    one = person.merged_into_id or person.id
    people = db.session.scalars(
        select(Person).options(*_WITH_POSTS, joinedload(Person.account)).where(_is_of([one])).order_by(Person.id)
    ).all()
    return sorted(people, key=lambda row: (row.id != one, row.id))


def excuses_of(people: Collection[Person]) -> Sequence[Excuse]:
    """Every excuse of these people, the latest first, withdrawn ones too."""
    return db.session.scalars(
        select(Excuse)
        .options(joinedload(Excuse.position).joinedload(Position.unit))
        .where(Excuse.person_id.in_({person.id for person in people}))
        .order_by(Excuse.started_on.desc(), Excuse.id.desc())
    ).all()


def excuse_of(person: Person, excuse_id: int) -> Excuse | None:
    """One excuse of a human being; none of somebody else's."""
    return db.session.scalar(
        select(Excuse)
        .options(joinedload(Excuse.position).joinedload(Position.unit))
        .where(Excuse.id == excuse_id, Excuse.person_id.in_(ids_of_one(person)))
    )


def post_of(person: Person, position_id: int) -> Position | None:
    """One post of a human being; none of somebody else's."""
    return db.session.scalar(
        select(Position)
        .options(joinedload(Position.unit).joinedload(Unit.parent), joinedload(Position.organisation))
        .where(Position.id == position_id, Position.person_id.in_(ids_of_one(person)))
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


def ethnicity_of(person: Person) -> Ethnicity | None:
    """What is kept of a human being's ethnic group. To be asked by actions that write down that it was read."""
    found = db.session.scalars(select(Ethnicity).where(Ethnicity.person_id.in_(ids_of_one(person))))
    one = person.merged_into_id or person.id
    return min(found, key=lambda kept: (kept.person_id != one, kept.person_id), default=None)


@dataclass(frozen=True)
class LogPage:
    """One page of the log, the latest first; `next` is the id to ask for what came before with."""

    items: Sequence[tuple[AuditEntry, Person, User | None]]
    next: int | None = None


def ethnicity_log(*, before: int | None = None) -> LogPage:
    """Every reading and changing of ethnic groups, the latest first."""
    asked = select(AuditEntry, Person, User).where(AuditEntry.subject_kind == Ethnicity.__tablename__)
    if before is not None:
        asked = asked.where(AuditEntry.id < before)
    rows = db.session.execute(
        asked.join(Person, Person.id == AuditEntry.subject_id)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .order_by(AuditEntry.id.desc())
        .limit(PAGE + 1)
    ).all()
    shown = [(entry, person, actor) for entry, person, actor in rows[:PAGE]]
    return LogPage(shown, shown[-1][0].id if len(rows) > PAGE else None)
