"""Makers: one of each thing, valid, with a default for everything; a test names only what it is about.

    from tests.support import make

    learner = make.user(display_name="Nguyễn Thị Hà")

A maker adds the thing to `db.session`, flushes, and returns it. It needs the `app` fixture and commits
nothing: the test client does that before each request.
"""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import select

from assessments import actions as assessments
from assessments.marking import QuestionKind
from assessments.models import Attempt, Criterion, Exercise, Option, Question, Quiz, Rubric, Submission
from certificates.models import Certificate
from courses import actions as courses
from courses.models import Course, CourseItem, CourseVersion, Enrolment, ItemKind, TrainingClass
from lms.accounts import actions as accounts
from lms.accounts.models import NameKind, Role, User
from lms.core.db import db
from lms.core.storage import StoredFile
from lms.coverage import actions as coverage
from lms.coverage.models import Report
from lms.records import actions as records
from lms.records.models import (
    Application,
    Award,
    AwardSource,
    Equivalence,
    Needed,
    PaperClass,
    Qualification,
    Requirement,
)
from lms.records.rules import Clause
from lms.registry import actions as registry
from lms.registry.actions.unit_reach import write_reach
from lms.registry.models import (
    ChangeKind,
    Declaration,
    DeclarationState,
    DuplicatePair,
    Excuse,
    ExcuseKind,
    Level,
    Likeness,
    Organisation,
    OrganisationKind,
    Origin,
    Person,
    PersonMerge,
    Position,
    PositionKind,
    Sex,
    SuccessionKind,
    Unit,
    UnitChange,
    UnitKind,
    UnitName,
    UnitReach,
    UnitSuccession,
)
from lms.registry.rules import names as name_rules
from lms.registry.rules.declarations import Content, groups_of
from lms.registry.rules.units import TODAY_LIST, path_of, unit_key
from lms.registry.signals import people_changed, positions_changed

LONG_AGO: Final = datetime(2025, 7, 1, 2, 0, tzinfo=UTC)
LONG_AGO_DAY: Final = date(2025, 7, 1)
OLD_LAST_DAY: Final = date(2025, 6, 30)
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
    return known or _unit("vn", Level.CENTRAL, UnitKind.COUNTRY, "Việt Nam", None, valid_from=date(1976, 7, 2))


def province(name: str = "Đồng Nai", *, code: str | None = None) -> Unit:
    """A province of today."""
    return _unit(code or f"{next(_numbers):02}", Level.PROVINCE, UnitKind.TINH, name, country())


def commune(name: str = "Tân Biên", *, within: Unit | None = None, code: str | None = None) -> Unit:
    """A commune of today, in a province of its own unless one is given."""
    return _unit(code or f"{next(_numbers):05}", Level.COMMUNE, UnitKind.XA, name, within or province())


def old_province(name: str = "Bình Phước", *, code: str | None = None) -> Unit:
    """A province of the list of before 01/07/2025."""
    return _unit(code or f"{next(_numbers):02}", Level.PROVINCE, UnitKind.TINH, name, country(), valid_to=OLD_LAST_DAY)


def old_district(name: str = "Bù Đốp", *, within: Unit | None = None, code: str | None = None) -> Unit:
    """A district, which ended on 30/06/2025."""
    above = within or old_province()
    code = code or f"{next(_numbers):03}"
    return _unit(code, Level.DISTRICT, UnitKind.HUYEN, name, above, valid_to=OLD_LAST_DAY)


def old_commune(name: str = "Tân Lợi", *, within: Unit | None = None, code: str | None = None) -> Unit:
    """A commune of the list of before 01/07/2025, directly in its province: tests need no districts."""
    above = within or old_province()
    return _unit(code or f"{next(_numbers):05}", Level.COMMUNE, UnitKind.XA, name, above, valid_to=OLD_LAST_DAY)


def succession(earlier: Unit, *later: Unit, on: date = LONG_AGO_DAY) -> None:
    """A unit that has ended went on as another, or was divided among several; where its posts count follows."""
    kind = SuccessionKind.SPLIT if len(later) > 1 else SuccessionKind.MERGE
    for unit in later:
        db.session.add(
            UnitSuccession(
                from_unit_id=earlier.id, to_unit_id=unit.id, kind=kind, on=on, legal_basis="NQ 202/2025/QH15"
            )
        )
    write_reach(at=LONG_AGO)


def resolution(unit: Unit, *, legal_basis: str = "NQ 400/NQ-UBTVQH16 ngày 01/06/2026") -> UnitChange:
    """A resolution that somebody entered on a unit, which changed nothing in it."""
    made = UnitChange(
        kind=ChangeKind.RENAME,
        on=LONG_AGO_DAY,
        legal_basis=legal_basis,
        asked={"kind": "rename", "units": [unit.code]},
        before={"units": [], "names": [], "made": {"begun": [], "units": [], "successions": []}},
        entered_at=LONG_AGO,
        units=[unit],
    )
    db.session.add(made)
    db.session.flush()
    return made


def _unit(
    code: str,
    level: Level,
    kind: UnitKind,
    name: str,
    parent: Unit | None,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Unit:
    code_list = TODAY_LIST if valid_to is None else "vn-2004"
    valid_from = valid_from or (LONG_AGO_DAY if valid_to is None else date(2008, 8, 1))
    made = Unit(
        code_list=code_list,
        code=code,
        level=level,
        kind=kind,
        name=name,
        match_key=unit_key(name),
        parent_id=parent.id if parent is not None else None,
        path=path_of(code_list, code, above=parent.path if parent is not None else None),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add(
        UnitName(
            unit_id=made.id,
            kind=kind,
            name=name,
            match_key=made.match_key,
            search_key=name_rules.search_key(name),
            parent_id=made.parent_id,
            valid_from=valid_from,
            valid_to=valid_to,
            legal_basis="QĐ 19/2025/QĐ-TTg",
        )
    )
    above = db.session.scalars(select(UnitReach.within_id).where(UnitReach.unit_id == made.parent_id)).all()
    db.session.add_all(UnitReach(unit_id=made.id, within_id=within_id) for within_id in (made.id, *above))
    db.session.flush()
    return made


def person(full_name: str = "Nguyễn Thị Hà", *, account: User | None = None, sex: Sex | None = None) -> Person:
    """Someone without any post."""
    made = Person(
        full_name=full_name,
        sex=sex,
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
    product_group: str | None = None,
    origin: Origin | None = None,
    joined_on: date | None = None,
    left_on: date | None = None,
) -> Organisation:
    """A producer of the programme."""
    name = name or f"Hợp tác xã Đồi Chè {next(_numbers)}"
    made = Organisation(
        name=name,
        match_key=name_rules.match_key(name),
        kind=kind,
        legal_form="Hợp tác xã",
        unit_id=(unit or commune()).id,
        product_group=product_group,
        origin=origin,
        joined_on=joined_on,
        left_on=left_on,
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
    at: datetime = LONG_AGO,
) -> Position:
    """A post as an official of a unit, at the unit's own level."""
    unit = unit or commune()
    return _position(holder, PositionKind.OFFICIAL, unit, started_on, ended_on, None, at)


def leader(
    holder: Person | None = None,
    *,
    of: Organisation | None = None,
    unit: Unit | None = None,
    started_on: date = LONG_AGO_DAY,
    ended_on: date | None = None,
    at: datetime = LONG_AGO,
) -> Position:
    """A post as leader of an organisation."""
    of = of or organisation(unit=unit)
    return _position(holder, PositionKind.LEADER, unit or of.unit, started_on, ended_on, of, at)


def _position(
    holder: Person | None,
    kind: PositionKind,
    unit: Unit,
    started_on: date,
    ended_on: date | None,
    led: Organisation | None,
    at: datetime,
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
    positions_changed.send("make", position_ids=[made.id], at=at)
    return made


def excuse(
    holder: Person,
    *,
    position: Position | None = None,
    kind: ExcuseKind = ExcuseKind.MATERNITY,
    started_on: date = LONG_AGO_DAY,
    ended_on: date | None = None,
    at: datetime = LONG_AGO,
) -> Excuse:
    """Days on which somebody need not train, in one post or in all of them."""
    made = Excuse(
        person_id=holder.id,
        position_id=position.id if position is not None else None,
        kind=kind,
        started_on=started_on,
        ended_on=ended_on,
        note="Quyết định số 12/QĐ-UBND",
        entered_at=at,
    )
    db.session.add(made)
    db.session.flush()
    people_changed.send("make", person_ids=[holder.id], at=at)
    return made


def merge(lost: Person, kept: Person, *, by: User | None = None, at: datetime = LONG_AGO) -> PersonMerge:
    """Two persons were found to be one human being: the first counts as the second."""
    return registry.merge_people(lost, kept, reason="Cùng một người", by=by, at=at)


def pair(one: Person, other: Person, *, likeness: Likeness = Likeness.NAME_AND_BIRTH) -> DuplicatePair:
    """Two who may be one, waiting for somebody's decision."""
    first_id, second_id = sorted((one.id, other.id))
    made = DuplicatePair(first_id=first_id, second_id=second_id, likeness=likeness, found_at=LONG_AGO)
    db.session.add(made)
    db.session.flush()
    return made


def declaration(
    unit: Unit | None = None,
    counts: Mapping[str, int] | None = None,
    *,
    state: DeclarationState = DeclarationState.LOCKED,
    counted_on: date = LONG_AGO_DAY,
    by: User | None = None,
    at: datetime = LONG_AGO,
) -> Declaration:
    """What a unit declares, brought as far as a state, each step by the system itself unless it is said who submits.

    counts: by group; groups that are left out have nobody.
    """
    unit = unit or commune()
    content = Content(
        counted_on=counted_on,
        document_number=f"{next(_numbers)}/BC-UBND",
        document_on=counted_on,
        counts={group: (counts or {}).get(group, 0) for group in groups_of(unit.level)},
        correction_reason="Số liệu mới",
    )
    made = registry.save_declaration(unit, content, seen=0, by=by, at=at)
    if state is not DeclarationState.DRAFT:
        registry.submit_declaration(made, seen=made.revision, by=by, at=at)
    if state is DeclarationState.RETURNED:
        registry.return_declaration(made, "Thiếu hộ sản xuất", seen=made.revision, by=None, at=at)
    if state in (DeclarationState.LOCKED, DeclarationState.RECEIVED):
        registry.lock_declaration(made, seen=made.revision, by=None, at=at)
    if state is DeclarationState.RECEIVED:
        registry.receive_declarations([made], by=None, at=at)
    return made


def requirements() -> dict[PositionKind, Requirement]:
    """The requirements of the plan, loaded as an installation loads them, by whom they are about."""
    records.load_requirements(LONG_AGO)
    plan = Requirement.code.in_(["officials", "leaders"])
    found = db.session.scalars(select(Requirement).where(plan).order_by(Requirement.id))
    return {PositionKind(asked.versions[0].clauses[0]["kind"]): asked for asked in found}


def requirement(
    code: str = "further",
    *,
    clauses: Sequence[Clause] = (Clause("official"),),
    qualification: Qualification | None = None,
    effective_from: date = LONG_AGO_DAY,
    due_on: date | None = None,
    due_days: int | None = None,
    valid_months: int | None = None,
    window_days: int | None = None,
    needed_hours: int | None = None,
    at: datetime = LONG_AGO,
) -> Requirement:
    """A requirement with one version, of a qualification of its own unless one is given."""
    made = Requirement(code=code, name=f"Yêu cầu {code}", name_en=f"Requirement {code}")
    asked = qualification or Qualification(code=f"of-{code}", name=f"Chuẩn {code}", name_en=f"Qualification {code}")
    db.session.add_all([made, asked])
    db.session.flush()
    draft = records.Draft(
        effective_from=effective_from,
        legal_basis="Quyết định số 12/QĐ-TTg",
        clauses=clauses,
        qualifications=[asked],
        due_on=due_on,
        due_days=due_days,
        valid_months=valid_months,
        window_days=window_days,
        needed=Needed.HOURS if needed_hours else Needed.ALL,
        needed_hours=needed_hours,
    )
    records.publish(made, draft, by=None, at=at)
    db.session.flush()
    return made


def award(
    holder: Person,
    qualification: Qualification | str = "programme-management",
    *,
    awarded_on: date = LONG_AGO_DAY,
    source: AwardSource = AwardSource.COURSE,
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
        source=source,
        source_reference=reference or f"enrolment/{next(_numbers)}",
        title="Chu trình OCOP sáu bước",
        hours=16,
        by=by,
        at=at or datetime(2026, 11, 1, 2, 0, tzinfo=UTC),
    )


def paper_class(
    unit: Unit | None = None,
    *,
    people: Sequence[Person] = (),
    qualification: Qualification | str = "programme-management",
    title: str = "Tập huấn OCOP năm 2019",
    held_on: date = LONG_AGO_DAY,
    hours: int | None = 16,
    by: User | None = None,
    at: datetime = LONG_AGO,
) -> PaperClass:
    """A class on paper that is still a draft, with some people in it; the requirements are loaded."""
    if isinstance(qualification, str):
        qualification = db.session.scalars(select(Qualification).where(Qualification.code == qualification)).one()
    by = by or user("Lê Thị Phối")
    made = records.make_paper_class(
        records.PaperClassFacts(
            unit=unit or province(),
            qualification=qualification,
            title=title,
            issuer="Sở Nông nghiệp và Môi trường",
            document_number=f"{next(_numbers)}/QĐ-SNNMT",
            document_on=held_on,
            place="Hội trường xã",
            held_on=held_on,
            hours=hours,
        ),
        key=f"form/{next(_numbers)}",
        by=by,
        at=at,
    )
    if people:
        records.choose_people(made, people, by=by, at=at)
    return made


def report(
    unit: Unit,
    asked: Requirement | None = None,
    *,
    day: date = date(2026, 11, 20),
    number: str | None = None,
    by: User | None = None,
    at: datetime = datetime(2026, 11, 21, 2, 0, tzinfo=UTC),
) -> Report:
    """A published report of a unit; of the requirement about officials unless another is given."""
    asked = asked or requirements()[PositionKind.OFFICIAL]
    made = coverage.ask_for_report(
        unit, asked, day, document_number=number or f"{next(_numbers)}/BC-UBND", document_on=day, by=by, at=at
    )
    coverage.publish_report(made, by=by, at=at)
    return made


def pdf(more: bytes = b"") -> bytes:
    """A whole PDF of one empty page. more: what else its catalog says."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % more,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
    ]
    content = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(content)
    return content + b"xref\n0 4\n0000000000 65535 f \n" + table + end


def equivalence(
    qualification: Qualification,
    *,
    least_hours: int | None = None,
    completed_from: date | None = None,
    is_partial: bool = False,
    credited_hours: int | None = None,
    valid_from: date = LONG_AGO_DAY,
    at: datetime = LONG_AGO,
) -> Equivalence:
    """A line of the table of equivalences."""
    facts = records.EquivalenceFacts(
        qualification=qualification,
        issuer="Trường Cao đẳng Cộng đồng",
        course=f"Quản trị hợp tác xã {next(_numbers)}",
        least_hours=least_hours,
        completed_from=completed_from,
        completed_to=None,
        is_partial=is_partial,
        credited_hours=credited_hours,
        legal_basis="Quyết định số 12/QĐ-TTg",
        valid_from=valid_from,
        valid_to=None,
    )
    return records.make_equivalence(facts, by=user(), at=at)


def application(
    holder: Person,
    *,
    qualification: Qualification | str = "programme-management",
    course: str = "Quản lý hợp tác xã",
    completed_on: date = date(2024, 5, 10),
    hours: int = 120,
    files: Sequence[StoredFile] = (),
    is_submitted: bool = True,
    by: User | None = None,
    at: datetime = datetime(2026, 11, 1, 2, 0, tzinfo=UTC),
) -> Application:
    """An application to have training recognised, handed in by its person unless it is said who wrote it."""
    if isinstance(qualification, str):
        qualification = db.session.scalars(select(Qualification).where(Qualification.code == qualification)).one()
    by = by or holder.account or user()
    made = records.begin_application(holder, key=f"form/{next(_numbers)}", by=by, at=at)
    told = records.Told(
        qualification=qualification,
        issuer="Trường Cao đẳng Cộng đồng",
        course=course,
        completed_on=completed_on,
        hours=hours,
    )
    files = files or [records.keep_evidence(pdf(), name="chung-chi.pdf", by=by, at=at)]
    records.save_application(made, told, files=files, seen=made.revision, by=by, at=at)
    if is_submitted:
        records.submit_application(made, by=by, at=at)
    return made


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


def course_version(
    title: str = "Nghiệp vụ quản lý Chương trình OCOP",
    *,
    audience: PositionKind = PositionKind.OFFICIAL,
    lessons: int = 2,
    body: str = "## Mục đích\n\nMỗi xã một sản phẩm.\n",
) -> CourseVersion:
    """A published course with lessons; completing it gives what its audience must have."""
    made = CourseVersion(
        course=Course(
            code=f"khoa-hoc-{next(_numbers)}",
            qualification=requirements()[audience].versions[0].qualifications[0],
            audience=audience,
        ),
        number=1,
        title=title,
        summary="Sáu bước của chu trình và việc của từng cấp.",
        hours=16,
        legal_basis=["Quyết định số 490/QĐ-TTg ngày 07/05/2018"],
        digest=f"{next(_numbers):064}",
        published_at=LONG_AGO,
    )
    for _lesson in range(lessons):
        _item(made, ItemKind.LESSON, "Bài học", body)
    db.session.add(made)
    db.session.flush()
    return made


def _item(version: CourseVersion, kind: ItemKind, title: str, body: str | None = None) -> CourseItem:
    position = len(version.items) + 1
    made = CourseItem(
        version=version,
        position=position,
        kind=kind,
        slug=f"phan-{position}",
        title=f"{title} {position}",
        minutes=10 if body is not None else None,
        body=body,
        sources=["Quyết định số 490/QĐ-TTg ngày 07/05/2018"] if body is not None else [],
    )
    db.session.add(made)
    db.session.flush()
    return made


def trainer(display_name: str = "Trần Văn Giảng", *, unit: Unit | None = None) -> User:
    """An account with a trainer's role."""
    return role(user(display_name), Role.TRAINER, unit_id=(unit or country()).id)


def coordinator(unit: Unit) -> User:
    """An account that coordinates a unit."""
    return role(user("Lê Thị Phối"), Role.COORDINATOR, unit_id=unit.id)


def training_class(
    version: CourseVersion | None = None,
    *,
    name: str = "Lớp tháng 11",
    unit: Unit | None = None,
    trainers: Sequence[User] = (),
    starts_on: date = LONG_AGO_DAY,
    ends_on: date | None = None,
    is_open: bool = True,
) -> TrainingClass:
    """A class that runs, open to everyone whom it is for."""
    made = courses.open_class(
        version or course_version(),
        name=name,
        unit=unit or province(),
        trainers=trainers,
        starts_on=starts_on,
        ends_on=ends_on,
        is_open=is_open,
        by=None,
        at=LONG_AGO,
    )
    db.session.flush()
    return made


def enrolment(
    taken: TrainingClass | None = None, *, holder: Person | None = None, at: datetime = LONG_AGO
) -> Enrolment:
    """Someone with an account, enrolled in a class."""
    return courses.enrol(taken or training_class(), holder or person(account=user()), by=None, at=at)


def quiz(
    version: CourseVersion,
    *,
    right: Sequence[Sequence[int]] = ((1,), (1, 2)),
    pass_percent: int = 80,
    attempts_allowed: int = 3,
    critical: Sequence[int] = (),
) -> Quiz:
    """A quiz at the end of a course, of questions with three options each, worth 4 points each.

    right: the places (from 1) of the right options, for each question; several make it a multiple-choice question.
    critical: numbers (from 1) of the questions that must be earned in full.
    """
    made = Quiz(
        item=_item(version, ItemKind.QUIZ, "Bài kiểm tra"),
        instructions="Chọn câu đúng.",
        pass_percent=pass_percent,
        attempts_allowed=attempts_allowed,
    )
    for number, places in enumerate(right, start=1):
        made.questions.append(
            Question(
                position=number,
                code=f"cau-{number}",
                kind=QuestionKind.MULTIPLE if len(places) > 1 else QuestionKind.SINGLE,
                points=4,
                is_critical=number in critical,
                text=f"Câu hỏi {number}?",
                explanation=f"Lời giải thích {number}",
                options=[
                    Option(
                        position=place,
                        text=f"Phương án {place}",
                        is_correct=place in places,
                        feedback=f"Phản hồi {number}.{place}",
                    )
                    for place in (1, 2, 3)
                ],
            )
        )
    db.session.add(made)
    db.session.flush()
    return made


def attempt(of: Quiz, taker: Enrolment, *, at: datetime = LONG_AGO) -> Attempt:
    """An open attempt, its questions and options in the order in which they were written."""
    made = assessments.start_attempt(of, taker, shuffle=lambda order: None, by=taker.person.account or user(), at=at)
    db.session.flush()
    return made


def exercise(version: CourseVersion, *, attachments_allowed: int = 2) -> Exercise:
    """A practical exercise with two fields and two criteria; 50 % of the 10 points accept a work."""
    made = Exercise(
        item=_item(version, ItemKind.EXERCISE, "Bài thực hành"),
        rubric=Rubric(
            code=f"phieu-{next(_numbers)}",
            version=1,
            title="Phiếu chấm ý tưởng",
            legal_basis="Quyết định số 148/QĐ-TTg ngày 24/02/2023",
            pass_percent=50,
            criteria=[
                Criterion(
                    position=position,
                    code=f"A{position}",
                    part="A",
                    title=title,
                    levels=[{"points": points, "text": f"Mức {points}"} for points in (0, 2, 5)],
                    requires=None,
                    stops_at=0 if position == 1 else None,
                    branch=None,
                )
                for position, title in enumerate(("Nguyên liệu địa phương", "Câu chuyện"), start=1)
            ],
        ),
        instructions="Viết ý tưởng của chính bạn.",
        fields=[
            {
                "key": "product",
                "label": "Tên sản phẩm",
                "hint": "Ngắn gọn",
                "kind": "text",
                "required": True,
                "max_characters": 40,
                "choices": [],
            },
            {
                "key": "story",
                "label": "Câu chuyện",
                "hint": "Kể vài dòng",
                "kind": "long_text",
                "required": False,
                "max_characters": 200,
                "choices": [],
            },
        ],
        attachments_allowed=attachments_allowed,
        attachment_kinds=["picture", "pdf"],
    )
    db.session.add(made)
    db.session.flush()
    return made


def draft(
    of: Exercise, writer: Enrolment, *, product: str = "Chè Shan tuyết", story: str = "", at: datetime = LONG_AGO
) -> Submission:
    """A work that is being written."""
    made = assessments.save_draft(
        of, writer, {"product": product, "story": story}, base=0, by=writer.person.account or user(), at=at
    )
    db.session.flush()
    return made


def submission(
    of: Exercise, writer: Enrolment, *, product: str = "Chè Shan tuyết", at: datetime = LONG_AGO
) -> Submission:
    """A work that waits for marking."""
    made = draft(of, writer, product=product, at=at)
    assessments.submit_work(made, by=writer.person.account or user(), at=at)
    db.session.flush()
    return made
