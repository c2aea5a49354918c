"""What is done to people: made known, corrected, given their personal id."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.core.secrets import seal
from lms.registry import queries
from lms.registry.actions.duplicates import find_duplicates
from lms.registry.actions.positions import PostFacts, add_positions
from lms.registry.models import Person, Sex
from lms.registry.rules.id_numbers import masked, read_id_number, sex_of
from lms.registry.rules.names import clean_name, match_key, search_key, sort_key, starts_formula
from lms.registry.rules.reasons import Finding
from lms.registry.rules.rows import NAME_MOST
from lms.registry.signals import people_changed

COUNTED_BY: Final = frozenset({"sex"})
"""What of a person's own facts the figures are cut by."""


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """What is said of one person, apart from posts and the personal id."""

    full_name: str
    birth_on: date | None = None
    sex: Sex | None = None
    phone: str | None = field(default=None, repr=False)
    """As rules.phones reads it."""
    email: str | None = None
    """As rules.emails reads it."""

    def values(self) -> dict[str, Any]:
        """As they are stored, keys and all."""
        full_name = clean_name(self.full_name)
        return {
            "full_name": full_name,
            "sort_key": sort_key(full_name),
            "search_key": search_key(full_name),
            "match_key": match_key(full_name),
            "birth_on": self.birth_on,
            "sex": self.sex,
            "phone": self.phone,
            "email": self.email,
        }


@dataclass(frozen=True)
class Added:
    """Who came of adding a person, and what is to be said about the number that was given."""

    person: Person
    is_new: bool
    """False: somebody with this personal id and name was known already and got the posts."""
    findings: tuple[Finding, ...] = ()


def add_person(
    facts: PersonFacts,
    *,
    id_number: str | None = None,
    posts: Sequence[PostFacts] = (),
    by: audit.Actor | None,
    at: datetime,
) -> Added:
    """Make a person known, with the posts they hold.

    Whoever is known by the same personal id and name gets the posts, as from a roster; nothing else of theirs is
    touched: they may work outside the area of the one who enters this. Another name with the id is refused.
    id_number: as it was typed.
    """
    _check(facts, at)
    number, findings = _read_number(id_number, facts.sex, facts.birth_on)
    known = queries.person_by_id_number(number) if number is not None else None
    if known is not None:
        if match_key(clean_name(facts.full_name)) not in queries.match_keys_of_one(known):
            shown = masked(number or "")
            raise DomainError(_l("Số định danh %(number)s đã thuộc về một người mang tên khác.", number=shown))
        known = known if known.merged_into_id is None else db.session.get_one(Person, known.merged_into_id)
        add_positions([(known, post) for post in posts], by=by, at=at)
        return Added(known, False, findings)
    values = facts.values()
    if number is not None:
        values["sex"] = values["sex"] or Sex(sex_of(number))
        values |= _sealed(number)
    person = Person(**values, created_at=at)
    _write([person])
    audit.record("registry.add_person", person, by=by, at=at, full_name=person.full_name)
    add_positions([(person, post) for post in posts], by=by, at=at)
    find_duplicates([person.id], at=at)
    return Added(person, True, findings)


def correct_person(person: Person, facts: PersonFacts, *, by: audit.Actor | None, at: datetime) -> bool:
    """Bring what is kept of a person in line with what is said. Returns whether anything changed."""
    _check(facts, at)
    if facts.birth_on is not None and any(post.started_on <= facts.birth_on for post in person.positions):
        raise InvalidInput(_l("Ngày sinh phải trước ngày bắt đầu của mọi chức vụ."))
    changes = {name: value for name, value in facts.values().items() if getattr(person, name) != value}
    if not changes:
        return False
    before = {name: _told(name, getattr(person, name)) for name in changes if not name.endswith("_key")}
    for name, value in changes.items():
        setattr(person, name, value)
    after = {name: _told(name, getattr(person, name)) for name in before}
    audit.record("registry.correct_person", person, by=by, at=at, before=before, after=after)
    find_duplicates([person.id], at=at)
    if not COUNTED_BY.isdisjoint(changes):
        people_changed.send(person, person_ids=[person.id], at=at)
    return True


def set_id_number(person: Person, typed: str, *, by: audit.Actor | None, at: datetime) -> tuple[Finding, ...]:
    """Give a person their personal id, or the right one in place of a wrong one. Returns what is doubtful about it.

    typed: nothing takes the number away, for one that belongs to somebody else.
    Raises InvalidInput for what is no number, DomainError if another person has it.
    """
    number, findings = _read_number(typed, person.sex, person.birth_on)
    index = queries.id_number_index(number) if number is not None else None
    if index == person.id_number_index:
        return findings
    if number is not None:
        owner = queries.person_by_id_number(number)
        if owner is not None and person.id in (owner.id, owner.merged_into_id):
            return findings
        if owner is not None:
            raise DomainError(
                _l("Số định danh này đã được ghi cho một người khác. Nếu đó là cùng một người, hãy gộp hai người.")
            )
    had = person.id_number_index is not None
    changes = _sealed(number) if number is not None else {"id_number_sealed": None, "id_number_index": None}
    _write([person], **changes)
    act = "registry.set_id_number" if number is not None else "registry.remove_id_number"
    audit.record(act, person, by=by, at=at, had_one=had)
    return findings


def _check(facts: PersonFacts, at: datetime) -> None:
    if starts_formula(facts.full_name):
        raise InvalidInput(_l("Họ và tên không được bắt đầu như một công thức."))
    name = clean_name(facts.full_name)
    if not name:
        raise InvalidInput(_l("Thiếu họ và tên."))
    if len(name) > NAME_MOST:
        raise InvalidInput(_l("Họ và tên dài quá 100 ký tự."))
    if facts.birth_on is not None and not date(1900, 1, 1) <= facts.birth_on <= day_of(at):
        raise InvalidInput(_l("Ngày sinh phải từ năm 1900 đến hôm nay."))


def _read_number(typed: str | None, sex: Sex | None, birth_on: date | None) -> tuple[str | None, tuple[Finding, ...]]:
    if typed is None or not typed.strip():
        return None, ()
    reading = read_id_number(typed, sex=sex.value if sex is not None else None, birth_on=birth_on)
    if reading.number is None:
        raise InvalidInput(_l("Số định danh cá nhân phải có đúng 12 chữ số."))
    return reading.number, reading.findings


def _sealed(number: str) -> dict[str, Any]:
    return {"id_number_sealed": seal(number), "id_number_index": queries.id_number_index(number)}


def _write(people: Sequence[Person], **changes: Any) -> None:
    """Write people; of two who give the same personal id at once, the constraint lets one through."""
    try:
        with db.session.begin_nested():
            for person in people:
                for name, value in changes.items():
                    setattr(person, name, value)
            db.session.add_all(people)
    except IntegrityError:
        raise DomainError(_l("Số định danh này vừa được ghi cho một người khác.")) from None


def _told(name: str, value: Any) -> Any:
    if name == "phone" and value is not None:
        return masked(value)
    return value.isoformat() if isinstance(value, date) else value
