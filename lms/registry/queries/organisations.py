"""Reads of organisations. `visible` is the policy's condition on which may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.registry.models import Organisation, OrganisationKind, Origin, Position, Unit, UnitReach
from lms.registry.queries.known import id_number_index
from lms.registry.queries.parts import PAGE, Page
from lms.registry.rules.names import has_marks, match_key, search_key


@dataclass(frozen=True, kw_only=True)
class OrganisationFilter:
    """What somebody looks for among the organisations they may see."""

    on: date
    """The day for which it is told whether one takes part."""
    text: str = ""
    """Words of the name, or the first digits of the tax code."""
    unit: Unit | None = None
    kind: OrganisationKind | None = None
    product_group: str | None = None
    origin: Origin | None = None
    taking_part: bool | None = None


def _conditions(visible: ColumnElement[bool], asked: OrganisationFilter) -> list[ColumnElement[bool]]:
    conditions = [visible]
    if asked.unit is not None:
        inside = select(UnitReach.unit_id).where(UnitReach.within_id == asked.unit.id)
        conditions.append(Organisation.lies_in(inside))
    if asked.kind is not None:
        conditions.append(Organisation.kind == asked.kind)
    if asked.product_group is not None:
        conditions.append(Organisation.product_group == asked.product_group)
    if asked.origin is not None:
        conditions.append(Organisation.origin == asked.origin)
    if asked.taking_part is not None:
        takes_part = or_(Organisation.left_on.is_(None), Organisation.left_on >= asked.on)
        conditions.append(takes_part if asked.taking_part else Organisation.left_on < asked.on)
    return conditions


def _asked(visible: ColumnElement[bool], asked: OrganisationFilter) -> tuple[list[ColumnElement[bool]], bool]:
    """All conditions, and whether the marks of the text had to be set aside."""
    conditions = _conditions(visible, asked)
    text = asked.text.strip()
    if not text:
        return conditions, False
    if text.isascii() and text.replace("-", "").isdigit():
        return [*conditions, Organisation.tax_code.startswith(text, autoescape=True)], False
    exact = Organisation.match_key.contains(match_key(text), autoescape=True)
    loose = Organisation.search_key.contains(search_key(text), autoescape=True)
    if not has_marks(text):
        return [*conditions, loose], False
    if db.session.scalar(select(exists(select(Organisation.id).where(*conditions, exact)))):
        return [*conditions, exact], False
    return [*conditions, loose], True


def organisations_page(
    visible: ColumnElement[bool], asked: OrganisationFilter, *, after: tuple[str, int] | None = None
) -> Page:
    """Organisations that may be seen, by name. With marks they count; if none matches so, without them."""
    conditions, ignores_marks = _asked(visible, asked)
    if after is not None:
        key, last_id = after
        conditions.append(
            or_(Organisation.sort_key > key, and_(Organisation.sort_key == key, Organisation.id > last_id))
        )
    found = db.session.scalars(
        select(Organisation)
        .options(
            joinedload(Organisation.unit).joinedload(Unit.parent),
            joinedload(Organisation.settled_unit).joinedload(Unit.parent),
        )
        .where(*conditions)
        .order_by(Organisation.sort_key, Organisation.id)
        .limit(PAGE + 1)
    ).all()
    shown = found[:PAGE]
    more = (shown[-1].sort_key, shown[-1].id) if len(found) > PAGE else None
    return Page(shown, more, ignores_marks)


def organisations_count(visible: ColumnElement[bool], asked: OrganisationFilter) -> int:
    """How many organisations match."""
    return db.session.scalar(select(func.count(Organisation.id)).where(*_asked(visible, asked)[0])) or 0


def organisation_with_unit(organisation_id: int) -> Organisation | None:
    """One organisation and where it lies."""
    return db.session.scalar(
        select(Organisation)
        .options(
            joinedload(Organisation.unit).joinedload(Unit.parent),
            joinedload(Organisation.settled_unit).joinedload(Unit.parent),
        )
        .where(Organisation.id == organisation_id)
    )


def leaders_of(organisation: Organisation) -> Sequence[Position]:
    """Everyone who leads or led an organisation, the latest first; posts that nobody ever held are left out."""
    return db.session.scalars(
        select(Position)
        .options(joinedload(Position.person), joinedload(Position.unit))
        .where(Position.organisation_id == organisation.id, Position.withdrawn_at.is_(None))
        .order_by(Position.started_on.desc(), Position.id.desc())
    ).all()


def organisations_like(
    *, tax_code: str | None, owner_id_number: str | None, unit: Unit, match_key: str, kind: OrganisationKind
) -> Sequence[Organisation]:
    """Organisations that one of this tax code, owner or place and name may be."""
    lies_there = or_(Organisation.unit_id == unit.id, Organisation.settled_unit_id == unit.id)
    same = and_(lies_there, Organisation.match_key == match_key, Organisation.kind == kind)
    if tax_code is not None:
        same = or_(same, Organisation.tax_code == tax_code)
    if owner_id_number is not None:
        same = or_(same, Organisation.owner_id_index == id_number_index(owner_id_number))
    return db.session.scalars(select(Organisation).where(same).order_by(Organisation.id)).all()
