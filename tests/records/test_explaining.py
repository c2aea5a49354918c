"""Why somebody is counted or not: the decision, the clause, the duty, the excuse, the evidence."""

from datetime import UTC, date, datetime

import pytest

from lms.core.db import db
from lms.coverage.queries import direct
from lms.records import actions, queries
from lms.records.models import AwardSource, Needed, Qualification
from lms.records.rules import Clause, Counting, Decision
from lms.records.words import decision_text
from lms.registry.models import Excuse, ExcuseKind, OrganisationKind, PersonMerge, PositionKind
from lms.registry.signals import people_changed, positions_changed
from tests.support import make

DAY = date(2026, 6, 1)
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def at(month, day=1):
    return datetime(2026, month, day, 2, 0, tzinfo=UTC)


@pytest.fixture
def officials(app):
    return make.requirements()[PositionKind.OFFICIAL]


@pytest.fixture
def person(officials):
    person = make.person("Trần Văn Bình")
    make.official(person, started_on=date(2026, 1, 5))
    return person


def excuse(person, *, since, until=None, position=None, entered_at=make.LONG_AGO):
    made = Excuse(
        person_id=person.id,
        position_id=position.id if position is not None else None,
        kind=ExcuseKind.MATERNITY,
        started_on=since,
        ended_on=until,
        note="Quyết định số 12",
        entered_at=entered_at,
    )
    db.session.add(made)
    db.session.flush()
    people_changed.send("test", person_ids=[person.id], at=entered_at)
    return made


def test_a_post_without_a_result_leaves_the_person_outstanding(person, officials):
    why = queries.explain(person, officials, DAY)

    assert why.decision is Decision.OUTSTANDING
    assert [one.duty.started_on for one in why.obligations] == [date(2026, 1, 5)]
    assert decision_text(why) == (
        "Còn phải học vì thuộc diện từ ngày 05/01/2026 và chưa có kết quả về: Quản lý, điều hành Chương trình OCOP."
    )


def test_the_result_that_counts_is_named(person, officials):
    award = make.award(person, awarded_on=date(2026, 3, 2))
    why = queries.explain(person, officials, DAY)

    assert (why.decision, why.award) == (Decision.TRAINED, award)
    assert decision_text(why) == (
        "Được tính là đã học xong vì có kết quả “Chu trình OCOP sáu bước” ngày 02/03/2026 (khóa học trên hệ thống)."
    )
    assert queries.explain(person, officials, date(2026, 3, 1)).evidence[0].counting is Counting.NOT_YET


def test_a_revoked_result_is_named_among_the_reasons(person, officials):
    award = make.award(person, awarded_on=date(2026, 3, 2))
    actions.revoke_award(award, on=date(2026, 4, 1), reason="Ghi nhầm người", by=None, at=AT)

    text = decision_text(queries.explain(person, officials, DAY))

    assert text.endswith("Kết quả ngày 02/03/2026 đã bị thu hồi từ ngày 01/04/2026.")
    assert queries.explain(person, officials, date(2026, 3, 31)).decision is Decision.TRAINED


def test_a_result_that_has_run_out_is_named_among_the_reasons(person, officials):
    actions.publish(
        officials,
        actions.Draft(
            effective_from=date(2026, 1, 1),
            legal_basis="Quyết định số 1",
            clauses=[Clause("official")],
            qualifications=officials.versions[0].qualifications,
            valid_months=2,
        ),
        by=None,
        at=at(1),
    )
    make.award(person, awarded_on=date(2026, 3, 2))

    assert queries.explain(person, officials, date(2026, 5, 1)).decision is Decision.TRAINED
    assert decision_text(queries.explain(person, officials, date(2026, 5, 1))).endswith(
        "Được tính đến hết ngày 01/05/2026."
    )
    assert decision_text(queries.explain(person, officials, DAY)).endswith(
        "Kết quả ngày 02/03/2026 chỉ được tính đến hết ngày 01/05/2026."
    )


def test_what_is_lacking_is_counted_where_several_or_hours_are_asked(person, officials):
    other = Qualification(code="food-safety", name="An toàn thực phẩm", name_en="Food safety")
    db.session.add(other)
    asked = [*officials.versions[0].qualifications, other]

    def publish(**needed):
        draft = actions.Draft(
            effective_from=date(2026, 1, 1),
            legal_basis="Quyết định số 1",
            clauses=[Clause("official")],
            qualifications=asked,
            **needed,
        )
        actions.publish(officials, draft, by=None, at=at(1))
        return decision_text(queries.explain(person, officials, DAY))

    make.award(person, awarded_on=date(2026, 3, 2))
    assert "chưa có kết quả về: An toàn thực phẩm" in publish()
    assert "có kết quả “Chu trình OCOP sáu bước”" in publish(needed=Needed.SOME, needed_count=1)
    assert "còn thiếu 24 giờ học về: Quản lý" in publish(needed=Needed.HOURS, needed_hours=40)


def test_who_is_excused_from_every_post_is_excused(person, officials):
    excuse(person, since=date(2026, 5, 1), until=date(2026, 10, 31))

    why = queries.explain(person, officials, DAY)
    assert why.decision is Decision.EXCUSED
    assert decision_text(why).startswith("Được tạm miễn vì nghỉ thai sản từ ngày 01/05/2026 đến hết ngày 31/10/2026")
    assert queries.explain(person, officials, date(2026, 11, 1)).decision is Decision.OUTSTANDING


def test_who_is_excused_from_one_of_two_posts_still_owes(person, officials):
    other = make.official(person, started_on=date(2026, 2, 1))
    excuse(person, since=date(2026, 5, 1), position=other)

    why = queries.explain(person, officials, DAY)
    assert why.decision is Decision.OUTSTANDING
    assert [one.is_excused for one in why.obligations] == [False, True]
    assert queries.explain(person, officials, DAY, unit=other.unit).decision is Decision.EXCUSED


def test_who_holds_no_post_or_another_one_is_told_why(person, officials):
    leaders = make.requirements()[PositionKind.LEADER]

    assert "chưa có hiệu lực" in decision_text(queries.explain(person, officials, date(2018, 1, 1)))
    assert "không giữ chức vụ nào" in decision_text(queries.explain(person, officials, date(2025, 12, 1)))
    why = queries.explain(person, leaders, DAY)
    assert "không nằm trong nhóm người nào" in decision_text(why)
    assert [list(post.unmet) for post in why.other_posts] == [[("kind",)]]


def test_who_leads_another_kind_of_organisation_is_told_which_condition_fails(app):
    leaders = make.requirements()[PositionKind.LEADER]
    person = make.person()
    make.leader(person, of=make.organisation(kind=OrganisationKind.HOUSEHOLD), started_on=date(2026, 1, 1))
    actions.publish(
        leaders,
        actions.Draft(
            effective_from=date(2026, 1, 1),
            legal_basis="Quyết định số 1",
            clauses=[Clause("leader", organisation_kinds=frozenset({"cooperative"})), Clause("official")],
            qualifications=leaders.versions[0].qualifications,
        ),
        by=None,
        at=at(1),
    )

    [post] = queries.explain(person, leaders, DAY).other_posts
    assert list(post.unmet) == [("organisation_kinds",), ("kind",)]


def test_who_leads_an_organisation_that_left_the_programme_is_told(app):
    leaders = make.requirements()[PositionKind.LEADER]
    person, led = make.person(), make.organisation()
    led.left_on = date(2026, 5, 1)
    make.leader(person, of=led)

    assert queries.explain(person, leaders, date(2026, 5, 1)).decision is Decision.OUTSTANDING
    assert "đã rời Chương trình" in decision_text(queries.explain(person, leaders, DAY))


def test_what_was_known_on_a_past_day_is_told_as_it_was_known_then(person, officials):
    """A post corrected, an award entered late and later revoked, an excuse entered late and withdrawn."""
    [position] = person.positions
    award = make.award(person, awarded_on=date(2026, 3, 2), at=at(7))
    actions.revoke_award(award, on=date(2026, 3, 2), reason="Ghi nhầm", by=None, at=at(8))
    position.started_on = date(2026, 6, 15)
    db.session.flush()
    positions_changed.send("test", position_ids=[position.id], at=at(9))
    late = excuse(person, since=date(2026, 1, 1), entered_at=at(10))
    late.withdrawn_at, late.withdraw_reason = at(11), "Ghi nhầm"
    db.session.flush()
    people_changed.send("test", person_ids=[person.id], at=at(11))

    known = {month: queries.explain(person, officials, DAY, at(month, 2)).decision for month in (6, 7, 8, 9)}

    assert known == {
        6: Decision.OUTSTANDING,
        7: Decision.TRAINED,
        8: Decision.OUTSTANDING,
        9: Decision.NOT_OBLIGED,
    }
    later = date(2026, 7, 1)
    assert queries.explain(person, officials, later, at(10, 2)).decision is Decision.EXCUSED
    assert queries.explain(person, officials, later, at(11, 2)).decision is Decision.OUTSTANDING
    assert queries.explain(person, officials, DAY).decision is Decision.NOT_OBLIGED
    assert len(queries.explain(person, officials, DAY).history) == 2


def test_a_human_being_known_twice_is_explained_as_one(person, officials):
    other = make.person("Trần Văn Bình")
    make.award(other, awarded_on=date(2026, 3, 2))
    other.merged_into_id = person.id
    db.session.add(PersonMerge(from_id=other.id, into_id=person.id, reason="Cùng một người", merged_at=at(9)))
    db.session.flush()

    for asked in (person, other):
        why = queries.explain(asked, officials, DAY)
        assert (why.person, why.merged, why.decision) == (person, [other], Decision.TRAINED)
    before = queries.explain(person, officials, DAY, at(8))
    assert (before.merged, before.decision) == ([], Decision.OUTSTANDING)
    assert queries.explain(other, officials, DAY, at(8)).person is other


def test_every_requirement_is_explained_in_the_same_number_of_statements(person, officials):
    decisions = {why.requirement.code: why.decision for why in queries.explain_all(person, DAY)}

    assert decisions == {"officials": Decision.OUTSTANDING, "leaders": Decision.NOT_OBLIGED}


def test_the_decision_is_the_one_that_the_figures_count(officials):
    """The explanation and the figures counted from the facts agree, person by person, on every day that matters."""
    unit = make.province()
    commune, other = make.commune(within=unit), make.commune("Năm Căn", within=unit)
    people = [make.person(f"Người {number}") for number in range(6)]
    for number, person in enumerate(people):
        first = make.official(person, unit=commune, started_on=date(2026, 1, 1 + number))
        if number % 2:
            make.official(person, unit=other, started_on=date(2026, 4, 1), ended_on=date(2026, 5, 31))
        if number % 3 == 0:
            excuse(person, since=date(2026, 4, 15), until=date(2026, 5, 15), position=first if number else None)
        if number < 4:
            award = make.award(person, awarded_on=date(2026, 2 + number, 1))
        if number == 2:
            actions.revoke_award(award, on=date(2026, 5, 1), reason="Ghi nhầm", by=None, at=AT)

    for day in (date(2026, month, day) for month in range(1, 7) for day in (1, 3, 16)):
        for where in (unit, commune, other):
            told = {person.id: queries.explain(person, officials, day, unit=where).decision for person in people}
            counted = direct.standings(officials.id, where.id, day)
            assert {who: how.value for who, how in told.items() if how is not Decision.NOT_OBLIGED} == counted


def test_prior_training_is_named_as_what_it_is(person, officials):
    actions.award(
        person,
        officials.versions[0].qualifications[0],
        awarded_on=date(2026, 2, 1),
        source=AwardSource.PRIOR_TRAINING,
        source_reference="1",
        title="Sơ cấp nghề",
        hours=None,
        by=None,
        at=at(3),
    )

    assert "(công nhận đào tạo nghề đã học)" in decision_text(queries.explain(person, officials, DAY))
