"""Declarations: from draft to receipt, by whom, in what order, and what counts on which day."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.registry import actions
from lms.registry.actions import StaleDeclaration, WrongDeclaration
from lms.registry.models import Declaration, DeclarationState, DeclaredCount, Level, Unit
from lms.registry.queries import declarations as queries
from lms.registry.rules.declarations import COUNTING, LEADS, OPEN, Content, Step, differences, groups_of
from tests.support import make
from tests.support.queries import count_queries
from tests.support.threads import at_once

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
FULL = {"commune": 5, "enterprise": 1, "cooperative": 3, "cooperative_group": 0, "household": 7}


def content(counts=FULL, **changes):
    values = {"counted_on": DAY, "document_number": "12/BC-UBND", "document_on": DAY, "counts": counts, **changes}
    return Content(**values)


def save(unit, counts=FULL, *, seen=0, by=None, at=AT, **changes):
    return actions.save_declaration(unit, content(counts, **changes), seen=seen, by=by, at=at)


def acts():
    return [
        entry.action.removeprefix("registry.").removesuffix("_declaration")
        for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        if entry.action.endswith("_declaration")
    ]


# From hand to hand


def test_from_a_draft_to_the_centre(app):
    unit, writer, checker = make.commune(), make.user(), make.user()

    declared = save(unit, by=writer)
    actions.submit_declaration(declared, seen=1, by=writer, at=AT)
    actions.return_declaration(declared, "Thiếu một hộ", seen=2, by=checker, at=AT)
    save(unit, {**FULL, "household": 8}, seen=3, by=writer)
    actions.submit_declaration(declared, seen=4, by=writer, at=AT)
    actions.lock_declaration(declared, seen=5, by=checker, at=AT)
    received = actions.receive_declarations([declared], by=checker, at=AT)

    assert (declared.state, declared.revision, received) == (DeclarationState.RECEIVED, 7, 1)
    assert declared.by_group == {**FULL, "household": 8}
    assert (declared.submitted_by_id, declared.locked_by_id) == (writer.id, checker.id)
    assert acts() == ["draft", "submit", "return", "save", "submit", "lock", "receive"]


def test_a_correction_is_a_version_of_its_own_with_a_reason_and_the_earlier_one_stays(app):
    first = make.declaration(counts={"commune": 5})

    with pytest.raises(WrongDeclaration) as refused:
        save(first.unit)
    second = save(first.unit, correction_reason="  Tính sót  một người ")
    assert (first.state, second.number, second.correction_reason) == (
        DeclarationState.LOCKED,
        2,
        "Tính sót một người",
    )
    actions.submit_declaration(second, seen=1, by=None, at=AT)
    actions.lock_declaration(second, seen=2, by=None, at=AT)
    db.session.refresh(first)

    assert refused.value.codes == ["no_reason"]
    assert (first.state, first.superseded_at) == (DeclarationState.SUPERSEDED, AT)
    assert (first.by_group["commune"], second.by_group["commune"]) == (5, 5)
    assert queries.counting_declaration(first.unit) is second


def test_who_submits_does_not_lock(app):
    writer = make.user()
    declared = make.declaration(state=DeclarationState.SUBMITTED, by=writer)

    with pytest.raises(DomainError, match="nhờ một người khác"):
        actions.lock_declaration(declared, seen=declared.revision, by=writer, at=AT)
    assert actions.lock_declaration(declared, seen=declared.revision, by=make.user(), at=AT)


def test_the_database_itself_refuses_a_lock_by_who_submitted(app):
    writer = make.user()
    declared = make.declaration(state=DeclarationState.SUBMITTED, by=writer)

    with pytest.raises(IntegrityError):
        db.session.execute(
            update(Declaration)
            .where(Declaration.id == declared.id)
            .values(state=DeclarationState.LOCKED, locked_at=AT, locked_by_id=writer.id)
        )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"counted_on": date(2026, 11, 24)}, "day_to_come"),
        ({"document_on": date(2026, 11, 24)}, "day_to_come"),
        ({"counted_on": date(2025, 6, 30)}, "unit_not_there"),
        ({"counts": {"province": 3}}, "other_group"),
        ({"counts": {"commune": -1}}, "not_a_count"),
        ({"counts": {"commune": 100_000}}, "not_a_count"),
    ],
)
def test_what_cannot_be_is_not_written_down(app, changes, code):
    unit = make.commune()

    with pytest.raises(WrongDeclaration) as refused:
        save(unit, **changes)

    assert refused.value.codes == [code]
    assert queries.open_declaration(unit) is None


def test_a_later_version_does_not_reach_back_behind_the_one_that_counts(app):
    first = make.declaration(counted_on=date(2026, 1, 1), at=AT)

    with pytest.raises(WrongDeclaration) as refused:
        save(first.unit, counted_on=date(2025, 12, 31), correction_reason="Kiểm lại")

    assert refused.value.codes == ["before_counting"]
    assert save(first.unit, counted_on=date(2026, 1, 1), correction_reason="Kiểm lại").number == 2


def test_a_group_that_is_not_filled_in_is_not_nobody(app):
    declared = save(make.commune(), {"commune": 5, "household": 0})

    with pytest.raises(WrongDeclaration) as refused:
        actions.submit_declaration(declared, seen=1, by=None, at=AT)

    assert refused.value.codes == ["not_complete"]
    assert declared.state is DeclarationState.DRAFT
    save(declared.unit, seen=1)
    assert actions.submit_declaration(declared, seen=2, by=None, at=AT)


def test_it_is_not_sent_back_without_saying_what_to_mend(app):
    declared = make.declaration(state=DeclarationState.SUBMITTED)

    with pytest.raises(InvalidInput):
        actions.return_declaration(declared, "  ", seen=declared.revision, by=None, at=AT)
    assert declared.state is DeclarationState.SUBMITTED


def test_a_draft_can_be_thrown_away_but_nothing_that_was_submitted(app):
    unit = make.commune()
    draft = save(unit)
    submitted = make.declaration(state=DeclarationState.SUBMITTED)

    actions.discard_declaration(draft, seen=1, by=None, at=AT)
    with pytest.raises(StaleDeclaration):
        actions.discard_declaration(submitted, seen=submitted.revision, by=None, at=AT)

    assert queries.open_declaration(unit) is None
    assert db.session.scalars(select(DeclaredCount).where(DeclaredCount.declaration_id != submitted.id)).all() == []
    assert queries.open_declaration(submitted.unit) is submitted
    assert acts() == ["draft", "draft", "submit", "discard"]


def test_a_second_click_changes_nothing(app):
    unit, writer = make.commune(), make.user()

    declared = save(unit, by=writer)
    assert save(unit, by=writer) is declared
    for _click in range(2):
        actions.submit_declaration(declared, seen=1, by=writer, at=AT)
    for _click in range(2):
        actions.lock_declaration(declared, seen=2, by=None, at=AT)
    for _click in range(2):
        actions.receive_declarations([declared], by=None, at=AT)

    assert acts() == ["draft", "submit", "lock", "receive"]
    assert declared.revision == 4


def test_what_was_not_seen_is_not_locked(app):
    declared = make.declaration(state=DeclarationState.SUBMITTED)
    seen = declared.revision
    actions.return_declaration(declared, "Xem lại số hộ", seen=seen, by=None, at=AT)
    save(declared.unit, {**FULL, "household": 70}, seen=seen + 1)
    actions.submit_declaration(declared, seen=seen + 2, by=None, at=AT)

    with pytest.raises(StaleDeclaration):
        actions.lock_declaration(declared, seen=seen, by=None, at=AT)
    assert declared.state is DeclarationState.SUBMITTED
    assert actions.lock_declaration(declared, seen=seen + 3, by=None, at=AT)


def test_two_who_write_at_the_same_time_do_not_overwrite_each_other(app):
    unit = make.commune()
    declared = save(unit)
    save(unit, {**FULL, "household": 8}, seen=1)

    with pytest.raises(StaleDeclaration):
        save(unit, {**FULL, "household": 9}, seen=1)

    assert declared.by_group["household"] == 8


# Any order of steps


WALK = st.lists(
    st.tuples(
        st.sampled_from(["save", "submit", "return", "lock", "receive", "discard"]),
        st.sampled_from(["ann", "ben"]),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=24,
)


@dataclass
class Version:
    """What the test itself remembers of a version."""

    state: str
    counts: int
    counted_on: date
    submitted_by: str | None = None
    locked_on: int | None = None


@dataclass
class Book:
    """The rules told again in the plainest way: a list of versions, the last one perhaps on its way."""

    versions: list[Version] = field(default_factory=list)

    @property
    def last(self):
        return self.versions[-1] if self.versions else Version("none", 0, DAY)

    def save(self, who, amount, moment):
        if self.last.state in ("draft", "returned"):
            self.last.counts = amount
        elif self.last.state == "submitted":
            return self.last.counts == amount
        else:
            self.versions.append(Version("draft", amount, DAY))
        return True

    def submit(self, who, amount, moment):
        if self.last.state not in ("draft", "returned", "submitted"):
            return False
        if self.last.state != "submitted":
            self.last.state, self.last.submitted_by = "submitted", who
        return True

    def give_back(self, who, amount, moment):
        if self.last.state in ("submitted", "returned"):
            self.last.state = "returned"
            return True
        return False

    def lock(self, who, amount, moment):
        if self.last.state == "locked":
            return True
        if self.last.state != "submitted" or self.last.submitted_by == who:
            return False
        for earlier in self.versions[:-1]:
            earlier.state = "superseded"
        self.last.state, self.last.locked_on = "locked", moment
        return True

    def receive(self, who, amount, moment):
        for version in self.versions:
            if version.state == "locked":
                version.state = "received"
        return True

    def discard(self, who, amount, moment):
        if self.last.state != "draft":
            return False
        self.versions.pop()
        return True


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=WALK)
def test_any_walk_through_the_states_keeps_what_was_locked(app, walk):
    unit, people, book = make.commune(), {"ann": make.user(), "ben": make.user()}, Book()
    locked = {}
    try:
        for moment, (step, who, amount, sees_old) in enumerate(walk):
            at = AT + timedelta(minutes=moment)
            latest = max(queries.versions_of(unit), key=lambda version: version.number, default=None)
            opened = queries.open_declaration(unit)
            shown = opened.revision if opened is not None else 0
            seen = shown + 7 if sees_old else shown
            told = {"return": "give_back"}.get(step, step)
            is_refused = sees_old and step not in ("receive",)
            expected = False if is_refused else getattr(book, told)(who, amount, moment)
            try:
                took = take(step, unit, latest, amount, seen, people[who], at)
            except DomainError:
                took = False
            if not sees_old:
                assert took == expected, (step, who)
            check(unit, book, locked)
    finally:
        db.session.rollback()


def take(step, unit, latest, amount, seen, by, at):
    """Take a step as a page does, on what is on its way; whether it was taken or had been."""
    if step == "save":
        save(unit, {**FULL, "commune": amount}, seen=seen, by=by, at=at, correction_reason="Đếm lại")
        return True
    if step == "receive":
        actions.receive_declarations(queries.versions_of(unit), by=by, at=at)
        return True
    if latest is None:
        return False
    if step == "discard":
        actions.discard_declaration(latest, seen=seen, by=by, at=at)
    elif step == "submit":
        actions.submit_declaration(latest, seen=seen, by=by, at=at)
    elif step == "return":
        actions.return_declaration(latest, "Sửa lại", seen=seen, by=by, at=at)
    else:
        actions.lock_declaration(latest, seen=seen, by=by, at=at)
    return True


def check(unit, book, locked):
    """The versions are as remembered; what was ever locked still says what it said; what counts is the latest lock."""
    versions = sorted(queries.versions_of(unit), key=lambda version: version.number)
    assert [(one.state.value, one.by_group["commune"]) for one in versions] == [
        (one.state, one.counts) for one in book.versions
    ]
    assert sum(one.state in OPEN for one in versions) <= 1
    assert sum(one.state in COUNTING for one in versions) <= 1
    for one in versions:
        if one.locked_at is not None:
            assert locked.setdefault(one.id, dict(one.by_group)) == one.by_group
            assert one.locked_by_id != one.submitted_by_id
    assert locked.keys() <= {one.id for one in versions}
    counts = [one.counts for one in book.versions if one.locked_on is not None]
    told = queries.declared([unit.id], DAY)
    assert told.get((unit.id, "commune")) == (counts[-1] if counts else None)
    for moment in range(0, 24, 6):
        known = [one.counts for one in book.versions if one.locked_on is not None and one.locked_on <= moment]
        then = queries.declared([unit.id], DAY, AT + timedelta(minutes=moment))
        assert then.get((unit.id, "commune")) == (known[-1] if known else None)


def test_every_state_is_reached_and_only_ends_where_a_version_counts_or_did(app):
    reached = {after for _before, after in LEADS.values()} | {DeclarationState.DRAFT}
    stuck = set(DeclarationState) - {state for before, _after in LEADS.values() for state in before}

    assert reached == set(DeclarationState)
    assert stuck == {DeclarationState.SUPERSEDED}
    assert LEADS.keys() == set(Step)


# At the same instant


def numbers(given):
    """How often what was given."""
    return {one: given.count(one) for one in set(given)}


def test_eight_first_drafts_at_once_are_one(app):
    unit_id = make.commune().id
    writers = itertools.count()

    def draft():
        save(db.session.get(Unit, unit_id), {**FULL, "household": next(writers)})
        return "saved"

    met = at_once(app, 8, draft)

    assert met.count("saved") == 1
    assert sum(isinstance(one, StaleDeclaration) for one in met) == 7
    assert len(db.session.scalars(select(Declaration)).all()) == 1
    assert acts() == ["draft"]


def test_eight_clicks_on_the_same_draft_all_find_it_saved(app):
    unit_id = make.commune().id

    met = at_once(app, 8, lambda: save(db.session.get(Unit, unit_id)).number)

    assert met == [1] * 8
    assert acts() == ["draft"]


def test_eight_who_change_a_draft_at_once_change_it_once(app):
    unit_id = make.declaration(state=DeclarationState.DRAFT).unit_id
    amounts = itertools.count(10)

    def change():
        amount = next(amounts)
        save(db.session.get(Unit, unit_id), {**FULL, "household": amount}, seen=1)
        return amount

    met = at_once(app, 8, change)
    [amount] = [one for one in met if isinstance(one, int)]

    assert sum(isinstance(one, StaleDeclaration) for one in met) == 7
    assert queries.open_declaration(db.session.get(Unit, unit_id)).by_group == {**FULL, "household": amount}


def test_eight_locks_at_once_lock_once_and_supersede_once(app):
    first = make.declaration()
    second = make.declaration(first.unit, state=DeclarationState.SUBMITTED)
    first_id, second_id, seen = first.id, second.id, second.revision

    def lock():
        return actions.lock_declaration(db.session.get(Declaration, second_id), seen=seen, by=None, at=AT)

    assert numbers(at_once(app, 8, lock)) == {True: 1, False: 7}
    assert db.session.get(Declaration, first_id).state is DeclarationState.SUPERSEDED
    assert db.session.get(Declaration, second_id).state is DeclarationState.LOCKED
    assert acts()[-2:] == ["supersede", "lock"]


def test_of_a_lock_and_a_return_at_once_one_holds_and_the_earlier_version_counts_or_gave_way(app):
    first = make.declaration()
    second = make.declaration(first.unit, state=DeclarationState.SUBMITTED)
    first_id, second_id, seen = first.id, second.id, second.revision
    turns = itertools.count()

    def decide():
        declared = db.session.get(Declaration, second_id)
        if next(turns) % 2:
            return actions.lock_declaration(declared, seen=seen, by=None, at=AT) and "locked"
        return actions.return_declaration(declared, "Sửa lại", seen=seen, by=None, at=AT) and "returned"

    met = at_once(app, 8, decide)
    states = [db.session.get(Declaration, one).state for one in (first_id, second_id)]

    assert states in (
        [DeclarationState.SUPERSEDED, DeclarationState.LOCKED],
        [DeclarationState.LOCKED, DeclarationState.RETURNED],
    )
    assert met.count("locked") + met.count("returned") == 1
    assert sum(isinstance(one, StaleDeclaration) for one in met) == 4
    assert met.count(False) == 3


def test_receipts_and_locks_of_many_at_once_do_not_stand_in_each_others_way(app):
    units = [make.commune(within=province) for province in [make.province()] for _commune in range(12)]
    firsts = [make.declaration(unit) for unit in units]
    seconds = [make.declaration(unit, state=DeclarationState.SUBMITTED) for unit in units]
    first_ids, second_ids, seen = [one.id for one in firsts], [one.id for one in seconds], seconds[0].revision
    turns = itertools.count()

    def act():
        if next(turns) % 2:
            waiting = [db.session.get(Declaration, one) for one in second_ids]
            return sum(actions.lock_declaration(one, seen=seen, by=None, at=AT) for one in waiting)
        return actions.receive_declarations([db.session.get(Declaration, one) for one in first_ids], by=None, at=AT)

    met = at_once(app, 6, act)

    assert all(isinstance(one, int) for one in met), met
    assert (acts().count("lock"), acts().count("supersede")) == (24, 12)
    assert {one.state for one in db.session.scalars(select(Declaration).where(Declaration.number == 1))} == {
        DeclarationState.SUPERSEDED
    }


# What counts on a day


def test_units_declare_together_up_to_the_country(app):
    north, south = make.province("Cao Bằng"), make.province("Cà Mau")
    first, second = make.commune(within=north), make.commune(within=north)
    make.declaration(first, {"commune": 5, "household": 2})
    make.declaration(second, {"commune": 4})
    make.declaration(north, {"province": 6, "household": 1})
    make.declaration(south, {"province": 9}, state=DeclarationState.SUBMITTED)
    ids = [make.country().id, north.id, south.id, first.id]

    told = {place: count for place, count in queries.declared(ids, DAY).items() if count}

    assert told == {
        (make.country().id, "commune"): 9,
        (make.country().id, "province"): 6,
        (make.country().id, "household"): 3,
        (north.id, "commune"): 9,
        (north.id, "province"): 6,
        (north.id, "household"): 3,
        (first.id, "commune"): 5,
        (first.id, "household"): 2,
    }
    own = queries.declared(ids, DAY, is_own=True)
    assert (own[north.id, "province"], own[north.id, "household"]) == (6, 1)
    assert (south.id, "province") not in own


def test_who_has_not_declared_is_counted_level_by_level(app):
    north = make.province("Cao Bằng")
    communes = [make.commune(within=north) for _number in range(3)]
    make.declaration(communes[0])
    make.declaration(communes[1], state=DeclarationState.RETURNED)
    country = make.country()

    assert queries.undeclared([country.id, north.id, communes[0].id], DAY) == {
        (country.id, Level.CENTRAL): (1, 1),
        (country.id, Level.PROVINCE): (1, 1),
        (country.id, Level.COMMUNE): (3, 2),
        (north.id, Level.PROVINCE): (1, 1),
        (north.id, Level.COMMUNE): (3, 2),
        (communes[0].id, Level.COMMUNE): (1, 0),
    }
    assert queries.undeclared([north.id], make.LONG_AGO_DAY - timedelta(1)) == {}


def test_a_past_day_has_the_version_of_its_time_as_is_known_now_or_was_then(app):
    unit = make.commune()
    first = datetime(2026, 1, 10, 2, 0, tzinfo=UTC)
    second, third = first + timedelta(days=100), first + timedelta(days=200)
    make.declaration(unit, {"commune": 5}, counted_on=date(2026, 1, 1), at=first)
    make.declaration(unit, {"commune": 6}, counted_on=date(2026, 1, 1), at=second)
    make.declaration(unit, {"commune": 8}, counted_on=date(2026, 7, 1), at=third)

    def officials(day, known_at=None):
        return queries.declared([unit.id], day, known_at).get((unit.id, "commune"))

    assert [officials(day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))] == [
        None,
        6,
        6,
        8,
    ]
    assert officials(date(2026, 7, 1), first - timedelta(seconds=1)) is None
    assert officials(date(2026, 7, 1), first) == 5
    assert officials(date(2026, 7, 1), second) == 6
    assert queries.undeclared([unit.id], date(2026, 7, 1), first - timedelta(seconds=1)) == {
        (unit.id, Level.COMMUNE): (1, 1)
    }


def test_a_unit_that_is_no_more_counts_on_its_own_days_and_through_its_merger(app):
    """What two communes declared counts in the one they became until the day, and not beside its own after it."""
    before, province = make.old_province(), make.province()
    old, new = [make.old_commune(within=before) for _number in range(2)], make.commune(within=province)
    for unit in old:
        make.succession(unit, new)
    make.succession(before, province)
    for unit, officials in zip(old, (5, 6), strict=True):
        make.declaration(unit, {"commune": officials}, counted_on=date(2025, 1, 1), at=AT)
    make.declaration(new, {"commune": 9}, counted_on=date(2025, 8, 1), at=AT)

    def told(day):
        found = queries.declared([province.id, new.id], day)
        return [found.get((unit.id, "commune")) for unit in (province, new)]

    assert told(date(2025, 6, 30)) == [11, 11]
    assert told(date(2025, 7, 1)) == [None, None]
    assert queries.undeclared([new.id], date(2025, 7, 1)) == {(new.id, Level.COMMUNE): (1, 1)}
    assert queries.undeclared([new.id], date(2025, 6, 30)) == {(new.id, Level.COMMUNE): (2, 0)}
    assert told(date(2025, 8, 1)) == [9, 9]


def test_a_unit_that_took_in_land_goes_on_declaring_as_itself(app):
    unit = make.commune()
    make.declaration(unit, {"commune": 5}, counted_on=date(2026, 1, 1), at=AT)
    took_in = date(2026, 7, 1)
    earlier = make.commune(within=unit.parent)
    earlier.valid_to, earlier.extent_of_id, unit.valid_from = took_in - timedelta(1), unit.id, took_in
    db.session.flush()

    assert queries.declared([unit.id], date(2026, 6, 30))[unit.id, "commune"] == 5
    assert queries.declared([unit.id], DAY)[unit.id, "commune"] == 5
    assert queries.undeclared([unit.parent_id], date(2026, 6, 30))[unit.parent_id, Level.COMMUNE] == (1, 0)
    assert save(unit, counted_on=date(2026, 6, 1), correction_reason="Đếm lại").number == 2


def test_what_many_units_declare_takes_one_statement(app):
    province = make.province()
    for _number in range(5):
        make.declaration(make.commune(within=province), {"commune": 2})
    units = db.session.scalars(select(Unit)).all()

    with count_queries() as asked:
        told = queries.declared([unit.id for unit in units], DAY)
    assert (told[province.id, "commune"], len(asked)) == (10, 1)
    with count_queries() as asked:
        assert queries.undeclared([unit.id for unit in units], DAY)
    assert len(asked) == 1


def test_differences_name_every_group_in_order(app):
    told = differences({"commune": 5, "household": 7}, {"commune": 6, "household": 7, "old": 1}, groups_of("commune"))

    assert [(one.group, one.change) for one in told] == [
        ("commune", 1),
        ("enterprise", 0),
        ("cooperative", 0),
        ("cooperative_group", 0),
        ("household", 0),
        ("old", 1),
    ]
