"""Makes the demonstration once, and tells its accounts every time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from flask import current_app
from sqlalchemy import func, select

from courses import actions as courses
from courses import queries as course_queries
from courses.models import TrainingClass
from lms.accounts import actions as accounts
from lms.accounts.models import NameKind, Role, User
from lms.core.clock import now, today
from lms.core.db import db
from lms.core.secrets import code
from lms.demo import people
from lms.demo.declaring import declare
from lms.demo.learning import Learning, Stage
from lms.registry import actions as registry
from lms.registry.models import Person, Position, PositionKind, Unit, UnitKind

PROVINCES: Final = (("68", "68"), ("10", "15"), ("14", "14"), ("64", "52"), ("08", "08"), ("66", "66"))
"""Old code as it stands in personal ids, today's code: Lâm Đồng, Lào Cai, Sơn La, Gia Lai, Tuyên Quang, Đắk Lắk."""
COMMUNES_EACH: Final = 12
KIND_WORDS: Final = {UnitKind.XA: "Xã", UnitKind.PHUONG: "Phường", UnitKind.DAC_KHU: "Đặc khu"}
SEED: Final = 2018
BEGIN: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ACCOUNTS_FILE: Final = "demo-accounts.json"
OFFICIAL_COURSE: Final = "quan-ly-chuong-trinh"
LEADER_COURSE: Final = "tu-y-tuong-den-phuong-an"
STAGES: Final = {
    PositionKind.OFFICIAL: (
        Stage(0),
        Stage(2),
        Stage(6),
        Stage(6, quiz=True, is_whole=True),
        Stage(6, quiz=True, is_whole=True),
        Stage(6, quiz=True, is_whole=True),
    ),
    PositionKind.LEADER: (
        Stage(1),
        Stage(4),
        Stage(6, quiz=True),
        Stage(6, quiz=True, work="submitted"),
        Stage(6, quiz=True, work="returned"),
        Stage(6, quiz=True, work="accepted", is_whole=True),
        Stage(6, quiz=True, work="accepted", is_whole=True),
        Stage(6, quiz=True, work="accepted", is_whole=True),
    ),
}


def prepare(say: Callable[[str], None]) -> None:
    """Make the demonstration unless there are people already, and print one account for each role."""
    if current_app.config["ENVIRONMENT"] == "production":
        raise RuntimeError("demonstration data is refused in production")
    told = Path(current_app.instance_path) / ACCOUNTS_FILE
    if not db.session.scalar(select(func.count()).select_from(Person)):
        say("• Dữ liệu trình diễn / demonstration (khoảng nửa phút)")
        _make(told, say)
    if told.exists():
        _tell(json.loads(told.read_text(encoding="utf-8")), say)


def _tell(lines: list[dict[str, str]], say: Callable[[str], None]) -> None:
    say("")
    say("  Tài khoản trình diễn / demonstration accounts")
    for line in lines:
        say(f"    {line['role']:<42} {line['login']:<14} {line['password']}")
    say("")


def _make(told: Path, say: Callable[[str], None]) -> None:
    random = Random(SEED)
    at = min(BEGIN, now() - timedelta(days=200))
    country = db.session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
    provinces = {
        new: db.session.scalars(select(Unit).where(Unit.code_list == "vn-2025", Unit.code == new)).one()
        for _old, new in PROVINCES
    }
    say("  danh sách / rosters")
    for content, name in zip(
        people.rosters([_communes(old, provinces[new]) for old, new in PROVINCES], random),
        ("trinh-dien-can-bo.csv", "trinh-dien-lanh-dao.csv"),
        strict=True,
    ):
        registry.import_roster(content, name, by=None, at=at)
    lines: list[dict[str, str]] = []
    _account(lines, "quản trị viên / administrator", "quantri", "Trần Minh Quang", Role.ADMINISTRATOR, country, at)
    home = provinces[PROVINCES[0][1]]
    _account(lines, f"điều phối viên {home.name} / coordinator", "dieuphoi", "Đỗ Kim Oanh", Role.COORDINATOR, home, at)
    trainer = _account(lines, "giảng viên / trainer", "giangvien", "Phạm Thanh Bình", Role.TRAINER, country, at)
    db.session.commit()
    _learn(country, provinces, trainer, random, at, say)
    say("  bản khai số lượng / declared headcounts")
    declare(list(provinces.values()))
    db.session.commit()
    _learner(lines, "cán bộ / official (learner)", "canbo", people.OFFICIAL, at)
    _learner(lines, "lãnh đạo HTX / cooperative leader (learner)", "htx", people.LEADER, at)
    db.session.commit()
    told.touch(mode=0o600)
    told.write_text(json.dumps(lines, ensure_ascii=False, indent=1), encoding="utf-8")


def _communes(old_code: str, province: Unit) -> tuple[str, str, list[str]]:
    units = db.session.scalars(select(Unit).where(Unit.parent_id == province.id).order_by(Unit.code)).all()
    spread = units[:: len(units) // COMMUNES_EACH][:COMMUNES_EACH]
    return old_code, province.name, [f"{KIND_WORDS[unit.kind]} {unit.name}" for unit in spread]


def _account(
    lines: list[dict[str, str]], role: str, login: str, name: str, held: Role, unit: Unit, at: datetime
) -> User:
    user = accounts.make_user(name, names={NameKind.LOGIN: login}, by=None, at=at)
    db.session.flush()
    accounts.grant_role(user, held, unit_id=unit.id, by=None, at=at)
    _activate(lines, role, login, user, at)
    return user


def _learner(lines: list[dict[str, str]], role: str, login: str, known: people.Known, at: datetime) -> None:
    person = db.session.scalars(select(Person).where(Person.phone == known.phone)).one()
    user = accounts.make_user(
        person.full_name, names={NameKind.LOGIN: login, NameKind.PHONE: known.phone}, by=None, at=at
    )
    db.session.flush()
    person.account_id = user.id
    _activate(lines, role, login, user, at)


def _activate(lines: list[dict[str, str]], role: str, login: str, user: User, at: datetime) -> None:
    password = code().lower()
    accounts.set_password(user, password, by=None, at=at)
    lines.append({"role": role, "login": login, "password": password})


def _learn(
    country: Unit,
    provinces: dict[str, Unit],
    trainer: User,
    random: Random,
    at: datetime,
    say: Callable[[str], None],
) -> None:
    """Open the classes and let most people get somewhere; how far differs from province to province."""
    official = _open_class(OFFICIAL_COURSE, f"Lớp tự học năm {at.year} cho cán bộ", country, trainer, at)
    for index, province in enumerate(provinces.values()):
        say(f"  {province.name}")
        leader = _open_class(LEADER_COURSE, f"Lớp chủ thể OCOP {province.name} {at.year}", province, trainer, at)
        taught = {
            PositionKind.OFFICIAL: Learning(official, trainer, random),
            PositionKind.LEADER: Learning(leader, trainer, random),
        }
        share = 0.85 - 0.12 * index
        for person, kind in _people_of(province):
            if person.phone == people.LEADER.phone:
                taught[kind].study(person, Stage(4), now() - timedelta(days=9))
            elif person.phone == people.OFFICIAL.phone:
                taught[kind].study(person, Stage(3), now() - timedelta(days=6))
            elif random.random() < share:
                stage = random.choice(STAGES[kind])
                taught[kind].study(person, stage, _begun(stage, at, random))
        db.session.commit()


def _begun(stage: Stage, at: datetime, random: Random) -> datetime:
    """When somebody began: those who are done at any time since, those in the middle of it lately."""
    if stage.is_whole:
        return at + timedelta(days=random.randrange(2, max(3, (today() - at.date()).days - 40)))
    return now() - timedelta(days=random.randrange(17, 36))


def _open_class(course_code: str, name: str, unit: Unit, trainer: User, at: datetime) -> TrainingClass:
    course = course_queries.course_by_code(course_code)
    assert course is not None, f"the training set has no course {course_code}"
    opened = courses.open_class(
        course.versions[-1],
        name=name,
        unit=unit,
        trainers=[trainer],
        starts_on=at.date(),
        ends_on=None,
        is_open=True,
        by=None,
        at=at,
    )
    db.session.flush()
    return opened


def _people_of(province: Unit) -> list[tuple[Person, PositionKind]]:
    rows = db.session.execute(
        select(Person, Position.kind)
        .join(Position, Position.person_id == Person.id)
        .join(Unit, Unit.id == Position.unit_id)
        .where(Unit.path.startswith(f"{province.path}/") | (Unit.id == province.id))
        .order_by(Position.id)
    )
    return [(person, kind) for person, kind in rows]
