"""Persons who may be one: found by what they have in common, and what somebody decided about two of them."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Select, Table, and_, case, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import lazy_gettext as _l
from lms.registry import queries
from lms.registry.models import DuplicatePair, Likeness, Person, Position
from lms.registry.queries import chunks

FIND_DUPLICATES: Final = "registry.find_duplicates"
"""The job that looks for persons who may be one, everywhere; its subject is the country."""
FIND_DUPLICATES_OF_IMPORT: Final = "registry.find_duplicates_of_import"
"""The job that looks for those whom a list has brought in; its subject is the import."""
STRETCH: Final = 20_000
"""So many persons are looked at in one step where everybody is."""
_one, _other = aliased(Person, name="one"), aliased(Person, name="other")
_here, _there = aliased(Position, name="here"), aliased(Position, name="there")
_FIRST: Final = case((_one.id < _other.id, _one.id), else_=_other.id)
_SECOND: Final = case((_one.id < _other.id, _other.id), else_=_one.id)
_ARE_TWO: Final = func.coalesce(_one.merged_into_id, _one.id) != func.coalesce(_other.merged_into_id, _other.id)
_HAVE_ONE_NUMBER_AT_MOST: Final = or_(_one.id_number_index.is_(None), _other.id_number_index.is_(None))
"""Two different personal ids mean two people, unless more than a name and a day speaks against it."""
_MAY_BE_OF_ONE_SEX: Final = or_(_one.sex.is_(None), _other.sex.is_(None), _one.sex == _other.sex)
_LIKE: Final[dict[Likeness, ColumnElement[bool]]] = {
    Likeness.NAME_AND_PHONE: and_(_one.phone == _other.phone, _one.match_key == _other.match_key),
    Likeness.PHONE_AND_BIRTH: and_(_one.phone == _other.phone, _one.birth_on == _other.birth_on),
    Likeness.NAME_AND_BIRTH: and_(
        _one.match_key == _other.match_key, _one.birth_on == _other.birth_on, _HAVE_ONE_NUMBER_AT_MOST
    ),
    Likeness.PLAIN_NAME_AND_BIRTH: and_(
        _one.search_key == _other.search_key,
        _one.birth_on == _other.birth_on,
        _HAVE_ONE_NUMBER_AT_MOST,
        _MAY_BE_OF_ONE_SEX,
    ),
}
"""What two have in common, each found by an index. Two who are alike in several ways wait once, with the first."""
_LIKE_WHERE_A_BIRTH_DATE_IS_MISSING: Final = and_(
    _one.match_key == _other.match_key,
    _one.birth_on.is_(None),
    _here.unit_id == _there.unit_id,
    _here.withdrawn_at.is_(None),
    _there.withdrawn_at.is_(None),
    _HAVE_ONE_NUMBER_AT_MOST,
)


def find_duplicates(people: Collection[int] | tuple[int, int], *, at: datetime) -> int:
    """Let everyone who may be one of these people wait for somebody's decision, unless it was made already.

    people: their ids; or, as a tuple, the lowest and the highest id of a stretch. Nothing is compared here, whatever
    their number: the database finds those alike by its indexes.
    Returns how many pairs are new.
    """
    db.session.flush()
    if isinstance(people, tuple):
        return sum(map(_insert, _alike(at, _one.id.between(*people))))
    return sum(
        _insert(pairs)
        for ids in chunks(people)
        for pairs in (*_alike(at, _one.id.in_(ids)), _alike_by_unit(at, _other.id.in_(ids)))
    )


def _alike(at: datetime, asked: ColumnElement[bool]) -> Iterator[Select[Any]]:
    for likeness, same in _LIKE.items():
        yield _pairs(likeness, at).join(_other, and_(_one.id != _other.id, same)).where(asked, _ARE_TWO)
    yield _alike_by_unit(at, asked)


def _alike_by_unit(at: datetime, asked: ColumnElement[bool]) -> Select[Any]:
    """Those of the same name in the same unit, where `one` has no birth date."""
    return (
        _pairs(Likeness.NAME_AND_UNIT, at)
        .join(_here, _here.person_id == _one.id)
        .join(_there, _there.unit_id == _here.unit_id)
        .join(_other, and_(_other.id == _there.person_id, _one.id != _other.id))
        .where(_LIKE_WHERE_A_BIRTH_DATE_IS_MISSING, _ARE_TWO, asked)
    )


def _pairs(likeness: Likeness, at: datetime) -> Select[Any]:
    found_at = literal(at, DuplicatePair.found_at.type)
    return select(_FIRST, _SECOND, literal(likeness, DuplicatePair.likeness.type), found_at).select_from(_one)


def _insert(pairs: Select[Any]) -> int:
    table = cast(Table, DuplicatePair.__table__)
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[db.session.get_bind().dialect.name]
    written = insert(table).from_select(["first_id", "second_id", "likeness", "found_at"], pairs)
    once = written.on_conflict_do_nothing(index_elements=[table.c.first_id, table.c.second_id])
    return len(db.session.execute(once.returning(table.c.id)).all())


def tell_apart(pair: DuplicatePair, *, by: audit.Actor | None, at: datetime) -> None:
    """Decide that the two are two people: they are not asked about again. Raises DomainError if they were merged."""
    db.session.refresh(pair)
    first, second = (queries.ids_of_one(db.session.get_one(Person, one)) for one in (pair.first_id, pair.second_id))
    if first == second:
        raise DomainError(_l("Hai người này đã được gộp làm một. Muốn tách ra, hãy bỏ gộp ở trang của người ấy."))
    remember(first, second, is_same=False, by=by, at=at)
    audit.record("registry.tell_apart", pair, by=by, at=at, first_id=pair.first_id, second_id=pair.second_id)


def remember(
    ones: Collection[int], others: Collection[int], *, is_same: bool, by: audit.Actor | None, at: datetime
) -> None:
    """Keep what was decided of every pair between these persons, so that nobody is asked again."""
    pairs = or_(
        and_(DuplicatePair.first_id.in_(ones), DuplicatePair.second_id.in_(others)),
        and_(DuplicatePair.first_id.in_(others), DuplicatePair.second_id.in_(ones)),
    )
    db.session.flush()
    db.session.execute(
        update(DuplicatePair)
        .where(pairs, or_(DuplicatePair.is_same.is_(None), DuplicatePair.is_same != is_same))
        .values(is_same=is_same, decided_at=at, decided_by_id=by.id if by is not None else None)
    )
