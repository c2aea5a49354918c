"""Publishing for many people: asked for, looked at again, and done by a worker all at once or not at all."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from lms.accounts.models import Role
from lms.core import jobs
from lms.core.db import db
from lms.core.jobs import Job, JobState
from lms.records import actions
from lms.records.models import Duty, Needed, Requirement, RequirementVersion
from lms.records.rules import Clause
from lms.registry.models import PositionKind
from tests.support import make
from tests.support.jobs import work_all

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PATH = "/requirements/officials/versions/new"


@pytest.fixture
def officials(app, clock):
    return make.requirements()[PositionKind.OFFICIAL]


@pytest.fixture
def administrator(officials):
    return make.role(make.user("Lê Văn Quản"), Role.ADMINISTRATOR, unit_id=make.country().id)


@pytest.fixture
def many(officials, monkeypatch):
    """Three posts are many here."""
    monkeypatch.setattr(actions.publishing, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(actions.requirements, "CHUNK", 2)
    return [make.official(unit=make.commune()), make.official(unit=make.province()), make.leader()]


def sent(officials, **changes):
    return {
        "legal_basis": "Quyết định số 1/QĐ-TTg",
        "effective_from": "2026-01-01",
        "clauses-0-kind": "official",
        "clauses-0-levels": ["commune"],
        "clauses-1-kind": "leader",
        "qualification_ids": [officials.versions[0].qualifications[0].id],
        "needed": "all",
        "due_on": "2027-06-30",
        "reason": "Mở rộng diện",
        **changes,
    }


def published(client, officials, path=PATH, **changes):
    shown = client.post(path, data=sent(officials, **changes)).text
    digest = shown.partition('name="digest" value="')[2].partition('"')[0]
    return client.post(path, data={**sent(officials, **changes), "do": "publish", "digest": digest})


def the_job():
    return db.session.scalars(select(Job).execution_options(populate_existing=True)).one()


def version_count():
    return db.session.scalar(select(func.count()).select_from(RequirementVersion))


def test_many_people_are_published_for_by_a_job(app, officials, administrator, many, sign_in):
    before = version_count()
    answer = published(sign_in(administrator), officials)
    assert answer.location == f"/jobs/{the_job().id}?wait=1"
    assert version_count() == before
    requirement_id = officials.id

    assert work_all(app) == 1

    assert the_job().state is JobState.DONE
    version = db.session.scalars(select(RequirementVersion).order_by(RequirementVersion.id.desc())).first()
    assert (version.requirement_id, version.reason, version.published_by_id) == (
        requirement_id,
        "Mở rộng diện",
        administrator.id,
    )
    holders = set(db.session.scalars(select(Duty.position_id).where(Duty.version_id == version.id)))
    assert holders == {many[0].id, many[2].id}
    assert sign_in(administrator).get(answer.location).location == "/requirements/officials"


def test_few_people_are_published_for_at_once(officials, administrator, sign_in):
    make.official(unit=make.commune())

    assert published(sign_in(administrator), officials).location == "/requirements/officials"
    assert db.session.scalars(select(Job)).all() == []


def test_what_changed_since_it_was_looked_at_is_not_published(app, officials, administrator, many, sign_in):
    before = version_count()
    client = sign_in(administrator)
    place = published(client, officials).location
    make.leader()
    work_all(app)

    assert the_job().state is JobState.FAILED
    assert version_count() == before
    assert "chưa ban hành gì" in client.get(place).text


def test_a_new_requirement_for_many_people_is_a_job_too(app, officials, administrator, many, sign_in):
    names = {"code": "mo-rong", "name": "Mở rộng", "name_en": "Wider"}
    client = sign_in(administrator)
    place = published(client, officials, "/requirements/new", **names).location
    work_all(app)

    assert db.session.scalars(select(Requirement).where(Requirement.code == "mo-rong")).one().versions[0].number == 1
    assert client.get(place).location == "/requirements/mo-rong"
    assert published(client, officials, "/requirements/new", **names).status_code == 422


def test_asked_for_twice_it_is_one_job_and_another_has_to_wait(officials, administrator, many, sign_in):
    client = sign_in(administrator)
    first, again = published(client, officials), published(client, officials)
    other = published(client, officials, reason="Khác", due_on="2028-06-30")

    assert first.location == again.location
    assert other.status_code == 409


def test_who_lost_the_right_meanwhile_publishes_nothing(app, officials, administrator, many, sign_in):
    before = version_count()
    published(sign_in(administrator), officials)
    administrator.roles.clear()
    work_all(app)

    assert the_job().state is JobState.FAILED
    assert version_count() == before


def test_a_draft_is_kept_as_it_was(officials):
    draft = actions.Draft(
        effective_from=date(2026, 1, 1),
        legal_basis="Quyết định số 1",
        clauses=(Clause("leader", units=frozenset({"vn/04"})), Clause("official")),
        qualifications=officials.versions[0].qualifications,
        needed=Needed.HOURS,
        needed_hours=20,
        due_on=date(2027, 1, 1),
        reason="Mới",
    )

    kept = actions.publishing.draft_of(actions.publishing.told_by(draft))
    assert (kept.told(), kept.reason) == (draft.told(), draft.reason)


def test_how_far_it_is_goes_out_with_the_sign_of_life(app, officials, administrator, many):
    job = jobs.ask(actions.publishing.PUBLISH, officials, by=administrator, at=AT)
    run = jobs.Run(job)
    told = []
    run.tell(2, 5)
    told.append(jobs._sign_of_life(run))

    assert (told[0]["done_count"], told[0]["total_count"]) == (2, 5)
    draft = actions.Draft(
        effective_from=date(2026, 1, 1),
        legal_basis="Quyết định số 1",
        clauses=[Clause("official"), Clause("leader")],
        qualifications=officials.versions[0].qualifications,
    )
    steps = []
    told_by = {
        "draft": actions.publishing.told_by(draft),
        "digest": actions.preview(officials, draft, at=AT).digest,
        "names": None,
    }
    actions.publish_as_asked(
        officials, told_by, by=administrator, at=AT, tell=lambda done, total: steps.append((done, total))
    )
    assert steps == [(2, 3), (3, 3)]
