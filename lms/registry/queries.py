"""Reads of units, people, positions and rosters."""

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from lms.accounts.models import User
from lms.core.db import db
from lms.core.secrets import blind_index
from lms.registry.models import (
    Level,
    Organisation,
    Outcome,
    Person,
    Position,
    PositionKind,
    RosterImport,
    RosterRow,
    Unit,
    UnitName,
    UnitSuccession,
)
from lms.registry.rules.names import match_key, place_key, search_key
from lms.registry.rules.plan import Firm, Known, Post, Someone, is_within
from lms.registry.rules.rows import Row
from lms.registry.rules.units import Place, Places, places_of, unit_key

DATA: Final = Path(__file__).parent / "data"
TODAY_LIST: Final = "vn-2025"
CENTRE: Final = "vn"
CHUNK: Final = 500
PAGE: Final = 50
ROWS_PAGE: Final = 100
Thing = TypeVar("Thing")


def chunks(things: Collection[Thing], size: int = CHUNK) -> Iterator[list[Thing]]:
    """Parts of a list small enough for one statement."""
    whole = list(things)
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


def id_number_index(number: str) -> str:
    """The blind index by which a person is found by their personal id."""
    return blind_index("person", number)


# Units


def unit_by_code(code: str, code_list: str = TODAY_LIST) -> Unit | None:
    """The unit that a code means in a list of codes; 'vn' is the whole country."""
    if code == CENTRE:
        return db.session.scalar(select(Unit).where(Unit.level == Level.CENTRAL))
    return db.session.scalar(select(Unit).where(Unit.code_list == code_list, Unit.code == code))


def units_below(tops: Sequence[str]) -> list[Unit]:
    """What a person can choose from: the tops of their scope and the units that exist directly below each."""
    found = db.session.scalars(
        select(Unit).where(
            Unit.valid_to.is_(None),
            or_(Unit.path.in_(tops), Unit.parent_id.in_(select(Unit.id).where(Unit.path.in_(tops)))),
        )
    ).all()
    order = {Level.CENTRAL: 0, Level.PROVINCE: 1, Level.DISTRICT: 2, Level.COMMUNE: 3}
    return sorted(found, key=lambda unit: (order[unit.level], place_key(unit.name)))


@lru_cache(maxsize=1)
def _spellings() -> tuple[tuple[str, str, str], ...]:
    with (DATA / "aliases.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["alias"], row["code_list"], row["code"]) for row in csv.DictReader(file))


def places() -> Places:
    """All units that a roster can name, for looking up."""
    kinds: dict[int, set[str]] = defaultdict(set)
    for unit_id, kind in db.session.execute(select(UnitName.unit_id, UnitName.kind)):
        kinds[unit_id].add(kind.value)
    rows = db.session.execute(
        select(Unit.id, Unit.code_list, Unit.code, Unit.level, Unit.kind, Unit.name, Unit.match_key, Unit.path)
    ).all()
    by_id: dict[int, Place] = {}
    by_code: dict[tuple[str, str], Place] = {}
    for row in rows:
        place = Place(row.id, row.path, row.match_key, row.name, row.kind.value, frozenset(kinds[row.id]))
        by_id[row.id] = by_code[row.code_list, row.code] = place
    next_of = {
        before: by_id[after]
        for before, after in db.session.execute(select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id))
    }
    former, spellings = {}, {}
    for row in rows:
        if row.id in next_of and row.level is Level.PROVINCE:
            former[row.match_key] = next_of[row.id]
    for alias, code_list, code in _spellings():
        meant = by_code.get((code_list, code))
        if meant is not None and code_list == TODAY_LIST:
            spellings[unit_key(alias)] = meant
        elif meant is not None and meant.id in next_of:
            former.setdefault(unit_key(alias), next_of[meant.id])
    today = [row for row in rows if row.code_list == TODAY_LIST]
    return places_of(
        next(by_id[row.id] for row in rows if row.level is Level.CENTRAL),
        [by_id[row.id] for row in today if row.level is Level.PROVINCE],
        [by_id[row.id] for row in today if row.level is Level.COMMUNE],
        former=former,
        spellings=spellings,
    )


# What is known already, for planning a roster


def known_for(rows: Sequence[Row], indexes: dict[int, str], scope: Collection[str] | None) -> Known:
    """Everyone and every organisation that the rows may be about, as working copies.

    indexes: row number → blind index of its personal id.
    """
    with_id = {row.match_key for row in rows if row.number in indexes}
    without_id = {row.match_key for row in rows if row.number not in indexes and row.match_key}
    people: dict[int, Someone] = {}
    for part in chunks(set(indexes.values())):
        _read_people(people, Person.id_number_index.in_(part))
    for part in chunks(without_id):
        _read_people(people, Person.match_key.in_(part))
    for part in chunks(with_id - without_id):
        _read_people(people, and_(Person.match_key.in_(part), Person.id_number_index.is_(None)))
    firms = _known_firms(rows)
    _read_posts(people, firms, scope)
    known = Known(firms=list(firms.values()))
    for someone in people.values():
        known.by_name.setdefault(someone.match_key, []).append(someone)
        if someone.identity is not None:
            known.by_identity[someone.identity] = someone
    return known


def _read_people(people: dict[int, Someone], condition: ColumnElement[bool]) -> None:
    for row in db.session.execute(
        select(
            Person.id,
            Person.full_name,
            Person.match_key,
            Person.id_number_index,
            Person.birth_on,
            Person.sex,
            Person.phone,
            Person.email,
        ).where(condition)
    ):
        people.setdefault(
            row.id,
            Someone(
                id=row.id,
                full_name=row.full_name,
                match_key=row.match_key,
                identity=row.id_number_index,
                birth_on=row.birth_on,
                sex=row.sex.value if row.sex is not None else None,
                phone=row.phone,
                email=row.email,
            ),
        )


def _known_firms(rows: Sequence[Row]) -> dict[int, Firm]:
    firms: dict[int, Firm] = {}
    tax_codes = {row.tax_code for row in rows if row.tax_code}
    named = {(row.unit.id, row.workplace_key) for row in rows if row.unit is not None and row.organisation_kind}
    for part in chunks(tax_codes):
        _read_firms(firms, Organisation.tax_code.in_(part))
    for pairs in chunks(named, CHUNK // 2):
        _read_firms(firms, tuple_(Organisation.unit_id, Organisation.match_key).in_(pairs))
    return firms


def _read_firms(firms: dict[int, Firm], condition: ColumnElement[bool]) -> None:
    for row in db.session.execute(
        select(
            Organisation.id,
            Organisation.name,
            Organisation.match_key,
            Organisation.kind,
            Organisation.unit_id,
            Organisation.tax_code,
        ).where(condition)
    ):
        firm = Firm(row.id, row.name, row.match_key, row.kind.value, row.unit_id, tax_code=row.tax_code)
        firms.setdefault(row.id, firm)


def _read_posts(people: dict[int, Someone], firms: dict[int, Firm], scope: Collection[str] | None) -> None:
    for part in chunks(people):
        posts = db.session.execute(
            select(
                Position.id,
                Position.person_id,
                Position.kind,
                Position.unit_id,
                Position.workplace_key,
                Position.started_on,
                Position.ended_on,
                Position.title,
                Position.workplace,
                Position.level,
                Position.organisation_id,
                Unit.path,
            )
            .join(Unit, Unit.id == Position.unit_id)
            .where(Position.person_id.in_(part))
            .order_by(Position.id)
        ).all()
        missing = {post.organisation_id for post in posts if post.organisation_id is not None} - firms.keys()
        for ids in chunks(missing):
            _read_firms(firms, Organisation.id.in_(ids))
        inside = {post.person_id for post in posts if is_within(post.path, scope)}
        for person_id in part:
            people[person_id].is_inside = scope is None or person_id in inside
        for post in posts:
            people[post.person_id].posts.append(
                Post(
                    id=post.id,
                    kind=post.kind.value,
                    unit_id=post.unit_id,
                    workplace_key=post.workplace_key,
                    started_on=post.started_on,
                    ended_on=post.ended_on,
                    title=post.title,
                    workplace=post.workplace,
                    level=post.level.value if post.level is not None else None,
                    firm=firms.get(post.organisation_id) if post.organisation_id is not None else None,
                )
            )


# People. `visible` is the policy's condition on who may be seen, for statements that read the table.


@dataclass(frozen=True, kw_only=True)
class PeopleFilter:
    """What somebody looks for among the people they may see."""

    text: str = ""
    unit: Unit | None = None
    kind: PositionKind | None = None
    account: str = ""
    """'none', 'invited', 'active' or nothing."""


@dataclass(frozen=True)
class Page:
    """One page of a long list; `next` is the key to ask for the page after it with."""

    items: Sequence[Any]
    next: tuple[str, int] | None = None
    ignores_marks: bool = False
    """Nobody matched with the marks as typed: these match without them."""


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


def _has_marks(text: str) -> bool:
    plain = unicodedata.normalize("NFD", text.casefold())
    return any(unicodedata.combining(sign) for sign in plain) or "đ" in plain


def _asked(visible: ColumnElement[bool], asked: PeopleFilter) -> tuple[list[ColumnElement[bool]], bool]:
    """All conditions, and whether the marks of the text had to be set aside."""
    conditions = _people_conditions(visible, asked)
    text = asked.text.strip()
    if not text:
        return conditions, False
    exact = Person.match_key.contains(match_key(text), autoescape=True)
    loose = Person.search_key.contains(search_key(text), autoescape=True)
    if not _has_marks(text):
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


# Rosters


def latest_imports(visible: ColumnElement[bool], *, most: int = 50) -> Sequence[RosterImport]:
    """The latest rosters that may be seen."""
    return db.session.scalars(
        select(RosterImport)
        .options(joinedload(RosterImport.file))
        .where(visible)
        .order_by(RosterImport.id.desc())
        .limit(most)
    ).all()


def rows_page(roster_import: RosterImport, *, show: str = "", after: int = 0) -> Page:
    """Rows of a roster, by number.

    show: an outcome, 'warned', or nothing for all.
    """
    conditions: list[ColumnElement[bool]] = [
        RosterRow.roster_import_id == roster_import.id,
        RosterRow.number > after,
    ]
    if show == "warned":
        conditions.append(cast(RosterRow.reasons, Text).contains('"severity": "warning"'))
    elif show:
        conditions.append(RosterRow.outcome == Outcome(show))
    rows = db.session.scalars(
        select(RosterRow).where(*conditions).order_by(RosterRow.number).limit(ROWS_PAGE + 1)
    ).all()
    shown = rows[:ROWS_PAGE]
    return Page(shown, ("", shown[-1].number) if len(rows) > ROWS_PAGE else None)


def decided_rows(roster_import: RosterImport) -> list[tuple[int, str, str, list[dict[str, Any]]]]:
    """What was decided when the roster was last looked through: number, label, outcome, reasons."""
    return [
        (row.number, row.label, row.outcome.value, row.reasons)
        for row in db.session.execute(
            select(RosterRow.number, RosterRow.label, RosterRow.outcome, RosterRow.reasons)
            .where(RosterRow.roster_import_id == roster_import.id)
            .order_by(RosterRow.number)
        )
    ]


def refused_rows(roster_import: RosterImport) -> dict[int, list[dict[str, Any]]]:
    """Reasons of the refused rows, by number."""
    return {
        row.number: row.reasons
        for row in db.session.execute(
            select(RosterRow.number, RosterRow.reasons)
            .where(RosterRow.roster_import_id == roster_import.id, RosterRow.outcome == Outcome.REFUSED)
            .order_by(RosterRow.number)
        )
    }
