"""Random histories of resolutions: figures on the map of a past day never move, and all of it can be taken back."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.coverage.queries import direct, kept
from lms.coverage.rules import Figures
from lms.coverage.rules.shares import ALL
from lms.registry import actions, queries
from lms.registry.models import ChangeKind, Level, Position, PositionKind, Unit, UnitKind, UnitName, UnitReach
from lms.registry.queries import settling
from tests.support import make

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
FIRST = date(2025, 9, 1)
BETWEEN = timedelta(30)
"""Every resolution takes effect so long after the one before it."""

numbers = st.integers(0, 9)
steps = st.one_of(
    st.tuples(st.just("merge"), numbers, numbers),
    st.tuples(st.just("merge_anew"), numbers, numbers),
    st.tuples(st.just("divide"), numbers, st.lists(numbers, max_size=3)),
    st.tuples(st.just("divide_between"), numbers, numbers, st.lists(numbers, max_size=3)),
    st.tuples(st.just("give"), numbers, numbers),
    st.tuples(st.just("move"), numbers, numbers),
    st.tuples(st.just("join_provinces"), numbers, numbers),
    st.tuples(st.just("found_province"), numbers),
    st.tuples(st.just("rename"), numbers),
    st.tuples(st.just("begin"), numbers),
)


@dataclass
class Country:
    """Three provinces with two communes each, six officials, two of them with posts in two provinces."""

    day: date = FIRST
    code: int = 90000
    entered: list = field(default_factory=list)

    def __post_init__(self):
        self.requirement = make.requirements()[PositionKind.OFFICIAL]
        for number in range(3):
            province = make.province(f"Tỉnh {number}", code=f"1{number}")
            for place in range(2):
                make.official(unit=make.commune(f"Xã {number}{place}", within=province, code=f"1{number}00{place}"))
        first, *others = self.standing(Level.COMMUNE)
        for other in (others[1], others[4]):
            make.official(make.official(unit=first).person, unit=other)

    def standing(self, level):
        return db.session.scalars(
            select(Unit).where(Unit.level == level, Unit.valid_to.is_(None)).order_by(Unit.code)
        ).all()

    def pick(self, level, number):
        found = self.standing(level)
        return found[number % len(found)].code

    def pick_two(self, level, number, other):
        """Two different ones, as long as there are two."""
        found = self.standing(level)
        first = number % len(found)
        return found[first].code, found[(first + 1 + other % max(len(found) - 1, 1)) % len(found)].code

    def fresh(self, digits):
        self.code += 1
        return str(self.code)[-digits:]

    def change(self, kind, units, into="", **more):
        asked = actions.AskedChange(kind, self.day, f"NQ {self.day}", units, into, **more)
        self.entered.append(actions.change_units([asked], by=None, at=AT, today=TODAY))

    def do(self, step):
        """Let one thing happen; what cannot happen does not."""
        verb, *values = step
        try:
            getattr(self, verb)(*values)
        except InvalidInput:
            db.session.expire_all()
        self.day += BETWEEN

    def merge(self, giver, taker):
        self.change(ChangeKind.MERGE, *self.pick_two(Level.COMMUNE, giver, taker))

    def merge_anew(self, one, other):
        both = self.pick_two(Level.COMMUNE, one, other)
        self.change(ChangeKind.MERGE, "\n".join(both), f"{self.fresh(5)}; xã; Xã mới")

    def divide(self, number, settled):
        self.divided(self.pick(Level.COMMUNE, number), f"{self.fresh(5)}; xã; Một\n{self.fresh(5)}; xã; Hai", settled)

    def divide_between(self, number, taker, settled):
        """One that stands already takes a part."""
        code, standing = self.pick_two(Level.COMMUNE, number, taker)
        self.divided(code, f"{standing}\n{self.fresh(5)}; xã; Hai", settled)

    def divided(self, code, among, settled):
        divided = queries.unit_by_code(code)
        self.change(ChangeKind.SPLIT, code, among)
        parts = sorted(settling.parts_of([divided.id])[divided.id])
        posts = db.session.scalars(select(Position).where(Position.unit_id == divided.id).order_by(Position.id)).all()
        for one in settled:
            if posts and posts[one % len(posts)].settled_unit_id is None:
                where = db.session.get_one(Unit, parts[one % len(parts)])
                actions.settle(
                    divided,
                    where,
                    post_ids=[posts[one % len(posts)].id],
                    organisation_ids=[],
                    reason="Theo danh sách của xã",
                    by=None,
                    at=AT,
                )

    def give(self, giver, taker):
        self.change(ChangeKind.SPLIT, *self.pick_two(Level.COMMUNE, giver, taker), stands=True)

    def move(self, commune, province):
        self.change(ChangeKind.MOVE, self.pick(Level.COMMUNE, commune), self.pick(Level.PROVINCE, province))

    def join_provinces(self, giver, taker):
        self.change(ChangeKind.MERGE, *self.pick_two(Level.PROVINCE, giver, taker))

    def found_province(self, commune):
        self.change(ChangeKind.MOVE, self.pick(Level.COMMUNE, commune), f"{self.fresh(2)}; tỉnh; Tỉnh mới")

    def rename(self, commune):
        self.change(ChangeKind.RENAME, self.pick(Level.COMMUNE, commune), new_kind=UnitKind.PHUONG)

    def begin(self, commune):
        make.official(unit=queries.unit_by_code(self.pick(Level.COMMUNE, commune)), started_on=self.day)

    # What is looked at

    def obliged(self, units, day):
        """By unit; kept and counted from the facts are the same."""
        ids = [unit.id for unit in units]
        found = {
            place: figures
            for place, figures in kept.figures([self.requirement.id], ids, [ALL], day).items()
            if figures != Figures()
        }
        assert found == direct.figures([self.requirement.id], ids, day)
        return {unit_id: figures.obliged for (_requirement, unit_id, _key), figures in found.items()}

    def map_of(self, day):
        """Who counts where on the map of a day: the country's provinces, and the communes of each, by code."""
        told = {}
        for province in queries.units_on_map(queries.unit_by_code(queries.CENTRE), day):
            told[province.code] = self.obliged([province], day).get(province.id, 0)
            communes = queries.units_on_map(province, day)
            obliged = self.obliged(communes, day)
            told |= {(province.code, unit.code): obliged.get(unit.id, 0) for unit in communes}
        return told

    def rows(self):
        """Everything that resolutions write over, but for what was made and taken back."""
        wanted = [unit.id for unit in db.session.scalars(select(Unit)) if not unit.code_list.startswith("withdrawn")]
        tables = (
            (Unit, Unit.id),
            (UnitName, UnitName.unit_id),
            (UnitReach, UnitReach.unit_id),
        )
        return {
            model.__tablename__: sorted(
                (
                    tuple(
                        value
                        for name, value in zip(row._fields, row, strict=True)
                        if model is not UnitName or name != "id"
                    )
                    for row in db.session.execute(select(*model.__table__.columns).where(column.in_(wanted)))
                ),
                key=repr,
            )
            for model, column in tables
        }


# No shrinking: a history is short enough to read as it is.
@settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(history=st.lists(steps, min_size=2, max_size=8))
@example(history=[("give", 6, 0), ("divide", 0, [9, 2])])
@example(history=[("divide_between", 0, 0, [0]), ("rename", 0)])
def test_whatever_is_resolved_the_map_of_a_past_day_keeps_its_figures(app, history):
    country = Country()
    try:
        seen = {}
        for step in history:
            seen[country.day - timedelta(1)] = country.map_of(country.day - timedelta(1))
            country.do(step)
        for day, told in seen.items():
            assert country.map_of(day) == told, day
        # Nobody gets lost and nobody counts twice, on whichever map.
        everyone = country.obliged([queries.unit_by_code(queries.CENTRE)], TODAY)
        people = set(db.session.scalars(select(Position.person_id)))
        assert list(everyone.values()) == [len(people)]
        # Every unit that there is or was: kept figures are those counted from the facts.
        country.obliged(db.session.scalars(select(Unit)).all(), TODAY)
    finally:
        db.session.rollback()
        db.session.expunge_all()


@settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(history=st.lists(steps.filter(lambda step: step[0] != "begin"), min_size=1, max_size=6))
def test_whatever_is_resolved_can_be_taken_back(app, history):
    country = Country()
    try:
        before, told = country.rows(), country.map_of(TODAY)
        for step in history:
            country.do((*step[:-1], []) if step[0].startswith("divide") else step)
        for change in reversed(country.entered):
            actions.withdraw_changes(change, "Nhập nhầm", by=None, at=AT)
        assert country.rows() == before
        assert country.map_of(TODAY) == told
    finally:
        db.session.rollback()
        db.session.expunge_all()
