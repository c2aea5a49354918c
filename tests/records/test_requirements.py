"""Requirements: read by who leads, changed by an administrator over the country, shown before they are published."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.accounts.models import Role
from lms.core.db import db
from lms.records import actions, queries
from lms.records.models import Duty, Needed, Qualification, Requirement, RequirementVersion
from lms.records.rules import Clause
from lms.registry.models import Organisation, OrganisationKind, Origin, Person, Position, PositionKind
from tests.support import make

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


@pytest.fixture
def officials(app, clock):
    return make.requirements()[PositionKind.OFFICIAL]


@pytest.fixture
def administrator(officials, sign_in):
    return sign_in(make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id))


def draft(requirement, *clauses, **changes):
    return actions.Draft(
        **{
            "effective_from": date(2026, 1, 1),
            "legal_basis": "Quyết định số 1",
            "clauses": clauses or [Clause("official")],
            "qualifications": requirement.versions[0].qualifications,
            **changes,
        }
    )


def ids(condition):
    return list(queries.ids_of_people(condition))


def sent(officials, **changes):
    return {
        "legal_basis": "Quyết định số 1/QĐ-TTg",
        "effective_from": "2026-01-01",
        "clauses-0-kind": "official",
        "clauses-0-levels": ["commune"],
        "qualification_ids": [officials.versions[0].qualifications[0].id],
        "needed": "all",
        "reason": "Cấp tỉnh đã có yêu cầu riêng",
        **changes,
    }


def digest_in(answer):
    return answer.text.partition('name="digest" value="')[2].partition('"')[0]


def test_a_preview_names_who_comes_in_and_who_drops_out_and_changes_nothing(officials):
    stays, drops, comes = make.official(), make.official(unit=make.province()), make.leader()
    seen = actions.preview(
        officials, draft(officials, Clause("official", levels=frozenset({"commune"})), Clause("leader")), at=AT
    )

    assert (ids(seen.coming_in), ids(seen.dropping_out)) == ([comes.person_id], [drops.person_id])
    assert (seen.in_count, seen.out_count, seen.staying_count) == (1, 1, 1)
    assert stays.person_id not in ids(seen.coming_in)
    assert len(officials.versions) == 1


def test_what_the_preview_said_is_what_publishing_does(officials):
    """Two posts of one human being, one known twice, an organisation that left, a post still to come."""
    twice, other = make.person(), make.person()
    other.merged_into_id = twice.id
    unit = make.commune()
    make.official(twice, unit=unit)
    make.leader(other)
    led = make.organisation()
    led.left_on = date(2026, 6, 1)
    make.leader(of=led)
    make.leader(started_on=date(2027, 1, 1))
    make.leader(unit=unit)
    asked = draft(officials, Clause("leader"), effective_from=date(2026, 7, 1))
    before = ids(Person.id.in_(queries.are_obliged(officials.id, DAY)))
    seen = actions.preview(officials, asked, at=AT)
    coming_in, dropping_out = ids(seen.coming_in), ids(seen.dropping_out)
    actions.publish(officials, asked, by=None, at=AT)

    after = ids(Person.id.in_(queries.are_obliged(officials.id, DAY)))
    assert coming_in == sorted(set(after) - set(before))
    assert dropping_out == sorted(set(before) - set(after))
    assert twice.id in after


clauses = st.builds(
    Clause,
    st.sampled_from(["official", "leader"]),
    levels=st.frozensets(st.sampled_from(["province", "commune"])),
    organisation_kinds=st.frozensets(st.sampled_from(["household", "cooperative"])),
    product_groups=st.frozensets(st.sampled_from(["Đồ uống", "Thực phẩm"])),
    origins=st.frozensets(st.sampled_from(["new", "existing"])),
    units=st.frozensets(st.sampled_from(["vn", "vn/04", "vn/91"])),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(clauses)
def test_the_statement_and_the_rule_agree_on_whom_a_clause_obliges(officials, clause):
    if db.session.scalar(select(Organisation.id).limit(1)) is None:
        for code in ("04", "91"):
            province = make.province(code=code)
            make.official(unit=province)
            make.official(unit=make.commune(within=province))
            for kind in (OrganisationKind.HOUSEHOLD, OrganisationKind.COOPERATIVE):
                for group in (None, "Đồ uống"):
                    led = make.organisation(kind=kind, unit=province)
                    led.product_group, led.origin = group, Origin.NEW if group else None
                    make.leader(of=led)
    posts = queries.posts_where(Position.id > 0)
    paths = queries.paths_within(posts)

    found = db.session.scalars(
        select(Position.id).outerjoin(Position.organisation).where(queries.clause_meets(clause))
    ).all()
    assert set(found) == {post.id for post in posts if clause.is_met_by(queries.post_of(post, paths))}


def test_the_digest_changes_with_the_draft_the_versions_and_the_people(officials):
    asked = draft(officials, Clause("leader"))
    first = actions.preview(officials, asked, at=AT).digest
    assert actions.preview(officials, asked, at=AT).digest == first

    digests = {first, actions.preview(officials, draft(officials, Clause("leader"), due_days=5), at=AT).digest}
    make.leader()
    digests.add(actions.preview(officials, asked, at=AT).digest)
    actions.publish(officials, draft(officials), by=None, at=AT)
    digests.add(actions.preview(officials, asked, at=AT).digest)
    assert len(digests) == 4


def test_a_version_is_previewed_by_name_and_published_as_seen(officials, administrator):
    position = make.official(make.person("Lò Văn Tỉnh"), unit=make.province())
    path = "/requirements/officials/versions/new"
    assert "490/QĐ-TTg" in administrator.get(path).text

    shown = administrator.post(path, data=sent(officials))
    assert "Lò Văn Tỉnh" in shown.text
    assert len(officials.versions) == 1

    data = {**sent(officials), "do": "publish", "digest": digest_in(shown)}
    assert administrator.post(path, data=data).status_code == 303
    version = db.session.scalars(select(RequirementVersion).where(RequirementVersion.number == 2)).one()
    assert version.reason == "Cấp tỉnh đã có yêu cầu riêng"
    [duty] = db.session.scalars(select(Duty).where(Duty.position_id == position.id, Duty.superseded_at.is_(None)))
    assert duty.ended_on == date(2025, 12, 31)
    page = administrator.get("/requirements/officials").text
    assert "Quyết định số 1/QĐ-TTg" in page
    assert "Cán bộ cấp xã" in page


def test_a_preview_that_has_become_stale_is_shown_again(officials, administrator):
    path = "/requirements/officials/versions/new"
    digest = digest_in(administrator.post(path, data=sent(officials)))
    make.official(make.person("Lò Văn Mới"), unit=make.province())
    answer = administrator.post(path, data={**sent(officials), "do": "publish", "digest": digest})

    assert answer.status_code == 409
    assert "Lò Văn Mới" in answer.text
    assert len(officials.versions) == 1


def test_a_long_list_is_shown_a_page_at_a_time(officials, administrator):
    province = make.province()
    for number in range(52):
        make.official(make.person(f"Người {number:02}"), unit=province)
    path = "/requirements/officials/versions/new"
    first = administrator.post(path, data=sent(officials))
    more = first.text.partition('value="out:')[2].partition('"')[0]
    second = administrator.post(path, data=sent(officials, do=f"out:{more}"))

    assert (first.text.count("/record"), second.text.count("/record")) == (50, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"clauses-0-kind": ""},
        {"clauses-0-unit_codes": "không có"},
        {"effective_from": ""},
        {"needed": "some", "needed_count": "2"},
        {"needed": "hours"},
        {"due_on": "2026-12-31", "due_days": "30"},
        {"window_days": "30"},
        {"reason": ""},
    ],
)
def test_a_version_that_will_not_do_is_refused(officials, administrator, changes):
    answer = administrator.post("/requirements/officials/versions/new", data=sent(officials, **changes))

    assert answer.status_code == 422
    assert digest_in(answer) == ""


def test_a_new_requirement_is_made_with_its_first_version(officials, administrator):
    commune = make.commune(within=make.province(code="04"))
    make.official(make.person("Hoàng Văn Xã"), unit=commune)
    data = sent(
        officials,
        code="can-bo-cao-bang",
        name="Cán bộ Cao Bằng",
        name_en="Officials of Cao Bằng",
        needed="hours",
        needed_hours="16",
        **{"clauses-0-unit_codes": "04"},
    )
    shown = administrator.post("/requirements/new", data=data)
    assert "Hoàng Văn Xã" in shown.text
    answer = administrator.post("/requirements/new", data={**data, "do": "publish", "digest": digest_in(shown)})

    assert answer.location == "/requirements/can-bo-cao-bang"
    made = db.session.scalars(select(Requirement).where(Requirement.code == "can-bo-cao-bang")).one()
    assert (made.versions[0].needed, made.versions[0].needed_hours) == (Needed.HOURS, 16)
    assert made.versions[0].clauses == [{"kind": "official", "levels": ["commune"], "units": ["vn/04"]}]
    again = administrator.post("/requirements/new", data=data)
    answer = administrator.post("/requirements/new", data={**data, "do": "publish", "digest": digest_in(again)})
    assert "Mã này đã dùng" in answer.text


def test_a_qualification_is_added_once(officials, administrator):
    data = {"code": "an-toan", "name": "An toàn thực phẩm", "name_en": "Food safety"}

    assert administrator.post("/qualifications", data=data).status_code == 303
    assert administrator.post("/qualifications", data=data).status_code == 422
    assert administrator.post("/qualifications", data={**data, "code": "Có dấu"}).status_code == 422
    assert len(db.session.scalars(select(Qualification).where(Qualification.code == "an-toan")).all()) == 1


def test_who_leads_a_province_reads_and_does_not_change(officials, sign_in):
    client = sign_in(make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.province().id))

    assert client.get("/requirements").status_code == 200
    assert client.get("/requirements/officials").status_code == 200
    assert client.get("/requirements/officials/versions/new").status_code == 403
    assert client.post("/requirements/officials/versions/new", data=sent(officials)).status_code == 403
