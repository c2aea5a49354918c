"""Where something at a unit counts, on the map of any day: by name, and against land drawn in small pieces."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.registry.rules.reach import Life, Passage, Stay, reach_of_all

FIRST_DAY = date(2025, 7, 1)
DAY = timedelta(days=1)
COUNTRY = 0


@dataclass
class Land:
    """A country of pieces that never change, and of units that hold some of them from a day to a day.

    What it keeps is what resolutions say: who ended, who began, who stood under whom, whose land went on as whose.
    """

    lives: dict[int, Life] = field(default_factory=lambda: {COUNTRY: Life(FIRST_DAY, None)})
    pieces: dict[int, frozenset[int]] = field(default_factory=lambda: {COUNTRY: frozenset([0])})
    above: dict[int, int] = field(default_factory=dict)
    stays: list[Stay] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    numbers: count = field(default_factory=lambda: count(1))

    def reach(self):
        return reach_of_all(self.lives, self.stays, self.passages)

    def standing(self, above=None):
        """Units that exist, of those under one unit or of all communes."""
        communes = [unit for unit in self.above if self.above[unit] != COUNTRY] if above is None else []
        return communes or [unit for unit in self.above if self.above[unit] == above]

    def begin(self, above, pieces=(), on=FIRST_DAY):
        unit = next(self.numbers)
        self.lives[unit] = Life(on, None)
        self.pieces[unit] = frozenset(pieces)
        self._put(unit, above, on)
        step = above
        while on == FIRST_DAY and step is not None:
            self.pieces[step] |= self.pieces[unit]
            step = self.above.get(step)
        return unit

    def _put(self, unit, above, on):
        self.above[unit] = above
        self.stays.append(Stay(unit, above, on, None))

    def _leave(self, unit, on):
        self.above.pop(unit)
        self.stays = [
            replace(stay, until=on - DAY) if stay.unit == unit and stay.until is None else stay for stay in self.stays
        ]

    def _end(self, unit, on):
        self._leave(unit, on)
        self.lives[unit] = replace(self.lives[unit], until=on - DAY)

    def _change(self, unit, pieces, on):
        """The unit goes on with other land and leaves its earlier extent behind; twice on a day it is one change."""
        if self.lives[unit].since < on:
            extent = next(self.numbers)
            self.lives[extent] = replace(self.lives[unit], until=on - DAY, extent_of=unit)
            self.pieces[extent] = self.pieces[unit]
            self.lives[unit] = replace(self.lives[unit], since=on)
        self.pieces[unit] = frozenset(pieces)

    def _pass_on(self, earlier, later, on):
        if earlier != later:
            self.passages.append(Passage(earlier, later, on))

    def _provinces_follow(self, giver, taker, pieces, on):
        if giver != taker:
            self._change(giver, self.pieces[giver] - pieces, on)
            self._change(taker, self.pieces[taker] | pieces, on)
            self._pass_on(giver, taker, on)

    def merge(self, units, on, into=None):
        """Communes become one: a new one in the province of the first, or one of them that goes on."""
        taker = self.above[units[0] if into is None else into]
        joined = frozenset().union(*(self.pieces[unit] for unit in units))
        givers = [(self.above[unit], self.pieces[unit]) for unit in units]
        if into is None:
            into = self.begin(taker, joined, on)
        else:
            self._change(into, joined, on)
        for unit, (giver, pieces) in zip(units, givers, strict=True):
            if unit != into:
                self._end(unit, on)
                self._pass_on(unit, into, on)
            self._provinces_follow(giver, taker, pieces, on)
        return into

    def divide(self, unit, on):
        """A commune becomes two."""
        pieces, province = sorted(self.pieces[unit]), self.above[unit]
        self._end(unit, on)
        parts = [self.begin(province, pieces[:1], on), self.begin(province, pieces[1:], on)]
        for part in parts:
            self._pass_on(unit, part, on)
        return parts

    def cede(self, giver, taker, on):
        """A commune gives a part of itself to another; both go on."""
        part = frozenset(sorted(self.pieces[giver])[:1])
        self._change(giver, self.pieces[giver] - part, on)
        self._change(taker, self.pieces[taker] | part, on)
        self._pass_on(giver, taker, on)
        self._provinces_follow(self.above[giver], self.above[taker], part, on)

    def move(self, unit, province, on):
        """A commune comes to stand under another province."""
        giver = self.above[unit]
        self._leave(unit, on)
        self._put(unit, province, on)
        self._provinces_follow(giver, province, self.pieces[unit], on)

    def merge_provinces(self, provinces, on):
        joined = frozenset().union(*(self.pieces[province] for province in provinces))
        made = self.begin(COUNTRY, joined, on)
        for province in provinces:
            for commune in self.standing(province):
                self._leave(commune, on)
                self._put(commune, made, on)
            self._end(province, on)
            self._pass_on(province, made, on)
        return made


def land(*provinces):
    """A country on its first day; each province is the numbers of pieces of its communes, and has one of its own."""
    made, pieces = Land(), count(1)
    for communes in provinces:
        province = made.begin(COUNTRY, [next(pieces)])
        for size in communes:
            made.begin(province, [next(pieces) for _piece in range(size)])
    return made


LATER = date(2027, 1, 1)


@pytest.fixture
def two():
    """Two provinces (1 and 4) with two communes of two pieces each: 2 and 3, 5 and 6."""
    return land((2, 2), (2, 2))


def test_a_unit_lies_in_itself_and_in_everything_above_it(two):
    assert two.reach() == {
        COUNTRY: {COUNTRY},
        1: {COUNTRY, 1},
        2: {COUNTRY, 1, 2},
        3: {COUNTRY, 1, 3},
        4: {COUNTRY, 4},
        5: {COUNTRY, 4, 5},
        6: {COUNTRY, 4, 6},
    }


def test_units_that_were_merged_lie_in_what_they_became(two):
    made = two.merge([2, 3], LATER)

    reach = two.reach()
    assert reach[2] == {COUNTRY, 1, 2, made}
    assert reach[3] == {COUNTRY, 1, 3, made}
    assert reach[made] == {COUNTRY, 1, made}


def test_one_that_goes_on_as_another_alone_is_the_same_place(two):
    made = two.merge([2], LATER)

    reach = two.reach()
    assert reach[2] == reach[made] == {COUNTRY, 1, 2, made}


def test_one_that_was_divided_lies_in_what_its_parts_have_in_common(two):
    parts = two.divide(2, LATER)

    reach = two.reach()
    assert reach[2] == {COUNTRY, 1, 2}
    assert [reach[part] for part in parts] == [{COUNTRY, 1, 2, part} for part in parts]


def test_when_its_parts_come_together_again_one_that_was_divided_lies_there(two):
    parts = two.divide(2, LATER)
    made = two.merge(parts, LATER + DAY)

    assert made in two.reach()[2]
    assert 2 in two.reach()[made]


def test_a_new_province_holds_what_its_predecessors_held_and_its_communes_lay_in_those(two):
    made = two.merge_provinces([1, 4], LATER)

    reach = two.reach()
    assert reach[1] == {COUNTRY, 1, made}
    assert reach[2] == {COUNTRY, 1, 2, made}
    assert reach[made] == {COUNTRY, made}


def test_a_new_commune_lay_in_the_old_province_that_all_it_was_formed_from_lay_in(two):
    new_province = two.merge_provinces([1, 4], LATER)
    within_one = two.merge([2, 3], LATER + DAY)
    across = two.merge([5, within_one], LATER + 2 * DAY)

    reach = two.reach()
    assert reach[within_one] == {COUNTRY, 1, new_province, within_one, across}
    assert reach[across] == {COUNTRY, new_province, across}


def extents(made, unit):
    return [other for other, life in made.lives.items() if life.extent_of == unit]


def test_one_that_takes_another_in_keeps_its_earlier_extent_apart(two):
    two.merge([2, 3], LATER, into=3)

    (before,) = extents(two, 3)
    reach = two.reach()
    assert reach[2] == {COUNTRY, 1, 2, 3}
    # Its own posts are at its seat, which was in the smaller one too.
    assert reach[3] == {COUNTRY, 1, 3, before}
    assert reach[before] == {COUNTRY, 1, 3, before}


def test_one_that_moves_counts_in_the_old_province_on_the_old_map_and_in_the_new_one_on_the_new(two):
    two.move(2, 4, LATER)

    (old_map,), (other_old_map,) = extents(two, 1), extents(two, 4)
    reach = two.reach()
    assert reach[2] == {COUNTRY, 2, old_map, 4}
    assert reach[3] == {COUNTRY, 3, old_map, 1}
    assert reach[5] == {COUNTRY, 5, other_old_map, 4}
    assert reach[1] == {COUNTRY, 1, old_map}


def test_who_gives_a_part_away_goes_on_where_it_was(two):
    two.cede(2, 3, LATER)

    (old_map,), (other_old_map,) = extents(two, 2), extents(two, 3)
    reach = two.reach()
    assert reach[2] == {COUNTRY, 1, 2, old_map}
    assert reach[3] == {COUNTRY, 1, 3, other_old_map}
    assert reach[old_map] == {COUNTRY, 1, old_map}


def test_land_that_a_standing_unit_took_in_without_a_record_of_it_says_nothing_of_the_rest(two):
    two.passages.append(Passage(2, 5, LATER))

    assert two.reach() == land((2, 2), (2, 2)).reach()


@st.composite
def histories(draw, acts, *, stays_in_province=False):
    made = land(*draw(st.lists(st.lists(st.integers(2, 3), min_size=1, max_size=3), min_size=2, max_size=3)))
    for number, act in enumerate(draw(st.lists(st.sampled_from(acts), max_size=6)), start=1):
        on = FIRST_DAY + number * DAY
        communes, provinces = made.standing(), made.standing(COUNTRY)
        unit = draw(st.sampled_from(communes))
        near = made.standing(made.above[unit]) if stays_in_province else communes
        others = [other for other in near if other != unit]
        if act == "divide" and len(made.pieces[unit]) > 1:
            made.divide(unit, on)
        elif act == "move":
            elsewhere = [province for province in provinces if province != made.above[unit]]
            if elsewhere:
                made.move(unit, draw(st.sampled_from(elsewhere)), on)
        elif act == "merge provinces" and len(provinces) > 1:
            made.merge_provinces(draw(st.permutations(provinces))[:2], on)
        elif act in ("merge", "take in", "cede") and others:
            other = draw(st.sampled_from(others))
            if act == "cede" and len(made.pieces[unit]) > 1:
                made.cede(unit, other, on)
            elif act != "cede":
                made.merge([unit, other], on, into=other if act == "take in" else None)
    return made


JOINING = ["merge", "take in", "merge provinces"]


@settings(max_examples=300)
@given(histories([*JOINING, "divide", "cede", "move"]))
def test_nothing_counts_where_its_land_does_not_lie(made):
    reach = made.reach()

    for unit, within in reach.items():
        seats = [unit, *extents(made, unit)]
        assert within >= set(seats)
        for holder in within:
            assert any(made.pieces[seat] <= made.pieces[holder] for seat in seats), (unit, holder)


@settings(max_examples=300)
@given(histories([*JOINING, "divide", "cede", "move"]))
def test_everything_counts_in_what_it_ever_stood_under_and_in_what_took_it_whole(made):
    reach = made.reach()

    for stay in made.stays:
        assert not reach[stay.unit].isdisjoint({stay.above, *extents(made, stay.above)})
    for unit, life in made.lives.items():
        heirs = {passage.later for passage in made.passages if passage.earlier == unit}
        if life.until is not None and life.extent_of is None and len(heirs) == 1:
            (heir,) = heirs
            # The heir may have changed since: then it lies in the extent that took it in.
            assert not reach[unit].isdisjoint({heir, *extents(made, heir)}), (unit, heir)


@settings(max_examples=300)
@given(histories(JOINING, stays_in_province=True))
def test_where_units_only_ever_joined_and_no_land_came_and_went_all_is_known(made):
    reach = made.reach()

    for unit in made.lives:
        seats = [unit, *extents(made, unit)]
        holders = {holder for holder in made.lives for seat in seats if made.pieces[seat] <= made.pieces[holder]}
        assert reach[unit] == holders, unit
