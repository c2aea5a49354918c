"""Reads of classes on paper: whom they name, what entering them would change, and who may be put in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from lms.accounts.models import User
from lms.core.db import db
from lms.records import rules
from lms.records.models import Award, Duty, PaperClass, PaperClassPerson, Qualification
from lms.records.queries.awards import award_counts, earned_by
from lms.records.queries.duties import duty_stands
from lms.records.queries.requirements import versions_in_effect
from lms.records.rules import Demand, Outlook, Pasted, earliest_counting, outlook_of
from lms.registry.models import Excuse, Person, Position, Unit, UnitReach
from lms.registry.queries import chunks, id_number_index
from lms.registry.rules.names import has_marks, match_key, search_key

PAGE: Final = 50
NEW_ID: Final = 2**31
"""An award that is not written yet comes after all that are."""
WITH_POSTS: Final = selectinload(Person.positions).options(joinedload(Position.unit), joinedload(Position.organisation))


def paper_class_with_all(class_id: int) -> PaperClass | None:
    """A class with its document, files and people, and the posts of each."""
    return db.session.scalar(
        select(PaperClass)
        .where(PaperClass.id == class_id)
        .options(
            joinedload(PaperClass.unit),
            joinedload(PaperClass.qualification),
            selectinload(PaperClass.evidence),
            selectinload(PaperClass.people).options(WITH_POSTS),
        )
    )


def paper_class_by_key(key: str) -> PaperClass | None:
    """The class that was begun on a page."""
    return db.session.scalar(select(PaperClass).where(PaperClass.key == key))


def paper_class_in_place_of(wrong: PaperClass) -> PaperClass | None:
    """The class that took the place of a wrong one."""
    return db.session.scalar(select(PaperClass).where(PaperClass.corrects_id == wrong.id))


def paper_classes_page(
    visible: ColumnElement[bool], *, after: int | None = None
) -> tuple[list[tuple[PaperClass, int]], int | None]:
    """Classes with how many people each names, latest first, and the id to go on from."""
    people = (
        select(func.count())
        .where(PaperClassPerson.paper_class_id == PaperClass.id)
        .correlate(PaperClass)
        .scalar_subquery()
    )
    asked = select(PaperClass, people).where(visible).order_by(PaperClass.id.desc()).limit(PAGE + 1)
    if after is not None:
        asked = asked.where(PaperClass.id < after)
    rows = db.session.execute(asked.options(joinedload(PaperClass.unit), joinedload(PaperClass.qualification))).all()
    shown = [(row[0], row[1]) for row in rows[:PAGE]]
    return shown, shown[-1][0].id if len(rows) > PAGE else None


def awards_of_class(of: PaperClass) -> list[Award]:
    """What was awarded on the papers of a class, revoked or not, by name."""
    return list(
        db.session.scalars(
            select(Award)
            .join(Award.person)
            .where(Award.paper_class_id == of.id)
            .options(joinedload(Award.person), joinedload(Award.qualification), selectinload(Award.evidence))
            .order_by(Person.sort_key, Award.id)
        )
    )


# What entering a class would change


@dataclass(frozen=True)
class _One:
    """One human being as an award of a class meets them."""

    is_visible: bool
    is_own: bool
    earned: Sequence[rules.Earned]
    obliging: Mapping[int, Collection[int]]
    """Version → positions by which it obliges on the day."""
    excused: Collection[int | None]


def outlooks(
    people: Sequence[Person],
    qualification: Qualification,
    *,
    awarded_on: date,
    hours: int | None,
    day: date,
    visible: ColumnElement[bool],
    by: User,
) -> dict[int, Outlook]:
    """What an award would change for each of many people, by id; the number of statements does not depend on how many.

    visible: the policy's condition on Person.
    """
    asked_by = {version.id: version.asked for version in versions_in_effect() if version.span.holds_on(day)}
    new = rules.Earned(NEW_ID, qualification.id, awarded_on, hours=hours)
    found: dict[int, Outlook] = {}
    for part in chunks(people):
        for person_id, one in _facts_of(part, day, visible, by).items():
            demands = [
                Demand(asked_by[version_id], None in one.excused or set(positions) <= set(one.excused))
                for version_id, positions in one.obliging.items()
                if version_id in asked_by
            ]
            if not one.is_visible:
                found[person_id] = Outlook.OUT_OF_SCOPE
            elif one.is_own:
                found[person_id] = Outlook.OWN
            else:
                found[person_id] = outlook_of(new, demands, one.earned, day)
    return found


def _facts_of(people: Sequence[Person], day: date, visible: ColumnElement[bool], by: User) -> dict[int, _One]:
    ones = {person.id: person.merged_into_id or person.id for person in people}
    counting = sorted(set(ones.values()))
    holders = {
        row.id: row
        for row in db.session.execute(
            select(
                Person.id,
                func.coalesce(Person.merged_into_id, Person.id).label("one"),
                Person.account_id,
                visible.label("is_visible"),
            ).where(or_(Person.id.in_(counting), Person.merged_into_id.in_(counting)))
        )
    }
    ids = list(holders)
    earned: dict[int, list[rules.Earned]] = {}
    for award in db.session.scalars(select(Award).where(Award.person_id.in_(ids))):
        earned.setdefault(holders[award.person_id].one, []).append(earned_by(award))
    obliging: dict[int, dict[int, set[int]]] = {}
    for duty in db.session.execute(
        select(Duty.person_id, Duty.version_id, Duty.position_id).where(Duty.person_id.in_(ids), *duty_stands(day))
    ):
        mine = obliging.setdefault(holders[duty.person_id].one, {})
        mine.setdefault(duty.version_id, set()).add(duty.position_id)
    excused: dict[int, set[int | None]] = {}
    for excuse in db.session.execute(
        select(Excuse.person_id, Excuse.position_id).where(
            Excuse.person_id.in_(ids),
            Excuse.withdrawn_at.is_(None),
            Excuse.started_on <= day,
            or_(Excuse.ended_on.is_(None), Excuse.ended_on >= day),
        )
    ):
        excused.setdefault(holders[excuse.person_id].one, set()).add(excuse.position_id)
    return {
        person_id: _One(
            any(row.is_visible for row in holders.values() if row.one == one),
            any(row.account_id == by.id for row in holders.values() if row.one == one),
            earned.get(one, ()),
            obliging.get(one, {}),
            excused.get(one, ()),
        )
        for person_id, one in ones.items()
    }


# Finding whom to put in


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Whom somebody looks for to put into a class."""

    text: str = ""
    unit: Unit | None = None
    is_lacking: bool = True
    """Only those whom something obliges to have the qualification and who do not have it."""

    @property
    def is_asked(self) -> bool:
        return bool(self.text.strip() or self.unit is not None)


def candidates(
    asked: Candidates, of: PaperClass, *, day: date, visible: ColumnElement[bool], most: int = PAGE
) -> tuple[list[Person], int]:
    """People who may be put into a class and are not in it yet, by name, and how many there are in all."""
    conditions = [
        visible,
        Person.merged_into_id.is_(None),
        Person.id.not_in(select(PaperClassPerson.person_id).where(PaperClassPerson.paper_class_id == of.id)),
    ]
    if asked.text.strip():
        by_key = Person.match_key if has_marks(asked.text) else Person.search_key
        key = match_key(asked.text) if has_marks(asked.text) else search_key(asked.text)
        conditions.append(by_key.contains(key, autoescape=True))
    if asked.unit is not None:
        inside = select(UnitReach.unit_id).where(UnitReach.within_id == asked.unit.id)
        conditions.append(
            Person.id.in_(
                select(Position.person_id).where(
                    or_(Position.unit_id.in_(inside), Position.settled_unit_id.in_(inside)),
                    Position.withdrawn_at.is_(None),
                    or_(Position.ended_on.is_(None), Position.ended_on >= day),
                )
            )
        )
    if asked.is_lacking:
        conditions.append(_lacks(of.qualification_id, day))
    count = db.session.scalar(select(func.count(Person.id)).where(*conditions)) or 0
    people = db.session.scalars(
        select(Person).where(*conditions).options(WITH_POSTS).order_by(Person.sort_key, Person.id).limit(most)
    ).all()
    return list(people), count


def _lacks(qualification_id: int, day: date) -> ColumnElement[bool]:
    """Whether something obliges rows of Person to have a qualification on a day, and they do not have it."""
    other = aliased(Person)
    merged: Any = select(other.id).where(other.merged_into_id == Person.id).correlate_except(other)

    def is_one(person_id: Any) -> ColumnElement[bool]:
        return or_(person_id == Person.id, person_id.in_(merged))

    lacking: list[ColumnElement[bool]] = []
    for version in versions_in_effect():
        if not version.span.holds_on(day) or qualification_id not in version.asked.qualification_ids:
            continue
        has = [
            is_one(Award.person_id),
            Award.qualification_id == qualification_id,
            Award.is_partial.is_(False),
            award_counts(day),
        ]
        earliest = earliest_counting(day, version.asked.valid_months)
        if earliest is not None:
            has.append(Award.awarded_on >= earliest)
        owes = exists(
            select(Duty.id)
            .where(is_one(Duty.person_id), Duty.version_id == version.id, *duty_stands(day))
            .correlate(Person)
        )
        lacking.append(and_(owes, ~exists(select(Award.id).where(*has).correlate(Person))))
    return or_(*lacking) if lacking else Person.id.is_(None)


@dataclass
class Found:
    """Whom a pasted list names."""

    people: list[Person] = field(default_factory=list)
    """Those about whom there is no doubt."""
    doubtful: list[tuple[Pasted, list[Person]]] = field(default_factory=list)
    """Lines that may name one of several, or somebody whose number is not known."""
    unknown: list[Pasted] = field(default_factory=list)


def people_pasted(lines: Sequence[Pasted], visible: ColumnElement[bool]) -> Found:
    """Whom the lines of a pasted list name, among those who may be seen."""
    indexes = {line.id_number: id_number_index(line.id_number) for line in lines if line.id_number is not None}
    by_number = _by(Person.id_number_index, indexes.values(), visible)
    by_name = _by(Person.match_key, (line.match_key for line in lines if line.match_key), visible)
    found = Found()
    for line in lines:
        numbered = by_number.get(indexes[line.id_number], []) if line.id_number is not None else []
        named = [
            person
            for person in by_name.get(line.match_key or "", [])
            if line.birth_on is None or person.birth_on in (None, line.birth_on)
        ]
        if numbered:
            found.people.append(numbered[0])
        elif len(named) == 1 and line.id_number is None:
            found.people.append(named[0])
        elif named:
            found.doubtful.append((line, named))
        else:
            found.unknown.append(line)
    return found


def _by(column: Any, keys: Iterable[str], visible: ColumnElement[bool]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for part in chunks(set(keys)):
        for person in db.session.scalars(
            select(Person).where(column.in_(part), visible).options(WITH_POSTS).order_by(Person.id)
        ):
            found.setdefault(getattr(person, column.key), []).append(person)
    return found
