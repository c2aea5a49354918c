"""Coverage over time: the curve, the pace, who is due next, and where a class can be filled."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.accounts.models import Role
from lms.core.db import db
from lms.coverage import queries
from lms.coverage.rules import Figures
from lms.coverage.rules.classes import Community, class_plan
from lms.coverage.rules.drawing import HEIGHT, WIDTH, drawing_of
from lms.coverage.rules.pace import (
    Pace,
    month_ends,
    months_before,
    needed_by_month,
    usual_target,
)
from lms.registry.models import PersonMerge, PositionKind, UnitReach
from lms.registry.signals import people_changed
from tests.support import make
from tests.support.queries import count_queries

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
DAYS = st.dates(date(2018, 1, 1), date(2040, 1, 1))


# The pace


@given(DAYS, DAYS)
def test_month_ends_are_every_end_of_month_and_the_day_itself(one, other):
    first, last = sorted((one, other))
    ends = month_ends(first, last)

    assert ends[-1] == last
    assert all(date.fromordinal(end.toordinal() + 1).day == 1 for end in ends[:-1])
    assert len(ends) == (last.year - first.year) * 12 + last.month - first.month + 1
    assert ends == sorted(set(ends))


def test_so_many_months_before():
    assert months_before(date(2026, 11, 24), 3) == date(2026, 8, 24)
    assert months_before(date(2026, 5, 31), 3) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 12) == date(2025, 1, 15)


@given(st.integers(1, 5000), st.integers(31, 4000))
@example(496, 31)
def test_whoever_keeps_the_needed_pace_arrives_in_time(outstanding, days):
    target = date.fromordinal(DAY.toordinal() + days)
    needed = needed_by_month(outstanding, DAY, target)

    assert Pace(1, needed, 0).reached_on(outstanding, DAY) <= target
    assert needed == 1 or Pace(1, needed - 1, 0).reached_on(outstanding, DAY) > target


def test_with_less_than_a_month_to_go_it_is_everybody():
    assert needed_by_month(40, DAY, date(2026, 11, 30)) == 40


def test_at_a_pace_of_nothing_nobody_arrives():
    assert Pace(3, 0, 5).reached_on(1, DAY) is None
    assert Pace(3, -2, 5).reached_on(1, DAY) is None
    assert Pace(3, 0, 5).reached_on(0, DAY) == DAY
    assert Pace(12, 1, 0).reached_on(10**9, DAY) is None
    assert Pace(12, 5, 0).by_month == Decimal("0.4")


def test_the_target_is_the_requirements_day_or_the_end_of_a_year():
    assert usual_target(DAY, date(2027, 6, 30)) == date(2027, 6, 30)
    assert usual_target(DAY, date(2020, 12, 31)) == usual_target(DAY, None) == date(2027, 12, 31)
    assert usual_target(date(2026, 3, 1), None) == date(2026, 12, 31)


# The drawing


@given(st.lists(st.tuples(DAYS, st.integers(0, 10**6), st.integers(0, 100)), min_size=1, max_size=20))
def test_a_curve_stays_on_its_sheet_and_the_trained_below_the_obliged(told):
    points = [(day, Figures(obliged, obliged * share // 100)) for day, obliged, share in sorted(told)]
    drawing = drawing_of(points)

    def places(line):
        return [tuple(map(float, place.split(","))) for place in line.split()]

    obliged, trained = places(drawing.obliged), places(drawing.trained)
    assert len(obliged) == len(trained) == len(points)
    for (across, top), (also, below) in zip(obliged, trained, strict=True):
        assert across == also
        assert 0 <= across <= WIDTH
        assert 0 <= top <= below <= HEIGHT
    assert drawing.marks[0] >= max(figures.obliged for _day, figures in points)
    assert drawing.marks[-1] == 0
    assert list(drawing.years) == list(range(points[0][0].year, points[-1][0].year + 1))


# Classes


COMMUNITIES = st.lists(
    st.builds(
        Community, st.from_regex(r"\d{5}", fullmatch=True), st.sampled_from([None, "a", "b"]), st.integers(0, 70)
    ),
    max_size=15,
    unique_by=lambda one: one.code,
)


@given(COMMUNITIES)
def test_everybody_waiting_is_planned_once_and_every_class_is_full(communities):
    plan = class_plan(communities)
    groups = [*plan.alone, *plan.together]
    planned = [one for group in groups for one in group.communities] + list(plan.left_over)

    assert sorted(planned, key=lambda one: one.code) == sorted(
        (one for one in communities if one.outstanding), key=lambda one: one.code
    )
    assert all(group.people >= 30 for group in groups)
    assert all(group.is_alone for group in plan.alone)
    for group in plan.together:
        assert {one.neighbourhood for one in group.communities} in ({"a"}, {"b"})
        assert all(one.outstanding < 30 for one in group.communities)
    for neighbourhood in ("a", "b"):
        assert sum(one.outstanding for one in plan.left_over if one.neighbourhood == neighbourhood) < 30


# On the pages


def rows(text):
    """(day, obliged, trained) of every line of the tables of the curve."""
    found = set()
    for day, row in re.findall(r'<tr data-day="([^"]+)">(.*?)</tr>', text, re.DOTALL):
        obliged, trained, *_rest = re.findall(r'<td class="number"[^>]*>([\d.]+)</td>', row)
        found.add((day, int(obliged.replace(".", "")), int(trained.replace(".", ""))))
    return found


def test_the_curve_is_a_table_too_and_each_line_is_what_the_figures_of_its_day_say(world, reader):
    client = reader("north")
    found = rows(client.get("/coverage/progress").text)
    officials = make.requirements()[PositionKind.OFFICIAL]

    assert ("2018-05-31", 0, 0) in found
    assert {("2026-01-31", 2, 0), ("2026-02-28", 2, 0), ("2026-03-31", 2, 1)} <= found
    for day, obliged, trained in found:
        total = queries.coverage(world["north"], date.fromisoformat(day), of=[officials.code]).detailed[0].total
        assert (total.obliged, total.trained) == (obliged, trained), day


def test_one_line_of_a_cut_of_a_province_and_of_a_commune_by_month(world, reader):
    client = reader("north")
    province = client.get("/coverage/progress?key=sex/female").text
    commune = client.get("/coverage/units/01801/progress?key=sex/female").text

    assert "Chỉ tính: Theo giới tính: Nữ" in province
    assert ("2026-03-31", 1, 1) in rows(province)
    assert {("2025-12-31", 0, 0), ("2026-03-31", 1, 1)} <= rows(commune)
    earlier = client.get("/coverage/units/01801/progress?key=sex/female&day=2026-03-02").text
    assert ("2026-03-02", 1, 1) in rows(earlier)


def test_the_pace_that_is_needed_and_the_one_there_is(world, reader):
    for number in range(11):
        post = make.official(unit=world["far"], started_on=date(2026, 1, 1))
        if number < 3:
            make.award(post.person, awarded_on=date(2026, 10, 1))
    client = reader("far")
    text = client.get("/coverage/progress?day=2026-11-20&target=2027-03-20").text

    assert re.search(r"Cần mỗi tháng</p>\s*<p class=\"figure__value number\">3<", text)
    assert re.search(r"3 tháng qua</p>\s*<p class=\"figure__value number\">1<", text)
    assert "Giữ nhịp của 3 tháng qua thì đến 21/08/2027 đạt 100%." in text
    assert "Trong thời gian đó số người phải học tăng thêm 12." in text
    nothing = client.get("/coverage/progress?day=2026-09-30").text
    assert "Với nhịp của 3 tháng qua thì không đến được 100%" in nothing


def test_a_target_that_will_not_do_is_said_beside_the_field(reader):
    for target in ("2026-01-01", "mai"):
        answer = reader().get(f"/coverage/progress?day=2026-03-02&target={target}")
        assert answer.status_code == 422
        assert 'id="target-errors"' in answer.text
    assert reader().get("/coverage/progress?key=source/course").status_code == 422


def test_where_classes_can_be_filled(world, reader):
    north = world["north"]
    district = make.old_district("Nguyên Bình", within=north)
    for name, code, count in (("Đông", "01900", 31), ("Bắc", "01901", 14), ("Nam", "01902", 12), ("Tây", "01903", 9)):
        commune = make.commune(name, within=north, code=code)
        db.session.add(UnitReach(unit_id=commune.id, within_id=district.id))
        for _number in range(count):
            make.official(unit=commune)
    text = reader("north").get("/coverage/progress").text

    alone, together = text.split("Gộp các xã cùng địa bàn huyện cũ")
    assert "Xã Đông</a> (31)" in alone.split("ngay tại xã")[1]
    assert "<b>35 người</b> (Huyện Nguyên Bình)" in together
    assert all(f"{name}</a> ({count})" in together for name, count in (("Xã Bắc", 14), ("Xã Nam", 12), ("Xã Tây", 9)))
    assert "1 xã còn ít người" in together
    assert 'href="/coverage/units/04/progress?requirement=officials#classes"' in reader().get("/coverage/progress").text


# Who is due next


@pytest.fixture
def due(world):
    """A requirement that is to be met within thirty days."""
    return make.requirement("soon", due_days=30, effective_from=date(2026, 1, 1))


def test_whoever_is_due_first_stands_in_front_each_once(world, reader, due):
    twice = make.person("Lò Thị Hai")
    make.official(twice, unit=world["commune"], started_on=date(2026, 4, 1))
    make.official(twice, unit=world["north"], started_on=date(2026, 3, 15))
    make.official(make.person("Lò Văn Sáu"), unit=world["commune"], started_on=date(2026, 5, 1))
    done = make.official(make.person("Lò Văn Xong"), unit=world["commune"], started_on=date(2026, 2, 1)).person
    make.award(done, "of-soon", awarded_on=date(2026, 2, 2))
    client = reader("north")

    def names(text):
        return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a></th>', text)

    text = client.get("/coverage/units/04/due/soon").text
    assert [name for name in names(text) if name.startswith("Lò")] == ["Lò Thị Hai", "Lò Văn Sáu"]
    assert "Quá hạn 14/04/2026" in text
    commune = client.get("/coverage/units/01801/due/soon").text
    assert "Quá hạn 01/05/2026" in commune
    officials = client.get("/coverage/units/04/due/officials").text
    assert "không có hạn riêng" in officials
    assert names(officials)[0] == "Nông Văn Tú"


def test_the_due_and_the_outstanding_are_the_same_people_page_by_page(world, due):
    """Over people with several posts, merged ones, those excused from one post or from all."""
    north, commune = world["north"], world["commune"]
    for number in range(14):
        holder = make.person(f"Ma Văn {number}")
        first = make.official(holder, unit=commune, started_on=date(2026, 1, 1 + number % 5))
        if number % 2:
            make.official(holder, unit=north, started_on=date(2026, 2, 1))
        if number % 4 == 1:
            make.excuse(holder, position=first)
        if number % 7 == 2:
            make.excuse(holder)
        if number % 5 == 3:
            into = make.official(make.person(f"Lù Văn {number}"), unit=commune, started_on=date(2026, 3, 1)).person
            holder.merged_into_id = into.id
            db.session.add(PersonMerge(from_id=holder.id, into_id=into.id, reason="Cùng một người", merged_at=AT))
            db.session.flush()
            people_changed.send("test", person_ids=[holder.id, into.id], at=AT)
    for unit in (north, commune, world["country"]):
        for asked in (due, make.requirements()[PositionKind.OFFICIAL]):
            seen, after = [], None
            while True:
                page = queries.due_next(unit, asked, DAY, after=after, limit=3)
                seen += [one.person.id for one in page.people]
                after = page.after
                if after is None:
                    break
            listed = [one.person.id for one in queries.everyone_listed(unit, asked, "outstanding", DAY)]
            assert sorted(seen) == sorted(listed)
            assert len(set(seen)) == len(seen) > 3


def test_a_page_does_not_begin_after_somebody_of_another_province(world, due):
    make.official(make.person("Lò Văn Một"), unit=world["commune"], started_on=date(2026, 5, 1))
    far = queries.due_next(world["far"], due, DAY, limit=1).people[0].duty
    inside = queries.due_next(world["north"], due, DAY)

    assert [one.duty.id for one in queries.due_next(world["north"], due, DAY, after=far.id).people] == [
        one.duty.id for one in inside.people
    ]


def test_the_pages_cost_the_same_for_more_people(world, reader):
    client = reader("north")
    addresses = ("/coverage/progress", "/coverage/units/01801/progress", "/coverage/units/04/due/officials")

    def asked():
        counts = []
        for address in addresses:
            with count_queries() as run:
                assert client.get(address).status_code == 200
            counts.append(len(run))
        return counts

    few = asked()
    for _number in range(60):
        make.official(unit=world["commune"])
    assert asked() == few
    assert max(few) <= 30, few


def test_of_another_province_nothing_is_told(world, reader):
    client = reader("north")
    for address in ("progress", "due/officials"):
        assert client.get(f"/coverage/units/96/{address}").status_code == 403
        assert client.get(f"/coverage/units/04/{address}").status_code == 200


def test_nobody_to_be_trained_and_everybody_trained_are_said(world, reader):
    client = reader("north")
    assert "Chưa có ai thuộc diện phải học vào ngày này" in client.get("/coverage/progress?day=2025-12-31").text
    assert "Mọi người thuộc diện đã học xong" in client.get("/coverage/units/01801/progress?day=2026-03-02").text


def test_without_requirements_there_is_no_curve(app, sign_in):
    client = sign_in(make.role(make.user(), Role.ADMINISTRATOR, unit_id=make.country().id))

    assert "Chưa có yêu cầu tập huấn nào" in client.get("/coverage/progress").text
