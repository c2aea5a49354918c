"""Figures of small worlds, each case by itself."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from lms.core.db import db
from lms.coverage import queries
from lms.coverage.queries import direct
from lms.coverage.rules import Figures
from lms.records import actions as records
from lms.records.models import Qualification
from lms.records.rules import Clause
from lms.registry.models import PositionKind
from tests.support import make


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
        return queries.listed(province, asked, "outstanding", date(2026, 1, 1), limit=3, **edge)

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


def test_what_was_known_goes_by_the_versions_published_by_then(app):
    """A version that took the place of an earlier one altogether does not change what was known before it."""
    [officials, *_others] = make.requirements().values()
    post = make.official()
    make.award(post.person, awarded_on=date(2025, 9, 1), at=datetime(2026, 1, 1, tzinfo=UTC))
    [version] = officials.versions
    other = db.session.scalars(select(Qualification).where(Qualification.code == "production-business")).one()
    draft = records.Draft(
        effective_from=version.effective_from,
        legal_basis=version.legal_basis,
        clauses=[Clause("official")],
        qualifications=[other],
    )
    records.publish(officials, draft, by=None, at=datetime(2026, 6, 1, tzinfo=UTC))

    def known(at):
        found = direct.figures([officials.id], [make.country().id], date(2026, 3, 1), known_at=at)
        return found[officials.id, make.country().id, "all"]

    assert known(datetime(2026, 5, 1, tzinfo=UTC)) == Figures(1, 1)
    assert known(datetime(2026, 7, 1, tzinfo=UTC)) == Figures(1, 0)
