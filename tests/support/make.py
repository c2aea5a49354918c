"""Makers: one of each thing, valid, with a default for everything; a test names only what it is about.

    from tests.support import make

    learner = make.user(display_name="Nguyễn Thị Hà")

A maker adds the thing to `db.session`, flushes, and returns it. It needs the `app` fixture and commits
nothing: the test client does that before each request.
"""

import itertools
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import select

from certificates.models import Certificate
from lms.accounts import actions as accounts
from lms.accounts.models import NameKind, Role, User
from lms.core.db import db
from lms.records import actions as records
from lms.records.models import Award, AwardSource, Qualification, Requirement
from lms.registry.models import (
    Level,
    Organisation,
    OrganisationKind,
    Person,
    Position,
    PositionKind,
    Unit,
    UnitKind,
)
from lms.registry.rules import names as name_rules
from lms.registry.signals import positions_changed

LONG_AGO: Final = datetime(2025, 7, 1, 2, 0, tzinfo=UTC)
LONG_AGO_DAY: Final = date(2025, 7, 1)
PASSWORD: Final = "đồi chè buổi sớm"
_numbers = itertools.count(1)


def user(
    display_name: str = "Nguyễn Thị Hà",
    *,
    names: dict[NameKind, str] | None = None,
    password: str | None = None,
    at: datetime = LONG_AGO,
) -> User:
    """An account. With a password it is activated and can sign in."""
    made = accounts.make_user(display_name, names=names or {}, by=None, at=at)
    db.session.flush()
    if password is not None:
        accounts.set_password(made, password, by=None, at=at)
    return made


def role(holder: User, held: Role, *, unit_id: int, at: datetime = LONG_AGO) -> User:
    """The account, with a role over a unit."""
    accounts.grant_role(holder, held, unit_id=unit_id, by=None, at=at)
    db.session.flush()
    return holder


def country() -> Unit:
    """The top of the tree; the same one each time."""
    known = db.session.scalar(select(Unit).where(Unit.level == Level.CENTRAL))
    return known or _unit("vn", Level.CENTRAL, UnitKind.COUNTRY, "Việt Nam", None)


def province(name: str = "Đồng Nai", *, code: str | None = None) -> Unit:
    """A province of today."""
    return _unit(code or f"{next(_numbers):02}", Level.PROVINCE, UnitKind.TINH, name, country())


def commune(name: str = "Tân Biên", *, within: Unit | None = None, code: str | None = None) -> Unit:
    """A commune of today, in a province of its own unless one is given."""
    return _unit(code or f"{next(_numbers):05}", Level.COMMUNE, UnitKind.XA, name, within or province())


def _unit(code: str, level: Level, kind: UnitKind, name: str, parent: Unit | None) -> Unit:
    made = Unit(
        code_list="vn-2025",
        code=code,
        level=level,
        kind=kind,
        name=name,
        match_key=name_rules.match_key(name),
        parent_id=parent.id if parent is not None else None,
        path=f"{parent.path}/{code}" if parent is not None else code,
        valid_from=LONG_AGO_DAY,
    )
    db.session.add(made)
    db.session.flush()
    return made


def person(full_name: str = "Nguyễn Thị Hà", *, account: User | None = None) -> Person:
    """Someone without any post."""
    made = Person(
        full_name=full_name,
        sort_key=name_rules.sort_key(full_name),
        search_key=name_rules.search_key(full_name),
        match_key=name_rules.match_key(full_name),
        account_id=account.id if account is not None else None,
        created_at=LONG_AGO,
    )
    db.session.add(made)
    db.session.flush()
    return made


def organisation(
    name: str | None = None,
    *,
    kind: OrganisationKind = OrganisationKind.COOPERATIVE,
    unit: Unit | None = None,
) -> Organisation:
    """A producer of the programme."""
    name = name or f"Hợp tác xã Đồi Chè {next(_numbers)}"
    made = Organisation(
        name=name,
        match_key=name_rules.match_key(name),
        kind=kind,
        legal_form="Hợp tác xã",
        unit_id=(unit or commune()).id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def official(
    holder: Person | None = None,
    *,
    unit: Unit | None = None,
    started_on: date = LONG_AGO_DAY,
    ended_on: date | None = None,
) -> Position:
    """A post as an official of a unit, at the unit's own level."""
    unit = unit or commune()
    return _position(holder, PositionKind.OFFICIAL, unit, started_on, ended_on, None)


def leader(
    holder: Person | None = None,
    *,
    of: Organisation | None = None,
    unit: Unit | None = None,
    started_on: date = LONG_AGO_DAY,
    ended_on: date | None = None,
) -> Position:
    """A post as leader of an organisation."""
    of = of or organisation(unit=unit)
    return _position(holder, PositionKind.LEADER, unit or of.unit, started_on, ended_on, of)


def _position(
    holder: Person | None,
    kind: PositionKind,
    unit: Unit,
    started_on: date,
    ended_on: date | None,
    led: Organisation | None,
) -> Position:
    workplace = led.name if led is not None else f"Phòng Kinh tế {next(_numbers)}"
    made = Position(
        person_id=(holder or person()).id,
        kind=kind,
        level=unit.level if led is None else None,
        title="Cán bộ phụ trách OCOP" if led is None else "Giám đốc",
        workplace=workplace,
        workplace_key=name_rules.match_key(workplace),
        unit_id=unit.id,
        organisation_id=led.id if led is not None else None,
        started_on=started_on,
        ended_on=ended_on,
    )
    db.session.add(made)
    db.session.flush()
    positions_changed.send("make", position_ids=[made.id], at=LONG_AGO)
    return made


def requirements() -> dict[PositionKind, Requirement]:
    """The requirements of the plan, loaded as an installation loads them."""
    records.load_requirements(LONG_AGO)
    return {asked.position_kind: asked for asked in db.session.scalars(select(Requirement))}


def award(
    holder: Person,
    qualification: Qualification | str = "programme-management",
    *,
    awarded_on: date = LONG_AGO_DAY,
    reference: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Award:
    """A qualification that someone got by a course. qualification: itself or its code; the requirements are loaded."""
    if isinstance(qualification, str):
        qualification = db.session.scalars(select(Qualification).where(Qualification.code == qualification)).one()
    return records.award(
        holder,
        qualification,
        awarded_on=awarded_on,
        source=AwardSource.COURSE,
        source_reference=reference or f"enrolment/{next(_numbers)}",
        title="Chu trình OCOP sáu bước",
        hours=16,
        by=by,
        at=at or datetime(2026, 11, 1, 2, 0, tzinfo=UTC),
    )


def certificate(
    holder: Person | None = None,
    *,
    birth_on: date | None = date(1987, 3, 14),
    title: str = "Từ ý tưởng sản phẩm đến phương án kinh doanh",
    hours: int | None = 24,
    awarded_on: date = date(2026, 11, 20),
    unit: Unit | None = None,
    at: datetime = datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
) -> Certificate:
    """A certificate, issued as an award of a course issues it; its holder is an official of the unit."""
    requirements()
    holder = holder or person()
    holder.birth_on = birth_on
    official(holder, unit=unit)
    earned = records.award(
        holder,
        db.session.scalars(select(Qualification).where(Qualification.code == "programme-management")).one(),
        awarded_on=awarded_on,
        source=AwardSource.COURSE,
        source_reference=f"enrolment/{next(_numbers)}",
        title=title,
        hours=hours,
        by=None,
        at=at,
    )
    return db.session.scalars(select(Certificate).where(Certificate.award_id == earned.id)).one()
