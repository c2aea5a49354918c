"""The figures against a count by hand, over small worlds of people, posts and awards."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.core.db import db
from lms.coverage import queries
from lms.coverage.rules import Figures
from lms.records.models import Award, AwardSource
from lms.registry.models import OrganisationKind, PositionKind
from tests.support import make

BEGINS = date(2018, 5, 7)
DAYS = st.sampled_from(
    [BEGINS - timedelta(9), BEGINS, date(2025, 7, 1), date(2026, 3, 1), date(2026, 3, 2), date(2026, 9, 9)]
)
PLACES = ("country", "north", "north/1", "north/2", "south", "south/1")


@dataclass(frozen=True)
class Post:
    place: str
    leads: OrganisationKind | None
    """Empty for an official."""
    started_on: date
    ended_on: date | None

    @property
    def kind(self):
        return PositionKind.OFFICIAL if self.leads is None else PositionKind.LEADER

    def obliges(self, day):
        return max(self.started_on, BEGINS) <= day and (self.ended_on is None or self.ended_on >= day)

    def is_in(self, place):
        return place in ("country", self.place) or self.place.startswith(f"{place}/")


@dataclass(frozen=True)
class Won:
    by_kind: PositionKind
    awarded_on: date
    revoked_on: date | None

    def counts(self, day):
        return self.awarded_on <= day and not (self.revoked_on is not None and self.revoked_on <= day)


@dataclass(frozen=True)
class Somebody:
    posts: list[Post]
    won: list[Won]


def ordered(first, last):
    return (first, last) if last is None or first <= last else (last, first)


spans = st.builds(ordered, DAYS, st.none() | DAYS)
posts = st.builds(
    lambda place, leads, span: Post(place, leads, *span),
    st.sampled_from(PLACES),
    st.none() | st.sampled_from(OrganisationKind),
    spans,
)
wins = st.builds(lambda kind, span: Won(kind, *span), st.sampled_from(PositionKind), spans)
worlds = st.lists(st.builds(Somebody, st.lists(posts, max_size=3), st.lists(wins, max_size=2)), max_size=6)


def build(world):
    """The world in the database; gives its places, and its people in order."""
    asked = make.requirements()
    north, south = make.province("Cao Bằng"), make.province("Cà Mau")
    places = {
        "country": make.country(),
        "north": north,
        "north/1": make.commune("Nguyên Bình", within=north),
        "north/2": make.commune("Bảo Lạc", within=north),
        "south": south,
        "south/1": make.commune("Năm Căn", within=south),
    }
    people = []
    for somebody in world:
        person = make.person()
        people.append(person)
        for post in somebody.posts:
            place, span = places[post.place], {"started_on": post.started_on, "ended_on": post.ended_on}
            if post.leads is None:
                make.official(person, unit=place, **span)
            else:
                make.leader(person, of=make.organisation(kind=post.leads, unit=place), **span)
        for number, won in enumerate(somebody.won):
            db.session.add(
                Award(
                    person_id=person.id,
                    qualification_id=asked[won.by_kind].qualification_id,
                    awarded_on=won.awarded_on,
                    source=AwardSource.PAPER_RECORD,
                    source_reference=f"{person.id}/{number}",
                    title="Lớp tập huấn",
                    entered_at=make.LONG_AGO,
                    revoked_on=won.revoked_on,
                    revoke_reason="Ghi nhầm" if won.revoked_on else None,
                )
            )
    db.session.flush()
    return places, people


def count(world, kind, day, choose):
    """Obliged and trained people among the posts that `choose` picks, one by one."""
    obliged = [
        one for one in world if any(post.kind is kind and post.obliges(day) and choose(post) for post in one.posts)
    ]
    return Figures(
        len(obliged), sum(any(won.by_kind is kind and won.counts(day) for won in one.won) for one in obliged)
    )


def group_of(post):
    levels = {0: "province", 1: "commune"}
    return post.leads or ("central" if post.place == "country" else levels[post.place.count("/")])


def place_below(top, place):
    """The place of a post as its line in the table of a place above it: itself, or the one right below the top."""
    if top == "country" and place != "country":
        return place.split("/")[0]
    return place


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds, day=DAYS)
def test_figures_equal_a_count_by_hand(app, world, day):
    places, people = build(world)
    codes = {unit.code: name for name, unit in places.items()}
    try:
        for top, unit in places.items():
            for part in queries.coverage(unit, day).requirements:
                check_figures(world, top, codes, part, day)
                check_names(world, people, unit, top, part, day)
    finally:
        db.session.rollback()


def check_figures(world, top, codes, part, day):
    def expected(choose=lambda post: True):
        return count(world, part.requirement.position_kind, day, lambda post: post.is_in(top) and choose(post))

    assert part.total == expected()
    for group in part.by_group:
        assert group.figures == expected(lambda post, group=group: group_of(post) == group.code)
    for below in part.by_unit:
        place = codes.get(below.code, top)
        assert below.figures == expected(lambda post, place=place: place_below(top, post.place) == place)


def check_names(world, people, unit, top, part, day):
    still = [one.person.id for one in queries.outstanding(unit, part.requirement, day).people]

    assert len(still) == len(set(still)) == part.total.outstanding
    assert set(still) == {
        person.id
        for person, one in zip(people, world, strict=True)
        if count([one], part.requirement.position_kind, day, lambda post: post.is_in(top)).outstanding
    }


def line(part, cut, code):
    return next(line.figures for line in getattr(part, cut) if line.code == code)


def test_two_posts_count_once_in_the_province_and_once_in_each_commune(app):
    asked = make.requirements()
    province = make.province()
    first, second = make.commune(within=province), make.commune(within=province)
    person = make.person()
    make.official(person, unit=first)
    make.official(person, unit=second)
    part = queries.coverage(province, date(2026, 1, 1)).requirements[0]

    assert part.requirement is asked[PositionKind.OFFICIAL]
    assert part.total == Figures(1, 0)
    assert [line(part, "by_unit", unit.code) for unit in (first, second)] == [Figures(1, 0), Figures(1, 0)]


def test_officials_of_the_centre_have_a_line_of_their_own(app):
    make.requirements()
    make.official(unit=make.country())
    make.official(unit=make.province("Cà Mau"))
    part = queries.coverage(make.country(), date(2026, 1, 1)).requirements[0]

    assert part.total == Figures(2, 0)
    assert [(str(one.label), one.figures.obliged) for one in part.by_unit] == [("Trung ương", 1), ("Tỉnh Cà Mau", 1)]


def test_figures_of_a_past_day_stay_when_things_happen_later(app):
    make.requirements()
    post = make.official(started_on=date(2026, 1, 1), ended_on=date(2026, 6, 30))
    make.award(post.person, awarded_on=date(2026, 5, 1))
    country = make.country()

    def on(day):
        return queries.coverage(country, day).requirements[0].total

    assert on(date(2025, 12, 31)) == Figures(0, 0)
    assert on(date(2026, 1, 1)) == Figures(1, 0)
    assert on(date(2026, 4, 30)) == Figures(1, 0)
    assert on(date(2026, 5, 1)) == Figures(1, 1)
    assert on(date(2026, 6, 30)) == Figures(1, 1)
    assert on(date(2026, 7, 1)) == Figures(0, 0)


def test_places_stand_in_vietnamese_order(app):
    make.requirements()
    for name in ("Đồng Nai", "Cao Bằng", "Cà Mau", "An Giang", "Điện Biên", "Đắk Lắk"):
        make.province(name)
    part = queries.coverage(make.country(), date(2026, 1, 1)).requirements[0]

    assert [one.unit.name for one in part.by_unit] == [
        "An Giang", "Cà Mau", "Cao Bằng", "Đắk Lắk", "Điện Biên", "Đồng Nai",
    ]  # fmt: skip


def test_lists_of_names_page_by_page_there_and_back(app):
    asked = make.requirements()[PositionKind.OFFICIAL]
    province = make.province()
    names = [
        "Lê Thị Ánh",
        "Hoàng Văn Ân",
        "Nguyễn Văn Bình",
        "Phạm Thị Đào",
        "Trần Văn Đạt",
        "Vũ Thị Hoa",
        "Đỗ Văn Hòa",
    ]
    for name in reversed(names):
        make.official(make.person(name), unit=province)

    def page(**edge):
        return queries.outstanding(province, asked, date(2026, 1, 1), limit=3, **edge)

    def names_of(page):
        return [one.person.full_name for one in page.people]

    first = page()
    second = page(after=first.after)
    third = page(after=second.after)
    assert names_of(first) + names_of(second) + names_of(third) == names
    assert (first.before, third.after) == (None, None)
    back = page(before=third.before)
    assert names_of(back) == names_of(second)
    assert (names_of(page(before=back.before)), page(before=back.before).before) == (names_of(first), None)
