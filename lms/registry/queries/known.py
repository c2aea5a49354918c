"""What is known already of the people and organisations that a roster may be about, as working copies."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select, tuple_

from lms.core.db import db
from lms.core.secrets import blind_index
from lms.registry.models import Organisation, Person, Position, Unit, UnitReach
from lms.registry.queries.parts import CHUNK, chunks
from lms.registry.rules.plan import Firm, Known, Post, Someone
from lms.registry.rules.rows import Row


def id_number_index(number: str) -> str:
    """The blind index by which a person is found by their personal id."""
    return blind_index("person", number)


def known_for(
    rows: Sequence[Row],
    indexes: dict[int, str],
    scope: Collection[str] | None,
    firms: dict[int, Firm] | None = None,
) -> Known:
    """Everyone and every organisation that the rows may be about, as working copies.

    indexes: row number → blind index of its personal id.
    firms: working copies of organisations made before, by id; they are used again, and new ones are added.
    """
    with_id = {row.match_key for row in rows if row.number in indexes}
    without_id = {row.match_key for row in rows if row.number not in indexes and row.match_key}
    lines: dict[int, RowMapping] = {}
    for part in chunks(set(indexes.values())):
        _read_lines(lines, Person.id_number_index.in_(part))
    for part in chunks(without_id):
        _read_lines(lines, Person.match_key.in_(part))
    for part in chunks(with_id - without_id):
        _read_lines(lines, and_(Person.match_key.in_(part), Person.id_number_index.is_(None)))
    people = _people_of(lines)
    firms = {} if firms is None else firms
    _read_known_firms(firms, rows)
    _read_posts(people, firms, scope)
    known = Known(firms=list(firms.values()))
    for line in lines.values():
        someone = people[line["id"]]
        namesakes = known.by_name.setdefault(line["match_key"], [])
        if someone not in namesakes:
            namesakes.append(someone)
        if line["id_number_index"] is not None:
            known.by_identity[line["id_number_index"]] = someone
    return known


def _read_lines(lines: dict[int, RowMapping], condition: ColumnElement[bool]) -> None:
    found = db.session.execute(
        select(
            Person.id,
            Person.merged_into_id,
            Person.full_name,
            Person.match_key,
            Person.id_number_index,
            Person.birth_on,
            Person.sex,
            Person.phone,
            Person.email,
        ).where(condition)
    )
    for line in found.mappings():
        lines.setdefault(line["id"], line)


def _people_of(lines: dict[int, RowMapping]) -> dict[int, Someone]:
    """Working copies by every id under which they are known: whoever was merged into another is that one.

    lines: what was read; whatever else is known of the same human beings is added.
    """
    ones = {line["merged_into_id"] or line["id"] for line in lines.values()}
    for part in chunks(ones - lines.keys()):
        _read_lines(lines, Person.id.in_(part))
    for part in chunks(ones):
        _read_lines(lines, Person.merged_into_id.in_(part))
    people: dict[int, Someone] = {}
    for line in lines.values():
        if line["merged_into_id"] is None:
            people[line["id"]] = Someone(
                id=line["id"],
                full_name=line["full_name"],
                match_key=line["match_key"],
                identity=line["id_number_index"],
                birth_on=line["birth_on"],
                sex=line["sex"].value if line["sex"] is not None else None,
                phone=line["phone"],
                email=line["email"],
            )
    for line in lines.values():
        if line["merged_into_id"] is not None:
            one = people[line["id"]] = people[line["merged_into_id"]]
            one.identity = one.identity or line["id_number_index"]
            one.other_names |= {line["match_key"]}
    return people


def _read_known_firms(firms: dict[int, Firm], rows: Sequence[Row]) -> None:
    tax_codes = {row.tax_code for row in rows if row.tax_code}
    named = {(row.unit.id, row.workplace_key) for row in rows if row.unit is not None and row.organisation_kind}
    for part in chunks(tax_codes):
        _read_firms(firms, Organisation.tax_code.in_(part))
    for pairs in chunks(named, CHUNK // 2):
        _read_firms(firms, tuple_(Organisation.unit_id, Organisation.match_key).in_(pairs))
        settled_there = Organisation.settled_unit_id.in_({unit_id for unit_id, _key in pairs})
        _read_firms(firms, and_(settled_there, Organisation.match_key.in_({key for _unit_id, key in pairs})))


def _read_firms(firms: dict[int, Firm], condition: ColumnElement[bool]) -> None:
    for row in db.session.execute(
        select(
            Organisation.id,
            Organisation.name,
            Organisation.match_key,
            Organisation.kind,
            func.coalesce(Organisation.settled_unit_id, Organisation.unit_id).label("unit_id"),
            Organisation.tax_code,
        ).where(condition)
    ):
        firm = Firm(row.id, row.name, row.match_key, row.kind.value, row.unit_id, tax_code=row.tax_code)
        firms.setdefault(row.id, firm)


def _read_posts(people: dict[int, Someone], firms: dict[int, Firm], scope: Collection[str] | None) -> None:
    for someone in people.values():
        someone.is_inside = False
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
            )
            .where(Position.person_id.in_(part), Position.withdrawn_at.is_(None))
            .order_by(Position.id)
        ).all()
        missing = {post.organisation_id for post in posts if post.organisation_id is not None} - firms.keys()
        for ids in chunks(missing):
            _read_firms(firms, Organisation.id.in_(ids))
        inside = _inside(part, scope) if scope is not None else set()
        for person_id in part:
            people[person_id].is_inside |= scope is None or person_id in inside
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


def _inside(person_ids: Collection[int], scope: Collection[str]) -> set[int]:
    """Whose posts count in one of the units that have these paths, whatever the map they were written on."""
    counts = or_(UnitReach.unit_id == Position.unit_id, UnitReach.unit_id == Position.settled_unit_id)
    return set(
        db.session.scalars(
            select(Position.person_id)
            .join(UnitReach, counts)
            .join(Unit, Unit.id == UnitReach.within_id)
            .where(Position.person_id.in_(person_ids), Unit.path.in_(scope))
        )
    )
