"""Random histories of people, posts, excuses, awards and merges, and the plainest count over them, person by person.

The count here shares nothing with the product: it looks at one day and asks of each human being what holds on it.
"""

import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from lms.core.db import db
from lms.records import actions as records
from lms.records.models import Award, AwardSource, Needed, Qualification, Requirement
from lms.records.rules import Clause
from lms.registry.models import (
    Excuse,
    ExcuseKind,
    Level,
    OrganisationKind,
    Origin,
    PersonMerge,
    Position,
    Sex,
    Unit,
    UnitKind,
    UnitReach,
)
from lms.registry.signals import people_changed, positions_changed
from tests.support import make

BEGINS = date(2018, 5, 7)
RENEWED_FROM = date(2025, 1, 1)
DAYS = [
    BEGINS - timedelta(9),
    BEGINS,
    date(2024, 2, 29),
    date(2024, 12, 31),
    date(2025, 1, 1),
    date(2025, 6, 30),
    date(2025, 7, 1),
    date(2026, 2, 28),
    date(2026, 3, 1),
    date(2026, 9, 9),
]
START = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
PARENT = {"country": None, "north": "country", "north/1": "north", "north/2": "north", "south": "country",
          "south/1": "south", "old": "country", "old/1": "old"}  # fmt: skip
ALSO_IN = {"old": ["north"], "old/1": ["north/1"], "north/1": ["old"]}
"""The old province became the north; its only commune went on as the north's first, which holds nothing else."""
QUALIFICATIONS = ("programme-management", "production-business")
PRODUCTS = {"Thực phẩm": "food", "Sinh vật cảnh": "ornamental", None: "unknown"}


@dataclass
class Post:
    person: int
    place: str
    leads: OrganisationKind | None
    product: str | None
    origin: Origin | None
    started_on: date
    ended_on: date | None
    row: Position | None = None

    @property
    def units(self):
        """Every place in which it counts."""
        found, waiting = set(), [self.place]
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting += [PARENT[place]] if PARENT[place] else []
                waiting += ALSO_IN.get(place, []) if not (place == "old" and self.place == "north/1") else []
        return found

    def keys(self):
        if self.leads is None:
            level = {"country": "central"}.get(self.place, "commune" if "/" in self.place else "province")
            return {f"group/{level}"}
        return {
            f"group/{self.leads}",
            f"product/{PRODUCTS[self.product]}",
            "product-2019/unknown",
            f"origin/{self.origin or 'unknown'}",
        }


@dataclass
class Excused:
    person: int
    post: int | None
    started_on: date
    ended_on: date | None
    is_withdrawn: bool = False
    row: Excuse | None = None


@dataclass
class Won:
    person: int
    qualification: int
    awarded_on: date
    hours: int | None
    source: AwardSource
    is_partial: bool = False
    revoked_on: date | None = None
    row: Award | None = None


@dataclass
class World:
    sexes: list[Sex | None]
    posts: list[Post] = field(default_factory=list)
    excuses: list[Excused] = field(default_factory=list)
    won: list[Won] = field(default_factory=list)
    merged: dict[int, int] = field(default_factory=dict)

    def snapshot(self):
        """This world as it is now, whatever happens later."""
        return World(
            list(self.sexes),
            [copy.copy(post) for post in self.posts],
            [copy.copy(excuse) for excuse in self.excuses],
            [copy.copy(won) for won in self.won],
            dict(self.merged),
        )


def holds(thing, day):
    return thing.started_on <= day and (thing.ended_on is None or thing.ended_on >= day)


def a_year_later(day):
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 2, 28)


def asks(requirement, post, day):
    if requirement == "officials":
        return post.leads is None and day >= BEGINS
    if requirement == "leaders":
        return post.leads is not None and day >= BEGINS
    if requirement == "renewed":
        return day >= RENEWED_FROM and (
            post.leads is OrganisationKind.COOPERATIVE or (post.leads is None and "north" in post.units)
        )
    return day >= BEGINS and post.leads is not None and post.product == "Thực phẩm"


def completing(requirement, won, day):
    """Where the award came from with which there is enough; None if there is not."""
    wanted = {"officials": {0}, "leaders": {1}, "renewed": {0, 1}, "hours": {0, 1}}[requirement]
    counting = [
        one
        for one in won
        if one.qualification in wanted
        and one.awarded_on <= day
        and not (one.revoked_on is not None and one.revoked_on <= day)
        and not (requirement == "renewed" and a_year_later(one.awarded_on) <= day)
    ]
    counting.sort(key=lambda one: one.awarded_on)  # those of one day stay in the order in which they were entered
    hours, held = 0, set()
    for one in counting:
        hours += one.hours or 0
        held |= set() if one.is_partial else {one.qualification}
        if (hours >= 20) if requirement == "hours" else held == wanted:
            return one.source
    return None


def count(world, requirement, day):
    """(place, key) -> [obliged, trained, excused]."""
    found = {}
    for one in range(len(world.sexes)):
        if one in world.merged:
            continue
        ids = {one} | {lost for lost, kept in world.merged.items() if kept == one}
        posts = [
            (number, post)
            for number, post in enumerate(world.posts)
            if post.person in ids and holds(post, day) and asks(requirement, post, day)
        ]
        excuses = [
            excuse
            for excuse in world.excuses
            if excuse.person in ids and holds(excuse, day) and not excuse.is_withdrawn
        ]
        source = completing(requirement, [won for won in world.won if won.person in ids], day)
        for place in PARENT:
            here = [(number, post) for number, post in posts if place in post.units]
            at_home = [(number, post) for number, post in here if post.place == place]
            _count_one(found, place, here, excuses, source, world.sexes[one])
            if "/" not in place:
                _count_one(found, (place, "own"), at_home, excuses, source, None)
    return found


def _count_one(found, place, posts, excuses, source, sex):
    if not posts:
        return
    owed = [post for number, post in posts if not any(excuse.post in (None, number) for excuse in excuses)]
    standing = [1, int(source is not None), 0] if owed else [0, 0, 1]
    keys = set()
    if isinstance(place, tuple):
        place, keys = place[0], {"own"}
    else:
        keys = {"all", f"sex/{sex or 'unknown'}"}.union(*(post.keys() for post in owed or [post for _n, post in posts]))
        if owed and source is not None:
            keys.add(f"source/{source}")
    for key in keys:
        had = found.setdefault((place, key), [0, 0, 0])
        for measure in range(3):
            had[measure] += standing[measure]


# The same history, step by step, in the product


class Product:
    """A small country in the database, and what happens in it."""

    def __init__(self, sexes):
        self.asked = {asked.code: asked for asked in make.requirements().values()}
        self.qualifications = [
            db.session.scalars(db.select(Qualification).where(Qualification.code == code)).one()
            for code in QUALIFICATIONS
        ]
        self.units = self._units()
        self.asked["renewed"] = self._requirement(
            "renewed",
            records.Draft(
                effective_from=RENEWED_FROM,
                legal_basis="Quyết định giả định",
                clauses=[
                    Clause("leader", organisation_kinds=frozenset({"cooperative"})),
                    Clause("official", units=frozenset({self.units["north"].path})),
                ],
                qualifications=self.qualifications,
                valid_months=12,
            ),
        )
        self.asked["hours"] = self._requirement(
            "hours",
            records.Draft(
                effective_from=BEGINS,
                legal_basis="Quyết định giả định",
                clauses=[Clause("leader", product_groups=frozenset({"Thực phẩm"}))],
                qualifications=self.qualifications,
                needed=Needed.HOURS,
                needed_hours=20,
            ),
        )
        self.world = World(sexes)
        self.people = []
        for sex in sexes:
            person = make.person()
            person.sex = sex
            self.people.append(person)
        self.merges = {}
        self.at = START

    def _requirement(self, code, draft):
        made = Requirement(code=code, name=code, name_en=code)
        db.session.add(made)
        db.session.flush()
        records.publish(made, draft, by=None, at=make.LONG_AGO)
        return made

    def _units(self):
        north, south = make.province("Cao Bằng"), make.province("Cà Mau")
        units = {
            "country": make.country(),
            "north": north,
            "north/1": make.commune("Nguyên Bình", within=north),
            "north/2": make.commune("Bảo Lạc", within=north),
            "south": south,
            "south/1": make.commune("Năm Căn", within=south),
        }
        units["old"] = self._old_unit("04", Level.PROVINCE, UnitKind.TINH, units["country"])
        units["old/1"] = self._old_unit("0401", Level.COMMUNE, UnitKind.XA, units["old"])
        for place, unit in units.items():
            db.session.execute(db.delete(UnitReach).where(UnitReach.unit_id == unit.id))
            post = Post(0, place, None, None, None, BEGINS, None)
            db.session.add_all(UnitReach(unit_id=unit.id, within_id=units[within].id) for within in post.units)
        db.session.flush()
        return units

    def _old_unit(self, code, level, kind, parent):
        made = Unit(
            code_list="vn-2004",
            code=code,
            level=level,
            kind=kind,
            name=f"Cũ {code}",
            match_key=f"cũ {code}",
            parent_id=parent.id,
            path=f"{parent.path}/vn-2004:{code}",
            valid_from=date(2008, 8, 1),
            valid_to=date(2025, 6, 30),
        )
        db.session.add(made)
        db.session.flush()
        return made

    def do(self, step):
        """Let one thing happen; what cannot happen does not."""
        self.at += timedelta(hours=1)
        verb, *values = step
        getattr(self, verb)(*values)

    def begin(self, person, place, leads, product, origin, span):
        post = Post(person, place, leads, product, origin, *span)
        when = {"started_on": span[0], "ended_on": span[1], "at": self.at}
        if leads is None:
            post.row = make.official(self.people[person], unit=self.units[place], **when)
        else:
            led = make.organisation(kind=leads, unit=self.units[place])
            led.product_group, led.origin = product, origin
            post.row = make.leader(self.people[person], of=led, **when)
        self.world.posts.append(post)
        if leads is not None:
            self._tell(post)

    def end(self, number, day):
        if self.world.posts:
            post = self.world.posts[number % len(self.world.posts)]
            if day >= post.started_on:
                post.ended_on = post.row.ended_on = day
                self._tell(post)

    def _tell(self, post):
        db.session.flush()
        positions_changed.send("test", position_ids=[post.row.id], at=self.at)

    def excuse(self, person, number, span):
        mine = [index for index, post in enumerate(self.world.posts) if post.person == person]
        post = mine[number % len(mine)] if mine and number is not None else None
        excuse = Excused(person, post, *span)
        excuse.row = Excuse(
            person_id=self.people[person].id,
            position_id=self.world.posts[post].row.id if post is not None else None,
            kind=ExcuseKind.LONG_LEAVE,
            started_on=span[0],
            ended_on=span[1],
            note="Nghỉ dài ngày",
            entered_at=self.at,
        )
        db.session.add(excuse.row)
        self.world.excuses.append(excuse)
        self._tell_of(person)

    def withdraw(self, number):
        if self.world.excuses:
            excuse = self.world.excuses[number % len(self.world.excuses)]
            if not excuse.is_withdrawn:
                excuse.is_withdrawn = True
                excuse.row.withdrawn_at, excuse.row.withdraw_reason = self.at, "Ghi nhầm"
                self._tell_of(excuse.person)

    def _tell_of(self, *people):
        db.session.flush()
        people_changed.send("test", person_ids=[self.people[one].id for one in people], at=self.at)

    def win(self, person, qualification, day, hours, source, is_partial):
        is_partial = is_partial and hours is not None
        won = Won(person, qualification, day, hours, source, is_partial)
        won.row = records.award(
            self.people[person],
            self.qualifications[qualification],
            awarded_on=day,
            source=source,
            source_reference=f"{len(self.world.won)}",
            title="Lớp tập huấn",
            hours=hours,
            is_partial=is_partial,
            by=None,
            at=self.at,
        )
        self.world.won.append(won)

    def revoke(self, number, day):
        if self.world.won:
            won = self.world.won[number % len(self.world.won)]
            if won.revoked_on is None and day >= won.awarded_on:
                records.revoke_award(won.row, on=day, reason="Ghi nhầm", by=None, at=self.at)
                won.revoked_on = day

    def merge(self, lost, kept):
        merged = self.world.merged
        if lost != kept and lost not in merged and kept not in merged and lost not in merged.values():
            merged[lost] = kept
            self.people[lost].merged_into_id = self.people[kept].id
            self.merges[lost] = PersonMerge(
                from_id=self.people[lost].id, into_id=self.people[kept].id, reason="Một người", merged_at=self.at
            )
            db.session.add(self.merges[lost])
            self._tell_of(lost, kept)

    def undo(self, lost):
        if lost in self.world.merged:
            kept = self.world.merged.pop(lost)
            self.people[lost].merged_into_id = None
            merge = self.merges.pop(lost)
            merge.undone_at, merge.undo_reason = self.at, "Hai người khác nhau"
            self._tell_of(lost, kept)


PEOPLE = 4
people = st.integers(0, PEOPLE - 1)
numbers = st.integers(0, 9)
days = st.sampled_from(DAYS)
spans = st.tuples(days, st.none() | days).map(
    lambda span: span if span[1] is None or span[0] <= span[1] else (span[1], span[0])
)
steps = st.one_of(
    st.tuples(
        st.just("begin"),
        people,
        st.sampled_from(list(PARENT)),
        st.none() | st.sampled_from(list(OrganisationKind)),
        st.sampled_from(list(PRODUCTS)),
        st.none() | st.sampled_from(list(Origin)),
        spans,
    ),
    st.tuples(
        st.just("win"),
        people,
        st.integers(0, 1),
        days,
        st.none() | st.sampled_from([8, 12, 24]),
        st.sampled_from(list(AwardSource)),
        st.booleans(),
    ),
    st.tuples(st.just("end"), numbers, days),
    st.tuples(st.just("excuse"), people, st.none() | numbers, spans),
    st.tuples(st.just("withdraw"), numbers),
    st.tuples(st.just("revoke"), numbers, days),
    st.tuples(st.just("merge"), people, people),
    st.tuples(st.just("undo"), people),
)
sexes = st.lists(st.none() | st.sampled_from(list(Sex)), min_size=PEOPLE, max_size=PEOPLE)
histories = st.lists(steps, min_size=1, max_size=14)
