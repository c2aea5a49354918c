"""Classes on paper: one document, many people, entered, corrected and revoked as one act."""

import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from lms.accounts.models import User
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.coverage.queries import kept
from lms.records import actions, queries
from lms.records.models import Award, AwardSource, PaperClass, PaperClassState
from lms.records.rules import Decision, Outlook, read_pasted
from lms.records.signals import awards_changed
from lms.registry import actions as registry
from lms.registry.models import PositionKind
from lms.registry.policies import visible_people
from tests.support import make
from tests.support.queries import count_queries
from tests.support.threads import at_once
from tests.web.world import PDF

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HELD = date(2026, 3, 6)
TODAY = date(2026, 11, 20)


@pytest.fixture
def officials(app, clock):
    return make.requirements()[PositionKind.OFFICIAL]


@pytest.fixture
def unit(officials):
    return make.province("Cao Bằng")


@pytest.fixture
def commune(unit):
    return make.commune("Quảng Hòa", within=unit)


@pytest.fixture
def coordinator(unit):
    return make.coordinator(unit)


@pytest.fixture
def official(commune):
    def official(name="Trần Văn Bình", unit=commune):
        person = make.person(name)
        make.official(person, unit=unit, started_on=date(2026, 1, 5))
        return person

    return official


def draft(unit, coordinator, *people, **changes):
    return make.paper_class(unit, people=people, by=coordinator, **{"held_on": HELD, "at": AT, **changes})


def enter(paper_class, by, seen=None, at=AT):
    seen = paper_class.revision if seen is None else seen
    return actions.enter_paper_class(paper_class, seen=seen, visible=visible_people(by), by=by, at=at)


def outlooks(paper_class, by):
    return queries.outlooks(
        paper_class.people,
        paper_class.qualification,
        awarded_on=paper_class.held_on,
        hours=paper_class.hours,
        day=TODAY,
        visible=visible_people(by),
        by=by,
    )


def trained(requirement, unit):
    [figures] = kept.figures([requirement.id], [unit.id], ["all"], TODAY).values()
    return figures.trained


def sent(officials, unit, **changes):
    return {
        "title": "Tập huấn chu trình OCOP",
        "qualification_id": officials.versions[0].qualifications[0].id,
        "held_on": "2026-03-06",
        "hours": "16",
        "place": "Hội trường xã",
        "issuer": "Sở Nông nghiệp và Môi trường",
        "document_number": "125/QĐ-SNNMT",
        "document_on": "2026-03-10",
        "unit_id": unit.id,
        "key": "a1",
        **changes,
    }


def test_a_class_is_written_down_chosen_looked_through_and_entered(
    officials, unit, commune, coordinator, official, sign_in
):
    one, other = official("Hoàng Thị Đào"), official("Bế Văn Sơn")
    client = sign_in(coordinator)
    data = {**sent(officials, unit), "files": (io.BytesIO(PDF), "danh-sach.pdf")}
    place = client.post("/paper-classes/new", data=data).location
    assert "Chưa chọn ai" in client.get(place).text

    found = client.get(f"{place}?unit={commune.id}").text
    assert "2 người còn phải học chuẩn này" in found
    client.post(f"{place}/people", data={"everyone": "yes", "unit": commune.id})
    looked_at = client.get(place).text
    assert "Ghi kết quả cho 2 người" in looked_at
    assert db.session.scalars(select(Award)).all() == []

    seen = looked_at.partition('name="seen" value="')[2].partition('"')[0]
    for _twice in range(2):
        assert client.post(f"{place}/enter", data={"seen": seen}).location == place

    paper_class = db.session.scalars(select(PaperClass)).one()
    awards = queries.awards_of_class(paper_class)
    assert [award.person for award in awards] == [one, other]
    assert {(award.source, award.awarded_on, award.hours) for award in awards} == {(AwardSource.CLASS, HELD, 16)}
    assert trained(officials, unit) == 2
    assert "Có hiệu lực" in client.get(place).text
    assert f'href="{place}"' in client.get(f"/awards/{awards[0].id}").text
    assert client.get(f"{place}/evidence/{paper_class.evidence[0].id}").data == PDF


def test_the_look_says_for_each_what_would_become_of_it(officials, unit, commune, coordinator, official):
    counts, has_it, same_day, excused = (official(name) for name in ("An", "Bình", "Cúc", "Dần"))
    stranger, own = official("Én", make.commune("Xa")), official("Giang")
    nobody = make.person("Hà")
    make.official(nobody, unit=commune, started_on=date(2026, 1, 5), ended_on=date(2026, 2, 5))
    make.award(has_it, awarded_on=date(2026, 5, 1))
    make.award(same_day, awarded_on=HELD)
    make.excuse(excused, started_on=date(2026, 11, 1))
    own.account_id = coordinator.id
    paper_class = draft(unit, coordinator, counts, has_it, same_day, excused, stranger, own, nobody)

    assert {
        person.full_name: outlook
        for person in paper_class.people
        for person_id, outlook in outlooks(paper_class, coordinator).items()
        if person_id == person.id
    } == {
        "An": Outlook.COUNTS,
        "Bình": Outlook.TRAINED,
        "Cúc": Outlook.AWARDED,
        "Dần": Outlook.EXCUSED,
        "Én": Outlook.OUT_OF_SCOPE,
        "Giang": Outlook.OWN,
        "Hà": Outlook.NOT_OBLIGED,
    }
    assert [award.person.full_name for award in enter(paper_class, coordinator)] == ["An", "Bình", "Dần", "Hà"]


def test_names_from_elsewhere_are_neither_shown_nor_found(officials, unit, coordinator, official, sign_in):
    stranger, near = official("Lâm Thị Xa", make.commune("Xa")), official("Bế Thị Gần")
    paper_class = draft(unit, coordinator, stranger, near)
    client, place = sign_in(coordinator), f"/paper-classes/{paper_class.id}"

    shown = client.get(place).text
    assert ("Lâm Thị Xa" in shown, "Bế Thị Gần" in shown) == (False, True)
    other = draft(unit, coordinator)
    place = f"/paper-classes/{other.id}"
    searched = client.get(f"{place}?q=thi&everybody=y").text
    assert ("Lâm Thị Xa" in searched, "Bế Thị Gần" in searched) == (False, True)
    client.post(f"{place}/people", data={"person_id": [stranger.id, near.id]})
    client.post(f"{place}/paste", data={"pasted": "Lâm Thị Xa\nBế Thị Gần"})
    assert [person.full_name for person in other.people] == ["Bế Thị Gần"]


def test_many_people_settle_once(officials, unit, coordinator, official):
    people = [official(f"Người {number}") for number in range(4)]
    paper_class = draft(unit, coordinator, *people)
    told = []

    def listen(_sender, *, person_ids, **_more):
        told.append(list(person_ids))

    with awards_changed.connected_to(listen):
        enter(paper_class, coordinator)
        right = actions.correct_paper_class(
            paper_class, facts_of(paper_class, held_on=date(2026, 3, 8)), reason="Nhầm ngày", by=coordinator, at=AT
        )
        actions.revoke_paper_class(right, on=date(2026, 3, 8), reason="Lớp không có thật", by=coordinator, at=AT)

    assert told == [[person.id for person in people]] * 3
    assert trained(officials, unit) == 0


def test_a_longer_list_takes_no_more_statements(officials, unit, coordinator, official, sign_in):
    few = draft(unit, coordinator, *(official(f"Người {number}") for number in range(2)))
    many = draft(unit, coordinator, *(official(f"Người {number}") for number in range(12)))
    client = sign_in(coordinator)

    def statements(of):
        with count_queries() as counted:
            client.get(f"/paper-classes/{of.id}")
        return len(counted)

    statements(few)
    assert statements(few) == statements(many)


def facts_of(paper_class, **changes):
    names = actions.PaperClassFacts.__dataclass_fields__
    return actions.PaperClassFacts(**{**{name: getattr(paper_class, name) for name in names}, **changes})


def test_the_day_of_a_class_is_corrected_for_everyone_in_one_act(officials, unit, coordinator, official, sign_in):
    people = [official("An"), official("Bình")]
    paper_class = draft(unit, coordinator, *people)
    wrong = enter(paper_class, coordinator)
    client = sign_in(coordinator)
    place = f"/paper-classes/{paper_class.id}"
    assert client.get(f"{place}/edit").status_code == 200
    data = sent(officials, unit, held_on="2026-04-10", reason="Ghi nhầm ngày")

    first = client.post(f"{place}/correct", data=data)
    right = db.session.scalars(select(PaperClass).where(PaperClass.corrects_id == paper_class.id)).one()
    assert first.location == f"/paper-classes/{right.id}"
    assert client.post(f"{place}/correct", data=data).status_code == 409
    assert paper_class.state is PaperClassState.REVOKED
    assert {(one.revoked_on, one.revoke_reason) for one in wrong} == {(HELD, "Ghi nhầm ngày")}
    made = queries.awards_of_class(right)
    assert [(one.corrects_id, one.awarded_on) for one in made] == [(one.id, date(2026, 4, 10)) for one in wrong]
    for person in people:
        assert queries.explain(person, officials, date(2026, 4, 9)).decision is Decision.OUTSTANDING
        assert queries.explain(person, officials, date(2026, 4, 10)).decision is Decision.TRAINED
    assert f"/paper-classes/{right.id}" in client.get(place).text


def test_one_who_was_corrected_alone_is_left_as_they_are(officials, unit, coordinator, official):
    paper_class = draft(unit, coordinator, official("An"), official("Bình"))
    first, second = enter(paper_class, coordinator)
    alone = actions.correct_award(
        first,
        first.qualification,
        awarded_on=date(2026, 3, 9),
        title="Lớp",
        hours=16,
        reason="Học bù",
        by=coordinator,
        at=AT,
    )

    actions.revoke_paper_class(paper_class, on=HELD, reason="Lớp không có thật", by=coordinator, at=AT)

    assert (alone.paper_class_id, alone.revoked_on) == (None, None)
    assert second.revoked_on == HELD


def test_a_class_is_revoked_with_a_reason_and_once(officials, unit, coordinator, official, sign_in):
    paper_class = draft(unit, coordinator, official())
    [award] = enter(paper_class, coordinator)
    client, path = sign_in(coordinator), f"/paper-classes/{paper_class.id}/revoke"

    assert client.post(path, data={"on": "2026-03-05", "reason": "Sai"}).status_code == 422
    assert client.post(path, data={"on": "2026-03-06", "reason": " "}).status_code == 422
    assert award.revoked_on is None
    assert client.post(path, data={"on": "2026-03-06", "reason": "Danh sách giả"}).status_code == 303
    assert client.post(path, data={"on": "2026-03-06", "reason": "Danh sách giả"}).status_code == 409
    assert (award.revoked_on, award.revoke_reason) == (HELD, "Danh sách giả")
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "paper_class")).all()
    assert acts.count("records.revoke_paper_class") == 1


def test_what_changed_since_it_was_looked_at_is_not_entered(officials, unit, coordinator, official):
    paper_class = draft(unit, coordinator, official("An"))
    seen = paper_class.revision
    actions.choose_people(paper_class, [official("Bình")], by=coordinator, at=AT)

    with pytest.raises(DomainError):
        enter(paper_class, coordinator, seen=seen)
    with pytest.raises(DomainError):
        actions.discard_paper_class(paper_class, seen=seen, by=coordinator, at=AT)
    assert len(enter(paper_class, coordinator)) == 2


def test_an_entered_class_is_not_a_draft_any_more(officials, unit, coordinator, official):
    paper_class = draft(unit, coordinator, official("An"))
    enter(paper_class, coordinator)

    for act in (
        lambda: actions.choose_people(paper_class, [official("Bình")], by=coordinator, at=AT),
        lambda: actions.drop_people(paper_class, [paper_class.people[0].id], by=coordinator, at=AT),
        lambda: actions.change_paper_class(paper_class, facts_of(paper_class), by=coordinator, at=AT),
        lambda: actions.discard_paper_class(paper_class, seen=paper_class.revision, by=coordinator, at=AT),
    ):
        with pytest.raises(DomainError):
            act()


def test_two_at_once_enter_a_class_once(app, officials, unit, coordinator, official):
    paper_class = draft(unit, coordinator, official("An"), official("Bình"))
    class_id, seen, by_id = paper_class.id, paper_class.revision, coordinator.id
    db.session.commit()

    def enter_again():
        by = db.session.get_one(User, by_id)
        return len(enter(db.session.get_one(PaperClass, class_id), by, seen))

    assert at_once(app, 3, enter_again) == [2, 2, 2]
    assert db.session.scalar(select(func.count()).select_from(Award)) == 2
    assert trained(officials, unit) == 2


def test_a_class_with_nobody_to_award_is_not_entered(officials, unit, coordinator, official):
    has_it = official()
    make.award(has_it, awarded_on=HELD)

    with pytest.raises(InvalidInput):
        enter(draft(unit, coordinator, has_it), coordinator)


def test_whoever_is_in_the_class_does_not_revoke_it(officials, unit, coordinator, official):
    own = official()
    paper_class = draft(unit, coordinator, own)
    enter(paper_class, coordinator)
    own.account_id = coordinator.id
    told = {"on": HELD, "reason": "Sai", "at": AT}

    with pytest.raises(DomainError):
        actions.revoke_paper_class(paper_class, by=coordinator, **told)
    db.session.refresh(paper_class)
    db.session.rollback()


def test_the_same_page_sent_twice_is_one_class(officials, unit, coordinator, sign_in):
    client = sign_in(coordinator)
    first, again = (client.post("/paper-classes/new", data=sent(officials, unit)).location for _twice in range(2))

    assert first == again
    assert db.session.scalar(select(func.count()).select_from(PaperClass)) == 1


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"held_on": "2027-01-01"}, {"document_on": "2027-01-01"}, {"hours": "-1"}, {"unit_id": "999999"}],
)
def test_a_document_that_will_not_do_is_refused(officials, unit, coordinator, sign_in, changes):
    answer = sign_in(coordinator).post("/paper-classes/new", data=sent(officials, unit, **changes))

    assert answer.status_code == 422
    assert db.session.scalars(select(PaperClass)).all() == []


def test_people_are_taken_out_and_a_draft_is_thrown_away(officials, unit, coordinator, official, sign_in):
    one, other = official("An"), official("Bình")
    paper_class = draft(unit, coordinator, one, other)
    client, place = sign_in(coordinator), f"/paper-classes/{paper_class.id}"

    client.post(f"{place}/people/drop", data={"person_id": one.id})
    assert paper_class.people == [other]
    assert client.post(f"{place}/discard", data={"seen": paper_class.revision}).location == "/paper-classes"
    assert client.get(place).status_code == 404


def test_a_pasted_list_takes_who_is_certain_and_asks_about_the_rest(officials, unit, coordinator, official, sign_in):
    by_name, by_birth, twin, numbered = (
        official(name) for name in ("Bế Văn Sơn", "Lý Thị Mai", "Lý Thị Mai", "Nông Hà")
    )
    by_birth.birth_on, twin.birth_on = date(1980, 3, 5), date(1985, 3, 5)
    doubtful = [official("Triệu Văn Páo"), official("Triệu Văn Páo")]
    number = "004180001234"
    registry.set_id_number(numbered, number, by=None, at=AT)
    paper_class = draft(unit, coordinator)
    text = f"1. Bế Văn Sơn\n2) Lý Thị Mai; 05/03/1980\n{number}; không cần tên\nTriệu Văn Páo\n004180009999; Ai Đó\n"

    shown = sign_in(coordinator).post(f"/paper-classes/{paper_class.id}/paste", data={"pasted": text}).text

    assert {person.id for person in paper_class.people} == {by_name.id, by_birth.id, numbered.id}
    assert "********9999; Ai Đó" in shown
    assert "004180009999" not in shown.partition("Có dòng chưa rõ")[2]
    assert all(f'value="{person.id}"' in shown for person in doubtful)


def test_lines_of_a_list_are_read_as_people_write_them():
    lines = read_pasted(
        "12. Trần Thị Hoa\t05/03/1980\tUBND xã\nTrần Thị Hoa; 05/03/1980\n\n004 180 001 234\n", today=TODAY
    )

    assert [(line.id_number, line.match_key is not None, line.birth_on) for line in lines] == [
        (None, True, date(1980, 3, 5)),
        (None, True, date(1980, 3, 5)),
        ("004180001234", False, None),
    ]
    assert lines[2].shown == "********1234"


def test_a_class_stays_within_the_readers_part_of_the_country(officials, unit, coordinator, official, sign_in):
    paper_class = draft(unit, coordinator, official())
    other = sign_in(make.coordinator(make.province("Cà Mau")))
    below = sign_in(make.coordinator(make.commune("Quảng Uyên", within=unit)))

    for path in ("", "/edit"):
        place = f"/paper-classes/{paper_class.id}{path}"
        assert [client.get(place).status_code for client in (other, below, sign_in(coordinator))] == [403, 403, 200]


def test_no_more_people_than_a_class_holds(officials, unit, coordinator, official, monkeypatch):
    monkeypatch.setattr(actions.papers, "MOST_PEOPLE", 1)

    with pytest.raises(InvalidInput):
        draft(unit, coordinator, official("An"), official("Bình"))
